// Optional items on a real database: who is billed for them, what a late choice does to a bill that is out and to the
// money on it, and when nothing can be chosen any more. Rounds are closed here too, because closing ends choosing.
import assert from 'node:assert/strict'
import t from 'tap'
import type { Actor } from '../../src/access/actor.js'
import { grantExemption } from '../../src/fees/exemptions.js'
import { replacePlan } from '../../src/fees/plan-round.js'
import { setPriceCap } from '../../src/fees/price-caps.js'
import { billStudent } from '../../src/invoicing/bill-student.js'
import { cancelInvoice } from '../../src/invoicing/cancel.js'
import { setRoundState } from '../../src/invoicing/close-round.js'
import { listInvoices } from '../../src/invoicing/invoice-queries.js'
import { chooseOptionalItems, countChosenItems, listOptionalItems, shownChoices } from '../../src/invoicing/optional-items.js'
import { previewRun } from '../../src/invoicing/preview.js'
import { getRoundFigures, listRoundBills, listRoundsWithSums } from '../../src/invoicing/round-figures.js'
import { runInvoices } from '../../src/invoicing/run.js'
import { listRuns, startRun } from '../../src/invoicing/start-run.js'
import { recordCash } from '../../src/reconciliation/record-cash.js'
import { asOwner } from '../support/as-owner.js'
import { openTestDeps } from '../support/app.js'
import { createTestDatabase } from '../support/database.js'
import { SAMPLE_NOW, seedSchool } from './school.js'
import type { SampleSchool } from './school.js'

const accountant: Actor = { name: 'user:accountant', grants: [], address: null }
const parent = { name: 'parent:link', address: '203.0.113.7' }
const CLUB_VND = 150_000
const BILLED_VND = 1_074_995

const database = await createTestDatabase(t)
const deps = openTestDeps(database, { now: () => SAMPLE_NOW })
t.teardown(async () => {
  await deps.queues.close()
  await deps.db.close()
})

/** A school whose round offers the club to everybody at one price. */
async function open(): Promise<SampleSchool & { studentId: string }> {
  const school = await seedSchool(database.ownerUrl, { students: 6, classSize: 3, exemptEvery: 1_000 })
  await offerClub(school)
  const [studentId] = school.studentIds
  assert(studentId)
  return { ...school, studentId }
}

async function offerClub({ schoolId, roundId, feeKindIds }: SampleSchool): Promise<void> {
  const { CLUB, ...others } = feeKindIds
  const amounts = { TUITION: 60_000, BOARDING: 259_995, MEALS: 735_000, WATER: 20_000, BHYT: 631_800 }
  await replacePlan(deps, accountant, schoolId, {
    roundId,
    fees: [
      { feeKindId: CLUB, scope: 'school', amountVnd: CLUB_VND },
      ...Object.entries(amounts).map(([code, amountVnd]) =>
        ({ feeKindId: others[code as keyof typeof others], scope: 'school' as const, amountVnd })),
    ],
  })
}

async function run({ schoolId, roundId }: SampleSchool) {
  const { id } = await startRun(deps, accountant, schoolId, roundId)
  return runInvoices(deps, schoolId, id)
}

const choose = (school: SampleSchool, studentId: string, chosen: boolean, now = SAMPLE_NOW) =>
  chooseOptionalItems({ ...deps, now: () => now }, {
    schoolId: school.schoolId, roundId: school.roundId, studentId, actor: parent,
    chosenFeeKindIds: chosen ? [school.feeKindIds.CLUB] : [],
  })

async function mainBill({ schoolId, roundId, mainAccountId }: SampleSchool, studentId: string) {
  const bills = await deps.db.inSchool(schoolId, (trx) =>
    listInvoices(trx, schoolId, { roundId, studentId, state: 'issued', limit: 9 }))
  return bills.find(({ bankAccountId }) => bankAccountId === mainAccountId)
}

