// The billed students of one school by grade, as of a day: counts only, from its own rows.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import { schoolYearOf } from '../../time.js'
import { EVERY_GROUP } from '../measure.js'
import { dataSchoolIds, firstDay, lastDay } from './selection.js'
import type { Selection } from './selection.js'
import { studentEvents } from './student-events.js'

export interface GradeCount {
  /** Null: billed, and in no class on that day, or in one without a grade. */
  grade: number | null
  numerator: number
  denominator: number
}

/** Of the one school in the selection; a child who came with a merged school counts once. */
export async function readGrades(db: Kysely<Tables>, selection: Selection): Promise<GradeCount[]> {
  const ids = dataSchoolIds(selection)
  const asOf = lastDay(selection)
  const { rows } = await sql<GradeCount>`
    WITH seated AS (
      SELECT e.school_id, e.student_id, max(c.grade) AS grade
      FROM enrolment e JOIN school_class c ON c.school_id = e.school_id AND c.id = e.class_id
      WHERE e.school_id = ANY (${ids}) AND e.school_year = ${schoolYearOf(asOf)}
        AND e.valid_from <= ${asOf} AND (e.valid_to IS NULL OR e.valid_to > ${asOf})
      GROUP BY e.school_id, e.student_id
    ), pupil AS MATERIALIZED (
      SELECT s.school_id, s.id AS student_id, s.identity_key, seated.grade
      FROM student s LEFT JOIN seated ON seated.school_id = s.school_id AND seated.student_id = s.id
      WHERE s.school_id = ANY (${ids})
    ), child AS (
      SELECT identity_key, max(grade) AS grade, sum(bills) > 0 AS billed, sum(paid_vnd) > 0 AS paid
      FROM (${studentEvents(sql`pupil`, sql`w.identity_key, w.grade`, (issuedOn) =>
        sql`${issuedOn} BETWEEN ${firstDay(selection)} AND ${asOf}`)}) e
      WHERE fee_group = ${selection.feeGroup ?? EVERY_GROUP} AND day <= ${asOf}
      GROUP BY identity_key
    )
    SELECT grade, count(*) FILTER (WHERE paid) AS numerator, count(*) AS denominator
    FROM child WHERE billed GROUP BY grade ORDER BY grade`.execute(db)
  return rows
}
