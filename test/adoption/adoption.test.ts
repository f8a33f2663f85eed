import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { foldFacts } from '../../src/adoption/fold.js'
import { MEASURES, PAYMENT_CLASSES } from '../../src/adoption/measure.js'
import type { Measure } from '../../src/adoption/measure.js'
import { periodOf } from '../../src/adoption/period.js'
import type { Point } from '../../src/adoption/period.js'
import { findRoster } from '../../src/adoption/queries/roster.js'
import type { RosterScope } from '../../src/adoption/queries/roster.js'
import { isPublishable } from '../../src/adoption/rate.js'
import type { Fraction } from '../../src/adoption/rate.js'
import { recount } from '../../src/adoption/recount.js'
import { inScope, readFigure, readSchoolRows, readSeries } from '../../src/adoption/report.js'
import type { Filters } from '../../src/adoption/report.js'
import { openPool } from '../../src/db/pool.js'
import { openDatabase } from '../../src/db/tenancy.js'
import { DomainError } from '../../src/errors.js'
import { FEE_GROUPS } from '../../src/ledger/account.js'
import { addDays } from '../../src/time.js'
import { openSeed, seedRoster, UNBOOKED } from '../support/adoption-seed.js'
import type { Bill, Payment } from '../support/adoption-seed.js'
import { buildTestApp } from '../support/app.js'
import { createTestDatabase } from '../support/database.js'

const { ownerUrl, serviceUrl } = await createTestDatabase(t, {
  breaks: { promises: ['P2', 'P3', 'P4', 'P6', 'P7', 'P9'], because: UNBOOKED },
})
const seed = openSeed(t, ownerUrl)
const db = openDatabase(openPool({
  url: serviceUrl, maxConnections: 4, connectTimeoutMs: 5_000, onError: () => undefined,
}))
t.teardown(() => db.close())

const ALL: Filters = { feeGroup: null, level: null, threshold: '0.5', thresholdOf: 'M3' }

function figure(scope: RosterScope, measure: Measure, period: Point, filters: Partial<Filters> = {}) {
  return inScope(db, scope, (trx) => readFigure(trx, scope, measure, period, { ...ALL, ...filters }))
}

async function counts(...args: Parameters<typeof figure>): Promise<string> {
  const { numerator, denominator } = await figure(...args)
  return `${numerator}/${denominator}`
}

t.test('a province of 597 schools with 546 deployed answers 91.46', async (t) => {
  const authorityId = await seed.authority('department')
  await seedRoster(seed.db, authorityId, 597, 546, '2026-10-05')
  const period = periodOf('2026-11-22')
  t.match(await figure({ authorityId }, 'M2', period), {
    measure: 'M2', version: 1, numerator: 546, denominator: 597, rate: '91.46', asOf: '2026-11-22',
    rosterAsOf: '2026-11-22', from: '2026-08-01', rosterSchools: 597,
  })
  t.equal(await counts({ authorityId }, 'M2', periodOf('2026-10-04')), '0/597', 'the day before the payments')
  t.equal(await counts({ authorityId }, 'M2', periodOf('2027-08-01')), '0/597', 'the next school year')
  t.match(await figure({ authorityId }, 'M5', period), {
    rate: '100.00', excluded: { noDataSchools: 51 }, byClass: { direct: 54_600_000, cash: 0 },
  })
  t.equal(await counts({ authorityId }, 'M6', period, { thresholdOf: 'M5' }), '546/546')
  t.match(await figure({ authorityId }, 'M1', period), { numerator: 0, denominator: 597, rate: '0.00' })
  t.match(await figure({ authorityId }, 'M3', period), { numerator: 0, denominator: 0, rate: null })
})

