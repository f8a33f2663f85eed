// The SQL of a school's dated links to authorities. Reads and writes the opened school only.
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import type { AuthorityLink } from './authority.js'

export interface SchoolAuthorityRow {
  link: AuthorityLink
  authorityId: string
  validFrom: Day
  validTo: Day | null
}

/** Oldest first. */
export async function listSchoolAuthorities(trx: Trx, schoolId: string): Promise<SchoolAuthorityRow[]> {
  return trx
    .selectFrom('school_authority')
    .select(['link', 'authority_id as authorityId', 'valid_from as validFrom', 'valid_to as validTo'])
    .where('school_id', '=', schoolId)
    .orderBy('valid_from')
    .orderBy('link')
    .execute()
}

export async function insertSchoolAuthority(
  trx: Trx,
  schoolId: string,
  link: AuthorityLink,
  authorityId: string,
  from: Day,
): Promise<void> {
  await trx
    .insertInto('school_authority')
    .values({ school_id: schoolId, link, authority_id: authorityId, valid_from: from, valid_to: null })
    .execute()
}

export async function closeSchoolAuthority(
  trx: Trx,
  schoolId: string,
  link: AuthorityLink,
  to: Day,
): Promise<void> {
  await trx
    .updateTable('school_authority')
    .set({ valid_to: to })
    .where('school_id', '=', schoolId)
    .where('link', '=', link)
    .where('valid_to', 'is', null)
    .execute()
}

export async function correctSchoolAuthority(
  trx: Trx,
  schoolId: string,
  link: AuthorityLink,
  authorityId: string,
): Promise<void> {
  await trx
    .updateTable('school_authority')
    .set({ authority_id: authorityId })
    .where('school_id', '=', schoolId)
    .where('link', '=', link)
    .where('valid_to', 'is', null)
    .execute()
}

export async function removeOpenSchoolAuthority(
  trx: Trx,
  schoolId: string,
  link: AuthorityLink,
): Promise<void> {
  await trx
    .deleteFrom('school_authority')
    .where('school_id', '=', schoolId)
    .where('link', '=', link)
    .where('valid_to', 'is', null)
    .execute()
}
