// The shapes of authorities and schools at the border. They bound type, size and form; what a value means is
// decided by the pure rules.
import { Type } from 'typebox'
import { pageQueryProperties } from '../http/paging.js'
import { SCHOOL_YEAR_FORM } from '../time.js'
import { AUTHORITY_KINDS, AUTHORITY_LINKS } from './authority.js'
import { SCHOOL_LEVELS, SCHOOL_TYPES } from './school.js'

const MAX_PREDECESSORS = 50

export const Id = Type.String({ format: 'uuid' })
export const DayText = Type.String({ format: 'date', description: 'A day in Vietnam, YYYY-MM-DD' })
export const SchoolYearText = Type.String({
  pattern: SCHOOL_YEAR_FORM,
  description: 'Such as 2025-2026',
})
export const NameText = Type.String({ maxLength: 200, pattern: '\\S' })
export const CodeText = Type.String({ maxLength: 30, pattern: '^\\S(.*\\S)?$' })

const ValidTo = Type.Union([DayText, Type.Null()], {
  description: 'The first day on which it no longer holds',
})
const From = Type.Optional(DayText)
const CodeOrNull = Type.Union([CodeText, Type.Null()])
export const AsOfQuery = Type.Object({ asOf: Type.Optional(DayText) }, { additionalProperties: false })

// Authorities

export const AuthorityParams = Type.Object({ authorityId: Type.String() })
const Kind = Type.Enum(AUTHORITY_KINDS)

export const CreateAuthorityBody = Type.Object(
  {
    kind: Kind,
    name: NameText,
    code: Type.Optional(CodeText),
    parentId: Type.Optional(Id),
    validFrom: Type.Optional(DayText),
  },
  { additionalProperties: false },
)

export const MoveAuthorityBody = Type.Object(
  {
    parentId: Type.Union([Id, Type.Null()], { description: 'null: under nobody' }),
    from: From,
  },
  { additionalProperties: false },
)

export const AuthorityQuery = Type.Object(
  {
    ...pageQueryProperties,
    kind: Type.Optional(Kind),
    parentId: Type.Optional(Id),
    asOf: Type.Optional(DayText),
  },
  { additionalProperties: false },
)

export const AuthorityReply = Type.Object({
  id: Id,
  kind: Kind,
  name: Type.String(),
  code: Type.Union([Type.String(), Type.Null()]),
  parentId: Type.Union([Id, Type.Null()]),
  validFrom: DayText,
  validTo: ValidTo,
})

// Schools

export const SchoolParams = Type.Object({ schoolId: Type.String() })
const Levels = Type.Array(Type.Enum(SCHOOL_LEVELS), { minItems: 1, maxItems: SCHOOL_LEVELS.length })

export const CreateSchoolBody = Type.Object(
  {
    name: NameText,
    type: Type.Enum(SCHOOL_TYPES),
    levels: Levels,
    urban: Type.Optional(Type.Boolean()),
    moetCode: Type.Optional(CodeOrNull),
    eId: Type.Optional(CodeOrNull),
    taxCode: Type.Optional(CodeOrNull),
    validFrom: Type.Optional(DayText),
    managingAuthorityId: Type.Optional(Id),
    reportingAuthorityId: Type.Optional(Id),
    predecessorIds: Type.Optional(Type.Array(Id, { maxItems: MAX_PREDECESSORS, uniqueItems: true })),
  },
  { additionalProperties: false },
)

export const UpdateSchoolBody = Type.Object(
  {
    from: From,
    name: Type.Optional(NameText),
    type: Type.Optional(Type.Enum(SCHOOL_TYPES)),
    levels: Type.Optional(Levels),
    urban: Type.Optional(Type.Boolean()),
    moetCode: Type.Optional(CodeOrNull),
    eId: Type.Optional(CodeOrNull),
    taxCode: Type.Optional(CodeOrNull),
    managingAuthorityId: Type.Optional(Type.Union([Id, Type.Null()])),
    reportingAuthorityId: Type.Optional(Type.Union([Id, Type.Null()])),
  },
  { additionalProperties: false, minProperties: 1 },
)

export const MergeBody = Type.Object(
  {
    predecessorIds: Type.Array(Id, { minItems: 1, maxItems: MAX_PREDECESSORS, uniqueItems: true }),
    mergedOn: Type.Optional(DayText),
  },
  { additionalProperties: false },
)

export const SchoolQuery = Type.Object(
  {
    ...pageQueryProperties,
    asOf: Type.Optional(DayText),
  },
  { additionalProperties: false },
)

const profileProperties = {
  name: Type.String(),
  type: Type.Enum(SCHOOL_TYPES),
  levels: Type.Array(Type.Enum(SCHOOL_LEVELS)),
  urban: Type.Boolean(),
  moetCode: Type.Union([Type.String(), Type.Null()]),
  eId: Type.Union([Type.String(), Type.Null()]),
  taxCode: Type.Union([Type.String(), Type.Null()]),
}

export const SchoolItem = Type.Object({ id: Id, ...profileProperties })

export const SchoolReply = Type.Object({
  id: Id,
  validFrom: DayText,
  validTo: ValidTo,
  ...profileProperties,
  managingAuthorityId: Type.Union([Id, Type.Null()]),
  reportingAuthorityId: Type.Union([Id, Type.Null()]),
  profiles: Type.Array(Type.Object({ validFrom: DayText, validTo: ValidTo, ...profileProperties })),
  authorities: Type.Array(
    Type.Object({
      link: Type.Enum(AUTHORITY_LINKS),
      authorityId: Id,
      validFrom: DayText,
      validTo: ValidTo,
    }),
  ),
  predecessors: Type.Array(Type.Object({ schoolId: Id, mergedOn: DayText })),
})