t.test('an item is billed only to whom it was chosen for', async (t) => {
  const school = await open()
  const { schoolId, roundId, studentId } = school
  t.match(await previewRun(deps, schoolId, roundId), { grossVnd: 6 * (BILLED_VND + 631_800) })
  const before = await listOptionalItems(deps, { schoolId, roundId, studentId })
  t.match(before, { lastDay: '2026-12-15', refusal: null,
    items: [{ code: 'CLUB', payableVnd: CLUB_VND, chosen: false, decidedAt: null, legalBasis: /Thỏa thuận/ }] })
  const after = await choose(school, studentId, true)
  t.match(after.items, [{ chosen: true, decidedBy: 'parent:link', decidedAt: Date }])
  t.notOk(await mainBill(school, studentId), 'nothing is billed before the round is')
  await run(school)
  t.match(await mainBill(school, studentId), { payableVnd: BILLED_VND + CLUB_VND })
  t.match(await mainBill(school, school.studentIds[1] ?? ''), { payableVnd: BILLED_VND })
  t.match(await countChosenItems(deps, schoolId, roundId),
    [{ code: 'CLUB', offered: 6, chosen: 1, declined: 0, payableVnd: CLUB_VND }])
})

t.test('a choice does not bring back a bill that the school cancelled', async (t) => {
  const school = await open()
  const { schoolId, studentId } = school
  await run(school)
  const bill = await mainBill(school, studentId)
  assert(bill)
  const others = await deps.db.inSchool(schoolId, (trx) => listInvoices(trx, schoolId, { studentId, state: 'issued', limit: 9 }))
  for (const { id } of others) await cancelInvoice({ ...deps, now: () => SAMPLE_NOW }, accountant, schoolId,
    { invoiceId: id, reason: 'nhầm' })
  await choose(school, studentId, true)
  t.notOk(await mainBill(school, studentId), 'the choice waits for the next run')
  await run(school)
  t.match(await mainBill(school, studentId), { payableVnd: BILLED_VND + CLUB_VND })
})

t.test('the price is that after the exemption of this student', async (t) => {
  const school = await open()
  const { schoolId, roundId, studentId } = school
  await grantExemption(deps, accountant, schoolId, { studentId, feeKindId: school.feeKindIds.CLUB, percent: 50,
    payer: 'nobody', legalBasis: 'NĐ 238/2025/NĐ-CP', decisionNumber: 'QĐ-1', validFrom: '2026-09-01' })
  t.match(await listOptionalItems(deps, { schoolId, roundId, studentId }),
    { items: [{ grossVnd: CLUB_VND, exemptedVnd: 75_000, payableVnd: 75_000 }] })
})

t.test('a choice after the run changes the bill at once, and paid money follows it', async (t) => {
  const school = await open()
  const { schoolId, studentId } = school
  await run(school)
  const first = await mainBill(school, studentId)
  assert(first)
  await recordCash(deps.db, schoolId, accountant,
    { studentId, invoiceId: first.id, amountVnd: BILLED_VND, receivedOn: '2026-11-20' }, SAMPLE_NOW)
  await choose(school, studentId, true)
  const second = await mainBill(school, studentId)
  t.match(second, { payableVnd: BILLED_VND + CLUB_VND, paidVnd: BILLED_VND, openVnd: CLUB_VND, status: 'part_paid' })
  await choose(school, studentId, true)
  t.equal((await mainBill(school, studentId))?.id, second?.id, 'choosing the same again changes nothing')
  await choose(school, studentId, false)
  t.match(await mainBill(school, studentId), { payableVnd: BILLED_VND, status: 'paid' })
  t.match(await countChosenItems(deps, schoolId, school.roundId), [{ chosen: 0, declined: 1 }])
  const { run: again } = await run(school).then((done) => 'run' in done ? done : assert.fail('the run is over'))
  t.match(again, { unchanged_count: 12, issued_count: 0 }, 'the next run finds nothing to do')
})

t.test('an old page changes what was touched on it, not what somebody else has chosen since', async (t) => {
  const school = await open()
  const { schoolId, roundId, studentId, feeKindIds: { CLUB } } = school
  const send = async (ticked: boolean, wasTicked: boolean | undefined) => {
    const shown = wasTicked === undefined ? shownChoices(['another item'], []) : shownChoices([CLUB], wasTicked ? [CLUB] : [])
    const { items } = await chooseOptionalItems(deps,
      { schoolId, roundId, studentId, actor: parent, chosenFeeKindIds: ticked ? [CLUB] : [], shown })
    return items.map(({ chosen, decidedAt }) => [chosen, decidedAt !== null])
  }
  t.same(await send(false, undefined), [[false, false]], 'what was not on the page is not decided')
  t.same(await send(false, false), [[false, true]], 'what was left unticked is declined')
  await choose(school, studentId, true)
  t.same(await send(false, false), [[true, true]], 'drawn before the other one ticked it')
  t.same(await send(false, undefined), [[true, true]], 'drawn before it was on offer')
  t.same(await send(false, true), [[false, true]])
  t.same(await send(true, true), [[false, true]], 'drawn before the other one took it off')
  t.same(await send(true, false), [[true, true]])
})

