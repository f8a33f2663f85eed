// Reads the list of a school's students class by class, each with what is billed, paid and held. Joins the directory
// with the bills for one page; the sums are made for the rows of the page alone.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import { searchText } from '../../directory/student.js'
import { toPage } from '../../http/paging.js'
import type { Day } from '../../time.js'

export const STUDENT_VIEWS = ['all', 'open', 'credit', 'no_class'] as const
export type StudentView = (typeof STUDENT_VIEWS)[number]

export interface StudentsFilter {
  /** Beginnings of words of the name, or an identifier. */
  q?: string | undefined
  classId?: string | undefined
  view: StudentView
  schoolYear: string
  /** Whose class is shown: that of this day, or the one that begins later in the year. */
  on: Day
}

export interface ListedStudent {
  id: string
  fullName: string
  searchName: string
  birthOn: Day | null
  gender: 'male' | 'female' | null
  moetStudentId: string | null
  schoolCode: string | null
  classId: string | null
  className: string | null
  grade: number | null
  /** Of the bills that stand. */
  billedVnd: number
  paidVnd: number
  openVnd: number
  heldVnd: number
}

/** Where a student stands in the list: by grade, class (9 before 10), name. */
export interface StudentKey {
  grade: number
  classLength: number
  className: string
  searchName: string
  id: string
}

const NO_CLASS_GRADE = 99

export function keyOfStudent({ grade, className, searchName, id }: ListedStudent): StudentKey {
  const rank = className === null ? NO_CLASS_GRADE : grade ?? 0
  const name = className ?? ''
  return { grade: rank, classLength: name.length, className: name, searchName, id }
}

/**
 * One page. The school's students are read through (some thousand), each with enrolment_of_student and, where bills
 * decide, invoice_of_student; credit_of_student for the rows of the page.
 */
export async function readStudents(
  trx: Trx, schoolId: string, filter: StudentsFilter, limit: number, after: StudentKey | undefined,
): Promise<{ items: ListedStudent[]; nextCursor: string | null }> {
  const { rows } = await sql<ListedStudent>`
    WITH place AS (
      SELECT s.id, s.full_name, s.search_name, s.birth_on, s.gender, s.moet_student_id, s.school_code,
        class.id AS class_id, class.name AS class_name, class.grade,
        CASE WHEN class.id IS NULL THEN ${NO_CLASS_GRADE}::int ELSE coalesce(class.grade, 0) END AS grade_rank,
        coalesce(length(class.name), 0) AS class_length, coalesce(class.name, '') AS class_rank
      FROM student s LEFT JOIN LATERAL (
        SELECT c.id, c.name, c.grade FROM enrolment e
        JOIN school_class c ON c.school_id = e.school_id AND c.id = e.class_id
        WHERE e.school_id = ${schoolId} AND e.student_id = s.id AND e.school_year = ${filter.schoolYear}
          AND (e.valid_to IS NULL OR e.valid_to > ${filter.on})
        ORDER BY e.valid_from LIMIT 1
      ) AS class ON true
      WHERE s.school_id = ${schoolId}
    ), page AS (
      SELECT * FROM place WHERE ${sql.join(conditionsOf(schoolId, filter, after), sql` AND `)}
      ORDER BY grade_rank, class_length, class_rank, search_name, id LIMIT ${limit + 1}
    )
    SELECT page.id, page.full_name AS "fullName", page.search_name AS "searchName", page.birth_on AS "birthOn",
      page.gender, page.moet_student_id AS "moetStudentId", page.school_code AS "schoolCode",
      page.class_id AS "classId", page.class_name AS "className", page.grade,
      coalesce(bill.billed_vnd, 0)::bigint AS "billedVnd", coalesce(bill.paid_vnd, 0)::bigint AS "paidVnd",
      coalesce(bill.billed_vnd - bill.paid_vnd, 0)::bigint AS "openVnd", coalesce(held.vnd, 0)::bigint AS "heldVnd"
    FROM page
    LEFT JOIN LATERAL (
      SELECT sum(payable_vnd) AS billed_vnd, sum(paid_vnd) AS paid_vnd FROM invoice
      WHERE school_id = ${schoolId} AND student_id = page.id AND state = 'issued'
    ) AS bill ON true
    LEFT JOIN LATERAL (
      SELECT sum(held_vnd) AS vnd FROM credit WHERE school_id = ${schoolId} AND student_id = page.id AND held_vnd > 0
    ) AS held ON true
    ORDER BY grade_rank, class_length, class_rank, search_name, id`.execute(trx)
  return toPage(rows, limit, (row) => {
    const { grade, classLength, className, searchName, id } = keyOfStudent(row)
    return [grade, classLength, className, searchName, id]
  })
}

