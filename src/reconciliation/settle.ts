// Settles a batch of one school's callbacks in one transaction: raw bytes -> events -> transfers -> decisions ->
// allocations, postings and facts. Whatever it was given is either posted or in front of a person when it commits;
// running it again on the same rows changes nothing.
import assert from 'node:assert/strict'
import { v7 as uuidv7 } from 'uuid'
import { insertRows } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import { LEDGER_NO } from '../ledger/account.js'
import { addDays, schoolYearOf } from '../time.js'
import type { Day } from '../time.js'
import { openBills } from './bills.js'
import type { Bills } from './bills.js'
import { openBook } from './book.js'
import type { Book, PostingDraft, Source } from './book.js'
import { readCandidates } from './candidates.js'
import type { KnownCandidates } from './candidates.js'
import { eventKey, readCallbacks, transferKeyOf, transferKeyText, triage } from './incoming.js'
import type { Incoming, Triage } from './incoming.js'
import { match, RULE_VERSION } from './match.js'
import type { Decision } from './match.js'
import { postMoneyOut } from './reversal.js'
import { decisionRow, eventRow, eventReview, transactionRow, transferReview, unreadableReview } from './settle-rows.js'
import type { ReviewRow } from './settle-rows.js'
import * as store from './settle-store.js'
import { readStudentsOfSource } from './source.js'

const ACTOR = `rule:${RULE_VERSION}`

/** How many of what; for metrics and the drain's log line. */
export interface Settled {
  callbacks: number
  posted: number
  reviews: readonly string[]
  noticesLeft: number
}

/** The events of the batch that become transfers of their own. */
interface Posting {
  one: Incoming
  transferId: string
  bankRef: string
  reversedBy: string | null
}

/** Runs as the worker in the school's transaction. `callbackIds` are rows that this worker has claimed. */
export async function settleCallbacks(trx: Trx, schoolId: string, callbackIds: readonly string[]): Promise<Settled> {
  await store.lockBankRows(trx, schoolId)
  const callbacks = await store.takeCallbacks(trx, schoolId, callbackIds)
  if (callbacks.length === 0) return { callbacks: 0, posted: 0, reviews: [], noticesLeft: 0 }
  const accounts = await store.readAccounts(trx, schoolId)
  const channels = await store.readChannels(trx, schoolId, [...new Set(callbacks.map((row) => row.channel_id))])
  const { incoming, unreadable } = readCallbacks(callbacks, channels, accounts)
  incoming.sort(byBankTime)

  const { verdicts, knownTransfers } = await triageAgainstStore(trx, schoolId, incoming)
  const reviews: ReviewRow[] = unreadable.map((one) => unreadableReview(schoolId, one))
  const events = new Map<Incoming, string>()
  const postings: Posting[] = []
  incoming.forEach((one, at) => {
    const verdict = verdicts[at]
    assert(verdict, 'every event has a verdict')
    if (verdict.kind === 'seen') return
    const eventId = ('knownEventId' in verdict && verdict.knownEventId) || uuidv7()
    events.set(one, eventId)
    if (verdict.kind === 'held') reviews.push(eventReview(schoolId, one, eventId, verdict))
    if (verdict.kind !== 'posts') return
    const unpairedOut = knownTransfers.find(
      (known) => known.direction === 'out' && known.reverses_id === null && one.event.direction === 'in' &&
        equalMoneyIn(known) === transferKeyText(verdict.key),
    )
    if (unpairedOut) knownTransfers.splice(knownTransfers.indexOf(unpairedOut), 1)
    postings.push({
      one,
      transferId: verdict.transferId,
      bankRef: verdict.key.bank_ref,
      reversedBy: unpairedOut?.id ?? null,
    })
  })

  const firstOpenDay = await readFirstOpenDay(trx, schoolId)
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
  const notices = await postMoneyIn(trx, { schoolId, accounts, firstOpenDay, moneyIn, candidates, reviews })
  for (const posting of moneyOut) {
    const review = await postMoneyOut(trx, { schoolId, actor: ACTOR, accounts, ...posting })
    if (review) reviews.push(review)
  }
  await writeEvents(trx, schoolId, incoming, verdicts, events, postings)
  await insertRows(trx, 'review_item', reviews)
  await finishCallbacks(trx, schoolId, callbacks, new Set(unreadable.map(({ callbackId }) => callbackId)))
  return {
    callbacks: callbacks.length,
    posted: postings.length,
    reviews: reviews.map(({ reason }) => reason),
    noticesLeft: notices,
  }
}

