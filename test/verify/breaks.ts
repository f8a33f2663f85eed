// Ways to break a database, as the owner and around every safeguard. The last statement of each answers the
// `id` that `verify` must name; `also` are promises that cannot but break with it.
import { LIMITS } from '../../src/limits.js'
import type { PromiseId } from '../../src/verify/promise.js'

export interface Break {
  name: string
  promise: PromiseId
  also?: readonly PromiseId[]
  sql: string
}

// No trigger fires, neither ours nor those of foreign keys; the catalog stays as it is.
const UNGUARDED = 'SET session_replication_role = replica;'
const says = (id: string) => `SELECT '${id}' AS id`
const PAID = "(SELECT id FROM bank_transaction WHERE direction = 'in' AND allocated_vnd = amount_vnd ORDER BY id LIMIT 1)"
const REVERSAL = "(SELECT id FROM entry WHERE kind = 'reversal' AND bank_transaction_id IS NOT NULL LIMIT 1)"
const WITHDRAWAL = "(SELECT id FROM entry WHERE kind = 'invoice_withdrawn' ORDER BY id LIMIT 1)"
const UNPAID = `(SELECT id FROM invoice i WHERE state = 'issued' AND payable_vnd > 0 AND paid_vnd = 0
  AND NOT EXISTS (SELECT FROM allocation a WHERE a.school_id = i.school_id AND a.invoice_id = i.id) ORDER BY id LIMIT 1)`
const ISSUED_ENTRY = `(SELECT id FROM entry WHERE kind = 'invoice_issued' AND invoice_id = ${UNPAID})`
const POSTED_CALLBACK = `(SELECT callback_id FROM bank_event WHERE bank_transaction_id = ${PAID})`
const NOT_OUR_ACCOUNT = "(SELECT bank_event_id FROM review_item WHERE reason = 'ACCOUNT_UNKNOWN')"

const onDisk: Break[] = [
  { name: 'the bytes of a callback are changed', promise: 'P1',
    sql: `UPDATE bank_callback SET body = body || ' '::bytea WHERE id = ${POSTED_CALLBACK} RETURNING id` },
  { name: 'a callback is deleted under its event', promise: 'P1',
    sql: `${UNGUARDED} DELETE FROM bank_callback WHERE id = ${POSTED_CALLBACK};
      SELECT id FROM bank_event WHERE bank_transaction_id = ${PAID}` },
  { name: 'synchronous_commit is off for the database', promise: 'P1',
    sql: `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$;
      ${says('synchronous_commit=off')}` },
  { name: 'synchronous_commit is off for the login role of the service', promise: 'P1',
    sql: `DO $$ BEGIN EXECUTE format('ALTER ROLE service IN DATABASE %I SET synchronous_commit = off', current_database());
      END $$; ${says('service: synchronous_commit=off')}` },
  { name: 'an event may name a callback that is not there', promise: 'P1',
    sql: `ALTER TABLE bank_event DROP CONSTRAINT bank_event_callback; ${says('bank_event.bank_event_callback')}` },
]

const KEY = 'bank_transaction.bank_transaction_key'
const dropKey = 'ALTER TABLE bank_transaction DROP CONSTRAINT bank_transaction_key;'
const addKey = 'ALTER TABLE bank_transaction ADD CONSTRAINT bank_transaction_key UNIQUE'
const KEY_COLUMNS = 'school_id, bank_account_id, bank_ref, direction, amount_vnd, occurrence'

