// The round that is being billed. What is missing or closed is refused here, once for run, preview, single bill and
// choice.
import { DomainError } from '../errors.js'
import type { Trx } from '../db/tenancy.js'
import type { Day, SchoolYear } from '../time.js'

export interface Round {
  roundId: string
  schoolYear: SchoolYear
  dueOn: Day
  state: 'open' | 'closed'
}

/** Throws `ROUND_NOT_FOUND`. */
export async function getRound(trx: Trx, schoolId: string, roundId: string): Promise<Round> {
  return (await selectRound(trx, schoolId, roundId).executeTakeFirst()) ?? noSuchRound()
}

/**
 * Keeps the round from being closed until this transaction ends. Throws `ROUND_NOT_FOUND`, or
 * `ROUND_CLOSED_CONFLICT`: a closed round is billed no more.
 */
export async function getOpenRound(trx: Trx, schoolId: string, roundId: string): Promise<Round> {
  return assertOpen(await selectRound(trx, schoolId, roundId).forKeyShare().executeTakeFirst())
}

/**
 * For starting a run: waits for a plan that is being written, and keeps the next one away until this transaction ends.
 * Throws as `getOpenRound` does.
 */
export async function lockOpenRound(trx: Trx, schoolId: string, roundId: string): Promise<Round> {
  return assertOpen(await selectRound(trx, schoolId, roundId).forNoKeyUpdate().executeTakeFirst())
}

/** For closing: waits for whoever is billing the round now. Throws `ROUND_NOT_FOUND`. */
export async function lockRound(trx: Trx, schoolId: string, roundId: string): Promise<Round> {
  return (await selectRound(trx, schoolId, roundId).forUpdate().executeTakeFirst()) ?? noSuchRound()
}

function selectRound(trx: Trx, schoolId: string, roundId: string) {
  return trx.selectFrom('collection_round')
    .select(['id as roundId', 'school_year as schoolYear', 'due_on as dueOn', 'state'])
    .where('school_id', '=', schoolId).where('id', '=', roundId)
}

function assertOpen(round: Round | undefined): Round {
  if (round?.state === 'closed') throw new DomainError('ROUND_CLOSED_CONFLICT', 'the round is closed')
  return round ?? noSuchRound()
}

function noSuchRound(): never {
  throw new DomainError('ROUND_NOT_FOUND', 'this school has no such round')
}