/** Bank time, then event id: the order in which each decision sees the ones before it. */
function byBankTime(a: Incoming, b: Incoming): number {
  return (
    a.event.occurredAt.getTime() - b.event.occurredAt.getTime() ||
    (eventKey(a.channelId, a.event.eventId) < eventKey(b.channelId, b.event.eventId) ? -1 : 1)
  )
}

async function triageAgainstStore(trx: Trx, schoolId: string, incoming: readonly Incoming[]) {
  const knownEvents = await store.readKnownEvents(
    trx,
    schoolId,
    incoming.map(({ channelId, event }) => ({ channel_id: channelId, event_id: event.eventId })),
  )
  const keys = incoming.flatMap((one) => transferKeyOf(one) ?? [])
  const knownTransfers = await store.readKnownTransfers(trx, schoolId, keys)
  return { verdicts: triage(incoming, knownEvents, knownTransfers), knownTransfers }
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

interface MoneyIn {
  schoolId: string
  accounts: readonly store.AccountRow[]
  firstOpenDay: Day | undefined
  moneyIn: readonly Posting[]
  candidates: KnownCandidates
  reviews: ReviewRow[]
}

async function postMoneyIn(trx: Trx, batch: MoneyIn): Promise<number> {
  const { schoolId, moneyIn, candidates, firstOpenDay } = batch
  if (moneyIn.length === 0) return 0
  const bills = await openBills(trx, schoolId, candidates.invoices)
  const book = openBook(schoolId, ACTOR)
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
    decided.map(({ posting, decision }) => decisionRow(schoolId, posting.transferId, decision, ACTOR)),
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
  await pairWithMoneyOut(trx, schoolId, moneyIn)
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
    const schoolYear = credit.schoolYear ?? schoolYearOf(source.bankDay)
    book.holdCredit({ ...credit, source, bankAccountId: one.accountId, schoolYear })
  }
  if (reversedBy !== null) book.markReversed(source, one.event.amountVnd)
}

async function pairWithMoneyOut(trx: Trx, schoolId: string, moneyIn: readonly Posting[]): Promise<void> {
  for (const { transferId, reversedBy } of moneyIn) {
    if (reversedBy === null) continue
    await trx
      .updateTable('bank_transaction')
      .set({ reverses_id: transferId })
      .where('school_id', '=', schoolId)
      .where('id', '=', reversedBy)
      .execute()
    await store.resolveReviews(trx, schoolId, reversedBy, ACTOR, 'the money it took back has arrived')
  }
}

async function writeEvents(
  trx: Trx,
  schoolId: string,
  incoming: readonly Incoming[],
  verdicts: readonly Triage[],
  events: ReadonlyMap<Incoming, string>,
  postings: readonly Posting[],
): Promise<void> {
  const transferOf = new Map(postings.map(({ one, transferId }) => [one, transferId]))
  const fresh: ReturnType<typeof eventRow>[] = []
  for (const [at, one] of incoming.entries()) {
    const verdict = verdicts[at]
    const eventId = events.get(one)
    if (!verdict || eventId === undefined) continue
    const transferId = transferOf.get(one) ?? (verdict.kind === 'joins' ? verdict.transferId : null)
    const known = 'knownEventId' in verdict && verdict.knownEventId !== undefined
    if (!known) fresh.push(eventRow(schoolId, one, eventId, transferId))
    else if (transferId !== null) {
      const { accountId } = one
      await store.confirmEvent(trx, schoolId, { eventId, transferId, accountId, actor: ACTOR })
    }
  }
  await insertRows(trx, 'bank_event', fresh)
}

async function finishCallbacks(
  trx: Trx,
  schoolId: string,
  callbacks: readonly store.WaitingCallback[],
  unreadable: ReadonlySet<string>,
): Promise<void> {
  const done = callbacks.filter(({ id }) => !unreadable.has(id)).map(({ id }) => id)
  await store.finishCallbacks(trx, schoolId, done, 'done')
  await store.finishCallbacks(trx, schoolId, [...unreadable], 'review')
}
