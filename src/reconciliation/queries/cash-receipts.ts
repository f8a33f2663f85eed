// Reads cash receipts, newest number first.
import type { Trx } from '../../db/tenancy.js'
import type { Day } from '../../time.js'

export interface CashReceiptItem {
  id: string
  number: number
  studentId: string
  bankAccountId: string | null
  amountVnd: number
  receivedOn: Day
  note: string | null
  allocatedVnd: number
  creditedVnd: number
  refundedVnd: number
  reversedVnd: number
  actor: string
  recordedAt: Date
}

export interface CashReceiptFilter {
  studentId?: string | undefined
}

/** Index: cash_receipt_number_key; cash_receipt_of_student for one student. */
export function selectCashReceipts(
  trx: Trx, schoolId: string, { studentId }: CashReceiptFilter, limit: number, beforeNumber: number | undefined,
) {
  return trx.selectFrom('cash_receipt')
    .select(['id', 'number', 'student_id as studentId', 'bank_account_id as bankAccountId',
      'amount_vnd as amountVnd', 'received_on as receivedOn', 'note', 'allocated_vnd as allocatedVnd',
      'credited_vnd as creditedVnd', 'refunded_vnd as refundedVnd', 'reversed_vnd as reversedVnd', 'actor',
      'recorded_at as recordedAt'])
    .where('school_id', '=', schoolId)
    .$if(studentId !== undefined, (query) => query.where('student_id', '=', studentId ?? ''))
    .$if(beforeNumber !== undefined, (query) => query.where('number', '<', beforeNumber ?? 0))
    .orderBy('number', 'desc').limit(limit)
}
