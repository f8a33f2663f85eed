// P7 for the sums of students: how many were billed and how many paid without cash, day by day, told again
// from the bills and allocations that are folded. It shares no SQL with the fold.
import { sql } from 'kysely'
import { CASHLESS_CLASSES } from '../adoption/measure.js'
import { rowsThat } from './promise.js'

/** Bills and money per student, school year and fee group ('all' beside each), with the day on which they count. */
const movement = sql`(
  WITH bill AS (
    SELECT i.school_id, i.id, i.student_id, i.issued_on, i.withdrawn_on, i.payable_vnd,
      bool_or(u.change = 'withdrawn') IS TRUE AS withdrawal_waits
    FROM invoice i LEFT JOIN adoption_unfolded u ON u.school_id = i.school_id AND u.student_id = i.student_id
      AND u.subject_id = i.id AND u.change <> 'identity'
    GROUP BY i.school_id, i.id HAVING bool_or(u.change = 'issued') IS NOT TRUE
  ), asked AS (
    SELECT school_id, id, 'all' AS fee_group FROM bill WHERE payable_vnd > 0
    UNION
    SELECT school_id, invoice_id, fee_group FROM invoice_line WHERE payable_vnd > 0
  )
  SELECT b.school_id, b.student_id, b.issued_on, a.fee_group, b.issued_on AS day, 1 AS bills, 0 AS vnd
  FROM bill b JOIN asked a USING (school_id, id)
  UNION ALL
  SELECT b.school_id, b.student_id, b.issued_on, a.fee_group, b.withdrawn_on, -1, 0
  FROM bill b JOIN asked a USING (school_id, id) WHERE b.withdrawn_on IS NOT NULL AND NOT b.withdrawal_waits
  UNION ALL
  SELECT school_id, student_id, issued_on, unnest(ARRAY['all', fee_group]), greatest(counted_on, issued_on), 0, paid_vnd
  FROM adoption_fact WHERE folded AND payment_class = ANY (${CASHLESS_CLASSES}::text[]))`

export const studentSums = rowsThat('day counts of students that are not what their bills and money say', sql`
  WITH day_sum AS (
    SELECT school_id, student_id, fee_group, day, sum(bills) AS bills, sum(vnd) AS vnd,
      extract(year FROM issued_on)::int - (extract(month FROM issued_on) < 8)::int AS school_year
    FROM ${movement} AS movement GROUP BY school_id, student_id, fee_group, day, school_year
  ), after AS (
    SELECT school_id, student_id, school_year, fee_group, day, sum(bills) OVER w > 0 AS billed,
      sum(bills) OVER w > 0 AND sum(vnd) OVER w > 0 AS paid
    FROM day_sum WINDOW w AS (PARTITION BY school_id, student_id, school_year, fee_group ORDER BY day)
  ), change AS (
    SELECT *, billed::int - lag(billed::int, 1, 0) OVER w AS billed_more, paid::int - lag(paid::int, 1, 0) OVER w AS paid_more
    FROM after WINDOW w AS (PARTITION BY school_id, student_id, school_year, fee_group ORDER BY day)
  ), counted AS (
    SELECT school_id, school_year, fee_group, day, sum(billed_more) AS billed, sum(paid_more) AS paid
    FROM change GROUP BY school_id, school_year, fee_group, day
  ), stored AS (
    SELECT school_id, extract(year FROM year_on)::int AS school_year, fee_group, changed_on AS day, billed, paid
    FROM adoption_student_day
  )
  SELECT 'school ' || school_id || ' ' || concat_ws(' ', day, fee_group) || ': '
    || coalesce(stored.billed, 0) || ' billed and ' || coalesce(stored.paid, 0) || ' paid stored, '
    || coalesce(counted.billed, 0) || ' and ' || coalesce(counted.paid, 0) || ' counted' AS id
  FROM stored FULL JOIN counted USING (school_id, school_year, fee_group, day)
  WHERE (coalesce(stored.billed, 0), coalesce(stored.paid, 0))
    <> (coalesce(counted.billed, 0), coalesce(counted.paid, 0))`)

/** A child whom the sums do not know by its key would count twice in a province. */
export const studentKeys = rowsThat('billed students that the sums do not know under their key', sql`
  SELECT DISTINCT s.id FROM student s JOIN invoice i ON i.school_id = s.school_id AND i.student_id = s.id
  LEFT JOIN adoption_student k ON k.school_id = i.school_id AND k.student_id = i.student_id
    AND extract(year FROM k.year_on) = extract(year FROM i.issued_on) - (extract(month FROM i.issued_on) < 8)::int
  WHERE i.payable_vnd > 0 AND k.identity_key IS DISTINCT FROM s.identity_key
    AND NOT EXISTS (SELECT FROM adoption_unfolded u WHERE u.school_id = s.school_id AND u.student_id = s.id)`)
