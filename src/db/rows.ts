// Inserts many rows in one statement with one parameter. A posting batch writes hundreds of rows into
// each of six tables; one statement a table keeps the number of round trips constant.
import { sql } from 'kysely'
import type { Insertable } from 'kysely'
import type { Tables } from './tables.js'
import type { Trx } from './tenancy.js'

type InsertRow<Table extends keyof Tables> = Insertable<Tables[Table]>

/**
 * Writes all rows, or none. Every row must name the same columns as the first. Values travel as JSON and are
 * read by the table's own row type: Buffers as `\x…`, Dates as ISO 8601, JSON columns as values.
 */
export async function insertRows<Table extends keyof Tables>(
  trx: Trx,
  table: Table,
  rows: readonly InsertRow<Table>[],
): Promise<void> {
  const first = rows[0]
  if (first === undefined) return
  const columns = sql.join(Object.keys(first).map((column) => sql.ref(column)))
  await sql`INSERT INTO ${sql.table(table)} (${columns})
    SELECT ${columns} FROM jsonb_populate_recordset(NULL::${sql.table(table)}, ${toRecords(rows)}::jsonb)`.execute(trx)
}

/** The JSON text of rows for `jsonb_populate_recordset`. */
export function toRecords(rows: readonly object[]): string {
  return JSON.stringify(rows.map(withHexBuffers))
}

// Buffer#toJSON makes an array of numbers, ten times the size of the bytes; `bytea` reads hex.
function withHexBuffers(row: object): object {
  const entries = Object.entries(row)
  if (!entries.some(([, value]) => Buffer.isBuffer(value))) return row
  return Object.fromEntries(
    entries.map(([column, value]) => [column, Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value]),
  )
}
