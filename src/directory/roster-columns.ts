// Which column of a school's list is which? Finds the header, which may stand in up to three rows one below the other,
// and gives its columns, known by their words and never by their place. Pure.
import { toUSVString } from 'node:util'
import { DomainError } from '../errors.js'
import { fieldOfHeader, headerWords, isOfOthers, isOrdinal } from './roster-header.js'
import type { RosterField } from './roster-header.js'

export interface RosterColumn {
  /** As the file writes it; named in faults. */
  title: string
  index: number
}

export type RosterColumns = Partial<Record<RosterField, RosterColumn>>

export interface RosterHeader {
  columns: RosterColumns
  /** Where the rows are numbered. */
  ordinal: number | undefined
  /** By column; an empty one has no title. */
  titles: readonly string[]
  /** The words of all its rows, by which a repeated header is known. */
  words: ReadonlySet<string>
  /** How many rows of the list it ends. */
  endsAt: number
}

/** Titles of the Sở, the school and the list stand above the header. */
export const HEADER_SEARCH_ROWS = 30
export const HEADER_ROWS_MAX = 3

/** How many cells of a row are headers that we know. */
export function countHeaders(cells: readonly string[]): number {
  return fieldsOf(cells).size
}

function fieldsOf(cells: readonly string[]): Set<RosterField> {
  return new Set(cells.flatMap((cell) => fieldOfHeader(cell) ?? []))
}

/** A header names at least two columns, one of them a name. */
function isHeader(fields: ReadonlySet<RosterField>): boolean {
  return fields.size >= 2 && (fields.has('fullName') || fields.has('givenName'))
}

interface Label {
  title: string
  /** The nearest title above, also of a cell that is merged over several columns. */
  above: string
  field: RosterField | undefined
}

/**
 * The header among the first rows of a list, or undefined. A named `sheet` gives the class itself. Throws
 * `ROSTER_HEADER_INVALID` when a column stands twice or there is no class.
 */
export function findHeader(rows: readonly (readonly string[])[], sheet?: string): RosterHeader | undefined {
  for (let at = 0; at < Math.min(rows.length, HEADER_SEARCH_ROWS); at += 1) {
    const found = headerAt(rows, at)
    if (found !== undefined) return toHeader(found.labels, found.endsAt, rows.slice(at, found.endsAt), sheet)
  }
  return undefined
}

/** Whether a list has a header, and whether that names the class of each row. */
export function lookForHeader(rows: readonly (readonly string[])[]): { namesClass: boolean } | undefined {
  for (let at = 0; at < Math.min(rows.length, HEADER_SEARCH_ROWS); at += 1) {
    const found = headerAt(rows, at)
    if (found !== undefined) return { namesClass: found.labels.some(({ field }) => field === 'className') }
  }
  return undefined
}

function headerAt(rows: readonly (readonly string[])[], at: number): { labels: Label[]; endsAt: number } | undefined {
  const first = rows[at] ?? []
  let labels = first.map((title): Label => ({ title, above: '', field: fieldOfHeader(title) }))
  // A title in one cell alone stands above everything and says nothing of a column.
  if (first.filter((cell) => cell.trim() !== '').length < 2 && !isHeader(fieldsIn(labels))) return undefined
  let endsAt = at + 1
  while (endsAt < at + HEADER_ROWS_MAX && isBelowHeader(labels, rows[endsAt] ?? [])) {
    labels = labelsBelow(labels, rows[endsAt] ?? [])
    endsAt += 1
  }
  return isHeader(fieldsIn(labels)) ? { labels, endsAt } : undefined
}

function fieldsIn(labels: readonly Label[]): Set<RosterField> {
  return new Set(labels.flatMap(({ field }) => field ?? []))
}

const PIECES = new Set(['ngay', 'thang', 'nam', 'nu'])

/** The second row of a header holds titles and nothing else. */
function isBelowHeader(labels: readonly Label[], cells: readonly string[]): boolean {
  const filled = cells.flatMap((cell, index) => (cell.trim() === '' ? [] : [{ cell, index }]))
  const titles = filled.filter(({ cell }) => fieldOfHeader(cell) !== undefined).length
  // "Nam" is a name and a gender too: a piece it is below a date or a gender only.
  const pieces = filled.filter(({ cell, index }) => PIECES.has(headerWords(cell)) && isInPieces(labels, index)).length
  return (titles > 0 || pieces > 1) && (titles + pieces) * 2 >= filled.length
}