const postsOnce: Break[] = [
  { name: 'the key of transfers is dropped', promise: 'P2', sql: `${dropKey} ${says(KEY)}` },
  { name: 'the key of transfers is checked at commit only', promise: 'P2',
    sql: `${dropKey} ${addKey} (${KEY_COLUMNS}) DEFERRABLE INITIALLY DEFERRED; ${says(KEY)}` },
  { name: 'the key of transfers has a column more', promise: 'P2',
    sql: `${dropKey} ${addKey} (${KEY_COLUMNS}, id); ${says(KEY)}` },
  { name: 'a transfer may be reversed twice', promise: 'P2',
    sql: `DROP INDEX bank_transaction_reversed_once; ${says('bank_transaction_reversed_once')}` },
  { name: 'a transfer may enter the ledger twice', promise: 'P2',
    sql: `DROP INDEX entry_opens_transfer_once; ${says('entry_opens_transfer_once')}` },
  { name: 'one source may tell of a transfer twice', promise: 'P2',
    sql: `DROP INDEX bank_event_tells_once; ${says('bank_event_tells_once')}` },
  { name: 'two transfers have one key', promise: 'P2',
    sql: `${dropKey} UPDATE bank_transaction a SET bank_ref = b.bank_ref FROM bank_transaction b
      WHERE a.id > b.id AND a.amount_vnd = b.amount_vnd AND a.direction = 'in' AND b.direction = 'in'
        AND a.bank_account_id = b.bank_account_id RETURNING a.id` },
  { name: 'a second event of one source names a transfer', promise: 'P2',
    sql: `DROP INDEX bank_event_tells_once; INSERT INTO bank_event SELECT (jsonb_populate_record(e,
        jsonb_build_object('id', uuidv7(), 'event_id', 'again'))).* FROM bank_event e WHERE bank_transaction_id = ${PAID};
      SELECT ${PAID} AS id` },
  { name: 'an event names a transfer of another amount', promise: 'P2',
    sql: `DROP INDEX bank_event_tells_once; UPDATE bank_event SET bank_transaction_id = (SELECT id FROM bank_transaction t
        WHERE t.direction = 'in' AND t.school_id = bank_event.school_id AND t.amount_vnd <> bank_event.amount_vnd LIMIT 1)
      WHERE bank_transaction_id = ${PAID} RETURNING id` },
  { name: 'a transfer is in the ledger twice', promise: 'P2', also: ['P3'],
    sql: `${UNGUARDED} DROP INDEX entry_opens_transfer_once;
      INSERT INTO entry SELECT (jsonb_populate_record(e, '{"id": "00000000-0000-7000-8000-000000000001"}')).*
        FROM entry e WHERE kind = 'money_in' AND bank_transaction_id = ${PAID};
      INSERT INTO posting SELECT p.school_id, '00000000-0000-7000-8000-000000000001', line_no, debit_no, credit_no,
        amount_vnd, student_id FROM posting p JOIN entry e ON e.id = entry_id
        WHERE e.kind = 'money_in' AND e.bank_transaction_id = ${PAID};
      SELECT ${PAID} AS id` },
  { name: 'money that left has no entry', promise: 'P2', also: ['P3'],
    sql: `${UNGUARDED} DELETE FROM posting WHERE entry_id IN (SELECT id FROM entry WHERE kind = 'money_out');
      DELETE FROM entry WHERE kind = 'money_out' RETURNING bank_transaction_id AS id` },
]

