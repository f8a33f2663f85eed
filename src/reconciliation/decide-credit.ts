// Says what becomes of money that is held for a student and never spends itself: it pays that student's next bill, or
// waits for its refund. To move it to somebody else it is undone first. The choice is the credit's kind; bills that are
// open already are not touched, because their payer holds a QR over what they ask for now (README, decisions).
import { sql } from 'kysely'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { lockStudents } from '../ledger/lock-students.js'
import { RESOLUTION } from './review-item.js'
import { endItem } from './review-store.js'
import type { ItemRequest } from './set-apart.js'
import { lockSource, readStudentsOfSource } from './source.js'
import { finishAct, getItem, noteOf, takeUp, transferOf } from './take-up.js'
import type { ActOutcome, Asking } from './take-up.js'

export interface CreditRequest extends ItemRequest {
  choice: 'keep' | 'refund'
}

/** Errors: those of `takeUp`, `NOTHING_HELD_CONFLICT` for a refund of money that has been spent meanwhile. */
export async function decideCredit(db: Database, asking: Asking, request: CreditRequest): Promise<ActOutcome> {
  const { schoolId, reviewItemId, choice } = request
  const asked = { choice }
  return db.inSchool(schoolId, async (trx) => {
    const transferId = transferOf(await getItem(trx, schoolId, reviewItemId))
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
  })
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
