// The invoice run on a real database: what it issues, what it leaves alone, and that a run which is killed,
// repeated or run twice at once ends in the same totals.
import { sql } from 'kysely'
import t from 'tap'
import type { Test } from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../../src/access/actor.js'
import type { Database } from '../../src/db/tenancy.js'
import { endExemption, grantExemption } from '../../src/fees/exemptions.js'
import { changeFeeKind } from '../../src/fees/fee-kinds.js'
import { replacePlan } from '../../src/fees/plan-round.js'
import { setPriceCap } from '../../src/fees/price-caps.js'
import { billStudent } from '../../src/invoicing/bill-student.js'
import { getBillPayload } from '../../src/invoicing/bill-qr.js'
import { cancelInvoice } from '../../src/invoicing/cancel.js'
import { getInvoice, listInvoices } from '../../src/invoicing/invoice-queries.js'
import { previewRun } from '../../src/invoicing/preview.js'
import { resumeRuns, RUN_LIMITS, runInvoices } from '../../src/invoicing/run.js'
import { startRun } from '../../src/invoicing/start-run.js'
import { LEDGER_NO } from '../../src/ledger/account.js'
import { recordCash } from '../../src/reconciliation/record-cash.js'
import { decodeVietqr } from '../../src/vietqr/payload.js'
import { openTestDeps } from '../support/app.js'
import { createTestDatabase } from '../support/database.js'
import { SAMPLE_NOW, seedSchool } from './school.js'
import type { SampleOptions, SampleSchool } from './school.js'

const actor: Actor = { name: 'token:test', grants: [], address: null }
const SMALL_CHUNKS = { ...RUN_LIMITS, chunkStudents: 7 }

interface World {
  db: Database
  now: () => Date
  school: SampleSchool
}

const database = await createTestDatabase(t)
const deps = openTestDeps(database, { now: () => SAMPLE_NOW })
t.teardown(async () => {
  await deps.queues.close()
  await deps.db.close()
})

/** A school of its own for each test: row-level security keeps them apart. */
async function open(options: SampleOptions = { students: 30, classSize: 10 }): Promise<World> {
  return { db: deps.db, now: deps.now, school: await seedSchool(database.ownerUrl, options) }
}

async function queueRun({ school }: World): Promise<string> {
  return (await startRun(deps, actor, school.schoolId, school.roundId)).id
}

async function runRound(world: World) {
  const outcome = await runInvoices(world, world.school.schoolId, await queueRun(world), undefined,
    SMALL_CHUNKS)
  if (outcome.outcome !== 'done') throw new Error(`the run ended as ${outcome.outcome}`)
  return outcome.run
}

interface Totals {
  issued: number
  withdrawn: number
  gross: number
  payable: number
  budget: number
  paid: number
  codes: number
  receivablePayer: number
  receivableBudget: number
  income: number
  passThrough: number
}

/** Sums from the rows: invoices on one side, the ledger on the other. */
async function totals({ db, school }: World): Promise<Totals> {
  const balance = (no: number) =>
    sql`(SELECT coalesce(sum(CASE debit_no WHEN ${no} THEN amount_vnd ELSE -amount_vnd END), 0)
    FROM posting WHERE ${no} IN (debit_no, credit_no))::bigint`
  return db.inSchool(school.schoolId, async (trx) => {
    const { rows } = await sql<Totals>`SELECT
      count(*) FILTER (WHERE state = 'issued') AS issued,
      count(*) FILTER (WHERE state <> 'issued') AS withdrawn,
      coalesce(sum(gross_vnd) FILTER (WHERE state = 'issued'), 0)::bigint AS gross,
      coalesce(sum(payable_vnd) FILTER (WHERE state = 'issued'), 0)::bigint AS payable,
      (SELECT coalesce(sum(line.exempted_vnd), 0) FROM invoice_line AS line JOIN invoice AS billed
        ON billed.id = line.invoice_id WHERE billed.state = 'issued'
          AND line.exempted_payer = 'budget')::bigint AS budget,
      coalesce(sum(paid_vnd), 0)::bigint AS paid, count(DISTINCT payment_code) AS codes,
      ${balance(LEDGER_NO.receivablePayer)} AS "receivablePayer",
      ${balance(LEDGER_NO.receivableBudget)} AS "receivableBudget",
      ${balance(LEDGER_NO.tuitionIncome)} + ${balance(LEDGER_NO.serviceIncome)}
        + ${balance(LEDGER_NO.personalIncome)} AS income,
      ${balance(LEDGER_NO.passThroughLiability)} AS "passThrough"
      FROM invoice`.execute(trx)
    const [row] = rows
    if (!row) throw new Error('an aggregate has one row')
    return row
  })
}

