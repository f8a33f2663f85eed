// Gives people roles and ends them. A role counts from today, or stops counting today; what it was is kept.
import { DomainError } from '../errors.js'
import { getAuthority } from '../directory/move-authority.js'
import { isUuid } from '../http/id.js'
import { sqlState } from '../db/tenancy.js'
import type { Trx } from '../db/tenancy.js'
import { vietnamDay } from '../time.js'
import type { Access } from './access.js'
import { changeUser } from './access.js'
import type { Actor } from './actor.js'
import { recordAudit } from './audit.js'
import { assertMayGive, headSchoolOf, lockManaged } from './manage.js'
import type { PeopleOf } from './manage.js'
import { AUTHORITY_KINDS, holderKindOf } from './permission.js'
import type { Role } from './permission.js'
import { makeOneTimePassword } from './passwords.js'
import { closeAssignment, findAssignment, findLatestAssignment, insertAssignment, listAssignments } from './role-store.js'
import type { Assignment } from './role-store.js'
import { savePassword } from './user-store.js'
import type { User } from './user-store.js'

export interface RoleRequest {
  role: Role
  schoolId?: string | undefined
  authorityId?: string | undefined
}

/**
 * Gives the one-time password that takes the place of the person's own, or null when that stays. Throws ROLE_REFUSED,
 * ROLE_HOLDER_INVALID, ROLE_EXISTS, TOO_MANY_ROLES, and what `lockManaged` throws.
 */
export async function grantRole(
  access: Access, actor: Actor, { schoolId, userId }: { schoolId: PeopleOf; userId: string }, request: RoleRequest,
): Promise<{ password: string | null }> {
  assertMayGive(actor, schoolId, request.role)
  const password = makeOneTimePassword()
  const hash = await access.passwords.hash(password)
  return changeUser(access, userId, auditSchoolOf(request), async (trx) => {
    const user = await lockManaged(trx, actor, schoolId, userId, vietnamDay(access.now()))
    const leavesHead = await leavesHeadWith(trx, user, request)
    await insertRole(trx, access, actor, userId, request)
    // A session that was opened with a password alone must not grow into one that moves money.
    await access.sessions.end(trx, userId)
    if (!leavesHead || !user.hasPassword) return { password: null }
    await savePassword(trx, userId, { hash, mustChange: true, at: access.now() })
    const after = { password: 'reset' }
    await recordAudit(trx, { actor, action: 'user.change', objectKind: 'app_user', objectId: userId, after })
    return { password }
  })
}

/**
 * Whether this role takes the person out of the hands of a head of a school, who may have reset the password of an
 * account that nobody used any more and know it still: such a head must not come with the person to the next place.
 * A role at the same school, below the same head, changes nothing and costs nobody their password. The authenticator
 * app stays: a stranger's opens nothing without the new password, and shows itself when the owner's code is refused.
 */
async function leavesHeadWith(
  trx: Trx, { id, held }: Pick<User, 'id'> & { held: readonly Assignment[] }, { role, schoolId }: RoleRequest,
): Promise<boolean> {
  const latest = held.length > 0 ? undefined : await findLatestAssignment(trx, id)
  const before = headSchoolOf(latest === undefined ? held : [latest])
  return before !== null && headSchoolOf([...held, { role, schoolId: schoolId ?? null }]) !== before
}

/** Inside the transaction that made or locked the user. */
export async function insertRole(
  trx: Trx, { config, now }: Pick<Access, 'config' | 'now'>, actor: Pick<Actor, 'name' | 'address'>, userId: string,
  request: RoleRequest,
): Promise<void> {
  const day = vietnamDay(now())
  const { role } = request
  const holder = await checkedHolder(trx, request, day)
  const held = await listAssignments(trx, [userId], day)
  if (held.length >= config.rolesPerUserMax) throw new DomainError('TOO_MANY_ROLES', 'a person may hold no more roles')
  const id = await insertOrRefuse(trx, { userId, role, ...holder, validFrom: day })
  if (id === undefined) throw new DomainError('ROLE_EXISTS', 'the person holds this role already')
  const after = { role, ...holder, assignmentId: id }
  await recordAudit(trx, { actor, action: 'role.grant', objectKind: 'app_user', objectId: userId, after })
}

const FOREIGN_KEY_VIOLATION = '23503'

async function insertOrRefuse(
  trx: Trx, assignment: Parameters<typeof insertAssignment>[1],
): Promise<string | undefined> {
  try {
    return await insertAssignment(trx, assignment)
  } catch (error) {
    if (sqlState(error) !== FOREIGN_KEY_VIOLATION) throw error
    throw new DomainError('ROLE_HOLDER_INVALID', 'there is no such school or authority')
  }
}

async function checkedHolder(
  trx: Trx, { role, schoolId, authorityId }: RoleRequest, day: string,
): Promise<{ schoolId: string | null; authorityId: string | null }> {
  const kind = holderKindOf(role)
  const given = [...(schoolId === undefined ? [] : ['school']), ...(authorityId === undefined ? [] : ['authority'])]
  const isRight = kind === 'system' ? given.length === 0 : given.length === 1 && given[0] === kind
  if (!isRight || [schoolId, authorityId].some((id) => id !== undefined && !isUuid(id))) {
    throw new DomainError('ROLE_HOLDER_INVALID', `the role ${role} is held at: ${kind}`)
  }
  if (authorityId !== undefined) {
    const authority = await getAuthority(trx, authorityId, day)
    if (AUTHORITY_KINDS[role]?.includes(authority.kind) !== true) {
      throw new DomainError('ROLE_HOLDER_INVALID', `the role ${role} does not fit an authority of this kind`)
    }
  }
  return { schoolId: schoolId ?? null, authorityId: authorityId ?? null }
}

/** Throws ROLE_NOT_FOUND for one that ended or that is another's, ROLE_REFUSED, and what `lockManaged` throws. */
export async function endRole(
  access: Access, actor: Actor, { schoolId, userId }: { schoolId: PeopleOf; userId: string }, assignmentId: string,
): Promise<void> {
  const { db, now } = access
  const found = await db.asService((trx) => findAssignment(trx, assignmentId))
  if (found === undefined || found.userId !== userId || (schoolId !== null && found.schoolId !== schoolId)) {
    throw new DomainError('ROLE_NOT_FOUND', 'there is no such role of this person')
  }
  const { role } = found
  assertMayGive(actor, schoolId, role)
  await changeUser(access, userId, found.schoolId, async (trx) => {
    await lockManaged(trx, actor, schoolId, userId, vietnamDay(now()))
    if (!await closeAssignment(trx, assignmentId, vietnamDay(now()))) {
      throw new DomainError('ROLE_NOT_FOUND', 'this role has ended already')
    }
    const before = { role, schoolId: found.schoolId, authorityId: found.authorityId, assignmentId }
    await recordAudit(trx, { actor, action: 'role.end', objectKind: 'app_user', objectId: userId, before })
  })
}

/** A role at a school is recorded in that school's log, where its head reads it. */
export function auditSchoolOf({ schoolId }: Pick<RoleRequest, 'schoolId'>): string | null {
  return schoolId !== undefined && isUuid(schoolId) ? schoolId : null
}
