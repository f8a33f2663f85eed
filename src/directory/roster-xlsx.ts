// Which rows are in an uploaded workbook? Reads it in a bounded thread, because a small file can unpack to anything,
// and takes the sheets that are lists: schools keep one for each class.
import { openWorker, WorkerLimitError } from '../bounded-worker.js'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { openSlots } from '../slots.js'
import { readSheetClass } from './roster-cell.js'
import type { RosterCell } from './roster-cell.js'
import { HEADER_SEARCH_ROWS, isHeader, namesClass } from './roster-columns.js'
import { MAX_FILE_ROWS } from './roster.js'
import type { FromRosterWorker, RosterSheet, ToRosterWorker } from './roster-xlsx-worker.js'
import { gradeOfClassName } from './school-class.js'

const slots = openSlots({ atOnce: 2, waitingMax: LIMITS.workbooksWaitingMax })

/** `PK`: a workbook is a zip archive. */
export function isWorkbook(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x4b && (start[2] === 3 || start[2] === 5)
}

export interface RosterLists {
  lists: { sheet?: string; rows: Iterable<RosterCell[]> | AsyncIterable<RosterCell[]> }[]
  skippedSheets: string[]
}

/** Throws `ROSTER_INVALID`, `ROSTER_TOO_LARGE`; `OVERLOADED` when too many are being read. */
export async function readWorkbookLists(bytes: Uint8Array<ArrayBuffer>): Promise<RosterLists> {
  const answer = await slots.use(() => readInWorker(bytes))
  if (answer.kind === 'sheets') return chooseLists(answer.sheets)
  throw answer.fault === 'large' ? tooLarge(answer.reason) : invalid(answer.reason)
}

async function readInWorker(bytes: Uint8Array<ArrayBuffer>): Promise<FromRosterWorker> {
  const worker = openWorker<ToRosterWorker, FromRosterWorker>(new URL('./roster-xlsx-worker.js', import.meta.url), {
    heapMb: LIMITS.workbookHeapMb, timeoutMs: LIMITS.workbookTimeoutMs,
  })
  const limits = {
    entriesMax: LIMITS.workbookEntriesMax, bytesMax: LIMITS.workbookUnpackedBytes,
    columnsMax: LIMITS.workbookColumnsMax, cellsMax: LIMITS.workbookCellsMax, tagsMax: LIMITS.workbookTagsMax,
    sheetsMax: LIMITS.workbookSheetsMax, allCellsMax: LIMITS.workbookAllCellsMax, rowMax: MAX_FILE_ROWS,
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

/**
 * A sheet is named where it may give the class of its rows: where there are several lists, or the only one has its
 * class nowhere else. A workbook without any list is refused for its header, by the reader.
 */
function chooseLists(sheets: readonly RosterSheet[]): RosterLists {
  const lists = sheets.filter((sheet) => headerOf(sheet) !== undefined)
  const [list = sheets[0], other] = lists
  return {
    lists: other === undefined && !lists.some(givesClass)
      ? [{ rows: list?.rows ?? [] }]
      : lists.map(({ name, rows }) => ({ sheet: name, rows })),
    skippedSheets: sheets.filter((sheet) => sheet !== list && !lists.includes(sheet) && !isEmpty(sheet))
      .map(({ name }) => name),
  }
}

function headerOf({ rows }: RosterSheet): string[] | undefined {
  return rows.slice(0, HEADER_SEARCH_ROWS).map((cells) => cells.map(String)).find(isHeader)
}

/** A sheet alone says its class only as `"6A1"` does: any other word, such as the school's, is none. */
function givesClass(sheet: RosterSheet): boolean {
  const named = readSheetClass(sheet.name)
  return named.ok && gradeOfClassName(named.value ?? '') !== null && !namesClass(headerOf(sheet) ?? [])
}

/** Programs begin a workbook with empty sheets. */
function isEmpty({ rows }: RosterSheet): boolean {
  return rows.every((cells) => cells.every((cell) => cell === ''))
}

function invalid(reason: string): DomainError {
  return new DomainError('ROSTER_INVALID', `the workbook cannot be read: ${reason}`, [{ field: 'file', reason }])
}

function tooLarge(reason: string): DomainError {
  return new DomainError('ROSTER_TOO_LARGE', `the workbook is too large: ${reason}`, [{ field: 'file', reason }])
}
