// Reads what the check page may tell: which school an account or a code belongs to, and of a bill nothing but its
// state, its account and what is open. No query here reads a child, a class or a line. Account numbers are compared as
// callbacks are, so that `abc123` and `ABC123` are one account.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { InvoiceState } from '../../invoicing/invoice.js'
import { paymentCodeNumber } from '../../invoicing/payment-code.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'
import type { Account, NamedBill, PublicSchool } from './verdict.js'

const MAX_ACCOUNTS = 5

export interface AccountRoute {
  bankBin: string
  accountNumber: string
  schoolId: string
}

/** As the service. account_route_pkey with a bank, account_route_number without. */
export async function findAccountRoutes(
  trx: Trx, accountNumber: string, bankBin: string | null,
): Promise<AccountRoute[]> {
  let query = trx.selectFrom('account_route')
    .select(['bank_bin as bankBin', 'account_number as accountNumber', 'school_id as schoolId'])
    .where('account_number', '=', accountNumber).orderBy('bank_bin').limit(MAX_ACCOUNTS)
  if (bankBin !== null) query = query.where('bank_bin', '=', bankBin)
  return query.execute()
}

/** As the service; primary key. */
export async function findCodeRoute(
  trx: Trx, code: PaymentCodeNumber,
): Promise<{ schoolId: string, kind: 'invoice' | 'student' | 'family' } | undefined> {
  return trx.selectFrom('payment_code').select(['school_id as schoolId', 'kind'])
    .where('code', '=', code).executeTakeFirst()
}

/** In the school. school_profile_pkey, school_authority_open. */
export async function readPublicSchool(trx: Trx, schoolId: string): Promise<PublicSchool> {
  const { rows: [row] } = await sql<Omit<PublicSchool, 'schoolId'>>`
    SELECT profile.name AS "schoolName", (
      SELECT authority.name FROM school_authority link JOIN authority ON authority.id = link.authority_id
      WHERE link.school_id = ${schoolId} AND link.link = 'managing' AND link.valid_to IS NULL) AS "authorityName"
    FROM school_profile profile WHERE profile.school_id = ${schoolId}
    ORDER BY profile.valid_from DESC LIMIT 1`.execute(trx)
  if (row === undefined) throw new Error('a school has a profile')
  return { schoolId, ...row }
}

/** In the school: its accounts, those that take money first. bank_account_pkey; a school has a handful. */
export async function listSchoolAccounts(
  trx: Trx, schoolId: string,
): Promise<(Account & { isActive: boolean })[]> {
  const { rows } = await sql<Account & { isActive: boolean }>`
    SELECT bank_bin AS "bankBin", upper(account_number) AS "accountNumber", account_name AS "accountName",
      state = 'active' AND replaced_by IS NULL AS "isActive"
    FROM bank_account WHERE school_id = ${schoolId} ORDER BY "isActive" DESC, id`.execute(trx)
  return rows
}

interface BillRow {
  code: number
  state: InvoiceState
  openVnd: number
  bankBin: string
  accountNumber: string
  accountName: string
  isActive: boolean
}

/**
 * In the school: the bill of a code, or the bills of a child and round. The payee is the account that stands for the
 * bill's own today. invoice_payment_code_key, invoice_of_student
 */
export async function listNamedBills(
  trx: Trx, schoolId: string, of: { code: PaymentCodeNumber } | { studentId: string, roundId: string },
): Promise<NamedBill[]> {
  const which = 'code' in of
    ? sql`bill.payment_code = ${of.code}`
    : sql`bill.student_id = ${of.studentId} AND bill.round_id = ${of.roundId}`
  const { rows } = await sql<BillRow>`
    SELECT bill.payment_code AS code, bill.state, bill.payable_vnd - bill.paid_vnd AS "openVnd",
      payee.bank_bin AS "bankBin", upper(payee.account_number) AS "accountNumber",
      payee.account_name AS "accountName", payee.state = 'active' AS "isActive"
    FROM invoice bill
    JOIN bank_account payee ON payee.school_id = bill.school_id
      AND payee.id = current_bank_account(bill.school_id, bill.bank_account_id)
    WHERE bill.school_id = ${schoolId} AND ${which} ORDER BY bill.id`.execute(trx)
  return rows.map(({ code, state, openVnd, isActive, ...payee }) =>
    ({ code: paymentCodeNumber(code), state, openVnd, payee: isActive ? payee : null }))
}
