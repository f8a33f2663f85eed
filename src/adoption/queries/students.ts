// Counts students per school: M3. It reads invoices (who was billed) and the per-student facts (whose money
// stayed), never day sums; a child who moved is one child by identity_key.
import { sql } from 'kysely'
import { schoolYearOf } from '../../time.js'
import { CASHLESS_CLASSES } from '../measure.js'
import { dataSchoolIds, firstDay, inPeriod, lastDay, memberAndPoint, ofFeeGroup, periodStart, pointOn,
} from './selection.js'
import type { Selection, Sql } from './selection.js'

/** One unit instead of many schools: students are counted once over the whole roster. */
export function asOneUnit(selection: Selection): Selection {
  const whole = {
    schoolId: '00000000-0000-0000-0000-000000000000',
    name: '',
    dataSchoolIds: selection.roster.flatMap((school) => school.dataSchoolIds),
  }
  return { ...selection, roster: selection.roster.length === 0 ? [] : [whole] }
}

/** CTEs that end in `school_count` (school, point, paid, billed; with one point also `zero_bill`). */
export function studentsBySchool(selection: Selection): Sql {
  return selection.points.length === 1 ? asOfOneDay(selection) : overTime(selection)
}

/**
 * One point: three streams in the order of (school, student) are merged; nothing is sorted or hashed but the
 * identities. Served index-only by invoice_of_student and adoption_fact_of_student (migration 8).
 */
function asOfOneDay(selection: Selection): Sql {
  const ids = dataSchoolIds(selection)
  const asOf = lastDay(selection)
  return sql`${memberAndPoint(selection)}, billed AS (
      SELECT i.school_id, i.student_id, count(*) FILTER (WHERE ${isPayable(selection)}) AS bills
      FROM invoice i ${payableLines(selection)}
      WHERE i.school_id = ANY (${ids}) AND i.issued_on BETWEEN ${firstDay(selection)} AND ${asOf}
        AND (i.withdrawn_on IS NULL OR i.withdrawn_on > ${asOf})
      GROUP BY i.school_id, i.student_id
    ), paid AS (
      SELECT school_id, student_id, sum(paid_vnd) AS paid_vnd
      FROM adoption_fact
      WHERE school_id = ANY (${ids}) AND issued_on BETWEEN ${firstDay(selection)} AND ${asOf}
        AND counted_on <= ${asOf} AND payment_class = ANY (${CASHLESS_CLASSES}::text[]) ${ofFeeGroup(selection)}
      GROUP BY school_id, student_id
    ), enrolled AS (
      SELECT DISTINCT school_id, student_id FROM enrolment
      WHERE school_id = ANY (${ids}) AND school_year = ${schoolYearOf(asOf)}
        AND valid_from <= ${asOf} AND (valid_to IS NULL OR valid_to > ${asOf})
    ), child AS (
      SELECT m.school_id, s.identity_key, sum(b.bills) > 0 AS billed, sum(p.paid_vnd) > 0 AS paid,
        count(b.student_id) + count(e.student_id) > 0 AS known
      FROM student s JOIN member m ON m.data_school_id = s.school_id
      LEFT JOIN billed b ON b.school_id = s.school_id AND b.student_id = s.id
      LEFT JOIN paid p ON p.school_id = s.school_id AND p.student_id = s.id
      LEFT JOIN enrolled e ON e.school_id = s.school_id AND e.student_id = s.id
      WHERE s.school_id = ANY (${ids})
      GROUP BY m.school_id, s.identity_key
    ), child_count AS (
      SELECT school_id, count(*) FILTER (WHERE billed AND paid) AS numerator,
        count(*) FILTER (WHERE billed) AS denominator, count(*) FILTER (WHERE known AND billed IS NOT TRUE) AS zero_bill
      FROM child GROUP BY school_id
    ), school_count AS (
      SELECT r.school_id, 1 AS no, coalesce(c.numerator, 0) AS numerator,
        coalesce(c.denominator, 0) AS denominator, coalesce(c.zero_bill, 0) AS zero_bill
      FROM roster r LEFT JOIN child_count c USING (school_id)
    )`
}

/**
 * Many points in one pass: a bill issued, a bill withdrawn and money are events; a child changes from unbilled
 * to billed to paid and back at some of them, and the changes add up to the counts of each point. The identity
 * leads every sort: it tells almost all rows apart by itself.
 */
