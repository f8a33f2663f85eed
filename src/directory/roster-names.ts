// In which columns of a list does the name of a child stand? Lists have it whole, in parts, whole beside its last word,
// or in a column without a title: what the rows say decides, and what they leave open is a fault of the row. Pure.
import type { CellFault, RosterCell } from './roster-cell.js'
import { columnLetters, refusal } from './roster-columns.js'
import type { RosterColumn, RosterHeader } from './roster-columns.js'
import { mayBeFamilyName } from './roster-header.js'
import { spellingKey } from './student.js'

export interface NamePlan {
  /** In the order of the name. */
  columns: readonly RosterColumn[]
  /** Why the name of a row cannot be told. */
  doubt(cells: readonly RosterCell[]): (CellFault & { column: RosterColumn }) | undefined
}

type Line = readonly RosterCell[]

/** `lines` are the rows below the header. Throws `ROSTER_HEADER_INVALID`. */
export function planNames(header: RosterHeader, lines: readonly Line[], sheet?: string): NamePlan {
  const { fullName, familyName, middleName, givenName } = header.columns
  const parts = [familyName, middleName].filter((column) => column !== undefined)
  if (parts.length > 0) return inParts(parts, givenName, fullName, lines)
  if (fullName !== undefined && givenName !== undefined) return wholeAndLast(fullName, givenName, lines)
  const whole = fullName ?? givenName
  if (whole === undefined) throw refusal('there is no column of names', sheet)
  if (fullName === undefined) refuseUnknownFamilyName(header, whole, sheet)
  return wholeOrUntitled(header, whole, fullName === undefined, lines)
}

const textOf = (line: Line, { index }: RosterColumn): string => String(line[index] ?? '').trim()
const INCOMPLETE = {
  code: 'NAME_INCOMPLETE', reason: 'is empty: the name has one of its two parts only',
}
const DIFFERS = {
  code: 'NAME_COLUMNS_DIFFER', reason: 'does not agree with the other column of names: correct one of them, or delete it',
}
const UNTITLED = {
  code: 'NAME_COLUMN_UNTITLED',
  reason: 'stands beside the name in a column without a title: call the columns "Họ đệm" and "Tên", or empty it',
}

function inParts(
  parts: readonly RosterColumn[], givenName: RosterColumn | undefined, fullName: RosterColumn | undefined,
  lines: readonly Line[],
): NamePlan {
  const family = parts[0] ?? fullName
  // "Họ đệm" beside "Tên học sinh": only the last part, unless it begins like the first.
  const isWhole = fullName !== undefined && (givenName !== undefined || most(lines, fullName, (line) =>
    family !== undefined && spellingKey(textOf(line, fullName)).startsWith(`${spellingKey(textOf(line, family))} `)))
  const last = givenName ?? fullName
  if (family === undefined || last === undefined) return { columns: [...parts], doubt: () => undefined }
  const columns = isWhole && givenName === undefined ? [...parts] : [...parts, last]
  const joined = (line: Line): string => columns.map((column) => textOf(line, column)).filter((text) => text !== '').join(' ')
  if (isWhole && fullName !== undefined) {
    return {
      columns: [fullName],
      doubt: (line) => {
        const ofParts = spellingKey(joined(line))
        const agrees = givenName === undefined || ofParts === '' || spellingKey(textOf(line, fullName)) === ofParts
        return agrees ? undefined : { column: fullName, ...DIFFERS }
      },
    }
  }
  return {
    columns,
    doubt: (line) => {
      const [first, given] = [textOf(line, family), textOf(line, last)]
      if (joined(line) === '') return undefined
      if (given === '') return { column: last, ...INCOMPLETE }
      if (first === '') return { column: family, ...INCOMPLETE }
      return `${spellingKey(given)} `.startsWith(`${spellingKey(first)} `) && first.includes(' ')
        ? { column: last, ...DIFFERS } : undefined
    },
  }
}

/** "Họ và tên" beside "Tên": the whole name and its last word, or two parts under titles that say otherwise. */
function wholeAndLast(whole: RosterColumn, last: RosterColumn, lines: readonly Line[]): NamePlan {
  const isGiven = (line: Line): boolean => isNameText(textOf(line, last))
  const ends = (line: Line): boolean =>
    ` ${spellingKey(textOf(line, whole))}`.endsWith(` ${spellingKey(textOf(line, last))}`)
  if (most(lines, whole, (line) => !isGiven(line))) return { columns: [whole], doubt: () => undefined }
  if (most(lines, whole, ends) || last.index !== whole.index + 1) {
    return {
      columns: [whole],
      doubt: (line) => (isGiven(line) && !ends(line) ? { column: last, ...DIFFERS } : undefined),
    }
  }
  return {
    columns: [whole, last],
    doubt: (line) => {
      if (textOf(line, whole) === '' && textOf(line, last) === '') return undefined
      if (!isGiven(line) || textOf(line, whole) === '') return { column: last, ...INCOMPLETE }
      return ends(line) ? { column: last, ...DIFFERS } : undefined
    },
  }
}

