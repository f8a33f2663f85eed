// Pairs money that left the account with the credits that waited for it, when the bank gave it a reference of its own:
// the credits are gone, their sources remember what was returned, and the suspense that the row opened is closed.
import assert from 'node:assert/strict'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { LEDGER_NO } from '../ledger/account.js'
import { lockStudents } from '../ledger/lock-students.js'
import { sumVnd } from '../money.js'
import { openBook } from './book.js'
import type { Book, Source } from './book.js'
import { findMoneyOut, listRefundCandidates, readAwaitingCredits } from './refund-store.js'
import type { AwaitingCredit, MoneyOutRow, RefundCandidate } from './refund-store.js'
import { RESOLUTION } from './review-item.js'
import { endItem } from './review-store.js'
import type { ItemRequest } from './set-apart.js'
import { lockBankRows } from './settle-store.js'
import { countableDay, readSources } from './source.js'
import type { SourceKind } from './source.js'
import { finishAct, getItem, noteOf, takeUp, transferOf } from './take-up.js'
import type { ActOutcome, Asking } from './take-up.js'

export type { RefundCandidate } from './refund-store.js'

export interface RefundRequest extends ItemRequest {
  creditIds: readonly string[]
}

/** Suggestions by amount and payer; none for what is no money out. Errors: `REVIEW_ITEM_NOT_FOUND`. */
export async function findRefundCandidates(
  db: Database, schoolId: string, reviewItemId: string,
): Promise<RefundCandidate[]> {
  return db.inSchool(schoolId, async (trx) => {
    const { bank_transaction_id: outId } = await getItem(trx, schoolId, reviewItemId)
    return outId === null ? [] : listRefundCandidates(trx, schoolId, outId)
  })
}

/**
 * All that the credits hold must be the row's amount, to the đồng. Errors: those of `takeUp`, `REFUND_CREDITS_INVALID`,
 * `REFUND_AMOUNT_CONFLICT`, `MONEY_OUT_EXPLAINED_CONFLICT`.
 */
export async function pairRefund(db: Database, asking: Asking, request: RefundRequest): Promise<ActOutcome> {
  const { schoolId, reviewItemId } = request
  const creditIds = [...new Set(request.creditIds)].sort()
  const asked = { creditIds }
  return db.inSchool(schoolId, async (trx) => {
    // The bank's own reversals are paired under this lock.
    await lockBankRows(trx, schoolId)
    const outId = transferOf(await getItem(trx, schoolId, reviewItemId))
    const students = (await readAwaitingCredits(trx, schoolId, creditIds)).map((credit) => credit.student_id)
    await lockStudents(trx, schoolId, [...new Set(students)].sort())
    const { item, done } = await takeUp(trx, { schoolId, asking, act: 'refund', reviewItemId, asked })
    if (done) return done
    const out = await findMoneyOut(trx, schoolId, outId)
    assert(out, 'an item of money out has its row')
    const credits = await readAwaitingCredits(trx, schoolId, creditIds)
    refuseUnequal(out, credits, creditIds)
    const book = openBook(schoolId, asking.actor.name)
    await recordRefunds(trx, book, { schoolId, outId, out, credits })
    await book.write(trx)
    const resolution = RESOLUTION.refunded
    await endItem(trx, schoolId, item.id, { by: asking.actor.name, resolution, note: noteOf(asking) })
    return finishAct(trx, {
      schoolId, asking, act: 'refund', asked, item, transferId: outId, resolution, creditedVnd: -out.amount_vnd,
    })
  })
}

function refuseUnequal(out: MoneyOutRow, credits: readonly AwaitingCredit[], asked: readonly string[]): void {
  if (out.is_explained) {
    throw new DomainError('MONEY_OUT_EXPLAINED_CONFLICT', 'this money out is a reversal or a refund already')
  }
  if (credits.length === 0 || credits.length < asked.length) {
    throw new DomainError('REFUND_CREDITS_INVALID', 'each must be a credit of this school that waits for its refund',
      [{ field: 'creditIds', reason: 'is no credit that waits for its refund' }])
  }
  const heldVnd = sumVnd(credits.map((credit) => credit.held_vnd))
  if (heldVnd !== out.amount_vnd) {
    throw new DomainError('REFUND_AMOUNT_CONFLICT', `these credits hold ${heldVnd}, but ${out.amount_vnd} left the account`)
  }
}

interface Refunds {
  schoolId: string
  outId: string
  out: MoneyOutRow
  credits: readonly AwaitingCredit[]
}

async function recordRefunds(trx: Trx, book: Book, { schoolId, outId, out, credits }: Refunds): Promise<void> {
  const day = await countableDay(trx, schoolId, out.bank_day)
  const idsOf = (kind: SourceKind) =>
    [...new Set(credits.flatMap((credit) => sourceIdOf(credit, kind) ?? []))].sort()
  const sources = new Map<string, Source>([
    ...await readSources(trx, schoolId, 'bank', idsOf('bank'), day),
    ...await readSources(trx, schoolId, 'cash', idsOf('cash'), day),
  ])
  for (const credit of credits) {
    const source = sources.get(sourceIdOf(credit, 'bank') ?? sourceIdOf(credit, 'cash') ?? '')
    assert(source, 'a credit has its source')
    const entryId = book.entry({
      kind: 'refund',
      bankDay: out.bank_day,
      countedOn: source.countedOn > out.bank_day ? source.countedOn : out.bank_day,
      source,
      lines: [{
        debitNo: LEDGER_NO.studentCredit, creditNo: LEDGER_NO.suspense, amountVnd: credit.held_vnd,
        studentId: credit.student_id,
      }],
    })
    book.refundCredit(source, { creditId: credit.id, outId, entryId, amountVnd: credit.held_vnd })
  }
}

function sourceIdOf(credit: AwaitingCredit, kind: SourceKind): string | null {
  return kind === 'bank' ? credit.bank_transaction_id : credit.cash_receipt_id
}
