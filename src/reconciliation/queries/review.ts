// Reads the review desk's rows with what is known of the transfer, event or call behind each. It ranks nothing and
// decides nothing: the evidence is what the rules wrote down.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Day } from '../../time.js'
import { suspenseOfRow } from '../suspense.js'
import { fullTextOf } from './full-text.js'
import { utcText } from './utc-text.js'

export interface ReviewSummary {
  id: string
  reason: string
  state: 'open' | 'resolved'
  amountVnd: number | null
  bankDay: Day | null
  bankTransactionId: string | null
  bankEventId: string | null
  bankCallbackId: string | null
  bankAccountId: string | null
  direction: string | null
  memo: string | null
  counterName: string | null
  /** Of the transfer: what still waits to be placed. */
  suspenseVnd: number | null
  evidence: object
  recordedAt: string
  resolvedAt: string | null
  resolvedBy: string | null
  resolution: string | null
  note: string | null
}

export interface ReviewFilter {
  state: 'open' | 'resolved'
  reason?: string | undefined
}

const item = sql`review.id, review.reason, review.state, review.amount_vnd AS "amountVnd",
  review.bank_day AS "bankDay", review.bank_transaction_id AS "bankTransactionId",
  review.bank_event_id AS "bankEventId", review.bank_callback_id AS "bankCallbackId",
  coalesce(transfer.bank_account_id, event.bank_account_id) AS "bankAccountId",
  coalesce(transfer.direction, event.direction) AS direction, coalesce(transfer.memo, event.memo) AS memo,
  coalesce(transfer.counter_name, event.counter_name) AS "counterName",
  CASE transfer.direction WHEN 'in' THEN ${suspenseOfRow('transfer')} END AS "suspenseVnd",
  review.evidence, ${utcText('review.recorded_at')} AS "recordedAt",
  ${utcText('review.resolved_at')} AS "resolvedAt", review.resolved_by AS "resolvedBy",
  review.resolution, review.note`

const behind = sql`
  LEFT JOIN bank_transaction transfer
    ON transfer.school_id = review.school_id AND transfer.id = review.bank_transaction_id
  LEFT JOIN bank_event event ON event.school_id = review.school_id AND event.id = review.bank_event_id`

/** Oldest first: who waited longest is next. Index: review_item_open, or the primary key for what is resolved. */
export function selectReviewItems(
  schoolId: string, { state, reason }: ReviewFilter, limit: number, afterId: string | undefined,
): RawBuilder<ReviewSummary> {
  const conditions = [
    sql`school_id = ${schoolId}`,
    // Written out, so that a prepared plan can use the partial index.
    state === 'open' ? sql`state = 'open'` : sql`state = 'resolved'`,
    ...(reason === undefined ? [] : [sql`reason = ${reason}`]),
    ...(afterId === undefined ? [] : [sql`id > ${afterId}`]),
  ]
  return sql<ReviewSummary>`
    SELECT ${item} FROM (
      SELECT * FROM review_item WHERE ${sql.join(conditions, sql` AND `)} ORDER BY id LIMIT ${limit}
    ) AS review ${behind}
    ORDER BY review.id`
}

/** What people and the bank have ended, newest first. Index: review_item_resolved. */
export function selectEndedItems(
  schoolId: string, { notOurs }: { notOurs: boolean }, limit: number, beforeId: string | undefined,
): RawBuilder<ReviewSummary> {
  const conditions = [
    sql`school_id = ${schoolId} AND state = 'resolved'`,
    // Such money is still here: it waits for its return, and nobody has taken it up again.
    ...(notOurs ? [sql`resolution = 'NOT_OURS' AND EXISTS (SELECT FROM bank_transaction held
      WHERE held.school_id = ${schoolId} AND held.id = item.bank_transaction_id
        AND ${suspenseOfRow('held')} > 0)
      AND NOT EXISTS (SELECT FROM review_item later WHERE later.school_id = ${schoolId}
        AND later.bank_transaction_id = item.bank_transaction_id AND later.id > item.id)`] : []),
    ...(beforeId === undefined ? [] : [sql`(resolved_at, id) < (SELECT last.resolved_at, last.id
      FROM review_item last WHERE last.school_id = ${schoolId} AND last.id = ${beforeId})`]),
  ]
  return sql<ReviewSummary>`
    SELECT ${item} FROM (
      SELECT * FROM review_item AS item WHERE ${sql.join(conditions, sql` AND `)}
      ORDER BY resolved_at DESC, id DESC LIMIT ${limit}
    ) AS review ${behind}
    ORDER BY review.resolved_at DESC, review.id DESC`
}