function conditionsOf(schoolId: string, filter: StudentsFilter, after: StudentKey | undefined): RawBuilder<unknown>[] {
  const { q, classId, view } = filter
  return [
    sql`true`,
    ...(q === undefined ? [] : [matches(q)]),
    ...(classId === undefined ? [] : [sql`class_id = ${classId}`]),
    ...(view === 'no_class' ? [sql`class_id IS NULL`] : []),
    ...(view === 'open' ? [sql`EXISTS (SELECT FROM invoice WHERE school_id = ${schoolId} AND student_id = place.id
      AND state = 'issued' AND paid_vnd < payable_vnd)`] : []),
    ...(view === 'credit' ? [sql`EXISTS (SELECT FROM credit WHERE school_id = ${schoolId} AND student_id = place.id
      AND held_vnd > 0)`] : []),
    ...(after === undefined ? [] : [sql`(grade_rank, class_length, class_rank, search_name, id) >
      (${after.grade}::int, ${after.classLength}::int, ${after.className}::text, ${after.searchName}::text,
        ${after.id}::uuid)`]),
  ]
}

function matches(q: string): RawBuilder<unknown> {
  const words = `% ${searchText(q).replace(/[\\%_]/g, '\\$&')}%`
  return sql`(' ' || search_name LIKE ${words} OR moet_student_id = ${q} OR school_code = ${q})`
}

export interface StudentTotals {
  students: number
  withOpen: number
  withCredit: number
  noClass: number
}

/** How many students each view of the list has, of one class or of the school; indexes as above. */
export async function readStudentTotals(
  trx: Trx, schoolId: string, { schoolYear, on, classId }: Pick<StudentsFilter, 'schoolYear' | 'on' | 'classId'>,
): Promise<StudentTotals> {
  const { rows } = await sql<StudentTotals>`
    WITH place AS (
      SELECT s.id, class.id AS class_id FROM student s LEFT JOIN LATERAL (
        SELECT e.class_id AS id FROM enrolment e
        WHERE e.school_id = ${schoolId} AND e.student_id = s.id AND e.school_year = ${schoolYear}
          AND (e.valid_to IS NULL OR e.valid_to > ${on})
        ORDER BY e.valid_from LIMIT 1
      ) AS class ON true
      WHERE s.school_id = ${schoolId}
    ), owing AS (
      SELECT DISTINCT student_id FROM invoice
      WHERE school_id = ${schoolId} AND state = 'issued' AND paid_vnd < payable_vnd
    ), holding AS (
      SELECT DISTINCT student_id FROM credit WHERE school_id = ${schoolId} AND held_vnd > 0
    )
    SELECT count(*)::int AS students, count(owing.student_id)::int AS "withOpen",
      count(holding.student_id)::int AS "withCredit", count(*) FILTER (WHERE class_id IS NULL)::int AS "noClass"
    FROM place LEFT JOIN owing ON owing.student_id = place.id LEFT JOIN holding ON holding.student_id = place.id
    WHERE ${classId ?? null}::uuid IS NULL OR class_id = ${classId ?? null}`.execute(trx)
  return rows[0] ?? { students: 0, withOpen: 0, withCredit: 0, noClass: 0 }
}
