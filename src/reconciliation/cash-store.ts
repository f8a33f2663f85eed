// The SQL of cash receipts that nothing else shares.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'

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
