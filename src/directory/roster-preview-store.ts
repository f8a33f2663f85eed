// The SQL of lists that wait to be taken over, and of imports that were done. Reads and writes the opened school only.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import type { RosterFault } from './roster-student.js'

export interface KeptRoster {
  id: string
  actor: string
  fileName: string
  file: Buffer
  schoolYear: string
  enrolFrom: Day
  expiresAt: Date
}

/** In the place of what the same person looked at before; what is too old goes as well. */
export async function keepRosterFile(trx: Trx, schoolId: string, kept: KeptRoster, now: Date): Promise<void> {
  await trx
    .deleteFrom('roster_preview')
    .where('school_id', '=', schoolId)
    .where('expires_at', '<=', now)
    .execute()
  const row = {
    id: kept.id,
    file_name: kept.fileName,
    file: kept.file,
    school_year: kept.schoolYear,
    enrol_from: kept.enrolFrom,
    expires_at: kept.expiresAt,
  }
  // Of two that are sent at once the later one stays.
  await trx
    .insertInto('roster_preview')
    .values({ school_id: schoolId, actor: kept.actor, ...row })
    .onConflict((conflict) => conflict.constraint('roster_preview_actor_key').doUpdateSet(row))
    .execute()
}

/** Of this person, and not too old; by primary key. */
export async function findKeptRoster(
  trx: Trx,
  schoolId: string,
  { id, actor, now }: { id: string; actor: string; now: Date },
): Promise<KeptRoster | undefined> {
  return trx
    .selectFrom('roster_preview')
    .select([
      'id',
      'actor',
      'file_name as fileName',
      'file',
      'school_year as schoolYear',
      'enrol_from as enrolFrom',
      'expires_at as expiresAt',
    ])
    .where('school_id', '=', schoolId)
    .where('id', '=', id)
    .where('actor', '=', actor)
    .where('expires_at', '>', now)
    .executeTakeFirst()
}

export async function forgetKeptRoster(trx: Trx, schoolId: string, id: string): Promise<void> {
  await trx.deleteFrom('roster_preview').where('school_id', '=', schoolId).where('id', '=', id).execute()
}

/** Of every school; index roster_preview_expires. */
export async function forgetExpiredRosters(trx: Trx): Promise<void> {
  await sql`SELECT forget_roster_previews()`.execute(trx)
}

export interface DoneImport {
  id: string
  schoolYear: string
  rows: number
  created: number
  updated: number
  unchanged: number
  faults: RosterFault[]
  actor: string
  recordedAt: Date
}

const IMPORT = sql<DoneImport>`id, school_year AS "schoolYear", row_count AS rows, created_count AS created,
  updated_count AS updated, unchanged_count AS unchanged, faults, actor, recorded_at AS "recordedAt"`

/** By primary key. */
export async function findImport(trx: Trx, schoolId: string, id: string): Promise<DoneImport | undefined> {
  const { rows } = await sql<DoneImport>`SELECT ${IMPORT} FROM roster_import
    WHERE school_id = ${schoolId} AND id = ${id}`.execute(trx)
  return rows[0]
}

/** Newest first, by the primary key: ids grow with time. */
export async function listImports(trx: Trx, schoolId: string, limit: number): Promise<DoneImport[]> {
  const { rows } = await sql<DoneImport>`SELECT ${IMPORT} FROM roster_import
    WHERE school_id = ${schoolId} ORDER BY id DESC LIMIT ${limit}`.execute(trx)
  return rows
}
