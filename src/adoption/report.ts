// Answers what a figure of a school or an authority is, as of a day or over time, and school by school. Each
// answer is read in one transaction that sees only what its scope may see.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Database, Work } from '../db/tenancy.js'
import type { Tables } from '../db/tables.js'
import type { SchoolLevel } from '../directory/school.js'
import { DomainError } from '../errors.js'
import type { FeeGroup } from '../ledger/account.js'
import type { Day } from '../time.js'
import { emptySplit, fractionOf, HIDDEN_SHARE, NO_SHARE, toMoneyShare, toSeriesPoint, toShare, toStudentShare } from './figure.js'
import type { ClassSplit, HidableShare, SeriesPoint, Share } from './figure.js'
import { EVERY_GROUP, MEASURE_VERSION } from './measure.js'
import type { Measure, ThresholdMeasure } from './measure.js'
import { isSchoolYear, schoolYearStartOf, seriesPoints } from './period.js'
import type { Point, Step } from './period.js'
import { readStudentSums } from './queries/board-sums.js'
import { countsBySchool, schoolsAbove, schoolsDeployed, schoolsWithChannel, studentsAsOf, studentsOverTime,
} from './queries/counts.js'
import { amountsByClass } from './queries/payments.js'
import { findRoster } from './queries/roster.js'
import type { Roster, RosterSchool, RosterScope } from './queries/roster.js'
import type { Selection } from './queries/selection.js'
import { countKnownStudents } from './queries/students.js'
import { parseThreshold } from './rate.js'
import type { Fraction } from './rate.js'
import { talliesOf } from './tallies.js'
import { countStudents } from './tally.js'

export interface Filters {
  feeGroup: FeeGroup | null
  level: SchoolLevel | null
  /** A decimal from 0 to 1, for M6. */
  threshold: string
  thresholdOf: ThresholdMeasure
}

export interface Figure extends Share, Filters {
  measure: Measure
  version: number
  from: Day
  asOf: Day
  /** The roster is that of the as-of day. */
  rosterAsOf: Day
  rosterSchools: number
  /** What is in neither side; null where it does not apply to the measure. */
  excluded: { zeroBillStudents: number | null; noDataSchools: number | null; hiddenSchools: number }
  /** M4 and M5: payments or đồng by class, proxies and cash apart. */
  byClass: ClassSplit | null
}

/**
 * The figure as of the end of a day; the schools `without` are on neither side. Throws PERIOD_INVALID, PERIOD_EXCEEDED,
 * FIGURE_REFUSED.
 */
export async function readFigure(
  db: Kysely<Tables>, scope: RosterScope, measure: Measure, period: Point, filters: Filters,
  without: ReadonlySet<string> = new Set(),
): Promise<Figure> {
  // M2 speaks of the school year by definition, whatever period was asked.
  const point = measure === 'M2' ? { ...period, from: schoolYearStartOf(period.asOf) } : period
  const roster = await findRoster(db, scope, point.asOf, filters.level)
  const counted = roster.filter(({ schoolId }) => !without.has(schoolId))
  const selection = selectionOf(counted, [point], filters)
  const { counts, excluded, byClass } = await countOnce(db, measure, selection, filters)
  return {
    measure, version: MEASURE_VERSION, ...toShare(counts), ...point, rosterAsOf: point.asOf,
    rosterSchools: roster.length, ...filters, byClass: byClass ?? null,
    excluded: {
      zeroBillStudents: excluded?.zeroBillStudents ?? null,
      noDataSchools: excluded?.noDataSchools ?? null,
      hiddenSchools: roster.length - counted.length,
    },
  }
}

const NOTHING: Fraction = { numerator: 0, denominator: 0 }

interface Counted {
  counts: Fraction
  excluded?: { zeroBillStudents?: number; noDataSchools?: number }
  byClass?: ClassSplit
}

async function countOnce(
  db: Kysely<Tables>, measure: Measure, selection: Selection, filters: Filters,
): Promise<Counted> {
  const { roster } = selection
  if (measure === 'M3' && selection.points.every(isSchoolYear)) return countStudentsOfYear(db, selection)
  if (measure === 'M3') {
    const { zero_bill, no_data_schools, ...counts } = await studentsAsOf(db, selection)
    return { counts, excluded: { zeroBillStudents: zero_bill, noDataSchools: no_data_schools } }
  }
  if (measure === 'M4' || measure === 'M5') {
    const { splits, noDataSchools } = await splitsByPoint(db, measure, selection)
    const byClass = splits[0] ?? emptySplit()
    return { counts: fractionOf(byClass), excluded: { noDataSchools }, byClass }
  }
  const [counts = NOTHING] = await countPoints(db, measure, selection, filters)
  if (measure !== 'M6') return { counts }
  return { counts, excluded: { noDataSchools: roster.length - counts.denominator } }
}

/** M3 from the sums of the school year. Who is known and not billed has nothing to pay. */
async function countStudentsOfYear(db: Kysely<Tables>, selection: Selection): Promise<Counted> {
  const group = selection.feeGroup ?? EVERY_GROUP
  const tallies = talliesOf(await readStudentSums(db, selection, 'own'), [])
  const schools = [...tallies.values()].map((groups) => ({ hasChannel: false, groups }))
  const counts = countStudents(schools, group)
  const withBills = schools.filter((school) => countStudents([school], group).denominator > 0)
  return {
    counts,
    excluded: {
      zeroBillStudents: await countKnownStudents(db, selection) - counts.denominator,
      noDataSchools: selection.roster.length - withBills.length,
    },
  }
}

