// The only SQL on user_session. It keeps hashes, so nobody who reads the database can take a session over.
import { v7 as uuidv7 } from 'uuid'
import type { Trx } from '../db/tenancy.js'

export type SessionStage = 'password' | 'full'

export interface SessionRow {
  id: string
  userId: string
  stage: SessionStage
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  address: string | null
  agent: string | null
}

const COLUMNS = ['user_session.id', 'user_id as userId', 'stage', 'user_session.created_at as createdAt',
  'last_seen_at as lastSeenAt', 'expires_at as expiresAt', 'address', 'agent'] as const

export interface NewSession {
  userId: string
  tokenSha256: Buffer
  stage: SessionStage
  at: Date
  expiresAt: Date
  address: string | null
  agent: string | null
}

export async function insertSession(trx: Trx, session: NewSession): Promise<string> {
  const id = uuidv7()
  await trx.insertInto('user_session').values({
    id,
    user_id: session.userId,
    token_sha256: session.tokenSha256,
    stage: session.stage,
    created_at: session.at,
    last_seen_at: session.at,
    expires_at: session.expiresAt,
    address: session.address,
    agent: session.agent,
  }).execute()
  return id
}

export interface LiveSession extends SessionRow {
  loginName: string
  displayName: string
  mustChangePassword: boolean
  hasTotp: boolean
}

/** Served by user_session_token_key. Neither a revoked session nor one of a locked user is found. */
export async function findLiveSession(trx: Trx, tokenSha256: Buffer): Promise<LiveSession | undefined> {
  const row = await trx.selectFrom('user_session').innerJoin('app_user', 'app_user.id', 'user_id')
    .select([...COLUMNS, 'login_name as loginName', 'display_name as displayName',
      'must_change_password as mustChangePassword', 'totp_confirmed_at'])
    .where('token_sha256', '=', tokenSha256).where('revoked_at', 'is', null).where('state', '=', 'active')
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { totp_confirmed_at: confirmedAt, ...session } = row
  return { ...session, hasTotp: confirmedAt !== null }
}

export async function touchSession(trx: Trx, id: string, at: Date): Promise<void> {
  await trx.updateTable('user_session').set({ last_seen_at: at }).where('id', '=', id).execute()
}

/** Those that may still be in use, newest first. Served by user_session_of_user. */
export async function listLiveSessions(trx: Trx, userId: string, now: Date): Promise<SessionRow[]> {
  return trx.selectFrom('user_session').select(COLUMNS)
    .where('user_id', '=', userId).where('revoked_at', 'is', null).where('expires_at', '>', now)
    .where('stage', '=', 'full').orderBy('id', 'desc').execute()
}

/**
 * The network addresses from which the account was entered with all that it asks for, as long as its sessions are
 * kept. Served by user_session_of_user.
 */
export async function listProvedAddresses(trx: Trx, loginName: string): Promise<string[]> {
  const rows = await trx.selectFrom('user_session').innerJoin('app_user', 'app_user.id', 'user_id')
    .select('address').distinct().where('login_name', '=', loginName).where('stage', '=', 'full')
    .where('address', 'is not', null).$narrowType<{ address: string }>().execute()
  return rows.map(({ address }) => address)
}

/** Of one user, so that nobody ends another's; the one named by `exceptId` stays. */
export async function revokeSessions(
  trx: Trx, userId: string, at: Date, { onlyId, exceptId }: { onlyId?: string; exceptId?: string } = {},
): Promise<string[]> {
  const rows = await trx.updateTable('user_session').set({ revoked_at: at })
    .where('user_id', '=', userId).where('revoked_at', 'is', null)
    .$if(onlyId !== undefined, (query) => query.where('id', '=', onlyId ?? ''))
    .$if(exceptId !== undefined, (query) => query.where('id', '<>', exceptId ?? ''))
    .returning('id').execute()
  return rows.map(({ id }) => id)
}

/** Served by user_session_expires. */
export async function deleteOldSessions(trx: Trx, before: Date): Promise<void> {
  await trx.deleteFrom('user_session').where('expires_at', '<', before).execute()
}
