// Which student of the school is a row of the roster? By identifier first, by name, birth date and class
// where there is none. Two readings are never decided by chance: they are reported. Pure.
import type { Day } from '../time.js'
import type { RosterRow } from './roster-student.js'
import { IDENTIFIER_FIELDS, searchText } from './student.js'
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
      field: IdentifierField | null
      students: KnownStudent[]
    }

/** Finds the student of a row; `classId` is that of the row's class where the class exists. */
export type StudentMatcher = (row: RosterRow, classId: string | undefined) => RosterMatch

/**
 * The matcher over a school's students. A row's strongest known identifier decides. Without one, the same
 * name, birth date and class is the same student; so is the only student of that name and birth date who is
 * in no class yet this school year. One who is in another class may have moved or be another child:
 * reported.
 */
export function createStudentMatcher(students: readonly KnownStudent[]): StudentMatcher {
  const byIdentifier = new Map<string, KnownStudent>()
  const byName = new Map<string, KnownStudent[]>()
  for (const student of students) {
    for (const field of IDENTIFIER_FIELDS) {
      const value = student[field]
      if (value !== null) byIdentifier.set(`${field} ${value}`, student)
    }
    const key = nameKey(student)
    byName.set(key, [...(byName.get(key) ?? []), student])
  }
  return ({ details }, classId) => {
    const hits = IDENTIFIER_FIELDS.flatMap((field) => {
      const student = byIdentifier.get(`${field} ${details[field] ?? ''}`)
      return student === undefined ? [] : [{ field, student }]
    })
    const [strongest] = hits
    if (strongest === undefined) return matchByName(details, classId, byName.get(nameKey(details)) ?? [])
    return matchByIdentifier(
      details,
      strongest,
      hits.map((hit) => hit.student),
    )
  }
}

function matchByIdentifier(
  details: StudentDetails,
  { field, student }: { field: IdentifierField; student: KnownStudent },
  students: KnownStudent[],
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
  // Schools give the number of a leaver to the next child.
  if (field === 'schoolCode' && !sameName(details, student) && details.birthOn !== student.birthOn) {
    const reason = 'belongs to a student with another name and birth date'
    return { kind: 'refused', code: 'SCHOOL_CODE_REUSED', reason, field, students }
  }
  return { kind: 'known', student }
}

function matchByName(
  details: StudentDetails,
  classId: string | undefined,
  sameNameAndBirth: readonly KnownStudent[],
): RosterMatch {
  const possible = sameNameAndBirth.filter((student) =>
    IDENTIFIER_FIELDS.every((field) => !contradicts(details, student, field)),
  )
  const inClass = possible.filter(
    ({ enrolments }) => enrolments.open !== null && enrolments.open.classId === classId,
  )
  const [student, ...others] = inClass.length > 0 ? inClass : details.birthOn === null ? [] : possible
  if (student === undefined) return { kind: 'new' }
  if (others.length === 0 && (inClass.length > 0 || student.enrolments.open === null))
    return { kind: 'known', student }
  const reason =
    'can be a student already here with the same name and birth date: give an identifier, ' +
    'or transfer that student to this class first'
  return {
    kind: 'refused',
    code: 'STUDENT_AMBIGUOUS',
    reason,
    field: null,
    students: [student, ...others],
  }
}

function contradicts(one: StudentDetails, other: StudentDetails, field: IdentifierField): boolean {
  return one[field] !== null && other[field] !== null && one[field] !== other[field]
}

function sameName(one: StudentDetails, other: StudentDetails): boolean {
  return searchText(one.fullName) === searchText(other.fullName)
}

/** Name with its diacritics, without case, and the birth date: equal for what could be one child. */
export function nameKey({ fullName, birthOn }: { fullName: string; birthOn: Day | null }): string {
  return `${fullName.toLowerCase()} ${birthOn ?? ''}`
}
