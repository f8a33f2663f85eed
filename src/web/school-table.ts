// Sends a list that names children, payers or staff as a file. Every file that leaves the desk or the pages of people
// goes through here: what left, by whom and how narrowed is committed to the audit log before its first byte is sent.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { inLogOf, recordAudit } from '../access/audit.js'
import type { Database } from '../db/tenancy.js'
import { sendFile, tableFile } from '../export/table-file.js'
import type { TableFormat } from '../export/table-file.js'
import type { Table, TableRow } from '../export/table.js'
import type { ExportAction, ExportFilter, ExportList } from './access/export-names.js'

export interface ExportAudit {
  action: ExportAction
  list: ExportList
  /** The one row that all of the list belongs to. */
  of?: { kind: 'student' | 'collection_round' | 'bank_transaction' | 'roster_import'; id: string }
  /** What each narrowing was set to; only that it was set is written down, because a search is often a child's name. */
  narrowedBy?: Readonly<Partial<Record<ExportFilter, string | undefined>>>
}

interface SchoolTable {
  db: Database
  /** In whose log it is written; null for what belongs to no school. */
  schoolId: string | null
  format: TableFormat
  table: Table
  audit: ExportAudit
}

/** Throws `EXPORT_TOO_LARGE`, `OVERLOADED`; then nothing has left and nothing is written. */
export async function sendSchoolTable(
  { actor }: FastifyRequest, reply: FastifyReply, { db, schoolId, format, table, audit }: SchoolTable,
): Promise<FastifyReply> {
  const { action, list, of = { kind: 'list', id: list }, narrowedBy = {} } = audit
  let rows = 0
  async function* counted(): AsyncGenerator<TableRow> {
    for await (const row of table.rows) {
      rows += 1
      yield row
    }
  }
  const file = await tableFile(format, { ...table, rows: counted() })
  const filters = Object.entries(narrowedBy).filter(([, value]) => value !== undefined && value !== '').map(([kind]) => kind)
  await inLogOf(db, schoolId, (trx) => recordAudit(trx, {
    actor, action, objectKind: of.kind, objectId: of.id,
    after: { list, format, rows, ...(filters.length > 0 && { filters }) },
  }))
  return sendFile(reply, file)
}
