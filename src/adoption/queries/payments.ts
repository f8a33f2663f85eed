// Counts payments and đồng per school: M2, M4, M5. Day sums and the facts that are not folded yet are read in
// one statement, so a figure is the same before, during and after folding.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import { CASHLESS_CLASSES } from '../measure.js'
import type { PaymentClass } from '../measure.js'
import { dataSchoolIds, firstDay, inPeriod, lastDay, memberAndPoint, ofFeeGroup, pointOn } from './selection.js'
import type { Selection, Sql } from './selection.js'

export type Counted = 'payments' | 'paid_vnd'

/**
 * CTEs up to `bucket` (school, point, class, amount within the point) and `school_count` (school, point,
 * cashless and all, from the period's start). Served by adoption_day_pkey and adoption_fact_unfolded.
 */
export function paymentsBySchool(selection: Selection, counted: Counted): Sql {
  const ids = dataSchoolIds(selection)
  const payments = selection.feeGroup === null ? sql.ref('source_payments') : sql.ref('group_payments')
  const amount = counted === 'paid_vnd' ? sql.ref('paid_vnd') : payments
  const inRange = sql`school_id = ANY (${ids})
    AND counted_on BETWEEN ${firstDay(selection)} AND ${lastDay(selection)} ${ofFeeGroup(selection)}`
  return sql`${memberAndPoint(selection)}, fact AS (
      SELECT school_id, counted_on, payment_class, ${amount} AS amount,
        ${pointOn(selection, sql`counted_on`)} AS no
      FROM adoption_day WHERE ${inRange}
      UNION ALL
      SELECT school_id, counted_on, payment_class, ${amount}, ${pointOn(selection, sql`counted_on`)}
      FROM adoption_fact WHERE NOT folded AND ${inRange}
    ), bucket AS (
      SELECT m.school_id, f.no, f.payment_class, sum(f.amount) AS amount
      FROM fact f JOIN member m ON m.data_school_id = f.school_id
      WHERE ${inPeriod(selection, sql`f.counted_on`, sql`f.no`)}
      GROUP BY m.school_id, f.no, f.payment_class
    ), school_bucket AS (
      SELECT school_id, no, sum(amount) AS total,
        sum(amount) FILTER (WHERE payment_class = ANY (${CASHLESS_CLASSES}::text[])) AS cashless
      FROM bucket GROUP BY school_id, no
    ), school_count AS (
      SELECT r.school_id, p.no, coalesce(sum(b.cashless) OVER w, 0) AS numerator,
        coalesce(sum(b.total) OVER w, 0) AS denominator
      FROM roster r CROSS JOIN point p LEFT JOIN school_bucket b ON b.school_id = r.school_id AND b.no = p.no
      WINDOW w AS (PARTITION BY r.school_id, p.from_on ORDER BY p.no)
    )`
}

export interface ClassAmount {
  no: number
  payment_class: PaymentClass | null
  /** What came in within the point, not from the period's start. */
  amount: number
  no_data_schools: number
}

/** M4 and M5: per point and class; a point without money has one row without a class. */
export async function amountsByClass(
  db: Kysely<Tables>, selection: Selection, counted: Counted,
): Promise<ClassAmount[]> {
  const { rows } = await sql<ClassAmount>`
    WITH ${paymentsBySchool(selection, counted)}
    SELECT p.no, b.payment_class, coalesce(sum(b.amount), 0)::bigint AS amount,
      (SELECT count(*) FROM school_count c
        WHERE c.no = ${selection.points.length} AND NOT ${hasData}) AS no_data_schools
    FROM point p LEFT JOIN bucket b USING (no) GROUP BY p.no, b.payment_class ORDER BY p.no`.execute(db)
  return rows
}

/** A school whose net is 0 or was taken back beyond the period's own money has nothing to show. */
export const hasData: Sql = sql`(denominator > 0 AND numerator BETWEEN 0 AND denominator)`
