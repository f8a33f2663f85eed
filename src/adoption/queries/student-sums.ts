// Counts students per school and point of school years: M3 from the sums of changes, with the students that
// the sums do not tell counted from their rows. Sums and rows are read in one statement, so folding changes
// no figure.
import { sql } from 'kysely'
import { EVERY_GROUP } from '../measure.js'
import type { GroupKey } from '../measure.js'
import { eventsOfLive, liveStudents } from './live-students.js'
import { dataSchoolIds, inPeriod, lastDay, memberAndPoint, periodStart, pointOn } from './selection.js'
import type { Selection, Sql } from './selection.js'

/**
 * CTEs that end in `school_count` (school, point, paid, billed). Every point starts with its school year. A
 * child in two tenants of one roster school counts once. Served by adoption_student_day_pkey.
 */
export function sumsOfStudents(selection: Selection): Sql {
  return sql`${liveEvents(selection)}, school_change AS (
      ${changesOfSums(selection)}
      UNION ALL
      ${changesOf(sql`identity_key`, sql`bills`, sql`paid_vnd`, sql`1`)}
      UNION ALL
      ${changesOf(sql`school_id, student_id`, sql`old_bills`, sql`old_paid_vnd`, sql`-1`)}
    ), point_change AS (
      SELECT school_id, no, sum(billed) AS billed, sum(paid) AS paid FROM school_change GROUP BY school_id, no
    ), school_count AS (
      SELECT r.school_id, p.no, coalesce(sum(c.paid) OVER w, 0) AS numerator,
        coalesce(sum(c.billed) OVER w, 0) AS denominator
      FROM roster r CROSS JOIN point p LEFT JOIN point_change c ON c.school_id = r.school_id AND c.no = p.no
      WINDOW w AS (PARTITION BY r.school_id, p.from_on ORDER BY p.no)
    )`
}

/** CTEs up to `event`: what happened at each point to the students that are counted from their rows. */
function liveEvents(selection: Selection): Sql {
  const no = pointOn(selection, sql`day`)
  return sql`${memberAndPoint(selection)}, ${liveStudents(selection)}, event AS MATERIALIZED (
      SELECT unit_id, school_id, student_id, identity_key, is_shared, ${no} AS no,
        ${periodStart(selection, no)} AS from_on, sum(bills) AS bills, sum(paid_vnd) AS paid_vnd,
        coalesce(sum(bills) FILTER (WHERE folded), 0) AS old_bills,
        coalesce(sum(paid_vnd) FILTER (WHERE folded), 0) AS old_paid_vnd
      FROM (${eventsOfLive(selection)}) e
      WHERE fee_group = ${groupOf(selection)} AND day <= ${lastDay(selection)}
        AND ${inPeriod(selection, sql`issued_on`, no)}
      GROUP BY 1, 2, 3, 4, 5, 6, 7
    )`
}

function changesOfSums(selection: Selection): Sql {
  const no = pointOn(selection, sql`d.changed_on`)
  return sql`SELECT m.school_id, ${no} AS no, d.billed, d.paid
    FROM adoption_student_day d JOIN member m ON m.data_school_id = d.school_id
    WHERE d.school_id = ANY (${dataSchoolIds(selection)}) AND d.fee_group = ${groupOf(selection)}
      AND d.changed_on <= ${lastDay(selection)} AND d.year_on = ${periodStart(selection, no)}`
}

export function groupOf({ feeGroup }: Selection): GroupKey {
  return feeGroup ?? EVERY_GROUP
}

/** What one child (or, in the sums, one student) adds to the counts of each point; `sign` -1 takes it out again. */
export function changesOf(key: Sql, bills: Sql, paidVnd: Sql, sign: Sql, where: Sql = sql``): Sql {
  return sql`SELECT unit_id, no, ${sign} * (billed - lag(billed, 1, 0) OVER w), ${sign} * (paid - lag(paid, 1, 0) OVER w)
    FROM (
      SELECT unit_id, ${key}, from_on, no, (sum(sum(${bills})) OVER w > 0)::integer AS billed,
        (sum(sum(${bills})) OVER w > 0 AND sum(sum(${paidVnd})) OVER w > 0)::integer AS paid
      FROM event ${where} GROUP BY unit_id, ${key}, from_on, no
      WINDOW w AS (PARTITION BY unit_id, ${key}, from_on ORDER BY no)
    ) standing WINDOW w AS (PARTITION BY unit_id, ${key}, from_on ORDER BY no)`
}
