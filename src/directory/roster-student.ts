// What does one row of a school's list say of a student? Reads its cells by the columns that the header named, and says
// what is wrong with them. It never guesses and never names a child in a fault. Pure.
import type { Day } from '../time.js'
import {
  dayCellText, findFormulaError, isPersonalId, readBirthDate, readClassName, readGender, readGrade, readMoetStudentId,
  readListedName, readPersonalId, readSchoolCode, readSheetClass,
} from './roster-cell.js'
import type { CellRead, RosterCell } from './roster-cell.js'
import type { RosterColumn, RosterColumns } from './roster-columns.js'
import type { RosterField } from './roster-header.js'
import type { NamePlan } from './roster-names.js'
import { gradeOfClassName } from './school-class.js'
import type { Identifiers, StudentDetails } from './student.js'

/** Where a row stands. The sheet is named where a file has several lists. */
export interface RosterPlace {
  sheet?: string
  /** As a spreadsheet numbers it: the first row of the file, or of the sheet, is 1. */
  row: number
}

export interface RosterRow extends RosterPlace {
  details: StudentDetails
  className: string
  grade: number | null
}

export interface RosterFault extends RosterPlace {
  /** The column's title in the file; null when the whole row is meant. */
  column: string | null
  reason: string
  code: string
  /** The row with which this one is at odds, and its sheet. */
  otherRow?: number
  otherSheet?: string
  /** The student of the school whom the row may mean, or whose identifier it has. */
  studentId?: string
}

export interface ReadRow extends RosterRow {
  /** Both numbers of the birth date can be the month. */
  interchangeable: boolean
  /** The class, where a workbook holds it as a number. */
  classNumber: number | null
}

/** The columns of one list, and where a name stands in it. */
export interface ListColumns {
  columns: RosterColumns
  names: NamePlan
}

function readColumns({ columns, names }: ListColumns): RosterColumn[] {
  return [...Object.values(columns), ...names.columns]
}

// Totals, signatures and empty lines below the list have nothing in the columns that matter.
export function isBlank(list: ListColumns, cells: readonly string[]): boolean {
  return readColumns(list).every((column) => cellOf(column, cells).trim() === '')
}

export function cellOf(column: RosterColumn | undefined, cells: readonly string[]): string {
  return column === undefined ? '' : cells[column.index] ?? ''
}

/** The name as its columns have it. */
export function nameOf({ names }: ListColumns, cells: readonly string[]): string {
  return names.columns.map((column) => cellOf(column, cells).trim()).join(' ').trim()
}

export function readStudent(
  list: ListColumns, cells: readonly RosterCell[], place: RosterPlace, today: Day,
): { read: ReadRow; faults: RosterFault[] } {
  const { columns, names } = list
  const faults: RosterFault[] = []
  const texts = cells.map(String)
  const take = <T>(title: string | null, outcome: CellRead<T>): T | null => {
    if (outcome.ok) return outcome.value
    faults.push({ ...place, column: title, code: outcome.code, reason: outcome.reason })
    return null
  }
  const read = <T>(field: RosterField, reader: (cell: string) => CellRead<T>): T | null => {
    const column = columns[field]
    return column === undefined ? null : take(column.title, readCell(cellOf(column, texts), reader))
  }
  const doubt = names.doubt(cells)
  const fullName = doubt === undefined
    ? take(names.columns.at(-1)?.title ?? null, readCell(nameOf(list, texts), readListedName))
    : take<string>(doubt.column.title, { ok: false, code: doubt.code, reason: doubt.reason })
  const born = birthCell(columns, cells)
  const birth = born === undefined ? null : take(born.title, readCell(born.text, (cell) => readBirthDate(cell, today)))
  const className = columns.className === undefined
    ? take(null, classOfPlace(list, texts, place))
    : read('className', readClassName)
  const identifiers = readIdentifiers(columns, texts, read)
  if (identifiers === undefined) {
    const reason = 'is not the personal identifier of the other column'
    faults.push({ ...place, column: columns.identifier?.title ?? null, code: 'IDENTIFIER_CONFLICT', reason })
  }
  const details = {
    ...(identifiers ?? { moetStudentId: null, personalId: null, schoolCode: null }),
    fullName: fullName ?? '',
    birthOn: birth?.day ?? null,
    gender: read('gender', readGender),
  }
  const grade = read('grade', readGrade) ?? gradeOfClassName(className ?? '')
  const classCell = columns.className && cells[columns.className.index]
  const classNumber = typeof classCell === 'number' ? classCell : null
  const interchangeable = birth?.interchangeable ?? false
  const row = { ...place, details, className: className ?? '', grade }
  return { read: { ...row, interchangeable, classNumber }, faults }
}

/** The birth date: in a cell, in three, or in that of boys or girls. */
export function birthCell(
  columns: RosterColumns, cells: readonly RosterCell[],
): { title: string; text: string } | undefined {
  const { birthOn, birthOnGirls, birthDay, birthMonth, birthYear } = columns
  if (birthDay && birthMonth && birthYear) {
    const pieces = [birthDay, birthMonth, birthYear].map(({ index }) => String(cells[index] ?? '').trim())
    return { title: birthDay.title, text: pieces.every((piece) => piece === '') ? '' : pieces.join('/') }
  }
  const dates = [birthOn, birthOnGirls].flatMap((column) =>
    (column === undefined ? [] : [{ title: column.title, text: dayCellText(cells[column.index] ?? '') }]))
  const filled = dates.filter(({ text }) => text.trim() !== '')
  // Two dates are none that can be read.
  return filled.length > 1 ? { title: filled[1]?.title ?? '', text: filled.map(({ text }) => text).join(' ') } : filled[0] ?? dates[0]
}

/** Where the sheet gives the class, a signature below the list would be a child of it: a name alone is none. */
function classOfPlace(
  list: ListColumns, texts: readonly string[], { sheet }: RosterPlace,
): CellRead<string> {
  const { names: { columns: names } } = list
  const others = readColumns(list).filter(({ index }) => !names.some((column) => column.index === index))
  if (others.some((column) => cellOf(column, texts).trim() !== '')) return readSheetClass(sheet ?? '')
  return { ok: false, ...NAME_ALONE }
}

export const NAME_ALONE = { code: 'NAME_ALONE', reason: 'has nothing beside the name: it may be a line below the list' }

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