const balances: Break[] = [
  { name: 'the ledger may be emptied', promise: 'P3',
    sql: `DROP TRIGGER posting_not_emptied ON posting; ${says('posting')}` },
  { name: 'postings lose their guard', promise: 'P3', sql: `DROP TRIGGER posting_append_only ON posting; ${says('posting')}` },
  { name: 'the guard of entries is switched off', promise: 'P3',
    sql: `ALTER TABLE entry DISABLE TRIGGER entry_append_only; ${says('entry.entry_append_only')}` },
  { name: 'foreign keys of postings are switched off', promise: 'P3',
    sql: `ALTER TABLE posting DISABLE TRIGGER ALL; ${says('posting.posting_entry')}` },
  { name: 'the service may update postings', promise: 'P3',
    sql: `GRANT UPDATE ON posting TO app; ${says('app may UPDATE posting')}` },
  { name: 'the service may update one column of allocations', promise: 'P3',
    sql: `GRANT UPDATE (amount_vnd) ON allocation TO worker; ${says('worker may UPDATE allocation')}` },
  { name: 'everybody may delete from the audit log', promise: 'P3',
    sql: `GRANT DELETE ON audit_log TO PUBLIC; ${says('report may DELETE audit_log')}` },
  { name: 'a posting may be negative', promise: 'P3',
    sql: `ALTER TABLE posting DROP CONSTRAINT posting_amount; ${says('posting.posting_amount')}` },
  { name: 'a posting is negative', promise: 'P3',
    sql: `${UNGUARDED} ALTER TABLE posting DROP CONSTRAINT posting_amount;
      UPDATE posting SET amount_vnd = -amount_vnd WHERE entry_id = ${ISSUED_ENTRY} AND line_no = 1
      RETURNING entry_id || ' line 1' AS id` },
  { name: 'a posting is changed by 1 đ', promise: 'P3',
    sql: `${UNGUARDED} UPDATE posting SET amount_vnd = amount_vnd + 1 WHERE entry_id = ${ISSUED_ENTRY} AND line_no = 1;
      SELECT ${UNPAID} AS id` },
  { name: 'a posting is deleted', promise: 'P3',
    sql: `${UNGUARDED} DELETE FROM posting WHERE entry_id = ${ISSUED_ENTRY} AND line_no = 1 RETURNING entry_id AS id` },
  { name: 'a posting loses its entry', promise: 'P3',
    sql: `${UNGUARDED} UPDATE posting SET entry_id = uuidv7() WHERE entry_id = ${ISSUED_ENTRY} AND line_no = 1
      RETURNING entry_id || ' line 1' AS id` },
  { name: 'income is moved to another account', promise: 'P3',
    sql: `${UNGUARDED} UPDATE posting SET credit_no = 503 WHERE entry_id = ${ISSUED_ENTRY} AND credit_no = 502
      RETURNING 'school ' || school_id || ' account 503' AS id` },
  { name: 'a transfer goes to another account than the bank\'s', promise: 'P3',
    sql: `${UNGUARDED} UPDATE posting SET debit_no = 110
      WHERE entry_id = (SELECT id FROM entry WHERE kind = 'money_in' AND bank_transaction_id = ${PAID})
      RETURNING entry_id AS id` },
  { name: 'a reversal takes back less', promise: 'P3',
    sql: `${UNGUARDED} UPDATE posting SET amount_vnd = amount_vnd - 1 WHERE entry_id = ${REVERSAL} AND line_no = 1
      RETURNING entry_id AS id` },
  { name: 'a withdrawal does not mirror its invoice', promise: 'P3',
    sql: `${UNGUARDED} UPDATE posting SET debit_no = 502 + (debit_no = 502)::int
      WHERE entry_id = ${WITHDRAWAL} AND line_no = 1 RETURNING entry_id AS id` },
  { name: 'a withdrawn invoice is issued again without an entry', promise: 'P3',
    sql: `UPDATE invoice SET state = 'issued', withdrawn_on = NULL, withdrawn_reason = NULL
      WHERE state = 'cancelled' RETURNING id` },
  { name: 'a transfer between accounts is forgotten', promise: 'P3', also: ['P4'],
    sql: `${UNGUARDED} DELETE FROM account_transfer WHERE state = 'due' RETURNING entry_id AS id` },
  { name: 'a transfer between accounts is changed by 1 đ', promise: 'P3', also: ['P4'],
    sql: `${UNGUARDED} UPDATE account_transfer SET amount_vnd = amount_vnd + 1 WHERE state = 'due' RETURNING id` },
  { name: 'the ledger moves money between accounts for nothing', promise: 'P3',
    sql: `${UNGUARDED} INSERT INTO entry SELECT (jsonb_populate_record(e,
        '{"id": "00000000-0000-7000-8000-000000000002"}')).* FROM entry e WHERE kind = 'account_transfer' LIMIT 1;
      INSERT INTO posting SELECT school_id, '00000000-0000-7000-8000-000000000002', 1, 1001, 1000, 5, NULL
        FROM entry WHERE id = '00000000-0000-7000-8000-000000000002';
      ${says('00000000-0000-7000-8000-000000000002')}` },
  { name: 'a transfer between accounts that was taken back is due again', promise: 'P3',
    sql: `UPDATE account_transfer SET state = 'due' WHERE state = 'cancelled' AND reverses_id IS NULL;
      SELECT id FROM account_transfer WHERE reverses_id IS NOT NULL` },
  { name: 'a receipt keeps a rest that nobody agreed to', promise: 'P3',
    sql: 'UPDATE cash_receipt SET kept_vnd = 1 WHERE reversed_vnd = 0 RETURNING id' },
  { name: 'a refund is booked to another account', promise: 'P3',
    sql: `${UNGUARDED} UPDATE posting SET credit_no = 110 WHERE entry_id = (SELECT entry_id FROM refund);
      SELECT id FROM refund` },
  { name: 'a receipt is worth more than its entry', promise: 'P3',
    sql: `UPDATE cash_receipt SET amount_vnd = amount_vnd + 1 WHERE reversed_vnd = 0;
      SELECT id FROM entry WHERE kind = 'cash_in' AND cash_receipt_id =
        (SELECT id FROM cash_receipt WHERE reversed_vnd = 0)` },
]

