// The SQL of classes; a class belongs to one school year.
import type { Trx } from '../db/tenancy.js'
import { toPage } from '../http/paging.js'
import type { NameKey } from './name-key.js'
import type { SchoolClass } from './school-class.js'

const COLUMNS = ['id', 'school_year as schoolYear', 'name', 'grade'] as const

export async function findClass(
  trx: Trx,
  schoolId: string,
  id: string,
): Promise<SchoolClass | undefined> {
  return trx
    .selectFrom('school_class')
    .select(COLUMNS)
    .where('school_id', '=', schoolId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** All classes of a school year; a school has some dozens. */
export async function readClasses(
  trx: Trx,
  schoolId: string,
  schoolYear: string,
): Promise<SchoolClass[]> {
  return trx
    .selectFrom('school_class')
    .select(COLUMNS)
    .where('school_id', '=', schoolId)
    .where('school_year', '=', schoolYear)
    .execute()
}

export async function listClasses(
  trx: Trx,
  schoolId: string,
  schoolYear: string,
  limit: number,
  after: NameKey | undefined,
): Promise<{ items: SchoolClass[]; nextCursor: string | null }> {
  let query = trx
    .selectFrom('school_class')
    .select(COLUMNS)
    .where('school_id', '=', schoolId)
    .where('school_year', '=', schoolYear)
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('name', 'id'), '>', eb.tuple(after.name, after.id)))
  }
  const rows = await query
    .orderBy('name')
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  return toPage(rows, limit, (row) => [row.name, row.id])
}

export async function insertClass(trx: Trx, schoolId: string, row: SchoolClass): Promise<void> {
  const { id, schoolYear, name, grade } = row
  await trx
    .insertInto('school_class')
    .values({ school_id: schoolId, id, school_year: schoolYear, name, grade })
    .execute()
}
