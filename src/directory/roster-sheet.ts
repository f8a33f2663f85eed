// What does one list say? Gathers its rows, finds its header, and judges what only the whole list shows: two lists of
// one workbook may be written by two people. Pure.
import type { Day } from '../time.js'
import { DomainError } from '../errors.js'
import { oldFont, readBirthDate } from './roster-cell.js'
import type { RosterCell } from './roster-cell.js'
import {
  columnLetters, findHeader, HEADER_ROWS_MAX, HEADER_SEARCH_ROWS, refusal, repeatsHeader,
} from './roster-columns.js'
import type { RosterHeader } from './roster-columns.js'
import type { RosterField } from './roster-header.js'
import { isOfOldFont, mayBeOfOldFont } from './roster-letters.js'
import { createLineJudge, isColumnMarks } from './roster-lines.js'
import type { ListLine } from './roster-lines.js'
import { planNames } from './roster-names.js'
import { birthCell, cellOf, isBlank, NAME_ALONE, nameOf, readStudent } from './roster-student.js'
import type { ListColumns, ReadRow, RosterFault, RosterPlace, RosterRow } from './roster-student.js'
import type { Identifiers } from './student.js'

/** Which columns of a list were taken, and which were not. A column without a title is called by its letters. */
export interface ReadColumns {
  sheet?: string
  read: string[]
  unread: string[]
  /** Under which title a field stands. */
  titles: Partial<Record<RosterField, string>>
}

export interface ReadSheet {
  rows: RosterRow[]
  faults: RosterFault[]
  /** Identifiers that could be read on refused rows: those students are in the file all the same. */
  refused: Identifiers[]
}

/** What a workbook shows of its rows that their cells do not say. */
export interface SheetMarks {
  hiddenRows: ReadonlySet<number>
  /** `row:column` (from 1 and 0) of cells that are merged with the one above. */
  mergedCells: ReadonlySet<string>
}

const NO_MARKS: SheetMarks = { hiddenRows: new Set(), mergedCells: new Set() }

export interface SheetReader {
  /** Takes the next row, empty ones included, and says how many students there are so far. Throws `ROSTER_…`. */
  take(cells: readonly RosterCell[]): number
  finish(): ReadSheet & { columns: ReadColumns }
}

const COLUMNS_MAX = 100
const CELL_CHARS_MAX = 4_000

/** A sheet that is named gives its class, where it has no column for that. */
export function createSheetReader(today: Day, sheet: string | undefined, marks: SheetMarks = NO_MARKS): SheetReader {
  const grid: RosterCell[][] = []
  let header: RosterHeader | undefined
  let students = 0

  const find = (): RosterHeader => {
    const start = grid.slice(0, HEADER_SEARCH_ROWS + HEADER_ROWS_MAX).map((cells) => cells.map(String))
    const found = findHeader(start, sheet)
    if (found !== undefined) return found
    if (start.some((cells) => cells.some(isOfOldFont))) throw oldFontRefused()
    throw refusal(`no header in the first ${HEADER_SEARCH_ROWS} rows`, sheet)
  }
  const isStudent = ({ columns }: RosterHeader, cells: readonly RosterCell[]): boolean =>
    Object.values(columns).filter(({ index }) => String(cells[index] ?? '').trim() !== '').length > 1

  return {
    take(cells) {
      grid.push(withinBounds(cells))
      if (header !== undefined) {
        if (isStudent(header, cells)) students += 1
      } else if (grid.length === HEADER_SEARCH_ROWS + HEADER_ROWS_MAX) {
        const found = find()
        header = found
        students = grid.slice(found.endsAt).filter((line) => isStudent(found, line)).length
      }
      return students
    },
    finish() {
      header ??= find()
      return readList(header, grid, { today, sheet, marks })
    },
  }
}

function withinBounds(cells: readonly RosterCell[]): RosterCell[] {
  const kept = cells.slice(0, COLUMNS_MAX)
  while (kept.length > 0 && kept.at(-1) === '') kept.pop()
  return kept.map((cell) => (typeof cell === 'string' && cell.length > CELL_CHARS_MAX ? cell.slice(0, CELL_CHARS_MAX) : cell))
}

function oldFontRefused(): DomainError {
  const reason = 'the titles of the columns were typed for a TCVN3 or VNI font: convert the file to Unicode'
  return new DomainError('ROSTER_ENCODING_REFUSED', reason, [{ field: 'file', reason }])
}

interface ListPlace {
  today: Day
  sheet: string | undefined
  marks: SheetMarks
}

interface Line extends ListLine {
  row: number
  line: readonly RosterCell[]
}

