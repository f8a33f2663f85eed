import t from 'tap'
import type { Test } from 'tap'
import { createDashboards } from '../../src/adoption/dashboard.js'
import type { Dashboard } from '../../src/adoption/dashboard.js'
import { foldFacts } from '../../src/adoption/fold.js'
import { EVERY_GROUP } from '../../src/adoption/measure.js'
import { periodOf } from '../../src/adoption/period.js'
import { publishGlance, publishSchools, publishTable } from '../../src/adoption/published.js'
import { findRoster } from '../../src/adoption/queries/roster.js'
import { recount } from '../../src/adoption/recount.js'
import { readSchoolReport } from '../../src/adoption/school-report.js'
import { glanceOf } from '../../src/adoption/tally.js'
import { trendOf } from '../../src/adoption/trend.js'
import { openPool } from '../../src/db/pool.js'
import { openDatabase } from '../../src/db/tenancy.js'
import { SCHOOL_LEVELS } from '../../src/directory/school.js'
import type { FeeGroup } from '../../src/ledger/account.js'
import { openSeed, UNBOOKED } from '../support/adoption-seed.js'
import { createTestDatabase } from '../support/database.js'

const { ownerUrl, serviceUrl } = await createTestDatabase(t, {
  breaks: { promises: ['P2', 'P3', 'P4', 'P6', 'P9'], because: UNBOOKED },
})
const seed = openSeed(t, ownerUrl)
const db = openDatabase(openPool({
  url: serviceUrl, maxConnections: 4, connectTimeoutMs: 5_000, onError: () => undefined,
}))
t.teardown(() => db.close())
const ROOM = { atOnce: 4, waitingMax: 100 }
const read = createDashboards({ reportsDb: db, now: () => new Date(), keepMs: 0, readings: ROOM })
const HALF = { parts: 5_000, of: 10_000 }
const QUERY = {
  filter: { level: null, area: null }, group: EVERY_GROUP, thresholdOf: 'M3', threshold: HALF, smallCellMin: 5,
} as const

const everySchool = (): boolean => true

/** Every measure of every set of schools that can be made of the board, against the rows. */
async function assertRecounted(t: Test, { board }: Dashboard, feeGroup: FeeGroup | null): Promise<void> {
  const roster = await findRoster(seed.db, { authorityId: board.authorityId }, board.asOf, null)
  const ids = board.schools.map(({ schoolId }) => schoolId)
  const sets = [ids, ids.slice(0, 2), ids.slice(1), ...ids.map((id) => [id])]
  for (const set of sets) {
    const schools = board.schools.filter(({ schoolId }) => set.includes(schoolId))
    const glance = glanceOf(schools, feeGroup ?? EVERY_GROUP, 'M3', HALF, everySchool)
    const trend = trendOf(board.changes, new Set(set)).at(-1)
    for (const measure of ['M1', 'M2', 'M3', 'M4', 'M5', 'M6'] as const) {
      const counted = await recount(seed.db, {
        measure, roster: roster.filter(({ schoolId }) => set.includes(schoolId)), ...periodOf(board.asOf), feeGroup,
        threshold: '0.5', thresholdOf: 'M3',
      })
      const name = `${measure} of ${set.length} schools, ${feeGroup ?? 'all'}, ${board.asOf}`
      t.same(glance[toKey(measure)], counted, name)
      if (measure === 'M2' || measure === 'M3' || measure === 'M5') t.same(trend?.[toKey(measure)], counted, `${name}, curve`)
    }
  }
}

const toKey = <Measure extends string>(measure: Measure) => measure.toLowerCase() as Lowercase<Measure>

