// What the acts of the review desk take and give at the border, its candidates, and the search box.
import { Type } from 'typebox'
import type { TSchema } from 'typebox'
import { DayText, Id } from '../directory/schema.js'
import { CREDIT_CHOICES } from './decide-credit.js'
import { CANDIDATE_REASONS } from './rank-candidates.js'
import { REVIEW_ACTS } from './review-item.js'

const closed = { additionalProperties: false }
const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const Text = Type.String()
const Sum = Type.Integer({ description: 'Whole đồng' })
const Vnd = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Whole đồng' })
const NoteText = Type.String({ minLength: 3, maxLength: 500, pattern: '\\S', description: 'What the next person reads' })
const Note = Type.Optional(NoteText)

export const ReviewActParams = Type.Object({ schoolId: Text, reviewId: Type.String({ format: 'uuid' }) })
export const UndoParams = Type.Object({ schoolId: Text, transactionId: Type.String({ format: 'uuid' }) })

export const AssignBody = Type.Object({
  bills: Type.Array(Type.Object({
    invoiceId: Id,
    amountVnd: Type.Optional(Type.Integer({ ...Vnd, description: 'Left out: what is open, as far as the money goes' })),
  }, closed), { maxItems: 50 }),
  credit: Type.Optional(Type.Object({
    studentId: Id,
    amountVnd: Type.Optional(Type.Integer({ ...Vnd, description: 'Left out: all that the bills leave' })),
  }, closed)),
  note: Note,
}, closed)

export const NoteBody = Type.Object({ note: NoteText }, closed)
export const MaybeNoteBody = Type.Object({ note: Note }, closed)

const said = {
  direction: Type.Optional(Type.Enum(['in', 'out'], { description: 'Needed when the event has none' })),
  bankAccountId: Type.Optional(Type.String({ ...Id, description: 'Needed when the event names no account of the school' })),
  bankDay: Type.Optional(Type.String({
    format: 'date', description: 'Of an event whose bank time is doubtful; left out: the day of receipt',
  })),
}

export const RepeatBody = Type.Object({
  choice: Type.Enum(['copy', 'new'], {
    description: 'copy: the bank told twice of one transfer; new: it is another transfer, matched by the rules now',
  }),
  ...said,
  note: Note,
}, closed)

export const EventBody = Type.Object({
  choice: Type.Enum(['post', 'reject']),
  ...said,
  note: Note,
}, closed)

export const CallbackBody = Type.Object({ choice: Type.Enum(['retry', 'set_aside']), note: Note }, closed)

export const CreditBody = Type.Object({
  choice: Type.Enum(CREDIT_CHOICES, {
    description: 'keep: it pays the student\'s next bill of this account, of an earlier year: it stays as it is; ' +
      'refund: it waits for its refund; use: credit of an earlier year pays the bills of the newer one',
  }),
  note: Note,
}, closed)

export const ActReply = Type.Object({
  actId: Id,
  act: Type.Enum(REVIEW_ACTS),
  reviewItemId: Nullable(Id),
  transactionId: Nullable(Id),
  resolution: Type.Union([Text, Type.Null()], { description: 'null while something of the item still waits' }),
  allocatedVnd: Type.Integer({ description: 'Moved by this act; negative when taken off bills' }),
  creditedVnd: Type.Integer({ description: 'Moved by this act; negative when taken out of credit' }),
  suspenseVnd: Type.Integer({ description: 'Of the transfer, afterwards' }),
  openedItemId: Type.Union([Id, Type.Null()], { description: 'An item that this act put before a person' }),
})

export const CandidatesReply = Type.Object({
  items: Type.Array(Type.Object({
    studentId: Id,
    fullName: Text,
    className: Nullable(Text),
    familyId: Nullable(Id),
    reasons: Type.Array(Type.Enum(CANDIDATE_REASONS), { description: 'The strongest first' }),
    bills: Type.Array(Type.Object({
      invoiceId: Id, roundName: Text, dueOn: DayText, openVnd: Sum, payableVnd: Sum, paymentCode: Text,
      bankAccountId: Id, fitsAccount: Type.Boolean(),
    })),
  })),
  codes: Type.Array(Type.Object({
    seen: Text, code: Text, near: Type.Boolean(), studentIds: Type.Array(Id),
  }), { description: 'Codes of this school in the content, or near a damaged text in it' }),
  amountSaysNothing: Type.Boolean({ description: 'Too many students have a bill of exactly this amount' }),
})

export const SearchQuery = Type.Object({ q: Type.String({ minLength: 1, maxLength: 200 }) }, closed)

export const SearchReply = Type.Object({
  students: Type.Array(Type.Object({ id: Id, fullName: Text, className: Nullable(Text), openVnd: Sum })),
  bills: Type.Array(Type.Object({
    id: Id, studentId: Id, fullName: Text, roundName: Text, paymentCode: Text,
    state: Type.Enum(['issued', 'cancelled', 'superseded']), payableVnd: Sum, paidVnd: Sum, dueOn: DayText,
  })),
  transfers: Type.Array(Type.Object({
    id: Id, bankDay: DayText, direction: Type.Enum(['in', 'out']), amountVnd: Sum, memo: Text,
    counterName: Nullable(Text), suspenseVnd: Sum,
  })),
  more: Type.Boolean(),
})
