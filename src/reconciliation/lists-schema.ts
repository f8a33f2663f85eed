// The shapes of the accountant's lists at the border. Evidence is passed on as the rules wrote it.
import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { DayText, Id } from '../directory/schema.js'
import { pageQueryProperties } from '../http/paging.js'
import { TRANSACTION_STATES } from './queries/transactions.js'
import { REVIEW_ACTS } from './review-item.js'

const closed = { additionalProperties: false }
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const TextOrNull = Nullable(Text)
const IdOrNull = Nullable(Id)
const DayOrNull = Nullable(DayText)
const Time = Type.String({ format: 'date-time' })
const TimeOrNull = Nullable(Time)
const Sum = Type.Integer({ description: 'Whole đồng' })
const CreditYear = Type.Union([Text, Type.Null()], {
  description: 'Within which it pays by itself; null: no bill dates it, it pays the next bill of any year',
})
const Direction = Type.Enum(['in', 'out'])
const ReviewState = Type.Enum(['open', 'resolved'])
const Evidence = Type.Object({}, { additionalProperties: true, description: 'What the decision rests on' })

export const TransactionParams = Type.Object({ schoolId: Text, transactionId: Text })
export const ReviewParams = Type.Object({ schoolId: Text, reviewId: Text })

export const TransactionQuery = Type.Object({
  ...pageQueryProperties,
  from: Type.Optional(DayText),
  to: Type.Optional(DayText),
  bankAccountId: Type.Optional(Id),
  direction: Type.Optional(Direction),
  state: Type.Optional(Type.Enum(TRANSACTION_STATES, {
    description: 'Where at least some of the money sits; unallocated: in suspense',
  })),
}, closed)

const Decision = Type.Object({
  outcome: Text, ruleVersion: Type.Integer(), evidence: Evidence, actor: Text, recordedAt: Time,
})

const transactionProperties = {
  id: Id,
  bankAccountId: Id,
  bankRef: Text,
  direction: Direction,
  amountVnd: Sum,
  occurrence: Type.Integer({ description: '2 and more: a person said that an equal transfer is another one' }),
  bankDay: DayText,
  occurredAt: Time,
  memo: Text,
  counterName: TextOrNull,
  counterAccount: TextOrNull,
  counterBankBin: TextOrNull,
  paymentClass: Text,
  allocatedVnd: Sum,
  creditedVnd: Sum,
  refundedVnd: Sum,
  reversedVnd: Sum,
  suspenseVnd: Type.Integer({ description: 'The rest of money in: on no bill and in nobody\'s credit' }),
  reversesId: IdOrNull,
  recordedAt: Time,
  decision: Nullable(Decision),
}
export const TransactionReply = Type.Object(transactionProperties)

export const TransactionDetailReply = Type.Object({
  ...transactionProperties,
  decisions: Type.Array(Decision),
  allocations: Type.Array(Type.Object({
    id: Id, studentId: Id, invoiceId: Id, lineNo: Type.Integer(), feeGroup: Text, amountVnd: Sum, entryId: Id,
    reversesId: IdOrNull, fromCreditId: IdOrNull, countedOn: DayText, recordedAt: Time,
  })),
  credits: Type.Array(Type.Object({
    id: Id, studentId: Id, kind: Text, amountVnd: Sum, heldVnd: Sum, schoolYear: CreditYear, recordedAt: Time,
  })),
  entries: Type.Array(Type.Object({
    id: Id, kind: Text, bankDay: DayText, countedOn: DayText, actor: Text, reversesId: IdOrNull, recordedAt: Time,
    postings: Type.Array(Type.Object({
      debitNo: Type.Integer(), creditNo: Type.Integer(), amountVnd: Sum, studentId: IdOrNull,
    })),
  })),
  events: Type.Array(Type.Object({ id: Id, channelId: Id, eventId: Text, source: Text, recordedAt: Time })),
  reviewItems: Type.Array(Type.Object({ id: Id, reason: Text, state: ReviewState })),
  acts: Type.Array(Type.Object({
    id: Id, kind: Text, actor: Text, note: TextOrNull, resolution: TextOrNull, allocatedVnd: Sum, creditedVnd: Sum,
    entryId: IdOrNull, recordedAt: Time,
  }), { description: 'What people decided about it, in order' }),
})

export const ReviewQuery = Type.Object({
  ...pageQueryProperties,
  state: Type.Optional(Type.Enum(['open', 'resolved'], { default: 'open' })),
  reason: Type.Optional(Type.String({ pattern: '^[A-Z_]{1,50}$', description: 'Such as DAMAGED_CODE' })),
}, closed)

