// Counts students per school: M3. Over school years it reads the sums of changes; over any other period
// invoices (who was billed) and the per-student facts (whose money stayed). A child who moved is one child by
// identity_key.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import { schoolYearOf } from '../../time.js'
import { CASHLESS_CLASSES } from '../measure.js'
import { isSchoolYear } from '../period.js'
import { dataSchoolIds, firstDay, lastDay, memberAndPoint, ofFeeGroup } from './selection.js'
import type { Selection, Sql } from './selection.js'
import { sumsOfStudents } from './student-sums.js'

/** One unit instead of many schools: students are counted once over the whole roster. */
export function asOneUnit(selection: Selection): Selection {
  const whole = {
    schoolId: '00000000-0000-0000-0000-000000000000',
    name: '',
    dataSchoolIds: selection.roster.flatMap((school) => school.dataSchoolIds),
  }
  return { ...selection, roster: selection.roster.length === 0 ? [] : [whole] }
}

/** CTEs that end in `school_count` (school, point, paid, billed). */
export function studentsBySchool(selection: Selection): Sql {
  if (selection.points.every(isSchoolYear)) return sumsOfStudents(selection)
  assert(selection.points.length === 1, 'only a single figure has a period of its own')
  return asOfOneDay(selection)
}

/**
 * A period of its own, of which no sums are kept; also counts `zero_bill`. Three streams in the order of
 * (school, student) are merged; nothing is sorted or hashed but the identities. Served index-only by
 * invoice_of_student and adoption_fact_of_student (migration 8).
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
    ), enrolled AS (${enrolledStudents(selection)}
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

function enrolledStudents(selection: Selection): Sql {
  const asOf = lastDay(selection)
  return sql`SELECT DISTINCT school_id, student_id FROM enrolment
    WHERE school_id = ANY (${dataSchoolIds(selection)}) AND school_year = ${schoolYearOf(asOf)}
      AND valid_from <= ${asOf} AND (valid_to IS NULL OR valid_to > ${asOf})`
}

/**
 * Children of the roster with a bill or a class, whatever there is to pay: who of them is not billed has
 * nothing to pay. Served index-only by invoice_of_student.
 */
export async function countKnownStudents(db: Kysely<Tables>, selection: Selection): Promise<number> {
  const ids = dataSchoolIds(selection)
  const asOf = lastDay(selection)
  const { rows } = await sql<{ count: number }>`
    WITH known AS (
      SELECT school_id, student_id FROM invoice
      WHERE school_id = ANY (${ids}) AND issued_on BETWEEN ${firstDay(selection)} AND ${asOf}
        AND (withdrawn_on IS NULL OR withdrawn_on > ${asOf})
      UNION
      ${enrolledStudents(selection)}
    )
    SELECT count(DISTINCT s.identity_key) AS count
    FROM known k JOIN student s ON s.school_id = k.school_id AND s.id = k.student_id`.execute(db)
  return rows[0]?.count ?? 0
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
