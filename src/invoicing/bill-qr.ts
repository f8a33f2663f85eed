// The VietQR of an invoice: a pure function of the row and its open amount, made anew for each request and
// never stored, so that no picture can ask for money that is no longer owed.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import type { Vnd } from '../money.js'
import { encodeVietqr } from '../vietqr/payload.js'
import { openVnd } from './invoice.js'
import type { InvoiceState } from './invoice.js'
import { buildPurpose, paymentCodeNumber, paymentCodeText } from './payment-code.js'
import { assertStanding } from './standing.js'

export interface BillPayload {
  invoiceId: string
  payload: string
  amountVnd: Vnd
  purpose: string
  paymentCode: string
  bankBin: string
  accountNumber: string
  accountName: string
}

interface BillRow {
  id: string
  state: InvoiceState
  payableVnd: number
  paidVnd: number
  codeNumber: number
  bankAccountId: string
}

export interface Payee {
  bankBin: string
  accountNumber: string
  accountName: string
  memoWord: string | null
}

/**
 * Throws `INVOICE_NOT_FOUND`, `INVOICE_WITHDRAWN_CONFLICT` with the replacement, `NOTHING_TO_PAY`,
 * `BANK_ACCOUNT_CLOSED_CONFLICT`, or `VIETQR_INVALID` for an amount above what one transfer may carry.
 */
export async function getBillPayload(trx: Trx, schoolId: string, invoiceId: string): Promise<BillPayload> {
  const bill = await findBill(trx, schoolId, invoiceId)
  if (!bill) throw new DomainError('INVOICE_NOT_FOUND', 'this school has no such invoice')
  await assertStanding(trx, schoolId, bill)
  const amountVnd = openVnd(bill)
  if (amountVnd === 0) throw new DomainError('NOTHING_TO_PAY', 'nothing is open on this invoice')
  const payee = await getPayee(trx, schoolId, bill.bankAccountId)
  const paymentCode = paymentCodeText(paymentCodeNumber(bill.codeNumber))
  const { encoded, ...transfer } = askFor({ paymentCode, amountVnd }, payee)
  if (!encoded.ok) {
    const reasons = encoded.errors.map(({ field, reason }) => `${field} ${reason}`).join('; ')
    throw new DomainError('VIETQR_INVALID', reasons, encoded.errors)
  }
  return { invoiceId, payload: encoded.payload, paymentCode, ...transfer }
}

/** The transfer that pays what is open, and its QR where one can carry it. Pure: the caller has read the row. */
export function askFor(
  { paymentCode, amountVnd }: { paymentCode: string; amountVnd: Vnd }, { memoWord, ...payee }: Payee,
) {
  const purpose = buildPurpose(paymentCode, memoWord ?? undefined)
  const { bankBin, accountNumber } = payee
  return { ...payee, amountVnd, purpose, encoded: encodeVietqr({ bankBin, accountNumber, amountVnd, purpose }) }
}

/** A strong validator: an answer changes exactly when what it is made of, or its form, does. */
export function etagOf(content: string, form: 'json' | 'svg' | 'png'): string {
  return `"${createHash('sha256').update(`${form} ${content}`).digest('base64url').slice(0, 27)}"`
}

/** What `If-None-Match` says of an etag; a list or `*` is allowed (RFC 9110 §13.1.2). */
export function isUnchanged(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const known = ifNoneMatch.split(',').map((one) => one.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}

async function findBill(trx: Trx, schoolId: string, invoiceId: string): Promise<BillRow | undefined> {
  return trx.selectFrom('invoice')
    .select(['id', 'state', 'payable_vnd as payableVnd', 'paid_vnd as paidVnd', 'payment_code as codeNumber',
      'bank_account_id as bankAccountId'])
    .where('school_id', '=', schoolId).where('id', '=', invoiceId).executeTakeFirst()
}

/**
 * The invoice's account, or the one that replaced it; with the memo word that its active channel needs. Throws
 * `BANK_ACCOUNT_CLOSED_CONFLICT`.
 */
export async function getPayee(trx: Trx, schoolId: string, bankAccountId: string): Promise<Payee> {
  const { rows } = await sql<Payee>`
    WITH RECURSIVE payee AS (
      SELECT * FROM bank_account WHERE school_id = ${schoolId} AND id = ${bankAccountId}
      UNION
      SELECT next.* FROM payee
      JOIN bank_account AS next ON next.school_id = ${schoolId} AND next.id = payee.replaced_by
    )
    SELECT payee.bank_bin AS "bankBin", payee.account_number AS "accountNumber",
      payee.account_name AS "accountName", channel.memo_word AS "memoWord"
    FROM payee
    LEFT JOIN channel ON channel.school_id = ${schoolId} AND channel.bank_account_id = payee.id
      AND channel.state = 'active'
    WHERE payee.state = 'active' AND payee.replaced_by IS NULL`.execute(trx)
  const [payee] = rows
  if (!payee) throw new DomainError('BANK_ACCOUNT_CLOSED_CONFLICT', 'the account of this invoice is closed')
  return payee
}
