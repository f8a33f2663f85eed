// Reads what is known of a school's bank accounts and of the channels that report on them: when the bank last called,
// what still waits to be posted, and what waits for a person.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { Channel } from '../channel-store.js'

export interface ChannelActivity extends Channel {
  /** The newest call with a good signature that was no test; null before the first one. */
  lastCallAt: Date | null
  /** Calls on disk that are not posted yet. */
  waitingCalls: number
  oldestWaitingAt: Date | null
}

/**
 * Newest first. Indexes: channel_pkey; the last call of a channel by bank_callback_pkey from its end, whose ids are in
 * the order of arrival; bank_callback_waiting, which holds only what is not posted.
 */
export async function readChannelActivity(trx: Trx, schoolId: string): Promise<ChannelActivity[]> {
  const { rows } = await sql<ChannelActivity>`
    SELECT channel.id, channel.bank_account_id AS "bankAccountId", channel.provider, channel.mode,
      channel.memo_word AS "memoWord", channel.state, channel.active_from AS "activeFrom",
      channel.active_to AS "activeTo", channel.last_test_at AS "lastTestAt",
      channel.previous_secret_until AS "previousSecretUntil", channel.created_at AS "createdAt",
      last_call.received_at AS "lastCallAt", waiting.calls AS "waitingCalls", waiting.oldest AS "oldestWaitingAt"
    FROM channel
    LEFT JOIN LATERAL (
      SELECT received_at FROM bank_callback AS call
      WHERE call.school_id = ${schoolId} AND call.channel_id = channel.id AND call.proof <> 'test'
      ORDER BY call.id DESC LIMIT 1
    ) AS last_call ON true
    CROSS JOIN LATERAL (
      SELECT count(*) AS calls, min(received_at) AS oldest FROM bank_callback AS call
      WHERE call.school_id = ${schoolId} AND call.channel_id = channel.id AND call.state = 'waiting'
    ) AS waiting
    WHERE channel.school_id = ${schoolId} ORDER BY channel.id DESC`.execute(trx)
  return rows
}

/** Open review items by bank account. Index review_item_open; what each is about by its primary key. */
export async function countOpenReviews(trx: Trx, schoolId: string): Promise<Map<string, number>> {
  const { rows } = await sql<{ account: string; items: number }>`
    SELECT account, count(*) AS items FROM (
      SELECT coalesce(transfer.bank_account_id, event.bank_account_id, channel.bank_account_id) AS account
      FROM review_item AS review
      LEFT JOIN bank_transaction AS transfer
        ON transfer.school_id = ${schoolId} AND transfer.id = review.bank_transaction_id
      LEFT JOIN bank_event AS event ON event.school_id = ${schoolId} AND event.id = review.bank_event_id
      LEFT JOIN bank_callback AS call ON call.school_id = ${schoolId} AND call.id = review.bank_callback_id
      LEFT JOIN channel ON channel.school_id = ${schoolId}
        AND channel.id = coalesce(event.channel_id, call.channel_id)
      WHERE review.school_id = ${schoolId} AND review.state = 'open'
    ) AS of_account
    WHERE account IS NOT NULL GROUP BY account`.execute(trx)
  return new Map(rows.map(({ account, items }) => [account, items]))
}
