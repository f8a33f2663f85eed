// What came in today and how far a school has come with its set-up: what the first page of the desk shows.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { Day } from '../../time.js'

export interface AccountDay {
  bankAccountId: string
  transfers: number
  receivedVnd: number
  /** Placed in full without a person having had to look. */
  settledAlone: number
}

/** Money in of one bank day. Indexes: bank_transaction_newest; review_item_of_transaction. */
export async function readAccountDays(trx: Trx, schoolId: string, day: Day): Promise<AccountDay[]> {
  const { rows } = await sql<AccountDay>`
    SELECT bank_account_id AS "bankAccountId", count(*) AS transfers, sum(amount_vnd)::bigint AS "receivedVnd",
      count(*) FILTER (WHERE allocated_vnd + credited_vnd + refunded_vnd + reversed_vnd = amount_vnd
        AND NOT EXISTS (SELECT FROM review_item AS review WHERE review.school_id = ${schoolId}
          AND review.bank_transaction_id = transfer.id)) AS "settledAlone"
    FROM bank_transaction AS transfer
    WHERE school_id = ${schoolId} AND bank_day = ${day} AND direction = 'in'
    GROUP BY bank_account_id`.execute(trx)
  return rows
}

export interface CashDay {
  receipts: number
  /** What was taken and not given back. */
  takenVnd: number
}

/** A school takes at most some thousand receipts a year; cash_receipt_number_key finds them. */
export async function readCashDay(trx: Trx, schoolId: string, day: Day): Promise<CashDay> {
  const { rows: [cash] } = await sql<CashDay>`
    SELECT count(*) AS receipts, coalesce(sum(amount_vnd - reversed_vnd), 0)::bigint AS "takenVnd"
    FROM cash_receipt WHERE school_id = ${schoolId} AND received_on = ${day}`.execute(trx)
  assert(cash, 'an aggregate without GROUP BY has one row')
  return cash
}

export const SETUP_STEPS = ['students', 'account', 'channel', 'fees', 'round', 'bills'] as const
export type SetupStep = (typeof SETUP_STEPS)[number]

/** Which steps of a first start are done; each by the first row of a primary key or a small index. */
export async function readSetup(trx: Trx, schoolId: string): Promise<Record<SetupStep, boolean>> {
  const has = (table: string) => sql`EXISTS (SELECT FROM ${sql.table(table)} WHERE school_id = ${schoolId})`
  const { rows: [setup] } = await sql<Record<SetupStep, boolean>>`
    SELECT ${has('student')} AS students, ${has('bank_account')} AS account,
      EXISTS (SELECT FROM channel WHERE school_id = ${schoolId} AND state = 'active') AS channel,
      ${has('fee_kind')} AS fees, ${has('collection_round')} AS round, ${has('invoice')} AS bills`.execute(trx)
  assert(setup, 'a statement without FROM has one row')
  return setup
}

/** Everything that waits for a person, on whatever account. Index review_item_open. */
export async function countOpenReviews(trx: Trx, schoolId: string): Promise<number> {
  const { rows: [open] } = await sql<{ items: number }>`
    SELECT count(*) AS items FROM review_item WHERE school_id = ${schoolId} AND state = 'open'`.execute(trx)
  return open?.items ?? 0
}
