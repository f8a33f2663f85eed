// What is a list that leaves the service as a file? Columns of known kinds, and rows that arrive one by one, so that a
// list is never held as a whole before it is written. Pure.
import assert from 'node:assert/strict'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { vnd } from '../money.js'
import { isDay, vietnamClock, vietnamDay } from '../time.js'

/**
 * What a cell holds, and so what it is given as: `text` a string; `vnd` whole đồng and `integer` a count, safe
 * integers; `day` `YYYY-MM-DD`; `instant` a Date or its ISO text; `rate` percent with two decimals as text
 * (`"91.46"`). Every kind takes null for an empty cell.
 */
export type ColumnKind = 'text' | 'vnd' | 'integer' | 'day' | 'instant' | 'rate'

export interface TableColumn {
  title: string
  kind: ColumnKind
}

export type TableCell = string | number | Date | null
export type TableRow = readonly TableCell[]

export interface Table {
  /** Without the ending; may be Vietnamese. */
  fileName: string
  sheetName: string
  columns: readonly TableColumn[]
  rows: Iterable<TableRow> | AsyncIterable<TableRow>
  /** A form: a hint above each title, and empty rows whose cells Excel keeps as texts. In a workbook only. */
  toFillIn?: { hints: readonly string[]; blankRows: number }
}

/** The same for both formats: a text, a number, or the wall clock in Vietnam as `YYYY-MM-DD[ HH:mm:ss]`. */
export type PlainCell = string | number | null

/** A row in the plain form of its columns. A value that is not of its column's kind is a broken assumption. */
export function plainRow(columns: readonly TableColumn[], row: TableRow): PlainCell[] {
  assert.equal(row.length, columns.length, 'a row has a cell for each column')
  return columns.map(({ kind }, at) => plainCell(kind, row[at] ?? null))
}

function plainCell(kind: ColumnKind, cell: TableCell): PlainCell {
  if (cell === null) return null
  switch (kind) {
    case 'vnd':
    case 'integer':
      assert(typeof cell === 'number')
      return vnd(cell)
    case 'day':
      assert(typeof cell === 'string' && isDay(cell), 'a day is YYYY-MM-DD')
      return cell
    case 'instant':
      return wallClock(typeof cell === 'string' ? new Date(cell) : cell)
    case 'rate':
      assert(typeof cell === 'string' && /^-?\d+(\.\d+)?$/.test(cell), 'a rate is a decimal text')
      return cell
    case 'text':
      assert(typeof cell === 'string')
      return cell
  }
}

function wallClock(at: TableCell): string {
  assert(at instanceof Date && !Number.isNaN(at.getTime()), 'an instant is a Date or its ISO text')
  return `${vietnamDay(at)} ${vietnamClock(at)}`
}

/**
 * The rows, counted. Throws `EXPORT_TOO_LARGE` after `rowsMax` rows: before anything was sent, because a list that is
 * cut off looks like a whole one.
 */
export async function* limitRows(
  rows: Table['rows'], rowsMax: number = LIMITS.exportRowsMax,
): AsyncGenerator<TableRow> {
  let count = 0
  for await (const row of rows) {
    count += 1
    if (count > rowsMax) throw tooLarge(`the list has more than ${rowsMax} rows`)
    yield row
  }
}

export function tooLarge(reason: string, or = ''): DomainError {
  return new DomainError('EXPORT_TOO_LARGE', `${reason}: narrow it with a filter or a shorter period${or}`)
}

/** All rows of a list that is read page by page. */
export async function* rowsOfPages<Row>(
  readPage: (cursor: string | undefined) => Promise<{ items: readonly Row[]; nextCursor: string | null }>,
): AsyncGenerator<Row> {
  let cursor: string | undefined
  do {
    const page = await readPage(cursor)
    yield* page.items
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}
