// What is a school on a day, and what was it before?
import assert from 'node:assert/strict'
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'
import { holdsOn } from './dated.js'
import type { DirectoryDeps } from './directory-deps.js'
import { listSchoolAuthorities } from './school-authority-store.js'
import type { SchoolAuthorityRow } from './school-authority-store.js'
import { findSchool, listPredecessors, listProfiles } from './school-store.js'
import type { SchoolRow } from './school-store.js'
import type { DatedProfile, SchoolProfile } from './school.js'

export interface School extends SchoolRow, SchoolProfile {
  managingAuthorityId: string | null
  reportingAuthorityId: string | null
  profiles: DatedProfile[]
  authorities: SchoolAuthorityRow[]
  predecessors: { schoolId: string; mergedOn: Day }[]
}

/**
 * Before its first day a school is what it began as; after its last day what it was. Throws
 * `SCHOOL_NOT_FOUND`.
 */
export async function getSchool({ db }: DirectoryDeps, schoolId: string, asOf: Day): Promise<School> {
  return db.inSchool(schoolId, async (trx) => {
    const school = await findSchool(trx, schoolId)
    if (school === undefined) throw new DomainError('SCHOOL_NOT_FOUND', 'there is no such school')
    const profiles = await listProfiles(trx, schoolId)
    const authorities = await listSchoolAuthorities(trx, schoolId)
    const profile = profiles.findLast((row) => row.validFrom <= asOf) ?? profiles[0]
    assert(profile, `school ${schoolId} has no profile`)
    const authorityOf = (link: string): string | null =>
      authorities.find((row) => row.link === link && holdsOn(row, asOf))?.authorityId ?? null
    return {
      ...profile,
      ...school,
      managingAuthorityId: authorityOf('managing'),
      reportingAuthorityId: authorityOf('reporting'),
      profiles,
      authorities,
      predecessors: await listPredecessors(trx, schoolId),
    }
  })
}
