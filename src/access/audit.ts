// Writes the audit log: who did what to which row, from where. Always inside the transaction of the change
// itself; never a child's name, a secret or a whole document.
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database, Trx } from '../db/tenancy.js'
import type { Actor } from './actor.js'

/** As the log names what belongs to no school. */
export const NO_SCHOOL = '00000000-0000-0000-0000-000000000000'

export interface AuditRecord {
  actor: Pick<Actor, 'name' | 'address'>
  /** `<object>.<verb>`, for example `invoice.cancel`. */
  action: string
  objectKind: string
  objectId: string
  /** The fields that changed, ids and figures; names are left out or hashed. */
  before?: object
  after?: object
}

/** A transaction whose records are filed under the school, or under none. */
export async function inLogOf<T>(db: Database, schoolId: string | null, work: (trx: Trx) => Promise<T>): Promise<T> {
  return schoolId === null ? db.asService(work) : db.inSchool(schoolId, work)
}

/** Files the record under the school that this transaction opened, or under none. */
export async function recordAudit(trx: Trx, record: AuditRecord): Promise<void> {
  await trx.insertInto('audit_log').values({
    school_id: sql<string>`coalesce(current_school(), ${NO_SCHOOL})`,
    id: uuidv7(),
    actor: record.actor.name,
    action: record.action,
    object_kind: record.objectKind,
    object_id: record.objectId,
    address: record.actor.address,
    before: record.before ?? null,
    after: record.after ?? null,
  }).execute()
}
