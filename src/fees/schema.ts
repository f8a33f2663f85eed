// The shapes of fee kinds, price caps, rounds and exemptions at the border.
import { Type } from 'typebox'
import { DayText, Id, NameText, SchoolYearText } from '../directory/schema.js'
import { SCHOOL_LEVELS } from '../directory/school.js'
import { pageQueryProperties } from '../http/paging.js'
import { FEE_GROUPS } from '../ledger/account.js'
import { ASKED_GROUPS } from './fee-kind.js'
import { FEE_SCOPES } from './round-plan.js'

// A plan line is about 150 bytes and the body limit 256 kB.
const MAX_PLAN_LINES = 1_500
const closed = { additionalProperties: false }
const FeeCode = Type.String({ pattern: '^[A-Z0-9][A-Z0-9_-]{0,29}$', description: 'Such as BHYT' })
const LegalBasis = Type.String({ maxLength: 300, pattern: '\\S', description: 'Resolution or agreement' })
const Priority = Type.Integer({ minimum: 0, maximum: 9_999, description: 'Money goes to the lowest first' })
const DocumentType = Type.String({ maxLength: 60, pattern: '\\S' })
const Grade = Type.Integer({ minimum: 0, maximum: 12 })
const Payer = Type.Enum(['budget', 'nobody'] as const, { description: 'Who pays the exempted part' })
const ValidTo = Type.Union([DayText, Type.Null()],
  { description: 'The first day on which it no longer holds' })

/** Below what one transfer may carry (NAPAS: 500 million). */
export const AmountVnd =
  Type.Integer({ minimum: 0, exclusiveMaximum: 500_000_000, description: 'Whole đồng' })

// Fee kinds
// -------------------------------------------------------------------------------------------------------

export const FeeKindParams = Type.Object({ schoolId: Type.String(), feeKindId: Id })

export const CreateFeeKindBody = Type.Object({
  code: FeeCode,
  name: NameText,
  feeGroup: Type.Enum(ASKED_GROUPS, { description: 'donation, parents_fund and extra_teaching are refused' }),
  legalBasis: LegalBasis,
  bankAccountId: Id,
  priority: Type.Optional(Priority),
  optional: Type.Optional(Type.Boolean({ description: 'Billed only when chosen, or when the plan names the student' })),
  documentType: Type.Optional(DocumentType),
}, closed)

export const ChangeFeeKindBody = Type.Object({
  name: Type.Optional(NameText),
  legalBasis: Type.Optional(LegalBasis),
  bankAccountId: Type.Optional(Id),
  priority: Type.Optional(Priority),
  optional: Type.Optional(Type.Boolean()),
  documentType: Type.Optional(DocumentType),
}, { ...closed, minProperties: 1 })

export const FeeKindReply = Type.Object({
  id: Id,
  code: Type.String(),
  name: Type.String(),
  feeGroup: Type.Enum(FEE_GROUPS),
  legalBasis: Type.String(),
  bankAccountId: Id,
  priority: Type.Integer(),
  optional: Type.Boolean(),
  documentType: Type.String(),
})

// Price caps
// ------------------------------------------------------------------------------------------------------

const Unit = Type.String({ maxLength: 40, pattern: '\\S', description: 'Such as month' })

export const SetPriceCapBody = Type.Object({
  feeCode: FeeCode,
  level: Type.Optional(Type.Enum(SCHOOL_LEVELS, { description: 'Default: every level' })),
  urban: Type.Optional(Type.Boolean({ description: 'Default: town and country' })),
  unit: Unit,
  maximumVnd: AmountVnd,
  growthLimitPercent: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
  legalBasis: LegalBasis,
  validFrom: DayText,
  validTo: Type.Optional(DayText),
}, closed)

