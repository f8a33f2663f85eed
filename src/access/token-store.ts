// The only SQL on api_token. It keeps hashes, so nobody who reads the database can use a token.
import { v7 as uuidv7 } from 'uuid'
import type { Trx } from '../db/tenancy.js'
import { SCOPES } from './actor.js'
import type { Scope } from './actor.js'

export interface Token {
  id: string
  name: string
  scopes: Scope[]
  schoolId: string | null
  authorityId: string | null
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
  /** To about a minute; null for one that was never used. */
  lastUsedAt: Date | null
}

export interface NewToken {
  name: string
  sha256: Buffer
  scopes: readonly Scope[]
  schoolId: string | null
  authorityId: string | null
  expiresAt: Date | null
}

export async function insertToken(trx: Trx, token: NewToken): Promise<Token> {
  const row = await trx.insertInto('api_token').values({
    id: uuidv7(),
    name: token.name,
    token_sha256: token.sha256,
    scopes: [...token.scopes],
    of_school_id: token.schoolId,
    of_authority_id: token.authorityId,
    expires_at: token.expiresAt,
    revoked_at: null,
  }).returning(COLUMNS).executeTakeFirstOrThrow()
  return fromRow(row)
}

/** Served by the unique index on token_sha256. Revoked and expired tokens are found too. */
export async function findTokenByHash(trx: Trx, sha256: Buffer): Promise<Token | undefined> {
  const row = await trx.selectFrom('api_token').select(COLUMNS)
    .where('token_sha256', '=', sha256).executeTakeFirst()
  return row && fromRow(row)
}

/** In the order in which they were made, or the newest first: ids are UUIDv7. Served by the primary key. */
export async function listTokens(
  trx: Trx, { beyondId, order }: { beyondId: string | undefined; order: 'asc' | 'desc' }, limit: number,
): Promise<Token[]> {
  const rows = await trx.selectFrom('api_token').select(COLUMNS)
    .$if(beyondId !== undefined, (query) => query.where('id', order === 'asc' ? '>' : '<', beyondId ?? ''))
    .orderBy('id', order).limit(limit).execute()
  return rows.map(fromRow)
}

/** The token as it is now revoked; a second call keeps the first time. Undefined when there is none. */
export async function revokeToken(trx: Trx, id: string, at: Date): Promise<Token | undefined> {
  const row = await trx.updateTable('api_token')
    .set((eb) => ({ revoked_at: eb.fn.coalesce('revoked_at', eb.val(at)) }))
    .where('id', '=', id).returning(COLUMNS).executeTakeFirst()
  return row && fromRow(row)
}

export async function touchToken(trx: Trx, id: string, at: Date): Promise<void> {
  await trx.updateTable('api_token').set({ last_used_at: at }).where('id', '=', id).execute()
}

const COLUMNS = ['id', 'name', 'scopes', 'of_school_id', 'of_authority_id', 'created_at', 'expires_at',
  'revoked_at', 'last_used_at'] as const

interface Row {
  id: string
  name: string
  scopes: string[]
  of_school_id: string | null
  of_authority_id: string | null
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
}

function fromRow(row: Row): Token {
  return {
    id: row.id,
    name: row.name,
    // A scope that this version no longer knows grants nothing.
    scopes: SCOPES.filter((scope) => row.scopes.includes(scope)),
    schoolId: row.of_school_id,
    authorityId: row.of_authority_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
  }
}
