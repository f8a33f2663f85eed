// The shapes of the VietQR routes. They bound the input's size and types only: what a payload may hold is
// decided by payload.ts, so that a refusal names the rule and not a pattern.
import { Type } from 'typebox'

// The longest legal payload has about 220 characters; far more than that still gets the decoder's own reason.
const MAX_PAYLOAD_CHARS = 10_000
// Far above every field's limit, so that a text that is a little too long gets the field's own reason.
const MAX_FIELD_CHARS = 200
const FieldText = Type.String({ maxLength: MAX_FIELD_CHARS, description: 'ASCII, at most 25 characters' })

export const DecodeBody = Type.Object({
  payload: Type.String({ maxLength: MAX_PAYLOAD_CHARS, description: 'The text of the QR, unchanged' })
}, { additionalProperties: false })

export const DecodeReply = Type.Object({
  pointOfInitiation: Type.Union([Type.String(), Type.Null()], { description: '11 static, 12 dynamic' }),
  bankBin: Type.String(),
  accountNumber: Type.String(),
  service: Type.String({ description: 'QRIBFTTA to an account, QRIBFTTC to a card' }),
  amountVnd: Type.Union([Type.Integer(), Type.Null()]),
  purpose: Type.Union([Type.String(), Type.Null()]),
  billNumber: Type.Union([Type.String(), Type.Null()]),
  merchantName: Type.Union([Type.String(), Type.Null()]),
  payable: Type.Boolean({ description: 'false: well-formed, but must not be built, printed or paid' }),
  warnings: Type.Array(Type.Object({ code: Type.String(), message: Type.String() }))
})

export const EncodeBody = Type.Object({
  bankBin: Type.String({ maxLength: MAX_FIELD_CHARS }),
  accountNumber: Type.String({ maxLength: MAX_FIELD_CHARS }),
  amountVnd: Type.Optional(Type.Number({ description: 'Whole đồng, above 0 and below 500,000,000' })),
  purpose: Type.Optional(FieldText),
  billNumber: Type.Optional(FieldText)
}, { additionalProperties: false })

export const EncodeReply = Type.Object({ payload: Type.String() })