t.test('a small province, figure by figure', async (t) => {
  const department = await seed.authority('department')
  const commune = await seed.authority('commune', department)
  const other = await seed.authority('department')
  const primary = await seed.school({ name: 'B', reportsTo: department, managedBy: commune })
  const secondary = await seed.school({ name: 'A', reportsTo: department, level: 'upper_secondary' })
  await primary.channel('2026-09-01', '2027-01-01')
  const scope = { authorityId: department }

  const an = await primary.student('an')
  const binh = await primary.student()
  const chi = await primary.student()
  const exempt = await primary.student()
  const unbilled = await primary.student()
  await primary.enrol(unbilled, '2026-08-15')
  const anBill = await primary.bill(an, '2026-09-01', { tuition: 100, service: 200 })
  const binhBill = await primary.bill(binh, '2026-09-01', { service: 200 })
  const chiBill = await primary.bill(chi, '2026-09-01', { tuition: 50 })
  await primary.bill(exempt, '2026-09-01', { tuition: 0 })
  const family = await primary.pay('2026-09-10', [
    { bill: anBill, lineNo: 1, amountVnd: 100 }, { bill: anBill, lineNo: 2, amountVnd: 200 },
    { bill: binhBill, amountVnd: 50 },
  ])
  await primary.pay('2026-09-12', [{ bill: binhBill, amountVnd: 150 }], 'cash')
  await primary.pay('2026-09-12', [{ bill: chiBill, amountVnd: 20 }], 'proxy_suspected')
  // The child `an` moves to the other school in the same province, is billed there too, and has not paid
  // there.
  const moved = await secondary.student('an')
  await secondary.bill(moved, '2026-10-01', { service: 300 })
  const dung = await secondary.student()
  const withdrawn = await secondary.bill(dung, '2026-10-01', { service: 300 })
  await secondary.withdraw(withdrawn, '2026-10-20')

  await t.test('M1 follows the days of the channels', async (t) => {
    t.equal(await counts(scope, 'M1', periodOf('2026-08-31')), '0/2')
    t.equal(await counts(scope, 'M1', periodOf('2026-09-01')), '1/2')
    t.equal(await counts(scope, 'M1', periodOf('2026-12-31')), '1/2')
    t.equal(await counts(scope, 'M1', periodOf('2027-01-01')), '0/2')
  })
  await t.test('M2 counts schools with a cashless payment', async (t) => {
    t.equal(await counts(scope, 'M2', periodOf('2026-09-09')), '0/2')
    t.equal(await counts(scope, 'M2', periodOf('2026-09-10')), '1/2')
  })
  await t.test('M3 counts a child once, leaves out who had nothing to pay, follows withdrawals', async (t) => {
    t.equal(await counts(scope, 'M3', periodOf('2026-09-09')), '0/3')
    t.equal(await counts(scope, 'M3', periodOf('2026-09-30')), '2/3')
    t.equal(await counts(scope, 'M3', periodOf('2026-10-19')), '2/4', 'the child who moved is not counted again')
    t.match(await figure(scope, 'M3', periodOf('2026-10-20')), {
      numerator: 2, denominator: 3, rate: '66.67', excluded: { zeroBillStudents: 2, noDataSchools: 0 },
    })
    t.equal(await counts(scope, 'M3', periodOf('2026-10-20', '2026-10-01')), '0/1', 'only bills of the period')
  })
  await t.test('a fee group counts its own lines, payments and money', async (t) => {
    const period = periodOf('2026-09-30')
    t.equal(await counts(scope, 'M3', period, { feeGroup: 'tuition' }), '1/2')
    t.equal(await counts(scope, 'M3', period, { feeGroup: 'service' }), '2/2')
    t.equal(await counts(scope, 'M4', period, { feeGroup: 'service' }), '1/2')
    t.equal(await counts(scope, 'M5', period, { feeGroup: 'service' }), '250/400')
    t.match(await figure(scope, 'M3', period, { feeGroup: 'pass_through' }), { denominator: 0, rate: null })
  })
  await t.test('M4 counts a payment of many bills once, and shows proxies and cash apart', async (t) => {
    t.match(await figure(scope, 'M4', periodOf('2026-09-30')), {
      numerator: 1, denominator: 3, rate: '33.33', excluded: { noDataSchools: 1 },
      byClass: { direct: 1, assisted: 0, proxy_suspected: 1, intermediary: 0, cash: 1 },
    })
    t.match(await figure(scope, 'M5', periodOf('2026-09-30')), {
      numerator: 350, denominator: 520, byClass: { direct: 350, proxy_suspected: 20, cash: 150 },
    })
  })
  await t.test('M6 compares the exact fraction at the boundary', async (t) => {
    const period = periodOf('2026-09-30')
    t.equal(await counts(scope, 'M6', period, { threshold: '0.6666' }), '1/1', '2 of 3 is above 0.6666')
    t.equal(await counts(scope, 'M6', period, { threshold: '0.6667' }), '0/1', 'though 2 of 3 is printed as 66.67')
    t.equal(await counts(scope, 'M6', periodOf('2026-10-20'), { threshold: '0.5' }), '1/2')
    t.equal(await counts(scope, 'M6', period, { threshold: '0.673', thresholdOf: 'M5' }), '1/1', '350/520 = 0.67307…')
    t.equal(await counts(scope, 'M6', period, { threshold: '0.6731', thresholdOf: 'M5' }), '0/1')
  })
  await t.test('the scope is the commune, a level, or one school', async (t) => {
    const period = periodOf('2026-10-20')
    t.equal(await counts({ authorityId: commune }, 'M1', period), '1/1')
    t.equal(await counts(scope, 'M3', period, { level: 'upper_secondary' }), '0/1')
    t.equal(await counts({ schoolId: primary.schoolId }, 'M3', period), '2/3')
    t.equal(await counts({ schoolId: secondary.schoolId }, 'M3', period), '0/1')
    t.equal(await counts({ schoolId: secondary.schoolId }, 'M2', period), '0/1')
  })
  await t.test('another authority and another school see nothing of it', async (t) => {
    t.equal(await counts({ authorityId: other }, 'M3', periodOf('2026-10-20')), '0/0')
    const roster = await findRoster(seed.db, scope, '2026-10-20', null)
    const read = (reader: RosterScope) => inScope(db, reader, (trx) =>
      readSchoolRows(trx, roster, periodOf('2026-10-20'), ALL, 1))
    for (const { students, money } of await read({ authorityId: other })) {
      t.match([students.denominator, money.denominator], [0, 0])
    }
    t.same((await read({ schoolId: secondary.schoolId })).map(({ students }) => students.denominator), [1, 0])
    await t.rejects(inScope(db, { authorityId: primary.schoolId }, async () => 0), { code: 'AUTHORITY_NOT_FOUND' })
  })
  await t.test('the list of schools hides cells of few children', async (t) => {
    const rows = await inScope(db, scope, async (trx) =>
      readSchoolRows(trx, await findRoster(trx, scope, '2026-10-20', null), periodOf('2026-10-20'), ALL, 5))
    t.match(rows, [
      { name: 'A', deployed: false, students: { suppressed: true, denominator: null }, money: { rate: null } },
      { name: 'B', deployed: true, students: { suppressed: true }, money: { numerator: null, rate: null } },
    ])
  })
  await t.test('a reversal counts from its own day; a published figure stays', async (t) => {
    await primary.undo(family, '2026-11-05', (bill) => bill.id === anBill.id)
    t.equal(await counts(scope, 'M3', periodOf('2026-11-04')), '2/3')
    t.equal(await counts(scope, 'M3', periodOf('2026-11-05')), '1/3')
    t.equal(await counts(scope, 'M4', periodOf('2026-11-05')), '1/3', 'the rest of the payment still counts')
    await primary.undo(family, '2026-11-06')
    t.equal(await counts(scope, 'M2', periodOf('2026-11-06')), '0/2')
    t.equal(await counts(scope, 'M5', periodOf('2026-11-04')), '350/520')
    await t.rejects(figure(scope, 'M5', periodOf('2026-11-30', '2026-11-01')), { code: 'FIGURE_REFUSED' })
  })
})

