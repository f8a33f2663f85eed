// Says what becomes of money that is held for a student and never spends itself: it pays that student's next bill, or
// waits for its refund. To move it to somebody else it is undone first. The choice is the credit's kind; bills that are
// open already are not touched, because their payer holds a QR over what they ask for now (README, decisions).
import { sql } from 'kysely'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { lockStudents } from '../ledger/lock-students.js'
import type { Day } from '../time.js'
import { applyCredits } from './apply-credits.js'
import { RESOLUTION } from './review-item.js'
import { endItem } from './review-store.js'
import type { ItemRequest } from './set-apart.js'
import { lockSource, readStudentsOfSource } from './source.js'
import { finishAct, getItem, noteOf, takeUp, transferOf } from './take-up.js'
import type { ActOutcome, Asking } from './take-up.js'

export const CREDIT_CHOICES = ['keep', 'refund', 'use'] as const

/** `use`, of credit of an earlier year alone: it pays the bills of the newer one, those that are open first. */
export type CreditChoice = { choice: 'keep' | 'refund' } | { choice: 'use'; today: Day }
export type CreditRequest = ItemRequest & CreditChoice

export function creditChoice(choice: (typeof CREDIT_CHOICES)[number], today: Day): CreditChoice {
  return choice === 'use' ? { choice, today } : { choice }
}

/**
 * Errors: those of `takeUp`, `NOTHING_HELD_CONFLICT` for a refund or use of money that has been spent meanwhile,
 * `CHOICE_INVALID` for a choice that the item does not offer.
 */
export async function decideCredit(db: Database, asking: Asking, request: CreditRequest): Promise<ActOutcome> {
  return db.inSchool(request.schoolId, async (trx) => {
    const item = await getItem(trx, request.schoolId, request.reviewItemId)
    const { credit_id: creditId, bank_transaction_id: transferId } = item
    return creditId === null
      ? decideOfTransfer(trx, asking, request, transferOf(item))
      : decideEarlierCredit(trx, asking, request, { creditId, transferId })
  })
}

async function decideOfTransfer(
  trx: Trx, asking: Asking, { schoolId, reviewItemId, choice }: CreditRequest, transferId: string,
): Promise<ActOutcome> {
  if (choice === 'use') throw new DomainError('CHOICE_INVALID', 'this money pays the next bill by itself once it is kept')
  const asked = { choice }
  const studentIds = await readStudentsOfSource(trx, schoolId, 'bank', transferId)
  await lockStudents(trx, schoolId, studentIds)
  await lockSource(trx, schoolId, 'bank', transferId)
  const { item, done } = await takeUp(trx, { schoolId, asking, act: 'credit', reviewItemId, asked })
  if (done) return done
  const isHeld = await chooseKind(trx, schoolId, transferId, choice)
  // Nobody must wait for a refund that nothing is held for. Keeping it is what became of it: that clears the item.
  if (!isHeld && choice === 'refund') {
    throw new DomainError('NOTHING_HELD_CONFLICT', 'nothing of this transfer is held any more; it can only be kept')
  }
  const resolution = choice === 'keep' ? RESOLUTION.keptAsCredit : RESOLUTION.awaitingRefund
  await endItem(trx, schoolId, item.id, { by: asking.actor.name, resolution, note: noteOf(asking) })
  return finishAct(trx, { schoolId, asking, act: 'credit', asked, item, transferId, resolution })
}

/**
 * What is held of a transfer that no bill claims; money that was freed from a withdrawn bill goes to its successor.
 * False when nothing is.
 */
async function chooseKind(
  trx: Trx,
  schoolId: string,
  transferId: string,
  choice: CreditRequest['choice'],
): Promise<boolean> {
  const kind = choice === 'keep' ? 'surplus' : 'awaiting_refund'
  const { numAffectedRows = 0n } = await sql`UPDATE credit SET kind = ${kind}
    WHERE school_id = ${schoolId} AND bank_transaction_id = ${transferId} AND held_vnd > 0 AND invoice_id IS NULL
      AND kind IN ('possible_double_payment', 'withdrawn_invoice', 'awaiting_refund')`.execute(trx)
  return numAffectedRows > 0n
}

/**
 * One credit, of a transfer or of cash. Kept, it stays with its year and asks no more; used, it belongs to the year of
 * the newer bills. The person who says so knows of the bill that is open, so it is paid at once.
 */
async function decideEarlierCredit(
  trx: Trx, asking: Asking, { schoolId, reviewItemId, ...asks }: CreditRequest,
  { creditId, transferId }: { creditId: string; transferId: string | null },
): Promise<ActOutcome> {
  const { choice } = asks
  const asked = { choice }
  const { student_id: studentId } = await readCredit(trx, schoolId, creditId)
  await lockStudents(trx, schoolId, [studentId])
  const { item, done } = await takeUp(trx, { schoolId, asking, act: 'credit', reviewItemId, asked })
  if (done) return done
  const { held_vnd: heldVnd } = await readCredit(trx, schoolId, creditId)
  if (heldVnd === 0 && choice !== 'keep') {
    throw new DomainError('NOTHING_HELD_CONFLICT', 'nothing of this money is held any more; it can only be kept')
  }
  // From here on it is no bill's that was withdrawn; what once waited for a refund may be kept or used after all.
  const kind = choice === 'refund' ? 'awaiting_refund' : 'surplus'
  await sql`UPDATE credit SET kind = ${kind}, invoice_id = NULL
    WHERE school_id = ${schoolId} AND id = ${creditId}`.execute(trx)
  if (asks.choice === 'use') {
    await sql`UPDATE credit SET school_year = item.evidence->>'billSchoolYear' FROM review_item AS item
      WHERE credit.school_id = ${schoolId} AND credit.id = ${creditId}
        AND item.school_id = ${schoolId} AND item.id = ${item.id}`.execute(trx)
    const { actor: { name: actor } } = asking
    await applyCredits(trx, { schoolId, studentIds: [studentId], actor, today: asks.today, creditId })
  }
  const usedVnd = heldVnd - (await readCredit(trx, schoolId, creditId)).held_vnd
  const { keptAsCredit: keep, awaitingRefund: refund, usedForBills: use } = RESOLUTION
  const resolution = { keep, refund, use }[choice]
  await endItem(trx, schoolId, item.id, { by: asking.actor.name, resolution, note: noteOf(asking) })
  return finishAct(trx, {
    schoolId, asking, act: 'credit', asked, item, transferId, resolution, allocatedVnd: usedVnd, creditedVnd: -usedVnd,
  })
}

async function readCredit(trx: Trx, schoolId: string, id: string) {
  return trx.selectFrom('credit').select(['student_id', 'held_vnd'])
    .where('school_id', '=', schoolId).where('id', '=', id).executeTakeFirstOrThrow()
}
