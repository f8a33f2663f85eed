// What the pages about rounds show beside the figures: the classes of a school year and the name of a student.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { Day } from '../../time.js'

export interface ClassOption {
  id: string
  name: string
  grade: number | null
}

/** Classes of several grades stand at the end. */
const GRADE_LAST = 99

/** By grade and name; some dozens, found by school_class_name_key. */
export async function readClassesOf(trx: Trx, schoolId: string, schoolYear: string): Promise<ClassOption[]> {
  const classes = await trx.selectFrom('school_class').select(['id', 'name', 'grade'])
    .where('school_id', '=', schoolId).where('school_year', '=', schoolYear).execute()
  const byName = new Intl.Collator('vi', { numeric: true })
  const gradeOf = ({ grade }: ClassOption): number => grade ?? GRADE_LAST
  return classes.sort((one, other) => gradeOf(one) - gradeOf(other) || byName.compare(one.name, other.name))
}

/** Whose bill it is, of this round; invoice_pkey. */
export async function findStudentOfBill(
  trx: Trx, schoolId: string, bill: { roundId: string; invoiceId: string },
): Promise<string | undefined> {
  const found = await trx.selectFrom('invoice').select('student_id')
    .where('school_id', '=', schoolId).where('id', '=', bill.invoiceId).where('round_id', '=', bill.roundId)
    .executeTakeFirst()
  return found?.student_id
}

/** By id; the primary key. */
export async function readStudentNames(
  trx: Trx, schoolId: string, ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`SELECT id, full_name AS name FROM student
    WHERE school_id = ${schoolId} AND id = ANY (${[...new Set(ids)]}::uuid[])`.execute(trx)
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export interface NamedStudent {
  name: string
  /** Of the school year, on the day; null when the student is in no class then. */
  className: string | null
}

/** By primary key, and enrolment_student_of. */
export async function findNamedStudent(
  trx: Trx, schoolId: string, of: { studentId: string; schoolYear: string; day: Day },
): Promise<NamedStudent | undefined> {
  const student = await trx.selectFrom('student').select('full_name as name')
    .where('school_id', '=', schoolId).where('id', '=', of.studentId).executeTakeFirst()
  if (!student) return undefined
  const place = await trx.selectFrom('enrolment')
    .innerJoin('school_class as class', (join) => join.onRef('class.school_id', '=', 'enrolment.school_id')
      .onRef('class.id', '=', 'enrolment.class_id'))
    .select('class.name')
    .where('enrolment.school_id', '=', schoolId).where('enrolment.student_id', '=', of.studentId)
    .where('enrolment.school_year', '=', of.schoolYear).where('enrolment.valid_from', '<=', of.day)
    .where((row) => row.or([row('enrolment.valid_to', 'is', null), row('enrolment.valid_to', '>', of.day)]))
    .orderBy('enrolment.valid_from', 'desc').executeTakeFirst()
  return { ...student, className: place?.name ?? null }
}
