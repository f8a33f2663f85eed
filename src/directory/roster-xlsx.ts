// Which rows are in an uploaded workbook? Reads it in a bounded thread, because a small file can unpack to anything,
// and takes the one sheet that is a list.
import { openWorker, WorkerLimitError } from '../bounded-worker.js'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { openSlots } from '../slots.js'
import type { RosterCell } from './roster-cell.js'
import { countHeaders } from './roster-columns.js'
import { HEADER_SEARCH_ROWS, MAX_FILE_ROWS } from './roster.js'
import type { FromRosterWorker, RosterSheet, ToRosterWorker } from './roster-xlsx-worker.js'

const slots = openSlots({ atOnce: 2, waitingMax: LIMITS.workbooksWaitingMax })

/** `PK`: a workbook is a zip archive. */
export function isWorkbook(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x4b && (start[2] === 3 || start[2] === 5)
}

/** Throws `ROSTER_INVALID`, `ROSTER_TOO_LARGE`; `OVERLOADED` when too many are being read. */
export async function readWorkbookRows(bytes: Uint8Array<ArrayBuffer>): Promise<RosterCell[][]> {
  const answer = await slots.use(() => readInWorker(bytes))
  if (answer.kind === 'sheets') return chooseSheet(answer.sheets).rows
  throw answer.fault === 'large' ? tooLarge(answer.reason) : invalid(answer.reason)
}

async function readInWorker(bytes: Uint8Array<ArrayBuffer>): Promise<FromRosterWorker> {
  const worker = openWorker<ToRosterWorker, FromRosterWorker>(new URL('./roster-xlsx-worker.js', import.meta.url), {
    heapMb: LIMITS.workbookHeapMb, timeoutMs: LIMITS.workbookTimeoutMs,
  })
  const limits = {
    entriesMax: LIMITS.workbookEntriesMax, bytesMax: LIMITS.workbookUnpackedBytes,
    columnsMax: LIMITS.workbookColumnsMax, cellsMax: LIMITS.workbookCellsMax, tagsMax: LIMITS.workbookTagsMax,
    rowMax: MAX_FILE_ROWS,
  }
  try {
    worker.send({ bytes, limits }, [bytes.buffer])
    return await worker.answer
  } catch (error) {
    throw error instanceof WorkerLimitError ? tooLarge(`to read it takes too much ${error.limit}`) : error
  } finally {
    await worker.close()
  }
}

/** Which of two lists is meant, nobody can know; a workbook without any is refused for its header, by the reader. */
function chooseSheet(sheets: readonly RosterSheet[]): RosterSheet {
  const lists = sheets.filter(({ rows }) =>
    rows.slice(0, HEADER_SEARCH_ROWS).some((cells) => countHeaders(cells.map(String)) >= 2))
  const [list, other] = lists
  if (other !== undefined) {
    throw invalid(`${lists.length} sheets have a list (${lists.map(({ name }) => name).join(', ')}): leave one`)
  }
  return list ?? sheets[0] ?? { name: '', rows: [] }
}

function invalid(reason: string): DomainError {
  return new DomainError('ROSTER_INVALID', `the workbook cannot be read: ${reason}`, [{ field: 'file', reason }])
}

function tooLarge(reason: string): DomainError {
  return new DomainError('ROSTER_TOO_LARGE', `the workbook is too large: ${reason}`, [{ field: 'file', reason }])
}
