// The arithmetic of an invoice, and the proof that the run's SQL does the same: random plans and exemptions
// are worked out by both.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { sql } from 'kysely'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { openPool } from '../../src/db/pool.js'
import { insertRows } from '../../src/db/rows.js'
import { openDatabase } from '../../src/db/tenancy.js'
import type { Database } from '../../src/db/tenancy.js'
import type { PlanLine } from '../../src/fees/round-plan.js'
import { replaceRoundFees } from '../../src/fees/round-store.js'
import { openVnd, paymentStatusOf, percentOf, splitLine, totalsOf } from '../../src/invoicing/invoice.js'
import type { Exemption, LineSplit } from '../../src/invoicing/invoice.js'
import { stagePlan } from '../../src/invoicing/plan.js'
import { createTestDatabase } from '../support/database.js'
import { SAMPLE_DUE_ON, SAMPLE_NOW, SAMPLE_YEAR, seedSchool } from './school.js'
import type { SampleSchool } from './school.js'

const DUE_ON = '2026-12-15'

function exemption(
  id: string, size: { percent: number } | { amountVnd: number }, dates: Partial<Exemption> = {},
) {
  return {
    id, percent: null, amountVnd: null, payer: 'nobody', validFrom: '2026-09-01', validTo: null, ...size,
    ...dates,
  } satisfies Exemption
}

t.test('the payment status follows from the sums', async (t) => {
  t.equal(paymentStatusOf({ payableVnd: 0, paidVnd: 0 }), 'zero')
  t.equal(paymentStatusOf({ payableVnd: 10, paidVnd: 0 }), 'unpaid')
  t.equal(paymentStatusOf({ payableVnd: 10, paidVnd: 9 }), 'part_paid')
  t.equal(paymentStatusOf({ payableVnd: 10, paidVnd: 10 }), 'paid')
  t.throws(() => paymentStatusOf({ payableVnd: 10, paidVnd: 11 }))
})

t.test('a withdrawn invoice asks for nothing', async (t) => {
  t.equal(openVnd({ state: 'issued', payableVnd: 10, paidVnd: 3 }), 7)
  t.equal(openVnd({ state: 'superseded', payableVnd: 10, paidVnd: 0 }), 0)
  t.equal(openVnd({ state: 'cancelled', payableVnd: 10, paidVnd: 0 }), 0)
})

t.test('a percentage is rounded half-up to whole đồng', async (t) => {
  t.equal(percentOf(12_345, 50), 6_173)
  t.equal(percentOf(101, 50), 51)
  t.equal(percentOf(259_995, 70), 181_997)
  t.equal(percentOf(49, 1), 0)
  t.equal(percentOf(50, 1), 1)
  t.equal(percentOf(499_999_999, 100), 499_999_999)
})

t.test('an exemption splits a line', async (t) => {
  t.test('a fixed amount is capped at the gross amount', async (t) => {
    t.match(splitLine(100, [exemption('a', { amountVnd: 250 })], DUE_ON), { exemptedVnd: 100, payableVnd: 0 })
  })
  t.test('of several the one that exempts most counts, of equals the lowest id', async (t) => {
    const half = exemption('b', { percent: 50 })
    const fixed = exemption('a', { amountVnd: 60 })
    t.equal(splitLine(100, [half, fixed], DUE_ON).exemptionId, 'a')
    t.equal(splitLine(200, [half, fixed], DUE_ON).exemptionId, 'b')
    t.equal(splitLine(120, [half, fixed], DUE_ON).exemptionId, 'a')
  })
  t.test('it holds from its first day to the day before its last', async (t) => {
    const during = { validFrom: '2026-12-15', validTo: '2026-12-16' }
    t.equal(splitLine(100, [exemption('a', { percent: 100 }, during)], '2026-12-14').exemptedVnd, 0)
    t.equal(splitLine(100, [exemption('a', { percent: 100 }, during)], '2026-12-15').exemptedVnd, 100)
    t.equal(splitLine(100, [exemption('a', { percent: 100 }, during)], '2026-12-16').exemptedVnd, 0)
  })
  t.test('one that rounds to nothing names nobody', async (t) => {
    t.match(splitLine(49, [exemption('a', { percent: 1 })], DUE_ON),
      { exemptedPayer: null, exemptionId: null })
  })
  t.test('gross is exempted plus payable, always', async (t) => {
    const amounts = fc.integer({ min: 1, max: 499_999_999 })
    const sizes = fc.oneof(fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
      fc.record({ amountVnd: amounts }))
    t.doesNotThrow(() => fc.assert(fc.property(amounts, fc.array(sizes), (grossVnd, given) => {
      const split = splitLine(grossVnd, given.map((size, index) => exemption(String(index), size)), DUE_ON)
      return split.grossVnd === split.exemptedVnd + split.payableVnd && split.payableVnd >= 0
    }), { seed: 20_261_122 }))
  })
})

