// Which rows are in an uploaded workbook? Reads it in a bounded thread, because a small file can unpack to anything,
// and takes the sheets that are lists: schools keep one for each class.
import { openWorker, WorkerLimitError } from '../bounded-worker.js'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { openSlots } from '../slots.js'
import { readSheetClass } from './roster-cell.js'
import type { RosterCell } from './roster-cell.js'
import { HEADER_ROWS_MAX, HEADER_SEARCH_ROWS, lookForHeader } from './roster-columns.js'
import { formatRefused } from './roster-kind.js'
import type { SheetMarks } from './roster-sheet.js'
import { MAX_FILE_ROWS } from './roster.js'
import type { FromRosterWorker, RosterSheet, ToRosterWorker } from './roster-xlsx-worker.js'
import { gradeOfClassName } from './school-class.js'

const slots = openSlots({ atOnce: 2, waitingMax: LIMITS.workbooksWaitingMax })

/** `PK`: a workbook is a zip archive. */
export function isWorkbook(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x4b && (start[2] === 3 || start[2] === 5)
}

export interface RosterLists {
  lists: { sheet?: string; rows: Iterable<RosterCell[]> | AsyncIterable<RosterCell[]>; marks?: SheetMarks }[]
  /** Those that hold no list, and those that are hidden. */
  skippedSheets: string[]
}

/** Throws `ROSTER_INVALID`, `ROSTER_TOO_LARGE`; `OVERLOADED` when too many are being read. */
export async function readWorkbookLists(bytes: Uint8Array<ArrayBuffer>): Promise<RosterLists> {
  const answer = await slots.use(() => readInWorker(bytes))
  if (answer.kind === 'sheets') return chooseLists(answer.sheets)
  if (answer.fault === 'other') throw formatRefused(answer.reason)
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
    cellCharsMax: LIMITS.workbookCellChars, charsMax: LIMITS.workbookChars,
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
 * class nowhere else. A workbook without any list is refused for its header, by the reader. A hidden sheet, such as the
 * list of last year, is read only where nothing else can be seen.
 */
function chooseLists(all: readonly RosterSheet[]): RosterLists {
  const shown = all.filter(({ isHidden }) => !isHidden)
  const sheets = shown.length > 0 ? shown : all
  const lists = sheets.filter((sheet) => headerOf(sheet) !== undefined)
  const [list = sheets[0], other] = lists
  const isAlone = other === undefined && !lists.some(givesClass)
  const taken = isAlone ? (list === undefined ? [] : [list]) : lists
  return {
    lists: taken.map(({ name, rows, hiddenRows, mergedCells }) => ({
      ...(!isAlone && { sheet: name }), rows,
      marks: { hiddenRows: new Set(hiddenRows), mergedCells: new Set(mergedCells) },
    })),
    skippedSheets: all.filter((sheet) => !taken.includes(sheet) && !isEmpty(sheet)).map(({ name }) => name),
  }
}

function headerOf({ rows }: RosterSheet): { namesClass: boolean } | undefined {
  return lookForHeader(rows.slice(0, HEADER_SEARCH_ROWS + HEADER_ROWS_MAX).map((cells) => cells.map(String)))
}

/** A sheet alone says its class only as `"6A1"` does: any other word, such as the school's, is none. */
function givesClass(sheet: RosterSheet): boolean {
  const named = readSheetClass(sheet.name)
  return named.ok && gradeOfClassName(named.value ?? '') !== null && headerOf(sheet)?.namesClass !== true
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
