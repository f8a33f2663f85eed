// The class of a student in one school year as a piece of a statement: the one that still holds, else the last one.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { SchoolYear } from '../../time.js'

/** Joins `class (id, name)`, null without a class, to a `student` of the statement. Index: enrolment_student_of. */
export function joinClassOfYear(schoolId: string, schoolYear: SchoolYear): RawBuilder<unknown> {
  return sql`LEFT JOIN LATERAL (
      SELECT class.id, class.name FROM enrolment
      JOIN school_class class ON class.school_id = enrolment.school_id AND class.id = enrolment.class_id
      WHERE enrolment.school_id = ${schoolId} AND enrolment.student_id = student.id
        AND enrolment.school_year = ${schoolYear}
      ORDER BY enrolment.valid_to DESC NULLS FIRST LIMIT 1
    ) AS class ON true`
}
