// The thread that reads a workbook somebody uploaded. It gives the cells as they are, and never decides what they mean.
import assert from 'node:assert/strict'
import { toUSVString } from 'node:util'
import { parentPort } from 'node:worker_threads'
import { InvalidInputError, InvalidSpreadsheetError } from 'read-excel-file/universal'
import readWorkbook from 'read-excel-file/universal'
import type { RosterCell } from './roster-cell.js'
import { isReadPart, kindOfArchive, prepareParts } from './roster-xlsx-parts.js'
import type { PartLimits, SheetFacts } from './roster-xlsx-parts.js'
import { ArchiveError, packPlainly, unpack } from './roster-zip.js'
import type { ArchiveLimits } from './roster-zip.js'

export interface ToRosterWorker {
  bytes: Uint8Array
  limits: ArchiveLimits & PartLimits & {
    columnsMax: number
    /** A longer text is cut: it is none that is read. */
    cellCharsMax: number
    /** Of all cells together: a text that many cells share is copied for each. */
    charsMax: number
  }
}
export type FromRosterWorker =
  | { kind: 'sheets'; sheets: RosterSheet[] }
  | { kind: 'refused'; fault: 'broken' | 'large' | 'other'; reason: string }

export interface RosterSheet extends SheetFacts {
  name: string
  /** Row 1 of the sheet first; empty rows are there. */
  rows: RosterCell[][]
}

const port = parentPort
assert(port, 'runs as a worker thread')

port.once('message', (question: ToRosterWorker) => {
  void read(question).then((answer) => {
    port.postMessage(answer)
    port.close()
  })
})

async function read({ bytes, limits }: ToRosterWorker): Promise<FromRosterWorker> {
  try {
    const archive = Buffer.from(bytes)
    const files = unpack(archive, isReadPart, limits)
    const { parts, isOfOldMac, facts } = prepareParts(files, limits)
    if (parts.size === 0) {
      const kind = kindOfArchive(archive)
      if (kind !== undefined) return { kind: 'refused', fault: 'other', reason: kind }
    }
    const sheets = await readWorkbook(packPlainly(parts).buffer, { trim: false })
    return toSheets(sheets, facts, limits, isOfOldMac)
  } catch (error) {
    if (error instanceof ArchiveError) return { kind: 'refused', fault: error.fault, reason: error.message }
    if (error instanceof InvalidInputError || error instanceof InvalidSpreadsheetError || isUnreadable(error)) {
      return { kind: 'refused', fault: 'broken', reason: 'the file is no workbook that can be read' }
    }
    throw error
  }
}

// What the reader throws for XML that is none, for a missing part and for a cell without an address.
function isUnreadable(error: unknown): boolean {
  return error instanceof Error && error.name !== 'RangeError'
}

type SheetCell = Awaited<ReturnType<typeof readWorkbook>>[number]['data'][number][number]

function toSheets(
  sheets: Awaited<ReturnType<typeof readWorkbook>>, facts: readonly SheetFacts[],
  { columnsMax, cellCharsMax, charsMax }: ToRosterWorker['limits'], isOfOldMac: boolean,
): FromRosterWorker {
  let leftChars = charsMax
  const read = (cell: SheetCell): RosterCell => {
    const value = toCell(cell)
    if (typeof value === 'number' && !isOfOldMac) return value
    // Of an old Mac days are counted from 1904: a bare number of days must not be taken for one.
    const text = String(value).slice(0, cellCharsMax)
    leftChars -= text.length
    if (leftChars < 0) throw new ArchiveError('large', `its cells hold more than ${charsMax} letters`)
    return text
  }
  return {
    kind: 'sheets',
    sheets: sheets.map(({ sheet, data }, at) => ({
      name: toUSVString(sheet).replace(/\p{Cc}/gu, ''),
      rows: data.map((row) => row.slice(0, columnsMax).map(read)),
      ...(facts[at] ?? { isHidden: false, hiddenRows: [], mergedCells: [] }),
    })),
  }
}

function toCell(cell: SheetCell): RosterCell {
  const value: unknown = cell
  if (value === null) return ''
  if (typeof value === 'number' || typeof value === 'string') return value
  // A day has no time in a workbook; what has one is not a day, and shows it.
  if (value instanceof Date) return value.toISOString().replace('T', ' ').replace(/(?: 00:00:00)?\.\d+Z$/, '')
  return value === true ? 'TRUE' : 'FALSE'
}
