// Reads bills with the names that belong to them, in the order of issue, for the file of bills.
import type { Trx } from '../../db/tenancy.js'
import type { InvoiceState } from '../../invoicing/invoice.js'
import type { Day } from '../../time.js'

export interface BillRowsFilter {
  roundId?: string | undefined
  state?: InvoiceState | undefined
}

export interface BillRow {
  id: string
  codeNumber: number
  roundName: string
  className: string | null
  fullName: string
  grossVnd: number
  exemptedVnd: number
  payableVnd: number
  paidVnd: number
  issuedOn: Day
  dueOn: Day
  state: InvoiceState
}

/** The primary key, in order; the rest by primary keys. */
export async function readBillRows(
  trx: Trx, schoolId: string, { roundId, state }: BillRowsFilter, limit: number, afterId: string | undefined,
): Promise<{ items: BillRow[]; nextCursor: string | null }> {
  const rows = await trx.selectFrom('invoice as bill')
    .innerJoin('collection_round as round', (join) => join.onRef('round.school_id', '=', 'bill.school_id')
      .onRef('round.id', '=', 'bill.round_id'))
    .innerJoin('student', (join) => join.onRef('student.school_id', '=', 'bill.school_id')
      .onRef('student.id', '=', 'bill.student_id'))
    .leftJoin('school_class as class', (join) => join.onRef('class.school_id', '=', 'bill.school_id')
      .onRef('class.id', '=', 'bill.class_id'))
    .select(['bill.id', 'bill.payment_code as codeNumber', 'round.name as roundName', 'class.name as className',
      'student.full_name as fullName', 'bill.gross_vnd as grossVnd', 'bill.exempted_vnd as exemptedVnd',
      'bill.payable_vnd as payableVnd', 'bill.paid_vnd as paidVnd', 'bill.issued_on as issuedOn',
      'bill.due_on as dueOn', 'bill.state'])
    .where('bill.school_id', '=', schoolId)
    .$if(roundId !== undefined, (query) => query.where('bill.round_id', '=', roundId ?? ''))
    .$if(state !== undefined, (query) => query.where('bill.state', '=', state ?? 'issued'))
    .$if(afterId !== undefined, (query) => query.where('bill.id', '>', afterId ?? ''))
    .orderBy('bill.id').limit(limit + 1).execute()
  const items = rows.slice(0, limit)
  return { items, nextCursor: rows.length > limit ? items.at(-1)?.id ?? null : null }
}
