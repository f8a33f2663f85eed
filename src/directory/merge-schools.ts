// Lets one school follow others: each predecessor ends on the day and stays a tenant with its own books; the
// successor keeps the links. Schools may live in separate cells, so this is one transaction a school, each
// harmless to repeat: a merge that broke off is completed by sending it again.
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import type { DirectoryDeps } from './directory-deps.js'
import { getSchool } from './get-school.js'
import type { School } from './get-school.js'
import {
  closeSchool,
  findNewestChange,
  findSchool,
  insertPredecessor,
  listPredecessors,
  lockSchool,
} from './school-store.js'
import type { SchoolRow } from './school-store.js'

export interface Merge {
  predecessorIds: readonly string[]
  /** The predecessors' first day without school; default: today. */
  mergedOn?: Day | undefined
}

/** Throws `SCHOOL_UNKNOWN` or `MERGE_INVALID` unless each predecessor can end on the day. */
export async function checkMergeable(
  { db }: DirectoryDeps,
  predecessorIds: readonly string[],
  mergedOn: Day,
): Promise<void> {
  for (const id of predecessorIds) {
    await db.inSchool(id, async (trx) => checkPredecessor(trx, id, await findSchool(trx, id), mergedOn))
  }
}

export async function mergeSchools(
  deps: DirectoryDeps,
  actor: Actor,
  successorId: string,
  { predecessorIds, mergedOn }: Merge,
): Promise<School> {
  const { db, now } = deps
  const day = mergedOn ?? vietnamDay(now())
  if (predecessorIds.includes(successorId)) throw invalid('a school cannot follow itself')
  await checkMergeable(deps, predecessorIds, day)
  await db.inSchool(successorId, async (trx) => {
    const successor = await lockSchool(trx, successorId)
    if (successor === undefined) throw new DomainError('SCHOOL_NOT_FOUND', 'there is no such school')
    if (successor.validTo !== null) throw invalid(`the successor itself ended on ${successor.validTo}`)
    const linked = await listPredecessors(trx, successorId)
    const added = predecessorIds.filter((id) => !linked.some(({ schoolId }) => schoolId === id))
    for (const id of added) await insertPredecessor(trx, successorId, id, day)
    if (added.length === 0) return
    const record = { actor, action: 'school.merge', objectKind: 'school', objectId: successorId }
    await recordAudit(trx, { ...record, after: { predecessorIds: added, mergedOn: day } })
  })
  for (const id of predecessorIds) {
    await db.inSchool(id, async (trx) => {
      const school = await lockSchool(trx, id)
      await checkPredecessor(trx, id, school, day)
      if (school?.validTo === day) return
      await closeSchool(trx, id, day)
      const record = { actor, action: 'school.close', objectKind: 'school', objectId: id }
      await recordAudit(trx, { ...record, after: { validTo: day, successorId } })
    })
  }
  return getSchool(deps, successorId, day)
}

async function checkPredecessor(
  trx: Trx,
  id: string,
  school: SchoolRow | undefined,
  mergedOn: Day,
): Promise<void> {
  if (school === undefined) {
    throw new DomainError('SCHOOL_UNKNOWN', `there is no school ${id}`, [
      { field: 'predecessorIds', reason: `${id} is no school that we know` },
    ])
  }
  if (school.validTo === mergedOn) return
  if (school.validTo !== null) throw invalid(`school ${id} ended on ${school.validTo} already`)
  const newest = await findNewestChange(trx, id)
  if (newest !== undefined && mergedOn <= newest)
    throw invalid(`school ${id} changed on ${newest}: it can end only after that day`)
}

function invalid(reason: string): DomainError {
  return new DomainError('MERGE_INVALID', reason, [{ field: 'predecessorIds', reason }])
}
