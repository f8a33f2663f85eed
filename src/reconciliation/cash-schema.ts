// What the cash routes take and give.
import { Type } from 'typebox'

// Nobody carries more to a counter; three zeros too many have made the national news (1,868,650,000 for 1,868,650).
const CASH_MAX_VND = 499_999_999
const Vnd = Type.Integer({ minimum: 1, maximum: CASH_MAX_VND })

export const CashReceiptBody = Type.Object({
  studentId: Type.String({ format: 'uuid' }),
  amountVnd: Vnd,
  receivedOn: Type.String({ format: 'date' }),
  invoiceId: Type.Optional(Type.String({
    format: 'uuid', description: 'Pays this bill and no other; left out: the open bills of every account, oldest first',
  })),
  keepRestAsCredit: Type.Optional(Type.Boolean({
    description: 'More than is owed is refused with CASH_OVER_OWED, which tells the rest, unless the payer leaves it',
  })),
  note: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
}, { additionalProperties: false })

export const CashPreviewBody = Type.Pick(CashReceiptBody, ['studentId', 'amountVnd', 'invoiceId'], {
  additionalProperties: false,
})

export const CashPreviewReply = Type.Object({
  bills: Type.Array(Type.Object({
    invoiceId: Type.String(), roundName: Type.String(), dueOn: Type.String(), openVnd: Vnd,
    amountVnd: Type.Integer({ minimum: 0, description: 'What it would get' }),
  }), { description: 'All open bills, oldest first' }),
  restVnd: Type.Integer({ minimum: 0, description: 'More than these bills ask' }),
})

export const CashReceiptReply = Type.Object({
  id: Type.String(),
  number: Type.Integer(),
  allocations: Type.Array(Type.Object({ invoiceId: Type.String(), amountVnd: Vnd })),
  creditVnd: Type.Integer({ minimum: 0 }),
})

export const ReverseBody = Type.Object({
  reason: Type.String({ minLength: 3, maxLength: 500 }),
}, { additionalProperties: false })
