// Settles a batch of one school's callbacks in one transaction: raw bytes -> events -> transfers -> decisions ->
// allocations, postings and facts. Whatever it was given is either posted or in front of a person when it commits;
// running it again on the same rows changes nothing.
import assert from 'node:assert/strict'
import { v7 as uuidv7 } from 'uuid'
import { insertRows } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import { eventKey, readCallbacks, transferKeyOf, triage } from './incoming.js'
import type { Incoming, Triage } from './incoming.js'
import { RULE_VERSION } from './match.js'
import { findUnpairedOut, postTransfers } from './post-transfers.js'
import type { Posting } from './post-transfers.js'
import { eventRow, eventReview, unreadableReview } from './settle-rows.js'
import type { ReviewRow } from './settle-rows.js'
import * as store from './settle-store.js'

const ACTOR = `rule:${RULE_VERSION}`

/** How many of what; for metrics and the drain's log line. */
export interface Settled {
  callbacks: number
  posted: number
  reviews: readonly string[]
  noticesLeft: number
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
