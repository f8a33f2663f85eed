// Refuses a fee plan that breaks a price cap of any authority above the school. Asked when a plan is written
// and again before it is billed, because a cap may be added in between.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { yearBefore } from '../time.js'
import type { Day, SchoolYear } from '../time.js'
import { breachError, findCapBreaches } from './price-cap.js'
import type { CapBreach, PlannedFee, PriceCap } from './price-cap.js'

type PlannedRound = { roundId: string; schoolYear: SchoolYear; dueOn: Day }

/** Throws `PRICE_CAP_EXCEEDED` with an error for each amount of the plan above a cap on the due day. */
export async function checkRoundCaps(trx: Trx, schoolId: string, round: PlannedRound): Promise<void> {
  const breaches = await findRoundBreaches(trx, schoolId, round)
  if (breaches.length > 0) throw new PriceCapExceeded(breaches)
}

/** Carries what was broken, so that a page can say it in its reader's language. */
export class PriceCapExceeded extends DomainError {
  readonly breaches: readonly CapBreach[]

  constructor(breaches: readonly CapBreach[]) {
    const errors = breaches.map(breachError)
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
    super('PRICE_CAP_EXCEEDED', `${errors[0]?.reason ?? ''}${more}`, errors)
    this.breaches = breaches
  }
}

/** What is above a cap in the whole plan of a round, as it stands in this transaction. */
export async function findRoundBreaches(
  trx: Trx, schoolId: string, round: PlannedRound,
): Promise<CapBreach[]> {
  const planned = await findPlannedFees(trx, schoolId, round)
  const feeCodes = [...new Set(planned.map(({ feeCode }) => feeCode))]
  const caps = await findCaps(trx, schoolId, round.dueOn, feeCodes)
  if (caps.length === 0) return []
  const lastYear = caps.some(({ growthLimitPercent }) => growthLimitPercent != null)
    ? await findFeesOfLastYear(trx, schoolId, round.schoolYear)
    : []
  return findCapBreaches(planned, caps, await findLevels(trx, schoolId, round.dueOn), lastYear)
}

/**
 * What the plans of the year before said that went out to parents, but for fees of single students. Indexes:
 * collection_round_name_key, invoice_one_issued, round_fee_scope_key.
 */
async function findFeesOfLastYear(trx: Trx, schoolId: string, schoolYear: SchoolYear): Promise<PlannedFee[]> {
  const { rows } = await sql<PlannedFee>`
    SELECT DISTINCT kind.code AS "feeCode", fee.scope, coalesce(fee.grade, class.grade) AS grade,
      fee.amount_vnd AS "amountVnd"
    FROM collection_round AS round
    JOIN round_fee AS fee ON fee.school_id = round.school_id AND fee.round_id = round.id AND fee.scope <> 'student'
    JOIN fee_kind AS kind ON kind.school_id = fee.school_id AND kind.id = fee.fee_kind_id
    LEFT JOIN school_class AS class ON class.school_id = fee.school_id AND class.id = fee.class_id
    WHERE round.school_id = ${schoolId} AND round.school_year = ${yearBefore(schoolYear)}
      AND EXISTS (SELECT FROM invoice
        WHERE invoice.school_id = ${schoolId} AND invoice.round_id = round.id AND invoice.state = 'issued')`.execute(trx)
  return rows
}

async function findPlannedFees(trx: Trx, schoolId: string, round: PlannedRound): Promise<PlannedFee[]> {
  const { rows } = await sql<PlannedFee>`
    SELECT DISTINCT kind.code AS "feeCode", fee.scope,
      coalesce(fee.grade, class.grade, own_class.grade) AS grade,
      fee.amount_vnd AS "amountVnd"
    FROM round_fee AS fee
    JOIN fee_kind AS kind ON kind.school_id = fee.school_id AND kind.id = fee.fee_kind_id
    LEFT JOIN school_class AS class ON class.school_id = fee.school_id AND class.id = fee.class_id
    LEFT JOIN enrolment ON fee.scope = 'student' AND enrolment.school_id = fee.school_id
      AND enrolment.student_id = fee.student_id AND enrolment.school_year = ${round.schoolYear}
      AND enrolment.valid_to IS NULL
    LEFT JOIN school_class AS own_class
      ON own_class.school_id = fee.school_id AND own_class.id = enrolment.class_id
    WHERE fee.school_id = ${schoolId} AND fee.round_id = ${round.roundId}
    ORDER BY 1, 2, 3, 4`.execute(trx)
  return rows
}

/** Caps of the school's authorities and of those above them, for the school's area; index price_cap_of. */
async function findCaps(
  trx: Trx, schoolId: string, day: Day, feeCodes: readonly string[],
): Promise<PriceCap[]> {
  const { rows } = await sql<PriceCap>`
    WITH RECURSIVE above (authority_id) AS (
      SELECT authority_id FROM school_authority
      WHERE school_id = ${schoolId} AND valid_from <= ${day} AND (valid_to IS NULL OR ${day} < valid_to)
      UNION
      SELECT link.parent_id FROM authority_link AS link JOIN above USING (authority_id)
      WHERE link.valid_from <= ${day} AND (link.valid_to IS NULL OR ${day} < link.valid_to)
    )
    SELECT cap.id, cap.fee_code AS "feeCode", cap.level, cap.unit, cap.maximum_vnd AS "maximumVnd",
      cap.growth_limit_percent AS "growthLimitPercent", cap.legal_basis AS "legalBasis"
    FROM above JOIN price_cap AS cap USING (authority_id)
    WHERE cap.fee_code = ANY (${feeCodes}::text[])
      AND cap.valid_from <= ${day} AND (cap.valid_to IS NULL OR ${day} < cap.valid_to)
      AND coalesce(cap.urban = (SELECT urban FROM school_profile WHERE school_id = ${schoolId}
        AND valid_from <= ${day} AND (valid_to IS NULL OR ${day} < valid_to)), true)
    ORDER BY cap.maximum_vnd, cap.id`.execute(trx)
  return rows
}

async function findLevels(trx: Trx, schoolId: string, day: Day): Promise<readonly string[]> {
  const profile = await trx.selectFrom('school_profile').select('levels')
    .where('school_id', '=', schoolId).where('valid_from', '<=', day)
    .where((row) => row.or([row('valid_to', 'is', null), row('valid_to', '>', day)]))
    .executeTakeFirst()
  return profile?.levels ?? []
}