t.test('the figures of every set of schools are a recount, folded or not, whoever moved', async (t) => {
  const department = await seed.authority('department')
  const commune = await seed.authority('commune', department)
  const [a, b, c] = [
    await seed.school({ name: 'A', reportsTo: department, managedBy: commune }),
    await seed.school({ name: 'B', reportsTo: department, managedBy: commune, level: 'lower_secondary' }),
    await seed.school({ name: 'C', reportsTo: department, managedBy: department, level: 'upper_secondary' }),
  ]
  await a.channel('2026-09-01')
  const check = async (t: Test, asOf: string) => {
    for (const feeGroup of [null, 'service', 'tuition'] as const) {
      await assertRecounted(t, await read({ authorityId: department, asOf, feeGroup }), feeGroup)
    }
  }
  const moved = [await a.student('moved'), await b.student('moved'), await c.student('moved')] as const
  const stays = await a.student()
  const billA = await a.bill(moved[0], '2026-08-20', { tuition: 0, service: 300 })
  await a.bill(stays, '2026-08-20', { tuition: 100, service: 200 })
  const billB = await b.bill(moved[1], '2026-10-05', { service: 400 })
  await c.bill(await c.student(), '2026-09-05', { tuition: 500 })
  const paid = await a.pay('2026-09-10', [{ bill: billA, amountVnd: 300 }])
  await check(t, '2026-11-01')
  await foldFacts(db)
  await check(t, '2026-11-01')
  await check(t, '2026-09-30')

  await t.test('a bill withdrawn and money taken back count from their own days', async (t) => {
    await a.undo(paid, '2026-10-20')
    await a.withdraw(billA, '2026-10-21')
    await check(t, '2026-10-19')
    await check(t, '2026-10-20')
    await check(t, '2026-10-21')
    await foldFacts(db)
    await check(t, '2026-10-20')
    await check(t, '2026-10-21')
  })
  await t.test('an identifier that is corrected parts or joins children', async (t) => {
    await seed.db.updateTable('student').set({ moet_student_id: 'another' }).where('id', '=', moved[1]).execute()
    await check(t, '2026-11-01')
    await foldFacts(db)
    await check(t, '2026-11-01')
    await seed.db.updateTable('student').set({ moet_student_id: 'moved' }).where('id', '=', moved[1]).execute()
    await c.bill(moved[2], '2026-10-25', { service: 50 })
    await b.pay('2026-10-26', [{ bill: billB, amountVnd: 10 }])
    await check(t, '2026-11-01')
    await foldFacts(db)
    await check(t, '2026-11-01')
  })
  await t.test('each curve point is the figure of its own day', async (t) => {
    const { board } = await read({ authorityId: department, asOf: '2026-11-01', feeGroup: null })
    const points = trendOf(board.changes, new Set(board.schools.map(({ schoolId }) => schoolId)))
    for (const point of points) {
      const day = await read({ authorityId: department, asOf: point.asOf, feeGroup: null })
      t.match(glanceOf(day.board.schools, EVERY_GROUP, 'M3', HALF, everySchool), { m2: point.m2, m3: point.m3, m5: point.m5 }, point.asOf)
    }
  })
  await t.test('last year is read as of its last day, on its own roster', async (t) => {
    const late = await seed.school({ name: 'D', reportsTo: department, validFrom: '2027-08-15' })
    const { board, lastYear } = await read({ authorityId: department, asOf: '2027-09-01', feeGroup: null })
    t.ok(board.schools.some(({ schoolId }) => schoolId === late.schoolId))
    t.equal(lastYear.asOf, '2027-07-31')
    t.equal(lastYear.schools.length, 3)
    const [now, before] = [board, lastYear].map(({ schools }) => glanceOf(schools, EVERY_GROUP, 'M3', HALF, everySchool))
    t.same(now?.m2, { numerator: 0, denominator: 4 }, 'M2 restarts with the school year')
    t.same(before?.m2, { numerator: 1, denominator: 3 })
    t.same(before?.m3, { numerator: 1, denominator: 3 })
  })
})

