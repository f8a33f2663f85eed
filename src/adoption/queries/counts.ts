// The numerator and denominator of each measure at each point: the last step from counts per school to the
// figure of a scope. Every function reads one snapshot in one statement.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import type { ThresholdMeasure } from '../measure.js'
import type { Threshold } from '../rate.js'
import { hasData, paymentsBySchool } from './payments.js'
import { asOneUnit, isPayable, payableLines, studentsBySchool } from './students.js'
import { dataSchoolIds, firstDay, lastDay, memberAndPoint, members } from './selection.js'
import type { Selection, Sql } from './selection.js'

export interface PointCount {
  numerator: number
  denominator: number
}

/** M1. A channel is active from its first day to before its last. */
export async function schoolsWithChannel(db: Kysely<Tables>, selection: Selection): Promise<PointCount[]> {
  const { rows } = await sql<PointCount>`
    WITH ${memberAndPoint(selection)}
    SELECT count(DISTINCT m.school_id) AS numerator, (SELECT count(*) FROM roster) AS denominator
    FROM point p LEFT JOIN (member m JOIN channel c ON c.school_id = m.data_school_id)
      ON c.active_from <= p.as_of AND (c.active_to IS NULL OR c.active_to > p.as_of)
    GROUP BY p.no ORDER BY p.no`.execute(db)
  return rows
}

/** M2. */
export async function schoolsDeployed(db: Kysely<Tables>, selection: Selection): Promise<PointCount[]> {
  return pointCounts(db, paymentsBySchool(selection, 'payments'), sql`count(c.school_id)`, sql`numerator > 0`)
}

/** M6, on M3 or M5: the exact fraction is compared, as whole numbers. */
export async function schoolsAbove(
  db: Kysely<Tables>, selection: Selection, of: ThresholdMeasure, threshold: Threshold,
): Promise<PointCount[]> {
  const counts = of === 'M3' ? studentsBySchool(selection) : paymentsBySchool(selection, 'paid_vnd')
  return pointCounts(db, counts, sql`count(c.school_id) FILTER (WHERE ${hasData})`,
    sql`${hasData} AND numerator * ${threshold.of}::numeric >= denominator * ${threshold.parts}::numeric`)
}

function pointCounts(
  db: Kysely<Tables>, counts: Sql, denominator: Sql, isCounted: Sql,
): Promise<PointCount[]> {
  return sql<PointCount>`
    WITH ${counts}
    SELECT count(c.school_id) FILTER (WHERE ${isCounted}) AS numerator, ${denominator} AS denominator
    FROM point p LEFT JOIN school_count c USING (no) GROUP BY p.no ORDER BY p.no`
    .execute(db).then(({ rows }) => rows)
}

export interface StudentCount extends PointCount {
  zero_bill: number
  no_data_schools: number
}

/** M3 of a period that is no school year, over the whole roster; a child in two of its schools is counted once. */
export async function studentsAsOf(db: Kysely<Tables>, selection: Selection): Promise<StudentCount> {
  const { rows } = await sql<StudentCount>`
    WITH ${studentsBySchool(asOneUnit(selection))}
    SELECT coalesce(sum(numerator), 0)::bigint AS numerator,
      coalesce(sum(denominator), 0)::bigint AS denominator, coalesce(sum(zero_bill), 0)::bigint AS zero_bill, (${schoolsWithoutBills(selection)}) AS no_data_schools
    FROM school_count`.execute(db)
  return rows[0] ?? { numerator: 0, denominator: 0, zero_bill: 0, no_data_schools: 0 }
}

/** M3 at each point. */
export async function studentsOverTime(db: Kysely<Tables>, selection: Selection): Promise<PointCount[]> {
  const { rows } = await sql<PointCount>`
    WITH ${studentsBySchool(asOneUnit(selection))}
    SELECT coalesce(sum(c.numerator), 0)::bigint AS numerator,
      coalesce(sum(c.denominator), 0)::bigint AS denominator
    FROM point p LEFT JOIN school_count c USING (no) GROUP BY p.no ORDER BY p.no`.execute(db)
  return rows
}

// Asked of the index, school by school, and not of the students: the first payable bill is the answer.
function schoolsWithoutBills(selection: Selection): Sql {
  const asOf = lastDay(selection)
  return sql`SELECT ${selection.roster.length}::bigint - count(DISTINCT unit.school_id)
    FROM ${members(selection)} AS unit (school_id, data_school_id)
    WHERE EXISTS (
      SELECT FROM invoice i ${payableLines(selection)}
      WHERE i.school_id = unit.data_school_id AND i.school_id = ANY (${dataSchoolIds(selection)})
        AND i.issued_on BETWEEN ${firstDay(selection)} AND ${asOf}
        AND (i.withdrawn_on IS NULL OR i.withdrawn_on > ${asOf}) AND ${isPayable(selection)})`
}

export interface SchoolCount extends PointCount {
  school_id: string
}

/** Per school, as of one day: payments (M2), students (M3) or đồng (M5), cashless and all. */
export async function countsBySchool(
  db: Kysely<Tables>, selection: Selection, what: 'payments' | 'students' | 'paid_vnd',
): Promise<SchoolCount[]> {
  const counts = what === 'students' ? studentsBySchool(selection) : paymentsBySchool(selection, what)
  const { rows } = await sql<SchoolCount>`
    WITH ${counts}
    SELECT school_id, numerator::bigint AS numerator, denominator::bigint AS denominator
    FROM school_count WHERE no = 1`.execute(db)
  return rows
}
