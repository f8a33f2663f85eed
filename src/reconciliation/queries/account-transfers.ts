// Reads the sums that the books moved between accounts of a school: what is due at the bank, what was moved and when,
// and what of it was taken back. It changes nothing.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Day } from '../../time.js'

export const ACCOUNT_TRANSFER_STATES = ['due', 'moved', 'cancelled'] as const
export type AccountTransferState = (typeof ACCOUNT_TRANSFER_STATES)[number]

export interface AccountTransferItem {
  id: string
  fromBankAccountId: string
  toBankAccountId: string
  amountVnd: number
  state: AccountTransferState
  /** Day on which the books moved it. */
  dueOn: Day
  movedOn: Day | null
  movedBy: string | null
  /** Whose money it is. */
  bankTransactionId: string
  bankDay: Day
  memo: string
  entryId: string
  /** What a person did at the desk; null when the bank took the money back. */
  reviewActId: string | null
  /** The transfer that this one takes back. */
  reversesId: string | null
}

/** Oldest first. Indexes: account_transfer_due, account_transfer_pkey; review_act_of_transaction. */
export function selectAccountTransfers(
  schoolId: string, { state }: { state?: AccountTransferState | undefined }, limit: number, after: string | undefined,
): RawBuilder<AccountTransferItem> {
  return sql<AccountTransferItem>`
    SELECT one.id, one.from_bank_account_id AS "fromBankAccountId", one.to_bank_account_id AS "toBankAccountId",
      one.amount_vnd AS "amountVnd", one.state, one.due_on AS "dueOn", one.moved_on AS "movedOn",
      one.moved_by AS "movedBy", one.bank_transaction_id AS "bankTransactionId", money.bank_day AS "bankDay", money.memo,
      one.entry_id AS "entryId", (SELECT act.id FROM review_act act WHERE act.school_id = ${schoolId}
        AND act.bank_transaction_id = one.bank_transaction_id AND act.entry_id = one.for_entry_id LIMIT 1) AS "reviewActId",
      one.reverses_id AS "reversesId"
    FROM account_transfer one
    JOIN bank_transaction money ON money.school_id = one.school_id AND money.id = one.bank_transaction_id
    WHERE one.school_id = ${schoolId} AND ${state === undefined ? sql`true` : sql`one.state = ${state}`}
      AND ${after === undefined ? sql`true` : sql`one.id > ${after}`}
    ORDER BY one.id LIMIT ${limit}`
}

export interface DuePair {
  fromBankAccountId: string
  toBankAccountId: string
  count: number
  amountVnd: number
}

/** What is due between each pair of accounts, over the whole list. Index: account_transfer_due. */
export function selectDuePairs(schoolId: string): RawBuilder<DuePair> {
  return sql<DuePair>`
    SELECT from_bank_account_id AS "fromBankAccountId", to_bank_account_id AS "toBankAccountId", count(*)::int AS count,
      sum(amount_vnd)::bigint AS "amountVnd"
    FROM account_transfer WHERE school_id = ${schoolId} AND state = 'due'
    GROUP BY 1, 2 ORDER BY 1, 2`
}
