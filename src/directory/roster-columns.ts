// Which column of a school's list is which? Schools export from many programs, so columns are known by their
// header's words, never by their place. Pure.
import { DomainError } from '../errors.js'
import { searchText } from './student.js'

// Headers are compared without diacritics, case, brackets and stars. `identifier` is the header that schools
// write over both the ministry's and the state's identifier; the value decides (roster-cell.ts).
const SYNONYMS = {
  identifier: ['ma dinh danh', 'so dinh danh', 'ma dinh danh hoc sinh', 'dinh danh', 'ma dd'],
  moetStudentId: [
    'ma dinh danh bo gd&dt', 'ma dinh danh bo gddt', 'ma dinh danh bo', 'ma dinh danh bo giao duc',
    'ma dinh danh nganh', 'ma dinh danh csdl', 'ma dinh danh bo gd-dt', 'ma moet', 'ma hoc sinh bo gd&dt',
    'ma bo', 'ma hoc sinh bo', 'ma hoc sinh csdl', 'ma hs bo', 'ma dinh danh moet', 'moet id',
  ],
  personalId: [
    'so dinh danh ca nhan', 'ma dinh danh ca nhan', 'cccd', 'so cccd', 'can cuoc cong dan',
    'so can cuoc cong dan', 'so can cuoc', 'can cuoc', 'dinh danh ca nhan', 'sddcn', 'so ddcn', 'ma ddcn',
    'cmnd/cccd', 'so cmnd/cccd', 'cccd/cmnd', 'so cccd/dinh danh', 'so cccd/ma dinh danh',
    'so dinh danh ca nhan/cccd', 'ddcn/cccd', 'ddcn',
  ],
  schoolCode: [
    'ma hoc sinh', 'ma hs', 'ma so hoc sinh', 'ma so hs', 'mahs', 'ma truong cap', 'student code',
  ],
  fullName: [
    'ho va ten', 'ho ten', 'ho & ten', 'ho, ten', 'ho va ten hoc sinh', 'ho ten hoc sinh', 'ho va ten hs',
    'ho ten hs', 'ten hoc sinh', 'hoc sinh', 'ho va ten tre', 'ho ten tre', 'ten tre', 'ho va ten be',
    'hoten', 'full name',
  ],
  familyName: [
    'ho dem', 'ho va dem', 'ho va ten dem', 'ho lot', 'ho va chu dem', 'ho va ten lot', 'ho', 'ho ten dem',
  ],
  givenName: ['ten'],
  birthOn: [
    'ngay sinh', 'ngay thang nam sinh', 'ngay, thang, nam sinh', 'ngay/thang/nam sinh', 'sinh ngay', 'ns',
    'ngaysinh', 'date of birth',
  ],
  className: ['lop', 'lop hoc', 'ten lop', 'ten lop hoc', 'nhom/lop', 'nhom lop', 'ma lop', 'class'],
  grade: ['khoi', 'khoi lop', 'khoi hoc', 'ten khoi', 'grade'],
  gender: ['gioi tinh', 'gioi', 'gt', 'phai', 'nam/nu', 'gender'],
} as const

export type RosterField = keyof typeof SYNONYMS

export interface RosterColumn {
  /** As the file writes it; named in faults. */
  title: string
  index: number
  /** A merged header over two columns (family name, given name) leaves the second header empty. */
  joinsNext: boolean
}

export type RosterColumns = Partial<Record<RosterField, RosterColumn>>

const FIELD_OF_HEADER = new Map<string, RosterField>(
  fieldNames().flatMap((field) =>
    SYNONYMS[field].map((synonym): [string, RosterField] => [synonym, field]),
  ),
)

function fieldNames(): RosterField[] {
  return Object.keys(SYNONYMS).filter((name): name is RosterField => name in SYNONYMS)
}

/** Titles of the Sở, the school and the list stand above the header. */
export const HEADER_SEARCH_ROWS = 30

/** How many cells of a row are headers that we know. */
export function countHeaders(cells: readonly string[]): number {
  return fieldsOf(cells).size
}

/** A header names at least two columns, one of them a name. */
export function isHeader(cells: readonly string[]): boolean {
  const fields = fieldsOf(cells)
  return fields.size >= 2 && (fields.has('fullName') || fields.has('givenName'))
}

/** Whether a header names the class of each row. */
export function namesClass(cells: readonly string[]): boolean {
  return fieldsOf(cells).has('className')
}

function fieldsOf(cells: readonly string[]): Set<RosterField> {
  return new Set(cells.flatMap((cell) => FIELD_OF_HEADER.get(headerText(cell)) ?? []))
}

/**
 * The columns of a header row, or undefined when the row is none. A named `sheet` gives the class itself. Throws
 * `ROSTER_HEADER_INVALID` when a column stands twice or there is no class.
 */
export function findColumns(cells: readonly string[], sheet?: string): RosterColumns | undefined {
  if (!isHeader(cells)) return undefined
  const columns: RosterColumns = {}
  for (const [index, cell] of cells.entries()) {
    const field = FIELD_OF_HEADER.get(headerText(cell))
    if (field === undefined) continue
    if (columns[field] !== undefined) throw refusal(`the column "${columns[field].title}" stands twice`, sheet)
    columns[field] = {
      title: cell.normalize('NFC').replace(/\s+/gu, ' ').trim(),
      index,
      joinsNext: false,
    }
  }
  if (columns.className === undefined && sheet === undefined) throw refusal('there is no column "Lớp"')
  return withNames(columns, cells)
}

function withNames(columns: RosterColumns, cells: readonly string[]): RosterColumns {
  const { fullName, familyName, givenName } = columns
  // Without a column of family names, "Tên" is the whole name.
  if (fullName === undefined && familyName === undefined && givenName)
    return { ...columns, fullName: givenName }
  if (fullName === undefined) return columns
  const next = cells[fullName.index + 1]
  return { ...columns, fullName: { ...fullName, joinsNext: next !== undefined && next.trim() === '' } }
}

/** The columns that the name of a student stands in. */
export function nameColumns({ fullName, familyName, givenName }: RosterColumns): RosterColumn[] {
  return [fullName, familyName, givenName].filter((column) => column !== undefined)
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

function headerText(cell: string): string {
  return searchText(cell.replace(/\([^)]*\)|[*:]/gu, ' '))
    .replace(/\s*([/,&])\s*/gu, '$1')
    .replace(/,/gu, ', ')
}
