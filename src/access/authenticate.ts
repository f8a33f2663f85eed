// Whose token is this? Gives the actor, or nothing when the token is unknown, revoked or expired.
import { LRUCache } from 'lru-cache'
import type { Database } from '../db/tenancy.js'
import { SCOPES, expandScopes } from './actor.js'
import type { Actor } from './actor.js'
import { hashToken, isSameToken } from './token.js'
import { findTokenByHash, touchToken } from './token-store.js'
import type { Token } from './token-store.js'

export interface Authenticator {
  findActor(token: string, address: string): Promise<Actor | undefined>
  /** After a revocation in this process; other processes notice within `tokenCacheMs`. */
  forget(tokenId: string): void
}

export interface AuthenticatorOptions {
  db: Database
  bootstrapToken: string | undefined
  tokenCacheMs: number
  /** How often it is kept that a token is in use. */
  tokenUsedEveryMs: number
  now: () => Date
}

const TOKENS_REMEMBERED = 10_000

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { db, bootstrapToken, tokenCacheMs, tokenUsedEveryMs, now } = options
  const known = new LRUCache<string, Token>({ max: TOKENS_REMEMBERED, ttl: tokenCacheMs })

  async function findToken(token: string): Promise<Token | undefined> {
    const sha256 = hashToken(token)
    const key = sha256.toString('base64')
    const remembered = known.get(key)
    if (remembered) return remembered
    // Looked up by its hash: how long the index takes says nothing about the token.
    const found = await db.asService((trx) => findTokenByHash(trx, sha256))
    if (found) known.set(key, found)
    return found
  }

  async function keepUse(token: Token): Promise<void> {
    const at = now()
    if (at.getTime() - (token.lastUsedAt?.getTime() ?? 0) < tokenUsedEveryMs) return
    token.lastUsedAt = at
    await db.asService((trx) => touchToken(trx, token.id, at))
  }

  return {
    async findActor(token, address) {
      if (bootstrapToken !== undefined && isSameToken(token, bootstrapToken)) {
        return { name: 'bootstrap', grants: [{ scopes: SCOPES, schoolId: null, authorityId: null }], address }
      }
      const found = await findToken(token)
      if (!found || found.revokedAt !== null) return undefined
      if (found.expiresAt !== null && found.expiresAt <= now()) return undefined
      await keepUse(found)
      const { scopes, schoolId, authorityId } = found
      return { name: `token:${found.id}`, grants: [{ scopes: expandScopes(scopes), schoolId, authorityId }], address }
    },
    forget(tokenId) {
      for (const [key, token] of known.entries()) if (token.id === tokenId) known.delete(key)
    },
  }
}
