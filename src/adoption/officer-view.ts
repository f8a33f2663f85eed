// May this figure be shown to an authority? People and tokens of an authority hear of schools and never of a child: the
// school year as a whole, and no count that is small or that gives a small one away (facts, school-fees §7). A school
// itself and the operator of the system read its figures as they are.
import type { Actor } from '../access/actor.js'
import type { Database } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { readBoard } from './board.js'
import { hiddenSets, setName } from './board-sets.js'
import type { SeriesPoint } from './figure.js'
import { isSmall } from './disclosure.js'
import { EVERY_GROUP } from './measure.js'
import type { Measure } from './measure.js'
import { isSchoolYear } from './period.js'
import type { Point, Step } from './period.js'
import type { RosterScope } from './queries/roster.js'
import { inScope } from './report.js'
import type { Figure, Filters, Series } from './report.js'

/** The authorities through which the caller reaches a scope, or undefined for who reads it as it is. */
export function officerOf({ grants }: Pick<Actor, 'grants'>, scope: RosterScope): readonly string[] | undefined {
  const held = grants.filter(({ scopes }) => scopes.includes('reports:read'))
  const isOwn = held.some(({ schoolId, authorityId }) =>
    authorityId === null && (schoolId === null || ('schoolId' in scope && schoolId === scope.schoolId)))
  if (isOwn) return undefined
  return 'authorityId' in scope ? [scope.authorityId] : held.flatMap(({ authorityId }) => authorityId ?? [])
}

/** Whether a school has a channel or was paid at all is about no child. */
const ABOUT_CHILDREN: readonly Measure[] = ['M3', 'M4', 'M5']

interface Asked {
  scope: RosterScope
  measure: Measure
  period: Point
  filters: Filters
}

/**
 * Gives the ids of the schools whose shares are hidden, which M6 may not count: with a threshold of one's choice, a
 * hidden share could be found by asking again and again.
 *
 * Throws PERIOD_REFUSED for a part of a school year, FORBIDDEN for a school that is not under the authority on that
 * day, SMALL_CELL_REFUSED for what would tell of few children.
 */
export async function assertShown(
  db: Database, authorityIds: readonly string[], { scope, measure, period, filters }: Asked, smallCellMin: number,
): Promise<ReadonlySet<string>> {
  const hiddenSchools = new Set<string>()
  if (!isSchoolYear(period)) {
    throw new DomainError('PERIOD_REFUSED', 'an authority reads figures of a school year: leave out `from`')
  }
  for (const authorityId of authorityIds) {
    const hidden = await inScope(db, { authorityId }, async (trx) => {
      const { schools } = await readBoard(trx, authorityId, period.asOf)
      if ('schoolId' in scope && !schools.some(({ schoolId }) => schoolId === scope.schoolId)) {
        throw new DomainError('FORBIDDEN', 'the school is not under this authority on that day')
      }
      const sets = hiddenSets(schools, filters.feeGroup ?? EVERY_GROUP, smallCellMin)
      for (const { schoolId } of schools) if (sets.has(setName.school(schoolId))) hiddenSchools.add(schoolId)
      return sets
    })
    const name = 'schoolId' in scope ? setName.school(scope.schoolId)
      : setName.filter({ level: filters.level, area: null })
    const isOneShare = measure === 'M6' && 'schoolId' in scope
    if ((isOneShare || ABOUT_CHILDREN.includes(measure)) && hidden.has(name)) {
      throw new DomainError('SMALL_CELL_REFUSED', 'this figure counts few children, or gives such a count away')
    }
  }
  return hiddenSchools
}

/** Without the small count that stands beside the figure itself. */
export function withoutSmallCounts(figure: Figure, smallCellMin: number): Figure {
  const { zeroBillStudents } = figure.excluded
  const isFew = zeroBillStudents !== null && zeroBillStudents > 0 && zeroBillStudents < smallCellMin
  return isFew ? { ...figure, excluded: { ...figure.excluded, zeroBillStudents: null } } : figure
}

/** Which schools M6 may count differs from day to day, so it is no curve. */
export function assertCurve(measure: Measure, step: Step): void {
  if (step === 'day') throw new DomainError('PERIOD_REFUSED', 'an authority reads curves by week or by month')
  if (measure === 'M6') throw new DomainError('PERIOD_REFUSED', 'an authority reads M6 as of a day, not as a curve')
}

/** Points that would show few children are left out, as are those whose counts are no share. */
export function withoutSmallPoints(series: Series, smallCellMin: number): Series {
  if (!ABOUT_CHILDREN.includes(series.measure)) return series
  return { ...series, points: series.points.map((point) => hidePoint(point, smallCellMin)) }
}

function hidePoint(point: SeriesPoint, smallCellMin: number): SeriesPoint {
  const { asOf, numerator, denominator } = point
  if (numerator === null || denominator === null || !isSmall({ numerator, denominator }, smallCellMin)) return point
  return { asOf, numerator: null, denominator: null, rate: null, refused: true }
}
