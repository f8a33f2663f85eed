// Which schools are there? Public facts only: what is a school's own is behind its own routes.
import { toPage } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import type { DirectoryDeps } from './directory-deps.js'
import { getAuthority } from './move-authority.js'
import { readNameKey } from './name-key.js'
import { readAllSchools, readVisibleSchools } from './school-store.js'
import type { DatedProfile } from './school.js'

export interface SchoolListQuery {
  limit?: number | undefined
  cursor?: string | undefined
  /** Default: today. */
  asOf?: Day | undefined
}

export interface SchoolPage {
  items: (DatedProfile & { id: string })[]
  nextCursor: string | null
}

/** Every school that exists on the day, across tenants; for callers that are bound to none. */
export async function listSchools(
  { db, now }: DirectoryDeps,
  query: SchoolListQuery,
): Promise<SchoolPage> {
  const { limit = LIMITS.pageSizeDefault, cursor, asOf = vietnamDay(now()) } = query
  const after = readNameKey(cursor)
  const schools = await db.asService((trx) => readAllSchools(trx, asOf, limit + 1, after))
  return toPage(schools, limit, (school) => [school.name, school.id])
}

/** Those under one authority. Throws `AUTHORITY_NOT_FOUND`. */
export async function listSchoolsUnder(
  { db, now }: DirectoryDeps,
  authorityId: string,
  query: SchoolListQuery,
): Promise<SchoolPage> {
  const { limit = LIMITS.pageSizeDefault, cursor, asOf = vietnamDay(now()) } = query
  const after = readNameKey(cursor)
  const schools = await db.asAuthority(authorityId, async (trx) => {
    await getAuthority(trx, authorityId, asOf)
    return readVisibleSchools(trx, asOf, limit + 1, after)
  })
  return toPage(schools, limit, (school) => [school.name, school.id])
}