const sums: Break[] = [
  { name: 'an invoice forgets 1 đ that was paid', promise: 'P4', also: ['P3'],
    sql: 'UPDATE invoice SET paid_vnd = paid_vnd - 1 WHERE id = (SELECT max(id::text)::uuid FROM invoice WHERE paid_vnd > 0) RETURNING id' },
  { name: 'a line forgets 1 đ that was paid', promise: 'P4',
    sql: `UPDATE invoice_line SET paid_vnd = paid_vnd - 1 WHERE line_no = 1 AND invoice_id =
      (SELECT id FROM invoice WHERE paid_vnd = payable_vnd AND paid_vnd > 0 ORDER BY id LIMIT 1)
      RETURNING invoice_id || ' line 1' AS id` },
  { name: 'a line asks for more than its invoice', promise: 'P4', also: ['P3'],
    sql: `UPDATE invoice_line SET gross_vnd = gross_vnd + 1, payable_vnd = payable_vnd + 1
      WHERE invoice_id = ${UNPAID} AND line_no = 1 RETURNING invoice_id AS id` },
  { name: 'a transfer has allocated less than its rows', promise: 'P4', also: ['P3', 'P6'],
    sql: `UPDATE bank_transaction SET allocated_vnd = allocated_vnd - 1 WHERE id = ${PAID} RETURNING id` },
  { name: 'a transfer gives away more than it brought', promise: 'P4', also: ['P3'],
    sql: `ALTER TABLE bank_transaction DROP CONSTRAINT bank_transaction_sums;
      UPDATE bank_transaction SET refunded_vnd = 1 WHERE id = ${PAID} RETURNING id` },
  { name: 'a transfer is reversed in part', promise: 'P4', also: ['P3', 'P6'],
    sql: 'UPDATE bank_transaction SET reversed_vnd = reversed_vnd - 1 WHERE reversed_vnd > 0 RETURNING id' },
  { name: 'an allocation is reversed twice', promise: 'P4', also: ['P3', 'P7'],
    sql: `${UNGUARDED} DROP INDEX allocation_reversed_once;
      INSERT INTO allocation SELECT (jsonb_populate_record(a, jsonb_build_object('id', uuidv7()))).* FROM allocation a
        WHERE id = (SELECT id FROM allocation WHERE reverses_id IS NOT NULL ORDER BY id LIMIT 1)
      RETURNING reverses_id AS id` },
  { name: 'an allocation undoes another line', promise: 'P4',
    sql: `${UNGUARDED} UPDATE allocation SET line_no = 3 - line_no WHERE id =
      (SELECT id FROM allocation WHERE reverses_id IS NOT NULL AND line_no < 3 ORDER BY id LIMIT 1) RETURNING id` },
  { name: 'an allocation is changed by 1 đ', promise: 'P4', also: ['P3', 'P7'],
    sql: `${UNGUARDED} UPDATE allocation SET amount_vnd = amount_vnd + 1
      WHERE bank_transaction_id = ${PAID} AND line_no = 1 RETURNING invoice_id AS id` },
  { name: 'an allocation names another student', promise: 'P4', also: ['P3', 'P7'],
    sql: `${UNGUARDED} UPDATE allocation a SET student_id = (SELECT id FROM student s
        WHERE s.school_id = a.school_id AND s.id <> a.student_id LIMIT 1)
      WHERE bank_transaction_id = ${PAID} AND line_no = 1 RETURNING id` },
  { name: 'money pays a bill of another account and was never moved there', promise: 'P4',
    sql: `${UNGUARDED} CREATE TEMP TABLE moved AS SELECT * FROM account_transfer WHERE state = 'due';
      DELETE FROM account_transfer WHERE id IN (SELECT id FROM moved);
      DELETE FROM posting WHERE entry_id IN (SELECT entry_id FROM moved);
      DELETE FROM entry WHERE id IN (SELECT entry_id FROM moved); SELECT bank_transaction_id AS id FROM moved` },
  { name: 'a credit of bank money may lie in no account', promise: 'P4',
    sql: `ALTER TABLE credit DROP CONSTRAINT credit_account; ${says('credit.credit_account')}` },
  { name: 'a credit holds less', promise: 'P4', also: ['P3'],
    sql: "UPDATE credit SET held_vnd = held_vnd - 1 WHERE kind = 'possible_double_payment' RETURNING id" },
  { name: 'a credit is drawn twice', promise: 'P4',
    sql: 'UPDATE credit SET amount_vnd = amount_vnd + 1 WHERE held_vnd > 0 RETURNING id' },
  { name: 'a credit is called refunded, and no money left', promise: 'P4', also: ['P3'],
    sql: `UPDATE bank_transaction SET refunded_vnd = credited_vnd, credited_vnd = 0
        WHERE id = (SELECT bank_transaction_id FROM credit WHERE kind = 'possible_double_payment');
      UPDATE credit SET held_vnd = 0 WHERE kind = 'possible_double_payment' RETURNING id` },
  { name: 'a refund forgets that it drew its credit', promise: 'P4', also: ['P3'],
    sql: `UPDATE bank_transaction SET credited_vnd = refunded_vnd, refunded_vnd = 0
        WHERE id = (SELECT bank_transaction_id FROM credit JOIN refund ON refund.credit_id = credit.id);
      UPDATE credit SET held_vnd = amount_vnd WHERE id = (SELECT credit_id FROM refund) RETURNING id` },
  { name: 'a refund gives back more than left the account', promise: 'P4', also: ['P3'],
    sql: `${UNGUARDED} UPDATE refund SET amount_vnd = amount_vnd + 1 RETURNING out_transaction_id AS id` },
  { name: 'a credit may be refunded twice', promise: 'P4',
    sql: `ALTER TABLE refund DROP CONSTRAINT refund_of_credit_once; ${says('refund_of_credit_once')}` },
  { name: 'an invoice may be paid more than it asks', promise: 'P4',
    sql: `ALTER TABLE invoice DROP CONSTRAINT invoice_paid; ${says('invoice.invoice_paid')}` },
  { name: 'a check is there but was never made on the rows', promise: 'P4',
    sql: `ALTER TABLE credit DROP CONSTRAINT credit_held;
      ALTER TABLE credit ADD CONSTRAINT credit_held CHECK (held_vnd >= 0) NOT VALID; ${says('credit.credit_held')}` },
]

