// The balance of each account told twice: by the postings, and by the rows it stands for (transfers, bills,
// credits, receipts, refunds). One row for each account where the two differ, with both sums.
import { sql } from 'kysely'
import { creditedByFeeGroup, FEE_GROUPS, LEDGER_NO } from '../ledger/account.js'
import type { Rows } from './promise.js'

const credited = sql.join(FEE_GROUPS.map((group) => sql`(${group}, ${creditedByFeeGroup(group)}::int)`))

// What a reversal took back after it had been refunded is the payer's debt again.
const refundedThenReversed = sql`
  SELECT school_id, refunded_vnd FROM bank_transaction WHERE reversed_vnd > 0 AND refunded_vnd > 0
  UNION ALL SELECT school_id, refunded_vnd FROM cash_receipt WHERE reversed_vnd > 0 AND refunded_vnd > 0`

/** Debit balances are positive. */
const told = sql`
  SELECT t.school_id, a.ledger_no AS account_no,
    CASE t.direction WHEN 'in' THEN t.amount_vnd ELSE -t.amount_vnd END AS vnd
  FROM bank_transaction t JOIN bank_account a ON a.school_id = t.school_id AND a.id = t.bank_account_id
  UNION ALL
  SELECT one.school_id, a.ledger_no, side.vnd FROM account_transfer one
  CROSS JOIN LATERAL (VALUES (one.to_bank_account_id, one.amount_vnd),
    (one.from_bank_account_id, -one.amount_vnd)) AS side (bank_account_id, vnd)
  JOIN bank_account a ON a.school_id = one.school_id AND a.id = side.bank_account_id
  UNION ALL
  SELECT school_id, ${LEDGER_NO.cash}::int, amount_vnd FROM cash_receipt WHERE reversed_vnd = 0
  UNION ALL
  SELECT school_id, ${LEDGER_NO.receivablePayer}::int, payable_vnd - paid_vnd
  FROM invoice WHERE state = 'issued'
  UNION ALL
  SELECT school_id, ${LEDGER_NO.receivablePayer}::int, refunded_vnd FROM (${refundedThenReversed}) AS refunded
  UNION ALL
  SELECT l.school_id, owed.account_no, owed.vnd
  FROM invoice_line l JOIN invoice i ON i.school_id = l.school_id AND i.id = l.invoice_id
  JOIN (VALUES ${credited}) AS credited (fee_group, account_no) USING (fee_group)
  CROSS JOIN LATERAL (
    SELECT CASE l.exempted_payer WHEN 'budget' THEN l.exempted_vnd ELSE 0 END AS vnd) AS budget
  CROSS JOIN LATERAL (VALUES (${LEDGER_NO.receivableBudget}::int, budget.vnd),
    (credited.account_no, -l.payable_vnd - budget.vnd)) AS owed (account_no, vnd)
  WHERE i.state = 'issued'
  UNION ALL
  SELECT school_id, ${LEDGER_NO.studentCredit}::int, -held_vnd FROM credit
  UNION ALL
  SELECT school_id, ${LEDGER_NO.suspense}::int,
    -(amount_vnd - allocated_vnd - credited_vnd - refunded_vnd - reversed_vnd)
  FROM bank_transaction WHERE direction = 'in'
  UNION ALL
  SELECT school_id, ${LEDGER_NO.suspense}::int, amount_vnd FROM bank_transaction
  WHERE direction = 'out' AND reverses_id IS NULL
  UNION ALL
  SELECT school_id, ${LEDGER_NO.suspense}::int, -amount_vnd FROM refund`

const CHECKED_KINDS = ['bank', 'cash', 'receivable_payer', 'receivable_budget', 'student_credit', 'suspense',
  'pass_through_liability', 'fee_income']

export const ledgerBalances: Rows = sql`
  WITH posted AS (
    SELECT school_id, account_no, sum(vnd) AS vnd FROM (
      SELECT school_id, debit_no AS account_no, sum(amount_vnd) AS vnd FROM posting
      GROUP BY school_id, debit_no
      UNION ALL
      SELECT school_id, credit_no, -sum(amount_vnd) FROM posting GROUP BY school_id, credit_no
    ) AS moved GROUP BY school_id, account_no
  ), told AS (
    SELECT school_id, account_no, sum(vnd) AS vnd FROM (${told}) AS rows GROUP BY school_id, account_no
  )
  SELECT 'school ' || a.school_id || ' account ' || a.account_no || ' (' || a.kind || '): '
    || coalesce(posted.vnd, 0) || ' posted, ' || coalesce(told.vnd, 0) || ' in its rows' AS id
  FROM ledger_account a
  LEFT JOIN posted USING (school_id, account_no) LEFT JOIN told USING (school_id, account_no)
  WHERE a.kind = ANY (${CHECKED_KINDS}::text[]) AND coalesce(posted.vnd, 0) <> coalesce(told.vnd, 0)`
