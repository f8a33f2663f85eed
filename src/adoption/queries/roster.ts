// Which schools a figure is about: those under an authority, or one school, as they stood on a day. A school
// brings the rows of its predecessors (a merged school stays a tenant of its own; reports follow the link).
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import type { SchoolLevel } from '../../directory/school.js'
import type { Day } from '../../time.js'

export type RosterScope = { authorityId: string } | { schoolId: string }

/** `dataSchoolIds` are the tenants whose rows count for this school: itself and its predecessors. */
export interface RosterSchool {
  schoolId: string
  name: string
  dataSchoolIds: readonly string[]
}
export type Roster = readonly RosterSchool[]

/**
 * The schools valid on `asOf`, by the links and profiles of that day. Rows of a tenant count for one school
 * only: its own while that is on the roster, else the successor with the smallest id. Row-level security decides
 * which predecessors are visible, so a school that asks for itself gets its own rows alone.
 */
export async function findRoster(
  db: Kysely<Tables>, scope: RosterScope, asOf: Day, level: SchoolLevel | null,
): Promise<Roster> {
  const chosen = 'schoolId' in scope
    ? sql`SELECT ${scope.schoolId}::uuid AS school_id`
    : sql`SELECT l.school_id FROM school_authority l JOIN below USING (authority_id)
        WHERE ${validOn(sql`l`, asOf)}`
  const below = 'schoolId' in scope
    ? sql`SELECT NULL::uuid AS authority_id`
    : sql`SELECT ${scope.authorityId}::uuid AS authority_id
        UNION
        SELECT l.authority_id FROM authority_link l JOIN below ON l.parent_id = below.authority_id
        WHERE ${validOn(sql`l`, asOf)}`
  const { rows } = await sql<RosterSchool>`
    WITH RECURSIVE below AS (${below}),
    roster AS (
      SELECT s.school_id, p.name FROM school s
      JOIN school_profile p ON p.school_id = s.school_id AND ${validOn(sql`p`, asOf)}
      WHERE s.school_id IN (${chosen}) AND ${validOn(sql`s`, asOf)}
        AND (${level}::text IS NULL OR ${level} = ANY (p.levels))
    ),
    family AS (
      SELECT school_id, school_id AS data_school_id FROM roster
      UNION
      SELECT f.school_id, p.predecessor_id FROM family f
      JOIN school_predecessor p ON p.school_id = f.data_school_id AND p.merged_on <= ${asOf}
    ),
    member AS (
      SELECT DISTINCT ON (data_school_id) school_id, data_school_id FROM family
      ORDER BY data_school_id, school_id <> data_school_id, school_id
    )
    SELECT r.school_id AS "schoolId", r.name,
      array_agg(m.data_school_id::text ORDER BY m.data_school_id) AS "dataSchoolIds"
    FROM roster r JOIN member m USING (school_id) GROUP BY r.school_id, r.name
    ORDER BY r.name, r.school_id`.execute(db)
  return rows
}

function validOn(alias: ReturnType<typeof sql>, asOf: Day) {
  return sql`${alias}.valid_from <= ${asOf} AND (${alias}.valid_to IS NULL OR ${alias}.valid_to > ${asOf})`
}
