// The SQL of schools: dated profiles, dated links to authorities, predecessors. Reads and writes the opened
// school only; lists read what the role may see.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { CHART } from '../ledger/account.js'
import type { Day } from '../time.js'
import type { NameKey } from './name-key.js'
import { SCHOOL_LEVELS } from './school.js'
import type { DatedProfile, SchoolLevel, SchoolProfile, SchoolType } from './school.js'

export interface SchoolRow {
  id: string
  validFrom: Day
  validTo: Day | null
}

interface ProfileRow {
  school_id: string
  valid_from: Day
  valid_to: Day | null
  name: string
  type: SchoolType
  levels: string[]
  urban: boolean
  moet_code: string | null
  e_id: string | null
  tax_code: string | null
}

function toProfile(row: ProfileRow): DatedProfile & { id: string } {
  return {
    id: row.school_id,
    validFrom: row.valid_from,
    validTo: row.valid_to,
    name: row.name,
    type: row.type,
    levels: row.levels.filter(isLevel),
    urban: row.urban,
    moetCode: row.moet_code,
    eId: row.e_id,
    taxCode: row.tax_code,
  }
}

function isLevel(level: string): level is SchoolLevel {
  return SCHOOL_LEVELS.some((known) => known === level)
}

function profileColumns(profile: SchoolProfile) {
  const { name, type, levels, urban, moetCode, eId, taxCode } = profile
  return { name, type, levels, urban, moet_code: moetCode, e_id: eId, tax_code: taxCode }
}

export async function findSchool(trx: Trx, schoolId: string): Promise<SchoolRow | undefined> {
  return trx
    .selectFrom('school')
    .select(['school_id as id', 'valid_from as validFrom', 'valid_to as validTo'])
    .where('school_id', '=', schoolId)
    .executeTakeFirst()
}

/** One writer at a time changes what a school is. */
export async function lockSchool(trx: Trx, schoolId: string): Promise<SchoolRow | undefined> {
  return trx
    .selectFrom('school')
    .select(['school_id as id', 'valid_from as validFrom', 'valid_to as validTo'])
    .where('school_id', '=', schoolId)
    .forUpdate()
    .executeTakeFirst()
}

/** The school with its ledger accounts: without them nothing could ever be posted. */
export async function insertSchool(trx: Trx, schoolId: string, validFrom: Day): Promise<void> {
  await trx
    .insertInto('school')
    .values({ school_id: schoolId, valid_from: validFrom, valid_to: null })
    .execute()
  await sql`INSERT INTO ledger_account (school_id, account_no, kind, name)
    SELECT ${schoolId}::uuid, account_no, kind, name
    FROM jsonb_to_recordset(${JSON.stringify(CHART)}::jsonb)
      AS chart (account_no integer, kind text, name text)
  `.execute(trx)
}

export async function closeSchool(trx: Trx, schoolId: string, to: Day): Promise<void> {
  for (const table of ['school', 'school_profile', 'school_authority'] as const) {
    await trx
      .updateTable(table)
      .set({ valid_to: to })
      .where('school_id', '=', schoolId)
      .where('valid_to', 'is', null)
      .execute()
  }
}

/** The first day of the newest row that holds: the school cannot end on or before it. */
export async function findNewestChange(trx: Trx, schoolId: string): Promise<Day | undefined> {
  const opened = trx
    .selectFrom('school_profile')
    .select('valid_from')
    .where('school_id', '=', schoolId)
    .where('valid_to', 'is', null)
    .unionAll(
      trx
        .selectFrom('school_authority')
        .select('valid_from')
        .where('school_id', '=', schoolId)
        .where('valid_to', 'is', null),
    )
  const newest = await trx
    .selectFrom(opened.as('opened'))
    .select('valid_from')
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest?.valid_from
}

/** Oldest first. */
export async function listProfiles(trx: Trx, schoolId: string): Promise<DatedProfile[]> {
  const rows = await trx
    .selectFrom('school_profile')
    .selectAll()
    .where('school_id', '=', schoolId)
    .orderBy('valid_from')
    .execute()
  return rows.map(toProfile)
}

export async function insertProfile(
  trx: Trx,
  schoolId: string,
  profile: SchoolProfile,
  from: Day,
): Promise<void> {
  await trx
    .insertInto('school_profile')
    .values({ school_id: schoolId, valid_from: from, valid_to: null, ...profileColumns(profile) })
    .execute()
}

export async function closeProfile(trx: Trx, schoolId: string, to: Day): Promise<void> {
  await trx
    .updateTable('school_profile')
    .set({ valid_to: to })
    .where('school_id', '=', schoolId)
    .where('valid_to', 'is', null)
    .execute()
}

export async function correctProfile(trx: Trx, schoolId: string, profile: SchoolProfile): Promise<void> {
  await trx
    .updateTable('school_profile')
    .set(profileColumns(profile))
    .where('school_id', '=', schoolId)
    .where('valid_to', 'is', null)
    .execute()
}

export async function insertPredecessor(
  trx: Trx,
  schoolId: string,
  predecessorId: string,
  mergedOn: Day,
): Promise<void> {
  await trx
    .insertInto('school_predecessor')
    .values({ school_id: schoolId, predecessor_id: predecessorId, merged_on: mergedOn })
    .onConflict((conflict) => conflict.columns(['school_id', 'predecessor_id']).doNothing())
    .execute()
}

export async function listPredecessors(
  trx: Trx,
  schoolId: string,
): Promise<{ schoolId: string; mergedOn: Day }[]> {
  return trx
    .selectFrom('school_predecessor')
    .select(['predecessor_id as schoolId', 'merged_on as mergedOn'])
    .where('school_id', '=', schoolId)
    .orderBy('merged_on')
    .orderBy('predecessor_id')
    .execute()
}

/** Profiles of every tenant's school on a day, by name; for callers that are bound to no school. */
export async function readAllSchools(
  trx: Trx,
  asOf: Day,
  limit: number,
  after: NameKey | undefined,
): Promise<(DatedProfile & { id: string })[]> {
  const { rows } = await sql<ProfileRow>`
    SELECT * FROM all_schools(${asOf}, ${after?.name ?? ''}, ${after?.id ?? null}::uuid, ${limit})`.execute(
    trx,
  )
  return rows.map(toProfile)
}

/** The same for the schools that row-level security shows: those under an authority. */
export async function readVisibleSchools(
  trx: Trx,
  asOf: Day,
  limit: number,
  after: NameKey | undefined,
): Promise<(DatedProfile & { id: string })[]> {
  let query = trx
    .selectFrom('school_profile')
    .selectAll()
    .where('valid_from', '<=', asOf)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', asOf)]))
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('name', 'school_id'), '>', eb.tuple(after.name, after.id)))
  }
  const rows = await query.orderBy('name').orderBy('school_id').limit(limit).execute()
  return rows.map(toProfile)
}
