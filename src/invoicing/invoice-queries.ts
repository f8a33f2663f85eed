// Reads invoices for lists and pages. Status and open amount are worked out from the row, never stored.
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'
import { openVnd, paymentStatusOf } from './invoice.js'
import type { ExemptionPayer, InvoiceState, PaymentStatus } from './invoice.js'
import { paymentCodeNumber, paymentCodeText } from './payment-code.js'

export interface InvoiceSummary {
  id: string
  roundId: string
  studentId: string
  classId: string | null
  bankAccountId: string
  schoolYear: string
  paymentCode: string
  state: InvoiceState
  status: PaymentStatus
  dueOn: Day
  issuedOn: Day
  grossVnd: number
  exemptedVnd: number
  payableVnd: number
  paidVnd: number
  openVnd: number
  withdrawnOn: Day | null
  replacedBy: string | null
}

export interface InvoiceLine {
  lineNo: number
  feeKindId: string
  feeCode: string
  feeName: string
  feeGroup: string
  legalBasis: string
  grossVnd: number
  exemptedVnd: number
  payableVnd: number
  paidVnd: number
  exemptedPayer: ExemptionPayer | null
  exemption: { id: string; legalBasis: string; decisionNumber: string } | null
}

export interface InvoiceDetail extends InvoiceSummary {
  runId: string | null
  withdrawnReason: string | null
  lines: InvoiceLine[]
}

export interface InvoiceFilter {
  roundId?: string
  studentId?: string
  classId?: string
  state?: InvoiceState
  status?: PaymentStatus
  afterId?: string
  limit: number
}

const SUMMARY = [
  'id', 'round_id as roundId', 'student_id as studentId', 'class_id as classId',
  'bank_account_id as bankAccountId', 'school_year as schoolYear', 'payment_code as codeNumber', 'state',
  'due_on as dueOn', 'issued_on as issuedOn', 'gross_vnd as grossVnd', 'exempted_vnd as exemptedVnd',
  'payable_vnd as payableVnd', 'paid_vnd as paidVnd', 'withdrawn_on as withdrawnOn',
  'replaced_by as replacedBy',
] as const

type SummaryRow = Omit<InvoiceSummary, 'paymentCode' | 'status' | 'openVnd'> & { codeNumber: number }

function withDerived<Row extends SummaryRow>({ codeNumber, ...row }: Row) {
  return {
    ...row,
    paymentCode: paymentCodeText(paymentCodeNumber(codeNumber)),
    status: paymentStatusOf(row),
    openVnd: openVnd(row),
  }
}

/** In the order of their ids, which is that of issue; invoice_of_student or the primary key. */
export async function listInvoices(
  trx: Trx, schoolId: string, filter: InvoiceFilter,
): Promise<InvoiceSummary[]> {
  const { roundId, studentId, classId, state, status, afterId, limit } = filter
  let query = trx.selectFrom('invoice').select(SUMMARY)
    .where('school_id', '=', schoolId).orderBy('id').limit(limit)
  if (roundId !== undefined) query = query.where('round_id', '=', roundId)
  if (studentId !== undefined) query = query.where('student_id', '=', studentId)
  if (classId !== undefined) query = query.where('class_id', '=', classId)
  if (state !== undefined) query = query.where('state', '=', state)
  if (afterId !== undefined) query = query.where('id', '>', afterId)
  if (status === 'zero') query = query.where('payable_vnd', '=', 0)
  if (status === 'unpaid') query = query.where('payable_vnd', '>', 0).where('paid_vnd', '=', 0)
  if (status === 'part_paid') query = query.where('paid_vnd', '>', 0).whereRef('paid_vnd', '<', 'payable_vnd')
  if (status === 'paid') query = query.where('payable_vnd', '>', 0).whereRef('paid_vnd', '=', 'payable_vnd')
  return (await query.execute()).map(withDerived)
}

/** Throws `INVOICE_NOT_FOUND`. */
export async function getInvoice(trx: Trx, schoolId: string, invoiceId: string): Promise<InvoiceDetail> {
  const row = await trx.selectFrom('invoice')
    .select([...SUMMARY, 'run_id as runId', 'withdrawn_reason as withdrawnReason'])
    .where('school_id', '=', schoolId).where('id', '=', invoiceId).executeTakeFirst()
  if (!row) throw new DomainError('INVOICE_NOT_FOUND', 'this school has no such invoice')
  return { ...withDerived(row), lines: await listLines(trx, schoolId, invoiceId) }
}

async function listLines(trx: Trx, schoolId: string, invoiceId: string): Promise<InvoiceLine[]> {
  const rows = await trx.selectFrom('invoice_line as line')
    .innerJoin('fee_kind as kind', (join) =>
      join.onRef('kind.school_id', '=', 'line.school_id').onRef('kind.id', '=', 'line.fee_kind_id'))
    .leftJoin('exemption as granted', (join) =>
      join.onRef('granted.school_id', '=', 'line.school_id').onRef('granted.id', '=', 'line.exemption_id'))
    .select([
      'line.line_no as lineNo', 'line.fee_kind_id as feeKindId', 'kind.code as feeCode',
      'kind.name as feeName',
      'line.fee_group as feeGroup', 'line.legal_basis as legalBasis', 'line.gross_vnd as grossVnd',
      'line.exempted_vnd as exemptedVnd', 'line.payable_vnd as payableVnd', 'line.paid_vnd as paidVnd',
      'granted.payer as exemptedPayer', 'granted.id as exemptionId', 'granted.legal_basis as exemptionBasis',
      'granted.decision_number as decisionNumber',
    ])
    .where('line.school_id', '=', schoolId).where('line.invoice_id', '=', invoiceId)
    .orderBy('line.line_no').execute()
  return rows.map(({ exemptionId, exemptionBasis, decisionNumber, ...line }) => ({
    ...line,
    exemption: exemptionId === null || exemptionBasis === null || decisionNumber === null
      ? null
      : { id: exemptionId, legalBasis: exemptionBasis, decisionNumber },
  }))
}
