// The shapes of invoices, runs and previews at the border. Money is whole đồng, days are days in Vietnam.
import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { DayText, Id } from '../directory/schema.js'
import { AmountVnd } from '../fees/schema.js'
import { pageQueryProperties } from '../http/paging.js'
import { FEE_GROUPS } from '../ledger/account.js'
import { EXEMPTION_PAYERS, INVOICE_STATES, PAYMENT_STATUSES } from './invoice.js'
import { NOBODY_CODES } from './nobody.js'

const MAX_LINES = 50
const closed = { additionalProperties: false }
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])

const Sum = Type.Integer({ description: 'Whole đồng' })
const Count = Type.Integer({ minimum: 0 })

export const InvoiceParams = Type.Object({ schoolId: Type.String(), invoiceId: Id })
export const RunParams = Type.Object({ schoolId: Type.String(), runId: Id })
export const RoundBody = Type.Object({ roundId: Id }, closed)
// A page of a preview shows as many.
const MAX_NAMED_WITHDRAWALS = 500
export const StartRunBody = Type.Object({
  roundId: Id,
  previewed: Type.Optional(Type.String({
    maxLength: 400, description: 'The mark of the preview: the run is refused when it would come to anything else by now',
  })),
  withdraw: Type.Optional(Type.Array(Id, {
    maxItems: MAX_NAMED_WITHDRAWALS,
    description: 'Bills with money on them that the run may cancel, as its preview shows them; others stay and are counted as kept',
  })),
}, closed)
const Nobody = Nullable(Type.Object({ code: Type.Enum(NOBODY_CODES), reason: Type.String() },
  { description: 'Why nobody is billed' }))
export const CancelBody = Type.Object({ reason: Type.String({ maxLength: 500, pattern: '\\S' }) }, closed)

export const BillStudentBody = Type.Object({
  studentId: Id,
  roundId: Id,
  lines: Type.Array(Type.Object({ feeKindId: Id, amountVnd: AmountVnd }, closed),
    { minItems: 1, maxItems: MAX_LINES }),
}, closed)

export const InvoiceQuery = Type.Object({
  ...pageQueryProperties,
  roundId: Type.Optional(Id),
  studentId: Type.Optional(Id),
  classId: Type.Optional(Id),
  state: Type.Optional(Type.Enum(INVOICE_STATES)),
  status: Type.Optional(Type.Enum(PAYMENT_STATUSES)),
}, closed)

const summaryProperties = {
  id: Id,
  roundId: Id,
  studentId: Id,
  classId: Nullable(Id),
  bankAccountId: Id,
  schoolYear: Type.String(),
  paymentCode: Type.String({ description: 'What the payer puts into the transfer' }),
  state: Type.Enum(INVOICE_STATES),
  status: Type.Enum(PAYMENT_STATUSES),
  dueOn: DayText,
  issuedOn: DayText,
  grossVnd: Sum,
  exemptedVnd: Sum,
  payableVnd: Sum,
  paidVnd: Sum,
  openVnd: Sum,
  withdrawnOn: Nullable(DayText),
  replacedBy: Nullable(Id),
}
export const InvoiceSummaryReply = Type.Object(summaryProperties)
export const BilledReply = Type.Object({ invoices: Type.Array(InvoiceSummaryReply) })

export const InvoiceReply = Type.Object({
  ...summaryProperties,
  runId: Nullable(Id),
  withdrawnReason: Nullable(Type.String()),
  lines: Type.Array(Type.Object({
    lineNo: Type.Integer(),
    feeKindId: Id,
    feeCode: Type.String(),
    feeName: Type.String(),
    feeGroup: Type.String(),
    legalBasis: Type.String(),
    grossVnd: Sum,
    exemptedVnd: Sum,
    payableVnd: Sum,
    paidVnd: Sum,
    exemptedPayer: Nullable(Type.Enum(EXEMPTION_PAYERS)),
    exemption: Nullable(Type.Object({ id: Id, legalBasis: Type.String(), decisionNumber: Type.String() })),
  })),
})

export const PayloadReply = Type.Object({
  invoiceId: Id,
  payload: Type.String({ description: 'The VietQR text' }),
  amountVnd: Sum,
  purpose: Type.String({ description: 'The transfer content' }),
  paymentCode: Type.String(),
  bankBin: Type.String(),
  accountNumber: Type.String(),
  accountName: Type.String(),
})

export const RunQuery = Type.Object({ ...pageQueryProperties, roundId: Type.Optional(Id) }, closed)

