// P2: one bank transfer posts exactly once, whatever is duplicated, reordered or replayed. The keys that
// enforce it are looked up in the catalog, and the rows are counted again as if the keys were not there.
import { sql } from 'kysely'
import { constraintsInForce, uniqueIndexesInForce } from './catalog.js'
import { rowsThat } from './promise.js'
import type { CheckedPromise } from './promise.js'

export const postsOnce: CheckedPromise = {
  id: 'P2',
  holds: 'each transfer and each receipt is in the books exactly once',
  looksAt: {
    bank_transaction: 'transfers', bank_event: 'events', cash_receipt: 'receipts', entry: 'entries',
  },
  checks: [
    constraintsInForce({
      'bank_callback.bank_callback_body_key': 'UNIQUE (school_id, channel_id, body_sha256)',
      'bank_event.bank_event_event_key': 'UNIQUE (school_id, channel_id, event_id)',
      'bank_event.bank_event_transaction':
        'FOREIGN KEY (school_id, bank_transaction_id) REFERENCES bank_transaction(school_id, id)',
      'bank_transaction.bank_transaction_key':
        'UNIQUE (school_id, bank_account_id, bank_ref, direction, amount_vnd, occurrence)',
      'cash_receipt.cash_receipt_number_key': 'UNIQUE (school_id, number)',
    }),
    uniqueIndexesInForce({
      bank_transaction_reversed_once: '(school_id, reverses_id) WHERE (reverses_id IS NOT NULL)',
      entry_reversed_once: '(school_id, reverses_id) WHERE (reverses_id IS NOT NULL)',
      entry_opens_transfer_once:
        "(school_id, bank_transaction_id) WHERE (kind = ANY (ARRAY['money_in'::text, 'money_out'::text]))",
      entry_opens_receipt_once: "(school_id, cash_receipt_id) WHERE (kind = 'cash_in'::text)",
      bank_event_tells_once:
        '(school_id, bank_transaction_id, channel_id, source) WHERE (bank_transaction_id IS NOT NULL)',
    }),
    rowsThat('transfers with the key of another', sql`
      SELECT unnest(array_agg(id)) AS id FROM bank_transaction
      GROUP BY school_id, bank_account_id, bank_ref, direction, amount_vnd, occurrence HAVING count(*) > 1`),
    rowsThat('events with the key of another', sql`
      SELECT unnest(array_agg(id)) AS id FROM bank_event
      GROUP BY school_id, channel_id, event_id HAVING count(*) > 1`),
    rowsThat('transfers that two events of one source told of', sql`
      SELECT bank_transaction_id AS id FROM bank_event WHERE bank_transaction_id IS NOT NULL
      GROUP BY school_id, bank_transaction_id, channel_id, source HAVING count(*) > 1`),
    rowsThat('transfers that no event told of', sql`
      SELECT t.id FROM bank_transaction t
      LEFT JOIN bank_event e ON e.school_id = t.school_id AND e.bank_transaction_id = t.id
      WHERE e.id IS NULL`),
    rowsThat('events that name a transfer of another account, direction, amount or day', sql`
      SELECT e.id FROM bank_event e
      JOIN bank_transaction t ON t.school_id = e.school_id AND t.id = e.bank_transaction_id
      WHERE e.bank_account_id IS DISTINCT FROM t.bank_account_id OR e.direction <> t.direction
        OR e.amount_vnd <> t.amount_vnd
        OR e.bank_day NOT BETWEEN t.bank_day - 1 AND t.bank_day + 1`),
    // As the worker compares them (alike.ts): whoever is asked about such a pair leaves the question behind.
    rowsThat('transfers that two channels told of in the same words, and that nobody called two', sql`
      SELECT DISTINCT unnest(ARRAY[a.bank_transaction_id, b.bank_transaction_id]) AS id FROM bank_event a
      JOIN bank_event b ON b.school_id = a.school_id AND b.likeness = a.likeness AND b.id > a.id
        AND b.channel_id <> a.channel_id AND b.bank_transaction_id <> a.bank_transaction_id
        AND b.bank_account_id = a.bank_account_id AND b.direction = a.direction AND b.amount_vnd = a.amount_vnd
        AND b.bank_day BETWEEN a.bank_day - 1 AND a.bank_day + 1
        AND (a.date_only OR b.date_only OR a.time_doubtful OR b.time_doubtful
          OR date_trunc('second', a.occurred_at) = date_trunc('second', b.occurred_at))
      WHERE NOT EXISTS (SELECT FROM bank_event c WHERE c.school_id = a.school_id
          AND (c.bank_transaction_id, c.channel_id) IN (
            (a.bank_transaction_id, b.channel_id), (b.bank_transaction_id, a.channel_id)))
        AND NOT EXISTS (SELECT FROM review_item r WHERE r.school_id = a.school_id
          AND r.bank_event_id IN (a.id, b.id) AND r.reason IN ('POSSIBLE_REPEAT', 'EVENT_CHANGED'))`),
    rowsThat('incoming transfers without exactly one money_in entry', sql`
      SELECT t.id FROM bank_transaction t
      LEFT JOIN entry e ON e.school_id = t.school_id AND e.bank_transaction_id = t.id AND e.kind = 'money_in'
      WHERE t.direction = 'in' GROUP BY t.school_id, t.id HAVING count(e.id) <> 1`),
    // Money that left is the reversal of what came in, or an entry of its own that waits to be explained.
    rowsThat('outgoing transfers without exactly one entry', sql`
      WITH told AS (
        SELECT school_id, bank_transaction_id AS id, count(*) FILTER (WHERE kind <> 'reversal') AS own,
          count(*) FILTER (WHERE kind = 'reversal') AS reversals
        FROM entry WHERE bank_transaction_id IS NOT NULL AND kind IN ('money_out', 'refund', 'reversal')
        GROUP BY school_id, bank_transaction_id
      )
      SELECT t.id FROM bank_transaction t
      LEFT JOIN told ON told.school_id = t.school_id AND told.id = t.id
      LEFT JOIN told AS original ON original.school_id = t.school_id AND original.id = t.reverses_id
      WHERE t.direction = 'out' AND coalesce(told.own, 0) + coalesce(original.reversals, 0) <> 1`),
    rowsThat('receipts without exactly one cash_in entry', sql`
      SELECT c.id FROM cash_receipt c
      LEFT JOIN entry e ON e.school_id = c.school_id AND e.cash_receipt_id = c.id AND e.kind = 'cash_in'
      GROUP BY c.school_id, c.id HAVING count(e.id) <> 1`),
  ],
}
