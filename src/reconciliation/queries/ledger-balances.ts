// What is on each ledger account of a school on a day? Sums of postings, recounted each time: balances are never
// stored, so they cannot be wrong.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Day } from '../../time.js'

export interface LedgerBalance {
  accountNo: number
  kind: string
  name: string
  glCode: string | null
  debitVnd: number
  creditVnd: number
  /** Debit less credit: negative on accounts that grow by credit. */
  balanceVnd: number
}

/**
 * Every account of the chart, by number, with what counts on or before `asOf`. Reads all postings of the school
 * (by the primary keys of entry and posting) and sums them per pair of accounts first: few rows are left to unfold.
 */
export function selectLedgerBalances(schoolId: string, asOf: Day): RawBuilder<LedgerBalance> {
  return sql<LedgerBalance>`
    WITH pair AS (
      SELECT posting.debit_no, posting.credit_no, sum(posting.amount_vnd) AS amount_vnd
      FROM entry JOIN posting ON posting.school_id = entry.school_id AND posting.entry_id = entry.id
      WHERE entry.school_id = ${schoolId} AND posting.school_id = ${schoolId} AND entry.counted_on <= ${asOf}
      GROUP BY posting.debit_no, posting.credit_no
    ), side AS (
      SELECT debit_no AS account_no, amount_vnd AS debit_vnd, 0 AS credit_vnd FROM pair
      UNION ALL
      SELECT credit_no, 0, amount_vnd FROM pair
    ), total AS (
      SELECT account_no, sum(debit_vnd) AS debit_vnd, sum(credit_vnd) AS credit_vnd FROM side GROUP BY account_no
    )
    SELECT account.account_no AS "accountNo", account.kind, account.name, account.gl_code AS "glCode",
      coalesce(debit_vnd, 0)::bigint AS "debitVnd", coalesce(credit_vnd, 0)::bigint AS "creditVnd",
      coalesce(debit_vnd - credit_vnd, 0)::bigint AS "balanceVnd"
    FROM ledger_account AS account LEFT JOIN total USING (account_no)
    WHERE account.school_id = ${schoolId}
    ORDER BY account.account_no`
}
