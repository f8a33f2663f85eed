// People who are made outside of HTTP: the first ones, by whoever holds the machine, and those of the demo. Nobody asks
// for rights here, so nothing that listens may call it.
import { DomainError } from '../errors.js'
import { openAccess } from './access.js'
import type { AccessDeps } from './access.js'
import type { Actor } from './actor.js'
import { inLogOf } from './audit.js'
import { createUser, insertPerson } from './create-user.js'
import type { CreatedUser } from './create-user.js'
import type { RoleRequest } from './roles.js'
import { auditSchoolOf } from './roles.js'
import { sealTotpSecret } from './second-factor.js'
import { confirmTotp, findCredentialsByName, saveTotpSecret } from './user-store.js'

export interface CommandLineUser extends RoleRequest {
  loginName: string
  displayName: string
}

/** For `user create` of the command line: the password that comes back has to be changed at the first sign-in. */
export async function createUserFromCommandLine(deps: AccessDeps, user: CommandLineUser): Promise<CreatedUser> {
  return createUser(openAccess(deps), COMMAND_LINE, null, user)
}

const COMMAND_LINE: Actor = {
  name: 'command-line', grants: [{ scopes: ['users:write'], schoolId: null, authorityId: null }], address: null,
}

export interface DemoUser extends CommandLineUser {
  password: string
  /** Base32; undefined: none is set up. */
  totpSecret?: string
}

/**
 * A person whose password and app are known beforehand, ready to sign in; one who exists already stays as they are.
 * Throws DEMO_REFUSED in a database that is not marked as the demo's.
 */
export async function createDemoUser(deps: AccessDeps, user: DemoUser): Promise<{ userId: string }> {
  const { db, now, secretBox } = deps
  const found = await db.asService(async (trx) => {
    const marked = await trx.selectFrom('installation').select('demo').where('demo', '=', true).executeTakeFirst()
    if (!marked) throw new DomainError('DEMO_REFUSED', 'sample people are made in the demo\'s own database only')
    return findCredentialsByName(trx, user.loginName)
  })
  if (found) return { userId: found.id }
  const { password, totpSecret, ...request } = user
  const passwordHash = await openAccess(deps).passwords.hash(password)
  return inLogOf(db, auditSchoolOf(request), async (trx) => {
    const actor = { name: 'demo', address: null }
    const { userId } = await insertPerson(trx, deps, actor, {
      ...request, password: null, passwordHash, mustChangePassword: false,
    })
    if (totpSecret !== undefined) {
      await saveTotpSecret(trx, userId, { sealed: sealTotpSecret(secretBox, userId, totpSecret), sessionId: null })
      await confirmTotp(trx, userId, now())
    }
    return { userId }
  })
}