/** How many are open, by reason. Index: review_item_open. */
export function countOpenItems(schoolId: string): RawBuilder<{ reason: string; count: number }> {
  return sql`SELECT reason, count(*)::int AS count FROM review_item
    WHERE school_id = ${schoolId} AND state = 'open' GROUP BY reason`
}

export interface ReviewDetail extends ReviewSummary {
  event: {
    channelId: string, eventId: string, bankRef: string | null, accountNumber: string | null,
    virtualAccount: string | null, orderCode: string | null, occurredAt: string, timeDoubtful: boolean,
    /** What the bank gave as its time, where that is not believed. */
    toldAt: string | null,
  } | null
  /** The bank's whole text, where it says more than the memo. */
  fullText: string | null
  callback: {
    channelId: string, proof: string, receivedAt: string, attempts: number, lastError: string | null,
  } | null
  /** The call as it came; null when no single call is in question. */
  callbackBody: Buffer | null
}

/** By primary keys. */
export function selectReviewItem(schoolId: string, id: string): RawBuilder<ReviewDetail> {
  return sql<ReviewDetail>`
    SELECT ${item},
      CASE WHEN event.id IS NOT NULL THEN jsonb_build_object('channelId', event.channel_id,
        'eventId', event.event_id, 'bankRef', event.bank_ref, 'accountNumber', event.account_number,
        'virtualAccount', event.virtual_account, 'orderCode', event.order_code,
        'occurredAt', ${utcText('event.occurred_at')}, 'timeDoubtful', event.time_doubtful,
        'toldAt', ${utcText('event.told_at')}) END AS event,
      ${fullTextOf} AS "fullText",
      CASE WHEN call.id IS NOT NULL THEN jsonb_build_object('channelId', call.channel_id, 'proof', call.proof,
        'receivedAt', ${utcText('call.received_at')}, 'attempts', call.attempts,
        'lastError', call.last_error) END AS callback,
      call.body AS "callbackBody"
    FROM review_item AS review ${behind}
    LEFT JOIN bank_callback call ON call.school_id = review.school_id AND call.id = review.bank_callback_id
    WHERE review.school_id = ${schoolId} AND review.id = ${id}`
}

/** An event or a transfer, as it is compared with another one side by side. */
export interface Compared {
  kind: 'event' | 'transfer'
  id: string
  amountVnd: number
  direction: string
  occurredAt: string
  bankDay: Day
  bankRef: string | null
  orderCode: string | null
  memo: string
  fullText: string | null
}

/** What an item's event was laid beside: the event of its id, else the transfer. By primary keys. */
export function selectCompared(
  schoolId: string, { keptEvent, repeats }: { keptEvent?: string; repeats?: string },
): RawBuilder<Compared> {
  const row = (kind: string, from: string) => sql`SELECT ${kind} AS kind, ${sql.ref(`${from}.id`)},
    ${sql.ref(`${from}.amount_vnd`)} AS "amountVnd", ${sql.ref(`${from}.direction`)},
    ${utcText(`${from}.occurred_at`)} AS "occurredAt", ${sql.ref(`${from}.bank_day`)} AS "bankDay",
    ${sql.ref(`${from}.bank_ref`)} AS "bankRef", ${sql.ref(`${from}.memo`)}`
  return sql<Compared>`
    ${row('event', 'event')}, event.order_code AS "orderCode", event.full_text AS "fullText"
    FROM bank_event event WHERE event.school_id = ${schoolId} AND event.id = ${keptEvent ?? null}
    UNION ALL
    ${row('transfer', 'transfer')}, event.order_code, ${fullTextOf}
    FROM bank_transaction transfer
    LEFT JOIN LATERAL (SELECT order_code, full_text FROM bank_event told WHERE told.school_id = ${schoolId}
      AND told.bank_transaction_id = transfer.id ORDER BY told.id LIMIT 1) AS event ON true
    WHERE transfer.school_id = ${schoolId} AND transfer.id = ${repeats ?? null}
    LIMIT 1`
}
