// Reads figures as the pages do and counts each again row by row, in the same snapshot: M2 to M5 of schools
// that have money and of the largest authorities. It goes on until its budget of rows is spent and says where
// it stopped.
import { sql } from 'kysely'
import { compareFigure } from '../adoption/compare-figure.js'
import type { FigureScope } from '../adoption/compare-figure.js'
import { periodOf } from '../adoption/period.js'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import { SHOWN_IDS } from './promise.js'
import type { Check } from './promise.js'

const MEASURES = ['M2', 'M3', 'M4', 'M5'] as const
// A recount reads the allocations of a scope into memory, once a measure.
const ALLOCATION_BUDGET = 500_000
const MAX_SCHOOLS = 50
const MAX_AUTHORITIES = 5

// Money on a day that no bank can have meant is P6's to find; as of such a day there is no figure.
const believable = sql`(SELECT school_id, counted_on FROM allocation
  WHERE counted_on BETWEEN '2000-01-01' AND recorded_at::date + 401)`

interface Candidate {
  scope: FigureScope
  name: string
  allocations: number
  asOf: Day
}

export const recountFigures: Check = {
  fault: 'figures that are not what the rows say',
  async find(trx) {
    const candidates = [...await largestAuthorities(trx), ...await schoolsWithMoney(trx)]
    const wrong: string[] = []
    let compared = 0
    let skipped = 0
    let budget = ALLOCATION_BUDGET
    for (const { scope, name, allocations, asOf } of candidates) {
      if (allocations > budget) {
        skipped++
        continue
      }
      budget -= allocations
      for (const measure of MEASURES) {
        compared++
        const { shown, counted } = await compareFigure(trx, scope, measure, periodOf(asOf))
        if (shown === counted) continue
        wrong.push(`${name} ${measure} as of ${asOf}: ${shown} shown, ${counted} counted`)
      }
    }
    return {
      count: wrong.length,
      ids: wrong.slice(0, SHOWN_IDS),
      looked: { what: 'figures read and recounted', count: compared },
      ...(skipped > 0 && {
        note: `${skipped} schools or authorities were too large to recount figure by figure`,
      }),
    }
  },
}

/** As of the last day on which money counted: an empty school year would prove nothing. */
async function schoolsWithMoney(trx: Trx): Promise<Candidate[]> {
  const { rows } = await sql<{ id: string; allocations: number; as_of: Day }>`
    SELECT school_id AS id, count(*) AS allocations, max(counted_on) AS as_of FROM ${believable} AS money
    GROUP BY school_id ORDER BY count(*) DESC, school_id LIMIT ${MAX_SCHOOLS}`.execute(trx)
  return rows.map(({ id, allocations, as_of: asOf }) =>
    ({ scope: { schoolId: id }, name: `school ${id}`, allocations, asOf }))
}

async function largestAuthorities(trx: Trx): Promise<Candidate[]> {
  const { rows } = await sql<{ id: string; allocations: number; as_of: Day }>`
    SELECT link.authority_id AS id, sum(money.allocations)::bigint AS allocations, max(money.as_of) AS as_of
    FROM (SELECT DISTINCT authority_id, school_id FROM school_authority) link
    JOIN (SELECT school_id, count(*) AS allocations, max(counted_on) AS as_of FROM ${believable} AS believable
      GROUP BY school_id) money USING (school_id)
    GROUP BY link.authority_id ORDER BY count(*) DESC, link.authority_id
    LIMIT ${MAX_AUTHORITIES}`.execute(trx)
  return rows.map(({ id, allocations, as_of: asOf }) =>
    ({ scope: { authorityId: id }, name: `authority ${id}`, allocations, asOf }))
}
