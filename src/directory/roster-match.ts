// Which student of the school is a row of the roster? By identifier first, by name, birth date and class where there is
// none. A row that could be two children, or that has the identifier of one and the name of another, is never decided
// by chance: it is reported. Pure.
import type { Day } from '../time.js'
import type { RosterRow } from './roster-student.js'
import { IDENTIFIER_FIELDS, searchText, spellingKey } from './student.js'
import type { Enrolments, IdentifierField, StudentDetails } from './student.js'

export interface KnownStudent extends StudentDetails {
  id: string
  /** In the school year of the import. */
  enrolments: Enrolments
}

export type RosterMatch =
  | { kind: 'new' }
  | { kind: 'known'; student: KnownStudent }
  /** `students` are those that the row could mean. */
  | {
      kind: 'refused'
      code: string
      reason: string
      field: IdentifierField | 'birthOn' | null
      students: KnownStudent[]
    }

/** Finds the student of a row; `classId` is that of the row's class where the class exists. */
export type StudentMatcher = (row: RosterRow, classId: string | undefined) => RosterMatch

/**
 * The matcher over a school's students; `rows` are all of the file. A row's strongest known identifier decides, unless
 * its name and birth date are another child's. Without one, the same name, birth date and class is the same student; so
 * is the only student of that name and birth date who is in no class yet this school year. One who is in another class
 * may have moved or be another child: reported, unless another row of the file is that child's own.
 */
export function createStudentMatcher(students: readonly KnownStudent[], rows: readonly RosterRow[]): StudentMatcher {
  const byIdentifier = new Map<string, KnownStudent>()
  const byZeroless = new Map<string, KnownStudent>()
  const byName = new Map<string, KnownStudent[]>()
  for (const student of students) {
    for (const field of IDENTIFIER_FIELDS) {
      const value = student[field]
      if (value === null) continue
      byIdentifier.set(`${field} ${value}`, student)
      byZeroless.set(`${field} ${withoutZeros(value)}`, student)
    }
    const name = spellingKey(student.fullName)
    byName.set(name, [...(byName.get(name) ?? []), student])
  }
  const byOwnIdentifier = (details: StudentDetails) => IDENTIFIER_FIELDS.flatMap((field) => {
    const student = byIdentifier.get(`${field} ${details[field] ?? ''}`)
    return student === undefined ? [] : [{ field, student }]
  })
  const claimedBy = new Map<string, RosterRow>()
  for (const row of rows) {
    const [hit] = byOwnIdentifier(row.details)
    if (hit !== undefined && isOne(row.details, hit.student)) claimedBy.set(hit.student.id, row)
  }

  return (row, classId) => {
    const { details } = row
    const namesakes = (byName.get(spellingKey(details.fullName)) ?? [])
      .filter(({ id }) => (claimedBy.get(id) ?? row) === row)
    const hits = byOwnIdentifier(details)
    const [strongest] = hits
    if (strongest !== undefined) {
      return matchByIdentifier(details, strongest, hits.map((hit) => hit.student), namesakes)
    }
    return refuseLostZeros(details, byZeroless) ?? matchByName(details, classId, namesakes)
  }
}

function matchByIdentifier(
  details: StudentDetails,
  { field, student }: { field: IdentifierField; student: KnownStudent },
  students: KnownStudent[],
  namesakes: readonly KnownStudent[],
): RosterMatch {
  if (students.some((other) => other !== student)) {
    const reason = 'the identifiers of this row belong to different students'
    return { kind: 'refused', code: 'IDENTIFIER_CONFLICT', reason, field, students }
  }
  const stronger = IDENTIFIER_FIELDS.slice(0, IDENTIFIER_FIELDS.indexOf(field))
  const contradicting = stronger.find((name) => contradicts(details, student, name))
  if (contradicting !== undefined) {
    const reason = 'differs from that of the student who has the other identifier of this row'
    return { kind: 'refused', code: 'IDENTIFIER_CONFLICT', reason, field: contradicting, students }
  }
  // Columns that were swapped, or sorted without the others, and the number of a leaver that the next child gets.
  if (!isOne(details, student) || isOther(details, student, namesakes)) {
    const code = field === 'schoolCode' ? 'SCHOOL_CODE_REUSED' : 'IDENTIFIER_OF_OTHER_STUDENT'
    const reason = 'belongs to a student with another name and birth date'
    return { kind: 'refused', code, reason, field, students: [student] }
  }
  return { kind: 'known', student }
}

type NameAndBirth = Pick<StudentDetails, 'fullName' | 'birthOn'>

/**
 * Whether two can be one child, whose name or birth date was written wrongly. With name and birth date both different
 * they cannot; where a birth date is missing, the name must be nearly the same.
 */
