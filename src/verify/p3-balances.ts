// P3: debits = credits by the shape of a posting, posted rows never change, corrections are reversals. What
// the shape cannot show is counted: the balance of every account is told a second time by the rows that it
// stands for.
import { sql } from 'kysely'
import { LEDGER_NO } from '../ledger/account.js'
import { constraintsInForce, triggersOn, uniqueIndexesInForce } from './catalog.js'
import { ledgerBalances } from './ledger-balances.js'
import { rowsThat } from './promise.js'
import type { CheckedPromise } from './promise.js'

const APPEND_ONLY = ['entry', 'posting', 'allocation', 'matching_decision', 'period_close', 'review_act',
  'optional_choice', 'refund', 'audit_log']

export const balances: CheckedPromise = {
  id: 'P3',
  holds: 'debits = credits, posted rows cannot change, and every balance equals the rows behind it',
  looksAt: { posting: 'postings', entry: 'entries', ledger_account: 'accounts',
    account_transfer: 'transfers between accounts' },
  checks: [
    constraintsInForce({
      'posting.posting_amount': null,
      'posting.posting_two_accounts': null,
      'posting.posting_entry': 'FOREIGN KEY (school_id, entry_id) REFERENCES entry(school_id, id)',
      'posting.posting_debit':
        'FOREIGN KEY (school_id, debit_no) REFERENCES ledger_account(school_id, account_no)',
      'posting.posting_credit':
        'FOREIGN KEY (school_id, credit_no) REFERENCES ledger_account(school_id, account_no)',
      'entry.entry_reverses': 'FOREIGN KEY (school_id, reverses_id) REFERENCES entry(school_id, id)',
    }),
    uniqueIndexesInForce({
      entry_reversed_once: '(school_id, reverses_id) WHERE (reverses_id IS NOT NULL)',
      account_transfer_entry_key: '(school_id, entry_id)',
      account_transfer_reversed_once: '(school_id, reverses_id) WHERE (reverses_id IS NOT NULL)',
    }),
    rowsThat('tables that should refuse every change and do not', sql`
      SELECT wanted AS id FROM unnest(${APPEND_ONLY}::text[]) AS wanted
      WHERE NOT EXISTS (
        SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = to_regclass(wanted) AND p.proname = 'refuse_change' AND t.tgenabled IN ('O', 'A')
          AND t.tgtype & 27 = 27 AND t.tgqual IS NULL)`), // BEFORE, each row, UPDATE and DELETE, no condition
    rowsThat('tables that should refuse to be emptied and do not', sql`
      SELECT wanted AS id FROM unnest(${APPEND_ONLY}::text[]) AS wanted
      WHERE NOT EXISTS (
        SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = to_regclass(wanted) AND p.proname = 'refuse_change' AND t.tgenabled IN ('O', 'A')
          AND t.tgtype & 34 = 34)`), // BEFORE, TRUNCATE
    triggersOn,
    rowsThat('rights of the service to change what is posted', sql`
      SELECT role || ' may ' || verb || ' ' || wanted AS id
      FROM unnest(${APPEND_ONLY}::text[]) AS wanted
      CROSS JOIN unnest(ARRAY['app', 'worker', 'report']) AS role
      CROSS JOIN unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS verb
      WHERE has_table_privilege(role, wanted, verb)
        OR (verb = 'UPDATE' AND has_any_column_privilege(role, wanted, 'UPDATE'))`),
    rowsThat('postings that do not move a positive amount between two accounts of their school', sql`
      SELECT p.entry_id || ' line ' || p.line_no AS id FROM posting p
      LEFT JOIN entry e ON e.school_id = p.school_id AND e.id = p.entry_id
      LEFT JOIN ledger_account d ON d.school_id = p.school_id AND d.account_no = p.debit_no
      LEFT JOIN ledger_account c ON c.school_id = p.school_id AND c.account_no = p.credit_no
      WHERE p.amount_vnd <= 0 OR p.debit_no = p.credit_no
        OR e.id IS NULL OR d.account_no IS NULL OR c.account_no IS NULL`),
    rowsThat('entries without postings, or with one missing', sql`
      SELECT e.id FROM entry e LEFT JOIN posting p ON p.school_id = e.school_id AND p.entry_id = e.id
      GROUP BY e.school_id, e.id HAVING count(p.line_no) = 0 OR max(p.line_no) <> count(p.line_no)`),
    rowsThat('entries that brought money in or out and differ from their transfer or receipt', sql`
      SELECT e.id FROM entry e
      JOIN posting p ON p.school_id = e.school_id AND p.entry_id = e.id
      LEFT JOIN bank_transaction t ON t.school_id = e.school_id AND t.id = e.bank_transaction_id
      LEFT JOIN bank_account a ON a.school_id = t.school_id AND a.id = t.bank_account_id
      LEFT JOIN cash_receipt c ON c.school_id = e.school_id AND c.id = e.cash_receipt_id
      WHERE e.kind IN ('money_in', 'money_out', 'cash_in') GROUP BY e.school_id, e.id
      HAVING sum(p.amount_vnd) IS DISTINCT FROM max(coalesce(t.amount_vnd, c.amount_vnd))
        OR bool_and(CASE e.kind
          WHEN 'money_in' THEN t.direction = 'in' AND p.debit_no = a.ledger_no
          WHEN 'money_out' THEN t.direction = 'out' AND p.credit_no = a.ledger_no
          ELSE c.id IS NOT NULL AND p.debit_no = ${LEDGER_NO.cash}::int END) IS NOT TRUE`),
    rowsThat('reversals that do not take back what their entry brought', sql`
      SELECT e.id FROM entry e
      LEFT JOIN entry o ON o.school_id = e.school_id AND o.id = e.reverses_id
      CROSS JOIN LATERAL (SELECT sum(amount_vnd) AS vnd, min(credit_no) AS least, max(credit_no) AS most
        FROM posting p WHERE p.school_id = e.school_id AND p.entry_id = e.id) AS back
      CROSS JOIN LATERAL (SELECT sum(amount_vnd) AS vnd, min(debit_no) AS least, max(debit_no) AS most
        FROM posting p WHERE p.school_id = o.school_id AND p.entry_id = o.id) AS brought
      WHERE e.kind = 'reversal' AND (
        o.kind IS NULL OR o.kind NOT IN ('money_in', 'cash_in')
        OR (e.bank_transaction_id, e.cash_receipt_id) IS DISTINCT FROM
          (o.bank_transaction_id, o.cash_receipt_id)
        OR (back.vnd, back.least, back.most) IS DISTINCT FROM (brought.vnd, brought.least, brought.most))`),
    rowsThat('receipts whose entry keeps another rest for the child than the payer agreed to', sql`
      SELECT c.id FROM cash_receipt c
      JOIN entry e ON e.school_id = c.school_id AND e.cash_receipt_id = c.id AND e.kind = 'cash_in'
      JOIN posting p ON p.school_id = e.school_id AND p.entry_id = e.id
      WHERE c.kept_vnd IS NOT NULL GROUP BY c.school_id, c.id
      HAVING coalesce(sum(p.amount_vnd) FILTER (WHERE p.credit_no = ${LEDGER_NO.studentCredit}::int), 0) <> c.kept_vnd`),
    rowsThat('transfers between accounts and entries of that kind that do not say the same', sql`
      SELECT coalesce(one.id, e.id) AS id FROM account_transfer one
      FULL JOIN (SELECT school_id, id, bank_transaction_id FROM entry WHERE kind = 'account_transfer') e
        ON e.school_id = one.school_id AND e.id = one.entry_id
      LEFT JOIN bank_account f ON f.school_id = one.school_id AND f.id = one.from_bank_account_id
      LEFT JOIN bank_account t ON t.school_id = one.school_id AND t.id = one.to_bank_account_id
      CROSS JOIN LATERAL (SELECT count(*) AS lines, min(debit_no) AS debit_no, min(credit_no) AS credit_no,
          sum(amount_vnd) AS vnd
        FROM posting p WHERE p.school_id = e.school_id AND p.entry_id = e.id) AS booked
      WHERE (e.bank_transaction_id, booked.lines, booked.debit_no, booked.credit_no, booked.vnd)
        IS DISTINCT FROM (one.bank_transaction_id, 1, t.ledger_no, f.ledger_no, one.amount_vnd)`),
    rowsThat('transfers between accounts whose way back is another, or is due though nobody had moved them', sql`
      SELECT coalesce(back.id, one.id) AS id FROM account_transfer one
      LEFT JOIN account_transfer back ON back.school_id = one.school_id AND back.reverses_id = one.id
      WHERE one.reverses_id IS NULL AND CASE
        WHEN back.id IS NULL THEN one.state = 'cancelled'
        ELSE (back.bank_transaction_id, back.from_bank_account_id, back.to_bank_account_id, back.amount_vnd)
            IS DISTINCT FROM
            (one.bank_transaction_id, one.to_bank_account_id, one.from_bank_account_id, one.amount_vnd)
          OR one.state = 'due' OR (one.state = 'cancelled') <> (back.state = 'cancelled') END`),
    rowsThat('invoices whose entry says something else than their lines', sql`
      WITH booked AS (
        SELECT e.school_id, e.invoice_id, count(DISTINCT e.id) AS entries,
          coalesce(sum(p.amount_vnd) FILTER (WHERE debit_no = ${LEDGER_NO.receivablePayer}), 0) AS payer_vnd,
          coalesce(sum(p.amount_vnd) FILTER (WHERE debit_no = ${LEDGER_NO.receivableBudget}), 0) AS budget_vnd
        FROM entry e JOIN posting p ON p.school_id = e.school_id AND p.entry_id = e.id
        WHERE e.kind = 'invoice_issued' GROUP BY e.school_id, e.invoice_id
      ), owed AS (
        SELECT school_id, invoice_id, sum(payable_vnd) AS payer_vnd,
          coalesce(sum(exempted_vnd) FILTER (WHERE exempted_payer = 'budget'), 0) AS budget_vnd
        FROM invoice_line GROUP BY school_id, invoice_id
      )
      SELECT invoice_id AS id FROM booked LEFT JOIN owed USING (school_id, invoice_id)
      WHERE entries <> 1 OR (booked.payer_vnd, booked.budget_vnd) IS DISTINCT FROM
          (owed.payer_vnd, owed.budget_vnd)`),
    rowsThat('withdrawals that do not mirror the entry they reverse', sql`
      WITH withdrawal AS (
        SELECT e.school_id, e.id, e.reverses_id,
          o.invoice_id = e.invoice_id AND o.kind = 'invoice_issued' AS fits
        FROM entry e LEFT JOIN entry o ON o.school_id = e.school_id AND o.id = e.reverses_id
        WHERE e.kind = 'invoice_withdrawn'
      ), side AS (
        SELECT w.school_id, w.id, p.debit_no, p.credit_no, p.student_id, p.amount_vnd
        FROM withdrawal w JOIN posting p ON p.school_id = w.school_id AND p.entry_id = w.reverses_id
        UNION ALL
        SELECT w.school_id, w.id, p.credit_no, p.debit_no, p.student_id, -p.amount_vnd
        FROM withdrawal w JOIN posting p ON p.school_id = w.school_id AND p.entry_id = w.id
      )
      SELECT id FROM withdrawal WHERE fits IS NOT TRUE
      UNION
      SELECT id FROM side GROUP BY school_id, id, debit_no, credit_no, student_id
      HAVING sum(amount_vnd) <> 0`),
    rowsThat('invoices that are withdrawn in one place only, the invoice or the ledger', sql`
      SELECT i.id FROM invoice i
      JOIN entry o ON o.school_id = i.school_id AND o.invoice_id = i.id AND o.kind = 'invoice_issued'
      LEFT JOIN entry w ON w.school_id = i.school_id AND w.reverses_id = o.id
      WHERE (i.state = 'issued') <> (w.id IS NULL)`),
    rowsThat('entries whose allocations differ from their postings', sql`
      WITH posted AS (
        SELECT p.school_id, p.entry_id, p.student_id, sum(CASE ${LEDGER_NO.receivablePayer}::int
          WHEN p.credit_no THEN p.amount_vnd WHEN p.debit_no THEN -p.amount_vnd END) AS vnd
        FROM posting p JOIN entry e ON e.school_id = p.school_id AND e.id = p.entry_id
        WHERE e.kind NOT IN ('invoice_issued', 'invoice_withdrawn') AND p.student_id IS NOT NULL
          AND ${LEDGER_NO.receivablePayer}::int IN (p.debit_no, p.credit_no)
        GROUP BY p.school_id, p.entry_id, p.student_id
      ), allocated AS (
        SELECT school_id, entry_id, student_id, sum(amount_vnd) AS vnd FROM allocation
        GROUP BY school_id, entry_id, student_id
      )
      SELECT entry_id AS id FROM posted FULL JOIN allocated USING (school_id, entry_id, student_id)
      WHERE coalesce(posted.vnd, 0) <> coalesce(allocated.vnd, 0)`),
    rowsThat('refunds whose entry does not give exactly their credit back', sql`
      SELECT r.id FROM refund r
      LEFT JOIN credit c ON c.school_id = r.school_id AND c.id = r.credit_id
      LEFT JOIN entry e ON e.school_id = r.school_id AND e.id = r.entry_id
      LEFT JOIN posting p ON p.school_id = e.school_id AND p.entry_id = e.id
      GROUP BY r.school_id, r.id HAVING count(p.line_no) <> 1 OR bool_and(e.kind = 'refund'
        AND (e.bank_transaction_id, e.cash_receipt_id) IS NOT DISTINCT FROM (c.bank_transaction_id, c.cash_receipt_id)
        AND p.debit_no = ${LEDGER_NO.studentCredit}::int AND p.credit_no = ${LEDGER_NO.suspense}::int
        AND p.student_id = c.student_id AND p.amount_vnd = r.amount_vnd) IS NOT TRUE`),
    rowsThat('accounts whose balance is not what their rows add up to', ledgerBalances),
  ],
}
