// What does one cell of a roster say? Reads identifiers, birth dates, genders, grades and class names as
// schools and Excel write them, and refuses with a reason what can only be guessed. Pure.
import { toUSVString } from 'node:util'
import { addDays, isDay } from '../time.js'
import type { Day } from '../time.js'
import { tidyClassName } from './school-class.js'
import { tidyText } from './school.js'
import { hasLostLetters, isOfOldFont } from './roster-letters.js'
import { searchText, withVietnameseD } from './student.js'
import type { Gender } from './student.js'

/** A cell as its file holds it: CSV has texts only, a workbook numbers too. */
export type RosterCell = string | number

export interface CellFault {
  code: string
  reason: string
}
/** An empty cell reads as null: not told, which never removes what is known. */
export type CellRead<T> = { ok: true; value: T | null } | ({ ok: false } & CellFault)

const MAX_NAME_CHARS = 120
const MAX_CODE_CHARS = 30
const EARLIEST_BIRTH = '1900-01-01'

const read = <T>(value: T | null): { ok: true; value: T | null } => ({ ok: true, value })
const fault = (code: string, reason: string): { ok: false } & CellFault => ({ ok: false, code, reason })

const FORMULA_ERROR = /#(N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|CALC!)/i

/** A formula that failed says nothing of the student, whatever stands in its place. */
export function findFormulaError(cell: string): CellFault | undefined {
  const error = FORMULA_ERROR.exec(cell)?.[0]
  return error === undefined ? undefined : { code: 'CELL_ERROR', reason: `is a formula that failed (${error})` }
}

const EXCEL_DAY_ZERO = '1899-12-30'
const EXCEL_DAYS_MAX = 73_050

/** A day that Excel keeps as its number of days since 1899-12-30, where only the format of the cell was lost. */
export function dayCellText(cell: RosterCell): string {
  const isDayNumber = typeof cell === 'number' && Number.isInteger(cell) && cell >= 61 && cell <= EXCEL_DAYS_MAX
  return isDayNumber ? addDays(EXCEL_DAY_ZERO, cell) : String(cell)
}