async function checkBooks(t: Test, world: World): Promise<Totals> {
  const sums = await totals(world)
  t.equal(sums.receivablePayer, sums.payable - sums.paid, 'receivable from payers = payable less paid')
  t.equal(sums.receivableBudget, sums.budget, 'receivable from the budget = what the budget pays')
  t.equal(-sums.income - sums.passThrough, sums.payable + sums.budget, 'income and liability = what is owed')
  t.equal(sums.codes, sums.issued + sums.withdrawn, 'every invoice has a code of its own')
  return sums
}

const PLAN = [
  ['TUITION', 60_000], ['BOARDING', 259_995], ['MEALS', 735_000], ['WATER', 20_000], ['BHYT', 631_800],
] as const
const GROSS = PLAN.reduce((sum, [, amountVnd]) => sum + amountVnd, 0)

function schoolFees({ school }: World, changes: Partial<Record<(typeof PLAN)[number][0], number>> = {}) {
  return PLAN.map(([code, amountVnd]) => (
    { feeKindId: school.feeKindIds[code], scope: 'school' as const, amountVnd: changes[code] ?? amountVnd }))
}

t.test('a run bills every student, once for each bank account', async (t) => {
  const world = await open()
  const { school, db } = world
  const preview = await previewRun(world, school.schoolId, school.roundId)
  t.match(preview, { students: 30, zeroBillStudents: 0, invoices: 60, grossVnd: 30 * GROSS, blocked: [] })
  t.match(preview.diff, { new: { invoices: 60 }, changed: { invoices: 0 }, gone: { invoices: 0 } })
  t.equal((await totals(world)).issued, 0, 'a preview writes nothing')

  const run = await runRound(world)
  t.match(run, { state: 'done', student_count: 30, done_count: 30, issued_count: 60, superseded_count: 0 })
  const sums = await checkBooks(t, world)
  t.match(sums, { issued: 60, gross: 30 * GROSS, payable: preview.payableVnd, budget: preview.budgetVnd })
  t.equal(sums.budget, 181_997, 'one of 20 has 70 % of 259,995, half-up, paid by the budget')

  const [main] = await db.inSchool(school.schoolId, (trx) => listInvoices(trx, school.schoolId, {
    studentId: school.studentIds[19] ?? '', limit: 2, status: 'unpaid',
  }))
  const detail = await db.inSchool(school.schoolId, (trx) => getInvoice(trx, school.schoolId, main?.id ?? ''))
  const insurance = detail.bankAccountId === school.insuranceAccountId
  t.equal(insurance ? 1 : 4, detail.lines.length)
  const exempt = await db.inSchool(school.schoolId, (trx) => sql<{ invoice_id: string }>`
    SELECT invoice_id FROM invoice_line WHERE exempted_vnd > 0`.execute(trx))
  const bill = await db.inSchool(school.schoolId, (trx) =>
    getInvoice(trx, school.schoolId, exempt.rows[0]?.invoice_id ?? ''))
  t.strictSame(bill.lines.map((line) => line.feeCode), ['TUITION', 'BOARDING', 'MEALS', 'WATER'],
    'by priority')
  t.match(bill.lines[1], { exemptedVnd: 181_997, payableVnd: 77_998, exemptedPayer: 'budget',
    exemption: { legalBasis: 'NĐ 238/2025/NĐ-CP' } })
})

