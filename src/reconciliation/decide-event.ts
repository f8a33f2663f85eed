// Releases or rejects an event that was kept and not posted. What is released goes the way of every event: it joins
// the transfer that another source told of, or becomes one and is matched by the rules; an equal transfer that this
// source told of before is never joined by guess, but is one more question.
import assert from 'node:assert/strict'
import { v7 as uuidv7 } from 'uuid'
import type { BankEvent } from '../banking/bank-event.js'
import { insertRows } from '../db/rows.js'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { vnd } from '../money.js'
import { daysBetween } from '../time.js'
import { findEvent, setCopyOf, tieEvent } from './event-store.js'
import type { EventRow } from './event-store.js'
import { transferKeyOf, transferKeyText } from './incoming.js'
import type { Incoming } from './incoming.js'
import { findUnpairedOut, postTransfers } from './post-transfers.js'
import { RESOLUTION } from './review-item.js'
import type { Resolution } from './review-item.js'
import { endItem, openItem } from './review-store.js'
import type { ReviewItemRow } from './review-store.js'
import type { ReviewRow } from './settle-rows.js'
import { lockBankRows, readAccounts, readChannels, readKnownTransfers } from './settle-store.js'
import type { KnownTransfer } from './settle-store.js'
import type { ItemRequest } from './set-apart.js'
import { finishAct, getItem, noteOf, requireNote, takeUp } from './take-up.js'
import type { ActOutcome, Asking } from './take-up.js'

export interface RepeatRequest extends ItemRequest {
  /** The bank told twice of one transfer, or two transfers look alike. */
  choice: 'copy' | 'new'
}

export interface EventRequest extends ItemRequest {
  choice: 'post' | 'reject'
  /** Needed when the provider's row has none. */
  direction?: 'in' | 'out' | undefined
  /** Needed when the row names an account that is not the school's. */
  bankAccountId?: string | undefined
}

/** Errors: those of `takeUp`. */
export async function decideRepeat(db: Database, asking: Asking, request: RepeatRequest): Promise<ActOutcome> {
  const { schoolId, choice } = request
  return withEvent(db, asking, request, 'repeat', { choice }, async (trx, item, event) => {
    const one = toIncoming(event, await readProvider(trx, schoolId, event), {})
    const known = await readSame(trx, schoolId, one)
    if (choice === 'new') return post(trx, schoolId, asking, { event, one, known })
    const told = 'repeats' in item.evidence ? item.evidence.repeats : undefined
    const original = known.same.find(({ id }) => id === told) ?? known.same[0]
    if (!original) throw new DomainError('NOTHING_REPEATED_CONFLICT', 'there is no transfer that this could be a copy of')
    await setCopyOf(trx, schoolId, event.id, original.id)
    return { resolution: RESOLUTION.copy, transferId: original.id }
  })
}

/** Errors: those of `takeUp`, `DIRECTION_REQUIRED`, `BANK_ACCOUNT_REQUIRED`, `BANK_ACCOUNT_NOT_FOUND`. */
export async function decideEvent(db: Database, asking: Asking, request: EventRequest): Promise<ActOutcome> {
  const { schoolId, choice, direction, bankAccountId } = request
  if (choice === 'reject') requireNote(asking)
  const asked = { choice, ...(direction && { direction }), ...(bankAccountId !== undefined && { bankAccountId }) }
  return withEvent(db, asking, request, 'event', asked, async (trx, item, event) => {
    if (choice === 'reject') return { resolution: RESOLUTION.rejected, transferId: null }
    const said = { direction, bankAccountId }
    const one = toIncoming(event, await readProvider(trx, schoolId, event), said)
    const known = await readSame(trx, schoolId, one)
    if (known.same.length === 0) return post(trx, schoolId, asking, { event, one, known })
    const source = `${event.channel_id} ${event.source}`
    const untold = known.same.find(({ told_by: toldBy, bank_day: bankDay }) =>
      !toldBy.includes(source) && Math.abs(daysBetween(bankDay, event.bank_day)) <= 1)
    if (untold) {
      await tieEvent(trx, schoolId, event.id, { transferId: untold.id, ...placeOf(one) })
      return { resolution: RESOLUTION.joined, transferId: untold.id }
    }
    // The next question is asked of an event that has all it needs: what was said here is not asked twice.
    await tieEvent(trx, schoolId, event.id, { transferId: null, ...placeOf(one) })
    return askAgain(trx, schoolId, item, known.same)
  })
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
}

