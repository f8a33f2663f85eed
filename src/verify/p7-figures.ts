// P7: every reported figure equals a recount from the rows. The sums that figures are read from are recounted
// whole, in SQL; the figures themselves are read and recounted for as many scopes as a run can afford.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import { recountFigures } from './recount-figures.js'
import { studentKeys, studentSums } from './recount-students.js'
import { rowsThat } from './promise.js'
import type { CheckedPromise, Rows } from './promise.js'

/** What figures read: folded day sums, and the facts that are not folded yet. */
const shown = sql`(
  SELECT school_id, counted_on, fee_group, payment_class, paid_vnd, source_payments, group_payments
  FROM adoption_day
  UNION ALL
  SELECT school_id, counted_on, fee_group, payment_class, paid_vnd, source_payments, group_payments
  FROM adoption_fact WHERE NOT folded)`

/**
 * A payment counts +1 on the day its net rises above 0 and -1 on the day it falls back (fact.ts). `cell` are
 * the columns by which figures tell payments apart; `column` is the stored count.
 */
function payments(column: RawBuilder<unknown>, cell: RawBuilder<unknown>): Rows {
  return sql`
    WITH change AS (
      SELECT school_id, coalesce(bank_transaction_id, cash_receipt_id) AS source_id, counted_on, ${cell},
        sum(amount_vnd) AS vnd
      FROM allocation GROUP BY 1, 2, 3, ${cell}
    ), net AS (
      SELECT *, sum(vnd) OVER (PARTITION BY school_id, source_id, ${cell} ORDER BY counted_on) AS after
      FROM change
    ), counted AS (
      SELECT school_id, counted_on, ${cell}, sum((after > 0)::int - (after - vnd > 0)::int) AS payments
      FROM net GROUP BY school_id, counted_on, ${cell}
    ), stored AS (
      SELECT school_id, counted_on, ${cell}, sum(${column}) AS payments FROM ${shown} AS shown
      GROUP BY school_id, counted_on, ${cell}
    )
    SELECT 'school ' || school_id || ' ' || counted_on || ' ' || concat_ws(' ', ${cell}) || ': '
      || coalesce(stored.payments, 0) || ' stored, ' || coalesce(counted.payments, 0) || ' counted' AS id
    FROM stored FULL JOIN counted USING (school_id, counted_on, ${cell})
    WHERE coalesce(stored.payments, 0) <> coalesce(counted.payments, 0)`
}

export const figures: CheckedPromise = {
  id: 'P7',
  holds: 'every stored sum and every figure recounted is what the rows say',
  looksAt: { adoption_day: 'day sums', adoption_student_day: 'day counts of students', adoption_fact: 'facts',
    allocation: 'allocations' },
  checks: [
    rowsThat('day sums of money that are not the sum of their allocations', sql`
      WITH stored AS (
        SELECT school_id, counted_on, fee_group, payment_class, sum(paid_vnd) AS vnd FROM ${shown} AS shown
        GROUP BY school_id, counted_on, fee_group, payment_class
      ), counted AS (
        SELECT school_id, counted_on, fee_group, payment_class, sum(amount_vnd) AS vnd FROM allocation
        GROUP BY school_id, counted_on, fee_group, payment_class
      )
      SELECT 'school ' || school_id || ' ' || concat_ws(' ', counted_on, fee_group, payment_class) || ': '
        || coalesce(stored.vnd, 0) || ' stored, ' || coalesce(counted.vnd, 0) || ' counted' AS id
      FROM stored FULL JOIN counted USING (school_id, counted_on, fee_group, payment_class)
      WHERE coalesce(stored.vnd, 0) <> coalesce(counted.vnd, 0)`),
    rowsThat('students whose facts are not the sum of their allocations', sql`
      WITH stored AS (
        SELECT school_id, student_id, issued_on, counted_on, fee_group, payment_class, sum(paid_vnd) AS vnd
        FROM adoption_fact GROUP BY school_id, student_id, issued_on, counted_on, fee_group, payment_class
      ), counted AS (
        SELECT a.school_id, a.student_id, i.issued_on, a.counted_on, a.fee_group, a.payment_class,
          sum(a.amount_vnd) AS vnd
        FROM allocation a JOIN invoice i ON i.school_id = a.school_id AND i.id = a.invoice_id
        GROUP BY a.school_id, a.student_id, i.issued_on, a.counted_on, a.fee_group, a.payment_class
      )
      SELECT DISTINCT student_id AS id
      FROM stored FULL JOIN counted
        USING (school_id, student_id, issued_on, counted_on, fee_group, payment_class)
      WHERE coalesce(stored.vnd, 0) <> coalesce(counted.vnd, 0)`),
    rowsThat('day counts of payments that are not what their allocations say',
      payments(sql.ref('source_payments'), sql.ref('payment_class'))),
    rowsThat('day counts of payments of a fee group that are not what their allocations say',
      payments(sql.ref('group_payments'), sql`payment_class, fee_group`)),
    studentSums,
    studentKeys,
    recountFigures,
  ],
}
