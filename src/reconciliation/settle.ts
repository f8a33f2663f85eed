// Settles a batch of one school's callbacks in one transaction: raw bytes -> events -> transfers -> decisions ->
// allocations, postings and facts. Whatever it was given is either posted or in front of a person when it commits;
// running it again on the same rows changes nothing.
import assert from 'node:assert/strict'
import { insertRows } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import { changedEventId } from '../banking/event-identity.js'
import type { BankTimeLimits } from './bank-time.js'
import { eventKey, readCallbacks, transferKeyOf } from './incoming.js'
import type { Incoming } from './incoming.js'
import { RULE_VERSION } from './match.js'
import { findUnpairedOut, postTransfers } from './post-transfers.js'
import type { Posting } from './post-transfers.js'
import { insertReviewItems } from './review-store.js'
import { eventRow, eventReview, unreadableReview } from './settle-rows.js'
import type { ReviewRow } from './settle-rows.js'
import * as store from './settle-store.js'
import { triage } from './triage.js'
import type { Triage } from './triage.js'

const ACTOR = `rule:${RULE_VERSION}`

/** How many of what; for metrics and the drain's log line. */
export interface Settled {
  callbacks: number
  posted: number
  reviews: readonly string[]
  noticesLeft: number
}

/** Runs as the worker in the school's transaction. `callbackIds` are rows that this worker has claimed. */
export async function settleCallbacks(
  trx: Trx,
  schoolId: string,
  callbackIds: readonly string[],
  limits: BankTimeLimits,
): Promise<Settled> {
  await store.lockBankRows(trx, schoolId)
  const callbacks = await store.takeCallbacks(trx, schoolId, callbackIds)
  if (callbacks.length === 0) return { callbacks: 0, posted: 0, reviews: [], noticesLeft: 0 }
  const accounts = await store.readAccounts(trx, schoolId)
  const channels = await store.readChannels(trx, schoolId, [...new Set(callbacks.map((row) => row.channel_id))])
  const { incoming, unreadable } = readCallbacks(callbacks, channels, accounts, limits)
  incoming.sort(byBankTime)

  const { verdicts, knownTransfers } = await triageAgainstStore(trx, schoolId, incoming)
  const reviews: ReviewRow[] = unreadable.map((one) => unreadableReview(schoolId, one))
  const postings: Posting[] = []
  incoming.forEach((one, at) => {
    const verdict = verdicts[at]
    assert(verdict, 'every event has a verdict')
    if (verdict.kind === 'held') reviews.push(eventReview(schoolId, one, verdict))
    if (verdict.kind !== 'posts') return
    const unpairedOut = findUnpairedOut(knownTransfers, verdict.key)
    if (unpairedOut) knownTransfers.splice(knownTransfers.indexOf(unpairedOut), 1)
    postings.push({
      one,
      transferId: verdict.transferId,
      bankRef: verdict.key.bank_ref,
      occurrence: 1,
      reversedBy: unpairedOut?.id ?? null,
    })
  })

  const batch = { schoolId, actor: ACTOR, accounts, postings, knownTransfers, reviews }
  const notices = await postTransfers(trx, batch)
  await writeEvents(trx, schoolId, incoming, verdicts)
  await insertReviewItems(trx, reviews)
  await finishCallbacks(trx, schoolId, callbacks, new Set(unreadable.map(({ callbackId }) => callbackId)))
  return {
    callbacks: callbacks.length,
    posted: postings.length,
    reviews: reviews.map(({ reason }) => reason),
    noticesLeft: notices,
  }
}

/** Bank time, then event id, then as they came: the order in which each decision sees the ones before it. */
function byBankTime(a: Incoming, b: Incoming): number {
  const [keyA, keyB] = [eventKey(a.channelId, a.event.eventId), eventKey(b.channelId, b.event.eventId)]
  return a.event.occurredAt.getTime() - b.event.occurredAt.getTime() || (keyA < keyB ? -1 : keyA > keyB ? 1 : 0)
}

async function triageAgainstStore(trx: Trx, schoolId: string, incoming: readonly Incoming[]) {
  const events = await store.readKnownEvents(trx, schoolId, incoming.flatMap(({ channelId, event }) =>
    [event.eventId, changedEventId(event)].map((id) => ({ channel_id: channelId, event_id: id }))))
  const transfers = await store.readKnownTransfers(trx, schoolId, incoming.flatMap((one) => transferKeyOf(one) ?? []))
  const alike = await store.readAlike(trx, schoolId, incoming.map(({ channelId, event, marks }) =>
    ({ ...marks, channel_id: channelId, bank_day: event.bankDay })))
  return { verdicts: triage(incoming, { events, transfers, alike }), knownTransfers: transfers }
}

async function writeEvents(
  trx: Trx,
  schoolId: string,
  incoming: readonly Incoming[],
  verdicts: readonly Triage[],
): Promise<void> {
  const fresh: ReturnType<typeof eventRow>[] = []
  for (const [at, one] of incoming.entries()) {
    const verdict = verdicts[at]
    if (!verdict || verdict.kind === 'seen') continue
    const { eventId, direction, bankDay, occurredAt } = one.event
    if (verdict.kind === 'posts' && verdict.knownEventId !== undefined) {
      assert(one.accountId !== null && direction !== 'unknown', 'what posts has an account and a direction')
      const { knownEventId, transferId } = verdict
      const tie = { transferId, accountId: one.accountId, direction, bankDay, occurredAt }
      await store.confirmEvent(trx, schoolId, { ...tie, eventId: knownEventId, actor: ACTOR })
    } else {
      const isHeld = verdict.kind === 'held'
      fresh.push(eventRow(schoolId, one, {
        eventId: (isHeld ? verdict.changed?.eventId : undefined) ?? eventId,
        transferId: isHeld ? null : verdict.transferId,
      }))
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