t.test('a merged school counts for its successor from the merger on', async (t) => {
  const authorityId = await seed.authority('department')
  const old = await seed.school({ reportsTo: authorityId, validTo: '2026-12-01' })
  const successor = await seed.school({ reportsTo: authorityId })
  await seed.db.insertInto('school_predecessor')
    .values({ school_id: successor.schoolId, predecessor_id: old.schoolId, merged_on: '2026-12-01' }).execute()
  const bill = await old.bill(await old.student(), '2026-09-01', { service: 100 })
  await old.pay('2026-09-05', [{ bill, amountVnd: 100 }])
  for (const [asOf, expected] of [['2026-11-30', '1/2'], ['2026-12-01', '1/1']] as const) {
    t.equal(await counts({ authorityId }, 'M2', periodOf(asOf)), expected, asOf)
    t.equal(await counts({ authorityId }, 'M3', periodOf(asOf)), '1/1', asOf)
    t.equal(await counts({ authorityId }, 'M5', periodOf(asOf)), '100/100', asOf)
  }
})

t.test('figures equal the recount in random histories, before, during and after folding', async (t) => {
  const pick = fc.nat(999)
  const step = fc.record({ act: pick, who: pick, day: pick, amount: pick, other: pick })
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 60 }), async (steps) => {
    const authorityId = await seed.authority('department')
    const schools = [await seed.school({ reportsTo: authorityId }), await seed.school({ reportsTo: authorityId })]
    const bills: { school: number; bill: Bill; withdrawn: boolean }[] = []
    const payments: { school: number; payment: Payment }[] = []
    const students = await Promise.all(schools.map((school) =>
      Promise.all(['m1', 'm2', null, null].map((moetId) => school.student(moetId && `${authorityId} ${moetId}`)))))
    // Two school years and a day order that is not the order of recording.
    const dayOf = ({ day }: { day: number }) => addDays('2026-06-01', day % 150)
    const one = <Item>(items: readonly Item[], at: number) => items.length > 0 ? items[at % items.length] : undefined

    async function act(step: (typeof steps)[number]): Promise<void> {
      const kind = step.act % 10
      const mine = step.who % 2
      const school = schools[mine]
      assert(school)
      if (kind < 3 || bills.length === 0) {
        const studentId = one(students[mine] ?? [], step.other)
        assert(studentId)
        const feeGroup = one(FEE_GROUPS.slice(0, 2), step.amount) ?? 'tuition'
        const amounts = { [feeGroup]: step.amount % 4 === 0 ? 0 : 100, personal: step.amount % 3 === 0 ? 0 : 50 }
        bills.push({ school: mine, bill: await school.bill(studentId, dayOf(step), amounts), withdrawn: false })
      } else if (kind < 7) {
        const open = bills.filter(({ school: of, withdrawn }) => of === mine && !withdrawn)
          .flatMap(({ bill }) => bill.lines.map((line) => ({ bill, line, rest: line.payableVnd - line.paidVnd })))
          .filter(({ rest }) => rest > 0)
        const chosen = open.slice(step.other % 4, step.other % 4 + 1 + step.amount % 3)
        if (chosen.length === 0) return
        const parts = chosen.map(({ bill, line, rest }) =>
          ({ bill, lineNo: line.lineNo, amountVnd: Math.max(1, rest - (step.amount % 2) * 30) }))
        const paymentClass = one(PAYMENT_CLASSES, step.other)
        payments.push({ school: mine, payment: await school.pay(dayOf(step), parts, paymentClass) })
      } else if (kind < 9) {
        const found = one(payments, step.other)
        const only = found?.payment.parts[step.amount % 3]?.bill
        if (found) {
          const isChosen = (bill: Bill) => step.amount % 2 === 0 || bill === only
          await schools[found.school]?.undo(found.payment, dayOf(step), isChosen)
        }
      } else {
        const found = one(bills.filter(({ bill, withdrawn }) =>
          !withdrawn && bill.lines.every(({ paidVnd }) => paidVnd === 0)), step.other)
        if (!found) return
        found.withdrawn = true
        await schools[found.school]?.withdraw(found.bill, addDays(found.bill.issuedOn, step.day % 40))
      }
      if (step.act % 7 === 0) await foldFacts(db)
    }

    async function check(step: (typeof steps)[number]): Promise<void> {
      const scope = step.who % 3 === 0 ? { schoolId: schools[0]?.schoolId ?? '' } : { authorityId }
      const asOf = dayOf(step)
      const period = step.other % 2 === 0 ? periodOf(asOf) : periodOf(asOf, addDays(asOf, -(step.amount % 90)))
      const filters = {
        ...ALL, feeGroup: one([null, ...FEE_GROUPS], step.amount) ?? null,
        threshold: one(['0', '0.5', '1'], step.day) ?? '0', thresholdOf: one(['M3', 'M5'] as const, step.amount) ?? 'M3',
      }
      for (const measure of MEASURES) {
        const expected = await recount(seed.db,
          { measure, roster: await findRoster(seed.db, scope, asOf, null), ...period, ...filters })
        const text = JSON.stringify({ measure, scope, period, filters })
        assert.deepEqual(await published(figure(scope, measure, period, filters)), shareOrNull(expected), text)
      }
    }

    for (const step of steps) {
      await act(step)
      if (step.act % 5 === 0) await check(step)
    }
    const last = { act: 0, who: 1, day: 149, amount: 5, other: 2 }
    await check(last)
    await Promise.all([foldFacts(db), check(last), check(last)])
    await check(last)
    await checkSeries(authorityId)
  }), { numRuns: 4, seed: 20_261_122, endOnFailure: true })
  t.pass('no history was counted differently')

  async function checkSeries(authorityId: string): Promise<void> {
    const scope = { authorityId }
    for (const measure of MEASURES) {
      const { points } = await inScope(db, scope, (trx) =>
        readSeries(trx, scope, measure, { from: '2026-06-10', to: '2026-10-31', step: 'week' }, ALL))
      for (const { asOf, numerator, denominator, refused } of points.filter((_, index) => index % 4 === 1)) {
        const expected = await published(figure(scope, measure, periodOf(asOf)))
        assert.deepEqual(refused ? null : { numerator, denominator }, expected, `${measure} in the curve on ${asOf}`)
      }
    }
  }
})

