// Releases or rejects an event that was kept and not posted. What is released goes the way of every event: it joins
// the transfer that another source told of, or becomes one and is matched by the rules; an equal transfer that this
// source told of before, or one that only looks alike, is never joined by guess, but is one more question.
import assert from 'node:assert/strict'
import { v7 as uuidv7 } from 'uuid'
import type { BankEvent } from '../banking/bank-event.js'
import { identityOf } from '../banking/event-identity.js'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { vnd } from '../money.js'
import { daysBetween, vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { findAlike, marksOf } from './alike.js'
import type { PostedNotice } from './alike.js'
import { instantOn, mayCountOn } from './bank-time.js'
import { findEvent, setCopyOf, tieEvent } from './event-store.js'
import type { EventRow } from './event-store.js'
import { noticeOf, transferKeyOf, transferKeyText, webhookOf } from './incoming.js'
import type { Incoming } from './incoming.js'
import { findUnpairedOut, postTransfers } from './post-transfers.js'
import { laidBeside, RESOLUTION } from './review-item.js'
import type { Resolution } from './review-item.js'
import { endItem, insertReviewItems, openItem } from './review-store.js'
import type { ReviewItemRow } from './review-store.js'
import type { ReviewRow } from './settle-rows.js'
import { lockBankRows, readAccounts, readAlike, readChannels, readKnownTransfers } from './settle-store.js'
import type { KnownTransfer } from './settle-store.js'
import type { ItemRequest } from './set-apart.js'
import { finishAct, getItem, noteOf, requireNote, takeUp } from './take-up.js'
import type { ActOutcome, Asking } from './take-up.js'

/** What a person adds where the provider said nothing, or nothing that can be believed. */
export interface Said {
  /** Needed when the provider's row has none. */
  direction?: 'in' | 'out' | undefined
  /** Needed when the row names an account that is not the school's. */
  bankAccountId?: string | undefined
  /** Of a row whose bank time is doubtful; left out: the day of receipt. */
  bankDay?: Day | undefined
}

export interface RepeatRequest extends ItemRequest, Said {
  /** The bank told twice of one transfer, or two transfers look alike. */
  choice: 'copy' | 'new'
}

export interface EventRequest extends ItemRequest, Said {
  choice: 'post' | 'reject'
}

/** Errors: those of `takeUp` and, for `new`, those of `decideEvent`. */
export async function decideRepeat(db: Database, asking: Asking, request: RepeatRequest): Promise<ActOutcome> {
  const { schoolId, choice } = request
  return withEvent(db, asking, request, 'repeat', { choice, ...saidIn(request) }, async (trx, item, event) => {
    if (choice === 'new') {
      const one = toIncoming(event, await readProvider(trx, schoolId, event), request)
      return post(trx, schoolId, asking, { event, one, known: await readKnown(trx, schoolId, one) })
    }
    const originalId = await findOriginal(trx, schoolId, item)
    // A second word about an event that waits itself: whatever becomes of that one, this one adds nothing.
    if (originalId === null && item.reason !== 'EVENT_CHANGED') {
      throw new DomainError('NOTHING_REPEATED_CONFLICT', 'there is no transfer that this could be a copy of')
    }
    if (originalId !== null) await setCopyOf(trx, schoolId, event.id, originalId)
    return { resolution: RESOLUTION.copy, transferId: originalId }
  })
}

/** The transfer that the item names, or the one that became of the event it was laid beside. */
async function findOriginal(trx: Trx, schoolId: string, { evidence }: ReviewItemRow): Promise<string | null> {
  const { repeats, keptEvent } = laidBeside(evidence)
  const kept = keptEvent === undefined ? undefined : await findEvent(trx, schoolId, keptEvent)
  return kept?.bank_transaction_id ?? kept?.copy_of ?? repeats ?? null
}

/**
 * Errors: those of `takeUp`, `DIRECTION_REQUIRED`, `BANK_ACCOUNT_REQUIRED`, `BANK_ACCOUNT_NOT_FOUND`,
 * `BANK_DAY_INVALID`.
 */
export async function decideEvent(db: Database, asking: Asking, request: EventRequest): Promise<ActOutcome> {
  const { schoolId, choice } = request
  if (choice === 'reject') requireNote(asking)
  return withEvent(db, asking, request, 'event', { choice, ...saidIn(request) }, async (trx, item, event) => {
    if (choice === 'reject') return { resolution: RESOLUTION.rejected, transferId: null }
    const one = toIncoming(event, await readProvider(trx, schoolId, event), request)
    const known = await readKnown(trx, schoolId, one)
    const untold = known.same.find(({ told_by: toldBy, bank_day: bankDay }) =>
      !toldBy.includes(webhookOf(one.channelId)) && Math.abs(daysBetween(bankDay, one.event.bankDay)) <= 1)
    const twin = known.same.length === 0 ? findAlike(noticeOf(one), known.alike) : undefined
    const joined = untold?.id ?? (twin?.kind === 'joins' ? twin.transferId : undefined)
    if (joined !== undefined) {
      await tieEvent(trx, schoolId, event.id, { transferId: joined, ...placeOf(one) })
      return { resolution: RESOLUTION.joined, transferId: joined }
    }
    const repeated = known.same[0]?.id ?? twin?.transferId
    if (repeated === undefined) return post(trx, schoolId, asking, { event, one, known })
    // The next question is asked of an event that has all it needs: what was said here is not asked twice.
    await tieEvent(trx, schoolId, event.id, { transferId: null, ...placeOf(one) })
    return askAgain(trx, schoolId, item, repeated)
  })
}

function saidIn({ direction, bankAccountId, bankDay }: Said): Said {
  return {
    ...(direction && { direction }), ...(bankAccountId !== undefined && { bankAccountId }),
    ...(bankDay !== undefined && { bankDay }),
  }
}

interface Decided {
  resolution: Resolution
  transferId: string | null
  openedItemId?: string
}

/** The bank rows are locked before anything else, as by the worker: two writers would meet on one transfer's key. */
async function withEvent(
  db: Database,
  asking: Asking,
  { schoolId, reviewItemId }: ItemRequest,
  act: 'repeat' | 'event',
  asked: object,
  decide: (trx: Trx, item: ReviewItemRow, event: EventRow) => Promise<Decided>,
): Promise<ActOutcome> {
  return db.inSchool(schoolId, async (trx) => {
    await lockBankRows(trx, schoolId)
    const { bank_event_id: eventId } = await getItem(trx, schoolId, reviewItemId)
    const { item, done } = await takeUp(trx, { schoolId, asking, act, reviewItemId, asked })
    if (done) return done
    const event = eventId === null ? undefined : await findEvent(trx, schoolId, eventId)
    assert(event?.bank_transaction_id === null, 'an event that waits for a person has no transfer')
    const { resolution, transferId, openedItemId } = await decide(trx, item, event)
    await endItem(trx, schoolId, item.id, { by: asking.actor.name, resolution, note: noteOf(asking) })
    return finishAct(trx, { schoolId, asking, act, asked, item, transferId, resolution, openedItemId })
  })
}

interface Known {
  accounts: Awaited<ReturnType<typeof readAccounts>>
  /** With the event's key, whichever way the money went. */
  transfers: KnownTransfer[]
  /** With the event's key. */
  same: KnownTransfer[]
  /** Of other channels, about transfers that this channel has not told of. */
  alike: PostedNotice[]
}

async function readKnown(trx: Trx, schoolId: string, one: Incoming): Promise<Known> {
  const accounts = await readAccounts(trx, schoolId)
  if (!accounts.some(({ id }) => id === one.accountId)) {
    throw new DomainError('BANK_ACCOUNT_NOT_FOUND', 'this school has no such bank account')
  }
  const key = keyOf(one)
  const transfers = await readKnownTransfers(trx, schoolId, [key])
  const same = transfers.filter((known) => transferKeyText(known) === transferKeyText(key))
    .sort((a, b) => a.occurrence - b.occurrence)
  const marked = { ...one.marks, channel_id: one.channelId, bank_day: one.event.bankDay }
  const alike = (await readAlike(trx, schoolId, [marked]))
    .filter(({ toldBy }) => !toldBy.includes(webhookOf(one.channelId)))
  return { accounts, transfers, same, alike }
}

async function post(
  trx: Trx,
  schoolId: string,
  asking: Asking,
  { event, one, known }: { event: EventRow; one: Incoming; known: Known },
): Promise<Decided> {
  const { accounts, transfers, same } = known
  const key = keyOf(one)
  const posting = {
    one,
    transferId: uuidv7(),
    bankRef: key.bank_ref,
    occurrence: 1 + Math.max(0, ...same.map(({ occurrence }) => occurrence)),
    reversedBy: findUnpairedOut(transfers, key)?.id ?? null,
  }
  const reviews: ReviewRow[] = []
  const actor = asking.actor.name
  await postTransfers(trx, { schoolId, actor, accounts, postings: [posting], knownTransfers: transfers, reviews })
  await tieEvent(trx, schoolId, event.id, { transferId: posting.transferId, ...placeOf(one) })
  await insertReviewItems(trx, reviews)
  const openedItemId = reviews[0]?.id
  const resolution = RESOLUTION.posted
  return { resolution, transferId: posting.transferId, ...(openedItemId !== undefined && { openedItemId }) }
}

async function askAgain(trx: Trx, schoolId: string, item: ReviewItemRow, repeats: string): Promise<Decided> {
  const openedItemId = await openItem(trx, schoolId, {
    ...item, reason: 'POSSIBLE_REPEAT', evidence: { ...item.evidence, repeats },
  })
  return { resolution: RESOLUTION.repeats, transferId: null, openedItemId }
}

async function readProvider(trx: Trx, schoolId: string, event: EventRow): Promise<BankEvent['provider']> {
  const [channel] = await readChannels(trx, schoolId, [event.channel_id])
  assert(channel, 'the channel of an event exists')
  return channel.provider
}

/** The event as the adapter read it, with what the person adds. */
function toIncoming(row: EventRow, provider: BankEvent['provider'], said: Said): Incoming {
  const direction = row.direction === 'unknown' ? said.direction : row.direction
  const accountId = row.bank_account_id ?? said.bankAccountId
  if (direction === undefined) throw required('DIRECTION_REQUIRED', 'direction', 'say whether the money came in or went out')
  if (accountId === undefined) throw required('BANK_ACCOUNT_REQUIRED', 'bankAccountId', 'say which account it was')
  const event: BankEvent = {
    ...identityOf(row),
    ...timeOf(row, said),
    provider,
    index: 0,
    eventId: row.event_id,
    direction,
    counterName: row.counter_name,
    counterAccount: row.counter_account,
    counterBankBin: row.counter_bank_bin,
    balanceAfterVnd: row.balance_after_vnd === null ? null : vnd(row.balance_after_vnd),
    quarantine: false,
  }
  return {
    id: row.id,
    callbackId: row.callback_id ?? '',
    channelId: row.channel_id,
    stale: false,
    accountId,
    event,
    timeBelieved: true,
    marks: marksOf(event),
  }
}

/** The bank's own, or in place of a doubtful one the day that a person read in the bank's app. */
function timeOf(row: EventRow, { bankDay }: Said): Pick<BankEvent, 'occurredAt' | 'bankDay'> {
  if (bankDay === undefined) return { occurredAt: row.occurred_at, bankDay: row.bank_day }
  const heardOn = vietnamDay(row.recorded_at)
  if (row.time_doubtful && mayCountOn(bankDay, heardOn < row.bank_day ? row.bank_day : heardOn)) {
    return { occurredAt: instantOn(bankDay, row.told_at), bankDay }
  }
  throw required('BANK_DAY_INVALID', 'bankDay', row.time_doubtful
    ? 'must be a day from 2000 on and at most one after the money was heard of'
    : 'is asked only where the bank\'s own time is doubtful')
}

function keyOf(one: Incoming) {
  const key = transferKeyOf(one)
  assert(key, 'an event with a direction and an account has a key')
  return key
}

function placeOf({ accountId, event: { direction, bankDay, occurredAt } }: Incoming) {
  assert(accountId !== null && direction !== 'unknown', 'a released event has a direction and an account')
  return { accountId, direction, bankDay, occurredAt }
}

function required(code: string, field: string, reason: string): DomainError {
  return new DomainError(code, reason, [{ field, reason, code }])
}
