// The SQL of students and their enrolments in classes. Reads and writes the opened school only.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { toPage } from '../http/paging.js'
import type { Day } from '../time.js'
import type { NameKey } from './name-key.js'
import { searchText } from './student.js'
import type { Gender, StudentDetails } from './student.js'

export interface StudentItemRow {
  id: string
  fullName: string
  searchName: string
  birthOn: Day | null
  moetStudentId: string | null
  schoolCode: string | null
  classId: string | null
  className: string | null
  grade: number | null
}

export interface StudentRow extends Omit<StudentItemRow, 'searchName'> {
  gender: Gender | null
  personalId: string | null
  paymentCode: number | null
  familyId: string | null
}

export interface ClassOnDay {
  schoolYear: string
  /** Whose class is asked for: that of this day, or the one that will begin later. */
  on: Day
}

/**
 * Serialises what makes students of one school: two writers would both find that a student is not there
 * yet.
 */
export async function lockRoster(trx: Trx, schoolId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`roster ${schoolId}`}, 0))`.execute(trx)
}

// The lateral side reads the index enrolment_student_of, once a student.
function selectStudents(trx: Trx, schoolId: string, { schoolYear, on }: ClassOnDay) {
  return trx
    .selectFrom('student as s')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('enrolment as e')
          .innerJoin('school_class as c', (join) =>
            join.onRef('c.school_id', '=', 'e.school_id').onRef('c.id', '=', 'e.class_id'),
          )
          .select(['c.id', 'c.name', 'c.grade'])
          .whereRef('e.school_id', '=', 's.school_id')
          .whereRef('e.student_id', '=', 's.id')
          .where('e.school_year', '=', schoolYear)
          .where((where) => where.or([where('e.valid_to', 'is', null), where('e.valid_to', '>', on)]))
          .orderBy('e.valid_from')
          .limit(1)
          .as('class'),
      (join) => join.onTrue(),
    )
    .where('s.school_id', '=', schoolId)
    .select([
      's.id',
      's.full_name as fullName',
      's.search_name as searchName',
      's.birth_on as birthOn',
      's.moet_student_id as moetStudentId',
      's.school_code as schoolCode',
      'class.id as classId',
      'class.name as className',
      'class.grade',
    ])
}

export interface StudentFilter extends ClassOnDay {
  /** Beginnings of words of a name. */
  q?: string | undefined
  classId?: string | undefined
}

/** By name without diacritics; `after` is the key of the last row of the page before. */
export async function listStudents(
  trx: Trx,
  schoolId: string,
  filter: StudentFilter,
  limit: number,
  after: NameKey | undefined,
): Promise<{ items: StudentItemRow[]; nextCursor: string | null }> {
  let query = selectStudents(trx, schoolId, filter)
  const { q, classId } = filter
  if (classId !== undefined) query = query.where('class.id', '=', classId)
  if (q !== undefined) {
    // One school's names are read through: some thousand short texts, and words in the middle are found too.
    const words = `% ${searchText(q).replace(/[\\%_]/g, '\\$&')}%`
    query = query.where(sql<boolean>`' ' || s.search_name LIKE ${words}`)
  }
  if (after !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('s.search_name', 's.id'), '>', eb.tuple(after.name, after.id)),
    )
  }
  const rows = await query
    .orderBy('s.search_name')
    .orderBy('s.id')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit, (row) => [row.searchName, row.id])
}

export async function findStudent(
  trx: Trx,
  schoolId: string,
  studentId: string,
  on: ClassOnDay,
): Promise<StudentRow | undefined> {
  return selectStudents(trx, schoolId, on)
    .where('s.id', '=', studentId)
    .leftJoin('family_member as f', (join) =>
      join.onRef('f.school_id', '=', 's.school_id').onRef('f.student_id', '=', 's.id'),
    )
    .select([
      's.gender',
      's.personal_id as personalId',
      's.payment_code as paymentCode',
      'f.family_id as familyId',
    ])
    .executeTakeFirst()
}

/** The student's account row, locked: what every writer of the student's money and place takes first. */
export async function lockStudent(trx: Trx, schoolId: string, studentId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('student_account')
    .select('student_id')
    .where('school_id', '=', schoolId)
    .where('student_id', '=', studentId)
    .forUpdate()
    .executeTakeFirst()
  return row !== undefined
}

/** The student and the account row that later writers of its money lock. */
export async function insertStudent(
  trx: Trx,
  schoolId: string,
  student: StudentDetails & { id: string },
): Promise<void> {
  const { id, moetStudentId, personalId, schoolCode, fullName, birthOn, gender } = student
  await trx
    .insertInto('student')
    .values({
      school_id: schoolId,
      id,
      moet_student_id: moetStudentId,
      personal_id: personalId,
      school_code: schoolCode,
      full_name: fullName,
      search_name: searchText(fullName),
      birth_on: birthOn,
      gender,
      payment_code: null,
    })
    .execute()
  await trx.insertInto('student_account').values({ school_id: schoolId, student_id: id }).execute()
}