const again = "UPDATE bank_callback SET state = 'waiting', processed_at = NULL"

/** A callback that waits for its next attempt. */
export function retried(attempts: number): string {
  return `${again}, due_at = now() + interval '1 min', attempts = ${attempts} WHERE id = ${POSTED_CALLBACK} RETURNING id`
}

const attempted: Break[] = [
  { name: 'a callback was never attempted', promise: 'P5',
    sql: `${again}, first_attempt_at = NULL, received_at = now() - interval '61 s'
      WHERE id = ${POSTED_CALLBACK} RETURNING id` },
  { name: 'a callback is due and nobody comes', promise: 'P5',
    sql: `${again}, due_at = now() - interval '2 min' WHERE id = ${POSTED_CALLBACK} RETURNING id` },
  { name: 'a callback is tried for ever', promise: 'P5',
    sql: retried(LIMITS.deadlyAttempts) },
  { name: 'a callback is put off for a day', promise: 'P5',
    sql: `${again}, due_at = now() + interval '1 day' WHERE id = ${POSTED_CALLBACK} RETURNING id` },
]

const DOUBLE = "(SELECT bank_transaction_id FROM credit WHERE kind = 'possible_double_payment')"
const anotherChannel: Break = {
  name: 'two channels told of one transfer, and it is in the books twice', promise: 'P2',
  sql: `CREATE TEMP TABLE second AS SELECT uuidv7() AS channel_id, school_id, channel_id AS first, callback_id,
        bank_transaction_id FROM bank_event WHERE bank_transaction_id = ${DOUBLE};
    INSERT INTO channel SELECT (jsonb_populate_record(c, jsonb_build_object('id', second.channel_id, 'state', 'closed'))).*
      FROM channel c JOIN second ON c.id = second.first;
    INSERT INTO channel_route SELECT channel_id, school_id, 'webhook' FROM second;
    ${UNGUARDED} UPDATE bank_callback SET channel_id = second.channel_id FROM second WHERE id = second.callback_id;
    UPDATE bank_event SET channel_id = second.channel_id, date_only = true FROM second
      WHERE bank_event.bank_transaction_id = second.bank_transaction_id RETURNING bank_event.bank_transaction_id AS id`,
}

const DAYS_OF_NO_BANK = ['9999-12-31', '2062-01-01', '1969-12-31', '0001-01-01', 'infinity']
const noBankDay = DAYS_OF_NO_BANK.map((day): Break => ({
  name: `a transfer is booked on ${day}`, promise: 'P6',
  sql: `${UNGUARDED} UPDATE bank_event SET bank_day = '${day}' WHERE bank_transaction_id = ${PAID};
    UPDATE bank_transaction SET bank_day = '${day}' WHERE id = ${PAID} RETURNING id`,
}))

