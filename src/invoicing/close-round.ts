// Closes a round and opens it again. A closed round is billed no more: no run, no single bill, no choice; money that
// comes for its bills is taken as before, and a bill of it may still be cancelled.
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { lockRound } from './round.js'
import type { Round } from './round.js'
import { findOpenRun } from './run-store.js'

type RoundState = Round['state']

/**
 * Asking for the state that it has changes nothing. Throws `ROUND_NOT_FOUND`, or `INVOICE_RUN_EXISTS` when a round
 * is closed while a run of it is under way.
 */
export async function setRoundState(
  deps: Pick<Deps, 'db'>, actor: Actor, schoolId: string, wanted: { roundId: string; state: RoundState },
): Promise<Round> {
  const { roundId, state } = wanted
  return deps.db.inSchool(schoolId, async (trx) => {
    const round = await lockRound(trx, schoolId, roundId)
    if (round.state === state) return round
    const run = state === 'closed' ? await findOpenRun(trx, schoolId, roundId) : undefined
    if (run) throw new DomainError('INVOICE_RUN_EXISTS', `run ${run.id} of this round is under way`)
    await trx.updateTable('collection_round').set({ state })
      .where('school_id', '=', schoolId).where('id', '=', roundId).execute()
    await recordAudit(trx, {
      actor, action: state === 'closed' ? 'round.close' : 'round.reopen', objectKind: 'collection_round',
      objectId: roundId, before: { state: round.state }, after: { state },
    })
    return { ...round, state }
  })
}