/** Excel's ways to keep a number as text: `'001`, `="001"`. */
export function plainText(cell: string): string {
  const tidy = tidyText(toUSVString(cell))
  return (/^="(.*)"$/u.exec(tidy)?.[1] ?? tidy.replace(/^['’]/u, '')).trim()
}

/** Personal identifier of the state: 12 digits, the first often 0. */
export function readPersonalId(cell: string): CellRead<string> {
  const text = compactDigits(plainText(cell))
  if (text === '') return read<string>(null)
  if (isShortened(text)) return shortened()
  if (/^\d{9,11}$/.test(text)) {
    return fault(
      'LEADING_ZERO_LOST',
      `has ${text.length} digits instead of 12; Excel drops leading zeros: format as text`,
    )
  }
  return /^\d{12}$/.test(text) ? read(text) : fault('PERSONAL_ID_INVALID', 'is not a number of 12 digits')
}

/** Identifier of the ministry: 10 digits as far as is known, so other short codes are taken as they are. */
export function readMoetStudentId(cell: string): CellRead<string> {
  const text = compactDigits(plainText(cell))
  if (text === '') return read<string>(null)
  if (isShortened(text)) return shortened()
  if (/^(\d{9}|\d{11})$/.test(text)) {
    return fault(
      'LEADING_ZERO_LOST',
      `has ${text.length} digits; Excel drops leading zeros: format as text`,
    )
  }
  return /^[\dA-Za-z][\dA-Za-z/_-]{0,19}$/.test(text) && !isExcelDate(text)
    ? read(text)
    : fault('MOET_STUDENT_ID_INVALID', 'is not an identifier of at most 20 letters and digits')
}

/** True for the form of a personal identifier under a header that does not say which identifier it is. */
export function isPersonalId(cell: string): boolean {
  return /^\d{12}$/.test(compactDigits(plainText(cell)))
}

export function readSchoolCode(cell: string): CellRead<string> {
  const text = plainText(cell)
  if (text === '') return read<string>(null)
  if (isShortened(text)) return shortened()
  if (isExcelDate(text)) return fault('SCHOOL_CODE_INVALID', 'is a date: Excel made one of a code: format as text')
  if (hasLostLetters(text)) return fault('CHARACTER_REFUSED', 'holds letters that were lost in an earlier export')
  return text.length <= MAX_CODE_CHARS && !hasControl(text)
    ? read(text)
    : fault(
        'SCHOOL_CODE_INVALID',
        `is longer than ${MAX_CODE_CHARS} characters or holds control characters`,
      )
}

export function readName(cell: string): CellRead<string> {
  const text = withVietnameseD(tidyText(toUSVString(cell))).replace(/[\u200E\u200F\uFEFF]/gu, '')
  if (text === '') return fault('NAME_REQUIRED', 'is empty')
  if (hasControl(text)) return fault('CHARACTER_REFUSED', 'holds control characters')
  if (hasLostLetters(text))
    return fault('CHARACTER_REFUSED', 'holds letters that were lost in an earlier export')
  if (!/\p{L}/u.test(text)) return fault('NAME_INVALID', 'holds no letter')
  if (/\d{6}|\p{L}:/u.test(text)) return fault('NAME_INVALID', 'holds a number or a remark beside the name')
  return text.length <= MAX_NAME_CHARS
    ? read(text)
    : fault('NAME_INVALID', `is longer than ${MAX_NAME_CHARS} characters`)
}

// A formula that a program wrote as text; two children in one cell (but not `s/o`); and what says that a child left.
const NO_LONE_NAME = new RegExp([
  '^=(?:\\$?[a-z]{1,3}\\$?\\d|[a-z.]+\\()', '\\p{L}{2}\\s*[/;|]\\s*\\p{L}{2}',
  '[([][^)\\]]*(?:nghi|chuyen|bao luu|thoi hoc|bo hoc|da )',
].join('|'), 'u')

/** A name in a list: one with a remark, or one that was typed for an old font, is refused with what to do. */
export function readListedName(cell: string): CellRead<string> {
  const name = readName(cell)
  if (!name.ok || name.value === null) return name
  if (NO_LONE_NAME.test(searchText(name.value))) return fault('NAME_INVALID', 'holds a formula, a remark or two names')
  return isOfOldFont(name.value) ? oldFont() : name
}

export function oldFont(): { ok: false } & CellFault {
  return fault('NAME_FONT_OLD', 'was typed for a TCVN3 or VNI font: convert the column to Unicode')
}

/** A birth date and whether day and month could be told apart. */
export interface BirthDate {
  day: Day
  /** Both numbers are at most 12: only the other rows of the file say which is the month. */
  interchangeable: boolean
}

/** Day, month, year, as Vietnam writes it; or ISO. Never month first, never a year of two digits. */
export function readBirthDate(cell: string, today: Day): CellRead<BirthDate> {
  const text = plainText(cell).replace(/[ T]00:00(:00(\.0+)?)?$/, '')
  if (text === '') return read<BirthDate>(null)
  if (/^\d{5}([.,]\d+)?$/.test(text)) {
    return fault(
      'BIRTH_DATE_INVALID',
      'is a number of Excel, not a date: format the column as dd/mm/yyyy',
    )
  }
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  const [, dayText = '', monthText = '', year = ''] =
    (iso
      ? [text, iso[3], iso[2], iso[1]]
      : /^(\d{1,2})([/.-])(\d{1,2})\2(\d{2,4})$/.exec(text)?.toSpliced(2, 1)) ?? []
  if (year === '') return fault('BIRTH_DATE_INVALID', 'is not a date as dd/mm/yyyy')
  if (year.length !== 4) return fault('BIRTH_DATE_INVALID', 'has a year of less than four digits')
  if (Number(monthText) > 12 && Number(dayText) <= 12) {
    return fault('BIRTH_DATE_MONTH_FIRST', `has month ${monthText}: the day comes first, dd/mm/yyyy`)
  }
  const day = `${year}-${monthText.padStart(2, '0')}-${dayText.padStart(2, '0')}`
  if (!isDay(day)) return fault('BIRTH_DATE_INVALID', 'is not a day of the calendar')
  if (day > today || day < EARLIEST_BIRTH)
    return fault('BIRTH_DATE_INVALID', 'is in the future or before 1900')
  return read({ day, interchangeable: !iso && Number(dayText) <= 12 && dayText !== monthText })
}

const GENDER_WORDS: Record<string, Gender> = {
  nam: 'male',
  male: 'male',
  m: 'male',
  trai: 'male',
  nu: 'female',
  female: 'female',
  f: 'female',
  gai: 'female',
}

export function readGender(cell: string): CellRead<Gender> {
  const text = searchText(plainText(cell))
  if (text === '') return read<Gender>(null)
  const gender = GENDER_WORDS[text]
  return gender === undefined ? fault('GENDER_INVALID', 'is neither "Nam" nor "Nữ"') : read(gender)
}

/** `"6"`, `"Khối 6"` -> 6. Preschool groups (`"Mẫu giáo 5-6 tuổi"`) are no grade and read as null. */
export function readGrade(cell: string): CellRead<number> {
  const digits = /^(?:khoi |lop )?(\d+)$/.exec(searchText(plainText(cell)))?.[1]
  if (digits === undefined) return read<number>(null)
  const grade = Number(digits)
  return grade >= 1 && grade <= 12 ? read(grade) : fault('GRADE_INVALID', 'is not a grade from 1 to 12')
}

// "6/1" typed into Excel becomes a date, and comes out as one of these: 6-thg 1, Thg1-06, 1-Jun, 06/01/2026,
// 06/01, 46028.
const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|april|june|july|august|september|' +
  'sept|october|november|december)'
const THANG = '(?:thg|tháng|thang|th)[ .]?\\d{1,2}'
const EXCEL_DATES = [
  `\\d{1,2}[-/. ](?:${THANG}|${MONTH})(?:[-/. ,]+\\d{2,4})?`, `(?:${THANG}|${MONTH})[-/. ]\\d{1,4}`,
  '\\d{1,2}[-/.]\\d{1,2}[-/.](?:\\d{2}|\\d{4})', '\\d{4}[-/.]\\d{1,2}[-/.]\\d{1,2}', '0\\d[-/]\\d{2}',
].map((form) => new RegExp(`^${form}(?: \\d{1,2}:.*)?$`, 'iu'))
const DAY_NUMBER = /^[3-6]\d{4}(?:[.,]\d+)?$/

export function isExcelDate(text: string): boolean {
  return EXCEL_DATES.some((form) => form.test(text))
}

export function readClassName(cell: string): CellRead<string> {
  const text = tidyClassName(plainText(cell))
  if (text === '') return fault('CLASS_REQUIRED', 'is empty')
  if (isExcelDate(text) || DAY_NUMBER.test(text))
    return fault('CLASS_INVALID', 'is a date: Excel made one of a class such as 6/1: format as text')
  if (isShortened(text))
    return fault('CLASS_INVALID', 'is a number: Excel made one of a class such as 6E1: format as text')
  if (hasLostLetters(text)) return fault('CHARACTER_REFUSED', 'holds letters that were lost in an earlier export')
  if (isOfOldFont(text)) return oldFont()
  return text.length <= MAX_CODE_CHARS && !hasControl(text)
    ? read(withVietnameseD(text))
    : fault('CLASS_INVALID', `is longer than ${MAX_CODE_CHARS} characters or holds control characters`)
}

// What programs call a sheet that nobody named, and what says "list" without saying of which class.
const NO_CLASS = /^(?:sheet|trang[ _]tinh|danh sach|ds|hoc sinh|hs|danh sach hoc sinh|lop|)[\s_.-]*$/

/** The class that a sheet is named after, as `"6A1"` and `"Lop 6A1"` are. */
export function readSheetClass(sheet: string): CellRead<string> {
  const name = plainText(sheet).replace(/^l[ớo]p[\s_.:-]*(?=[\p{L}\d])/iu, '')
  const isNoClass = NO_CLASS.test(searchText(name).replace(/(?<=\D)\d*$/, ''))
  if (!isNoClass) return readClassName(name)
  return fault('SHEET_WITHOUT_CLASS', 'stands in a sheet that has no column "Lớp" and is not named after a class')
}

function isShortened(text: string): boolean {
  return /^\d+([.,]\d+)?E\+?\d+$/i.test(text)
}

function shortened(): { ok: false } & CellFault {
  return fault(
    'NUMBER_SHORTENED',
    'was shortened by Excel (such as 1.23E+11) and its digits are lost: format as text',
  )
}

// "079 215 001 234" is one number.
function compactDigits(text: string): string {
  return /^[\d\s]+$/.test(text) ? text.replace(/\s/g, '') : text
}

function hasControl(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