// Nullable ones are unions: a null takes the limit or the end away.
const GrowthLimit = Type.Integer({ minimum: 0, maximum: 1_000, description: 'At most so much above the year before' })
export const ChangePriceCapBody = Type.Object({
  unit: Type.Optional(Unit),
  maximumVnd: Type.Optional(AmountVnd),
  growthLimitPercent: Type.Optional(Type.Union([GrowthLimit, Type.Null()])),
  legalBasis: Type.Optional(LegalBasis),
  validFrom: Type.Optional(DayText),
  validTo: Type.Optional(ValidTo),
}, { ...closed, minProperties: 1 })

export const EndPriceCapBody = Type.Object({
  on: Type.String({ ...DayText, description: 'The first day without it; its own first day for one set by mistake' }),
}, closed)

export const PriceCapsParams = Type.Object({ authorityId: Id })
export const PriceCapParams = Type.Object({ authorityId: Id, capId: Id })

export const PriceCapReply = Type.Object({
  id: Id,
  authorityId: Id,
  feeCode: Type.String(),
  level: Type.Union([Type.String(), Type.Null()]),
  urban: Type.Union([Type.Boolean(), Type.Null()]),
  unit: Type.String(),
  maximumVnd: Type.Integer(),
  growthLimitPercent: Type.Union([Type.Integer(), Type.Null()]),
  legalBasis: Type.String(),
  validFrom: DayText,
  validTo: ValidTo,
})

// Rounds
// ----------------------------------------------------------------------------------------------------------

export const RoundParams = Type.Object({ schoolId: Type.String(), roundId: Id })

const PlanLines = Type.Array(Type.Object({
  feeKindId: Id,
  scope: Type.Enum(FEE_SCOPES, { description: 'The narrowest wins for a student' }),
  grade: Type.Optional(Grade),
  classId: Type.Optional(Id),
  studentId: Type.Optional(Id),
  amountVnd: AmountVnd,
}, closed), { maxItems: MAX_PLAN_LINES })

export const CreateRoundBody = Type.Object({
  schoolYear: SchoolYearText,
  name: NameText,
  dueOn: DayText,
  fees: Type.Optional(PlanLines),
}, closed)
export const ReplacePlanBody = Type.Object({ fees: PlanLines }, closed)

export const RoundQuery =
  Type.Object({ ...pageQueryProperties, schoolYear: Type.Optional(SchoolYearText) }, closed)

const roundProperties = {
  id: Id,
  schoolYear: Type.String(),
  name: Type.String(),
  dueOn: DayText,
  state: Type.Enum(['open', 'closed'] as const),
}
export const RoundItem = Type.Object(roundProperties)
export const RoundReply = Type.Object({
  ...roundProperties,
  fees: Type.Array(Type.Object({
    feeKindId: Id,
    feeCode: Type.String(),
    scope: Type.String(),
    grade: Type.Union([Type.Integer(), Type.Null()]),
    classId: Type.Union([Id, Type.Null()]),
    studentId: Type.Union([Id, Type.Null()]),
    amountVnd: Type.Integer(),
  })),
})

// Exemptions
// ------------------------------------------------------------------------------------------------------

export const ExemptionParams = Type.Object({ schoolId: Type.String(), exemptionId: Id })
export const ExemptionQuery = Type.Object({ ...pageQueryProperties, studentId: Type.Optional(Id) }, closed)
export const EndExemptionBody = Type.Object({ validTo: DayText }, closed)

export const GrantExemptionBody = Type.Object({
  studentId: Id,
  feeKindId: Id,
  percent: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  amountVnd: Type.Optional(Type.Integer({ minimum: 1, exclusiveMaximum: 500_000_000 })),
  payer: Payer,
  legalBasis: LegalBasis,
  decisionNumber: Type.String({ maxLength: 100, pattern: '\\S' }),
  validFrom: DayText,
  validTo: Type.Optional(DayText),
}, closed)

export const ExemptionReply = Type.Object({
  id: Id,
  studentId: Id,
  feeKindId: Id,
  percent: Type.Union([Type.Integer(), Type.Null()]),
  amountVnd: Type.Union([Type.Integer(), Type.Null()]),
  payer: Payer,
  legalBasis: Type.String(),
  decisionNumber: Type.String(),
  validFrom: DayText,
  validTo: ValidTo,
})
