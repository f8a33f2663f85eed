// Everything that one address of the dashboard shows, taken from one snapshot: pages, files and the printed
// report of the same address say the same. Pure.
import type { Dashboard } from '../../adoption/dashboard.js'
import { EVERY_GROUP } from '../../adoption/measure.js'
import type { GroupKey } from '../../adoption/measure.js'
import { publishByArea, publishByGroup, publishDistribution, publishGlance, publishSchools, publishTable, publishTrend,
  rankSchools, schoolsIn } from '../../adoption/published.js'
import type { PublishQuery, RankedBy } from '../../adoption/published.js'
import { parseThreshold } from '../../adoption/rate.js'
import { trendOf } from '../../adoption/trend.js'
import { SCHOOL_LEVELS } from '../../directory/school.js'
import { schoolYearOf } from '../../time.js'
import { thresholdShare } from './query.js'
import type { DashboardView } from './query.js'

export type Model = ReturnType<typeof modelOf>

export function modelOf(dashboard: Dashboard, view: DashboardView, smallCellMin: number) {
  const { authority, readAt, board, lastYear } = dashboard
  const query = publishQuery(view, smallCellMin)
  const { filter } = query
  const schools = publishSchools(board, query)
  const rankedBy = rankedByOf(view)
  const inScope = new Set(schoolsIn(board, filter).map(({ schoolId }) => schoolId))
  return {
    authority, readAt, view, smallCellMin, rankedBy,
    from: board.from,
    schoolYear: schoolYearOf(board.asOf),
    glance: publishGlance(board, query),
    byGroup: publishByGroup(board, query),
    byArea: view.area === null ? publishByArea(board, query) : [],
    lastYear: { asOf: lastYear.asOf, glance: publishGlance(lastYear, query) },
    trend: publishTrend(trendOf(board.changes, inScope), board, query),
    schools,
    ranked: rankSchools(schools, rankedBy),
    distribution: publishDistribution(schools, rankedBy),
    table: publishTable(board, SCHOOL_LEVELS, query),
    notStarted: schools.filter(({ state }) => state !== 'started'),
  }
}

function publishQuery(view: DashboardView, smallCellMin: number): PublishQuery {
  return {
    filter: { level: view.level, area: view.area },
    group: groupOf(view),
    thresholdOf: view.thresholdOf,
    threshold: parseThreshold(thresholdShare(view.threshold)),
    smallCellMin,
  }
}

export function groupOf({ feeGroup }: Pick<DashboardView, 'feeGroup'>): GroupKey {
  return feeGroup ?? EVERY_GROUP
}

/** M2 is yes or no for a school; schools are ranked by students then. */
function rankedByOf({ measure }: DashboardView): RankedBy {
  return measure === 'M5' ? 'M5' : 'M3'
}

/** In percent, `0-10` to `90-100`: each step begins where the one before ends. */
export function binLabel(index: number): string {
  return `${index * 10}-${index * 10 + 10}`
}
