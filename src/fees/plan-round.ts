// Makes collection rounds and writes their fee plans. A plan that is malformed or above a price cap is
// refused whole; nothing of it is kept.
import assert from 'node:assert/strict'
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { schoolYearStart } from '../time.js'
import type { Day, SchoolYear } from '../time.js'
import { checkRoundCaps } from './price-cap-check.js'
import { findPlanFaults } from './round-plan.js'
import type { PlanLine } from './round-plan.js'
import {
  findKnownNames, findRound, insertRound, isBeingBilled, listRoundFees, lockPlan, replaceRoundFees, setStudentFees
} from './round-store.js'
import type { RoundFeeRow, RoundRow, StudentFees } from './round-store.js'

export interface RoundWithFees extends RoundRow {
  fees: RoundFeeRow[]
}

export interface NewRound {
  schoolYear: SchoolYear
  name: string
  dueOn: Day
  fees?: readonly PlanLine[]
}

/** Throws `SCHOOL_YEAR_INVALID`, `FEE_PLAN_INVALID`, `PRICE_CAP_EXCEEDED`. */
export async function createRound(
  deps: Pick<Deps, 'db'>, actor: Actor, schoolId: string, { fees = [], ...asked }: NewRound,
): Promise<RoundWithFees> {
  schoolYearStart(asked.schoolYear)
  const id = uuidv7()
  return deps.db.inSchool(schoolId, async (trx) => {
    const round: RoundRow = { id, ...asked, state: 'open' }
    await insertRound(trx, schoolId, round)
    await writePlan(trx, schoolId, round, fees, 'replaced')
    await recordAudit(trx, {
      actor, action: 'round.create', objectKind: 'collection_round', objectId: id, after: { ...asked, fees },
    })
    return { ...round, fees: await listRoundFees(trx, schoolId, id) }
  })
}

export interface NewPlan {
  roundId: string
  fees: readonly PlanLine[]
  /** `kept` writes only the fees of school, grades and classes anew; those of single students stay. */
  ownFees?: 'replaced' | 'kept'
}

/**
 * Throws `ROUND_NOT_FOUND`, `ROUND_CLOSED_CONFLICT`, `FEE_PLAN_INVALID`, `PRICE_CAP_EXCEEDED`, and `INVOICE_RUN_EXISTS`
 * while a run is under way: it would bill some students by the old plan and the others by one that nobody looked at.
 */
export async function replacePlan(
  deps: Pick<Deps, 'db'>, actor: Actor, schoolId: string, plan: NewPlan,
): Promise<RoundWithFees> {
  const { roundId, fees, ownFees = 'replaced' } = plan
  assert(ownFees === 'replaced' || fees.every(({ scope }) => scope !== 'student'), 'own fees are kept, not given')
  return deps.db.inSchool(schoolId, async (trx) => {
    await lockPlan(trx, schoolId, roundId)
    const { fees: before, ...round } = await getRoundWithFees(trx, schoolId, roundId)
    if (round.state === 'closed') throw new DomainError('ROUND_CLOSED_CONFLICT', 'the round is closed')
    if (await isBeingBilled(trx, schoolId, roundId)) {
      throw new DomainError('INVOICE_RUN_EXISTS', 'the round is being billed by its plan: wait until that is done')
    }
    await writePlan(trx, schoolId, round, fees, ownFees)
    await recordAudit(trx, {
      actor, action: 'round.plan', objectKind: 'collection_round', objectId: roundId,
      before: { fees: ownFees === 'kept' ? before.filter(({ scope }) => scope !== 'student') : before }, after: { fees },
    })
    return { ...round, fees: await listRoundFees(trx, schoolId, roundId) }
  })
}

/** Throws `ROUND_NOT_FOUND`. */
export async function getRoundWithFees(trx: Trx, schoolId: string, roundId: string): Promise<RoundWithFees> {
  const round = await findRound(trx, schoolId, roundId)
  if (!round) throw new DomainError('ROUND_NOT_FOUND', 'this school has no such round')
  return { ...round, fees: await listRoundFees(trx, schoolId, roundId) }
}

/** Adds fees of one student to an open round's plan, or changes them. Throws `PRICE_CAP_EXCEEDED`. */
export async function planStudentFees(
  trx: Trx, schoolId: string, round: { roundId: string; schoolYear: SchoolYear; dueOn: Day }, fees: StudentFees,
): Promise<void> {
  await setStudentFees(trx, schoolId, round.roundId, fees)
  await checkRoundCaps(trx, schoolId, round)
}

async function writePlan(
  trx: Trx, schoolId: string, round: RoundRow, fees: readonly PlanLine[], ownFees: 'replaced' | 'kept',
): Promise<void> {
  const faults = findPlanFaults(fees, await findKnownNames(trx, schoolId, round.schoolYear, fees))
  const first = faults[0]
  if (first) throw new DomainError('FEE_PLAN_INVALID', `${first.field} ${first.reason}`, faults)
  await replaceRoundFees(trx, schoolId, round.id, fees, ownFees)
  await checkRoundCaps(trx, schoolId, { roundId: round.id, schoolYear: round.schoolYear, dueOn: round.dueOn })
}
