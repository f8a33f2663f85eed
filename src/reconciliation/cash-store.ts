// The SQL of cash receipts that nothing else shares.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'

/** The next number of the school's receipts, without gaps: the row stays locked until the receipt commits. */
export async function nextReceiptNumber(trx: Trx, schoolId: string): Promise<number> {
  const { rows } = await sql<{ last_number: number }>`
    INSERT INTO number_series (school_id, kind, last_number) VALUES (${schoolId}, 'cash_receipt', 1)
    ON CONFLICT (school_id, kind) DO UPDATE SET last_number = number_series.last_number + 1
    RETURNING last_number`.execute(trx)
  const [row] = rows
  if (!row) throw new Error('the number series gave no number')
  return row.last_number
}

interface ReceiptRow {
  number: number
  student_id: string
  amount_vnd: number
  received_on: Day
  note: string | null
  credit_vnd: number
  parts: { invoiceId: string; amountVnd: number }[]
}

/** A receipt as its first answer told of it, and what was asked; what was moved since does not change that. */
export async function readReceipt(trx: Trx, schoolId: string, id: string) {
  const { rows } = await sql<ReceiptRow>`
    SELECT receipt.number, receipt.student_id, receipt.amount_vnd, receipt.received_on, receipt.note,
      receipt.amount_vnd - coalesce(sum(paid.amount_vnd), 0)::bigint AS credit_vnd,
      coalesce(jsonb_agg(jsonb_build_object('invoiceId', paid.invoice_id, 'amountVnd', paid.amount_vnd))
        FILTER (WHERE paid.invoice_id IS NOT NULL), '[]') AS parts
    FROM cash_receipt receipt
    LEFT JOIN LATERAL (
      SELECT allocation.invoice_id, sum(allocation.amount_vnd)::bigint AS amount_vnd FROM allocation
      JOIN entry ON entry.school_id = allocation.school_id AND entry.id = allocation.entry_id
      WHERE allocation.school_id = ${schoolId} AND allocation.cash_receipt_id = receipt.id AND entry.kind = 'cash_in'
      GROUP BY allocation.invoice_id
    ) AS paid ON true
    WHERE receipt.school_id = ${schoolId} AND receipt.id = ${id}
    GROUP BY receipt.school_id, receipt.id`.execute(trx)
  const [row] = rows
  if (!row) return undefined
  const { number, parts: allocations, credit_vnd: creditVnd, student_id: studentId, amount_vnd: amountVnd } = row
  return {
    receipt: { id, number, allocations, creditVnd },
    asked: { studentId, amountVnd, receivedOn: row.received_on, note: row.note },
  }
}

/** By invoice id; primary keys. */
export async function readRoundNames(
  trx: Trx, schoolId: string, invoiceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT bill.id, round.name FROM invoice bill
    JOIN collection_round round ON round.school_id = bill.school_id AND round.id = bill.round_id
    WHERE bill.school_id = ${schoolId} AND bill.id = ANY (${invoiceIds}::uuid[])`.execute(trx)
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export async function readStudentExists(trx: Trx, schoolId: string, studentId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('student_account')
    .select('student_id')
    .where('school_id', '=', schoolId)
    .where('student_id', '=', studentId)
    .executeTakeFirst()
  return row !== undefined
}

export async function readInvoiceOfStudent(trx: Trx, schoolId: string, studentId: string, invoiceId: string) {
  return trx
    .selectFrom('invoice')
    .select(['id', 'state'])
    .where('school_id', '=', schoolId)
    .where('id', '=', invoiceId)
    .where('student_id', '=', studentId)
    .executeTakeFirst()
}
