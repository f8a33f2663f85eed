// What does an import have to write? Takes a read roster and what the school has, and gives the rows to
// write, the counts, who is missing from the file, and the rows that are refused. Pure: a preview is this
// and no more.
import type { Day } from '../time.js'
import { createStudentMatcher } from './roster-match.js'
import type { KnownStudent } from './roster-match.js'
import type { RosterField } from './roster-header.js'
import { createClassBook, createDuplicateFinder, otherPlace, placeText } from './roster-rows.js'
import type { Refusal, RosterClass } from './roster-rows.js'
import type { RosterFault, RosterPlace, RosterRow } from './roster-student.js'
import type { Roster } from './roster.js'
import { IDENTIFIER_FIELDS, planEnrolment } from './student.js'
import type { EnrolmentChange, Enrolments, StudentDetails } from './student.js'

/** Who a student of the school is, for a person who compares a row with it. */
export interface OtherStudent {
  fullName: string
  className: string | null
  birthOn: Day | null
}

export interface RosterPlan {
  newClasses: RosterClass[]
  /** Classes whose grade was not known. */
  gradedClasses: RosterClass[]
  created: (StudentDetails & { id: string })[]
  updated: (StudentDetails & { id: string })[]
  closed: { id: string; validTo: Day }[]
  opened: { id: string; studentId: string; classId: string }[]
  counts: RosterCounts
  /** What happens to each good row, in the order of the file. */
  outcomes: RosterOutcome[]
  /** Students of the school year who are not in the file; nothing happens to them. */
  missing: string[]
  faults: RosterFault[]
}

/** `rows` = created + updated + unchanged + refused; `moved` are those of `updated` who changed class. */
export interface RosterCounts {
  rows: number
  created: number
  updated: number
  unchanged: number
  refused: number
  moved: number
}

export type RosterDetail = keyof StudentDetails

/** What the import makes of one row. */
export interface RosterOutcome extends RosterPlace {
  kind: 'created' | 'updated' | 'unchanged'
  studentId: string
  fullName: string
  className: string
  /** Of a known student: what the file says newly, and what was known before. */
  changed: RosterDetail[]
  before: Partial<StudentDetails>
  after: StudentDetails
  /** Of a student who moves. */
  classBefore: string | null
  /** Of a known student: it comes into this class from another one, or into its first one of the school year. */
  placed: 'stays' | 'moved' | 'enrolled'
}

export interface RosterInput {
  roster: Roster
  students: readonly KnownStudent[]
  /** Of the school year. */
  classes: readonly RosterClass[]
  enrolFrom: Day
  newId: () => string
}

const NOT_ENROLLED: Enrolments = { open: null, endedOn: null }

export function planRosterImport(input: RosterInput): RosterPlan {
  const { roster, students, classes, enrolFrom, newId } = input
  const plan = emptyPlan(roster)
  const match = createStudentMatcher(students, roster.rows)
  const findDuplicate = createDuplicateFinder()
  const classBook = createClassBook(classes, newId)
  const rowOfStudent = new Map<string, RosterPlace>()
  const inFile = new Set<string>()

  const planRow = (row: RosterRow): Refusal | undefined => {
    const duplicate = findDuplicate(row)
    if (duplicate !== undefined) return duplicate
    const { className } = row
    const matched = match(row, classBook.find(className)?.id)
    if (matched.kind === 'refused') {
      for (const student of matched.students) inFile.add(student.id)
      const { code, reason, field, students: [student] } = matched
      return { code, reason, field, ...(student && { studentId: student.id }) }
    }
    const known = matched.kind === 'known' ? matched.student : undefined
    const other = known && rowOfStudent.get(known.id)
    if (other !== undefined) {
      const reason = `is the same student as ${placeText(other)}`
      return { code: 'DUPLICATE_IN_FILE', reason, field: null, ...otherPlace(other) }
    }
    if (known) inFile.add(known.id)
    if (known) rowOfStudent.set(known.id, row)
    const wrongGrade = classBook.refuseGrade(row)
    if (wrongGrade !== undefined) return wrongGrade
    if (isBehind(known?.enrolments, classBook.find(className)?.id, enrolFrom)) {
      const reason = `the student's newest change of class is after ${enrolFrom}, the day of this import`
      return { code: 'ENROLMENT_NEWER', reason, field: 'className' }
    }
    const classBefore = known?.enrolments.open?.classId
    writeRow(plan, row, known, {
      classId: classBook.take(row), classBefore: classes.find(({ id }) => id === classBefore)?.name ?? null,
      enrolFrom, newId,
    })
    return undefined
  }

  const titlesOf = ({ sheet }: RosterPlace): Titles =>
    roster.columns.find((list) => list.sheet === sheet)?.titles ?? {}
  for (const row of roster.rows) {
    const refusal = planRow(row)
    if (refusal === undefined) continue
    plan.counts.refused += 1
    const { field, ...told } = refusal
    plan.faults.push({ ...placeOf(row), column: titleOf(titlesOf(row), field), ...told })
  }
  const order = new Map(roster.sheets.map((sheet, at) => [sheet, at]))
  const orderOf = ({ sheet }: RosterPlace): number => order.get(sheet ?? '') ?? 0
  plan.faults.sort((one, other) => orderOf(one) - orderOf(other) || one.row - other.row)
  plan.newClasses = classBook.newClasses()
  plan.gradedClasses = classBook.gradedClasses()
  plan.missing = findMissing(students, inFile, roster)
  return plan
}

