// What does one cell of a header say? Schools export from many programs, so a header is known by its words: without
// diacritics, case, punctuation, brackets and "và". Pure.
import { searchText } from './student.js'

// `identifier` is the header that schools write over both the ministry's and the state's identifier; the value decides
// (roster-cell.ts). Of a birth date in pieces each piece has a column.
const HEADERS = {
  identifier: ['ma dinh danh', 'so dinh danh', 'ma so dinh danh', 'dinh danh', 'ma dd'],
  moetStudentId: [
    'ma dinh danh bo', 'ma dinh danh bo gd', 'ma dinh danh bo gd dt', 'ma dinh danh bo gddt', 'ma dinh danh bo giao duc',
    'ma dinh danh bo giao duc dao tao', 'ma dinh danh nganh', 'ma dinh danh nganh giao duc', 'ma dinh danh csdl',
    'ma dinh danh csdl nganh', 'ma dinh danh moet', 'ma moet', 'moet id', 'ma bo', 'ma bo gd dt', 'ma csdl', 'ma csdl nganh',
    'ma hoc sinh bo', 'ma hoc sinh bo gd dt', 'ma hoc sinh csdl', 'ma hs bo', 'ma hs csdl', 'ma hs moet',
  ],
  personalId: [
    'so dinh danh ca nhan', 'ma dinh danh ca nhan', 'ma so dinh danh ca nhan', 'dinh danh ca nhan', 'so dinh danh cong dan',
    'ma dinh danh cong dan', 'sddcn', 'so ddcn', 'ma ddcn', 'ddcn', 'ddcn cccd', 'cccd', 'so cccd', 'ma cccd', 'cccd ddcn',
    'can cuoc cong dan', 'so can cuoc cong dan', 'so can cuoc', 'can cuoc', 'so the can cuoc', 'the can cuoc', 'cmnd cccd',
    'so cmnd cccd', 'cccd cmnd', 'so cccd cmnd', 'so cccd dinh danh', 'so cccd ma dinh danh', 'so cccd so dinh danh ca nhan',
    'so cccd dinh danh ca nhan', 'cccd so dinh danh ca nhan', 'cccd dinh danh ca nhan', 'so dinh danh ca nhan cccd',
    'so dinh danh ca nhan so cccd', 'so dinh danh cccd', 'ma dinh danh cccd',
  ],
  schoolCode: [
    'ma hoc sinh', 'ma hs', 'ma so hoc sinh', 'ma so hs', 'mahs', 'mshs', 'ms hs', 'ma hoc vien', 'ma truong cap',
    'ma hoc sinh truong cap', 'student code', 'student id',
  ],
  fullName: [
    'hoten', 'h ten', 'ten hoc sinh', 'ten hs', 'ten tre', 'ten be', 'hoc sinh', 'ho ten khai sinh', 'ho ten day du',
    'full name', 'fullname', 'student name', 'students name', 'student full name', 'students full name',
  ],
  familyName: ['ho', 'family name', 'last name', 'surname'],
  middleName: ['dem', 'lot', 'middle name'],
  givenName: ['ten', 'ten rieng', 'given name', 'first name'],
  birthOn: [
    'ngay sinh', 'ngay thang nam sinh', 'ngay thang sinh', 'ngay thang nam', 'sinh ngay', 'ngaysinh', 'ng sinh', 'ngsinh',
    'ngay s', 'n sinh', 'nsinh', 'ns', 'ntns', 'n t n s', 'n t n sinh', 'ng th nam sinh', 'sinh nhat', 'date of birth',
    'birth date', 'birthday', 'dob', 'd o b',
  ],
  birthDay: [],
  birthMonth: [],
  birthYear: [],
  /** Forms of old have one column of birth dates for boys and one for girls. */
  birthOnGirls: [],
  className: [
    'lop', 'lop hoc', 'ten lop', 'ten lop hoc', 'nhom lop', 'lop nhom', 'ma lop', 'lop hien tai', 'lop hien nay',
    'lop dang hoc', 'lop moi', 'lop nam hoc', 'class', 'class name',
  ],
  grade: ['khoi', 'khoi lop', 'khoi hoc', 'ten khoi', 'grade'],
  gender: ['gioi tinh', 'gioi', 'gt', 'phai', 'nam nu', 'nu nam', 'gender', 'sex'],
} as const