interface Sample {
  fees: PlanLine[]
  exemptions: (Exemption & { studentId: string; feeKindId: string })[]
  /** Of the club, in the order in which they were made. */
  choices: { studentId: string; chosen: boolean }[]
}

/** Plans and exemptions for the sample school: few students and kinds, so that they meet often. */
function samples(school: SampleSchool, classIds: readonly string[]): fc.Arbitrary<Sample> {
  const kinds = fc.constantFrom(...Object.values(school.feeKindIds))
  const student = fc.constantFrom(...school.studentIds)
  const amountVnd = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 499_999_999 }))
  const line = fc.oneof(
    fc.record({ feeKindId: kinds, scope: fc.constant('school' as const), amountVnd }),
    fc.record({ feeKindId: kinds, scope: fc.constant('grade' as const),
      grade: fc.integer({ min: 0, max: 3 }), amountVnd }),
    fc.record({ feeKindId: kinds, scope: fc.constant('class' as const),
      classId: fc.constantFrom(...classIds), amountVnd }),
    fc.record({ feeKindId: kinds, scope: fc.constant('student' as const), studentId: student, amountVnd }),
  )
  const size = fc.oneof(
    fc.record({ percent: fc.integer({ min: 1, max: 100 }), amountVnd: fc.constant(null) }),
    fc.record({ percent: fc.constant(null), amountVnd: fc.integer({ min: 1, max: 300 }) }))
  const day = fc.constantFrom('2026-11-30', SAMPLE_DUE_ON)
  const dates = fc.record({ validFrom: day, validTo: fc.constantFrom(null, SAMPLE_DUE_ON, '2027-01-01') })
    .filter(({ validFrom, validTo }) => validTo === null || validTo > validFrom)
  const granted = fc.tuple(kinds, student, size, dates, fc.constantFrom('budget' as const, 'nobody' as const))
    .map(([feeKindId, studentId, sized, dated, payer]) => ({ id: uuidv7(), feeKindId, studentId, payer,
      ...sized, ...dated }))
  return fc.record({
    fees: fc.uniqueArray(line, {
      maxLength: 25, selector: (fee) => JSON.stringify({ ...fee, amountVnd: 0 }),
    }),
    exemptions: fc.array(granted, { maxLength: 25 }),
    choices: fc.array(fc.record({ studentId: student, chosen: fc.boolean() }), { maxLength: 12 }),
  })
}

/** `student kind` -> split, by the pure rules. */
function byRules(
  school: SampleSchool, classOf: ReadonlyMap<string, { id: string; grade: number }>, sample: Sample,
) {
  const splits = new Map<string, LineSplit>()
  for (const [code, feeKindId] of Object.entries(school.feeKindIds)) {
    for (const studentId of school.studentIds) {
      const place = classOf.get(studentId)
      const ofKind = sample.fees.filter((fee) => fee.feeKindId === feeKindId)
      const fee = ofKind.find((one) => one.studentId === studentId)
        ?? ofKind.find((one) => one.scope === 'class' && one.classId === place?.id)
        ?? ofKind.find((one) => one.scope === 'grade' && one.grade === place?.grade)
        ?? ofKind.find((one) => one.scope === 'school')
      if (!fee || fee.amountVnd === 0) continue
      const choice = sample.choices.findLast((one) => one.studentId === studentId)
      if (code === 'CLUB' && !(choice?.chosen ?? fee.scope === 'student')) continue
      const held = sample.exemptions.filter((one) => one.studentId === studentId
        && one.feeKindId === feeKindId)
      splits.set(`${studentId} ${feeKindId}`, splitLine(fee.amountVnd, held, SAMPLE_DUE_ON))
    }
  }
  return splits
}

class RolledBack extends Error {}