/** A list with "Tên" alone has the whole name there, unless another column may hold the rest of it. */
function refuseUnknownFamilyName({ titles }: RosterHeader, given: RosterColumn, sheet: string | undefined): void {
  const unknown = titles.find((title, index) => index !== given.index && mayBeFamilyName(title))
  if (unknown !== undefined) throw refusal(`the column "${unknown}" may hold the family name: call it "Họ đệm"`, sheet)
}

/** A title that is merged over two columns leaves the second one without any. */
function wholeOrUntitled(
  header: RosterHeader, whole: RosterColumn, isGivenOnly: boolean, lines: readonly Line[],
): NamePlan {
  const untitled = (index: number): RosterColumn => ({ title: columnLetters(index), index })
  const beside: RosterColumn[] = []
  for (let index = whole.index + 1; isUntitledName(header, lines, index); index += 1) beside.push(untitled(index))
  const last = beside.at(-1)
  if (last !== undefined) return besideWhole(whole, beside, last, lines)
  const before = untitled(whole.index - 1)
  const isBefore = isUntitledName(header, lines, before.index) && isOneWord(whole, lines)
  // A name of one word under "Tên" alone is half a name: whatever holds the rest of it, we do not know it.
  const isHalf = isBefore || (isGivenOnly && isOneWord(whole, lines))
  return {
    columns: [whole],
    doubt: (line) => (isHalf && textOf(line, whole) !== '' && !textOf(line, whole).includes(' ')
      ? isBefore ? { column: before, ...UNTITLED } : { column: whole, ...GIVEN_ONLY }
      : undefined),
  }
}

const GIVEN_ONLY = {
  code: 'NAME_INCOMPLETE', reason: 'has one word: the column of family names was not recognised, call it "Họ đệm"',
}

function besideWhole(
  whole: RosterColumn, beside: readonly RosterColumn[], last: RosterColumn, lines: readonly Line[],
): NamePlan {
  const ends = (line: Line): boolean =>
    ` ${spellingKey(textOf(line, whole))}`.endsWith(` ${spellingKey(textOf(line, last))}`)
  const named = lines.filter((line) => textOf(line, whole) !== '')
  const given = named.filter((line) => isGivenName(textOf(line, last)))
  const different = new Set(given.map((line) => spellingKey(textOf(line, last)))).size
  // A class has as many given names as children, nearly; a gender or a remark has few words for all.
  const areNames = given.length === named.length && (named.length < 4 || different * 3 > named.length)
  if (areNames && !given.some(ends)) return { columns: [whole, ...beside], doubt: () => undefined }
  const isMost = given.length * 2 > named.length
  const isLeftOpen = (line: Line): boolean => {
    const isText = isNameText(textOf(line, last)) || (isMost && textOf(line, last) === '')
    return textOf(line, whole) !== '' && isText && !(textOf(line, last) !== '' && ends(line))
  }
  return { columns: [whole], doubt: (line) => (isLeftOpen(line) ? { column: last, ...UNTITLED } : undefined) }
}

function isUntitledName({ titles }: RosterHeader, lines: readonly Line[], index: number): boolean {
  if (index < 0 || (titles[index] ?? '') !== '') return false
  return lines.some((line) => isNameText(textOf(line, { title: '', index })))
}

function isOneWord(column: RosterColumn, lines: readonly Line[]): boolean {
  return most(lines, column, (line) => !textOf(line, column).includes(' '))
}

/** Of the lines that have something in this column. */
function most(lines: readonly Line[], column: RosterColumn, holds: (line: Line) => boolean): boolean {
  const filled = lines.filter((line) => textOf(line, column) !== '')
  return filled.filter(holds).length * 2 >= filled.length
}

const NAME = /^[\p{L}\p{M}'’ʼ.-]+(?: [\p{L}\p{M}'’ʼ.-]+){0,2}$/u

/** Whether a text can be the last part of a name: one to three words. */
function isNameText(text: string): boolean {
  return NAME.test(text.normalize('NFC').replace(/\s+/gu, ' '))
}

const MARKS = new Set(['nữ', 'x', 'kinh', 'khmer'].map(spellingKey))

/** Written like a name, and nothing that stands in lists beside names. */
function isGivenName(text: string): boolean {
  return isNameText(text) && /^\p{Lu}/u.test(text) && !/ \p{Ll}/u.test(text) && !MARKS.has(spellingKey(text))
}
