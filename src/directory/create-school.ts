// Makes a school: its first profile, its links to authorities and its ledger accounts, in one transaction,
// so that no school exists on whose books nothing can be posted.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import { schoolYearOf, schoolYearStart, vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { AUTHORITY_LINKS } from './authority.js'
import { getReferredAuthority } from './create-authority.js'
import type { DirectoryDeps } from './directory-deps.js'
import { getSchool } from './get-school.js'
import type { School } from './get-school.js'
import { checkMergeable, mergeSchools } from './merge-schools.js'
import { insertSchoolAuthority } from './school-authority-store.js'
import { insertProfile, insertSchool } from './school-store.js'
import { changeProfile } from './school.js'
import type { ProfileChange, SchoolLevel, SchoolType } from './school.js'

export interface NewSchool extends ProfileChange {
  name: string
  type: SchoolType
  levels: SchoolLevel[]
  /** Default: the first day of this school year; a school was there before we heard of it. */
  validFrom?: Day | undefined
  managingAuthorityId?: string | undefined
  reportingAuthorityId?: string | undefined
  /** Schools that end on the day this one begins. */
  predecessorIds?: string[] | undefined
}

const UNKNOWN = { urban: false, moetCode: null, eId: null, taxCode: null }

export async function createSchool(
  deps: DirectoryDeps,
  actor: Actor,
  wanted: NewSchool,
): Promise<School> {
  const schoolId = uuidv7()
  const validFrom = wanted.validFrom ?? schoolYearStart(schoolYearOf(vietnamDay(deps.now())))
  const { name, type, levels, predecessorIds = [] } = wanted
  const profile = changeProfile({ ...UNKNOWN, name, type, levels }, wanted)
  await checkMergeable(deps, predecessorIds, validFrom)
  await deps.db.inSchool(schoolId, async (trx) => {
    await insertSchool(trx, schoolId, validFrom)
    await insertProfile(trx, schoolId, profile, validFrom)
    const authorities: Record<string, string> = {}
    for (const link of AUTHORITY_LINKS) {
      const field = `${link}AuthorityId` as const
      const authorityId = wanted[field]
      if (authorityId === undefined) continue
      await getReferredAuthority(trx, field, authorityId, validFrom)
      await insertSchoolAuthority(trx, schoolId, link, authorityId, validFrom)
      authorities[field] = authorityId
    }
    const after = { ...profile, validFrom, ...authorities }
    await recordAudit(trx, {
      actor,
      action: 'school.create',
      objectKind: 'school',
      objectId: schoolId,
      after,
    })
  })
  if (predecessorIds.length > 0) {
    await mergeSchools(deps, actor, schoolId, { predecessorIds, mergedOn: validFrom })
  }
  return getSchool(deps, schoolId, validFrom)
}