export type RosterField = keyof typeof HEADERS

const FIELD_OF_HEADER = new Map<string, RosterField>(
  fieldNames().flatMap((field) => HEADERS[field].map((words): [string, RosterField] => [words, field])),
)

function fieldNames(): RosterField[] {
  return Object.keys(HEADERS).filter((name): name is RosterField => name in HEADERS)
}

// Family and middle names go by many words: "Họ, chữ đệm", "Họ và tên lót", "Họ lót".
const NAME_PARTS: readonly (readonly [RegExp, RosterField])[] = [
  [/^ho(?: (?:ten|chu|dem|lot|giua))* (?:dem|lot|giua)$/, 'familyName'],
  [/^ho(?: (?:ten|chu|dem|lot))*? ten$/, 'fullName'],
  [/^(?:ten|chu)(?: (?:dem|lot|giua))+$/, 'middleName'],
]

/** The words of a header cell. `"Họ & tên (*)"` -> `"ho ten"`. */
export function headerWords(cell: string): string {
  const bare = searchText(cell.replace(/\([^)]*\)|\[[^\]]*\]|["'’“”*:]/gu, ' '))
  return bare.split(/[^a-z0-9#]+/u).filter((word) => word !== '' && word !== 'va').join(' ').replace(/^\d+ (?=\D)/, '')
}

const WHOSE = / (?:cua )?(?:hoc sinh|hs|tre em|tre|be|em|chau|hoc vien)$/
const SCHOOL_YEAR = /(?: nam hoc)? 20\d\d(?: (?:20)?\d\d)?$/

/** The field that a header names, if we know it. */
export function fieldOfHeader(cell: string): RosterField | undefined {
  // "Mã định danh bố" is the father's; "Mã định danh Bộ" is the ministry's.
  if (/(?<!\p{L})bố(?!\p{L})/iu.test(cell.normalize('NFC'))) return undefined
  const field = fieldOfWords(headerWords(cell))
  if (field !== undefined) return field
  const [first, ...others] = cell.split(/[/|\n–—]| - /u).map((piece) => fieldOfWords(headerWords(piece)))
  return others.length > 0 && others.every((other) => other === first) ? first : undefined
}

function fieldOfWords(words: string): RosterField | undefined {
  const known = (text: string) =>
    FIELD_OF_HEADER.get(text) ?? NAME_PARTS.find(([form]) => form.test(text))?.[1]
  return known(words) ?? known(words.replace(WHOSE, '')) ?? known(words.replace(SCHOOL_YEAR, ''))
}

const ORDINALS = new Set(['stt', 'tt', 'so tt', 'so thu tu', 'thu tu', 'no', '#'])

/** Whether a column only numbers the rows. */
export function isOrdinal(cell: string): boolean {
  return ORDINALS.has(headerWords(cell))
}

/** Whether a header is about the people around a child, whose names and numbers are not the child's. */
export function isOfOthers(cell: string): boolean {
  return OF_OTHERS.test(headerWords(cell))
}

/** Whether a header that we do not know speaks of a name, such as "Họ (chữ in)". */
export function mayBeFamilyName(cell: string): boolean {
  return /^h(?:o)?(?: |$)/.test(headerWords(cell)) && !isOfOthers(cell)
}

const OF_OTHERS =
  /(?:^| )(?:cha|me|bo|ba|phu huynh|giam ho|nguoi than|gia dinh|lien he|gvcn|giao vien|chu nhiem)(?: |$)/
