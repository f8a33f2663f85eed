// The shapes of the adoption routes. They bound form and size; what a figure means is in measure.ts.
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { SCHOOL_LEVELS } from '../directory/school.js'
import { Page, pageQueryProperties } from '../http/paging.js'
import { FEE_GROUPS } from '../ledger/account.js'
import { MEASURE_DEFINITIONS, MEASURES, PAYMENT_CLASSES, THRESHOLD_MEASURES } from './measure.js'
import { STEPS } from './period.js'
import { THRESHOLD_PATTERN } from './rate.js'

const DayText = Type.String({ format: 'date', description: 'A day in Vietnam, YYYY-MM-DD' })
const orNull = <Schema extends ReturnType<typeof Type.String | typeof Type.Integer>>(schema: Schema) =>
  Type.Union([schema, Type.Null()])

export const AuthorityParams = Type.Object({ authorityId: Type.String({ format: 'uuid' }) })
export const SchoolParams = Type.Object({ schoolId: Type.String() })

const filters = {
  feeGroup: Type.Optional(Type.Enum(FEE_GROUPS)),
  level: Type.Optional(Type.Enum(SCHOOL_LEVELS)),
}
const measureHelp = MEASURES.map((measure) => {
  const { title, numerator, denominator } = MEASURE_DEFINITIONS[measure]
  return `${measure} ${title}: ${numerator} / ${denominator}`
}).join('; ')
const measure = {
  measure: Type.Enum(MEASURES, { description: measureHelp }),
  ...filters,
  threshold: Type.String({
    pattern: THRESHOLD_PATTERN, default: '0.5', description: 'M6: a share from 0 to 1, four decimals at most',
  }),
  thresholdOf: Type.Enum(THRESHOLD_MEASURES, {
    default: 'M3', description: 'M6: the measure the threshold is on',
  }),
}
const period = {
  asOf: Type.Optional(Type.String({ format: 'date', description: 'The end of this day; today when left out' })),
  from: Type.Optional(Type.String({
    format: 'date', description: 'Start of the period; the school year of asOf when left out. M2 ignores it.',
  })),
}

export const FigureQuery = Type.Object({ ...measure, ...period }, { additionalProperties: false })
export const SeriesQuery = Type.Object({
  ...measure, from: DayText, to: DayText, step: Type.Enum(STEPS, { default: 'month' }),
}, { additionalProperties: false })
export const SchoolRowsQuery = Type.Object({ ...filters, ...period, ...pageQueryProperties },
  { additionalProperties: false })
export type FigureFilters = Pick<Static<typeof FigureQuery>, 'feeGroup' | 'level' | 'threshold' | 'thresholdOf'>

const Count = Type.Integer()
const Rate = orNull(Type.String({ description: 'Percent, two decimals, half-up; null: no data' }))

export const FigureReply = Type.Object({
  measure: Type.Enum(MEASURES),
  version: Type.Integer({ description: 'Version of the measure definitions' }),
  numerator: Count,
  denominator: Count,
  rate: Rate,
  excluded: Type.Object({
    zeroBillStudents: orNull(Type.Integer({ description: 'M3: students with nothing to pay, on neither side' })),
    noDataSchools: orNull(Type.Integer({ description: 'M3 to M6: roster schools with nothing to count' })),
    hiddenSchools: Type.Integer({ description: 'M6, for an authority: roster schools whose share it may not see' }),
  }),
  byClass: Type.Union([
    Type.Object(Object.fromEntries(PAYMENT_CLASSES.map((name) => [name, Count]))), Type.Null(),
  ], { description: 'M4, M5: payments or đồng by payment class' }),
  from: DayText,
  asOf: DayText,
  rosterAsOf: DayText,
  rosterSchools: Count,
  feeGroup: Type.Union([Type.Enum(FEE_GROUPS), Type.Null()]),
  level: Type.Union([Type.Enum(SCHOOL_LEVELS), Type.Null()]),
  threshold: Type.String(),
  thresholdOf: Type.Enum(THRESHOLD_MEASURES),
})

export const SeriesReply = Type.Object({
  measure: Type.Enum(MEASURES),
  version: Type.Integer(),
  from: DayText,
  to: DayText,
  step: Type.Enum(STEPS),
  rosterAsOf: DayText,
  rosterSchools: Count,
  points: Type.Array(Type.Object({
    asOf: DayText,
    numerator: orNull(Count),
    denominator: orNull(Count),
    rate: Rate,
    refused: Type.Boolean({ description: 'True: the counts of this day are not a share and are left out' }),
  })),
})

const share = { numerator: orNull(Count), denominator: orNull(Count), rate: Rate }
export const SchoolRowsReply = Page(Type.Object({
  schoolId: Type.String({ format: 'uuid' }),
  name: Type.String(),
  deployed: Type.Boolean({ description: 'M2' }),
  students: Type.Object({
    ...share, suppressed: Type.Boolean({ description: 'True: a count of few children is not shown' }),
  }, { description: 'M3' }),
  money: Type.Object(share, { description: 'M5, in đồng' }),
}))
