// The SQL of transfers between accounts of a school: sums that the books have moved from the account where money lies
// to the account of the bill that it pays, and that somebody has to move at the bank.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'

export interface StandingTransfer {
  id: string
  from_bank_account_id: string
  to_bank_account_id: string
  amount_vnd: number
  state: 'due' | 'moved'
}

/** Those of one source that nothing took back yet, locked after the source. Index: account_transfer_of_transaction. */
export async function lockStandingTransfers(
  trx: Trx, schoolId: string, bankTransactionId: string,
): Promise<StandingTransfer[]> {
  const { rows } = await sql<StandingTransfer>`
    SELECT id, from_bank_account_id, to_bank_account_id, amount_vnd, state FROM account_transfer standing
    WHERE school_id = ${schoolId} AND bank_transaction_id = ${bankTransactionId} AND reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM account_transfer back
        WHERE back.school_id = ${schoolId} AND back.reverses_id = standing.id)
    ORDER BY id FOR UPDATE`.execute(trx)
  return rows
}

export interface AccountTransferRow {
  id: string
  state: 'due' | 'moved' | 'cancelled'
  /** Whether a row of the other way takes it back. */
  is_reversed: boolean
}

export async function lockTransfers(trx: Trx, schoolId: string, ids: readonly string[]): Promise<AccountTransferRow[]> {
  const { rows } = await sql<AccountTransferRow>`
    SELECT id, state, EXISTS (SELECT FROM account_transfer back
      WHERE back.school_id = ${schoolId} AND back.reverses_id = one.id) AS is_reversed
    FROM account_transfer one WHERE school_id = ${schoolId} AND id = ANY (${ids}::uuid[])
    ORDER BY id FOR UPDATE`.execute(trx)
  return rows
}

export async function setMoved(
  trx: Trx, schoolId: string, ids: readonly string[], moved: { on: Day; by: string } | null,
): Promise<void> {
  await sql`UPDATE account_transfer SET state = ${moved === null ? 'due' : 'moved'}, moved_on = ${moved?.on ?? null},
      moved_by = ${moved?.by ?? null}
    WHERE school_id = ${schoolId} AND id = ANY (${ids}::uuid[])`.execute(trx)
}
