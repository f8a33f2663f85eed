// Takes all that one transfer paid, by a rule or by a person, back into suspense: allocations newest first (also those
// that its credit paid elsewhere), then what its credits still hold. Only by reversal rows; what was refunded to the
// payer, or taken back by the bank, cannot be undone here.
import assert from 'node:assert/strict'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { LEDGER_NO } from '../ledger/account.js'
import { lockStudents } from '../ledger/lock-students.js'
import { sumVnd } from '../money.js'
import { vietnamDay } from '../time.js'
import { moveBack } from './account-transfer.js'
import { lockStandingTransfers } from './account-transfer-store.js'
import { openBook } from './book.js'
import type { Book, Source } from './book.js'
import type { PostingDraft } from './postings.js'
import { reverseAllocations } from './reverse-allocations.js'
import { CREDIT_REASONS, RESOLUTION, SUSPENSE_REASONS } from './review-item.js'
import { endItemsOf, hasOpenItem, openItem } from './review-store.js'
import { readAccounts } from './settle-store.js'
import {
  countableDay, lockSource, readHeldCredits, readSources, readStandingAllocations, readStudentsOfSource,
} from './source.js'
import type { HeldCredit, StandingAllocation } from './source.js'
import { findRepeated, finishAct, noteOf, requireNote } from './take-up.js'
import type { ActOutcome, Asking } from './take-up.js'

export interface UndoRequest {
  schoolId: string
  transactionId: string
  now: Date
}

/**
 * Errors: `TRANSACTION_NOT_FOUND`, `NOTHING_TO_UNDO_CONFLICT`, `TRANSFER_REFUNDED_CONFLICT`,
 * `TRANSFER_REVERSED_CONFLICT`, `NOTE_REQUIRED`.
 */
export async function undoTransfer(db: Database, asking: Asking, request: UndoRequest): Promise<ActOutcome> {
  requireNote(asking)
  return db.inSchool(request.schoolId, (trx) => undo(trx, asking, request))
}

async function undo(trx: Trx, asking: Asking, { schoolId, transactionId, now }: UndoRequest): Promise<ActOutcome> {
  const lockItsStudents = async () =>
    lockStudents(trx, schoolId, await readStudentsOfSource(trx, schoolId, 'bank', transactionId))
  await lockItsStudents()
  const transfer = await lockSource(trx, schoolId, 'bank', transactionId)
  if (!transfer) throw new DomainError('TRANSACTION_NOT_FOUND', 'this school has no such bank transaction')
  // Somebody may have assigned it to another student before the transfer was ours; nobody can any more.
  await lockItsStudents()
  const asked = { transactionId }
  const done = await findRepeated(trx, schoolId, asking, 'undo', asked)
  if (done) return done
  refuseGone(transfer)
  const allocations = await readStandingAllocations(trx, schoolId, 'bank', transactionId)
  const credits = await readHeldCredits(trx, schoolId, 'bank', transactionId)
  if (allocations.length + credits.length === 0) {
    throw new DomainError('NOTHING_TO_UNDO_CONFLICT', 'nothing of this transfer is on a bill or in a credit')
  }
  const day = await countableDay(trx, schoolId, vietnamDay(now))
  const source = (await readSources(trx, schoolId, 'bank', [transactionId], day)).get(transactionId)
  assert(source, 'a locked source can be read')
  const book = openBook(schoolId, asking.actor.name)
  const entryId = record(book, source, allocations, credits)
  const standing = await lockStandingTransfers(trx, schoolId, transactionId)
  moveBack(book, source, await readAccounts(trx, schoolId), { forEntryId: entryId, standing })
  await book.write(trx)

  const allocatedVnd = sumVnd(allocations.map((one) => -one.amount_vnd))
  const creditedVnd = sumVnd(credits.map((one) => -one.held_vnd))
  const suspenseVnd = transfer.amount_vnd - transfer.refunded_vnd
  const ending = { by: asking.actor.name, resolution: RESOLUTION.undone, note: noteOf(asking) }
  await endItemsOf(trx, schoolId, { transferId: transactionId, reasons: CREDIT_REASONS }, ending)
  const about = { bank_transaction_id: transactionId, bank_event_id: null, bank_callback_id: null }
  const openedItemId = (await hasOpenItem(trx, schoolId, about, SUSPENSE_REASONS)) ? undefined
    : await openItem(trx, schoolId, {
      ...about,
      reason: 'REOPENED',
      amount_vnd: transfer.amount_vnd,
      bank_day: source.bankDay,
      evidence: { undone: { allocatedVnd, creditedVnd } },
    })
  return finishAct(trx, {
    schoolId, asking, act: 'undo', asked, item: null, transferId: transactionId, entryId, allocatedVnd, creditedVnd,
    suspenseVnd, openedItemId,
  })
}

function refuseGone({ refunded_vnd: refundedVnd, reversed_vnd: reversedVnd }: {
  refunded_vnd: number
  reversed_vnd: number
}): void {
  if (reversedVnd > 0) {
    throw new DomainError('TRANSFER_REVERSED_CONFLICT', 'the bank took this transfer back; nothing of it is left')
  }
  if (refundedVnd > 0) {
    throw new DomainError('TRANSFER_REFUNDED_CONFLICT', 'some of this transfer was refunded to its payer')
  }
}

function record(
  book: Book,
  source: Source,
  allocations: readonly StandingAllocation[],
  credits: readonly HeldCredit[],
): string {
  const toSuspense = (debitNo: number, amountVnd: number, studentId: string): PostingDraft =>
    ({ debitNo, creditNo: LEDGER_NO.suspense, amountVnd, studentId })
  const entryId = book.entry({
    kind: 'deallocation',
    bankDay: source.countedOn,
    countedOn: source.countedOn,
    source,
    lines: [
      ...allocations.map((one) => toSuspense(LEDGER_NO.receivablePayer, one.amount_vnd, one.student_id)),
      ...credits.map((one) => toSuspense(LEDGER_NO.studentCredit, one.held_vnd, one.student_id)),
    ],
  })
  reverseAllocations(book, source, entryId, allocations)
  for (const { id, held_vnd: heldVnd } of credits) book.undoCredit(source, id, heldVnd)
  return entryId
}
