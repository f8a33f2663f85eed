// The SQL of one posting batch: what it must know of a school before it decides. Each statement is set-based
// and served by a primary or unique key; the number of statements does not grow with the batch.
import { sql } from 'kysely'
import { toRecords } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import type { Direction } from '../banking/bank-event.js'
import { identityOf } from '../banking/event-identity.js'
import type { EventIdentity } from '../banking/event-identity.js'
import { addDays } from '../time.js'
import type { Day } from '../time.js'
import type { Marks, PostedNotice } from './alike.js'
import { tieEvent } from './event-store.js'
import type { EventRow, EventTie } from './event-store.js'
import type { PaymentCodeKind } from './match.js'
import { RESOLUTION } from './review-item.js'
import { endItemsOfEvent } from './review-store.js'

/** One writer of bank rows per school at a time: two batches of a school would only wait on each other's keys. */
export async function lockBankRows(trx: Trx, schoolId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('bank rows ' || ${schoolId}, 0))`.execute(trx)
}

export interface WaitingCallback {
  id: string
  channel_id: string
  body: Buffer
  proof: 'good' | 'stale' | 'test'
  received_at: Date
}

/** Rows that another worker finished meanwhile are left out; the rest stay locked to the end. */
export async function takeCallbacks(trx: Trx, schoolId: string, ids: readonly string[]): Promise<WaitingCallback[]> {
  return trx
    .selectFrom('bank_callback')
    .select(['id', 'channel_id', 'body', 'proof', 'received_at'])
    .where('school_id', '=', schoolId)
    .where('id', '=', sql<string>`ANY (${ids}::uuid[])`)
    .where('state', '=', 'waiting')
    .orderBy('id')
    .forUpdate()
    .execute()
}

export interface AccountRow {
  id: string
  account_number: string
  ledger_no: number
  replaced_by: string | null
}

export async function readAccounts(trx: Trx, schoolId: string): Promise<AccountRow[]> {
  return trx
    .selectFrom('bank_account')
    .select(['id', 'account_number', 'ledger_no', 'replaced_by'])
    .where('school_id', '=', schoolId)
    .execute()
}

export async function readChannels(trx: Trx, schoolId: string, ids: readonly string[]) {
  return trx
    .selectFrom('channel')
    .select(['id', 'provider', 'bank_account_id'])
    .where('school_id', '=', schoolId)
    .where('id', 'in', ids)
    .execute()
}

/** First day that money matched now may count on: after the last closed period, else undefined. */
export async function readLastClosedDay(trx: Trx, schoolId: string): Promise<Day | undefined> {
  const row = await trx
    .selectFrom('period_close')
    .select((eb) => eb.fn.max('closed_through').as('day'))
    .where('school_id', '=', schoolId)
    .executeTakeFirst()
  return row?.day ?? undefined
}

export interface KnownEvent {
  id: string
  channelId: string
  eventId: string
  said: EventIdentity
  transferId: string | null
}

/** Index: bank_event_event_key. */
export async function readKnownEvents(
  trx: Trx,
  schoolId: string,
  keys: readonly { channel_id: string; event_id: string }[],
): Promise<KnownEvent[]> {
  const { rows } = await sql<EventRow>`
    SELECT event.* FROM jsonb_to_recordset(${toRecords(keys)}::jsonb) AS key (channel_id uuid, event_id text)
    JOIN bank_event event ON event.school_id = ${schoolId} AND event.channel_id = key.channel_id
      AND event.event_id = key.event_id`.execute(trx)
  return rows.map((row) => ({
    id: row.id, channelId: row.channel_id, eventId: row.event_id, said: identityOf(row),
    transferId: row.bank_transaction_id,
  }))
}

export interface AlikeKey extends Marks {
  channel_id: string
  bank_day: Day
}

interface AlikeRow {
  channel_id: string
  bank_account_id: string | null
  direction: Direction
  amount_vnd: number
  occurred_at: Date
  date_only: boolean
  time_doubtful: boolean
  bank_day: Day
  likeness: string
  ref_tail: string | null
  bank_transaction_id: string
  told_by: string[]
}

/**
 * What other channels posted within a day under one of these marks. Indexes: bank_event_alike, bank_event_ref_tail,
 * bank_event_tells_once. A school has one channel an account, so that as a rule there is nothing to look at.
 */
export async function readAlike(trx: Trx, schoolId: string, keys: readonly AlikeKey[]): Promise<PostedNotice[]> {
  // The days are worked out here: under row-level security an index is asked only for what stands ready.
  const asked = keys.map(({ likeness, refTail, channel_id, bank_day: day }) =>
    ({ channel_id, likeness, ref_tail: refTail, from_day: addDays(day, -1), to_day: addDays(day, 1) }))
  const { rows } = await sql<AlikeRow>`
    WITH asked AS MATERIALIZED (SELECT * FROM jsonb_to_recordset(${toRecords(asked)}::jsonb)
      AS key (channel_id uuid, likeness text, ref_tail text, from_day date, to_day date)
    ), hit AS (
      SELECT event.id FROM asked JOIN bank_event event ON event.school_id = ${schoolId}
        AND event.likeness = asked.likeness AND event.bank_day BETWEEN asked.from_day AND asked.to_day
        AND event.channel_id <> asked.channel_id
      UNION
      SELECT event.id FROM asked JOIN bank_event event ON event.school_id = ${schoolId}
        AND event.ref_tail = asked.ref_tail AND event.bank_day BETWEEN asked.from_day AND asked.to_day
        AND event.channel_id <> asked.channel_id
    )
    SELECT event.*, ARRAY(SELECT teller.channel_id || ' ' || teller.source FROM bank_event teller
      WHERE teller.school_id = ${schoolId} AND teller.bank_transaction_id = event.bank_transaction_id) AS told_by
    FROM hit JOIN bank_event event ON event.school_id = ${schoolId} AND event.id = hit.id
    WHERE event.bank_transaction_id IS NOT NULL ORDER BY event.id`.execute(trx)
  return rows.map((row) => ({
    channelId: row.channel_id, accountId: row.bank_account_id, direction: row.direction, amountVnd: row.amount_vnd,
    occurredAt: row.occurred_at, hasTime: !row.date_only && !row.time_doubtful, bankDay: row.bank_day,
    likeness: row.likeness, refTail: row.ref_tail, transferId: row.bank_transaction_id, toldBy: row.told_by,
  }))
}

export interface TransferKey {
  bank_account_id: string
  bank_ref: string
  direction: 'in' | 'out'
  amount_vnd: number
}

export interface KnownTransfer extends TransferKey {
  id: string
  occurrence: number
  bank_day: Day
  reverses_id: string | null
  reversed_vnd: number
  /** Money out that a person paired with credits: what comes back of it is new money. */
  is_refund: boolean
  /** `channel source` of each event that told of it. */
  told_by: string[]
}

/** Transfers with one of these keys, in either direction: an equal row the other way is a reversal. */
export async function readKnownTransfers(
  trx: Trx,
  schoolId: string,
  keys: readonly TransferKey[],
): Promise<KnownTransfer[]> {
  const { rows } = await sql<KnownTransfer>`
    SELECT DISTINCT ON (transfer.id) transfer.id, transfer.bank_account_id, transfer.bank_ref, transfer.direction,
      transfer.amount_vnd, transfer.occurrence, transfer.bank_day, transfer.reverses_id, transfer.reversed_vnd,
      EXISTS (SELECT FROM refund
        WHERE refund.school_id = ${schoolId} AND refund.out_transaction_id = transfer.id) AS is_refund,
      ARRAY(SELECT event.channel_id || ' ' || event.source FROM bank_event event
        WHERE event.school_id = ${schoolId} AND event.bank_transaction_id = transfer.id) AS told_by
    FROM jsonb_to_recordset(${toRecords(keys)}::jsonb) AS key (bank_account_id uuid, bank_ref text, amount_vnd bigint)
    CROSS JOIN (VALUES ('in'), ('out')) AS way (direction)
    JOIN bank_transaction transfer ON transfer.school_id = ${schoolId}
      AND transfer.bank_account_id = key.bank_account_id AND transfer.bank_ref = key.bank_ref
      AND transfer.direction = way.direction AND transfer.amount_vnd = key.amount_vnd`.execute(trx)
  return rows
}

export interface AliasRow {
  channel_id: string
  kind: 'virtual_account' | 'order_code'
  value: string
  payment_code: number
}

export async function readAliases(
  trx: Trx,
  schoolId: string,
  keys: readonly { channel_id: string; kind: string; value: string }[],
): Promise<AliasRow[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<AliasRow>`
    SELECT alias.channel_id, alias.kind, alias.value, alias.payment_code
    FROM jsonb_to_recordset(${toRecords(keys)}::jsonb) AS key (channel_id uuid, kind text, value text)
    JOIN payment_alias alias ON alias.school_id = ${schoolId} AND alias.channel_id = key.channel_id
      AND alias.kind = key.kind AND alias.value = key.value`.execute(trx)
  return rows
}

export async function readCodeOwners(
  trx: Trx,
  codes: readonly number[],
): Promise<{ code: number; school_id: string; kind: PaymentCodeKind }[]> {
  if (codes.length === 0) return []
  return trx.selectFrom('payment_code').selectAll().where('code', '=', sql<number>`ANY (${codes}::bigint[])`).execute()
}

/**
 * Ties an event that waited (a stale signature, say) to the transfer it told of, on the day of that transfer, and
 * closes what it waited in.
 */
export async function confirmEvent(
  trx: Trx,
  schoolId: string,
  { eventId, actor, ...tie }: EventTie & { eventId: string; actor: string },
): Promise<void> {
  await tieEvent(trx, schoolId, eventId, tie)
  await endItemsOfEvent(trx, schoolId, eventId, { by: actor, resolution: RESOLUTION.confirmed, note: null })
}

export async function finishCallbacks(
  trx: Trx,
  schoolId: string,
  ids: readonly string[],
  state: 'done' | 'review',
): Promise<void> {
  if (ids.length === 0) return
  await sql`UPDATE bank_callback SET state = ${state}, processed_at = now(), last_error = NULL
    WHERE school_id = ${schoolId} AND id = ANY (${ids}::uuid[])`.execute(trx)
}
