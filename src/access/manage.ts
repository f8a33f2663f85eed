// Who may manage whom: a system admin everybody, the head of a school the people of that school below the head; nobody
// themselves. Everything that changes another person asks here first.
import { DomainError } from '../errors.js'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import type { Actor } from './actor.js'
import { holderKindOf, rolesGivenBy } from './permission.js'
import type { Role } from './permission.js'
import { listAssignments, wasEverAt } from './role-store.js'
import type { Assignment } from './role-store.js'
import { lockUser } from './user-store.js'
import type { User } from './user-store.js'

/** Which school's people are managed, or null for everybody. */
export type PeopleOf = string | null

/** The roles that the actor may give there; none without the right. */
export function rolesFor({ grants }: Pick<Actor, 'grants'>, schoolId: PeopleOf): readonly Role[] {
  const holding = grants.filter(({ scopes }) => scopes.includes('users:write'))
  if (holding.some((grant) => grant.schoolId === null && grant.authorityId === null)) {
    return rolesGivenBy('system').filter((role) => schoolId === null || holderKindOf(role) === 'school')
  }
  return schoolId !== null && holding.some((grant) => grant.schoolId === schoolId) ? rolesGivenBy('school') : []
}

export function assertMayGive(actor: Pick<Actor, 'grants'>, schoolId: PeopleOf, role: Role): void {
  if (rolesFor(actor, schoolId).includes(role)) return
  throw new DomainError('ROLE_REFUSED', `you may not give or end the role ${role} here`)
}

/** Over every school, or over the one school alone. */
function managesAll(actor: Pick<Actor, 'grants'>): boolean {
  return rolesFor(actor, null).length > 0
}

/**
 * The user, locked for a change of their roles by this actor. Throws USER_NOT_FOUND for somebody who never belonged to
 * the school that is managed, SELF_CHANGE_REFUSED for oneself, and FORBIDDEN for somebody who holds a role that the
 * actor may not give.
 */
export async function lockManaged(
  trx: Trx, actor: Actor, schoolId: PeopleOf, userId: string, day: Day,
): Promise<User & { held: readonly Assignment[] }> {
  const user = await lockUser(trx, userId)
  if (user === undefined || (schoolId !== null && !await wasEverAt(trx, userId, schoolId))) {
    throw new DomainError('USER_NOT_FOUND', 'there is no such person here')
  }
  if (actor.name === `user:${userId}`) {
    throw new DomainError('SELF_CHANGE_REFUSED', 'nobody changes their own rights: ask another person')
  }
  const allowed = rolesFor(actor, schoolId)
  const held = await listAssignments(trx, [userId], day)
  if (!managesAll(actor) && held.some((one) => one.schoolId !== schoolId || !allowed.includes(one.role))) {
    throw new DomainError('FORBIDDEN', 'this person holds a role that is not yours to manage')
  }
  return { ...user, held }
}

/**
 * The user, locked for a change of how they sign in. Whoever resets a person's password can be that person, so besides
 * what `lockManaged` throws it is FORBIDDEN for somebody who works at the school no more: the account may come to hold
 * a role elsewhere, and must not be in the hands of the school that was left.
 */
export async function lockSignIn(
  trx: Trx, actor: Actor, schoolId: PeopleOf, userId: string, day: Day,
): Promise<User> {
  const { held, ...user } = await lockManaged(trx, actor, schoolId, userId, day)
  if (!managesAll(actor) && held.length === 0) {
    throw new DomainError('FORBIDDEN', 'this person holds no role here any more: ask the administration')
  }
  return user
}

/** The school whose head can reset the password of somebody with these roles, if there is one. */
export function headSchoolOf(roles: readonly Pick<Assignment, 'role' | 'schoolId'>[]): string | null {
  const schoolId = roles[0]?.schoolId ?? null
  const isUnderHead = roles.every((one) => one.schoolId === schoolId && rolesGivenBy('school').includes(one.role))
  return isUnderHead ? schoolId : null
}