const forget = (where: string) => `${UNGUARDED} DELETE FROM review_item WHERE ${where}`
const neverDropped: Break[] = [
  { name: 'a callback loses its only trace', promise: 'P6',
    sql: `${UNGUARDED} DELETE FROM bank_event WHERE id = ${NOT_OUR_ACCOUNT};
      ${forget("reason = 'ACCOUNT_UNKNOWN'")} RETURNING bank_callback_id AS id` },
  { name: 'a posted event is deleted', promise: 'P6', also: ['P2'],
    sql: `${UNGUARDED} DELETE FROM bank_event WHERE bank_transaction_id = ${PAID} RETURNING callback_id AS id` },
  { name: 'a body says another amount than was booked', promise: 'P6',
    sql: `UPDATE bank_callback SET body = changed.body, body_sha256 = sha256(changed.body)
      FROM (SELECT id, convert_to(regexp_replace(convert_from(body, 'UTF8'), '"transferAmount":\\d', '"transferAmount":9'),
        'UTF8') AS body FROM bank_callback WHERE id = ${POSTED_CALLBACK}) AS changed
      WHERE bank_callback.id = changed.id RETURNING bank_callback.id` },
  ...noBankDay,
  ...['memo', 'bank_ref', 'order_code', 'account_number', 'virtual_account'].map((column): Break => ({
    name: `a body says another ${column} than was kept of it`, promise: 'P6',
    sql: `UPDATE bank_event SET ${column} = 'X' WHERE bank_transaction_id = ${PAID} RETURNING callback_id AS id`,
  })),
  { name: 'a body says another time than was kept of it', promise: 'P6',
    sql: `UPDATE bank_event SET occurred_at = occurred_at + interval '1 s' WHERE bank_transaction_id = ${PAID}
      RETURNING callback_id AS id` },
  { name: 'an event that another of its id made look known is dropped', promise: 'P6',
    sql: `${UNGUARDED} DELETE FROM bank_event WHERE id = (SELECT bank_event_id FROM review_item WHERE reason = 'EVENT_CHANGED');
      ${forget("reason = 'EVENT_CHANGED'")} RETURNING bank_callback_id AS id` },
  { name: 'a row of a call is dropped, of which another row waits for a person', promise: 'P6',
    sql: `${UNGUARDED} DELETE FROM bank_event WHERE id =
        (SELECT max(bank_event_id::text)::uuid FROM review_item WHERE reason = 'EVENT_WITHOUT_ID');
      DELETE FROM review_item r WHERE reason = 'EVENT_WITHOUT_ID' AND NOT EXISTS (SELECT FROM bank_event e
        WHERE e.school_id = r.school_id AND e.id = r.bank_event_id) RETURNING bank_callback_id AS id` },
  { name: 'a call that could not be read is not shown', promise: 'P6',
    sql: `${forget("reason = 'NOT_UNDERSTOOD'")} RETURNING bank_callback_id AS id` },
  { name: 'an event without a transfer is not shown', promise: 'P6',
    sql: `${forget("reason = 'ACCOUNT_UNKNOWN'")} RETURNING bank_event_id AS id` },
  { name: 'money in suspense is not shown', promise: 'P6',
    sql: `${forget("reason = 'NO_CODE'")} RETURNING bank_transaction_id AS id` },
  { name: 'money that left is not shown', promise: 'P6',
    sql: `${forget("reason = 'MONEY_OUT'")} RETURNING bank_transaction_id AS id` },
  { name: 'a surplus beside a second code is given away', promise: 'P6',
    sql: `${UNGUARDED} UPDATE matching_decision SET evidence = evidence || '{"unknownCodes": ["ZFAAAAAAAAAA"]}'
      WHERE outcome = 'OVERPAID' AND bank_transaction_id IN (SELECT bank_transaction_id FROM credit WHERE kind = 'surplus')
      RETURNING bank_transaction_id AS id` },
  { name: 'a payment of a paid bill is spent without a question', promise: 'P6',
    sql: `${forget("reason = 'POSSIBLE_DOUBLE_PAYMENT'")}; UPDATE credit SET kind = 'surplus'
      WHERE kind = 'possible_double_payment' RETURNING bank_transaction_id AS id` },
  { name: 'a possible double payment is not shown', promise: 'P6',
    sql: `${forget("reason = 'POSSIBLE_DOUBLE_PAYMENT'")};
      SELECT id FROM credit WHERE kind = 'possible_double_payment'` },
  { name: 'credit of an earlier year met a bill of a new one, and nobody was asked', promise: 'P6',
    sql: `CREATE TEMP TABLE forgotten AS SELECT credit_id AS id FROM review_item WHERE credit_id IS NOT NULL;
      ${forget("reason = 'CREDIT_OF_EARLIER_YEAR'")}; SELECT id FROM forgotten` },
  { name: 'credit that no bill dates is bound to the year of the bank\'s day', promise: 'P6',
    sql: "UPDATE credit SET school_year = '2026-2027' WHERE school_year IS NULL RETURNING id" },
  { name: 'a review item loses its evidence', promise: 'P6',
    sql: "UPDATE review_item SET evidence = '{}' WHERE reason = 'WRONG_SCHOOL' RETURNING id" },
  { name: 'a decision is deleted', promise: 'P6',
    sql: `${UNGUARDED} DELETE FROM matching_decision WHERE bank_transaction_id = ${PAID} RETURNING bank_transaction_id AS id` },
  { name: 'a notice is never delivered', promise: 'P6',
    sql: "UPDATE school_notice SET delivered_at = NULL, recorded_at = now() - interval '1 hour' RETURNING id" },
  { name: 'a notice is marked as delivered and is not there', promise: 'P6',
    sql: `${forget("reason = 'PAID_TO_OTHER_SCHOOL'")} RETURNING id` },
]

