// Which schools and authorities exist, and which of them a bound token may see. Only "yes" is remembered: what
// did not exist a moment ago may exist now.
import { LRUCache } from 'lru-cache'
import { sql } from 'kysely'
import type { Database } from '../db/tenancy.js'

export interface Reach {
  schoolExists(schoolId: string): Promise<boolean>
  schoolIsUnder(schoolId: string, authorityId: string): Promise<boolean>
  authorityIsUnder(authorityId: string, aboveId: string): Promise<boolean>
}

const REMEMBERED_MAX = 20_000

export function createReach(db: Database, { cacheMs }: { cacheMs: number }): Reach {
  // Schools are never deleted, so their existence is remembered for good; links between them are dated.
  const schools = new LRUCache<string, true>({ max: REMEMBERED_MAX })
  const links = new LRUCache<string, true>({ max: REMEMBERED_MAX, ttl: cacheMs })
  return {
    schoolExists: (schoolId) => remember(schools, schoolId, () => db.inSchool(schoolId, async (trx) =>
      await trx.selectFrom('school').select('school_id').where('school_id', '=', schoolId)
        .executeTakeFirst() !== undefined)),

    // Row-level security decides: as an authority, only the schools below it are visible.
    schoolIsUnder: (schoolId, authorityId) =>
      remember(links, `${schoolId} ${authorityId}`, () => db.asAuthority(authorityId, async (trx) =>
        await trx.selectFrom('school').select('school_id').where('school_id', '=', schoolId)
          .executeTakeFirst() !== undefined)),

    authorityIsUnder: (authorityId, aboveId) =>
      remember(links, `${authorityId} ${aboveId}`, () => db.asService(async (trx) => {
        const { rows } = await sql<{ found: boolean }>`
          WITH RECURSIVE above (id) AS (
            SELECT ${authorityId}::uuid
            UNION
            SELECT link.parent_id FROM authority_link link JOIN above ON link.authority_id = above.id
          )
          SELECT ${aboveId}::uuid IN (SELECT id FROM above) AS found`.execute(trx)
        return rows[0]?.found === true
      })),
  }
}

async function remember(
  cache: LRUCache<string, true>, key: string, look: () => Promise<boolean>,
): Promise<boolean> {
  if (cache.get(key)) return true
  const found = await look()
  if (found) cache.set(key, true)
  return found
}
