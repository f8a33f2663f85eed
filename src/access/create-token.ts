// Makes an API token, for the HTTP route and the command line alike. The token is returned once and only its
// hash is kept.
import type { Database } from '../db/tenancy.js'
import { sqlState } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import type { Actor, Scope } from './actor.js'
import { recordAudit } from './audit.js'
import { hashToken, makeToken } from './token.js'
import { insertToken } from './token-store.js'
import type { Token } from './token-store.js'

export interface TokenRequest {
  name: string
  scopes: readonly Scope[]
  schoolId?: string
  authorityId?: string
  expiresAt?: Date
}

/**
 * Throws TOKEN_SCOPES_INVALID when the scopes do not fit the holder, TOKEN_HOLDER_INVALID for two holders or
 * one that does not exist, TOKEN_EXPIRY_INVALID for a time that has passed.
 */
export async function createToken(
  db: Database, actor: Pick<Actor, 'name' | 'address'>, request: TokenRequest, now: Date,
): Promise<{ token: string; record: Token }> {
  checkRequest(request, now)
  const token = makeToken()
  const { name, scopes, schoolId = null, authorityId = null, expiresAt = null } = request
  try {
    return await db.asService(async (trx) => {
      const sha256 = hashToken(token)
      const record = await insertToken(trx, { name, sha256, scopes, schoolId, authorityId, expiresAt })
      const { id: objectId } = record
      const after = { scopes, schoolId, authorityId, expiresAt }
      await recordAudit(trx, { actor, action: 'token.create', objectKind: 'api_token', objectId, after })
      return { token, record }
    })
  } catch (error) {
    if (sqlState(error) === FOREIGN_KEY_VIOLATION) {
      throw new DomainError('TOKEN_HOLDER_INVALID', 'the school or authority of the token does not exist')
    }
    throw error
  }
}

const FOREIGN_KEY_VIOLATION = '23503'

function checkRequest({ scopes, schoolId, authorityId, expiresAt }: TokenRequest, now: Date): void {
  if (schoolId !== undefined && authorityId !== undefined) {
    throw new DomainError('TOKEN_HOLDER_INVALID', 'bind the token to a school or to an authority, not to both')
  }
  if (schoolId !== undefined && scopes.includes('admin')) {
    throw new DomainError('TOKEN_SCOPES_INVALID', 'a token of one school cannot be admin')
  }
  if (authorityId !== undefined && scopes.some((scope) => scope !== 'reports:read')) {
    throw new DomainError('TOKEN_SCOPES_INVALID', 'a token of an authority may hold reports:read only')
  }
  if (expiresAt !== undefined && expiresAt <= now) {
    throw new DomainError('TOKEN_EXPIRY_INVALID', 'the token would have expired before it was made')
  }
}
