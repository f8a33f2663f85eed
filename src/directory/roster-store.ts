// The SQL of a roster import: reads a school's students at once, and writes a plan in one statement a
// table, however many rows it has.
import { sql } from 'kysely'
import { insertRows, toRecords } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import type { KnownStudent } from './roster-match.js'
import type { RosterPlan } from './roster-plan.js'
import { searchText } from './student.js'
import type { StudentDetails } from './student.js'

/** All students of the school, each with the enrolments of one school year. */
export async function readKnownStudents(
  trx: Trx,
  schoolId: string,
  schoolYear: string,
): Promise<KnownStudent[]> {
  const rows = await trx
    .selectFrom('student as s')
    .leftJoin('enrolment as e', (join) =>
      join
        .onRef('e.school_id', '=', 's.school_id')
        .onRef('e.student_id', '=', 's.id')
        .on('e.school_year', '=', schoolYear)
        .on('e.valid_to', 'is', null),
    )
    .leftJoin(
      (eb) =>
        eb
          .selectFrom('enrolment')
          .select(['student_id', (max) => max.fn.max('valid_to').as('ended_on')])
          .where('school_id', '=', schoolId)
          .where('school_year', '=', schoolYear)
          .where('valid_to', 'is not', null)
          .groupBy('student_id')
          .as('ended'),
      (join) => join.onRef('ended.student_id', '=', 's.id'),
    )
    .select([
      's.id',
      's.moet_student_id',
      's.personal_id',
      's.school_code',
      's.full_name',
      's.birth_on',
      's.gender',
      'e.id as enrolment_id',
      'e.class_id',
      'e.valid_from',
      'ended.ended_on',
    ])
    .where('s.school_id', '=', schoolId)
    .execute()
  return rows.map((row) => {
    const { enrolment_id: id, class_id: classId, valid_from: validFrom } = row
    const enrolled = id !== null && classId !== null && validFrom !== null
    return {
      id: row.id,
      moetStudentId: row.moet_student_id,
      personalId: row.personal_id,
      schoolCode: row.school_code,
      fullName: row.full_name,
      birthOn: row.birth_on,
      gender: row.gender,
      enrolments: { open: enrolled ? { id, classId, validFrom } : null, endedOn: row.ended_on },
    }
  })
}

export interface PlanPlace {
  schoolId: string
  schoolYear: string
  enrolFrom: Day
}

/** Everything a plan says, in the order of the foreign keys. */
export async function writePlan(
  trx: Trx,
  { schoolId, schoolYear, enrolFrom }: PlanPlace,
  plan: RosterPlan,
): Promise<void> {
  await insertRows(
    trx,
    'school_class',
    plan.newClasses.map(({ id, name, grade }) => ({
      school_id: schoolId,
      id,
      school_year: schoolYear,
      name,
      grade,
    })),
  )
  await updateGrades(trx, schoolId, plan)
  await insertRows(
    trx,
    'student',
    plan.created.map((student) => studentColumns(schoolId, student)),
  )
  await insertRows(
    trx,
    'student_account',
    plan.created.map(({ id }) => ({ school_id: schoolId, student_id: id })),
  )
  await updateStudents(trx, schoolId, plan)
  await closeEnrolments(trx, schoolId, plan)
  await insertRows(
    trx,
    'enrolment',
    plan.opened.map(({ id, studentId, classId }) => ({
      school_id: schoolId,
      id,
      student_id: studentId,
      class_id: classId,
      school_year: schoolYear,
      valid_from: enrolFrom,
    })),
  )
}

function studentColumns(schoolId: string, student: StudentDetails & { id: string }) {
  return {
    school_id: schoolId,
    id: student.id,
    moet_student_id: student.moetStudentId,
    personal_id: student.personalId,
    school_code: student.schoolCode,
    full_name: student.fullName,
    search_name: searchText(student.fullName),
    birth_on: student.birthOn,
    gender: student.gender,
  }
}

async function updateGrades(trx: Trx, schoolId: string, { gradedClasses }: RosterPlan): Promise<void> {
  if (gradedClasses.length === 0) return
  await sql`UPDATE school_class SET grade = told.grade
    FROM jsonb_populate_recordset(NULL::school_class, ${toRecords(gradedClasses)}::jsonb) AS told
    WHERE school_class.school_id = ${schoolId} AND school_class.id = told.id`.execute(trx)
}

async function updateStudents(trx: Trx, schoolId: string, { updated }: RosterPlan): Promise<void> {
  if (updated.length === 0) return
  const records = toRecords(updated.map((student) => studentColumns(schoolId, student)))
  await sql`UPDATE student SET moet_student_id = told.moet_student_id, personal_id = told.personal_id,
      school_code = told.school_code, full_name = told.full_name, search_name = told.search_name,
      birth_on = told.birth_on, gender = told.gender, updated_at = now()
    FROM jsonb_populate_recordset(NULL::student, ${records}::jsonb) AS told
    WHERE student.school_id = ${schoolId} AND student.id = told.id`.execute(trx)
}

async function closeEnrolments(trx: Trx, schoolId: string, { closed }: RosterPlan): Promise<void> {
  if (closed.length === 0) return
  const records = toRecords(closed.map(({ id, validTo }) => ({ id, valid_to: validTo })))
  await sql`UPDATE enrolment SET valid_to = told.valid_to
    FROM jsonb_populate_recordset(NULL::enrolment, ${records}::jsonb) AS told
    WHERE enrolment.school_id = ${schoolId} AND enrolment.id = told.id`.execute(trx)
}

export interface ImportRecord {
  id: string
  schoolId: string
  schoolYear: string
  sha256: Buffer
  plan: RosterPlan
  actor: string
}

export async function insertImport(
  trx: Trx,
  { id, schoolId, schoolYear, sha256, plan, actor }: ImportRecord,
): Promise<void> {
  const { rows, created, updated, unchanged } = plan.counts
  await sql`INSERT INTO roster_import (school_id, id, school_year, file_sha256, row_count, created_count,
      updated_count, unchanged_count, faults, actor)
    VALUES (${schoolId}, ${id}, ${schoolYear}, ${sha256}, ${rows}, ${created},
      ${updated}, ${unchanged}, ${JSON.stringify(plan.faults)}, ${actor})`.execute(trx)
}
