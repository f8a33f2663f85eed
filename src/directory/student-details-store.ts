// The SQL of correcting one student. Reads and writes the opened school only, by primary key.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { searchText } from './student.js'
import type { StudentDetails } from './student.js'

export async function findStudentDetails(
  trx: Trx,
  schoolId: string,
  studentId: string,
): Promise<StudentDetails | undefined> {
  return trx
    .selectFrom('student')
    .select([
      'full_name as fullName',
      'birth_on as birthOn',
      'gender',
      'moet_student_id as moetStudentId',
      'personal_id as personalId',
      'school_code as schoolCode',
    ])
    .where('school_id', '=', schoolId)
    .where('id', '=', studentId)
    .executeTakeFirst()
}

export async function updateStudentDetails(
  trx: Trx,
  schoolId: string,
  student: StudentDetails & { id: string },
): Promise<void> {
  await trx
    .updateTable('student')
    .set({
      full_name: student.fullName,
      search_name: searchText(student.fullName),
      birth_on: student.birthOn,
      gender: student.gender,
      moet_student_id: student.moetStudentId,
      personal_id: student.personalId,
      school_code: student.schoolCode,
      updated_at: sql`now()`,
    })
    .where('school_id', '=', schoolId)
    .where('id', '=', student.id)
    .execute()
}
