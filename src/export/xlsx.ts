// Writes a table as a workbook in a thread of its own: the writing of 100,000 rows would hold every other request up
// for seconds. Cells and texts are counted before they are handed over.
import { openWorker, WorkerLimitError } from '../bounded-worker.js'
import { LIMITS } from '../limits.js'
import { openSlots } from '../slots.js'
import { batchesOf } from './batches.js'
import { tooLarge } from './table.js'
import type { Table } from './table.js'
import type { FromXlsxWorker, ToXlsxWorker } from './xlsx-worker.js'

// One at a time: the memory of all threads together is bounded too.
const slots = openSlots({ atOnce: 1, waitingMax: LIMITS.exportsWaitingMax })

/** Throws `EXPORT_TOO_LARGE`; `OVERLOADED` when too many are being written. */
export async function xlsxFile(table: Table): Promise<Buffer> {
  return slots.use(() => writeInWorker(table))
}

async function writeInWorker(table: Table): Promise<Buffer> {
  const { sheetName, columns, toFillIn } = table
  const worker = openWorker<ToXlsxWorker, FromXlsxWorker>(new URL('./xlsx-worker.js', import.meta.url), {
    heapMb: LIMITS.exportWorkerHeapMb, timeoutMs: LIMITS.exportTimeoutMs,
  })
  let [cells, textChars] = [0, 0]
  try {
    for await (const rows of batchesOf(table)) {
      cells += rows.length * columns.length
      textChars += rows.flat().reduce((sum: number, cell) => sum + (typeof cell === 'string' ? cell.length : 0), 0)
      if (cells > LIMITS.exportCellsMax || textChars > LIMITS.exportBytesMax) {
        throw tooLarge('the list has too many cells for a workbook', ', or take CSV')
      }
      if (!worker.isAlive) break
      worker.send({ type: 'rows', rows })
    }
    worker.send({ type: 'finish', sheetName, columns, ...(toFillIn && { toFillIn }) })
    return Buffer.from((await worker.answer).bytes)
  } catch (error) {
    throw error instanceof WorkerLimitError ? tooLarge(`the workbook takes too much ${error.limit}`) : error
  } finally {
    await worker.close()
  }
}
