// The shapes of bank accounts and channels at the border. A secret goes in and never comes out.
import { Type } from 'typebox'
import { PROVIDERS } from './provider.js'

const Id = Type.String({ format: 'uuid' })
const Time = Type.String({ format: 'date-time' })
const TimeOrNull = Type.Union([Time, Type.Null()])
const DayText = Type.String({ format: 'date' })
const DayOrNull = Type.Union([DayText, Type.Null()])
const State = Type.Enum(['active', 'closed'])

export const SchoolParams = Type.Object({ schoolId: Type.String() })
export const AccountParams = Type.Object({ schoolId: Type.String(), bankAccountId: Type.String() })
export const ChannelParams = Type.Object({
  schoolId: Type.String(), bankAccountId: Type.String(), channelId: Type.String(),
})

export const RegisterBankAccountBody = Type.Object({
  bankBin: Type.String({ pattern: '^\\d{6}$', description: 'BIN of the bank, such as 970436' }),
  accountNumber: Type.String({ pattern: '^[A-Za-z0-9]{6,19}$' }),
  accountName: Type.String({
    minLength: 1, maxLength: 140, pattern: '^(?!\\s*$)[^\\x00-\\x1f\\x7f]+$',
    description: 'As the bank has it, usually upper case without accents',
  }),
  replaces: Type.Optional(Type.String({ format: 'uuid', description: 'The account whose place this one takes' })),
}, { additionalProperties: false })

export const IdReply = Type.Object({ id: Id })

export const BankAccountReply = Type.Object({
  id: Id,
  bankBin: Type.String(),
  bankName: Type.Union([Type.String(), Type.Null()], { description: 'Short name of the bank' }),
  accountNumber: Type.String(),
  accountName: Type.String(),
  state: State,
  ledgerNo: Type.Integer(),
  replacedBy: Type.Union([Id, Type.Null()]),
  createdAt: Time,
})

const Secret = Type.String({
  minLength: 1, maxLength: 1_000, description: 'As agreed with the provider; kept sealed and never shown again',
})

export const OpenChannelBody = Type.Object({
  provider: Type.Enum(PROVIDERS),
  mode: Type.Optional(Type.Enum(['hmac', 'apikey', 'bearer'], { description: 'How calls prove themselves' })),
  secret: Secret,
  memoWord: Type.Optional(Type.String({
    pattern: '^[A-Za-z0-9]{1,12}$', description: 'A word that the provider wants before the payment code',
  })),
}, { additionalProperties: false })

export const RotateSecretBody = Type.Object({ secret: Secret }, { additionalProperties: false })

export const ChannelReply = Type.Object({
  id: Id,
  bankAccountId: Id,
  provider: Type.Enum(PROVIDERS),
  mode: Type.String(),
  memoWord: Type.Union([Type.String(), Type.Null()]),
  state: State,
  activeFrom: DayText,
  activeTo: DayOrNull,
  lastTestAt: TimeOrNull,
  previousSecretUntil: Type.Union([Time, Type.Null()], { description: 'The secret before is accepted until then' }),
  createdAt: Time,
  webhookPath: Type.String(),
  setup: Type.Object({
    urls: Type.Array(Type.Object({ purpose: Type.String(), url: Type.String() })),
    headers: Type.Array(Type.String()),
    advice: Type.Array(Type.String()),
  }, { description: 'What to enter at the provider' }),
})

const aliasProperties = {
  kind: Type.Enum(['virtual_account', 'order_code']),
  value: Type.String({ minLength: 1, maxLength: 200 }),
  paymentCode: Type.String({ maxLength: 12, description: 'A payment code of this school' }),
}
export const AliasBody = Type.Object(aliasProperties, { additionalProperties: false })
export const AliasReply = Type.Object(aliasProperties)
