// Planning an import, without a database: who a row is, what is written, what is reported.
import { Readable } from 'node:stream'
import t from 'tap'
import { readRosterFile } from '../../src/directory/roster-file.js'
import type { KnownStudent } from '../../src/directory/roster-match.js'
import { planRosterImport } from '../../src/directory/roster-plan.js'
import type { RosterPlan } from '../../src/directory/roster-plan.js'
import type { RosterClass } from '../../src/directory/roster-rows.js'

const TODAY = '2026-11-22'

const CLASSES: RosterClass[] = [
  { id: 'class-6a', name: '6A', grade: 6 },
  { id: 'class-6b', name: '6B', grade: null },
]

function known(id: string, facts: Partial<KnownStudent> & { classId?: string } = {}): KnownStudent {
  const { classId, ...rest } = facts
  const open = classId === undefined ? null : { id: `enrolment-${id}`, classId, validFrom: '2026-09-05' }
  return {
    id,
    moetStudentId: null,
    personalId: null,
    schoolCode: null,
    fullName: 'Lê An',
    birthOn: '2014-09-05',
    gender: null,
    enrolments: { open, endedOn: null },
    ...rest,
  }
}

async function plan(students: KnownStudent[], ...lines: string[]): Promise<RosterPlan> {
  const { roster } = await readRosterFile(Readable.from([Buffer.from(lines.join('\n'))]), TODAY)
  let made = 0
  const newId = () => {
    made += 1
    return `new-${made}`
  }
  return planRosterImport({
    roster,
    students,
    classes: CLASSES,
    enrolFrom: TODAY,
    newId,
  })
}

async function outcomeOf(students: KnownStudent[], ...lines: string[]): Promise<string> {
  const { counts, faults, missing } = await plan(students, ...lines)
  const { rows, created, updated, unchanged, refused } = counts
  t.equal(created + updated + unchanged + refused, rows, 'every row is counted once')
  const found = faults.map(({ row, column, code }) => `${row}:${column ?? '*'}:${code}`).join(' ')
  return `+${created} ~${updated} =${unchanged} !${refused} ?${missing.length} ${found}`.trim()
}

t.test('a row is the student whom its strongest identifier names', async (t) => {
  const columns = 'Mã định danh,CCCD,Mã học sinh,Họ tên,Ngày sinh,Lớp'
  const an = known('an', { moetStudentId: '0123456789', schoolCode: 'HS1', classId: 'class-6a' })
  const binh = known('binh', { fullName: 'Lê Bình', personalId: '001214000002', classId: 'class-6a' })
  const cases: [string, string, string][] = [
    ['0123456789,,HS1,Lê An,05/09/2014,6A', '+0 ~0 =1 !0 ?1', 'all the same'],
    ['0123456789,,HS1,Lê Ân,05/09/2014,6a', '+0 ~1 =0 !0 ?1', 'a corrected name'],
    ['0123456789,,,Lê An,,6A', '+0 ~0 =1 !0 ?1', 'empty cells remove nothing'],
    [',001214000002,,Lê Bình,05/09/2014,6B', '+0 ~1 =0 !0 ?1', 'moved, by the personal identifier'],
    [',,HS1,Lê An,05/09/2014,6A', '+0 ~0 =1 !0 ?1', 'by the number of the school'],
    [
      ',,HS1,Trần Cường,01/01/2015,6A',
      '+0 ~0 =0 !1 ?1 2:Mã học sinh:SCHOOL_CODE_REUSED',
      'the number of a leaver',
    ],
    [
      '9876543210,,HS1,Lê An,05/09/2014,6A',
      '+0 ~0 =0 !1 ?1 2:Mã định danh:IDENTIFIER_CONFLICT',
      'contradiction',
    ],
    [
      '0123456789,001214000002,,Lê An,,6A',
      '+0 ~0 =0 !1 ?0 2:Mã định danh:IDENTIFIER_CONFLICT',
      'of two students',
    ],
    ['9876543210,,,Trần Cường,01/01/2015,6A', '+1 ~0 =0 !0 ?2', 'a new child'],
    ['9876543210,,,Lê Bình,05/09/2014,6A', '+0 ~1 =0 !0 ?1', 'a first identifier for a known child'],
    ['0123456789,,,Lê An,05/09/2014,6A,extra', '+0 ~0 =1 !0 ?1', 'more cells than headers'],
  ]
  for (const [row, expected, name] of cases)
    t.equal(await outcomeOf([an, binh], columns, row), expected, name)
})

