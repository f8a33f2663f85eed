// The round that is being billed, and the two days that every bill of today carries. What is missing or
// closed is refused here, once for run, preview and single bill.
import { sql } from 'kysely'
import { DomainError } from '../errors.js'
import type { Trx } from '../db/tenancy.js'
import { addDays } from '../time.js'
import type { Day, SchoolYear } from '../time.js'

export interface Round {
  roundId: string
  schoolYear: SchoolYear
  dueOn: Day
  state: 'open' | 'closed'
}

/** Throws `ROUND_NOT_FOUND`. */
export async function getRound(trx: Trx, schoolId: string, roundId: string): Promise<Round> {
  const round = await trx.selectFrom('collection_round')
    .select(['id as roundId', 'school_year as schoolYear', 'due_on as dueOn', 'state'])
    .where('school_id', '=', schoolId).where('id', '=', roundId).executeTakeFirst()
  if (!round) throw new DomainError('ROUND_NOT_FOUND', 'this school has no such round')
  return round
}

/** Throws `ROUND_NOT_FOUND`, or `ROUND_CLOSED_CONFLICT`: a closed round is billed no more. */
export async function getOpenRound(trx: Trx, schoolId: string, roundId: string): Promise<Round> {
  const round = await getRound(trx, schoolId, roundId)
  if (round.state === 'closed') throw new DomainError('ROUND_CLOSED_CONFLICT', 'the round is closed')
  return round
}

/** The day on which an entry of `today` counts: the first open day when its period is closed. */
export async function getCountedDay(trx: Trx, schoolId: string, today: Day): Promise<Day> {
  const { rows } = await sql<{ closed_through: Day | null }>`SELECT max(closed_through) AS closed_through
    FROM period_close WHERE school_id = ${schoolId}`.execute(trx)
  const closedThrough = rows[0]?.closed_through ?? null
  return closedThrough !== null && closedThrough >= today ? addDays(closedThrough, 1) : today
}