function overTime(selection: Selection): Sql {
  return sql`${memberAndPoint(selection)}, event AS (${events(selection)}),
    -- Materialized: otherwise the planner, who expects few events, walks through the members for each of them.
    pupil AS MATERIALIZED (
      SELECT m.school_id AS unit_id, s.school_id, s.id, s.identity_key
      FROM student s JOIN member m ON m.data_school_id = s.school_id
      WHERE s.school_id = ANY (${dataSchoolIds(selection)})
    ), child_event AS (
      SELECT s.unit_id AS school_id, s.identity_key, ${periodStart(selection, sql`e.no`)} AS from_on, e.no,
        sum(e.bills) AS bills, sum(e.paid_vnd) AS paid_vnd
      FROM event e JOIN pupil s ON s.school_id = e.school_id AND s.id = e.student_id
      GROUP BY s.identity_key, s.unit_id, e.no
    ), child AS (
      SELECT school_id, identity_key, from_on, no, (sum(bills) OVER w > 0)::integer AS billed,
        (sum(bills) OVER w > 0 AND sum(paid_vnd) OVER w > 0)::integer AS paid
      FROM child_event WINDOW w AS (PARTITION BY identity_key, school_id, from_on ORDER BY no)
    ), change AS (
      SELECT school_id, no, billed - lag(billed, 1, 0) OVER w AS billed, paid - lag(paid, 1, 0) OVER w AS paid
      FROM child WINDOW w AS (PARTITION BY identity_key, school_id, from_on ORDER BY no)
    ), school_change AS (
      SELECT school_id, no, sum(billed) AS billed, sum(paid) AS paid FROM change GROUP BY school_id, no
    ), school_count AS (
      SELECT r.school_id, p.no, coalesce(sum(c.paid) OVER w, 0) AS numerator,
        coalesce(sum(c.billed) OVER w, 0) AS denominator
      FROM roster r CROSS JOIN point p LEFT JOIN school_change c ON c.school_id = r.school_id AND c.no = p.no
      WINDOW w AS (PARTITION BY r.school_id, p.from_on ORDER BY p.no)
    )`
}

function events(selection: Selection): Sql {
  const ids = dataSchoolIds(selection)
  const range = sql`BETWEEN ${firstDay(selection)} AND ${lastDay(selection)}`
  const billsOn = (day: Sql, sign: Sql): Sql => sql`
    SELECT school_id, student_id, no, ${sign} * count(*) AS bills, 0 AS paid_vnd
    FROM (SELECT i.school_id, i.student_id, i.issued_on, ${pointOn(selection, day)} AS no
      FROM invoice i ${payableLines(selection)}
      WHERE i.school_id = ANY (${ids}) AND i.issued_on ${range} AND ${day} ${range}
        AND ${isPayable(selection)}) bill
    WHERE ${inPeriod(selection, sql`issued_on`, sql`no`)}
    GROUP BY school_id, student_id, no`
  // Credit can be older than the bill it pays: it counts on that bill from the day the bill exists.
  const countsFrom = sql`greatest(counted_on, issued_on)`
  return sql`${billsOn(sql`i.issued_on`, sql`1`)}
    UNION ALL ${billsOn(sql`i.withdrawn_on`, sql`-1`)}
    UNION ALL
    SELECT school_id, student_id, no, 0, sum(paid_vnd)::bigint
    FROM (SELECT school_id, student_id, issued_on, paid_vnd, ${pointOn(selection, countsFrom)} AS no
      FROM adoption_fact
      WHERE school_id = ANY (${ids}) AND issued_on ${range} AND counted_on <= ${lastDay(selection)}
        AND payment_class = ANY (${CASHLESS_CLASSES}::text[]) ${ofFeeGroup(selection)}) money
    WHERE ${inPeriod(selection, sql`issued_on`, sql`no`)}
    GROUP BY school_id, student_id, no`
}

/** With a fee group, a bill counts when one of its lines of that group asks for money. */
export function payableLines(selection: Selection): Sql {
  if (selection.feeGroup === null) return sql``
  return sql`LEFT JOIN (
      SELECT DISTINCT school_id, invoice_id FROM invoice_line
      WHERE school_id = ANY (${dataSchoolIds(selection)}) AND payable_vnd > 0 ${ofFeeGroup(selection)}
    ) l ON l.school_id = i.school_id AND l.invoice_id = i.id`
}

export function isPayable({ feeGroup }: Selection): Sql {
  return feeGroup === null ? sql`i.payable_vnd > 0` : sql`l.invoice_id IS NOT NULL`
}