t.test('what an authority is told hides few children, wherever they could be worked out', async (t) => {
  const department = await seed.authority('department')
  const commune = await seed.authority('commune', department)
  const make = async (name: string, billed: number, level: 'primary' | 'lower_secondary' = 'primary') => {
    const school = await seed.school({ name, reportsTo: department, managedBy: commune, level })
    for (let count = 0; count < billed; count++) {
      const student = await school.student()
      await school.enrol(student, '2026-08-15')
      const bill = await school.bill(student, '2026-09-01', { service: 100 })
      if (count % 2 === 0) await school.pay('2026-09-02', [{ bill, amountVnd: 100 }], count % 4 === 0 ? 'direct' : 'cash')
    }
    return school
  }
  const tiny = await make('Nhỏ', 3)
  const middle = await make('Vừa', 24)
  const big = await make('To', 40)
  await make('Xa', 30, 'lower_secondary')
  const { board } = await read({ authorityId: department, asOf: '2026-11-01', feeGroup: null })
  const lines = new Map(publishSchools(board, QUERY).map((line) => [line.schoolId, line]))
  const nothing = { suppressed: true, numerator: null, denominator: null, rate: null }
  t.match(lines.get(tiny.schoolId), { students: nothing, money: nothing })
  t.match(lines.get(middle.schoolId), { students: { suppressed: true }, money: { suppressed: true } },
    'the smallest school beside it, because the sum of the cell is shown')
  t.match(lines.get(big.schoolId), { students: { numerator: 10, denominator: 40 }, money: { suppressed: false } })
  const above = (parts: number) => publishGlance(board, { ...QUERY, threshold: { parts, of: 10_000 } }).m6
  t.match(above(2_600), { numerator: 1, denominator: 2 }, 'no threshold finds a hidden share')
  t.match(above(3_300), { numerator: 0, denominator: 2 })
  const table = publishTable(board, SCHOOL_LEVELS, QUERY)
  t.match(table.rows[0]?.cells, [{ m3: { denominator: 67 } }, { m3: { denominator: 30 } }])
  t.match(table.total.all.m3, { denominator: 97, suppressed: false })

  const report = (schoolId: string, authorityId = department) =>
    readSchoolReport({ reportsDb: db, now: () => new Date(), readDashboard: read },
      { authorityId, schoolId, asOf: '2026-11-01', smallCellMin: 5 })
  t.match(await report(tiny.schoolId), { line: { students: { suppressed: true } }, classes: [], grades: [] })
  const shown = await report(big.schoolId)
  t.match(shown, {
    line: { students: { numerator: 10 } }, zeroBillStudents: 0,
    grades: [{ grade: null, students: { denominator: 40 } }],
  })
  t.same(shown.classes.map(({ payments }) => payments), [10, 0, 0, 0, 10])
  await t.rejects(report(big.schoolId, await seed.authority('department')), { code: 'SCHOOL_NOT_FOUND' })
})

t.test('a dashboard is kept for a moment, one reading for all who ask, and a failure is not', async (t) => {
  const authorityId = await seed.authority('department')
  let clock = 0
  const keeping = createDashboards({ reportsDb: db, now: () => new Date(++clock), keepMs: 60_000, readings: ROOM })
  const query = { authorityId, asOf: '2026-11-01', feeGroup: null }
  const [one, two] = await Promise.all([keeping(query), keeping(query)])
  t.equal(one, two)
  t.equal((await keeping(query)).readAt.getTime(), 1)
  t.not((await keeping({ ...query, asOf: '2026-11-02' })).readAt.getTime(), 1)
  const unknown = { ...query, authorityId: '018f0000-0000-7000-8000-00000000dead' }
  await t.rejects(keeping(unknown), { code: 'AUTHORITY_NOT_FOUND' })
  await t.rejects(keeping(unknown), { code: 'AUTHORITY_NOT_FOUND' })
})

t.test('few days are read at once, the next wait, and too many are sent away', async (t) => {
  const authorityId = await seed.authority('department')
  const narrow = createDashboards({
    reportsDb: db, now: () => new Date(), keepMs: 60_000, readings: { atOnce: 1, waitingMax: 2 },
  })
  const day = (asOf: string) => narrow({ authorityId, asOf, feeGroup: null })
  const asked = ['2026-10-01', '2026-10-02', '2026-10-03'].map(day)
  await t.rejects(day('2026-10-04'), { code: 'OVERLOADED' })
  asked.push(day('2026-10-01'))
  const [first, , , again] = await Promise.all(asked)
  t.equal(again, first, 'who asks for a day that is being read waits for that reading')
  t.ok(await day('2026-10-04'), 'later there is room, and the refusal was not kept')
})
