// Names of authorities and schools to choose from; public facts.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { Day } from '../../time.js'

const SCHOOLS_READ_MAX = 10_000

/** A few hundred in a province. */
export async function findAuthoritiesOfKinds(
  trx: Trx, kinds: readonly ('ministry' | 'department' | 'district_office' | 'commune')[], day: Day,
): Promise<{ id: string; name: string }[]> {
  if (kinds.length === 0) return []
  return trx.selectFrom('authority').select(['id', 'name']).where('kind', 'in', kinds)
    .where('valid_from', '<=', day).where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', day)]))
    .orderBy('name').orderBy('id').execute()
}

/** Reads the names of a province (some thousand rows): rare, and no index serves the middle of a name. */
export async function findSchoolsByName(
  trx: Trx, text: string, day: Day, limit: number,
): Promise<{ id: string; name: string }[]> {
  const part = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT school_id AS id, name FROM all_schools(${day}, '', NULL, ${SCHOOLS_READ_MAX})
    WHERE name ILIKE ${part} ORDER BY name, school_id LIMIT ${limit}`.execute(trx)
  return rows
}

/** The names of the schools and authorities that these are bound to; a school's past row-level security. */
export async function namesOfPlaces(
  trx: Trx, bound: readonly { schoolId: string | null; authorityId: string | null }[],
): Promise<{ schools: Map<string, string>; authorities: Map<string, string> }> {
  const ids = (all: readonly (string | null)[]): string[] => [...new Set(all.filter((id) => id !== null))]
  const schoolIds = ids(bound.map(({ schoolId }) => schoolId))
  const authorityIds = ids(bound.map(({ authorityId }) => authorityId))
  const { rows: schools } = await sql<{ id: string; name: string }>`
    SELECT school_id AS id, name FROM school_names(${schoolIds}::uuid[])`.execute(trx)
  const authorities = authorityIds.length === 0 ? [] : await trx.selectFrom('authority').select(['id', 'name'])
    .where('id', 'in', authorityIds).execute()
  const byId = (rows: readonly { id: string; name: string }[]) => new Map(rows.map(({ id, name }) => [id, name]))
  return { schools: byId(schools), authorities: byId(authorities) }
}
