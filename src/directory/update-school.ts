// Changes what a school is, or who is over it, from a day on. A change on the day of the newest one
// corrects it; a day before the newest change is refused.
import assert from 'node:assert/strict'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { AUTHORITY_LINKS } from './authority.js'
import type { AuthorityLink } from './authority.js'
import { getReferredAuthority } from './create-authority.js'
import { planDatedChange } from './dated.js'
import type { DirectoryDeps } from './directory-deps.js'
import { getSchool } from './get-school.js'
import type { School } from './get-school.js'
import {
  closeSchoolAuthority,
  correctSchoolAuthority,
  insertSchoolAuthority,
  listSchoolAuthorities,
  removeOpenSchoolAuthority,
} from './school-authority-store.js'
import type { SchoolAuthorityRow } from './school-authority-store.js'
import { closeProfile, correctProfile, insertProfile, listProfiles, lockSchool } from './school-store.js'
import { changedFields, changeProfile } from './school.js'
import type { ProfileChange } from './school.js'

export interface SchoolChange extends ProfileChange {
  /** Default: today. */
  from?: Day | undefined
  /** null: under none. */
  managingAuthorityId?: string | null | undefined
  reportingAuthorityId?: string | null | undefined
}

export async function updateSchool(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  change: SchoolChange,
): Promise<School> {
  const from = change.from ?? vietnamDay(deps.now())
  await deps.db.inSchool(schoolId, async (trx) => {
    const school = await lockSchool(trx, schoolId)
    if (school === undefined) throw new DomainError('SCHOOL_NOT_FOUND', 'there is no such school')
    if (school.validTo !== null) {
      throw new DomainError('SCHOOL_CLOSED', `the school ended on ${school.validTo} and stays as it was`)
    }
    const profile = await writeProfile(trx, schoolId, change, from)
    const authorities = await writeAuthorities(trx, schoolId, change, from)
    const after = { from, ...profile.after, ...authorities.after }
    const before = { ...profile.before, ...authorities.before }
    if (Object.keys(before).length === 0) return
    await recordAudit(trx, {
      actor,
      action: 'school.update',
      objectKind: 'school',
      objectId: schoolId,
      before,
      after,
    })
  })
  return getSchool(deps, schoolId, from)
}

interface Difference {
  before: Record<string, unknown>
  after: Record<string, unknown>
}

async function writeProfile(
  trx: Trx,
  schoolId: string,
  change: ProfileChange,
  from: Day,
): Promise<Difference> {
  const open = (await listProfiles(trx, schoolId)).at(-1)
  assert(open, `school ${schoolId} has no profile`)
  const next = changeProfile(open, change)
  const fields = changedFields(open, next)
  if (fields.length === 0) return { before: {}, after: {} }
  if (planDatedChange(open, from) === 'correct') await correctProfile(trx, schoolId, next)
  else {
    await closeProfile(trx, schoolId, from)
    await insertProfile(trx, schoolId, next, from)
  }
  return {
    before: Object.fromEntries(fields.map((field) => [field, open[field]])),
    after: Object.fromEntries(fields.map((field) => [field, next[field]])),
  }
}

async function writeAuthorities(
  trx: Trx,
  schoolId: string,
  change: SchoolChange,
  from: Day,
): Promise<Difference> {
  const difference: Difference = { before: {}, after: {} }
  const links = await listSchoolAuthorities(trx, schoolId)
  for (const link of AUTHORITY_LINKS) {
    const field = `${link}AuthorityId` as const
    const authorityId = change[field]
    const open = links.find((row) => row.link === link && row.validTo === null)
    if (authorityId === undefined || authorityId === (open?.authorityId ?? null)) continue
    if (authorityId !== null) await getReferredAuthority(trx, field, authorityId, from)
    await writeLink(trx, schoolId, link, open, authorityId, from)
    difference.before[field] = open?.authorityId ?? null
    difference.after[field] = authorityId
  }
  return difference
}

async function writeLink(
  trx: Trx,
  schoolId: string,
  link: AuthorityLink,
  open: SchoolAuthorityRow | undefined,
  authorityId: string | null,
  from: Day,
): Promise<void> {
  const change = planDatedChange(open, from)
  if (change === 'correct') {
    if (authorityId === null) await removeOpenSchoolAuthority(trx, schoolId, link)
    else await correctSchoolAuthority(trx, schoolId, link, authorityId)
    return
  }
  if (change === 'succeed') await closeSchoolAuthority(trx, schoolId, link, from)
  if (authorityId !== null) await insertSchoolAuthority(trx, schoolId, link, authorityId, from)
}
