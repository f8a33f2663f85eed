// What may be changed about a person: by those who manage them a new one-time password, the second factor taken away,
// the sign-in locked or opened again; by themselves the password.
import { DomainError } from '../errors.js'
import type { Trx } from '../db/tenancy.js'
import { vietnamDay } from '../time.js'
import type { Access } from './access.js'
import { changeUser } from './access.js'
import type { Actor } from './actor.js'
import { countersOf, signInSubjects } from './attempts.js'
import { recordAudit } from './audit.js'
import { lockSignIn } from './manage.js'
import type { PeopleOf } from './manage.js'
import { findPasswordFault } from './password-policy.js'
import type { PasswordFault } from './password-policy.js'
import { makeOneTimePassword } from './passwords.js'
import type { Session } from './session.js'
import {
  findCredentials, lockProved, replaceRecoveryCodes, savePassword, saveTotpSecret, updateUser,
} from './user-store.js'
import type { User } from './user-store.js'

export interface Target {
  schoolId: PeopleOf
  userId: string
}

/** A new one-time password, shown once; every session of the person ends. */
export async function resetPassword(access: Access, actor: Actor, target: Target): Promise<string> {
  const password = makeOneTimePassword()
  const hash = await access.passwords.hash(password)
  await changeManaged(access, actor, target, async (trx, user) => {
    await savePassword(trx, target.userId, { hash, mustChange: true, at: access.now() })
    await clearCounters(access, trx, user)
    return { action: 'user.change', after: { password: 'reset' } }
  })
  return password
}

/** For somebody who lost the phone and the recovery codes: the next sign-in sets an app up again. */
export async function resetSecondFactor(access: Access, actor: Actor, target: Target): Promise<void> {
  await changeManaged(access, actor, target, async (trx, user) => {
    await saveTotpSecret(trx, target.userId, null)
    await replaceRecoveryCodes(trx, target.userId, [])
    await clearCounters(access, trx, user)
    return { action: 'user.change', after: { secondFactor: 'reset' } }
  })
}

/** A locked person cannot sign in and is out at once; the roles stay. */
export async function setUserState(
  access: Access, actor: Actor, target: Target, state: User['state'],
): Promise<void> {
  await changeManaged(access, actor, target, async (trx) => {
    await updateUser(trx, target.userId, { state }, access.now())
    return { action: 'user.change', after: { state } }
  })
}

/** Whoever forgot the password, or was guessed at, gets in with the new one at once. */
async function clearCounters({ attempts }: Access, trx: Trx, user: User): Promise<void> {
  await attempts.clear(trx, await countersOf(trx, user))
}

async function changeManaged(
  access: Access, actor: Actor, { schoolId, userId }: Target,
  change: (trx: Trx, user: User) => Promise<{ action: string; after: object }>,
): Promise<void> {
  await changeUser(access, userId, schoolId, async (trx) => {
    const user = await lockSignIn(trx, actor, schoolId, userId, vietnamDay(access.now()))
    const { action, after } = await change(trx, user)
    await access.sessions.end(trx, userId)
    await recordAudit(trx, { actor, action, objectKind: 'app_user', objectId: userId, after })
  })
}

export type PasswordChangeResult =
  | { kind: 'changed' }
  | { kind: 'wrong_password' }
  | { kind: 'wait'; waitMs: number }
  | { kind: 'unfit'; fault: PasswordFault }

/** One's own password; every other session of the person ends. */
export async function changePassword(
  access: Access, session: Session, passwords: { current: string; wanted: string }, address: string,
): Promise<PasswordChangeResult> {
  const { db, attempts, now, sessions } = access
  const { userId, loginName } = session
  const fault = findPasswordFault(passwords.wanted, loginName)
  if (fault !== undefined) return { kind: 'unfit', fault }
  const subjects = await signInSubjects(db, loginName, address)
  const waitMs = await attempts.take(subjects)
  if (waitMs > 0) return { kind: 'wait', waitMs }
  const user = await db.asService((trx) => findCredentials(trx, userId))
  if (user === undefined) throw new DomainError('USER_NOT_FOUND', 'there is no such person')
  if (!await access.passwords.isRight(user.passwordHash, passwords.current)) return { kind: 'wrong_password' }
  const hash = await access.passwords.hash(passwords.wanted)
  const isChanged = await changeUser(access, userId, null, async (trx) => {
    // The password that was checked may have been reset since, and that must not be undone.
    if (await lockProved(trx, user) === undefined) return false
    await attempts.forgive(trx, subjects)
    await savePassword(trx, userId, { hash, mustChange: false, at: now() })
    await sessions.end(trx, userId, { exceptId: session.id })
    const actor = { name: `user:${userId}`, address }
    await recordAudit(trx, { actor, action: 'password.change', objectKind: 'app_user', objectId: userId })
    return true
  })
  return { kind: isChanged ? 'changed' : 'wrong_password' }
}
