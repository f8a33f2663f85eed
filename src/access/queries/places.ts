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
