// The SQL that leads from payment codes and students to the bills that money may pay. Set-based, each statement served
// by a primary or unique key or an index of the student; the students are locked before anything here is decided on.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import type { Day, SchoolYear } from '../time.js'

/** Whose code it is. A student never changes on an invoice, so this may be read before the lock. */
export async function readCodeStudents(
  trx: Trx,
  schoolId: string,
  codes: readonly number[],
): Promise<{ code: number; student_id: string }[]> {
  if (codes.length === 0) return []
  const { rows } = await sql<{ code: number; student_id: string }>`
    SELECT payment_code AS code, student_id FROM invoice
      WHERE school_id = ${schoolId} AND payment_code = ANY (${codes}::bigint[])
    UNION ALL
    SELECT payment_code, id FROM student WHERE school_id = ${schoolId} AND payment_code = ANY (${codes}::bigint[])
    UNION ALL
    SELECT family.payment_code, member.student_id FROM family
      JOIN family_member member ON member.school_id = family.school_id AND member.family_id = family.id
      WHERE family.school_id = ${schoolId} AND family.payment_code = ANY (${codes}::bigint[])`.execute(trx)
  return rows
}

export interface InvoiceRow {
  /** The code that led here; null for a bill found through its student. */
  code: number | null
  id: string
  student_id: string
  bank_account_id: string
  state: 'issued' | 'cancelled' | 'superseded'
  payable_vnd: number
  paid_vnd: number
  due_on: Day
  issued_on: Day
  school_year: SchoolYear
  replaced: boolean
}

/**
 * The bills behind invoice codes. A superseded bill leads to its newest replacement; a cancelled one to the bill
 * that was issued again for the same round, student and account, when there is one.
 */
export async function readInvoicesByCode(
  trx: Trx,
  schoolId: string,
  codes: readonly number[],
): Promise<InvoiceRow[]> {
  if (codes.length === 0) return []
  const { rows } = await sql<InvoiceRow>`
    WITH RECURSIVE chain AS (
      SELECT payment_code AS code, id, replaced_by, false AS replaced FROM invoice
        WHERE school_id = ${schoolId} AND payment_code = ANY (${codes}::bigint[])
      UNION ALL
      SELECT chain.code, newer.id, newer.replaced_by, true FROM chain
        JOIN invoice newer ON newer.school_id = ${schoolId} AND newer.id = chain.replaced_by
    )
    SELECT chain.code, bill.id, bill.student_id, bill.bank_account_id, bill.state, bill.payable_vnd, bill.paid_vnd,
      bill.due_on, bill.issued_on, bill.school_year, chain.replaced OR bill.id <> chain.id AS replaced
    FROM chain
    JOIN invoice bill ON bill.school_id = ${schoolId} AND bill.id = coalesce(
      -- By the student's own index and only for cancelled bills: as a join, stale statistics made it a scan of
      -- all bills of the school (340 ms instead of 7 for 500 codes).
      (SELECT again.id FROM invoice last
        JOIN invoice again ON again.school_id = ${schoolId} AND again.student_id = last.student_id
          AND again.round_id = last.round_id AND again.bank_account_id = last.bank_account_id
          AND again.state = 'issued'
        WHERE last.school_id = ${schoolId} AND last.id = chain.id AND last.state = 'cancelled' LIMIT 1),
      chain.id)
    WHERE chain.replaced_by IS NULL`.execute(trx)
  return rows
}

/** Open bills of students, oldest due day first: what a student code, a family code or a credit pays. */
export async function readOpenInvoices(
  trx: Trx,
  schoolId: string,
  studentIds: readonly string[],
): Promise<InvoiceRow[]> {
  if (studentIds.length === 0) return []
  const { rows } = await sql<InvoiceRow>`
    SELECT NULL::bigint AS code, id, student_id, bank_account_id, state, payable_vnd, paid_vnd, due_on, issued_on,
      school_year, false AS replaced
    FROM invoice WHERE school_id = ${schoolId} AND student_id = ANY (${studentIds}::uuid[])
      AND state = 'issued' AND paid_vnd < payable_vnd
    ORDER BY due_on, student_id, id`.execute(trx)
  return rows
}

export interface LineRow {
  invoice_id: string
  line_no: number
  fee_group: string
  priority: number
  open_vnd: number
}

export async function readOpenLines(trx: Trx, schoolId: string, invoiceIds: readonly string[]): Promise<LineRow[]> {
  if (invoiceIds.length === 0) return []
  const { rows } = await sql<LineRow>`
    SELECT invoice_id, line_no, fee_group, priority, payable_vnd - paid_vnd AS open_vnd FROM invoice_line
    WHERE school_id = ${schoolId} AND invoice_id = ANY (${invoiceIds}::uuid[])
      AND paid_vnd < payable_vnd`.execute(trx)
  return rows
}