t.test('running a round again changes nothing', async (t) => {
  const world = await open()
  await runRound(world)
  const before = await checkBooks(t, world)
  const again = await runRound(world)
  t.match(again, { issued_count: 0, superseded_count: 0, cancelled_count: 0, unchanged_count: 60,
    done_count: 30 })
  t.strictSame(await totals(world), before)
})

t.test('a changed plan supersedes what changed, and no more', async (t) => {
  const world = await open()
  const { school, db } = world
  await runRound(world)
  await replacePlan(world, actor, school.schoolId, {
    roundId: school.roundId, fees: schoolFees(world, { WATER: 15_000 }),
  })
  const preview = await previewRun(world, school.schoolId, school.roundId)
  t.match(preview.diff, { new: { invoices: 0 }, changed: { invoices: 30 }, unchanged: { invoices: 30 } })
  t.match(await runRound(world), { issued_count: 30, superseded_count: 30, unchanged_count: 30 })
  const sums = await checkBooks(t, world)
  t.match(sums, { issued: 60, withdrawn: 30, gross: 30 * (GROSS - 5_000) })
  const [old] = await db.inSchool(school.schoolId, (trx) =>
    listInvoices(trx, school.schoolId, { state: 'superseded', limit: 1 }))
  t.ok(old?.replacedBy, 'the old bill names its replacement')
  await t.rejects(db.inSchool(school.schoolId, (trx) => getBillPayload(trx, school.schoolId, old?.id ?? '')),
    { code: 'INVOICE_WITHDRAWN_CONFLICT', errors: [{ field: 'replacedBy', reason: old?.replacedBy ?? '' }] })
})

t.test('who leaves or pays into another account gets the old bill withdrawn', async (t) => {
  const world = await open()
  const { school, db } = world
  await runRound(world)
  await db.inSchool(school.schoolId, (trx) => trx.updateTable('enrolment').set({ valid_to: '2026-11-20' })
    .where('student_id', 'in', school.studentIds.slice(0, 3)).execute())
  await changeFeeKind(world, actor, school.schoolId, school.feeKindIds.BHYT,
    { bankAccountId: school.mainAccountId })
  const run = await runRound(world)
  t.match(run, { cancelled_count: 3 * 2 + 27, superseded_count: 27, issued_count: 27, student_count: 30 })
  t.match(await checkBooks(t, world), { issued: 27, gross: 27 * GROSS })
})

t.test('a run that dies between chunks goes on where it stood', async (t) => {
  const world = await open()
  const whole = await open()
  const runId = await queueRun(world)
  let chunks = 0
  const dying = runInvoices(world, world.school.schoolId, runId, () => {
    if (++chunks === 2) throw new Error('killed')
  }, SMALL_CHUNKS)
  await t.rejects(dying, { message: 'killed' })
  t.equal((await totals(world)).issued, 28, 'two chunks of seven students are out')
  t.equal(await resumeRuns(world), 1, 'the sweep finds it without a job')
  await runRound(whole)
  t.strictSame(await checkBooks(t, world), await checkBooks(t, whole), 'the same totals as a run in one go')
  t.equal(await resumeRuns(world), 0)
  const over = await runInvoices(world, world.school.schoolId, runId)
  t.match(over, { outcome: 'done', run: { done_count: 30, issued_count: 60 } }, 'a late job finds it done')
})