function shareOrNull({ numerator, denominator }: Fraction): Fraction | null {
  return isPublishable({ numerator, denominator }) ? { numerator, denominator } : null
}

/** The counts of a figure, or null when it was refused. */
async function published(reading: Promise<Fraction>): Promise<Fraction | null> {
  try {
    return shareOrNull(await reading)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'FIGURE_REFUSED') return null
    throw error
  }
}

t.test('folding twice at once counts each fact once', async (t) => {
  const authorityId = await seed.authority('department')
  const school = await seed.school({ reportsTo: authorityId })
  const bill = await school.bill(await school.student(), '2026-09-01', { service: 1_000 })
  for (let times = 0; times < 20; times++) await school.pay('2026-09-02', [{ bill, amountVnd: 10 }])
  const folded = await Promise.all([foldFacts(db), foldFacts(db), foldFacts(db)])
  t.equal(folded.reduce((sum, count) => sum + count, 0), 20)
  t.equal(await foldFacts(db), 0, 'nothing is left')
  t.equal(await counts({ authorityId }, 'M5', periodOf('2026-09-30')), '200/200')
  t.equal(await counts({ authorityId }, 'M4', periodOf('2026-09-30')), '20/20')
})

interface Curve { points: unknown[] }
interface SchoolPage { items: { name: string }[]; nextCursor: string | null }
interface Problem { code: string }

