// What every figure's SQL starts from: the roster, the points and the fee group as lists of parameters.
// Figures are per school and point, and the sums over them; this file says how days and tenants map to those
// two.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import { addDays } from '../../time.js'
import type { FeeGroup } from '../../ledger/account.js'
import type { Point } from '../period.js'
import type { LiveStudent } from './live-students.js'
import type { Roster } from './roster.js'

export interface Selection {
  roster: Roster
  /** Ascending by as-of day; two periods are the same or disjoint. */
  points: readonly [Point, ...Point[]]
  feeGroup: FeeGroup | null
  /** Found by an earlier statement of the same snapshot; without it each statement finds them. */
  live?: readonly LiveStudent[] | undefined
}

export type Sql = RawBuilder<unknown>

export function firstDay({ points }: Selection): string {
  return points[0].from
}

export function lastDay({ points }: Selection): string {
  return points[points.length - 1]?.asOf ?? points[0].asOf
}

/** Constant arrays and not a joined table: the planner then knows how many schools and takes the index. */
export function dataSchoolIds({ roster }: Selection): Sql {
  return sql`${roster.flatMap((school) => school.dataSchoolIds)}::uuid[]`
}

/** Rows of (roster school, tenant whose rows count for it). */
export function members({ roster }: Selection): Sql {
  const pairs = roster.flatMap(({ schoolId, dataSchoolIds: ids }) => ids.map((id) => [schoolId, id] as const))
  return sql`unnest(${pairs.map(([unit]) => unit)}::uuid[], ${pairs.map(([, id]) => id)}::uuid[])`
}

/** `member (school_id, data_school_id)` and `point (no, from_on, as_of)`, without the WITH. */
export function memberAndPoint(selection: Selection): Sql {
  const { points } = selection
  return sql`member AS (
      SELECT * FROM ${members(selection)} AS m (school_id, data_school_id)
    ), roster AS (SELECT DISTINCT school_id FROM member
    ), point AS (
      SELECT no::integer, from_on, as_of
      FROM unnest(${points.map(({ from }) => from)}::date[], ${points.map(({ asOf }) => asOf)}::date[])
        WITH ORDINALITY AS p (from_on, as_of, no)
    )`
}

/** The number of the first point whose as-of day is not before `day`; a binary search, no join. */
export function pointOn({ points }: Selection, day: Sql): Sql {
  return sql`width_bucket(${day}, ${points.map(({ asOf }) => addDays(asOf, 1))}::date[]) + 1`
}

/** The first day of the period of point `no`. */
export function periodStart({ points }: Selection, no: Sql): Sql {
  return sql`(${points.map(({ from }) => from)}::date[])[${no}]`
}

/** True when the period of point `no` had begun on `day`: what is older belongs to an earlier period. */
export function inPeriod(selection: Selection, day: Sql, no: Sql): Sql {
  return sql`${day} >= ${periodStart(selection, no)}`
}

/** `AND fee_group = …`, or nothing when every group counts. */
export function ofFeeGroup({ feeGroup }: Selection): Sql {
  return feeGroup === null ? sql`` : sql`AND fee_group = ${feeGroup}`
}
