// The SQL of a school's bank accounts, with their ledger accounts and routes. Account numbers are whole here:
// they are the school's own, and printed on every bill.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { FIRST_BANK_LEDGER_NO } from '../ledger/account.js'

export interface BankAccount {
  id: string
  bankBin: string
  accountNumber: string
  accountName: string
  state: 'active' | 'closed'
  ledgerNo: number
  replacedBy: string | null
  createdAt: Date
}

const COLUMNS = ['id', 'bank_bin as bankBin', 'account_number as accountNumber', 'account_name as accountName',
  'state', 'ledger_no as ledgerNo', 'replaced_by as replacedBy', 'created_at as createdAt'] as const

/** Served by the primary key. */
export async function findBankAccount(trx: Trx, schoolId: string, id: string): Promise<BankAccount | undefined> {
  return selectAccount(trx, schoolId, id).executeTakeFirst()
}

/** One writer at a time changes an account or opens a channel on it. */
export async function lockBankAccount(trx: Trx, schoolId: string, id: string): Promise<BankAccount | undefined> {
  return selectAccount(trx, schoolId, id).forUpdate().executeTakeFirst()
}

function selectAccount(trx: Trx, schoolId: string, id: string) {
  return trx.selectFrom('bank_account').select(COLUMNS).where('school_id', '=', schoolId).where('id', '=', id)
}

/** In the order in which they were registered: ids are UUIDv7. Served by the primary key. */
export async function listBankAccounts(
  trx: Trx, schoolId: string, limit: number, afterId: string | undefined,
): Promise<BankAccount[]> {
  return trx.selectFrom('bank_account').select(COLUMNS).where('school_id', '=', schoolId)
    .$if(afterId !== undefined, (query) => query.where('id', '>', afterId ?? ''))
    .orderBy('id').limit(limit).execute()
}

/** False when the account is some school's already, this one or another. */
export async function claimAccountRoute(
  trx: Trx, route: { schoolId: string; bankBin: string; comparableNumber: string },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx.insertInto('account_route')
    .values({
      bank_bin: route.bankBin,
      account_number: route.comparableNumber,
      school_id: route.schoolId,
      kind: 'bank_account',
    })
    .onConflict((conflict) => conflict.constraint('account_route_pkey').doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

export interface NewBankAccount {
  id: string
  bankBin: string
  accountNumber: string
  accountName: string
  ledgerName: string
}

/** The account with a ledger account of its own: without one no money that comes in could be posted. */
export async function insertBankAccount(trx: Trx, schoolId: string, account: NewBankAccount): Promise<void> {
  const ledgerNo = FIRST_BANK_LEDGER_NO + (await nextAccountIndex(trx, schoolId))
  await trx.insertInto('ledger_account')
    .values({ school_id: schoolId, account_no: ledgerNo, kind: 'bank', name: account.ledgerName }).execute()
  await trx.insertInto('bank_account').values({
    school_id: schoolId,
    id: account.id,
    bank_bin: account.bankBin,
    account_number: account.accountNumber,
    account_name: account.accountName,
    ledger_no: ledgerNo,
  }).execute()
}

/** From 0; the row of the series stays locked until the account commits. */
async function nextAccountIndex(trx: Trx, schoolId: string): Promise<number> {
  const { rows } = await sql<{ index: number }>`
    INSERT INTO number_series (school_id, kind, last_number) VALUES (${schoolId}, 'bank_account', 1)
    ON CONFLICT (school_id, kind) DO UPDATE SET last_number = number_series.last_number + 1
    RETURNING last_number - 1 AS index`.execute(trx)
  const [row] = rows
  if (!row) throw new Error('the number series gave no number')
  return row.index
}

/** The old account is closed for new bills; money that still comes to it may pay bills of the new one. */
export async function closeReplacedAccount(
  trx: Trx, schoolId: string, oldId: string, newId: string,
): Promise<void> {
  await trx.updateTable('bank_account').set({ state: 'closed', replaced_by: newId })
    .where('school_id', '=', schoolId).where('id', '=', oldId).execute()
}
