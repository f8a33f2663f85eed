// The audit log as people read it: newest first, by key, with the names of who did it.
import type { Trx } from '../../db/tenancy.js'

export interface AuditRow {
  id: string
  recordedAt: Date
  actor: string
  action: string
  objectKind: string
  objectId: string
  address: string | null
  before: object | null
  after: object | null
}

export interface AuditFilter {
  /** A whole action (`invoice.cancel`). */
  action?: string | undefined
  actor?: string | undefined
  from?: Date | undefined
  to?: Date | undefined
  /** The id of the last row of the page before. */
  beforeId?: string | undefined
}

/**
 * Of the school that this transaction opened, or of what belongs to no school. Served by the primary key, or with a
 * filter by audit_log_of_actor, audit_log_of_action and audit_log_recorded.
 */
export async function listAuditRows(
  trx: Trx, schoolId: string, filter: AuditFilter, limit: number,
): Promise<AuditRow[]> {
  const { action, actor, from, to, beforeId } = filter
  let query = trx.selectFrom('audit_log').select(['id', 'recorded_at as recordedAt', 'actor', 'action',
    'object_kind as objectKind', 'object_id as objectId', 'address', 'before', 'after'])
    .where('school_id', '=', schoolId)
  if (action !== undefined) query = query.where('action', '=', action)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (from !== undefined) query = query.where('recorded_at', '>=', from)
  if (to !== undefined) query = query.where('recorded_at', '<', to)
  if (beforeId !== undefined) query = query.where('id', '<', beforeId)
  return query.orderBy('id', 'desc').limit(limit).execute()
}

/** `user:<id>` and `token:<id>` as people know them. */
export async function listActorNames(trx: Trx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const users = await trx.selectFrom('app_user').select(['id', 'display_name as name']).where('id', 'in', ids).execute()
  const tokens = await trx.selectFrom('api_token').select(['id', 'name']).where('id', 'in', ids).execute()
  return new Map([...users, ...tokens].map(({ id, name }) => [id, name]))
}

/** The actions that occur, for the filter. A loose scan along audit_log_of_action: one probe an action. */
export async function listActions(trx: Trx, schoolId: string): Promise<string[]> {
  const found: string[] = []
  for (;;) {
    const last = found.at(-1)
    let query = trx.selectFrom('audit_log').select('action').where('school_id', '=', schoolId)
    if (last !== undefined) query = query.where('action', '>', last)
    const row = await query.orderBy('action').limit(1).executeTakeFirst()
    if (row === undefined || found.length === ACTIONS_MAX) return found
    found.push(row.action)
  }
}

const ACTIONS_MAX = 100