t.test('a runner that was killed blocks the run no longer than its lease', async (t) => {
  const world = await open()
  const runId = await queueRun(world)
  const soon = new Date(SAMPLE_NOW.getTime() + 20_000)
  await world.db.inSchool(world.school.schoolId, (trx) => trx.updateTable('invoice_run')
    .set({ state: 'running', lease_until: soon }).where('id', '=', runId).execute())
  t.match(await runInvoices(world, world.school.schoolId, runId), { outcome: 'busy' })
  t.equal(await resumeRuns(world), 0)
  t.equal(await resumeRuns({ ...world, now: () => soon }), 1)
  t.equal((await checkBooks(t, world)).issued, 60)
})

t.test('two runners of one run bill once', async (t) => {
  const world = await open()
  const runId = await queueRun(world)
  const both = [1, 2].map(() => runInvoices(world, world.school.schoolId, runId, undefined, SMALL_CHUNKS))
  t.strictSame((await Promise.all(both)).map(({ outcome }) => outcome).sort(), ['busy', 'done'])
  t.match(await checkBooks(t, world), { issued: 60, withdrawn: 0 })
})

t.test('a late exemption replaces the bill, and the money on it moves along', async (t) => {
  const world = await open()
  const { school, db } = world
  await runRound(world)
  const studentId = school.studentIds[0] ?? ''
  const bills = await db.inSchool(school.schoolId, (trx) =>
    listInvoices(trx, school.schoolId, { studentId, limit: 5 }))
  const paid = bills.find((bill) => bill.bankAccountId === school.mainAccountId)
  await recordCash(db, school.schoolId, actor, {
    studentId, invoiceId: paid?.id ?? '', amountVnd: 1_074_995, receivedOn: '2026-11-20',
  }, SAMPLE_NOW)
  t.match(await checkBooks(t, world), { paid: 1_074_995 })
  const granted = await grantExemption(world, actor, school.schoolId, {
    studentId, feeKindId: school.feeKindIds.MEALS, amountVnd: 35_000, payer: 'nobody',
    legalBasis: 'NĐ 66/2025',
    decisionNumber: 'QĐ-7', validFrom: '2026-09-01',
  })
  t.match(await runRound(world), { issued_count: 1, superseded_count: 1, unchanged_count: 59 })
  t.match(await checkBooks(t, world), { paid: 1_074_995, withdrawn: 1 }, 'cash is of no account: what is over pays the other bill')
  const [bill] = await db.inSchool(school.schoolId, (trx) =>
    listInvoices(trx, school.schoolId, { studentId, status: 'paid', limit: 5 }))
  t.match(bill, { payableVnd: 1_039_995, openVnd: 0, state: 'issued' })
  await endExemption(world, actor, school.schoolId, { exemptionId: granted.id, validTo: '2026-12-01' })
  t.match(await runRound(world), { superseded_count: 1 },
    'an exemption that ends before the due day counts no more')
  t.match(await checkBooks(t, world), { paid: 1_074_995 }, 'and its credit pays again')
})

t.test('money of a bill that is replaced goes to its replacement, not to an older bill that is open', async (t) => {
  const world = await open()
  const { school, db } = world
  await runRound(world)
  const studentId = school.studentIds[0] ?? ''
  const listed = () => db.inSchool(school.schoolId, (trx) =>
    listInvoices(trx, school.schoolId, { studentId, state: 'issued', limit: 9 }))
  const paid = (await listed()).find((bill) => bill.bankAccountId === school.mainAccountId)
  await recordCash(db, school.schoolId, actor, {
    studentId, invoiceId: paid?.id ?? '', amountVnd: 1_074_995, receivedOn: '2026-11-20',
  }, SAMPLE_NOW)
  const olderId = uuidv7()
  await db.inSchool(school.schoolId, (trx) => trx.insertInto('collection_round').values({
    school_id: school.schoolId, id: olderId, school_year: '2026-2027', name: 'Đợt cũ', due_on: '2026-10-01',
  }).execute())
  await billStudent(world, actor, school.schoolId, {
    studentId, roundId: olderId, lines: [{ feeKindId: school.feeKindIds.WATER, amountVnd: 500_000 }],
  })
  await grantExemption(world, actor, school.schoolId, {
    studentId, feeKindId: school.feeKindIds.MEALS, amountVnd: 35_000, payer: 'nobody',
    legalBasis: 'NĐ 66/2025', decisionNumber: 'QĐ-8', validFrom: '2026-09-01',
  })
  await runRound(world)
  const bills = await listed()
  t.match(bills.find((bill) => bill.payableVnd === 1_039_995), { openVnd: 0 }, 'the replacement is paid in full')
  t.match(bills.find((bill) => bill.roundId === olderId), { openVnd: 465_000 }, 'the surplus alone went on')
})

