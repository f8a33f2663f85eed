// Posts transfers of one school into its books: money in by the rules, money out as the reversal of what came in or
// as money that left for a reason that a person has to say. Used for a batch of callbacks and for one event that a
// person released; it never decides whether an event is a transfer of its own.
import assert from 'node:assert/strict'
import { v7 as uuidv7 } from 'uuid'
import { insertRows } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import { LEDGER_NO } from '../ledger/account.js'
import { addDays } from '../time.js'
import type { Day } from '../time.js'
import { openBills } from './bills.js'
import type { Bills } from './bills.js'
import { openBook } from './book.js'
import type { Book, Source } from './book.js'
import type { PostingDraft } from './postings.js'
import { readCandidates } from './candidates.js'
import type { KnownCandidates } from './candidates.js'
import { transferKeyOf, transferKeyText } from './incoming.js'
import type { Incoming } from './incoming.js'
import { match } from './match.js'
import type { Decision } from './match.js'
import { RESOLUTION } from './review-item.js'
import { endItemsOf } from './review-store.js'
import { postMoneyOut } from './reversal.js'
import { decisionRow, transactionRow, transferReview } from './settle-rows.js'
import type { ReviewRow } from './settle-rows.js'
import * as store from './settle-store.js'
import { readStudentsOfSource } from './source.js'

/** An event that becomes a transfer of its own. */
export interface Posting {
  one: Incoming
  transferId: string
  bankRef: string
  /** 2 and more: a person said that an equal transfer is another one. */
  occurrence: number
  reversedBy: string | null
}

export interface PostingBatch {
  schoolId: string
  actor: string
  accounts: readonly store.AccountRow[]
  /** In the order in which each decision sees the ones before it. */
  postings: readonly Posting[]
  /** Transfers with the keys of the postings, in either direction. */
  knownTransfers: readonly store.KnownTransfer[]
  /** What has to go before a person is added here; the caller writes it. */
  reviews: ReviewRow[]
}

/** Returns how many notices were left for other schools. The caller holds `lockBankRows`. */
export async function postTransfers(trx: Trx, batch: PostingBatch): Promise<number> {
  const { schoolId, actor, accounts, postings, knownTransfers, reviews } = batch
  const moneyIn = postings.filter(({ one }) => one.event.direction === 'in')
  const moneyOut = postings.filter(({ one }) => one.event.direction === 'out')
  const candidates = await readCandidates(
    trx,
    schoolId,
    moneyIn.map(({ one }) => one),
    accounts,
    // Their students too are locked before any bill is read: one lock order for the whole batch.
    await readStudentsOfReversed(trx, schoolId, moneyOut, knownTransfers),
  )
  const firstOpenDay = await readFirstOpenDay(trx, schoolId)
  const notices = await postMoneyIn(trx, { ...batch, firstOpenDay, moneyIn, candidates })
  for (const posting of moneyOut) {
    const review = await postMoneyOut(trx, { schoolId, actor, accounts, ...posting })
    if (review) reviews.push(review)
  }
  return notices
}

/** The unpaired row of money out that took the money of this key back: the bank may tell of that first. */
export function findUnpairedOut(
  knownTransfers: readonly store.KnownTransfer[],
  key: store.TransferKey,
): store.KnownTransfer | undefined {
  return knownTransfers.find((known) => key.direction === 'in' && known.direction === 'out' &&
    known.reverses_id === null && !known.is_refund && equalMoneyIn(known) === transferKeyText(key))
}

async function readStudentsOfReversed(
  trx: Trx,
  schoolId: string,
  moneyOut: readonly Posting[],
  knownTransfers: readonly store.KnownTransfer[],
): Promise<string[]> {
  const taken = new Set(moneyOut.flatMap(({ one }) => transferKeyOf(one) ?? []).map(equalMoneyIn))
  const originals = knownTransfers.filter((known) => taken.has(transferKeyText(known)))
  const students: string[] = []
  for (const { id } of originals) students.push(...(await readStudentsOfSource(trx, schoolId, 'bank', id)))
  return students
}

function equalMoneyIn(key: store.TransferKey): string {
  return transferKeyText({ ...key, direction: 'in' })
}

async function readFirstOpenDay(trx: Trx, schoolId: string): Promise<Day | undefined> {
  const closed = await store.readLastClosedDay(trx, schoolId)
  return closed === undefined ? undefined : addDays(closed, 1)
}

interface MoneyIn extends PostingBatch {
  firstOpenDay: Day | undefined
  moneyIn: readonly Posting[]
  candidates: KnownCandidates
}