t.test('over HTTP', async (t) => {
  const { asAdmin, database } = await buildTestApp(t, {
    now: () => new Date('2026-11-22T03:00:00Z'),
    config: { eventLoopDelayMaxMs: 0 }, // a busy test machine is no reason to answer 503
    breaks: { promises: ['P2', 'P3', 'P4', 'P6', 'P7', 'P9'], because: UNBOOKED },
  })
  const there = openSeed(t, database.ownerUrl)
  const authorityId = await there.authority('department')
  await seedRoster(there.db, authorityId, 12, 9, '2026-10-05')
  const school = await there.school({ name: 'Trường 0', reportsTo: authorityId })
  const bill = await school.bill(await school.student(), '2026-09-01', { service: 100 })
  await school.pay('2026-09-02', [{ bill, amountVnd: 100 }])
  const base = `/api/v1/authorities/${authorityId}/adoption`

  await t.test('a figure of today needs a measure and nothing else', async (t) => {
    const reply = await asAdmin('GET', `${base}?measure=M2`)
    t.match(reply.json(), {
      measure: 'M2', version: 1, numerator: 10, denominator: 13, rate: '76.92', asOf: '2026-11-22',
      rosterAsOf: '2026-11-22', excluded: { zeroBillStudents: null, noDataSchools: null },
    })
    t.equal(reply.statusCode, 200)
    const own = await asAdmin('GET', `/api/v1/schools/${school.schoolId}/adoption?measure=M4&asOf=2026-09-30`)
    t.match(own.json(), { numerator: 1, denominator: 1, rate: '100.00', byClass: { direct: 1, proxy_suspected: 0 } })
  })
  await t.test('a curve gives a point a step', async (t) => {
    const query = 'measure=M5&from=2026-09-01&to=2026-10-15'
    t.match((await asAdmin('GET', `${base}/series?${query}`)).json<Curve>().points, [
      { asOf: '2026-09-30', numerator: 100, denominator: 100, rate: '100.00', refused: false },
      { asOf: '2026-10-15', numerator: 900_100 },
    ])
    const own = await asAdmin('GET', `/api/v1/schools/${school.schoolId}/adoption/series?${query}&step=day`)
    t.equal(own.json<Curve>().points.length, 45)
  })
  await t.test('the list of schools comes in pages, each school once', async (t) => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const reply = await asAdmin('GET', `${base}/schools?limit=5${cursor && `&cursor=${cursor}`}`)
      const page: SchoolPage = reply.json<SchoolPage>()
      seen.push(...page.items.map(({ name }) => name))
      cursor = page.nextCursor
    }
    t.equal(seen.length, 13)
    t.equal(new Set(seen).size, 13)
    const [first] = (await asAdmin('GET', `${base}/schools`)).json<SchoolPage>().items
    t.match(first, { name: 'Trường 0', deployed: true, students: { suppressed: true, numerator: null } })
  })
  await t.test('a bad question is refused with its reason', async (t) => {
    const refusals: [string, string][] = [
      ['', 'VALIDATION_FAILED'], ['?measure=M7', 'VALIDATION_FAILED'], ['?measure=M1&asOf=2026-02-30', 'VALIDATION_FAILED'],
      ['?measure=M6&threshold=1.5', 'VALIDATION_FAILED'], ['?measure=M1&feeGroup=fees', 'VALIDATION_FAILED'],
      ['?measure=M1&asOf=2026-09-01&from=2026-10-01', 'PERIOD_INVALID'],
      ['?measure=M1&from=2019-01-01', 'PERIOD_EXCEEDED'],
      ['/series?measure=M1&from=2024-01-01&to=2026-01-01&step=day', 'SERIES_EXCEEDED'],
      ['/schools?cursor=x', 'CURSOR_INVALID'],
    ]
    for (const [query, code] of refusals) {
      const reply = await asAdmin('GET', `${base}${query}`)
      t.equal(reply.statusCode, 422, query)
      t.equal(reply.json<Problem>().code, code, query)
    }
    const unknown = await asAdmin('GET', `/api/v1/authorities/${school.schoolId}/adoption?measure=M1`)
    t.equal(unknown.statusCode, 404)
    t.equal(unknown.json<Problem>().code, 'AUTHORITY_NOT_FOUND')
  })
})