t.test('who was billed nothing by the run is billed for the item alone', async (t) => {
  const school = await open()
  const { schoolId, roundId, studentId } = school
  await replacePlan(deps, accountant, schoolId,
    { roundId, fees: [{ feeKindId: school.feeKindIds.CLUB, scope: 'school', amountVnd: CLUB_VND }] })
  await run(school)
  await choose(school, studentId, true)
  t.match(await mainBill(school, studentId), { payableVnd: CLUB_VND, state: 'issued' })
  await choose(school, studentId, false)
  t.notOk(await mainBill(school, studentId), 'and not billed at all when it is declined')
})

t.test('a student whom the plan names is billed until somebody declines', async (t) => {
  const school = await open()
  const { schoolId, roundId, studentId } = school
  const fees = [{ feeKindId: school.feeKindIds.CLUB, scope: 'student' as const, studentId, amountVnd: 120_000 }]
  await replacePlan(deps, accountant, schoolId, { roundId, fees })
  t.match(await listOptionalItems(deps, { schoolId, roundId, studentId }),
    { items: [{ chosen: true, payableVnd: 120_000 }] })
  await choose(school, studentId, false)
  t.match(await previewRun(deps, schoolId, roundId), { grossVnd: 0 })
  await billStudent(deps, accountant, schoolId,
    { studentId, roundId, lines: [{ feeKindId: school.feeKindIds.CLUB, amountVnd: 100_000 }] })
  t.match(await listOptionalItems(deps, { schoolId, roundId, studentId }),
    { items: [{ chosen: true, payableVnd: 100_000, decidedBy: 'user:accountant' }] }, 'billing by hand chooses')
})

t.test('what is not on offer, too late, or in a closed round is refused', async (t) => {
  const school = await open()
  const { schoolId, roundId, studentId, feeKindIds } = school
  await t.rejects(chooseOptionalItems(deps, { schoolId, roundId, studentId, actor: parent,
    chosenFeeKindIds: [feeKindIds.WATER] }), { code: 'OPTIONAL_ITEM_INVALID' })
  const afterDueDay = new Date('2026-12-16T02:00:00Z')
  await t.rejects(choose(school, studentId, true, afterDueDay),
    { code: 'CHOICE_DEADLINE_CONFLICT', message: /2026-12-15/ })
  t.match(await listOptionalItems({ ...deps, now: () => afterDueDay }, { schoolId, roundId, studentId }),
    { refusal: 'CHOICE_DEADLINE_CONFLICT' })
  t.match(await choose(school, studentId, true, new Date('2026-12-15T16:00:00Z')), { items: [{ chosen: true }] },
    'the due day itself is not too late')
  await setRoundState(deps, accountant, schoolId, { roundId, state: 'closed' })
  await t.rejects(choose(school, studentId, false), { code: 'ROUND_CLOSED_CONFLICT' })
  await t.rejects(asOwner(database, 'UPDATE optional_choice SET chosen = false'), /append-only/)
})

t.test('a price cap that comes after the run takes no item off the offer, and its price stays', async (t) => {
  const school = await open()
  await run(school)
  await setPriceCap(deps, accountant, school.authorityId, { feeCode: 'CLUB', unit: 'tháng', maximumVnd: 100_000,
    legalBasis: 'NQ 18/2025', validFrom: '2026-09-01' })
  await choose(school, school.studentId, true)
  t.match(await listOptionalItems(deps, school), { items: [{ chosen: true, payableVnd: 150_000 }] })
})