async function readSame(trx: Trx, schoolId: string, one: Incoming): Promise<Known> {
  const accounts = await readAccounts(trx, schoolId)
  if (!accounts.some(({ id }) => id === one.accountId)) {
    throw new DomainError('BANK_ACCOUNT_NOT_FOUND', 'this school has no such bank account')
  }
  const key = keyOf(one)
  const transfers = await readKnownTransfers(trx, schoolId, [key])
  const same = transfers.filter((known) => transferKeyText(known) === transferKeyText(key))
    .sort((a, b) => a.occurrence - b.occurrence)
  return { accounts, transfers, same }
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
  await insertRows(trx, 'review_item', reviews)
  const openedItemId = reviews[0]?.id
  const resolution = RESOLUTION.posted
  return { resolution, transferId: posting.transferId, ...(openedItemId !== undefined && { openedItemId }) }
}

async function askAgain(
  trx: Trx,
  schoolId: string,
  item: ReviewItemRow,
  same: readonly KnownTransfer[],
): Promise<Decided> {
  const openedItemId = await openItem(trx, schoolId, {
    ...item, reason: 'POSSIBLE_REPEAT', evidence: { ...item.evidence, repeats: same[0]?.id },
  })
  return { resolution: RESOLUTION.repeats, transferId: null, openedItemId }
}

async function readProvider(trx: Trx, schoolId: string, event: EventRow): Promise<BankEvent['provider']> {
  const [channel] = await readChannels(trx, schoolId, [event.channel_id])
  assert(channel, 'the channel of an event exists')
  return channel.provider
}

/** The event as the adapter read it, with what the person adds where it said nothing. */
function toIncoming(
  row: EventRow,
  provider: BankEvent['provider'],
  said: { direction?: 'in' | 'out' | undefined; bankAccountId?: string | undefined },
): Incoming {
  const direction = row.direction === 'unknown' ? said.direction : row.direction
  const accountId = row.bank_account_id ?? said.bankAccountId
  if (direction === undefined) throw required('DIRECTION_REQUIRED', 'direction', 'say whether the money came in or went out')
  if (accountId === undefined) throw required('BANK_ACCOUNT_REQUIRED', 'bankAccountId', 'say which account it was')
  return {
    callbackId: row.callback_id ?? '',
    channelId: row.channel_id,
    stale: false,
    accountId,
    event: {
      provider,
      index: 0,
      eventId: row.event_id,
      bankRef: row.bank_ref,
      direction,
      amountVnd: vnd(row.amount_vnd),
      occurredAt: row.occurred_at,
      dateOnly: row.date_only,
      timeDoubtful: row.time_doubtful,
      bankDay: row.bank_day,
      accountNumber: row.account_number,
      vaNumber: row.virtual_account,
      providerCode: row.order_code,
      memo: row.memo,
      counterName: row.counter_name,
      counterAccount: row.counter_account,
      counterBankBin: row.counter_bank_bin,
      balanceAfterVnd: row.balance_after_vnd === null ? null : vnd(row.balance_after_vnd),
      quarantine: false,
    },
  }
}

function keyOf(one: Incoming) {
  const key = transferKeyOf(one)
  assert(key, 'an event with a direction and an account has a key')
  return key
}

function placeOf({ accountId, event: { direction } }: Incoming) {
  assert(accountId !== null && direction !== 'unknown', 'a released event has a direction and an account')
  return { accountId, direction }
}

function required(code: string, field: string, reason: string): DomainError {
  return new DomainError(code, reason, [{ field, reason, code }])
}
