// What does a school's list of students say, row by row? Takes the cells of a file in order and gives
// students, classes and faults. It never guesses and never names a child in a fault. Pure.
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'
import {
  isPersonalId,
  readBirthDate,
  readClassName,
  readGender,
  readGrade,
  readMoetStudentId,
  readName,
  readPersonalId,
  readSchoolCode,
} from './roster-cell.js'
import type { CellRead } from './roster-cell.js'
import { findColumns, refusal } from './roster-columns.js'
import type { RosterColumn, RosterColumns, RosterField } from './roster-columns.js'
import { gradeOfClassName } from './school-class.js'
import type { Identifiers, StudentDetails } from './student.js'

/** Titles of the Sở, the school and the list stand above the header. */
export const HEADER_SEARCH_ROWS = 30
export const MAX_ROSTER_ROWS = 20_000
// With titles, repeated headers and empty rows. A file of nothing but line ends has 20 million.
const MAX_FILE_ROWS = 3 * MAX_ROSTER_ROWS

export interface RosterRow {
  /** As a spreadsheet numbers it: the first row of the file is 1. */
  row: number
  details: StudentDetails
  className: string
  grade: number | null
}

export interface RosterFault {
  row: number
  /** The column's title in the file; null when the whole row is meant. */
  column: string | null
  reason: string
  code: string
}

export interface Roster {
  columns: RosterColumns
  /** Rows with a student on them, the faulty ones included. */
  rowCount: number
  rows: RosterRow[]
  faults: RosterFault[]
  /** Identifiers that could be read on refused rows: those students are in the file all the same. */
  refused: Identifiers[]
}

export interface RosterReader {
  /**
   * Takes the next row of the file, empty ones included. Throws `ROSTER_…` when the file as a whole is
   * refused.
   */
  take(cells: readonly string[]): void
  finish(): Roster
}

interface ReadRow extends RosterRow {
  interchangeable: boolean
}

export function createRosterReader(today: Day): RosterReader {
  let columns: RosterColumns | undefined
  let row = 0
  const rows: ReadRow[] = []
  const faults: RosterFault[] = []
  const refused: Identifiers[] = []

  const takeStudent = (known: RosterColumns, cells: readonly string[]): void => {
    if (isBlank(known, cells) || findHeaderAgain(known, cells)) return
    if (rows.length + refused.length === MAX_ROSTER_ROWS) {
      throw tooLong()
    }
    const outcome = readRow(known, cells, row, today)
    if (outcome.faults.length === 0) rows.push(outcome.read)
    else refused.push(outcome.read.details)
    faults.push(...outcome.faults)
  }

  return {
    take(cells) {
      row += 1
      if (row > MAX_FILE_ROWS) throw tooLong()
      if (columns !== undefined) return takeStudent(columns, cells)
      columns = findColumns(cells)
      if (columns === undefined && row === HEADER_SEARCH_ROWS) throw noHeader()
    },
    finish() {
      if (columns === undefined) throw noHeader()
      const rowCount = rows.length + refused.length
      const certain = withoutMonthFirst(rows, faults, refused, columns.birthOn?.title ?? null)
      return {
        columns,
        rowCount,
        rows: certain,
        faults: faults.toSorted((a, b) => a.row - b.row),
        refused,
      }
    },
  }
}

function tooLong(): DomainError {
  return new DomainError('ROSTER_TOO_LARGE', `a file holds at most ${MAX_ROSTER_ROWS} students: split it`)
}

function noHeader(): DomainError {
  return refusal(`no header in the first ${HEADER_SEARCH_ROWS} rows`)
}

// Totals, signatures and empty lines below the list have nothing in the columns that matter.
function isBlank(columns: RosterColumns, cells: readonly string[]): boolean {
  return Object.values(columns).every((column) => cellOf(column, cells).trim() === '')
}

// A list printed in pages repeats its header.
function findHeaderAgain(columns: RosterColumns, cells: readonly string[]): boolean {
  return (
    columns.className !== undefined && findColumns(cells)?.className?.index === columns.className.index
  )
}

