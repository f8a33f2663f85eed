// What those who administer API tokens may do with them: see them with the names of the places they are bound to, make
// none that can do more than they can, and revoke them. Whether somebody administers tokens is the route's to ask.
import type { Database } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { isUuid } from '../http/id.js'
import { decodeIdCursor, toPage } from '../http/paging.js'
import { SCOPES, expandScopes, holdsScope } from './actor.js'
import type { Actor, Scope } from './actor.js'
import { recordAudit } from './audit.js'
import type { Authenticator } from './authenticate.js'
import type { TokenRequest } from './create-token.js'
import { namesOfPlaces } from './queries/places.js'
import { listTokens, revokeToken } from './token-store.js'
import type { Token } from './token-store.js'

export interface NamedToken extends Token {
  schoolName: string | null
  authorityName: string | null
  state: TokenState
}

export type TokenState = 'active' | 'expired' | 'revoked'

/** Newest first. */
export async function listNamedTokens(
  { db, now }: { db: Database; now: () => Date }, { cursor, limit }: { cursor: string | undefined; limit: number },
): Promise<{ items: NamedToken[]; nextCursor: string | null }> {
  const beyondId = decodeIdCursor(cursor)
  return db.asService(async (trx) => {
    const rows = await listTokens(trx, { beyondId, order: 'desc' }, limit + 1)
    const page = toPage(rows, limit, ({ id }) => [id])
    const { schools, authorities } = await namesOfPlaces(trx, page.items)
    return {
      ...page,
      items: page.items.map((token) => ({
        ...token, state: stateOf(token, now()),
        schoolName: schools.get(token.schoolId ?? '') ?? null,
        authorityName: authorities.get(token.authorityId ?? '') ?? null,
      })),
    }
  })
}

function stateOf({ revokedAt, expiresAt }: Token, now: Date): TokenState {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'active'
}

/** At once in this process. Throws TOKEN_NOT_FOUND; a second time changes nothing. */
export async function revokeTokenById(
  { db, now, authenticator }: { db: Database; now: () => Date; authenticator: Authenticator },
  actor: Pick<Actor, 'name' | 'address'>, tokenId: string,
): Promise<Token> {
  const revoked = isUuid(tokenId) ? await db.asService(async (trx) => {
    const found = await revokeToken(trx, tokenId, now())
    if (found) await recordAudit(trx, { actor, action: 'token.revoke', objectKind: 'api_token', objectId: tokenId })
    return found
  }) : undefined
  if (!revoked) throw new DomainError('TOKEN_NOT_FOUND', 'there is no such token')
  authenticator.forget(tokenId)
  return revoked
}

/** A token that is bound to no school and no authority holds no more than who makes it. */
export function assertHolds(actor: Pick<Actor, 'grants'>, { scopes, schoolId, authorityId }: TokenRequest): void {
  if (schoolId !== undefined || authorityId !== undefined) return
  if (expandScopes(scopes).every((scope) => holdsScope(actor, scope))) return
  throw new DomainError('FORBIDDEN', 'you may not make a token that can do more than you can: bind it to a school')
}

/** Where a token is good: everywhere, at one school, or for the figures of one authority. */
export type TokenPlace = 'system' | 'school' | 'authority'

/** What the actor may put into a token for such a place: the same rules as those that refuse the others. */
export function scopesForToken(actor: Pick<Actor, 'grants'>, place: TokenPlace): readonly Scope[] {
  switch (place) {
    case 'system': return SCOPES.filter((scope) => expandScopes([scope]).every((one) => holdsScope(actor, one)))
    case 'school': return SCOPES.filter((scope) => scope !== 'admin')
    case 'authority': return ['reports:read']
  }
}
