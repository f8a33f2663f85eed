// The only SQL on role_assignment: who holds which role where, from which day to before which day.
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import type { Role } from './permission.js'

export interface Assignment {
  id: string
  userId: string
  role: Role
  schoolId: string | null
  authorityId: string | null
  validFrom: Day
  validTo: Day | null
}

export interface NamedAssignment extends Assignment {
  schoolName: string | null
  authorityName: string | null
}

interface Row {
  id: string
  userId: string
  role: Role
  schoolId: string | null
  schoolName: string | null
  authorityId: string | null
  authorityName: string | null
  validFrom: Day
  validTo: Day | null
}

/**
 * The roles that these users hold on the day, with the names of their holders. Served by role_assignment_of_user;
 * a school's name comes past row-level security, because no school is open yet.
 */
export async function listAssignments(trx: Trx, userIds: readonly string[], day: Day): Promise<NamedAssignment[]> {
  if (userIds.length === 0) return []
  const { rows } = await sql<Row>`
    WITH held AS (
      SELECT * FROM role_assignment WHERE user_id = ANY (${[...userIds]}::uuid[])
        AND valid_from <= ${day} AND (valid_to IS NULL OR valid_to > ${day})
    )
    SELECT held.id, user_id AS "userId", role, of_school_id AS "schoolId", school.name AS "schoolName",
      of_authority_id AS "authorityId", authority.name AS "authorityName", held.valid_from AS "validFrom",
      held.valid_to AS "validTo"
    FROM held
    LEFT JOIN school_names((SELECT array_agg(DISTINCT of_school_id) FROM held)) school ON school_id = of_school_id
    LEFT JOIN authority ON authority.id = of_authority_id
    ORDER BY held.id`.execute(trx)
  return rows
}

const COLUMNS = ['id', 'user_id as userId', 'role', 'of_school_id as schoolId', 'of_authority_id as authorityId',
  'valid_from as validFrom', 'valid_to as validTo'] as const

export async function findAssignment(trx: Trx, id: string): Promise<Assignment | undefined> {
  return trx.selectFrom('role_assignment').select(COLUMNS).where('id', '=', id).executeTakeFirst()
}

/** The role that was given last, whether or not it has ended. Served by role_assignment_of_user. */
export async function findLatestAssignment(trx: Trx, userId: string): Promise<Assignment | undefined> {
  return trx.selectFrom('role_assignment').select(COLUMNS).where('user_id', '=', userId)
    .orderBy('id', 'desc').limit(1).executeTakeFirst()
}

/** Undefined when the user holds the same role at the same place already. */
export async function insertAssignment(
  trx: Trx, assignment: Pick<Assignment, 'userId' | 'role' | 'schoolId' | 'authorityId' | 'validFrom'>,
): Promise<string | undefined> {
  const row = await trx.insertInto('role_assignment').values({
    id: uuidv7(),
    user_id: assignment.userId,
    role: assignment.role,
    of_school_id: assignment.schoolId,
    of_authority_id: assignment.authorityId,
    valid_from: assignment.validFrom,
  }).onConflict((conflict) => conflict.doNothing()).returning('id').executeTakeFirst()
  return row?.id
}

/** False when it had ended before. Ended on its first day, it never counted. */
export async function closeAssignment(trx: Trx, id: string, to: Day): Promise<boolean> {
  const closed = await trx.updateTable('role_assignment').set({ valid_to: to })
    .where('id', '=', id).where('valid_to', 'is', null).returning('id').executeTakeFirst()
  return closed !== undefined
}

/** Whether the user was ever given a role at the school. Served by role_assignment_of_school. */
export async function wasEverAt(trx: Trx, userId: string, schoolId: string): Promise<boolean> {
  const row = await trx.selectFrom('role_assignment').select('id')
    .where('of_school_id', '=', schoolId).where('user_id', '=', userId).limit(1).executeTakeFirst()
  return row !== undefined
}