function isInPieces(labels: readonly Label[], index: number): boolean {
  const above = labels.slice(0, index + 1).findLast(({ title }) => title.trim() !== '')
  return above?.field === 'birthOn' || above?.field === 'gender'
}

function labelsBelow(labels: readonly Label[], cells: readonly string[]): Label[] {
  const words = cells.map(headerWords)
  const byGender = words.includes('nu')
  let above = ''
  return Array.from({ length: Math.max(labels.length, cells.length) }, (_, index): Label => {
    const own = labels[index] ?? { title: '', above: '', field: undefined }
    const title = cells[index] ?? ''
    if (own.title.trim() !== '') above = own.title
    if (title.trim() === '') return own
    return { title, above, field: fieldBelow(above, title, byGender) }
  })
}

function fieldBelow(above: string, title: string, byGender: boolean): RosterField | undefined {
  if (isOfOthers(above)) return undefined
  const piece = headerWords(title)
  const over = fieldOfHeader(above)
  if (PIECES.has(piece)) return over === 'birthOn' ? birthPiece(piece, byGender) : undefined
  return fieldOfHeader(title) ?? fieldOfHeader(`${above} ${title}`)
}

function birthPiece(piece: string, byGender: boolean): RosterField | undefined {
  if (piece === 'nam') return byGender ? 'birthOn' : 'birthYear'
  if (piece === 'nu') return 'birthOnGirls'
  return piece === 'ngay' ? 'birthDay' : 'birthMonth'
}

function toHeader(
  labels: readonly Label[], endsAt: number, rows: readonly (readonly string[])[], sheet: string | undefined,
): RosterHeader {
  const columns: RosterColumns = {}
  const titles = labels.map(({ title }) => tidyTitle(title))
  for (const [index, { field }] of labels.entries()) {
    if (field === undefined) continue
    if (columns[field] !== undefined) throw refusal(`the column "${columns[field].title}" stands twice`, sheet)
    columns[field] = { title: titles[index] ?? '', index }
  }
  if (columns.className === undefined && sheet === undefined) throw refusal('there is no column "Lớp"')
  const ordinal = labels.findIndex(({ title }) => isOrdinal(title))
  return {
    columns, titles, endsAt, ordinal: ordinal === -1 ? undefined : ordinal,
    words: new Set(rows.flat().map(headerWords).filter((words) => words !== '')),
  }
}

function tidyTitle(title: string): string {
  return toUSVString(title.normalize('NFC').replace(/[\s\p{Cc}]+/gu, ' ').trim().slice(0, 100))
}

/** A list printed in pages repeats its header. */
export function repeatsHeader({ words }: RosterHeader, cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '')
  const again = filled.filter((cell) => words.has(headerWords(cell)))
  return again.length * 2 >= filled.length && again.some((cell) => fieldOfHeader(cell) !== undefined)
}

/** `0` -> `A`, `27` -> `AB`: how a spreadsheet calls a column that has no title. */
export function columnLetters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26))
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter
}

/** The header of one of several sheets. */
export class RosterSheetRefused extends DomainError {
  constructor(readonly sheet: string, ...refused: ConstructorParameters<typeof DomainError>) {
    super(...refused)
  }
}

/** The refusal of a whole file for a header. */
export function refusal(reason: string, sheet?: string): DomainError {
  const needed =
    'needed are "Họ và tên" (or "Họ đệm" and "Tên") and "Lớp"; read are also "Mã định danh", ' +
    '"Số định danh cá nhân", "Mã học sinh", "Ngày sinh", "Khối" and "Giới tính"'
  if (sheet === undefined) return new DomainError('ROSTER_HEADER_INVALID', `${reason}: ${needed}`, [{ field: 'file', reason }])
  const where = `the sheet "${sheet}": ${reason}`
  return new RosterSheetRefused(sheet, 'ROSTER_HEADER_INVALID', `${where}: ${needed}`, [{ field: 'file', reason: where }])
}
