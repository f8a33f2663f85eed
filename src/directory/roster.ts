// What does a school's list of students say, row by row? Takes the cells of a file in order and gives
// students, classes and faults. It never guesses and never names a child in a fault. Pure.
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'
import {
  dayCellText,
  findFormulaError,
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
import type { CellRead, RosterCell } from './roster-cell.js'
import { findColumns, refusal } from './roster-columns.js'
import type { RosterColumn, RosterColumns, RosterField } from './roster-columns.js'
import { gradeOfClassName } from './school-class.js'
import type { Identifiers, StudentDetails } from './student.js'

/** Titles of the Sở, the school and the list stand above the header. */
export const HEADER_SEARCH_ROWS = 30
export const MAX_ROSTER_ROWS = 20_000
// With titles, repeated headers and empty rows. A file of nothing but line ends has 20 million.
export const MAX_FILE_ROWS = 3 * MAX_ROSTER_ROWS

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
  /** The row with which this one is at odds. */
  otherRow?: number
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
  take(cells: readonly RosterCell[]): void
  finish(): Roster
}

interface ReadRow extends RosterRow {
  interchangeable: boolean
  /** The class, where a workbook holds it as a number. */
  classNumber: number | null
}

export function createRosterReader(today: Day): RosterReader {
  let columns: RosterColumns | undefined
  let row = 0
  const rows: ReadRow[] = []
  const faults: RosterFault[] = []
  const refused: Identifiers[] = []

  const takeStudent = (known: RosterColumns, cells: readonly RosterCell[], texts: readonly string[]): void => {
    if (isBlank(known, texts) || findHeaderAgain(known, texts)) return
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
      const texts = cells.map(String)
      if (columns !== undefined) return takeStudent(columns, cells, texts)
      columns = findColumns(texts)
      if (columns === undefined && row === HEADER_SEARCH_ROWS) throw noHeader()
    },
    finish() {
      if (columns === undefined) throw noHeader()
      const rowCount = rows.length + refused.length
      const refuse = (read: ReadRow, fault: Omit<RosterFault, 'row'>): void => {
        faults.push({ row: read.row, ...fault })
        refused.push(read.details)
      }
      const dated = withoutMonthFirst(rows, faults, columns.birthOn?.title ?? null, refuse)
      const certain = withoutLostZeros(dated, columns.className?.title ?? null, refuse)
      return {
        columns,
        rowCount,
        rows: certain.map(({ row, details, className, grade }) => ({ row, details, className, grade })),
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
  cells: readonly RosterCell[],
  row: number,
  today: Day,
): { read: ReadRow; faults: RosterFault[] } {
  const faults: RosterFault[] = []
  const texts = cells.map(String)
  const read = <T>(field: RosterField, reader: (cell: string) => CellRead<T>): T | null => {
    const column = columns[field]
    if (column === undefined) return null
    const text = field === 'birthOn' ? dayCellText(cells[column.index] ?? '') : cellOf(column, texts)
    const outcome = readCell(text, reader)
    if (outcome.ok) return outcome.value
    faults.push({ row, column: column.title, code: outcome.code, reason: outcome.reason })
    return null
  }
  const fullName = columns.fullName
    ? read('fullName', readName)
    : read('givenName', (given) => readName(`${cellOf(columns.familyName, texts)} ${given}`))
  const birth = read('birthOn', (cell) => readBirthDate(cell, today))
  const className = read('className', readClassName) ?? ''
  const identifiers = readIdentifiers(columns, texts, read)
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
  const classCell = columns.className && cells[columns.className.index]
  const classNumber = typeof classCell === 'number' ? classCell : null
  const interchangeable = birth?.interchangeable ?? false
  return { read: { row, details, className, grade, interchangeable, classNumber }, faults }
}

function readCell<T>(text: string, reader: (cell: string) => CellRead<T>): CellRead<T> {
  const error = findFormulaError(text)
  return error === undefined ? reader(text) : { ok: false, ...error }
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

type Refuse = (read: ReadRow, fault: Omit<RosterFault, 'row'>) => void

// A file that shows months first somewhere, and days first nowhere, was written month first throughout: then
// 05/06 is not to be read as 5 June either.
function withoutMonthFirst(
  rows: readonly ReadRow[], faults: readonly RosterFault[], column: string | null, refuse: Refuse,
): ReadRow[] {
  const monthFirst = faults.some((fault) => fault.code === 'BIRTH_DATE_MONTH_FIRST')
  const dayFirst = rows.some(({ details }) => Number(details.birthOn?.slice(8) ?? 0) > 12)
  if (!monthFirst || dayFirst) return [...rows]
  const reason = 'can be day/month or month/day, and other rows of this file have the month first'
  return rows.filter((row) => {
    if (row.interchangeable) refuse(row, { column, code: 'BIRTH_DATE_AMBIGUOUS', reason })
    return !row.interchangeable
  })
}

// The class 6.10, typed into Excel, becomes the number 6.1: two classes would become one. Where there is a 6.9,
// there may be a 6.10 too.
function withoutLostZeros(rows: readonly ReadRow[], column: string | null, refuse: Refuse): ReadRow[] {
  const numbers = new Set(rows.map(({ classNumber }) => classNumber?.toFixed(1)))
  const reason = 'is a number, and can be 6.1 or 6.10: Excel drops zeros at the end: format as text'
  return rows.filter((row) => {
    const { classNumber } = row
    const isDoubtful = classNumber !== null && /^\d+\.1$/.test(String(classNumber)) &&
      numbers.has(`${Math.trunc(classNumber)}.9`)
    if (isDoubtful) refuse(row, { column, code: 'CLASS_ZERO_LOST', reason })
    return !isDoubtful
  })
}
