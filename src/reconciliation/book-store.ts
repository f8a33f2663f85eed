// Adds what a book changed to the sums that stand beside the rows: of bills, lines, sources and credits. Only the book
// calls it, after the rows themselves; every row must exist, and the checks of the tables have the last word.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { toRecords } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import type { Source } from './book.js'

/** Changes of a source's own sums, besides what allocations and credits imply. */
export interface SourceChange {
  source: Source
  allocatedVnd: number
  creditedVnd: number
  refundedVnd: number
  reversedVnd: number
}

function byKey<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}

function assertAll(updated: bigint | undefined, expected: number, table: string): void {
  assert.equal(updated, BigInt(expected), `every ${table} row of the batch must exist`)
}

export async function addToInvoices(trx: Trx, schoolId: string, paid: ReadonlyMap<string, number>): Promise<void> {
  if (paid.size === 0) return
  const changes = toRecords(byKey(paid).map(([id, delta]) => ({ id, delta })))
  const { numAffectedRows } = await sql`UPDATE invoice SET paid_vnd = paid_vnd + change.delta
    FROM jsonb_to_recordset(${changes}::jsonb) AS change (id uuid, delta bigint)
    WHERE invoice.school_id = ${schoolId} AND invoice.id = change.id`.execute(trx)
  assertAll(numAffectedRows, paid.size, 'invoice')
}

export async function addToLines(
  trx: Trx,
  schoolId: string,
  lines: readonly { invoice_id: string; line_no: number; delta: number }[],
): Promise<void> {
  if (lines.length === 0) return
  const { numAffectedRows } = await sql`UPDATE invoice_line SET paid_vnd = paid_vnd + change.delta
    FROM jsonb_to_recordset(${toRecords(lines)}::jsonb) AS change (invoice_id uuid, line_no smallint, delta bigint)
    WHERE invoice_line.school_id = ${schoolId} AND invoice_line.invoice_id = change.invoice_id
      AND invoice_line.line_no = change.line_no`.execute(trx)
  assertAll(numAffectedRows, lines.length, 'invoice_line')
}

export async function addToSources(trx: Trx, schoolId: string, changes: readonly SourceChange[]): Promise<void> {
  for (const [kind, table] of [['bank', 'bank_transaction'], ['cash', 'cash_receipt']] as const) {
    const rows = changes
      .filter(({ source }) => source.kind === kind)
      .map(({ source, allocatedVnd, creditedVnd, refundedVnd, reversedVnd }) => ({
        id: source.id,
        allocated: allocatedVnd,
        credited: creditedVnd,
        refunded: refundedVnd,
        reversed: reversedVnd,
      }))
    if (rows.length === 0) continue
    const { numAffectedRows } = await sql`UPDATE ${sql.table(table)} AS source
      SET allocated_vnd = allocated_vnd + change.allocated, credited_vnd = credited_vnd + change.credited,
        refunded_vnd = refunded_vnd + change.refunded, reversed_vnd = reversed_vnd + change.reversed
      FROM jsonb_to_recordset(${toRecords(rows)}::jsonb)
        AS change (id uuid, allocated bigint, credited bigint, refunded bigint, reversed bigint)
      WHERE source.school_id = ${schoolId} AND source.id = change.id`.execute(trx)
    assertAll(numAffectedRows, rows.length, table)
  }
}

export async function takeFromCredits(
  trx: Trx,
  schoolId: string,
  drawn: ReadonlyMap<string, { drawn: number; undone: number }>,
): Promise<void> {
  if (drawn.size === 0) return
  const changes = toRecords(byKey(drawn).map(([id, change]) => ({ id, ...change })))
  const { numAffectedRows } = await sql`UPDATE credit
    SET held_vnd = held_vnd - change.drawn, undone_vnd = undone_vnd + change.undone
    FROM jsonb_to_recordset(${changes}::jsonb) AS change (id uuid, drawn bigint, undone bigint)
    WHERE credit.school_id = ${schoolId} AND credit.id = change.id`.execute(trx)
  assertAll(numAffectedRows, drawn.size, 'credit')
}

/** Taken back before anybody moved them at the bank. */
export async function cancelTransfers(trx: Trx, schoolId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const { numAffectedRows } = await sql`UPDATE account_transfer SET state = 'cancelled'
    WHERE school_id = ${schoolId} AND id = ANY (${ids}::uuid[]) AND state = 'due'`.execute(trx)
  assertAll(numAffectedRows, ids.length, 'account_transfer')
}
