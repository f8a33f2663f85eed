// Reads what the check page may tell: which school an account or a code belongs to, and of a bill nothing but its
// state. No query here reads a child, a class or a line.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { InvoiceState } from '../../invoicing/invoice.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'

const MAX_ACCOUNTS = 5

export interface AccountRoute {
  bankBin: string
  accountNumber: string
  schoolId: string
}

/** As the service. account_route_pkey with a bank, account_route_number without. */
export async function findAccountRoutes(
  trx: Trx, accountNumber: string, bankBin?: string,
): Promise<AccountRoute[]> {
  let query = trx.selectFrom('account_route')
    .select(['bank_bin as bankBin', 'account_number as accountNumber', 'school_id as schoolId'])
    .where('account_number', '=', accountNumber).orderBy('bank_bin').limit(MAX_ACCOUNTS)
  if (bankBin !== undefined) query = query.where('bank_bin', '=', bankBin)
  return query.execute()
}

/** As the service; primary key. */
export async function findCodeRoute(
  trx: Trx, code: PaymentCodeNumber,
): Promise<{ schoolId: string, kind: 'invoice' | 'student' | 'family' } | undefined> {
  return trx.selectFrom('payment_code').select(['school_id as schoolId', 'kind'])
    .where('code', '=', code).executeTakeFirst()
}

export interface PublicSchool {
  schoolName: string
  authorityName: string | null
}

/** In the school. school_profile_pkey, school_authority_open. */
export async function readPublicSchool(trx: Trx, schoolId: string): Promise<PublicSchool> {
  const { rows: [row] } = await sql<PublicSchool>`
    SELECT profile.name AS "schoolName", (
      SELECT authority.name FROM school_authority link JOIN authority ON authority.id = link.authority_id
      WHERE link.school_id = ${schoolId} AND link.link = 'managing' AND link.valid_to IS NULL) AS "authorityName"
    FROM school_profile profile WHERE profile.school_id = ${schoolId}
    ORDER BY profile.valid_from DESC LIMIT 1`.execute(trx)
  if (row === undefined) throw new Error('a school has a profile')
  return row
}

/** In the school; bank_account_number_key. */
export async function isAccountActive(
  trx: Trx, { schoolId, bankBin, accountNumber }: AccountRoute,
): Promise<boolean> {
  const row = await trx.selectFrom('bank_account').select('id')
    .where('school_id', '=', schoolId).where('bank_bin', '=', bankBin)
    .where('account_number', '=', accountNumber).where('state', '=', 'active').executeTakeFirst()
  return row !== undefined
}

export interface PublicBill {
  state: InvoiceState
  openVnd: number
  payeeBin: string
  payeeNumber: string
}

/** In the school. The payee is the account that stands for the bill's own today. invoice_payment_code_key */
export async function findPublicBill(
  trx: Trx, schoolId: string, code: PaymentCodeNumber,
): Promise<PublicBill | undefined> {
  const { rows } = await sql<PublicBill>`
    SELECT bill.state, bill.payable_vnd - bill.paid_vnd AS "openVnd", payee.bank_bin AS "payeeBin",
      payee.account_number AS "payeeNumber"
    FROM invoice bill
    JOIN bank_account payee ON payee.school_id = bill.school_id
      AND payee.id = current_bank_account(bill.school_id, bill.bank_account_id)
    WHERE bill.school_id = ${schoolId} AND bill.payment_code = ${code}`.execute(trx)
  return rows[0]
}
