// Reads everything of one student that stands on the student's page: bills with their lines, where each payment went,
// what is held as credit, exemptions, brothers and sisters. Joins several features' tables for one page.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { InvoiceState } from '../../invoicing/invoice.js'
import type { Day } from '../../time.js'

export interface StudentBill {
  id: string
  roundId: string
  roundName: string
  codeNumber: number
  state: InvoiceState
  dueOn: Day
  withdrawnOn: Day | null
  exemptedVnd: number
  payableVnd: number
  paidVnd: number
  lines: StudentBillLine[]
}

export interface StudentBillLine {
  lineNo: number
  feeName: string
  exemptedVnd: number
  payableVnd: number
  paidVnd: number
}

/** Newest first; invoice_of_student, then primary keys. */
export async function readStudentBills(trx: Trx, schoolId: string, studentId: string): Promise<StudentBill[]> {
  const { rows } = await sql<StudentBill>`
    SELECT bill.id, bill.round_id AS "roundId", round.name AS "roundName", bill.payment_code AS "codeNumber",
      bill.state, bill.due_on AS "dueOn", bill.withdrawn_on AS "withdrawnOn", bill.exempted_vnd AS "exemptedVnd",
      bill.payable_vnd AS "payableVnd", bill.paid_vnd AS "paidVnd",
      (SELECT jsonb_agg(jsonb_build_object('lineNo', line.line_no, 'feeName', kind.name,
          'exemptedVnd', line.exempted_vnd, 'payableVnd', line.payable_vnd, 'paidVnd', line.paid_vnd)
          ORDER BY line.line_no)
        FROM invoice_line line
        JOIN fee_kind kind ON kind.school_id = line.school_id AND kind.id = line.fee_kind_id
        WHERE line.school_id = ${schoolId} AND line.invoice_id = bill.id) AS lines
    FROM invoice bill
    JOIN collection_round round ON round.school_id = bill.school_id AND round.id = bill.round_id
    WHERE bill.school_id = ${schoolId} AND bill.student_id = ${studentId}
    ORDER BY bill.id DESC`.execute(trx)
  return rows
}

export interface StudentPayment {
  kind: 'transfer' | 'cash'
  id: string
  day: Day
  amountVnd: number
  /** What of it is on this student's bills now; the rest is elsewhere, held, or taken back. */
  allocatedVnd: number
  heldVnd: number
  isReversed: boolean
  /** Of a transfer: what the payer wrote, and who. Of cash: the number of the receipt and its note. */
  memo: string | null
  payer: string | null
  receiptNumber: number | null
}

/**
 * Every transfer and receipt that ever paid a bill of the student or is held for the student, newest first;
 * allocation_of_invoice, credit_of_student, cash_receipt_of_student, then primary keys.
 */
export async function readStudentPayments(trx: Trx, schoolId: string, studentId: string): Promise<StudentPayment[]> {
  const { rows } = await sql<StudentPayment>`
    WITH part AS (
      SELECT paid.bank_transaction_id, paid.cash_receipt_id, paid.amount_vnd AS allocated_vnd, 0 AS held_vnd
      FROM invoice bill JOIN allocation paid ON paid.school_id = bill.school_id AND paid.invoice_id = bill.id
      WHERE bill.school_id = ${schoolId} AND bill.student_id = ${studentId}
      UNION ALL
      SELECT bank_transaction_id, cash_receipt_id, 0, held_vnd FROM credit
      WHERE school_id = ${schoolId} AND student_id = ${studentId}
      UNION ALL
      SELECT NULL, id, 0, 0 FROM cash_receipt WHERE school_id = ${schoolId} AND student_id = ${studentId}
    ), source AS (
      SELECT bank_transaction_id, cash_receipt_id, sum(allocated_vnd)::bigint AS allocated_vnd,
        sum(held_vnd)::bigint AS held_vnd
      FROM part GROUP BY bank_transaction_id, cash_receipt_id
    )
    SELECT CASE WHEN transfer.id IS NULL THEN 'cash' ELSE 'transfer' END AS kind,
      coalesce(transfer.id, receipt.id) AS id, coalesce(transfer.bank_day, receipt.received_on) AS day,
      coalesce(transfer.amount_vnd, receipt.amount_vnd) AS "amountVnd", source.allocated_vnd AS "allocatedVnd",
      source.held_vnd AS "heldVnd", coalesce(transfer.reversed_vnd, receipt.reversed_vnd) > 0 AS "isReversed",
      coalesce(transfer.memo, receipt.note) AS memo, transfer.counter_name AS payer, receipt.number AS "receiptNumber"
    FROM source
    LEFT JOIN bank_transaction transfer ON transfer.school_id = ${schoolId} AND transfer.id = source.bank_transaction_id
    LEFT JOIN cash_receipt receipt ON receipt.school_id = ${schoolId} AND receipt.id = source.cash_receipt_id
    ORDER BY day DESC, id DESC`.execute(trx)
  return rows
}