const one = (table: string, where = 'true') => `ctid = (SELECT ctid FROM ${table} WHERE ${where} LIMIT 1)`
const figures: Break[] = [
  { name: 'a day sum has 1 đ more', promise: 'P7',
    sql: `UPDATE adoption_day SET paid_vnd = paid_vnd + 1 WHERE ${one('adoption_day')} RETURNING 'school ' || school_id AS id` },
  { name: 'a day counts a payment more', promise: 'P7',
    sql: `UPDATE adoption_day SET source_payments = source_payments + 1 WHERE ${one('adoption_day')}
      RETURNING 'school ' || school_id AS id` },
  { name: 'a day counts a payment of a fee group more', promise: 'P7',
    sql: `UPDATE adoption_day SET group_payments = group_payments + 1 WHERE ${one('adoption_day')}
      RETURNING 'school ' || school_id AS id` },
  { name: 'a fact that is not folded has 1 đ more', promise: 'P7',
    sql: `UPDATE adoption_fact SET paid_vnd = paid_vnd + 1 WHERE ${one('adoption_fact', 'NOT folded')}
      RETURNING student_id AS id` },
  { name: 'a fact is folded twice', promise: 'P7',
    sql: `UPDATE adoption_fact SET folded = false WHERE ${one('adoption_fact', 'folded')} RETURNING 'school ' || school_id AS id` },
  { name: 'a fact tells of another student', promise: 'P7',
    sql: `UPDATE adoption_fact f SET student_id = (SELECT id FROM student s
        WHERE s.school_id = f.school_id AND s.id <> f.student_id LIMIT 1)
      WHERE ${one('adoption_fact', 'folded')} RETURNING student_id AS id` },
  { name: 'a day counts a student more', promise: 'P7',
    sql: `UPDATE adoption_student_day SET billed = billed + 1 WHERE ${one('adoption_student_day')}
      RETURNING 'school ' || school_id AS id` },
  { name: 'a day counts a student who paid less', promise: 'P7',
    sql: `UPDATE adoption_student_day SET paid = paid - 1 WHERE ${one('adoption_student_day', "fee_group = 'all' AND paid > 0")}
      RETURNING 'school ' || school_id AS id` },
  { name: 'a bill is taken for folded that is not', promise: 'P7',
    sql: `DELETE FROM adoption_unfolded WHERE ${one('adoption_unfolded', "change = 'issued'")}
      RETURNING 'school ' || school_id AS id` },
  { name: 'a student is known under the key of another child', promise: 'P7',
    sql: `UPDATE adoption_student SET identity_key = uuidv7() WHERE ${one('adoption_student k',
      `NOT EXISTS (SELECT FROM adoption_unfolded u WHERE u.school_id = k.school_id AND u.student_id = k.student_id)`)}
      RETURNING student_id AS id` },
]

const tenantsApart: Break[] = [
  { name: 'row-level security of invoices is off', promise: 'P8',
    sql: `ALTER TABLE invoice DISABLE ROW LEVEL SECURITY; ${says('invoice')}` },
  { name: 'a table has no policy left', promise: 'P8',
    sql: `DROP POLICY own_school ON family_member; ${says('family_member')}` },
  { name: 'one more policy shows everything', promise: 'P8',
    sql: `CREATE POLICY everything ON student TO app USING (true); ${says('student.everything')}` },
  { name: 'a policy is widened', promise: 'P8',
    sql: `ALTER POLICY own_school ON credit USING (school_id = (SELECT current_school()) OR held_vnd > 0);
      ${says('credit.own_school')}` },
  { name: 'a policy lets rows of another school in', promise: 'P8',
    sql: `ALTER POLICY own_school ON entry WITH CHECK (true); ${says('entry.own_school')}` },
  { name: 'the worker sees the students of every school', promise: 'P8',
    sql: `CREATE POLICY whole ON student TO worker USING ((SELECT current_school()) IS NULL); ${says('student.whole')}` },
  { name: 'a role of the service owns a table', promise: 'P8',
    sql: `ALTER TABLE family OWNER TO app; ${says('app owns table family')}` },
  { name: 'a role of the service may bypass row-level security', promise: 'P8',
    sql: `ALTER ROLE worker BYPASSRLS; ${says('worker is a superuser or may bypass')}` },
  { name: 'a role of the service is a member of another', promise: 'P8',
    sql: `GRANT pg_read_all_data TO report; ${says('report is a member of pg_read_all_data')}` },
  { name: 'a new table has a key without the school and no policy', promise: 'P8',
    sql: `CREATE TABLE loose (school_id uuid NOT NULL, id uuid CONSTRAINT loose_pkey PRIMARY KEY); ${says('loose.loose_pkey')}` },
  { name: 'a unique index leaves the school out', promise: 'P8',
    sql: `CREATE UNIQUE INDEX student_alone ON student (id); ${says('student_alone')}` },
  { name: 'a foreign key leaves the school out', promise: 'P8',
    sql: `CREATE UNIQUE INDEX student_alone ON student (id);
      ALTER TABLE enrolment ADD CONSTRAINT loose FOREIGN KEY (student_id) REFERENCES student (id); ${says('enrolment.loose')}` },
  { name: 'a payment code goes to another school', promise: 'P8',
    sql: `UPDATE payment_code SET school_id = (SELECT school_id FROM school WHERE school_id <> payment_code.school_id LIMIT 1)
      WHERE code = (SELECT payment_code FROM invoice WHERE id = ${UNPAID}) RETURNING code AS id` },
  { name: 'a channel is routed to another school', promise: 'P8',
    sql: `UPDATE channel_route SET school_id = (SELECT school_id FROM school WHERE school_id <> channel_route.school_id
      LIMIT 1) WHERE ${one('channel_route')} RETURNING channel_id AS id` },
  { name: 'a bill names a class of another school', promise: 'P8',
    sql: `UPDATE invoice SET class_id = (SELECT id FROM school_class c WHERE c.school_id <> invoice.school_id LIMIT 1)
      WHERE ${one('invoice', 'class_id IS NULL')} RETURNING school_id || ' ' || class_id AS id` },
  { name: 'a posting names a student of another school', promise: 'P8',
    sql: `${UNGUARDED} UPDATE posting p SET student_id = (SELECT id FROM student s WHERE s.school_id <> p.school_id LIMIT 1)
      WHERE entry_id = ${ISSUED_ENTRY} AND line_no = 1 RETURNING school_id || ' ' || student_id AS id` },
]

