// Keeps the exemptions of students: what a decision grants, from when, and who pays in the student's place.
// They are ended, never deleted; bills that were issued before keep what they said until the round is run
// again.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'

export interface GrantedExemption {
  id: string
  studentId: string
  feeKindId: string
  percent: number | null
  amountVnd: number | null
  payer: 'budget' | 'nobody'
  legalBasis: string
  decisionNumber: string
  validFrom: Day
  validTo: Day | null
}

/** Just one of `percent` and `amountVnd`. */
export interface NewExemption {
  studentId: string
  feeKindId: string
  percent?: number
  amountVnd?: number
  payer: 'budget' | 'nobody'
  legalBasis: string
  decisionNumber: string
  validFrom: Day
  validTo?: Day
}

const EXEMPTION = [
  'id', 'student_id as studentId', 'fee_kind_id as feeKindId', 'percent', 'amount_vnd as amountVnd', 'payer',
  'legal_basis as legalBasis', 'decision_number as decisionNumber', 'valid_from as validFrom',
  'valid_to as validTo',
] as const

/** In key order; the primary key or exemption_of. */
export async function listExemptions(
  trx: Trx, schoolId: string, page: { studentId?: string; afterId?: string; limit: number },
): Promise<GrantedExemption[]> {
  let query = trx.selectFrom('exemption').select(EXEMPTION).where('school_id', '=', schoolId)
    .orderBy('id').limit(page.limit)
  if (page.studentId !== undefined) query = query.where('student_id', '=', page.studentId)
  if (page.afterId !== undefined) query = query.where('id', '>', page.afterId)
  return query.execute()
}

/** Throws `EXEMPTION_INVALID`, and `EXEMPTION_EXISTS` for what the same decision grants already. */
export async function grantExemption(
  deps: Pick<Deps, 'db'>, actor: Actor, schoolId: string, asked: NewExemption,
): Promise<GrantedExemption> {
  const { percent = null, amountVnd = null, validTo = null } = asked
  if ((percent === null) === (amountVnd === null)) {
    const reason = 'give either percent or amountVnd'
    throw new DomainError('EXEMPTION_INVALID', reason, [{ field: 'percent', reason }])
  }
  assertLater(asked.validFrom, validTo)
  const id = uuidv7()
  return deps.db.inSchool(schoolId, async (trx) => {
    await refuseSecond(trx, schoolId, asked)
    await recordAudit(trx, {
      actor, action: 'exemption.grant', objectKind: 'exemption', objectId: id, after: asked,
    })
    return trx.insertInto('exemption').values({
      school_id: schoolId, id, student_id: asked.studentId, fee_kind_id: asked.feeKindId, percent,
      amount_vnd: amountVnd, payer: asked.payer, legal_basis: asked.legalBasis,
      decision_number: asked.decisionNumber, valid_from: asked.validFrom, valid_to: validTo,
    }).returning(EXEMPTION).executeTakeFirstOrThrow()
  })
}

/** A form sent twice would exempt twice. The student's row is locked, so that two at once take turns. */
async function refuseSecond(trx: Trx, schoolId: string, asked: NewExemption): Promise<void> {
  await trx.selectFrom('student_account').select('student_id').where('school_id', '=', schoolId)
    .where('student_id', '=', asked.studentId).forUpdate().execute()
  const same = await trx.selectFrom('exemption').select('id').where('school_id', '=', schoolId)
    .where('student_id', '=', asked.studentId).where('fee_kind_id', '=', asked.feeKindId)
    .where('decision_number', '=', asked.decisionNumber)
    .where((eb) => eb.or([eb('valid_to', 'is', null), eb('valid_to', '>', asked.validFrom)]))
    .executeTakeFirst()
  if (same) throw new DomainError('EXEMPTION_EXISTS', 'this decision exempts the student from this fee already')
}

/** `validTo` is the first day without it. Throws `EXEMPTION_NOT_FOUND`, `EXEMPTION_INVALID`. */
export async function endExemption(
  deps: Pick<Deps, 'db'>, actor: Actor, schoolId: string, end: { exemptionId: string; validTo: Day },
): Promise<GrantedExemption> {
  const { exemptionId, validTo } = end
  return deps.db.inSchool(schoolId, async (trx) => {
    const before = await trx.selectFrom('exemption').select(EXEMPTION)
      .where('school_id', '=', schoolId).where('id', '=', exemptionId).forUpdate().executeTakeFirst()
    if (!before) throw new DomainError('EXEMPTION_NOT_FOUND', 'this school has no such exemption')
    assertLater(before.validFrom, validTo)
    await recordAudit(trx, {
      actor, action: 'exemption.end', objectKind: 'exemption', objectId: exemptionId,
      before: { validTo: before.validTo }, after: { validTo },
    })
    return trx.updateTable('exemption').set({ valid_to: validTo })
      .where('school_id', '=', schoolId).where('id', '=', exemptionId)
      .returning(EXEMPTION).executeTakeFirstOrThrow()
  })
}

function assertLater(validFrom: Day, validTo: Day | null): void {
  if (validTo === null || validTo > validFrom) return
  const reason = `must be after ${validFrom}, its first day`
  throw new DomainError('EXEMPTION_INVALID', `validTo ${reason}`, [{ field: 'validTo', reason }])
}
