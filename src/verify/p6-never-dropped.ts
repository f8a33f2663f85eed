// P6: money that matches nothing is held in suspense with a reason and evidence, and waits for a person; it
// is never dropped or guessed. Every call, event and transfer must have left a trace that a person can
// follow.
import { sql } from 'kysely'
import { LEDGER_NO } from '../ledger/account.js'
import { rowsThat } from './promise.js'
import type { CheckedPromise } from './promise.js'
import { rereadCallbacks } from './reread-callbacks.js'

// Beyond these a bank's time is no matter of configuration any more: no figure of any year would count such money.
const FIRST_BANK_DAY = '2000-01-01'
const BANK_DAYS_AHEAD = 400

// The sweep delivers notices every few seconds; a person has not been told of one that waits this long.
const NOTICE_LATE_S = 600
// The version of the rules (reconciliation/match.ts) from which each such surplus waits for a person.
const ASKS_SINCE = 2

export const neverDropped: CheckedPromise = {
  id: 'P6',
  holds: 'every call left its trace, and all money without a bill is in front of a person',
  looksAt: { bank_callback: 'callbacks', bank_event: 'events', bank_transaction: 'transfers',
    review_item: 'review items' },
  checks: [
    rereadCallbacks,
    rowsThat('callbacks in review that no review item shows', sql`
      SELECT c.id FROM bank_callback c WHERE c.state = 'review' AND NOT EXISTS (
        SELECT FROM review_item r WHERE r.school_id = c.school_id AND r.bank_callback_id = c.id)`),
    rowsThat('events without a transfer that no review item shows', sql`
      SELECT e.id FROM bank_event e WHERE e.bank_transaction_id IS NULL AND NOT EXISTS (
        SELECT FROM review_item r WHERE r.school_id = e.school_id AND r.bank_event_id = e.id)`),
    rowsThat('transfers on a day that no bank can have meant', sql`
      SELECT id FROM bank_transaction t WHERE bank_day < ${FIRST_BANK_DAY}
        OR bank_day > (recorded_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date + ${BANK_DAYS_AHEAD}::int`),
    rowsThat('transfers with money in suspense that no review item shows', sql`
      SELECT t.id FROM bank_transaction t
      WHERE t.direction = 'in'
        AND t.allocated_vnd + t.credited_vnd + t.refunded_vnd + t.reversed_vnd < t.amount_vnd
        AND NOT EXISTS (
          SELECT FROM review_item r WHERE r.school_id = t.school_id AND r.bank_transaction_id = t.id)`),
    rowsThat('transfers that left without a known reason and that no review item shows', sql`
      SELECT t.id FROM bank_transaction t WHERE t.direction = 'out' AND t.reverses_id IS NULL AND NOT EXISTS (
        SELECT FROM review_item r WHERE r.school_id = t.school_id AND r.bank_transaction_id = t.id)`),
    rowsThat('possible double payments that no review item shows', sql`
      SELECT c.id FROM credit c WHERE c.kind = 'possible_double_payment' AND NOT EXISTS (
        SELECT FROM review_item r WHERE r.school_id = c.school_id
          AND r.bank_transaction_id = c.bank_transaction_id)`),
    // Ids tell the order in which the two were written under the child's lock.
    rowsThat('credits of an earlier school year that met a bill of a later one and that nobody was asked about', sql`
      SELECT c.id FROM credit c
      WHERE c.held_vnd > 0 AND (c.kind = 'surplus' OR c.kind = 'withdrawn_invoice' AND c.invoice_id IS NOT NULL)
        AND EXISTS (SELECT FROM invoice i WHERE i.school_id = c.school_id AND i.student_id = c.student_id
          AND i.state = 'issued' AND i.payable_vnd > 0 AND i.school_year > c.school_year AND i.id > c.id
          AND i.issued_at > c.recorded_at AND (c.bank_account_id IS NULL OR
            current_bank_account(i.school_id, i.bank_account_id) = current_bank_account(c.school_id, c.bank_account_id)))
        AND NOT EXISTS (SELECT FROM review_item r WHERE r.school_id = c.school_id AND (r.credit_id = c.id
          OR r.bank_transaction_id = c.bank_transaction_id
            AND r.reason IN ('POSSIBLE_DOUBLE_PAYMENT', 'WITHDRAWN_INVOICE')))`),
    rowsThat('credits that came by a student\'s code and are dated by no bill that their money paid', sql`
      SELECT c.id FROM credit c
      WHERE c.held_vnd > 0 AND c.kind = 'surplus' AND c.invoice_id IS NULL AND c.school_year IS NOT NULL
        AND EXISTS (SELECT FROM matching_decision d WHERE d.school_id = c.school_id
          AND d.bank_transaction_id = c.bank_transaction_id AND d.outcome = 'STUDENT_CODE')
        AND NOT EXISTS (SELECT FROM allocation a JOIN invoice i ON i.school_id = a.school_id AND i.id = a.invoice_id
          WHERE a.school_id = c.school_id AND a.bank_transaction_id = c.bank_transaction_id
            AND a.student_id = c.student_id AND i.school_year = c.school_year)
        AND NOT EXISTS (SELECT FROM review_item r WHERE r.school_id = c.school_id AND r.credit_id = c.id)`),
    // Version 1 of the rules did so: what it decided stands.
    rowsThat('surpluses that a rule gave to a child and asked nobody: nothing was open, or a second code could not be read', sql`
      SELECT t.id FROM bank_transaction t
      JOIN matching_decision d ON d.school_id = t.school_id AND d.bank_transaction_id = t.id
      JOIN entry e ON e.school_id = t.school_id AND e.bank_transaction_id = t.id AND e.kind = 'money_in'
      CROSS JOIN LATERAL (SELECT bool_or(credit_no = ${LEDGER_NO.studentCredit}::int) AS holds,
          bool_or(credit_no = ${LEDGER_NO.receivablePayer}::int) AS pays
        FROM posting p WHERE p.school_id = e.school_id AND p.entry_id = e.id) AS brought
      WHERE d.rule_version >= ${ASKS_SINCE} AND brought.holds
        AND (d.evidence ? 'unknownCodes' OR jsonb_path_exists(d.evidence, '$.damaged[*].candidates[*]')
          OR (NOT brought.pays AND d.outcome <> 'STUDENT_CODE'))
        AND NOT EXISTS (
          SELECT FROM review_item r WHERE r.school_id = t.school_id AND r.bank_transaction_id = t.id)`),
    rowsThat('incoming transfers that no rule decided on, or without evidence', sql`
      SELECT t.id FROM bank_transaction t WHERE t.direction = 'in' AND NOT EXISTS (
        SELECT FROM matching_decision d WHERE d.school_id = t.school_id AND d.bank_transaction_id = t.id
          AND d.evidence <> '{}')`),
    // Of money that left, the transfer itself is all that is known.
    rowsThat('review items of money without evidence', sql`
      SELECT id FROM review_item WHERE reason <> 'MONEY_OUT' AND evidence IN ('{}', 'null', '[]')
        AND (bank_transaction_id IS NOT NULL OR bank_event_id IS NOT NULL OR amount_vnd IS NOT NULL)`),
    rowsThat('notices to another school that are late or were never shown there', sql`
      SELECT n.id FROM school_notice n
      LEFT JOIN review_item r ON r.school_id = n.to_school_id AND r.id = n.id
      WHERE CASE WHEN n.delivered_at IS NULL
        THEN n.recorded_at < now() - make_interval(secs => ${NOTICE_LATE_S})
        ELSE r.id IS NULL END`),
  ],
}
