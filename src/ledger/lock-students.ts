// The one lock order of all money, whichever feature moves it.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'

/**
 * The one lock order (design §5): student accounts by key, before anything about their money is read.
 * NO KEY UPDATE conflicts with itself but not with foreign key checks of rows that only point at the student.
 */
export async function lockStudents(trx: Trx, schoolId: string, studentIds: readonly string[]): Promise<void> {
  if (studentIds.length === 0) return
  await trx
    .selectFrom('student_account')
    .select('student_id')
    .where('school_id', '=', schoolId)
    .where('student_id', '=', sql<string>`ANY (${studentIds}::uuid[])`)
    .orderBy('student_id')
    .forNoKeyUpdate()
    .execute()
}