/** The same by the run's SQL, in a transaction that leaves nothing. */
async function bySql(db: Database, school: SampleSchool, sample: Sample) {
  const splits = new Map<string, LineSplit>()
  const sums: { student_id: string; gross_vnd: number; payable_vnd: number; budget_vnd: number }[] = []
  await db.inSchool(school.schoolId, async (trx) => {
    await replaceRoundFees(trx, school.schoolId, school.roundId, sample.fees, 'replaced')
    await insertRows(trx, 'exemption', sample.exemptions.map((one) => ({
      school_id: school.schoolId, id: one.id, student_id: one.studentId, fee_kind_id: one.feeKindId,
      percent: one.percent, amount_vnd: one.amountVnd, payer: one.payer, legal_basis: 'NĐ 238/2025/NĐ-CP',
      decision_number: 'QĐ-1', valid_from: one.validFrom, valid_to: one.validTo,
    })))
    await insertRows(trx, 'optional_choice', sample.choices.map(({ studentId, chosen }, index) => ({
      school_id: school.schoolId, round_id: school.roundId, student_id: studentId,
      fee_kind_id: school.feeKindIds.CLUB, choice_no: index + 1, chosen, actor: 'test', recorded_at: SAMPLE_NOW,
    })))
    await stagePlan(trx, {
      schoolId: school.schoolId, roundId: school.roundId, schoolYear: SAMPLE_YEAR, dueOn: SAMPLE_DUE_ON,
      issueOn: '2026-11-20', slice: { kind: 'all' },
    })
    const lines = await sql<LineSplit & { studentId: string; feeKindId: string }>`
      SELECT student_id AS "studentId", fee_kind_id AS "feeKindId", gross_vnd AS "grossVnd",
        exempted_vnd AS "exemptedVnd", payable_vnd AS "payableVnd", exempted_payer AS "exemptedPayer",
        exemption_id AS "exemptionId" FROM wanted_line`.execute(trx)
    for (const { studentId, feeKindId, ...split } of lines.rows) {
      splits.set(`${studentId} ${feeKindId}`, split)
    }
    const bills = await sql<(typeof sums)[number]>`SELECT student_id, sum(gross_vnd)::bigint AS gross_vnd,
      sum(payable_vnd)::bigint AS payable_vnd, sum(budget_vnd)::bigint AS budget_vnd
      FROM bill_change GROUP BY student_id`.execute(trx)
    sums.push(...bills.rows)
    throw new RolledBack()
  }).catch((error: unknown) => { if (!(error instanceof RolledBack)) throw error })
  return { splits, sums }
}

t.test('the SQL of the run and the rules of the invoice agree', async (t) => {
  const { ownerUrl, serviceUrl } = await createTestDatabase(t)
  const school = await seedSchool(ownerUrl, { students: 12, classSize: 3, exemptEvery: 1_000 })
  const db = openDatabase(openPool({
    url: serviceUrl, maxConnections: 2, connectTimeoutMs: 5_000, onError: () => undefined,
  }))
  t.teardown(() => db.close())
  const classes = await db.inSchool(school.schoolId, async (trx) =>
    (await sql<{ student_id: string; id: string; grade: number }>`
      SELECT enrolment.student_id, class.id, class.grade
      FROM enrolment JOIN school_class AS class ON class.id = enrolment.class_id`.execute(trx)).rows)
  const classOf = new Map(classes.map(({ student_id, id, grade }) => [student_id, { id, grade }]))
  const classIds = [...new Set(classes.map(({ id }) => id))]

  await t.resolves(fc.assert(fc.asyncProperty(samples(school, classIds), async (sample) => {
    const expected = byRules(school, classOf, sample)
    const { splits, sums } = await bySql(db, school, sample)
    assert.deepStrictEqual(Object.fromEntries([...splits].sort()), Object.fromEntries([...expected].sort()))
    for (const { student_id, gross_vnd, payable_vnd, budget_vnd } of sums) {
      const lines = [...expected].filter(([key]) => key.startsWith(student_id)).map(([, split]) => split)
      const { grossVnd, payableVnd, budgetVnd } = totalsOf(lines)
      assert.deepStrictEqual([gross_vnd, payable_vnd, budget_vnd], [grossVnd, payableVnd, budgetVnd])
    }
  }), { numRuns: 60, seed: 20_261_122 }))
})