t.test('a bank account that is replaced takes its bills along: nobody is billed again', async (t) => {
  const world = await open()
  const { school, db } = world
  await runRound(world)
  const newId = uuidv7()
  await db.inSchool(school.schoolId, async (trx) => {
    const [school_id, account_no] = [school.schoolId, 1_999]
    await trx.insertInto('ledger_account').values({ school_id, account_no, kind: 'bank', name: 'mới' }).execute()
    await trx.insertInto('bank_account').values({
      school_id, id: newId, bank_bin: '970436', account_number: '9988776655', account_name: 'TRUONG',
      ledger_no: account_no,
    }).execute()
    await trx.updateTable('bank_account').set({ replaced_by: newId, state: 'closed' })
      .where('id', '=', school.mainAccountId).execute()
  })
  t.match(await runRound(world), { issued_count: 0, superseded_count: 0, cancelled_count: 0, unchanged_count: 60 })
  await changeFeeKind(world, actor, school.schoolId, school.feeKindIds.TUITION, { bankAccountId: newId })
  t.match(await runRound(world), { issued_count: 0, unchanged_count: 60 }, 'nor when its fee kinds follow')
})

t.test('nothing to pay is a bill of zero, and no fee is no bill', async (t) => {
  const world = await open({ students: 10, classSize: 10, exemptEvery: 1_000 })
  const { school, db } = world
  const [exemptId = '', freeId = ''] = school.studentIds
  for (const [index, feeKindId] of [school.feeKindIds.TUITION, school.feeKindIds.WATER].entries()) {
    await grantExemption(world, actor, school.schoolId, {
      studentId: exemptId, feeKindId, percent: 100, payer: index === 0 ? 'budget' : 'nobody',
      legalBasis: 'NQ 217/2025/QH15', decisionNumber: 'QĐ-1', validFrom: '2026-09-01',
    })
  }
  const both = [['TUITION', 60_000], ['WATER', 20_000]] as const
  await replacePlan(world, actor, school.schoolId, {
    roundId: school.roundId,
    fees: both.flatMap(([code, amountVnd]) => [
      { feeKindId: school.feeKindIds[code], scope: 'school' as const, amountVnd },
      { feeKindId: school.feeKindIds[code], scope: 'student' as const, studentId: freeId, amountVnd: 0 },
    ]),
  })
  t.match(await previewRun(world, school.schoolId, school.roundId),
    { students: 10, zeroBillStudents: 2, invoices: 9, budgetVnd: 60_000, exemptedVnd: 80_000 })
  await runRound(world)
  t.match(await checkBooks(t, world), { issued: 9, payable: 8 * 80_000, budget: 60_000 })
  const [zero] = await db.inSchool(school.schoolId, (trx) =>
    listInvoices(trx, school.schoolId, { status: 'zero', limit: 5 }))
  t.match(zero, { studentId: exemptId, payableVnd: 0, grossVnd: 80_000 })
  await t.rejects(db.inSchool(school.schoolId, (trx) => getBillPayload(trx, school.schoolId, zero?.id ?? '')),
    { code: 'NOTHING_TO_PAY' })
})

