// The SQL of enrolments: who was in which class from which day on. Reads and writes the opened school only.
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import type { Enrolments } from './student.js'

export interface EnrolmentRow {
  id: string
  classId: string
  className: string
  schoolYear: string
  validFrom: Day
  validTo: Day | null
}

/** Newest first. */
export async function listEnrolments(
  trx: Trx,
  schoolId: string,
  studentId: string,
): Promise<EnrolmentRow[]> {
  return trx
    .selectFrom('enrolment as e')
    .innerJoin('school_class as c', (join) =>
      join.onRef('c.school_id', '=', 'e.school_id').onRef('c.id', '=', 'e.class_id'),
    )
    .select([
      'e.id',
      'e.class_id as classId',
      'c.name as className',
      'e.school_year as schoolYear',
      'e.valid_from as validFrom',
      'e.valid_to as validTo',
    ])
    .where('e.school_id', '=', schoolId)
    .where('e.student_id', '=', studentId)
    .orderBy('e.valid_from', 'desc')
    .orderBy('e.id', 'desc')
    .execute()
}

export async function readEnrolments(
  trx: Trx,
  schoolId: string,
  studentId: string,
  schoolYear: string,
): Promise<Enrolments> {
  const rows = await trx
    .selectFrom('enrolment')
    .select(['id', 'class_id as classId', 'valid_from as validFrom', 'valid_to as validTo'])
    .where('school_id', '=', schoolId)
    .where('student_id', '=', studentId)
    .where('school_year', '=', schoolYear)
    .orderBy('valid_to')
    .execute()
  return {
    open: rows.find((row) => row.validTo === null) ?? null,
    endedOn: rows.findLast((row) => row.validTo !== null)?.validTo ?? null,
  }
}

export async function closeEnrolment(trx: Trx, schoolId: string, id: string, to: Day): Promise<void> {
  await trx
    .updateTable('enrolment')
    .set({ valid_to: to })
    .where('school_id', '=', schoolId)
    .where('id', '=', id)
    .execute()
}

export async function insertEnrolment(
  trx: Trx,
  schoolId: string,
  enrolment: { id: string; studentId: string; classId: string; schoolYear: string; validFrom: Day },
): Promise<void> {
  await trx
    .insertInto('enrolment')
    .values({
      school_id: schoolId,
      id: enrolment.id,
      student_id: enrolment.studentId,
      class_id: enrolment.classId,
      school_year: enrolment.schoolYear,
      valid_from: enrolment.validFrom,
      valid_to: null,
    })
    .execute()
}
