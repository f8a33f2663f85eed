// The rows of a table in their plain form, in batches between which other requests get their turn.
import { setImmediate as otherRequests } from 'node:timers/promises'
import { limitRows, plainRow } from './table.js'
import type { PlainCell, Table } from './table.js'

const BATCH_ROWS = 1_000

/** Never empty-handed: the last batch may have no row. Throws `EXPORT_TOO_LARGE`. */
export async function* batchesOf({ columns, rows }: Table): AsyncGenerator<PlainCell[][]> {
  let batch: PlainCell[][] = []
  for await (const row of limitRows(rows)) {
    batch.push(plainRow(columns, row))
    if (batch.length < BATCH_ROWS) continue
    yield batch
    batch = []
    await otherRequests()
  }
  yield batch
}
