// The way in by password and the way out. An unknown name, a wrong password and a locked user get the same answer after
// the same work; a session begins with the first factor only when the second is still to come.
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { vietnamDay } from '../time.js'
import type { Access } from './access.js'
import { changeUser } from './access.js'
import { signInSubjects } from './attempts.js'
import type { Subject } from './attempts.js'
import { recordAudit } from './audit.js'
import { needsSecondFactor } from './permission.js'
import { listAssignments } from './role-store.js'
import type { Caller, Session } from './session.js'
import type { SessionStage } from './session-store.js'
import { findCredentialsByName, lockProved } from './user-store.js'
import type { Credentials, User } from './user-store.js'

export interface SignInRequest {
  loginName: string
  password: string
}

export type SignInResult =
  | { kind: 'signed_in'; token: string; stage: SessionStage }
  | { kind: 'refused' }
  | { kind: 'wait'; waitMs: number }

export async function signIn(access: Access, request: SignInRequest, caller: Caller): Promise<SignInResult> {
  const { db, attempts, passwords } = access
  const loginName = request.loginName.trim().toLowerCase()
  const subjects = await signInSubjects(db, loginName, caller.address)
  const waitMs = await attempts.take(subjects)
  if (waitMs > 0) return { kind: 'wait', waitMs }
  const found = await db.asService((trx) => findCredentialsByName(trx, loginName))
  const isRight = await passwords.isRight(found?.passwordHash, request.password)
  const session = found?.state === 'active' && isRight
    ? await startIfUnchanged(access, found, subjects, caller)
    : undefined
  if (session !== undefined) return { kind: 'signed_in', ...session }
  await recordFailure(access, found?.id, caller.address, 'password')
  return { kind: 'refused' }
}

/** The hash is too slow for a transaction: what happened to the person while it ran counts here. */
async function startIfUnchanged(
  access: Access, found: Credentials, subjects: readonly Subject[], caller: Caller,
): Promise<{ token: string; stage: SessionStage } | undefined> {
  return access.db.asService(async (trx) => {
    const user = await lockProved(trx, found)
    if (user === undefined) return undefined
    await access.attempts.forgive(trx, subjects)
    return startSession(access, trx, user, caller, 'password')
  })
}

export type FirstFactor = 'password' | 'oidc' | 'oidc_mfa'

/**
 * After the first factor: a full session when that is enough, else one that leads to the second factor only. The user
 * has to be locked, or a change that ends their sessions would miss this one.
 */
export async function startSession(
  { sessions, now }: Access, trx: Trx, user: User, caller: Caller, by: FirstFactor,
): Promise<{ token: string; stage: SessionStage }> {
  const assignments = await listAssignments(trx, [user.id], vietnamDay(now()))
  const mustProveMore = by !== 'oidc_mfa' && (user.hasTotp || assignments.some(({ role }) => needsSecondFactor(role)))
  const stage = mustProveMore ? 'password' : 'full'
  const { token, id } = await sessions.start(trx, user.id, stage, caller)
  if (stage === 'full') await recordStart(trx, user.id, caller, { sessionId: id, by })
  return { token, stage }
}

/**
 * The session of the first factor ends, and one with a new token begins: a token seen earlier opens nothing more.
 * Throws UNAUTHENTICATED when it has ended meanwhile, which this process may not have noticed yet.
 */
export async function promoteSession(
  { sessions }: Access, trx: Trx, session: Session, caller: Caller, by: 'totp' | 'recovery_code' | 'enrolment',
): Promise<string> {
  if (await sessions.end(trx, session.userId, { onlyId: session.id }) === 0) {
    throw new DomainError('UNAUTHENTICATED', 'this session has ended: sign in again')
  }
  const { token, id } = await sessions.start(trx, session.userId, 'full', caller)
  await recordStart(trx, session.userId, caller, { sessionId: id, by })
  return token
}

async function recordStart(trx: Trx, userId: string, { address }: Caller, after: object): Promise<void> {
  const actor = { name: `user:${userId}`, address }
  await recordAudit(trx, { actor, action: 'session.start', objectKind: 'app_user', objectId: userId, after })
}

/** An unknown name is not kept: people type their password into the wrong field. */
export async function recordFailure(
  { db }: Access, userId: string | undefined, address: string | null, at: 'password' | 'second_factor' | 'oidc',
): Promise<void> {
  const actor = { name: userId === undefined ? 'nobody' : `user:${userId}`, address }
  await db.asService((trx) => recordAudit(trx, {
    actor, action: 'session.fail', objectKind: 'app_user', objectId: userId ?? 'unknown', after: { at },
  }))
}

export async function signOut(access: Access, session: Session, address: string | null): Promise<void> {
  await endSessions(access, session.userId, address, { onlyId: session.id })
}

/** One of one's own sessions, or all but this one. Says how many ended; another user's session is none of these. */
export async function endSessions(
  access: Access, userId: string, address: string | null, which: { onlyId?: string; exceptId?: string },
): Promise<number> {
  return changeUser(access, userId, null, async (trx) => {
    const count = await access.sessions.end(trx, userId, which)
    if (count > 0) {
      const actor = { name: `user:${userId}`, address }
      const record = { objectKind: 'app_user', objectId: userId, after: { sessions: count } }
      await recordAudit(trx, { actor, action: 'session.end', ...record })
    }
    return count
  })
}
