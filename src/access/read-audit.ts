// Who did what, when and from where? Reads the audit log of one school, or of what belongs to no school. It can only be
// read: the table takes no change and no delete.
import type { Database } from '../db/tenancy.js'
import { isUuid } from '../http/id.js'
import { decodeIdCursor, toPage } from '../http/paging.js'
import { addDays, vietnamInstant } from '../time.js'
import type { Day } from '../time.js'
import { NO_SCHOOL, inLogOf } from './audit.js'
import { listActions, listActorNames, listAuditRows } from './queries/audit.js'
import type { AuditRow } from './queries/audit.js'

export interface AuditEntry extends AuditRow {
  /** Of a person or a token; null for the machine's own names (`bootstrap`, `import`, `rule:…`). */
  actorName: string | null
  /** When the object is a person or a token. */
  objectName: string | null
}

export interface AuditQuery {
  action?: string | undefined
  actor?: string | undefined
  day?: Day | undefined
  cursor?: string | undefined
  limit: number
}

export interface AuditPage {
  items: AuditEntry[]
  nextCursor: string | null
}

export async function readAudit(
  { db }: { db: Database }, schoolId: string | null, { action, actor, day, cursor, limit }: AuditQuery,
): Promise<AuditPage> {
  const beforeId = decodeIdCursor(cursor)
  const from = day === undefined ? undefined : vietnamInstant(day)
  const to = day === undefined ? undefined : vietnamInstant(addDays(day, 1))
  return inLogOf(db, schoolId, async (trx) => {
    const rows = await listAuditRows(trx, schoolId ?? NO_SCHOOL, { action, actor, from, to, beforeId }, limit + 1)
    const page = toPage(rows, limit, ({ id }) => [id])
    const ids = page.items.flatMap((row) => [idOfActor(row.actor), row.objectId]).filter(isUuid)
    const names = await listActorNames(trx, [...new Set(ids)])
    const items = page.items.map((row) => ({
      ...row,
      actorName: names.get(idOfActor(row.actor)) ?? null,
      objectName: names.get(row.objectId) ?? null,
    }))
    return { ...page, items }
  })
}

/** Every action that occurs, for a filter to choose from. */
export async function listAuditActions({ db }: { db: Database }, schoolId: string | null): Promise<string[]> {
  return inLogOf(db, schoolId, (trx) => listActions(trx, schoolId ?? NO_SCHOOL))
}

function idOfActor(actor: string): string {
  return actor.slice(actor.indexOf(':') + 1)
}
