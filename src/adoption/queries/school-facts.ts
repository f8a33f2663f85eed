// What the schools of a roster are on a day, and who manages them: by these an authority's figures are set
// apart.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import type { SchoolLevel, SchoolType } from '../../directory/school.js'
import type { Day } from '../../time.js'
import type { Roster } from './roster.js'

export interface SchoolFacts {
  school_id: string
  type: SchoolType
  levels: SchoolLevel[]
  urban: boolean
  /** The commune or department that manages the school on the day; null where none is recorded. */
  managing_id: string | null
  managing_name: string | null
  /** True when that authority stands under the one that asks, so that its own page can be opened. */
  managed_below: boolean
}

/** In the order of the roster. Served by school_profile_pkey and school_authority_pkey. */
export async function readSchoolFacts(
  db: Kysely<Tables>, authorityId: string, roster: Roster, asOf: Day,
): Promise<SchoolFacts[]> {
  const validOn = (alias: string) =>
    sql`${sql.ref(`${alias}.valid_from`)} <= ${asOf}
      AND (${sql.ref(`${alias}.valid_to`)} IS NULL OR ${sql.ref(`${alias}.valid_to`)} > ${asOf})`
  const { rows } = await sql<SchoolFacts>`
    WITH RECURSIVE below AS (
      SELECT l.authority_id FROM authority_link l WHERE l.parent_id = ${authorityId} AND ${validOn('l')}
      UNION
      SELECT l.authority_id FROM authority_link l JOIN below ON l.parent_id = below.authority_id
      WHERE ${validOn('l')}
    )
    SELECT p.school_id, p.type, p.levels, p.urban, a.id AS managing_id, a.name AS managing_name,
      a.id IN (SELECT authority_id FROM below) IS TRUE AS managed_below
    FROM unnest(${roster.map(({ schoolId }) => schoolId)}::uuid[]) WITH ORDINALITY AS r (school_id, place)
    JOIN school_profile p ON p.school_id = r.school_id AND ${validOn('p')}
    LEFT JOIN school_authority l ON l.school_id = r.school_id AND l.link = 'managing' AND ${validOn('l')}
    LEFT JOIN authority a ON a.id = l.authority_id
    ORDER BY r.place`.execute(db)
  return rows
}