/** The title of a field's column; an identifier may stand under the header for both. */
function titleOf(titles: Titles, field: RosterField | null): string | null {
  if (field === null) return null
  return titles[field] ?? (field === 'grade' ? titles.className : titles.identifier) ?? null
}

type Titles = Partial<Record<RosterField, string>>

function emptyPlan({ rowCount, rows, faults }: Roster): RosterPlan {
  const counts = {
    rows: rowCount,
    created: 0,
    updated: 0,
    unchanged: 0,
    refused: rowCount - rows.length,
    moved: 0,
  }
  return {
    newClasses: [],
    gradedClasses: [],
    created: [],
    updated: [],
    closed: [],
    opened: [],
    counts,
    outcomes: [],
    missing: [],
    faults: [...faults],
  }
}

function isBehind(
  enrolments: Enrolments | undefined,
  classId: string | undefined,
  enrolFrom: Day,
): boolean {
  const { open, endedOn } = enrolments ?? NOT_ENROLLED
  if (open === null) return endedOn !== null && enrolFrom < endedOn
  return open.classId !== classId && enrolFrom < open.validFrom
}

function writeRow(
  plan: RosterPlan,
  row: RosterRow,
  known: KnownStudent | undefined,
  { classId, classBefore, enrolFrom, newId }: {
    classId: string; classBefore: string | null; enrolFrom: Day; newId: () => string
  },
): void {
  const { details, className } = row
  const id = known?.id ?? newId()
  const change = planEnrolment(known?.enrolments ?? NOT_ENROLLED, classId, enrolFrom)
  if (change.close) plan.closed.push(change.close)
  if (change.openClassId !== null) plan.opened.push({ id: newId(), studentId: id, classId: change.openClassId })
  const changed = known === undefined ? [] : toldNewly(details, known)
  if (known === undefined) plan.created.push({ id, ...details })
  else if (changed.length > 0) plan.updated.push({ id, ...withTold(details, known) })
  const placed = placedBy(change)
  const kind = known === undefined ? 'created' : changed.length > 0 || placed !== 'stays' ? 'updated' : 'unchanged'
  plan.counts[kind] += 1
  if (placed === 'moved') plan.counts.moved += 1
  const before = Object.fromEntries(changed.map((field) => [field, known?.[field] ?? null]))
  plan.outcomes.push({
    ...placeOf(row), kind, studentId: id, fullName: details.fullName, className, changed, before, after: details,
    placed,
    classBefore: placed === 'moved' ? classBefore : null,
  })
}

function placeOf({ sheet, row }: RosterPlace): RosterPlace {
  return { ...(sheet !== undefined && { sheet }), row }
}

function placedBy({ close, openClassId }: EnrolmentChange): RosterOutcome['placed'] {
  if (close !== null) return 'moved'
  return openClassId === null ? 'stays' : 'enrolled'
}

const DETAIL_FIELDS = [...IDENTIFIER_FIELDS, 'fullName', 'birthOn', 'gender'] as const

/** What the file says of the student that is not known yet. An empty cell says nothing. */
function toldNewly(details: StudentDetails, known: StudentDetails): RosterDetail[] {
  return DETAIL_FIELDS.filter((field) => details[field] !== null && details[field] !== known[field])
}

function withTold(details: StudentDetails, known: StudentDetails): StudentDetails {
  return {
    moetStudentId: details.moetStudentId ?? known.moetStudentId,
    personalId: details.personalId ?? known.personalId,
    schoolCode: details.schoolCode ?? known.schoolCode,
    fullName: details.fullName,
    birthOn: details.birthOn ?? known.birthOn,
    gender: details.gender ?? known.gender,
  }
}

function findMissing(
  students: readonly KnownStudent[],
  inFile: ReadonlySet<string>,
  roster: Roster,
): string[] {
  const named = new Set(
    roster.refused.flatMap((identifiers) =>
      IDENTIFIER_FIELDS.flatMap((field) =>
        identifiers[field] === null ? [] : [`${field} ${identifiers[field]}`],
      ),
    ),
  )
  const isNamed = (student: KnownStudent): boolean =>
    IDENTIFIER_FIELDS.some((field) => named.has(`${field} ${student[field] ?? ''}`))
  return students
    .filter((student) => student.enrolments.open !== null && !inFile.has(student.id) && !isNamed(student))
    .map((student) => student.id)
}
