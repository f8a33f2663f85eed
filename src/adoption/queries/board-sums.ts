// Every count of students of a whole roster, school by school and by fee group, as of one day and at each
// point before it: what an authority's page is made of. Sums over schools are made of these rows and never
// read again.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import { GROUP_KEYS } from '../measure.js'
import type { GroupKey } from '../measure.js'
import { eventsOfLive, liveStudents } from './live-students.js'
import { dataSchoolIds, firstDay, lastDay, memberAndPoint, pointOn } from './selection.js'
import type { Selection } from './selection.js'
import { changesOf, groupOf } from './student-sums.js'

/**
 * Without `identity_key`: students of a school who are in no other school of the roster. With it: the bills
 * and the cashless đồng of one child in this school, because in which sums that child counts depends on the
 * schools summed. `no` is null in the counts as of the last point, and a point's number in what changed at
 * that point.
 */
export interface StudentSum {
  school_id: string
  fee_group: GroupKey
  no: number | null
  identity_key: string | null
  billed: number
  paid: number
}

/**
 * Points of one school year. As of the last one for the groups asked for; what changed at each point for the
 * selection's own group. Served by adoption_student_day_pkey, and by what serves the live students.
 */
export async function readStudentSums(
  db: Kysely<Tables>, selection: Selection, groups: 'every' | 'own',
): Promise<StudentSum[]> {
  const asOf = lastDay(selection)
  const own = groupOf(selection)
  const wanted = sql`fee_group = ANY (${groups === 'every' ? GROUP_KEYS : [own]}::text[])`
  const { rows } = await sql<StudentSum>`
    WITH ${memberAndPoint(selection)}, ${liveStudents(selection)}, event AS MATERIALIZED (
      SELECT unit_id, school_id, student_id, identity_key, is_shared, fee_group, ${pointOn(selection, sql`day`)} AS no,
        ${firstDay(selection)}::date AS from_on, sum(bills) AS bills, sum(paid_vnd) AS paid_vnd,
        coalesce(sum(bills) FILTER (WHERE folded), 0) AS old_bills,
        coalesce(sum(paid_vnd) FILTER (WHERE folded), 0) AS old_paid_vnd
      FROM (${eventsOfLive(selection)}) e WHERE day <= ${asOf} AND ${wanted}
      GROUP BY 1, 2, 3, 4, 5, 6, 7
    ), standing AS (
      SELECT unit_id, is_shared, fee_group, sum(bills) > 0 AS billed, sum(bills) > 0 AND sum(paid_vnd) > 0 AS paid,
        sum(old_bills) > 0 AS old_billed, sum(old_bills) > 0 AND sum(old_paid_vnd) > 0 AS old_paid
      FROM event GROUP BY unit_id, school_id, student_id, is_shared, fee_group
    ), tenant AS MATERIALIZED (
      SELECT school_id, fee_group, ${pointOn(selection, sql`changed_on`)} AS no, sum(billed) AS billed, sum(paid) AS paid
      FROM adoption_student_day
      WHERE school_id = ANY (${dataSchoolIds(selection)}) AND year_on = ${firstDay(selection)} AND ${wanted}
        AND changed_on <= ${asOf}
      GROUP BY 1, 2, 3
    ), part AS (
      SELECT m.school_id, t.fee_group, NULL::integer AS no, t.billed, t.paid
      FROM tenant t JOIN member m ON m.data_school_id = t.school_id
      UNION ALL
      SELECT unit_id, fee_group, NULL, (billed AND NOT is_shared)::integer - old_billed::integer,
        (paid AND NOT is_shared)::integer - old_paid::integer
      FROM standing
      UNION ALL
      SELECT m.school_id, t.fee_group, t.no, t.billed, t.paid
      FROM tenant t JOIN member m ON m.data_school_id = t.school_id WHERE t.fee_group = ${own}
      UNION ALL
      SELECT unit_id, ${own}, no, billed, paid FROM (
        ${changesOf(sql`identity_key`, sql`bills`, sql`paid_vnd`, sql`1`, sql`WHERE fee_group = ${own} AND NOT is_shared`)}
        UNION ALL
        ${changesOf(sql`school_id, student_id`, sql`old_bills`, sql`old_paid_vnd`, sql`-1`, sql`WHERE fee_group = ${own}`)}
      ) change (unit_id, no, billed, paid)
    )
    SELECT school_id, fee_group, no, NULL AS identity_key, sum(billed)::bigint AS billed, sum(paid)::bigint AS paid
    FROM part GROUP BY school_id, fee_group, no
    UNION ALL
    SELECT unit_id, fee_group, NULL, identity_key, sum(bills)::bigint, sum(paid_vnd)::bigint
    FROM event WHERE is_shared GROUP BY unit_id, fee_group, identity_key
    UNION ALL
    SELECT unit_id, fee_group, no, identity_key, sum(bills)::bigint, sum(paid_vnd)::bigint
    FROM event WHERE is_shared AND fee_group = ${own} GROUP BY unit_id, fee_group, no, identity_key`.execute(db)
  return rows
}