export interface Series {
  measure: Measure
  version: number
  from: Day
  to: Day
  step: Step
  rosterAsOf: Day
  rosterSchools: number
  points: SeriesPoint[]
}

/**
 * A curve: each point is the figure of its school year up to that day. All points are about one roster, that
 * of `to` (a successor brings its predecessors), so that the curve shows payments and not school mergers.
 */
export async function readSeries(
  db: Kysely<Tables>, scope: RosterScope, measure: Measure,
  { from, to, step }: { from: Day; to: Day; step: Step }, filters: Filters,
): Promise<Series> {
  const points = seriesPoints(from, to, step)
  const roster = await findRoster(db, scope, to, filters.level)
  const counts = await countPoints(db, measure, selectionOf(roster, points, filters), filters)
  return {
    measure, version: MEASURE_VERSION, from, to, step, rosterAsOf: to, rosterSchools: roster.length,
    points: points.map(({ asOf }, index) => toSeriesPoint(asOf, counts[index] ?? NOTHING)),
  }
}

async function countPoints(
  db: Kysely<Tables>, measure: Measure, selection: Selection, filters: Filters,
): Promise<Fraction[]> {
  switch (measure) {
    case 'M1': return schoolsWithChannel(db, selection)
    case 'M2': return schoolsDeployed(db, selection)
    case 'M3': return studentsOverTime(db, selection)
    case 'M4':
    case 'M5': return (await splitsByPoint(db, measure, selection)).splits.map(fractionOf)
    case 'M6': return schoolsAbove(db, selection, filters.thresholdOf, parseThreshold(filters.threshold))
  }
}

/** Amounts come per point; within one period they add up from its start. */
async function splitsByPoint(db: Kysely<Tables>, measure: 'M4' | 'M5', selection: Selection) {
  const rows = await amountsByClass(db, selection, measure === 'M4' ? 'payments' : 'paid_vnd')
  const splits: ClassSplit[] = []
  let running = emptySplit()
  for (const [index, point] of selection.points.entries()) {
    running = selection.points[index - 1]?.from === point.from ? { ...running } : emptySplit()
    for (const { no, payment_class, amount } of rows) {
      if (no === index + 1 && payment_class !== null) running[payment_class] += amount
    }
    splits.push(running)
  }
  return { splits, noDataSchools: rows[0]?.no_data_schools ?? selection.roster.length }
}

function selectionOf(roster: Roster, [first, ...rest]: readonly Point[], { feeGroup }: Filters): Selection {
  if (first === undefined) throw new Error('a selection has at least one point')
  return { roster, points: [first, ...rest], feeGroup }
}

export interface SchoolRow {
  schoolId: string
  name: string
  deployed: boolean
  students: HidableShare
  money: Omit<HidableShare, 'suppressed'>
}

/**
 * M2, M3 and M5 of some schools of one roster. Small cells of students are hidden, and so are those in
 * `hidden`; the money of few children is hidden with them.
 */
export async function readSchoolRows(
  db: Kysely<Tables>, schools: readonly RosterSchool[], period: Point, filters: Filters, smallCellMin: number,
  hidden: (schoolId: string) => boolean = () => false,
): Promise<SchoolRow[]> {
  const schoolYear = { ...period, from: schoolYearStartOf(period.asOf) }
  const payments = await countsBySchool(db, selectionOf(schools, [schoolYear], filters), 'payments')
  const students = await countsBySchool(db, selectionOf(schools, [period], filters), 'students')
  const money = await countsBySchool(db, selectionOf(schools, [period], filters), 'paid_vnd')
  const of = (counts: typeof payments): Map<string, Fraction> =>
    new Map(counts.map((row) => [row.school_id, row]))
  const [paymentsOf, studentsOf, moneyOf] = [of(payments), of(students), of(money)]
  return schools.map(({ schoolId, name }) => {
    const students = hidden(schoolId)
      ? HIDDEN_SHARE
      : toStudentShare(studentsOf.get(schoolId) ?? NOTHING, smallCellMin)
    const money = students.suppressed ? NO_SHARE : toMoneyShare(moneyOf.get(schoolId) ?? NOTHING)
    return { schoolId, name, deployed: (paymentsOf.get(schoolId)?.numerator ?? 0) > 0, students, money }
  })
}

// A province has 300,000 children; with the usual 4 MB their sums would be sorted on disk, and compiling a statement
// (jit) would take longer than it runs.
const WORK_MEM = '64MB'

/** Opens the transaction that a scope is read in. Throws AUTHORITY_NOT_FOUND. */
export async function inScope<T>(db: Database, scope: RosterScope, work: Work<T>): Promise<T> {
  if ('schoolId' in scope) return db.inSchool(scope.schoolId, work)
  return db.asAuthority(scope.authorityId, async (trx) => {
    await sql`SELECT set_config('work_mem', ${WORK_MEM}, true), set_config('jit', 'off', true)`.execute(trx)
    const found = await trx.selectFrom('authority').select('id')
      .where('id', '=', scope.authorityId).executeTakeFirst()
    if (!found) throw new DomainError('AUTHORITY_NOT_FOUND', 'there is no such authority')
    return work(trx)
  })
}

