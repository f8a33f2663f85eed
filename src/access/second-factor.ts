// The second factor: a code of an authenticator app, or one of ten recovery codes that each open once. Its secret lies
// sealed in the database and is shown only while it is being set up.
import { createHmac } from 'node:crypto'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import type { Access } from './access.js'
import { changeUser } from './access.js'
import type { Subject } from './attempts.js'
import { recordAudit } from './audit.js'
import { readableCode } from './passwords.js'
import type { SecretBox } from './secret-box.js'
import type { Caller, Session } from './session.js'
import { promoteSession, recordFailure } from './sign-in.js'
import { findTotpStep, makeTotpSecret, totpUri } from './totp.js'
import {
  confirmTotp, lockCredentials, replaceRecoveryCodes, saveTotpSecret, spendRecoveryCode, spendTotpStep,
} from './user-store.js'
import type { Credentials } from './user-store.js'

const RECOVERY_CODES = 10
const RECOVERY_CHARS = 10

export type SecondFactorResult =
  | { kind: 'signed_in'; token: string }
  | { kind: 'refused' }
  | { kind: 'wait'; waitMs: number }

/** `code`: six digits of the app, or a recovery code. */
export async function proveSecondFactor(
  access: Access, session: Session, code: string, caller: Caller,
): Promise<SecondFactorResult> {
  const { attempts, now, secretBox } = access
  const subjects: Subject[] = [{ kind: 'second_factor', name: session.userId }]
  const waitMs = await attempts.take(subjects)
  if (waitMs > 0) return { kind: 'wait', waitMs }
  const { userId } = session
  const token = await changeUser(access, userId, null, async (trx) => {
    const user = await lockCredentials(trx, userId)
    if (user?.hasTotp !== true || user.sealedTotpSecret === null) return undefined
    const step = findTotpStep(openTotpSecret(secretBox, userId, user.sealedTotpSecret), code, now())
    const isRight = step === undefined
      ? await spendRecoveryCode(trx, userId, recoveryHmac(secretBox, userId, code), now())
      : await spendTotpStep(trx, userId, step)
    if (!isRight) return undefined
    await attempts.forgive(trx, subjects)
    return promoteSession(access, trx, session, caller, step === undefined ? 'recovery_code' : 'totp')
  })
  if (token !== undefined) return { kind: 'signed_in', token }
  await recordFailure(access, userId, caller.address, 'second_factor')
  return { kind: 'refused' }
}

export interface Enrolment {
  secret: string
  /** What the QR says. */
  uri: string
}

/**
 * The secret to set an app up with: the same for this session until it is confirmed, and a new one for another, which
 * takes the place of the one before. Throws TOTP_EXISTS once an app is set up.
 */
export async function beginEnrolment(
  { db, secretBox }: Access, session: Pick<Session, 'id' | 'userId'>,
): Promise<Enrolment> {
  const { id: sessionId, userId } = session
  return db.asService(async (trx) => {
    const user = await lockWithoutApp(trx, userId)
    const shown = findShownSecret(secretBox, session, user)
    const secret = shown ?? makeTotpSecret()
    if (shown === undefined) {
      await saveTotpSecret(trx, userId, { sealed: sealTotpSecret(secretBox, userId, secret), sessionId })
    }
    return { secret, uri: totpUri(secret, user.loginName) }
  })
}

/**
 * The app gave a right code: from now on it is asked for. Gives the recovery codes, which are shown once, and the token
 * of a new session; every other session of the user ends. Undefined for a wrong code, and where another session has
 * begun since.
 */
export async function confirmEnrolment(
  access: Access, session: Session, code: string, caller: Caller,
): Promise<{ token: string; recoveryCodes: string[] } | undefined> {
  const { now, secretBox, sessions } = access
  const { userId } = session
  return changeUser(access, userId, null, async (trx) => {
    const secret = findShownSecret(secretBox, session, await lockWithoutApp(trx, userId))
    const step = secret === undefined ? undefined : findTotpStep(secret, code, now())
    if (step === undefined || !await spendTotpStep(trx, userId, step)) return undefined
    await confirmTotp(trx, userId, now())
    const recoveryCodes = Array.from({ length: RECOVERY_CODES }, () => readableCode(RECOVERY_CHARS, 5))
    await replaceRecoveryCodes(trx, userId, recoveryCodes.map((text) => recoveryHmac(secretBox, userId, text)))
    const actor = { name: `user:${userId}`, address: caller.address }
    await recordAudit(trx, { actor, action: 'totp.enrol', objectKind: 'app_user', objectId: userId })
    await sessions.end(trx, userId, { exceptId: session.id })
    return { token: await promoteSession(access, trx, session, caller, 'enrolment'), recoveryCodes }
  })
}

async function lockWithoutApp(trx: Trx, userId: string): Promise<Credentials> {
  const user = await lockCredentials(trx, userId)
  if (user === undefined || user.hasTotp) throw new DomainError('TOTP_EXISTS', 'an app is set up already')
  return user
}

/** Never one that another session saw: that may have been somebody's who knew the password for a while. */
function findShownSecret(
  secretBox: SecretBox, session: Pick<Session, 'id'>, { id, sealedTotpSecret, totpSessionId }: Credentials,
): string | undefined {
  if (sealedTotpSecret === null || totpSessionId !== session.id) return undefined
  return openTotpSecret(secretBox, id, sealedTotpSecret)
}

export function sealTotpSecret(secretBox: SecretBox, userId: string, secret: string): Buffer {
  return secretBox.seal(secret, totpContext(userId))
}

function openTotpSecret(secretBox: SecretBox, userId: string, sealed: Buffer): string {
  return secretBox.open(sealed, totpContext(userId))
}

function totpContext(userId: string): string {
  return `totp secret of user ${userId}`
}

/** Under a key that is not in the database: fifty bits alone could be tried through. */
function recoveryHmac(secretBox: SecretBox, userId: string, code: string): Buffer {
  const plain = code.toUpperCase().replace(/[^0-9A-Z]/g, '')
  return createHmac('sha256', secretBox.deriveKey('recovery codes')).update(`${userId} ${plain}`).digest()
}