t.test('without an identifier, name, birth date and class decide, and doubt is reported', async (t) => {
  const columns = 'Họ tên,Ngày sinh,Lớp'
  const in6a = known('one', { classId: 'class-6a' })
  const cases: [KnownStudent[], string[], string, string][] = [
    [[in6a], ['Lê An,05/09/2014,6A'], '+0 ~0 =1 !0 ?0', 'the same child'],
    [[in6a], ['lê an,05/09/2014,6A'], '+0 ~1 =0 !0 ?0', 'in other case'],
    [[in6a], ['Le An,05/09/2014,6A'], '+1 ~0 =0 !0 ?1', 'another name'],
    [[in6a], ['Lê An,06/09/2014,6A'], '+1 ~0 =0 !0 ?1', 'another birth date'],
    [[in6a], ['Lê An,05/09/2014,6B'], '+0 ~0 =0 !1 ?0 2:*:STUDENT_AMBIGUOUS', 'moved, or a namesake'],
    [[known('one')], ['Lê An,05/09/2014,6B'], '+0 ~1 =0 !0 ?0', 'known from last year'],
    [
      [known('one'), known('two')],
      ['Lê An,05/09/2014,6B'],
      '+0 ~0 =0 !1 ?0 2:*:STUDENT_AMBIGUOUS',
      'two of last year',
    ],
    [
      [],
      ['Lê An,05/09/2014,6A', 'Lê An,05/09/2014,6A'],
      '+1 ~0 =0 !1 ?0 3:*:DUPLICATE_IN_FILE',
      'twice in the file',
    ],
    [[], ['Lê An,05/09/2014,6A', 'Lê An,05/09/2014,6B'], '+2 ~0 =0 !0 ?0', 'namesakes of two classes'],
  ]
  for (const [students, rows, expected, name] of cases) {
    t.equal(await outcomeOf(students, columns, ...rows), expected, name)
  }
})

t.test('duplicates, grades and newer changes are reported with row and column', async (t) => {
  const columns = 'Mã định danh,Họ tên,Lớp,Khối'
  t.equal(
    await outcomeOf([], columns, '1234567890,A An,6A,6', '1234567890,B An,6A,6'),
    '+1 ~0 =0 !1 ?0 3:Mã định danh:DUPLICATE_IN_FILE',
  )
  t.equal(
    await outcomeOf([], columns, '1,A An,6A,7', '2,B An,6B,6', '3,C An,6B,7', '4,D An,7A,'),
    '+2 ~0 =0 !2 ?0 2:Khối:GRADE_CONFLICT 4:Khối:GRADE_CONFLICT',
  )
  const moved = known('an', { moetStudentId: '1', classId: 'class-6a' })
  moved.enrolments.open = { id: 'e', classId: 'class-6a', validFrom: '2026-12-01' }
  t.equal(await outcomeOf([moved], columns, '1,Lê An,6B,'), '+0 ~0 =0 !1 ?0 2:Lớp:ENROLMENT_NEWER')
  const left = known('an', { moetStudentId: '1', enrolments: { open: null, endedOn: '2026-12-01' } })
  t.equal(await outcomeOf([left], columns, '1,Lê An,6B,'), '+0 ~0 =0 !1 ?0 2:Lớp:ENROLMENT_NEWER')
  const { newClasses, gradedClasses, closed, opened, counts, faults } = await plan(
    [known('an', { moetStudentId: '1', classId: 'class-6a' })],
    columns,
    '1,Lê An,6B,6',
    '2,B An,Lá 1,',
    '3,C Bé,,6',
  )
  t.match(newClasses, [{ name: 'Lá 1', grade: null }])
  t.match(gradedClasses, [{ id: 'class-6b', grade: 6 }])
  t.same(closed, [{ id: 'enrolment-an', validTo: TODAY }])
  t.same(
    opened.map(({ classId }) => classId),
    ['class-6b', newClasses[0]?.id],
  )
  t.match(counts, { created: 1, updated: 1, moved: 1, refused: 1 })
  t.notMatch(JSON.stringify(faults), 'Bé', 'a fault never holds a name')
})