export function isOne(one: NameAndBirth, other: NameAndBirth): boolean {
  if (sameName(one, other)) return true
  if (one.birthOn === null || other.birthOn === null) return nearlySameName(one, other)
  return one.birthOn === other.birthOn
}

/** Whether the row's name and birth date are exactly those of another student: twins are born on one day. */
function isOther(details: NameAndBirth, student: KnownStudent, namesakes: readonly KnownStudent[]): boolean {
  const isNamed = (known: NameAndBirth): boolean =>
    spellingKey(known.fullName) === spellingKey(details.fullName) && known.birthOn === details.birthOn
  return !isNamed(student) && namesakes.some((known) => known !== student && isNamed(known))
}

/** The number 12 where the school has 0012: Excel drops zeros, and a second child would be made of the first. */
function refuseLostZeros(
  details: StudentDetails, byZeroless: ReadonlyMap<string, KnownStudent>,
): RosterMatch | undefined {
  for (const field of IDENTIFIER_FIELDS) {
    const student = byZeroless.get(`${field} ${withoutZeros(details[field] ?? '')}`)
    if (details[field] === null || student === undefined) continue
    const reason = 'differs from that of a student here in its leading zeros alone: format as text and write it as there'
    return { kind: 'refused', code: 'IDENTIFIER_ZEROS_DIFFER', reason, field, students: [student] }
  }
  return undefined
}

/** `"0012"` -> `"12"`; other texts stay as they are. */
export function withoutZeros(value: string): string {
  return /^\d+$/.test(value) ? value.replace(/^0+(?=\d)/, '') : value
}

function matchByName(
  details: StudentDetails,
  classId: string | undefined,
  namesakes: readonly KnownStudent[],
): RosterMatch {
  const isInClass = ({ enrolments: { open } }: KnownStudent): boolean => open !== null && open.classId === classId
  const bornThen = namesakes.filter(({ birthOn }) => birthOn === details.birthOn && birthOn !== null)
  const bornUnknown = namesakes.filter(({ birthOn }) => birthOn === null || details.birthOn === null)
  const turned = namesakes.filter(({ birthOn }) => isTurned(details.birthOn, birthOn))
  const questions = [...bornThen, ...bornUnknown].filter((student) => hasOtherIdentifier(details, student))
    .filter((student) => bornThen.includes(student) || isInClass(student))
  const possible = [...bornThen, ...bornUnknown].filter((student) => !hasOtherIdentifier(details, student))
  const inClass = possible.filter(isInClass)
  const [student, ...others] = inClass.length > 0 ? inClass : possible
  if (student !== undefined && others.length === 0) {
    const isSure = isInClass(student) || (bornThen.includes(student) && student.enrolments.open === null)
    if (isSure) return { kind: 'known', student }
  }
  const [swapped] = turned
  if (student === undefined && questions.length === 0 && swapped !== undefined) {
    const reason = 'has day and month the other way round than the student of this name: Excel may have turned them'
    return { kind: 'refused', code: 'BIRTH_DATE_TURNED', reason, field: 'birthOn', students: [swapped] }
  }
  const doubts = student === undefined ? questions : [student, ...others]
  if (doubts.length === 0) return { kind: 'new' }
  const reason =
    'can be a student already here with the same name and birth date: give an identifier, ' +
    'or transfer that student to this class first'
  return { kind: 'refused', code: 'STUDENT_AMBIGUOUS', reason, field: null, students: doubts }
}

/** 2014-05-09 and 2014-09-05. */
function isTurned(one: Day | null, other: Day | null): boolean {
  if (one === null || other === null || one === other) return false
  return one.slice(0, 4) === other.slice(0, 4) && one.slice(5) === `${other.slice(8)}-${other.slice(5, 7)}`
}

function hasOtherIdentifier(details: StudentDetails, student: KnownStudent): boolean {
  return IDENTIFIER_FIELDS.some((field) => contradicts(details, student, field))
}

function contradicts(one: StudentDetails, other: StudentDetails, field: IdentifierField): boolean {
  return one[field] !== null && other[field] !== null && one[field] !== other[field]
}

function sameName(one: NameAndBirth, other: NameAndBirth): boolean {
  return searchText(one.fullName) === searchText(other.fullName)
}

/** "Vũ Đức" and "Vũ Minh Đức": the first and the last word are the same. */
function nearlySameName(one: NameAndBirth, other: NameAndBirth): boolean {
  const [mine, theirs] = [searchText(one.fullName).split(' '), searchText(other.fullName).split(' ')]
  return mine[0] === theirs[0] && mine.at(-1) === theirs.at(-1)
}

/** The name as it is compared, and the birth date: equal for what could be one child. */
export function nameKey({ fullName, birthOn }: { fullName: string; birthOn: Day | null }): string {
  return `${spellingKey(fullName)} ${birthOn ?? ''}`
}