t.test('a closed round is billed no more, still takes money, and can be opened again', async (t) => {
  const school = await open()
  const { schoolId, roundId, studentId } = school
  const setState = (state: 'open' | 'closed') => setRoundState(deps, accountant, schoolId, { roundId, state })
  const { id } = await startRun(deps, accountant, schoolId, roundId)
  await t.rejects(setState('closed'), { code: 'INVOICE_RUN_EXISTS' })
  await runInvoices(deps, schoolId, id)
  t.match(await setState('closed'), { state: 'closed' })
  t.match(await setState('closed'), { state: 'closed' }, 'closing again changes nothing')
  await t.rejects(startRun(deps, accountant, schoolId, roundId), { code: 'ROUND_CLOSED_CONFLICT' })
  await t.rejects(replacePlan(deps, accountant, schoolId, { roundId, fees: [] }), { code: 'ROUND_CLOSED_CONFLICT' })
  const bill = await mainBill(school, studentId)
  await recordCash(deps.db, schoolId, accountant,
    { studentId, invoiceId: bill?.id ?? '', amountVnd: 74_995, receivedOn: '2026-11-20' }, SAMPLE_NOW)
  t.match(await getRoundFigures(deps, schoolId, roundId), { total: { collectedVnd: 74_995 } })
  await setState('open')
  t.equal((await run(school)).outcome, 'done')
  t.match((await listRuns(deps, schoolId, { roundId })).items, [{ state: 'done' }, { state: 'done', id }],
    'newest first')
  const audited = await deps.db.inSchool(schoolId, (trx) => trx.selectFrom('audit_log').select('action')
    .where('action', 'like', 'round.%').orderBy('id').execute())
  t.strictSame(audited.map(({ action }) => action), ['round.plan', 'round.close', 'round.reopen'])
})

t.test('the figures of a round add up, by class and by fee kind', async (t) => {
  const school = await open()
  const { schoolId, roundId, studentId } = school
  await run(school)
  await choose(school, studentId, true)
  const bill = await mainBill(school, studentId)
  await recordCash(deps.db, schoolId, accountant,
    { studentId, invoiceId: bill?.id ?? '', amountVnd: 400_000, receivedOn: '2026-11-20' }, SAMPLE_NOW)
  const { total, byClass, byFeeKind } = await getRoundFigures(deps, schoolId, roundId)
  const billedVnd = 6 * (BILLED_VND + 631_800) + CLUB_VND
  t.match(total, { invoices: 12, students: 6, billedVnd, collectedVnd: 400_000, openVnd: billedVnd - 400_000,
    settledInvoices: 0 })
  for (const rows of [byClass, byFeeKind]) {
    for (const figure of ['billedVnd', 'exemptedVnd', 'collectedVnd', 'openVnd'] as const) {
      t.equal(rows.reduce((sum, row) => sum + row[figure], 0), total[figure], figure)
    }
  }
  t.match(byClass, [{ students: 3, invoices: 6 }, { students: 3, invoices: 6 }])
  t.match(byFeeKind.map(({ code, lines }) => [code, lines]), [['TUITION', 6], ['BOARDING', 6], ['MEALS', 6],
    ['WATER', 6], ['BHYT', 6], ['CLUB', 1]])
  t.match((await listRoundsWithSums(deps, schoolId, {})).items, [{ id: roundId, ...total }])
})

t.test('the bills of a round are listed by class and name, page by page, by state', async (t) => {
  const school = await open()
  const { schoolId, roundId, studentId } = school
  await run(school)
  await choose(school, studentId, true)
  const first = await listRoundBills(deps, schoolId, { roundId, limit: 7 })
  const second = await listRoundBills(deps, schoolId, { roundId, limit: 7, after: first.next })
  t.match([first.items.length, second.items.length, second.next], [7, 5, undefined])
  const names = [...first.items, ...second.items].map(({ className, studentName }) => `${className} ${studentName}`)
  t.strictSame(names, [...names].sort(), 'in order')
  t.equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 12, 'each once')
  t.match((await listRoundBills(deps, schoolId, { roundId, view: 'cancelled' })).items,
    [{ studentId, state: 'superseded', openVnd: 0, withdrawnReason: /./ }])
  t.equal((await listRoundBills(deps, schoolId, { roundId, view: 'paid' })).items.length, 0)
  const { classId } = first.items[0] ?? {}
  assert(typeof classId === 'string')
  t.equal((await listRoundBills(deps, schoolId, { roundId, view: 'open', classId })).items.length, 6)
})
