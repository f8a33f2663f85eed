// The shapes of classes, students, families and imports at the border. A list of students tells the least
// that an accountant needs to know one from another.
import { Type } from 'typebox'
import { pageQueryProperties } from '../http/paging.js'
import { CodeText, DayText, Id, NameText, SchoolYearText } from './schema.js'
import { GENDERS } from './student.js'

const MAX_FAMILY = 20
const TextOrNull = Type.Union([Type.String(), Type.Null()])
const DayOrNull = Type.Union([DayText, Type.Null()])
const Grade = Type.Integer({ minimum: 0, maximum: 12 })
const GenderText = Type.Enum(GENDERS)
const PaymentCode = Type.Union([Type.String(), Type.Null()], { description: '12 characters, ZF first' })

export const StudentParams = Type.Object({ schoolId: Type.String(), studentId: Type.String() })

export const CreateClassBody = Type.Object(
  {
    schoolYear: SchoolYearText,
    name: Type.String({ maxLength: 30, pattern: '\\S' }),
    grade: Type.Optional(
      Type.Union([Grade, Type.Null()], { description: 'Default: what the name begins with' }),
    ),
  },
  { additionalProperties: false },
)

export const ClassQuery = Type.Object(
  {
    ...pageQueryProperties,
    schoolYear: Type.Optional(SchoolYearText),
  },
  { additionalProperties: false },
)

export const ClassReply = Type.Object({
  id: Id,
  schoolYear: Type.String(),
  name: Type.String(),
  grade: Type.Union([Grade, Type.Null()]),
})

export const CreateStudentBody = Type.Object(
  {
    fullName: NameText,
    birthOn: Type.Optional(DayText),
    gender: Type.Optional(GenderText),
    moetStudentId: Type.Optional(CodeText),
    personalId: Type.Optional(Type.String({ pattern: '^\\d{12}$' })),
    schoolCode: Type.Optional(CodeText),
    classId: Type.Optional(Id),
    enrolFrom: Type.Optional(DayText),
  },
  { additionalProperties: false },
)

export const StudentQuery = Type.Object(
  {
    ...pageQueryProperties,
    q: Type.Optional(
      Type.String({ maxLength: 100, description: 'Beginnings of words of the name, any diacritics' }),
    ),
    classId: Type.Optional(Id),
    schoolYear: Type.Optional(SchoolYearText),
  },
  { additionalProperties: false },
)

const itemProperties = {
  id: Id,
  fullName: Type.String(),
  birthOn: DayOrNull,
  moetStudentId: TextOrNull,
  schoolCode: TextOrNull,
  classId: Type.Union([Id, Type.Null()]),
  className: TextOrNull,
  grade: Type.Union([Grade, Type.Null()]),
}

export const StudentItem = Type.Object(itemProperties)

export const StudentReply = Type.Object({
  ...itemProperties,
  gender: Type.Union([GenderText, Type.Null()]),
  personalId: TextOrNull,
  paymentCode: PaymentCode,
  familyId: Type.Union([Id, Type.Null()]),
  enrolments: Type.Array(
    Type.Object({
      id: Id,
      classId: Id,
      className: Type.String(),
      schoolYear: Type.String(),
      validFrom: DayText,
      validTo: DayOrNull,
    }),
  ),
})

export const TransferBody = Type.Object(
  {
    toClassId: Type.Union([Id, Type.Null()], { description: 'null: leaves the school' }),
    on: Type.Optional(DayText),
  },
  { additionalProperties: false },
)

export const PaymentCodeReply = Type.Object({ paymentCode: Type.String() })

export const CreateFamilyBody = Type.Object(
  {
    studentIds: Type.Array(Id, { minItems: 1, maxItems: MAX_FAMILY, uniqueItems: true }),
  },
  { additionalProperties: false },
)

export const FamilyReply = Type.Object({
  id: Id,
  paymentCode: Type.String(),
  studentIds: Type.Array(Id),
})

export const ImportQuery = Type.Object(
  {
    schoolYear: Type.Optional(SchoolYearText),
    enrolFrom: Type.Optional(DayText),
    dryRun: Type.Optional(Type.Boolean({ description: 'Say what would happen, and write nothing' })),
  },
  { additionalProperties: false },
)

const Count = Type.Integer({ minimum: 0 })

export const ImportReply = Type.Object({
  importId: Type.Union([Id, Type.Null()], { description: 'null for a dry run' }),
  schoolYear: Type.String(),
  enrolFrom: DayText,
  rows: Type.Integer({ minimum: 0, description: 'created + updated + unchanged + refused' }),
  created: Count,
  updated: Count,
  unchanged: Count,
  refused: Count,
  moved: Type.Integer({ minimum: 0, description: 'Of updated: those who changed class' }),
  missing: Type.Integer({
    minimum: 0,
    description: 'In the school year but not in the file; left as they are',
  }),
  missingStudentIds: Type.Array(Id, { description: 'The first 200' }),
  faults: Type.Array(
    Type.Object({
      sheet: Type.Optional(Type.String({ description: 'Of a workbook with several lists' })),
      row: Type.Integer({ description: 'As a spreadsheet numbers it' }),
      column: TextOrNull,
      reason: Type.String(),
      code: Type.String(),
      otherRow: Type.Optional(Type.Integer({ description: 'The row with which this one is at odds' })),
      otherSheet: Type.Optional(Type.String()),
      studentId: Type.Optional(Type.String({
        description: 'The student of the school whom the row may mean, or who has its identifier',
      })),
    }),
  ),
  sheets: Type.Array(Type.String(), { description: 'The sheets that were read, where a workbook has several lists' }),
  skippedSheets: Type.Array(Type.String(), { description: 'The sheets of a workbook that hold no list, or are hidden' }),
  columns: Type.Object({
    read: Type.Array(Type.String()),
    unread: Type.Array(Type.String({ description: 'A column without a title is called by its letters: "(C)"' })),
  }, { description: 'Titles of the columns that were taken, and of those that were not' }),
  newClasses: Type.Array(Type.String(), { description: 'Classes that are made, or would be' }),
})
