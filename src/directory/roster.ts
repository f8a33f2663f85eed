// What does a school's file of students say? Takes the cells of its lists in order and gives students, classes and
// faults; the bounds on rows hold for all lists together. Pure.
import assert from 'node:assert/strict'
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'
import type { RosterCell } from './roster-cell.js'
import { createSheetReader } from './roster-sheet.js'
import type { ReadColumns, ReadSheet, SheetMarks, SheetReader } from './roster-sheet.js'

export const MAX_ROSTER_ROWS = 20_000
// With titles, repeated headers and empty rows. A file of nothing but line ends has 20 million.
export const MAX_FILE_ROWS = 3 * MAX_ROSTER_ROWS

export interface Roster extends ReadSheet {
  /** The sheets that were read, in their order, where there are several; else empty. */
  sheets: string[]
  /** Of each list. */
  columns: ReadColumns[]
  /** Rows with a student on them, the faulty ones included. */
  rowCount: number
}

export interface RosterReader {
  /** Begins the next list; its sheet is named where a file has several. Throws like `take`. */
  open(sheet?: string, marks?: SheetMarks): void
  /** Takes the next row of the list, empty ones included. Throws `ROSTER_…` when the file as a whole is refused. */
  take(cells: readonly RosterCell[]): void
  finish(): Roster
}

export function createRosterReader(today: Day): RosterReader {
  const roster: Roster = { sheets: [], columns: [], rowCount: 0, rows: [], faults: [], refused: [] }
  let reader: SheetReader | undefined
  let fileRows = 0

  const close = (): void => {
    if (reader === undefined) return
    const { rows, faults, refused, columns } = reader.finish()
    roster.columns.push(columns)
    roster.rowCount += rows.length + refused.length
    for (const row of rows) roster.rows.push(row)
    for (const fault of faults) roster.faults.push(fault)
    for (const identifiers of refused) roster.refused.push(identifiers)
  }

  return {
    open(sheet, marks) {
      close()
      reader = createSheetReader(today, sheet, marks)
      if (sheet !== undefined) roster.sheets.push(sheet)
    },
    take(cells) {
      assert(reader, 'a list was begun')
      fileRows += 1
      if (fileRows > MAX_FILE_ROWS || roster.rowCount + reader.take(cells) > MAX_ROSTER_ROWS) throw tooLong()
    },
    finish() {
      close()
      return roster
    },
  }
}

function tooLong(): DomainError {
  return new DomainError('ROSTER_TOO_LARGE', `a file holds at most ${MAX_ROSTER_ROWS} students: split it`)
}