function cellOf(column: RosterColumn | undefined, cells: readonly string[]): string {
  if (column === undefined) return ''
  const cell = cells[column.index] ?? ''
  return column.joinsNext ? `${cell} ${cells[column.index + 1] ?? ''}` : cell
}

function readRow(
  columns: RosterColumns,
  cells: readonly string[],
  row: number,
  today: Day,
): { read: ReadRow; faults: RosterFault[] } {
  const faults: RosterFault[] = []
  const read = <T>(field: RosterField, reader: (cell: string) => CellRead<T>): T | null => {
    const column = columns[field]
    if (column === undefined) return null
    const outcome = reader(cellOf(column, cells))
    if (outcome.ok) return outcome.value
    faults.push({ row, column: column.title, code: outcome.code, reason: outcome.reason })
    return null
  }
  const fullName = columns.fullName
    ? read('fullName', readName)
    : read('givenName', (given) => readName(`${cellOf(columns.familyName, cells)} ${given}`))
  const birth = read('birthOn', (cell) => readBirthDate(cell, today))
  const className = read('className', readClassName) ?? ''
  const identifiers = readIdentifiers(columns, cells, read)
  if (identifiers === undefined) {
    const reason = 'is not the personal identifier of the other column'
    faults.push({ row, column: columns.identifier?.title ?? null, code: 'IDENTIFIER_CONFLICT', reason })
  }
  const details = {
    ...(identifiers ?? { moetStudentId: null, personalId: null, schoolCode: null }),
    fullName: fullName ?? '',
    birthOn: birth?.day ?? null,
    gender: read('gender', readGender),
  }
  const grade = read('grade', readGrade) ?? gradeOfClassName(className)
  return {
    read: { row, details, className, grade, interchangeable: birth?.interchangeable ?? false },
    faults,
  }
}

type ReadCell = <T>(field: RosterField, reader: (cell: string) => CellRead<T>) => T | null

/** Undefined when two columns give two different personal identifiers. */
function readIdentifiers(
  columns: RosterColumns,
  cells: readonly string[],
  read: ReadCell,
): Identifiers | undefined {
  // 12 digits are the state's number, whatever the school calls the column (facts: identifiers).
  const mixed = isPersonalId(cellOf(columns.identifier, cells))
  const ownPersonalId = read('personalId', readPersonalId)
  const mixedPersonalId = mixed ? read('identifier', readPersonalId) : null
  const ownMoetId = read('moetStudentId', readMoetStudentId)
  const mixedMoetId = mixed ? null : read('identifier', readMoetStudentId)
  const schoolCode = read('schoolCode', readSchoolCode)
  if (differ(ownPersonalId, mixedPersonalId) || differ(ownMoetId, mixedMoetId)) return undefined
  return {
    moetStudentId: ownMoetId ?? mixedMoetId,
    personalId: ownPersonalId ?? mixedPersonalId,
    schoolCode,
  }
}

function differ(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other
}

// A file that shows months first somewhere, and days first nowhere, was written month first throughout: then
// 05/06 is not to be read as 5 June either.
function withoutMonthFirst(
  rows: readonly ReadRow[],
  faults: RosterFault[],
  refused: Identifiers[],
  column: string | null,
): RosterRow[] {
  const monthFirst = faults.some((fault) => fault.code === 'BIRTH_DATE_MONTH_FIRST')
  const dayFirst = rows.some(({ details }) => Number(details.birthOn?.slice(8) ?? 0) > 12)
  const doubtful = monthFirst && !dayFirst
  return rows.flatMap(({ interchangeable, ...row }) => {
    if (!doubtful || !interchangeable) return [row]
    const reason = 'can be day/month or month/day, and other rows of this file have the month first'
    faults.push({ row: row.row, column, code: 'BIRTH_DATE_AMBIGUOUS', reason })
    refused.push(row.details)
    return []
  })
}