const reviewProperties = {
  id: Id,
  reason: Text,
  state: ReviewState,
  amountVnd: Nullable(Sum),
  bankDay: DayOrNull,
  bankTransactionId: IdOrNull,
  bankEventId: IdOrNull,
  bankCallbackId: IdOrNull,
  bankAccountId: IdOrNull,
  direction: TextOrNull,
  memo: TextOrNull,
  counterName: TextOrNull,
  suspenseVnd: Nullable(Sum),
  evidence: Evidence,
  recordedAt: Time,
  resolvedAt: TimeOrNull,
  resolvedBy: TextOrNull,
  resolution: TextOrNull,
  note: TextOrNull,
  acts: Type.Array(Type.Enum(REVIEW_ACTS), { description: 'What a person may do about it now' }),
}
export const ReviewReply = Type.Object(reviewProperties)

export const ReviewDetailReply = Type.Object({
  ...reviewProperties,
  event: Nullable(Type.Object({
    channelId: Id, eventId: Text, bankRef: TextOrNull, accountNumber: TextOrNull, virtualAccount: TextOrNull,
    orderCode: TextOrNull, occurredAt: Time, timeDoubtful: Type.Boolean(),
    toldAt: Type.Union([Time, Type.Null()], { description: 'What the bank gave as its time, where it is not believed' }),
  })),
  fullText: Type.Union([Text, Type.Null()], { description: 'The bank\'s whole text, where it says more than the memo' }),
  compared: Type.Union([Type.Object({
    kind: Type.Enum(['event', 'transfer']), id: Id, amountVnd: Sum, direction: Text, occurredAt: Time, bankDay: DayText,
    bankRef: TextOrNull, orderCode: TextOrNull, memo: Text, fullText: TextOrNull,
  }), Type.Null()], { description: 'What it may be a repeat or a correction of, to be read side by side' }),
  callback: Nullable(Type.Object({
    channelId: Id, proof: Text, receivedAt: Time, attempts: Type.Integer(), lastError: TextOrNull,
  })),
  callbackText: Type.Union([Text, Type.Null()], { description: 'The call as it came, as far as it is UTF-8' }),
})

export const CashReceiptQuery = Type.Object({
  ...pageQueryProperties, studentId: Type.Optional(Id),
}, closed)

export const CashReceiptReply = Type.Object({
  id: Id,
  number: Type.Integer(),
  studentId: Id,
  bankAccountId: Type.Union([Id, Type.Null()], { description: 'null since cash pays the bills of every account' }),
  amountVnd: Sum,
  receivedOn: DayText,
  note: TextOrNull,
  allocatedVnd: Sum,
  creditedVnd: Sum,
  refundedVnd: Sum,
  reversedVnd: Sum,
  actor: Text,
  recordedAt: Time,
})

export const StudentAccountReply = Type.Object({
  studentId: Id,
  billedVnd: Sum,
  paidVnd: Sum,
  openVnd: Sum,
  creditVnd: Sum,
  balanceVnd: Type.Integer({ description: 'Credit less what is open: negative when the student owes' }),
  bills: Type.Array(Type.Object({
    invoiceId: Id, roundId: Id, roundName: Text, schoolYear: Text, bankAccountId: Id, paymentCode: Text,
    state: Type.Enum(['issued', 'cancelled', 'superseded']), replacedBy: IdOrNull, issuedOn: DayText,
    dueOn: DayText, withdrawnOn: DayOrNull, grossVnd: Sum, exemptedVnd: Sum, payableVnd: Sum, paidVnd: Sum,
  })),
  payments: Type.Array(Type.Object({
    invoiceId: Id, entryId: Id, entryKind: Text, bankTransactionId: IdOrNull, cashReceiptId: IdOrNull,
    fromCreditId: IdOrNull, amountVnd: Sum, bankDay: DayText, countedOn: DayText, recordedAt: Time,
  }), { description: 'By entry and bill; negative where money was taken off a bill again' }),
  credits: Type.Array(Type.Object({
    id: Id, bankTransactionId: IdOrNull, cashReceiptId: IdOrNull, bankAccountId: IdOrNull, kind: Text,
    schoolYear: CreditYear, amountVnd: Sum, heldVnd: Sum, recordedAt: Time,
  })),
})

export const BalancesQuery = Type.Object({
  asOf: Type.Optional(Type.String({ format: 'date', description: 'Default: today' })),
}, closed)

export const BalancesReply = Type.Object({
  asOf: DayText,
  /** Σ of both sides; they are equal. */
  debitVnd: Sum,
  creditVnd: Sum,
  accounts: Type.Array(Type.Object({
    accountNo: Type.Integer(), kind: Text, name: Text, glCode: TextOrNull, debitVnd: Sum, creditVnd: Sum,
    balanceVnd: Type.Integer({ description: 'Debit less credit' }),
  })),
})
