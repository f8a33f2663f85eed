// What an authority is told of one school: its measures, by fee group, by way of payment and by grade, and
// never a child. What is hidden in the lists of the authority is hidden here too.
import type { Database } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'
import { boardOf } from './board.js'
import type { BoardSchool } from './board.js'
import { hiddenSets, setName } from './board-sets.js'
import type { ReadDashboard } from './dashboard.js'
import { hiddenCounts } from './disclosure.js'
import { HIDDEN_SHARE, toShare } from './figure.js'
import type { HidableShare } from './figure.js'
import { EVERY_GROUP, GROUP_KEYS, isCashless, PAYMENT_CLASSES } from './measure.js'
import type { GroupKey, PaymentClass } from './measure.js'
import { periodOf } from './period.js'
import { lineOf } from './published.js'
import type { SchoolLine } from './published.js'
import type { AuthorityFacts } from './queries/authority.js'
import { readGrades } from './queries/grades.js'
import type { GradeCount } from './queries/grades.js'
import { countKnownStudents } from './queries/students.js'
import type { Fraction } from './rate.js'
import { inScope } from './report.js'
import { countStudents, splitOf } from './tally.js'

export interface SchoolReport {
  authority: AuthorityFacts
  readAt: Date
  asOf: Day
  line: SchoolLine
  groups: readonly (Pick<SchoolLine, 'students' | 'money'> & { group: GroupKey })[]
  /** Empty where nothing may be shown of the school's children. */
  classes: readonly ClassLine[]
  grades: readonly GradeLine[]
  /** Known children without anything to pay: on neither side of M3. Null when their number is small. */
  zeroBillStudents: number | null
}

export interface ClassLine {
  paymentClass: PaymentClass
  isCashless: boolean
  /** Null when so few payments would say what a family paid. */
  payments: number | null
  moneyVnd: number | null
}

export interface GradeLine {
  grade: number | null
  students: HidableShare
}

/**
 * The school's own figures are read now; the schools it is hidden among are those of the authority's dashboard, which
 * is read already when an officer comes from there. Throws SCHOOL_NOT_FOUND for a school that is not on the
 * authority's roster of that day.
 */
export async function readSchoolReport(
  { reportsDb, now, readDashboard }: { reportsDb: Database; now: () => Date; readDashboard: ReadDashboard },
  { authorityId, schoolId, asOf, smallCellMin }: {
    authorityId: string; schoolId: string; asOf: Day; smallCellMin: number
  },
): Promise<SchoolReport> {
  const { authority, board } = await readDashboard({ authorityId, asOf, feeGroup: null })
  const onRoster = board.schools.find((candidate) => candidate.schoolId === schoolId)
  if (onRoster === undefined) throw new DomainError('SCHOOL_NOT_FOUND', `the authority has no such school on ${asOf}`)
  return inScope(reportsDb, { authorityId }, async (trx) => {
    const readAt = now()
    const selection = { roster: [onRoster], points: [periodOf(asOf)], feeGroup: null } as const
    const { schools: [school = onRoster] } = await boardOf(trx, authorityId, selection, 'every')
    const schools = board.schools.map((other) => other.schoolId === schoolId ? school : other)
    const hiddenOf = new Map(GROUP_KEYS.map((group) => [group, hiddenSets(schools, group, smallCellMin)]))
    const lines = GROUP_KEYS.map((group) => ({ group, line: lineOf(school, group, hiddenOf.get(group) ?? new Set()) }))
    const isHidden = hiddenOf.get(EVERY_GROUP)?.has(setName.school(schoolId)) ?? false
    const zeroBill = await countKnownStudents(trx, selection) - countStudents([school], EVERY_GROUP).denominator
    return {
      authority, readAt, asOf,
      line: lineOf(school, EVERY_GROUP, hiddenOf.get(EVERY_GROUP) ?? new Set()),
      groups: lines.map(({ group, line: { students, money } }) => ({ group, students, money })),
      classes: isHidden ? [] : classesOf(school, smallCellMin),
      grades: isHidden ? [] : publishGrades(await readGrades(trx, selection), smallCellMin),
      zeroBillStudents: zeroBill > 0 && zeroBill < smallCellMin ? null : zeroBill,
    }
  })
}

/**
 * Payments of a way that few took are hidden like few children: each is one family's. M5 shows the sums of
 * the cashless ways and of the others, so what is hidden may not follow from those.
 */
function classesOf(school: BoardSchool, smallCellMin: number): ClassLine[] {
  const payments = splitOf([school], EVERY_GROUP, 'payments')
  const moneyVnd = splitOf([school], EVERY_GROUP, 'moneyVnd')
  const counts = new Map<string, Fraction>(PAYMENT_CLASSES.map((name) =>
    [name, { numerator: payments[name], denominator: payments[name] }]))
  const lines = [true, false].map((cashless) => (
    { total: `cashless ${cashless}`, parts: PAYMENT_CLASSES.filter((name) => isCashless(name) === cashless) }))
  const hidden = hiddenCounts(counts, lines, smallCellMin)
  return PAYMENT_CLASSES.map((paymentClass) => ({
    paymentClass, isCashless: isCashless(paymentClass),
    payments: hidden.has(paymentClass) ? null : payments[paymentClass],
    moneyVnd: hidden.has(paymentClass) ? null : moneyVnd[paymentClass],
  }))
}

/** The school's own share stands beside its grades: one hidden grade would be the difference. */
function publishGrades(grades: readonly GradeCount[], smallCellMin: number): GradeLine[] {
  const counts = new Map(grades.map((count) => [nameOf(count), count]))
  const parts = grades.map(nameOf)
  counts.set(TOTAL, grades.reduce((sum, { numerator, denominator }) => ({
    grade: null, numerator: sum.numerator + numerator, denominator: sum.denominator + denominator,
  }), { grade: null, numerator: 0, denominator: 0 }))
  const hidden = hiddenCounts(counts, [{ total: TOTAL, parts }], smallCellMin)
  return grades.map((count) => ({
    grade: count.grade,
    students: hidden.has(nameOf(count))
      ? HIDDEN_SHARE
      : { ...toShare(count), suppressed: false },
  }))
}

const TOTAL = 'total'

function nameOf({ grade }: GradeCount): string {
  return `grade ${grade ?? 'none'}`
}