const nothingHalfDone: Break[] = [
  { name: 'a run is dead and nobody resumes it', promise: 'P9',
    sql: `UPDATE invoice_run SET state = 'running', finished_at = NULL, lease_until = now() - interval '1 hour' RETURNING id` },
  { name: 'a run was asked for and never started', promise: 'P9',
    sql: `UPDATE invoice_run SET state = 'queued', started_at = NULL, finished_at = NULL,
      created_at = now() - interval '1 hour' RETURNING id` },
  { name: 'a run counts an invoice that is not there', promise: 'P9',
    sql: 'UPDATE invoice_run SET issued_count = issued_count + 1 RETURNING id' },
  { name: 'a run cancelled a bill that nobody was asked about', promise: 'P9',
    sql: 'UPDATE invoice_run SET cancelled_count = cancelled_count + 1 RETURNING id' },
  { name: 'an invoice has no lines', promise: 'P9', also: ['P3', 'P7'],
    sql: `${UNGUARDED} CREATE TEMP TABLE chosen AS SELECT ${UNPAID} AS id;
      DELETE FROM invoice_line WHERE invoice_id = (SELECT id FROM chosen); SELECT id FROM chosen` },
  { name: 'an invoice is not in the ledger', promise: 'P9', also: ['P3'],
    sql: `${UNGUARDED} DELETE FROM posting WHERE entry_id = ${ISSUED_ENTRY};
      DELETE FROM entry WHERE id = ${ISSUED_ENTRY} RETURNING invoice_id AS id` },
  { name: 'a student has no account row', promise: 'P9',
    sql: `${UNGUARDED} DELETE FROM student_account WHERE ${one('student_account')} RETURNING student_id AS id` },
]

export const BREAKS: readonly Break[] = [
  ...onDisk, ...postsOnce, anotherChannel, ...balances, ...sums, ...attempted, ...neverDropped, ...figures,
  ...tenantsApart, ...nothingHalfDone,
]

const DAYS_TO_BREAK = [
  'bank_event.bank_day', 'bank_event.occurred_at', 'bank_event.told_at', 'bank_transaction.bank_day',
  'bank_transaction.occurred_at', 'entry.bank_day', 'entry.counted_on', 'allocation.counted_on',
  'adoption_fact.counted_on', 'adoption_day.counted_on', 'cash_receipt.received_on', 'invoice.issued_on',
  'invoice.due_on', 'credit.recorded_at', 'bank_callback.received_at', 'review_item.bank_day',
]

/** A day that no row should hold, in every column that tells of money: whatever is there, `verify` comes to an end. */
export function strangeDay(day: string): string {
  const updates = DAYS_TO_BREAK.map((place) => {
    const [table = '', column = ''] = place.split('.')
    return `UPDATE ${table} SET ${column} = '${day}' WHERE ${one(table)};`
  })
  return `${UNGUARDED} ALTER TABLE entry DROP CONSTRAINT entry_counted; ${updates.join(' ')} ${says(day)}`
}