export interface StudentCredit {
  id: string
  kind: string
  amountVnd: number
  heldVnd: number
  schoolYear: string | null
  recordedAt: Date
}

/** credit_of_student. */
export async function readStudentCredits(trx: Trx, schoolId: string, studentId: string): Promise<StudentCredit[]> {
  return trx.selectFrom('credit')
    .select(['id', 'kind', 'amount_vnd as amountVnd', 'held_vnd as heldVnd', 'school_year as schoolYear',
      'recorded_at as recordedAt'])
    .where('school_id', '=', schoolId).where('student_id', '=', studentId).orderBy('id', 'desc').execute()
}

export interface StudentExemption {
  id: string
  feeName: string
  percent: number | null
  amountVnd: number | null
  payer: 'budget' | 'nobody'
  legalBasis: string
  decisionNumber: string
  validFrom: Day
  validTo: Day | null
}

/** exemption_of. */
export async function readStudentExemptions(
  trx: Trx, schoolId: string, studentId: string,
): Promise<StudentExemption[]> {
  return trx.selectFrom('exemption as granted')
    .innerJoin('fee_kind as kind', (join) => join.onRef('kind.school_id', '=', 'granted.school_id')
      .onRef('kind.id', '=', 'granted.fee_kind_id'))
    .select(['granted.id', 'kind.name as feeName', 'granted.percent', 'granted.amount_vnd as amountVnd', 'granted.payer',
      'granted.legal_basis as legalBasis', 'granted.decision_number as decisionNumber',
      'granted.valid_from as validFrom', 'granted.valid_to as validTo'])
    .where('granted.school_id', '=', schoolId).where('granted.student_id', '=', studentId)
    .orderBy('granted.valid_from', 'desc').orderBy('granted.id').execute()
}

export interface Sibling {
  id: string
  fullName: string
  className: string | null
}

/** By the keys of family_member, and enrolment_student_of. */
export async function readSiblings(
  trx: Trx, schoolId: string, { familyId, schoolYear }: { familyId: string; schoolYear: string },
): Promise<Sibling[]> {
  const { rows } = await sql<Sibling>`
    SELECT s.id, s.full_name AS "fullName", (
      SELECT c.name FROM enrolment e JOIN school_class c ON c.school_id = e.school_id AND c.id = e.class_id
      WHERE e.school_id = ${schoolId} AND e.student_id = s.id AND e.school_year = ${schoolYear}
        AND e.valid_to IS NULL) AS "className"
    FROM family_member member JOIN student s ON s.school_id = member.school_id AND s.id = member.student_id
    WHERE member.school_id = ${schoolId} AND member.family_id = ${familyId}
    ORDER BY s.search_name, s.id`.execute(trx)
  return rows
}

export interface FeeKindOption {
  id: string
  name: string
}

/** Some dozens; the primary key. */
export async function readFeeKinds(trx: Trx, schoolId: string): Promise<FeeKindOption[]> {
  return trx.selectFrom('fee_kind').select(['id', 'name']).where('school_id', '=', schoolId)
    .orderBy('priority').orderBy('name').execute()
}
