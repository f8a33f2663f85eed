// What every page of a round starts from: the round's own row and the name of the school.
import type { Deps } from '../../deps.js'
import { getRoundWithFees } from '../../fees/plan-round.js'
import type { RoundWithFees } from '../../fees/plan-round.js'
import { findSchoolName } from './school-name.js'

export interface RoundStart {
  schoolId: string
  schoolName: string
  round: RoundWithFees
}

/** Throws `ROUND_NOT_FOUND`. */
export async function startRoundPage(
  { db }: Pick<Deps, 'db'>, { schoolId, roundId }: { schoolId: string; roundId: string },
): Promise<RoundStart> {
  const round = await db.inSchool(schoolId, (trx) => getRoundWithFees(trx, schoolId, roundId))
  return { schoolId, schoolName: await findSchoolName(db, schoolId), round }
}