function readList(
  header: RosterHeader, grid: readonly RosterCell[][], { today, sheet, marks }: ListPlace,
): ReadSheet & { columns: ReadColumns } {
  const below = grid.slice(header.endsAt)
  // Without the lines that say nothing of names, such as a sum below the list.
  const filled = below.filter((cells) => cells.filter((cell) => cell !== '').length > 1 && !repeatsHeader(header, cells.map(String)))
  const list: ListColumns = { columns: header.columns, names: planNames(header, filled, sheet) }
  const lines = below.flatMap((line, at) => {
    const cells = line.map(String)
    const isNone = isBlank(list, cells) || repeatsHeader(header, cells) || (at === 0 && isColumnMarks(cells))
    return isNone ? [] : [toLine(header, list, { row: header.endsAt + at + 1, line, cells }, today)]
  })
  const judge = createLineJudge(lines)
  const rows: ReadRow[] = []
  const faults: RosterFault[] = []
  const refused: Identifiers[] = []
  for (const line of lines) {
    const kind = judge(line)
    if (kind === 'none') continue
    const place: RosterPlace = { ...(sheet !== undefined && { sheet }), row: line.row }
    const outcome = readStudent(list, line.line, place, today)
    const found = kind === 'doubtful' ? [{ ...place, column: null, ...NAME_ALONE }]
      : [...outcome.faults, ...marksOf(list, line, place, marks)]
    if (found.length === 0) rows.push(outcome.read)
    else refused.push(outcome.read.details)
    faults.push(...found)
  }
  const refuse: Refuse = (read, fault) => {
    const { row, sheet } = read
    faults.push({ ...(sheet !== undefined && { sheet }), row, ...fault })
    refused.push(read.details)
  }
  const dated = withoutMonthFirst(rows, faults, header.columns.birthOn?.title ?? null, refuse)
  const certain = withoutLostZeros(dated, header.columns.className?.title ?? null, refuse)
  const typed = withoutOldFonts(certain, faults, list.names.columns.at(-1)?.title ?? null, refuse)
  return {
    rows: typed.map(toRow), faults: faults.sort((a, b) => a.row - b.row), refused,
    columns: { ...(sheet !== undefined && { sheet }), ...columnsOf(header, list, lines) },
  }
}

const IDENTIFIERS = ['identifier', 'moetStudentId', 'personalId', 'schoolCode'] as const

function toLine(
  { columns, ordinal }: RosterHeader, list: ListColumns,
  { row, line, cells }: { row: number; line: readonly RosterCell[]; cells: readonly string[] }, today: Day,
): Line {
  const birth = readBirthDate(birthCell(columns, line)?.text ?? '', today)
  const hasIdentifier = IDENTIFIERS.some((field) => /\d/.test(cellOf(columns[field], cells)))
  return {
    row, line, cells, name: nameOf(list, cells),
    className: columns.className === undefined ? null : cellOf(columns.className, cells).trim(),
    isCertain: hasIdentifier || (birth.ok && birth.value !== null),
    isNumbered: ordinal !== undefined && /^\d{1,5}[.)]?$/.test((cells[ordinal] ?? '').trim()),
  }
}

/** What nobody sees is not taken over, and a cell that belongs to two rows is not guessed for the second. */
function marksOf(
  { columns }: ListColumns, { row, line }: Line, place: RosterPlace, { hiddenRows, mergedCells }: SheetMarks,
): RosterFault[] {
  if (hiddenRows.has(row)) {
    const reason = 'is hidden: show the rows of the sheet, or delete those that do not belong to the list'
    return [{ ...place, column: null, code: 'ROW_HIDDEN', reason }]
  }
  const merged = Object.entries(columns).flatMap(([field, { title, index }]) =>
    (field !== 'className' && String(line[index] ?? '') === '' && mergedCells.has(`${row}:${index}`) ? [title] : []))
  const reason = 'is merged with the cell above: split the cells and fill each row'
  return merged.map((title) => ({ ...place, column: title, code: 'CELL_MERGED', reason }))
}

function columnsOf(
  { columns, titles, ordinal }: RosterHeader, { names }: ListColumns, lines: readonly Line[],
): Omit<ReadColumns, 'sheet'> {
  const unusedName = [columns.fullName, columns.familyName, columns.middleName, columns.givenName]
    .filter((column) => column !== undefined && !names.columns.some(({ index }) => index === column.index))
  const taken = new Set([...Object.values(columns), ...names.columns].map(({ index }) => index))
  for (const column of unusedName) taken.delete(column?.index ?? -1)
  if (ordinal !== undefined) taken.add(ordinal)
  const width = Math.max(titles.length, ...lines.map(({ cells }) => cells.length))
  const read: string[] = []
  const unread: string[] = []
  for (let index = 0; index < width; index += 1) {
    const title = titles[index] ?? ''
    const isFilled = title !== '' || lines.some(({ cells }) => (cells[index] ?? '').trim() !== '')
    if (isFilled) (taken.has(index) ? read : unread).push(title === '' ? `(${columnLetters(index)})` : title)
  }
  const fields = Object.entries(columns).map(([field, { title }]): [string, string] => [field, title])
  return { read, unread, titles: Object.fromEntries(fields) }
}

function toRow({ sheet, row, details, className, grade }: ReadRow): RosterRow {
  return { ...(sheet !== undefined && { sheet }), row, details, className, grade }
}

type Refuse = (read: ReadRow, fault: Omit<RosterFault, 'row' | 'sheet'>) => void

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

// Where some names of a list are of an old font, a name that does not show it may be too: "Vò" is "Vũ" there.
function withoutOldFonts(
  rows: readonly ReadRow[], faults: readonly RosterFault[], column: string | null, refuse: Refuse,
): ReadRow[] {
  if (!faults.some(({ code }) => code === oldFont().code)) return [...rows]
  const { code, reason } = oldFont()
  return rows.filter((row) => {
    const isDoubtful = mayBeOfOldFont(row.details.fullName)
    if (isDoubtful) refuse(row, { column, code, reason })
    return !isDoubtful
  })
}