t.test('a price cap that comes after the plan stops the run', async (t) => {
  const world = await open()
  const { school } = world
  const runId = await queueRun(world)
  await setPriceCap(world, actor, school.authorityId, {
    feeCode: 'WATER', level: 'primary', unit: 'tháng', maximumVnd: 15_000, legalBasis: 'NQ 18/2025/NQ-HĐND',
    validFrom: '2026-09-01',
  })
  const outcome = await runInvoices(world, school.schoolId, runId)
  t.match(outcome, { outcome: 'failed',
    run: { state: 'failed', failure: /^PRICE_CAP_EXCEEDED: WATER .*20\.000 đ.*15\.000 đ/ } })
  t.equal((await totals(world)).issued, 0)
  await t.rejects(startRun(deps, actor, school.schoolId, school.roundId),
    { code: 'PRICE_CAP_EXCEEDED' })
  const preview = await previewRun(world, school.schoolId, school.roundId)
  t.match(preview.blocked, [{ code: 'PRICE_CAP_EXCEEDED', reason: /NQ 18\/2025/ }])
})

t.test('one student is billed through the plan, so the next run finds the bill unchanged', async (t) => {
  const world = await open()
  const { school } = world
  const studentId = school.studentIds[0] ?? ''
  const billed = await billStudent(world, actor, school.schoolId, {
    studentId, roundId: school.roundId, lines: [{ feeKindId: school.feeKindIds.CLUB, amountVnd: 150_000 }],
  })
  t.equal(billed.length, 2)
  t.equal(billed.reduce((sum, bill) => sum + bill.grossVnd, 0), GROSS + 150_000)
  t.match(await runRound(world), { issued_count: 58, unchanged_count: 2, superseded_count: 0 })
  await checkBooks(t, world)
  await t.rejects(billStudent(world, actor, school.schoolId, {
    studentId: uuidv7(), roundId: school.roundId, lines: [],
  }), { code: 'STUDENT_NOT_ENROLLED_REFUSED' })
})

t.test('a cancelled bill leaves the books and the QR, and is billed again by the next run', async (t) => {
  const world = await open()
  const { school, db } = world
  await runRound(world)
  const [bill] = await db.inSchool(school.schoolId, (trx) => listInvoices(trx, school.schoolId, { limit: 1 }))
  const invoiceId = bill?.id ?? ''
  const qr = await db.inSchool(school.schoolId, (trx) => getBillPayload(trx, school.schoolId, invoiceId))
  t.match(decodeVietqr(qr.payload),
    { ok: true, amountVnd: bill?.openVnd ?? 0, purpose: bill?.paymentCode ?? '' })
  const cancelled = await cancelInvoice(world, actor, school.schoolId, { invoiceId, reason: 'wrong class' })
  t.match(cancelled, { state: 'cancelled', withdrawnReason: 'wrong class', withdrawnOn: '2026-11-20',
    openVnd: 0 })
  t.match(await checkBooks(t, world), { issued: 59, withdrawn: 1 })
  await t.rejects(cancelInvoice(world, actor, school.schoolId, { invoiceId, reason: 'again' }),
    { code: 'INVOICE_WITHDRAWN_CONFLICT' })
  t.match(await runRound(world), { issued_count: 1, unchanged_count: 59 })
  await checkBooks(t, world)
})

t.test('bills of a closed period count on the first open day', async (t) => {
  const world = await open({ students: 3 })
  const { school, db } = world
  await db.inSchool(school.schoolId, (trx) => trx.insertInto('period_close')
    .values({ school_id: school.schoolId, closed_through: '2026-11-30', actor: actor.name }).execute())
  await runRound(world)
  const days = await db.inSchool(school.schoolId, (trx) =>
    trx.selectFrom('entry').select(['bank_day', 'counted_on']).distinct().execute())
  t.strictSame(days, [{ bank_day: '2026-11-20', counted_on: '2026-12-01' }])
})