async function postMoneyIn(trx: Trx, batch: MoneyIn): Promise<number> {
  const { schoolId, actor, moneyIn, candidates, firstOpenDay } = batch
  if (moneyIn.length === 0) return 0
  const bills = await openBills(trx, schoolId, candidates.invoices)
  const book = openBook(schoolId, actor)
  const view = candidates.over(bills)
  const decided = moneyIn.map((posting) => {
    const { one, reversedBy } = posting
    const source = sourceOf(posting, firstOpenDay)
    const transfer = candidates.transferOf(one)
    const decision: Decision =
      reversedBy === null ? match(transfer, view) : takenBack(transfer.amountVnd)
    record(book, bills, batch, posting, source, decision)
    if (decision.review !== null) batch.reviews.push(transferReview(schoolId, one, posting.transferId, decision))
    return { posting, source, decision }
  })
  await insertRows(
    trx,
    'bank_transaction',
    decided.map(({ posting, source }) => transactionRow(schoolId, posting, book.takeSums(source.id))),
  )
  await book.write(trx)
  await insertRows(
    trx,
    'matching_decision',
    decided.map(({ posting, decision }) => decisionRow(schoolId, posting.transferId, decision, actor)),
  )
  const notices = decided.flatMap(({ posting, decision }) =>
    (decision.evidence.otherSchoolCodes ?? []).flatMap((code) => {
      const owner = view.owner(code)
      return owner === undefined ? [] : {
        school_id: schoolId,
        id: uuidv7(),
        to_school_id: owner.schoolId,
        payment_code: code,
        amount_vnd: posting.one.event.amountVnd,
        bank_day: posting.one.event.bankDay,
      }
    }),
  )
  await insertRows(trx, 'school_notice', notices)
  await pairWithMoneyOut(trx, batch)
  return notices.length
}

function sourceOf({ one, transferId }: Posting, firstOpenDay: Day | undefined): Source {
  const { bankDay } = one.event
  const countedOn = firstOpenDay !== undefined && firstOpenDay > bankDay ? firstOpenDay : bankDay
  return { kind: 'bank', id: transferId, paymentClass: 'direct', bankDay, countedOn, netByGroup: new Map() }
}

/** The bank took this money back before we heard that it had come: nothing of it may reach a bill. */
function takenBack(amountVnd: number): Decision {
  const evidence = { reading: 'none' as const, codes: [] }
  return { outcome: 'SUSPENSE', allocations: [], credits: [], suspenseVnd: amountVnd, review: null, evidence }
}

function record(book: Book, bills: Bills, batch: MoneyIn, posting: Posting, source: Source, decision: Decision): void {
  const { one, transferId, reversedBy } = posting
  const debitNo = batch.accounts.find((account) => account.id === one.accountId)?.ledger_no
  assert(debitNo !== undefined && one.accountId !== null, 'posted money came to an account of the school')
  const line = (creditNo: number, amountVnd: number, studentId: string | null): PostingDraft =>
    ({ debitNo, creditNo, amountVnd, studentId })
  const entryId = book.entry({
    kind: 'money_in',
    bankDay: source.bankDay,
    countedOn: source.countedOn,
    source: { kind: 'bank', id: transferId },
    lines: [
      ...decision.allocations.map((part) => line(LEDGER_NO.receivablePayer, part.amountVnd, part.studentId)),
      ...decision.credits.map((part) => line(LEDGER_NO.studentCredit, part.amountVnd, part.studentId)),
      line(LEDGER_NO.suspense, decision.suspenseVnd, null),
    ],
  })
  for (const { invoiceId, amountVnd } of decision.allocations) {
    bills.pay(book, { source, entryId, invoiceId, amountVnd })
  }
  for (const credit of decision.credits) {
    book.holdCredit({ ...credit, source, bankAccountId: one.accountId })
  }
  if (reversedBy !== null) book.markReversed(source, one.event.amountVnd)
}

async function pairWithMoneyOut(trx: Trx, { schoolId, actor, moneyIn }: MoneyIn): Promise<void> {
  for (const { transferId, reversedBy } of moneyIn) {
    if (reversedBy === null) continue
    await trx
      .updateTable('bank_transaction')
      .set({ reverses_id: transferId })
      .where('school_id', '=', schoolId)
      .where('id', '=', reversedBy)
      .execute()
    const ending = { by: actor, resolution: RESOLUTION.moneyInArrived, note: null }
    await endItemsOf(trx, schoolId, { transferId: reversedBy }, ending)
  }
}
