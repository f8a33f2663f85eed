// Takes money back out of the books when the bank (or the cashier) took it back: the source's allocations
// are undone newest first, then its credits, then its rest; what had been refunded becomes the payer's debt.
import assert from 'node:assert/strict'
import { insertRows } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import { LEDGER_NO } from '../ledger/account.js'
import { lockStudents } from '../ledger/lock-students.js'
import type { Day } from '../time.js'
import { moveBack } from './account-transfer.js'
import { lockStandingTransfers } from './account-transfer-store.js'
import { openBook } from './book.js'
import type { PostingDraft } from './postings.js'
import type { Incoming } from './incoming.js'
import { reverseAllocations } from './reverse-allocations.js'
import { RESOLUTION } from './review-item.js'
import { endItemsOf, endItemsOfCredits } from './review-store.js'
import { moneyOutReview, transactionRow } from './settle-rows.js'
import type { ReviewRow } from './settle-rows.js'
import { readAccounts } from './settle-store.js'
import type { AccountRow } from './settle-store.js'
import {
  countableDay,
  lockSource,
  readHeldCredits,
  readOpeningEntry,
  readSources,
  readStandingAllocations,
  readStudentsOfSource,
} from './source.js'
import type { SourceKind } from './source.js'

export interface SourceReversal {
  schoolId: string
  actor: string
  kind: SourceKind
  sourceId: string
  /** The ledger account that the money leaves: the bank's, or cash. */
  moneyNo: number
  /** Day of the bank's (or the cashier's) reversal. */
  bankDay: Day
}

/** Undoes all that a source did; false when that was done before. */
export async function reverseSource(trx: Trx, reversal: SourceReversal): Promise<boolean> {
  const { schoolId, actor, kind, sourceId, moneyNo, bankDay } = reversal
  const lockItsStudents = async () =>
    lockStudents(trx, schoolId, await readStudentsOfSource(trx, schoolId, kind, sourceId))
  await lockItsStudents()
  const row = await lockSource(trx, schoolId, kind, sourceId)
  assert(row, 'a source that is reversed exists')
  if (row.reversed_vnd > 0) return false
  // Somebody may have assigned it to another student before the source was ours; nobody can any more.
  await lockItsStudents()
  const day = await countableDay(trx, schoolId, bankDay)
  const source = (await readSources(trx, schoolId, kind, [sourceId], day)).get(sourceId)
  assert(source, 'the locked source can be read')
  const allocations = await readStandingAllocations(trx, schoolId, kind, sourceId)
  const credits = await readHeldCredits(trx, schoolId, kind, sourceId)
  const opening = await readOpeningEntry(trx, schoolId, kind, sourceId)

  const back = (debitNo: number, amountVnd: number, studentId: string | null): PostingDraft =>
    ({ debitNo, creditNo: moneyNo, amountVnd, studentId })
  const restVnd = row.amount_vnd - row.allocated_vnd - row.credited_vnd - row.refunded_vnd
  const book = openBook(schoolId, actor)
  const entryId = book.entry({
    kind: 'reversal',
    bankDay,
    countedOn: source.countedOn,
    source: { kind, id: sourceId },
    reversesId: opening.id,
    lines: [
      ...allocations.map((one) => back(LEDGER_NO.receivablePayer, one.amount_vnd, one.student_id)),
      ...credits.map((one) => back(LEDGER_NO.studentCredit, one.held_vnd, one.student_id)),
      back(LEDGER_NO.suspense, restVnd, null),
      back(LEDGER_NO.receivablePayer, row.refunded_vnd, null),
    ],
  })
  reverseAllocations(book, source, entryId, allocations)
  for (const credit of credits) book.drawCredit(source, credit.id, credit.held_vnd)
  book.markReversed(source, row.amount_vnd - row.refunded_vnd)
  if (kind === 'bank') {
    const standing = await lockStandingTransfers(trx, schoolId, sourceId)
    moveBack(book, source, await readAccounts(trx, schoolId), { forEntryId: entryId, standing })
  }
  await book.write(trx)
  const ending = { by: actor, resolution: RESOLUTION.takenBack, note: null }
  await endItemsOfCredits(trx, schoolId, credits.map(({ id }) => id), ending)
  return true
}

export interface MoneyOut {
  schoolId: string
  actor: string
  accounts: readonly AccountRow[]
  one: Incoming
  transferId: string
  bankRef: string
  occurrence: number
}

/**
 * Posts a row of money out: the reversal of the equal row in (account, reference, amount), else money that left
 * for a reason nobody has told us, which a person has to say. Returns the review item of the second case.
 */
export async function postMoneyOut(trx: Trx, out: MoneyOut): Promise<ReviewRow | undefined> {
  const { schoolId, actor, accounts, one, transferId, bankRef } = out
  const { event, accountId } = one
  const moneyNo = accounts.find((account) => account.id === accountId)?.ledger_no
  assert(moneyNo !== undefined && accountId !== null, 'posted money left an account of the school')
  const original = await trx
    .selectFrom('bank_transaction')
    .select('id')
    .where('school_id', '=', schoolId)
    .where('bank_account_id', '=', accountId)
    .where('bank_ref', '=', bankRef)
    .where('direction', '=', 'in')
    .where('amount_vnd', '=', event.amountVnd)
    .where('reversed_vnd', '=', 0)
    .orderBy('occurrence')
    .executeTakeFirst()
  const row = transactionRow(schoolId, out, { allocatedVnd: 0, creditedVnd: 0, reversedVnd: 0 })
  await insertRows(trx, 'bank_transaction', [{ ...row, reverses_id: original?.id ?? null }])
  if (original) {
    const { bankDay } = event
    await reverseSource(trx, { schoolId, actor, kind: 'bank', sourceId: original.id, moneyNo, bankDay })
    const ending = { by: actor, resolution: RESOLUTION.takenBack, note: null }
    await endItemsOf(trx, schoolId, { transferId: original.id }, ending)
    return undefined
  }
  const book = openBook(schoolId, actor)
  book.entry({
    kind: 'money_out',
    bankDay: event.bankDay,
    countedOn: await countableDay(trx, schoolId, event.bankDay),
    source: { kind: 'bank', id: transferId },
    lines: [{ debitNo: LEDGER_NO.suspense, creditNo: moneyNo, amountVnd: event.amountVnd, studentId: null }],
  })
  await book.write(trx)
  return moneyOutReview(schoolId, one, transferId)
}