export const RunReply = Type.Object({
  id: Id,
  runId: Type.String({ format: 'uuid', description: 'The same as id' }),
  roundId: Id,
  state: Type.Enum(['queued', 'running', 'done', 'failed'] as const),
  studentCount: Count,
  doneCount: Count,
  issuedCount: Count,
  supersededCount: Count,
  cancelledCount: Count,
  keptCount: Type.Integer({
    minimum: 0, description: 'Bills that the plan says no more, and that stay: there is money on them and nobody named them',
  }),
  unchangedCount: Count,
  failure: Nullable(Type.String()),
  nobody: Nobody,
  createdAt: Type.String({ format: 'date-time' }),
  finishedAt: Nullable(Type.String({ format: 'date-time' })),
})

const planSums = { grossVnd: Sum, exemptedVnd: Sum, payableVnd: Sum, budgetVnd: Sum }
const DiffCount = Type.Object({ invoices: Count, issuedPayableVnd: Sum, payableVnd: Sum })

export const PreviewReply = Type.Object({
  roundId: Id,
  students: Count,
  zeroBillStudents: Count,
  invoices: Count,
  ...planSums,
  byFeeKind: Type.Array(Type.Object({
    feeKindId: Id, code: Type.String(), name: Type.String(), feeGroup: Type.Enum(FEE_GROUPS),
    students: Count, ...planSums,
  })),
  byClass: Type.Array(Type.Object({ classId: Id, name: Type.String(), students: Count, ...planSums })),
  diff: Type.Object({ new: DiffCount, changed: DiffCount, unchanged: DiffCount, gone: DiffCount }),
  withdrawn: Type.Array(Type.Object({
    invoiceId: Id, studentId: Id, change: Type.Enum(['changed', 'gone'] as const), issuedPayableVnd: Sum,
    payableVnd: Sum, paidVnd: Sum, because: Nullable(Type.Enum(['NOT_ENROLLED', 'NO_FEE'] as const)),
  }), {
    description: 'The first bills that a run would take back. One that is gone is cancelled, with money on it only ' +
      'when the run names it; one that is changed is replaced, and its money goes on to the new one',
  }),
  left: Type.Array(Type.Object({
    invoiceId: Id, studentId: Id, payableVnd: Sum, paidVnd: Sum, leftOn: Nullable(DayText),
  }), { description: 'The first bills of children who left after they were billed: these stay' }),
  mark: Type.String({ description: 'What a run says in previewed' }),
  nobody: Nobody,
  blocked: Type.Array(Type.Object({
    field: Type.String(), code: Type.Optional(Type.String()), reason: Type.String(),
  }), { description: 'Price caps that stop the run' }),
})

// Rounds: figures, optional items, closing
// ----------------------------------------------------------------------------------------------------------

export const RoundParams = Type.Object({ schoolId: Type.String(), roundId: Id })
export const RoundStudentParams = Type.Object({ schoolId: Type.String(), roundId: Id, studentId: Id })

export const RoundStateReply = Type.Object({
  roundId: Id, schoolYear: Type.String(), dueOn: DayText, state: Type.Enum(['open', 'closed'] as const),
})

const collected = { billedVnd: Sum, exemptedVnd: Sum, collectedVnd: Sum, openVnd: Sum }
const billSums = { invoices: Count, students: Count, settledInvoices: Count, ...collected }
export const RoundFiguresReply = Type.Object({
  round: RoundStateReply,
  total: Type.Object(billSums),
  byClass: Type.Array(Type.Object({ classId: Nullable(Id), name: Nullable(Type.String()), ...billSums })),
  byFeeKind: Type.Array(Type.Object({
    feeKindId: Id, code: Type.String(), name: Type.String(), feeGroup: Type.Enum(FEE_GROUPS), lines: Count,
    ...collected,
  })),
}, { description: 'Of the bills that are out' })

export const OptionalItemCountsReply = Type.Object({
  items: Type.Array(Type.Object({
    feeKindId: Id, code: Type.String(), name: Type.String(), offered: Count, chosen: Count, declined: Count,
    payableVnd: Sum,
  })),
})

export const ChooseItemsBody = Type.Object({
  chosenFeeKindIds: Type.Array(Id, {
    maxItems: MAX_LINES, description: 'All that shall be billed; the rest is declined',
  }),
}, closed)

export const OptionalItemsReply = Type.Object({
  items: Type.Array(Type.Object({
    feeKindId: Id, code: Type.String(), name: Type.String(), feeGroup: Type.Enum(FEE_GROUPS),
    legalBasis: Type.String(), grossVnd: Sum, exemptedVnd: Sum, payableVnd: Sum, chosen: Type.Boolean(),
    decidedAt: Nullable(Type.String({ format: 'date-time' })), decidedBy: Nullable(Type.String()),
  })),
  lastDay: DayText,
  refusal: Nullable(Type.String({ description: 'Why nothing can be chosen any more' })),
})
