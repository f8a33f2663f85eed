// Reads one student's whole money history: bills, payments on them, credit, balance. One statement, so that its
// parts agree with each other while money is being posted.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Day } from '../../time.js'
import { utcText } from './utc-text.js'

export interface StudentAccount {
  studentId: string
  /** Σ payable and Σ paid of the bills that stand, Σ held of the credits. */
  billedVnd: number
  paidVnd: number
  creditVnd: number
  bills: {
    invoiceId: string, roundId: string, roundName: string, schoolYear: string, bankAccountId: string,
    paymentCode: number, state: 'issued' | 'cancelled' | 'superseded', replacedBy: string | null, issuedOn: Day,
    dueOn: Day, withdrawnOn: Day | null, grossVnd: number, exemptedVnd: number, payableVnd: number, paidVnd: number,
  }[]
  /** One row for each entry and bill; negative where an allocation was taken back. */
  payments: {
    invoiceId: string, entryId: string, entryKind: string, bankTransactionId: string | null,
    cashReceiptId: string | null, fromCreditId: string | null, amountVnd: number, bankDay: Day, countedOn: Day,
    recordedAt: string,
  }[]
  credits: {
    id: string, bankTransactionId: string | null, cashReceiptId: string | null,
    bankAccountId: string | null, kind: string,
    schoolYear: string | null, amountVnd: number, heldVnd: number, recordedAt: string,
  }[]
}

/** Indexes: invoice_of_student, allocation_of_invoice, credit_of_student, the primary keys of entry and round. */
export function selectStudentAccount(schoolId: string, studentId: string): RawBuilder<StudentAccount> {
  return sql<StudentAccount>`
    WITH bill AS MATERIALIZED (
      SELECT * FROM invoice WHERE school_id = ${schoolId} AND student_id = ${studentId}
    ), payment AS (
      SELECT paid.invoice_id, paid.entry_id, paid.bank_transaction_id, paid.cash_receipt_id, paid.from_credit_id,
        sum(paid.amount_vnd) AS amount_vnd
      FROM bill JOIN allocation paid ON paid.school_id = bill.school_id AND paid.invoice_id = bill.id
      GROUP BY paid.invoice_id, paid.entry_id, paid.bank_transaction_id, paid.cash_receipt_id, paid.from_credit_id
    ), held AS MATERIALIZED (
      SELECT * FROM credit WHERE school_id = ${schoolId} AND student_id = ${studentId}
    )
    SELECT account.student_id AS "studentId",
      coalesce((SELECT sum(payable_vnd) FROM bill WHERE state = 'issued'), 0)::bigint AS "billedVnd",
      coalesce((SELECT sum(paid_vnd) FROM bill), 0)::bigint AS "paidVnd",
      coalesce((SELECT sum(held_vnd) FROM held), 0)::bigint AS "creditVnd",
      ${bills(schoolId)} AS bills, ${payments(schoolId)} AS payments, ${credits} AS credits
    FROM student_account AS account WHERE account.school_id = ${schoolId} AND account.student_id = ${studentId}`
}

const bills = (schoolId: string) => sql`(
  SELECT coalesce(jsonb_agg(jsonb_build_object('invoiceId', bill.id, 'roundId', bill.round_id,
    'roundName', round.name, 'schoolYear', bill.school_year, 'bankAccountId', bill.bank_account_id,
    'paymentCode', bill.payment_code, 'state', bill.state, 'replacedBy', bill.replaced_by,
    'issuedOn', bill.issued_on, 'dueOn', bill.due_on, 'withdrawnOn', bill.withdrawn_on, 'grossVnd', bill.gross_vnd,
    'exemptedVnd', bill.exempted_vnd, 'payableVnd', bill.payable_vnd, 'paidVnd', bill.paid_vnd)
    ORDER BY bill.id), '[]')
  FROM bill JOIN collection_round round ON round.school_id = ${schoolId} AND round.id = bill.round_id)`

const payments = (schoolId: string) => sql`(
  SELECT coalesce(jsonb_agg(jsonb_build_object('invoiceId', payment.invoice_id, 'entryId', payment.entry_id,
    'entryKind', entry.kind, 'bankTransactionId', payment.bank_transaction_id,
    'cashReceiptId', payment.cash_receipt_id, 'fromCreditId', payment.from_credit_id,
    'amountVnd', payment.amount_vnd, 'bankDay', entry.bank_day, 'countedOn', entry.counted_on,
    'recordedAt', ${utcText('entry.recorded_at')}) ORDER BY entry.id, payment.invoice_id), '[]')
  FROM payment JOIN entry ON entry.school_id = ${schoolId} AND entry.id = payment.entry_id)`

const credits = sql`(
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', id, 'bankTransactionId', bank_transaction_id,
    'cashReceiptId', cash_receipt_id, 'bankAccountId', bank_account_id, 'kind', kind, 'schoolYear', school_year,
    'amountVnd', amount_vnd, 'heldVnd', held_vnd, 'recordedAt', ${utcText('recorded_at')})
    ORDER BY id), '[]')
  FROM held)`
