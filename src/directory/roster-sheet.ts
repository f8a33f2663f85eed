// What does one list say, row by row? Finds its header, reads what is below it, and judges what only the whole list
// shows: two lists of one workbook may be written by two people. Pure.
import type { Day } from '../time.js'
import type { RosterCell } from './roster-cell.js'
import { findColumns, HEADER_SEARCH_ROWS, nameColumns, refusal } from './roster-columns.js'
import type { RosterColumns } from './roster-columns.js'
import { isBlank, readStudent } from './roster-student.js'
import type { ReadRow, RosterFault, RosterPlace, RosterRow } from './roster-student.js'
import type { Identifiers } from './student.js'

export interface ReadSheet {
  rows: RosterRow[]
  faults: RosterFault[]
  /** Identifiers that could be read on refused rows: those students are in the file all the same. */
  refused: Identifiers[]
}

export interface SheetReader {
  /** Takes the next row, empty ones included, and says how many students there are so far. Throws `ROSTER_…`. */
  take(cells: readonly RosterCell[]): number
  finish(): ReadSheet
}

/** A sheet that is named gives its class, where it has no column for that. */
export function createSheetReader(today: Day, sheet: string | undefined): SheetReader {
  let columns: RosterColumns | undefined
  let row = 0
  const rows: ReadRow[] = []
  const faults: RosterFault[] = []
  const refused: Identifiers[] = []
  const noHeader = () => refusal(`no header in the first ${HEADER_SEARCH_ROWS} rows`, sheet)

  const takeStudent = (known: RosterColumns, cells: readonly RosterCell[], texts: readonly string[]): void => {
    if (isBlank(known, texts) || isHeaderAgain(known, texts, sheet)) return
    const place: RosterPlace = { ...(sheet !== undefined && { sheet }), row }
    const outcome = readStudent(known, cells, place, today)
    if (outcome.faults.length === 0) rows.push(outcome.read)
    else refused.push(outcome.read.details)
    faults.push(...outcome.faults)
  }

  return {
    take(cells) {
      row += 1
      const texts = cells.map(String)
      if (columns !== undefined) takeStudent(columns, cells, texts)
      else columns = findColumns(texts, sheet)
      if (columns === undefined && row === HEADER_SEARCH_ROWS) throw noHeader()
      return rows.length + refused.length
    },
    finish() {
      if (columns === undefined) throw noHeader()
      const refuse: Refuse = (read, fault) => {
        const { row, sheet } = read
        faults.push({ ...(sheet !== undefined && { sheet }), row, ...fault })
        refused.push(read.details)
      }
      const dated = withoutMonthFirst(rows, faults, columns.birthOn?.title ?? null, refuse)
      const certain = withoutLostZeros(dated, columns.className?.title ?? null, refuse)
      return { rows: certain.map(toRow), faults: faults.sort((a, b) => a.row - b.row), refused }
    },
  }
}

function toRow({ sheet, row, details, className, grade, columns }: ReadRow): RosterRow {
  return { ...(sheet !== undefined && { sheet }), row, details, className, grade, columns }
}

// A list printed in pages repeats its header.
function isHeaderAgain(columns: RosterColumns, cells: readonly string[], sheet: string | undefined): boolean {
  const again = findColumns(cells, sheet)
  return again !== undefined && again.className?.index === columns.className?.index &&
    nameColumns(again)[0]?.index === nameColumns(columns)[0]?.index
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
