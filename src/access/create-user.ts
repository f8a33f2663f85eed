// Makes a person who can sign in. The password is a generated one, shown once to whoever makes the user and changed at
// the first sign-in; who signs in through the organisation's own provider needs none.
import { v7 as uuidv7 } from 'uuid'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import type { Access } from './access.js'
import type { Actor } from './actor.js'
import { inLogOf, recordAudit } from './audit.js'
import { assertMayGive } from './manage.js'
import type { PeopleOf } from './manage.js'
import { makeOneTimePassword } from './passwords.js'
import { auditSchoolOf, insertRole } from './roles.js'
import type { RoleRequest } from './roles.js'
import { findCredentialsByName, insertUser } from './user-store.js'

export interface UserRequest extends RoleRequest {
  loginName: string
  displayName: string
  /** True: no password is made, and the person comes in through OIDC, matched by a verified e-mail address. */
  withoutPassword?: boolean | undefined
}

export interface CreatedUser {
  userId: string
  loginName: string
  /** Shown once; null without one. */
  password: string | null
}

/** Throws LOGIN_NAME_EXISTS, LOGIN_NAME_INVALID, DISPLAY_NAME_INVALID, and what a role is refused with. */
export async function createUser(
  { db, now, config, passwords }: Access, actor: Actor, schoolId: PeopleOf, request: UserRequest,
): Promise<CreatedUser> {
  assertMayGive(actor, schoolId, request.role)
  if (schoolId !== null && request.schoolId !== schoolId) {
    throw new DomainError('ROLE_HOLDER_INVALID', 'a person of this school holds a role at this school')
  }
  const password = request.withoutPassword === true ? null : makeOneTimePassword()
  const passwordHash = password === null ? null : await passwords.hash(password)
  return inLogOf(db, auditSchoolOf(request), (trx) => insertPerson(trx, { now, config }, actor, {
    ...request, password, passwordHash, mustChangePassword: password !== null,
  }))
}

export interface PersonToInsert extends UserRequest {
  password: string | null
  passwordHash: string | null
  mustChangePassword: boolean
}

export async function insertPerson(
  trx: Trx, deps: Pick<Access, 'now' | 'config'>, actor: Pick<Actor, 'name' | 'address'>, person: PersonToInsert,
): Promise<CreatedUser> {
  const { loginName, displayName } = checkedNames(person)
  if (await findCredentialsByName(trx, loginName)) {
    throw new DomainError('LOGIN_NAME_EXISTS', 'somebody has this login name already')
  }
  const userId = uuidv7()
  const { passwordHash, mustChangePassword, role, schoolId, authorityId, password } = person
  await insertUser(trx, { id: userId, loginName, displayName, passwordHash, mustChangePassword })
  await recordAudit(trx, { actor, action: 'user.create', objectKind: 'app_user', objectId: userId, after: { loginName } })
  await insertRole(trx, deps, actor, userId, { role, schoolId, authorityId })
  return { userId, loginName, password }
}

const LOGIN_NAME = /^[a-z0-9][a-z0-9._@+-]{2,99}$/
const DISPLAY_NAME_MAX_CHARS = 100

function checkedNames(asked: { loginName: string; displayName: string }): { loginName: string; displayName: string } {
  const loginName = asked.loginName.trim().toLowerCase()
  const displayName = asked.displayName.normalize('NFC').trim().replace(/\s+/g, ' ')
  if (!LOGIN_NAME.test(loginName)) {
    throw new DomainError('LOGIN_NAME_INVALID', 'a login name has 3 to 100 letters a-z, digits or . _ @ + -', [
      { field: 'loginName', reason: 'has 3 to 100 letters a-z, digits or . _ @ + -' },
    ])
  }
  if (displayName === '' || displayName.length > DISPLAY_NAME_MAX_CHARS) {
    throw new DomainError('DISPLAY_NAME_INVALID', 'a name has 1 to 100 characters', [
      { field: 'displayName', reason: 'has 1 to 100 characters' },
    ])
  }
  return { loginName, displayName }
}
