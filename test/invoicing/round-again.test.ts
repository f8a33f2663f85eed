// A round that is run again: what was right on its day stays, what would go is shown and asked about, and the run takes
// nothing else back. The first world is test/vectors/faults/round-run-again-after-children-left.json.
import t from 'tap'
import { runInvoices } from '../../src/invoicing/run.js'
import { openRoundWorld } from './round-world.js'
import type { RoundWorld } from './round-world.js'

const CHILDREN = [
  '0100000001,Nguyễn Thị Ánh,05/09/2017,3A', '0100000002,Trần Văn Bình,1/2/2017,3A', '0100000003,Lê Thị Chi,3/4/2017,3B',
]

/** Billed on 10 September: the children in the order of the file, and their classes. */
async function billed(t: Parameters<typeof openRoundWorld>[0]) {
  const world = await openRoundWorld(t, { students: CHILDREN })
  const bills = await world.bills()
  const [a = '', b = '', c = ''] = bills.map(({ studentId }) => studentId)
  const { items: classes } = await world.get<{ items: { id: string; name: string }[] }>('/classes?schoolYear=2026-2027')
  const classId = (name: string) => classes.find((one) => one.name === name)?.id ?? ''
  return { world, a, b, c, threeA: classId('3A'), threeB: classId('3B') }
}

function replaceFees({ asAdmin, at, school }: RoundWorld, fees: object[]) {
  return asAdmin('PUT', `${at}/rounds/${school.roundId}/fees`, { fees })
}

const NOTHING_GOES = { diff: { gone: { invoices: 0 } }, withdrawn: [] }

t.test('children who left after they were billed keep their bills, paid or not', async (t) => {
  const { world, a, b, c, threeA } = await billed(t)
  world.goTo('2026-09-20')
  await world.payCash(await world.bill(a), 100_000)
  await world.move(b, null, '2026-09-25')
  await world.move(a, null, '2026-11-15')
  world.goTo('2026-11-20')
  await world.post('/students', { fullName: 'Phạm Gia Mới', classId: threeA })
  const preview = await world.preview()
  t.match(preview, { ...NOTHING_GOES, nobody: null })
  t.match(preview.diff, { new: { invoices: 1 }, unchanged: { invoices: 3 } })
  t.same(preview.left.map(({ studentId, paidVnd, leftOn }) => [studentId, paidVnd, leftOn]).sort(),
    [[a, 100_000, '2026-11-15'], [b, 0, '2026-09-25']].sort(), 'that they left is told')
  t.match(await world.run({ previewed: preview.mark }),
    { issuedCount: 1, cancelledCount: 0, keptCount: 0, unchangedCount: 3 })
  t.match(await world.bill(a), { state: 'issued', paidVnd: 100_000, status: 'part_paid' })
  t.match(await world.bill(b), { state: 'issued', payableVnd: 250_000 })
  t.match(await world.bill(c), { state: 'issued' })
})

t.test('a child who changes class later keeps the bill of the class in which it was billed', async (t) => {
  const { world, a, b, c, threeA, threeB } = await billed(t)
  const fees = [[threeA, 250_000], [threeB, 300_000]].map(([classId, amountVnd]) =>
    ({ feeKindId: world.feeKindId, scope: 'class', classId, amountVnd }))
  await replaceFees(world, fees)
  t.match(await world.run(), { supersededCount: 1, unchangedCount: 2 })
  t.match(await world.bill(c), { payableVnd: 300_000 })
  await world.move(a, threeB, '2026-10-05')
  world.goTo('2026-10-06')
  t.match(await world.run(), { issuedCount: 0, unchangedCount: 3, nobody: { code: 'ALL_ISSUED' } })
  t.match(await world.bill(a), { payableVnd: 250_000 })
  t.match(await world.bill(b), { payableVnd: 250_000 })
  await world.move(c, null, '2026-10-06')
  await replaceFees(world, fees.map((fee) => ({ ...fee, amountVnd: 240_000 })))
  t.match(await world.run(), { supersededCount: 3, cancelledCount: 0 }, 'a corrected price is for all who were billed')
  t.match(await world.run(), { issuedCount: 0, unchangedCount: 3 }, 'and a replacement is judged by the day of the first')
  t.match(await world.bill(c), { payableVnd: 240_000 })
})

t.test('a fee that comes into the plan later is not for a child who has left', async (t) => {
  const { world, a, b } = await billed(t)
  const { bankAccountId } = world.school
  const { id: other } = await world.post<{ id: string }>('/fee-kinds', {
    code: 'NUOC', name: 'Nước uống', feeGroup: 'service', legalBasis: 'NQ 18/2025/NQ-HĐND', bankAccountId,
  })
  await world.move(a, null, '2026-09-25')
  world.goTo('2026-10-01')
  await replaceFees(world, [[world.feeKindId, 250_000], [other, 20_000]].map(([feeKindId, amountVnd]) =>
    ({ feeKindId, scope: 'school', amountVnd })))
  t.match(await world.run(), { supersededCount: 2, unchangedCount: 1 })
  t.match(await world.bill(a), { payableVnd: 250_000 })
  t.match(await world.bill(b), { payableVnd: 270_000 })
  const { invoices: [bill] } = await world.post<{ invoices: { payableVnd: number }[] }>('/invoices', {
    studentId: a, roundId: world.school.roundId, lines: [{ feeKindId: world.feeKindId, amountVnd: 125_000 }],
  })
  t.match(bill, { payableVnd: 125_000 }, 'the bill of a child who left can still be put right by hand')
})

t.test('a bill with money on it goes only when it was named, and an unpaid one only as it was shown', async (t) => {
  const { world, a, b, c } = await billed(t)
  world.goTo('2026-09-20')
  await world.payCash(await world.bill(a), 100_000)
  // The roster is corrected: two of them were never there.
  world.goTo('2026-09-21')
  for (const studentId of [a, b]) await world.move(studentId, null, '2026-09-10')
  const [billA, billB] = [await world.bill(a), await world.bill(b)]
  const preview = await world.preview()
  t.match(preview.diff, { gone: { invoices: 2, issuedPayableVnd: 500_000 }, unchanged: { invoices: 1 } })
  t.same(preview.withdrawn, [
    { invoiceId: billA.id, studentId: a, change: 'gone', issuedPayableVnd: 250_000, payableVnd: 0, paidVnd: 100_000,
      because: 'NOT_ENROLLED' },
    { invoiceId: billB.id, studentId: b, change: 'gone', issuedPayableVnd: 250_000, payableVnd: 0, paidVnd: 0,
      because: 'NOT_ENROLLED' },
  ], 'those with money first')

  t.match(await world.run({ previewed: preview.mark }), { cancelledCount: 1, keptCount: 1, unchangedCount: 1 })
  t.match(await world.bill(a), { state: 'issued', paidVnd: 100_000 }, 'not named: it stays, and the run tells')
  await t.rejects(world.bill(b))

  const again = await world.preview()
  await t.rejects(world.run({ previewed: preview.mark, withdraw: [billA.id] }), /RUN_PREVIEW_CONFLICT/, 'another preview')
  await t.rejects(world.run({ withdraw: [(await world.bill(c)).id] }), /RUN_PREVIEW_CONFLICT/, 'no bill that would go')
  await world.payCash(billA, 50_000)
  await t.rejects(world.run({ previewed: again.mark, withdraw: [billA.id] }), /RUN_PREVIEW_CONFLICT/,
    'money came since it was looked at')
  const { mark } = await world.preview()
  t.match(await world.run({ previewed: mark, withdraw: [billA.id] }), { cancelledCount: 1, keptCount: 0 })
  const [withdrawn] = await world.bills(`&studentId=${a}`)
  t.match(withdrawn, { state: 'cancelled' })
  t.match(await world.get(`/students/${a}/account`), { creditVnd: 150_000 })
})

t.test('money that comes between the start of a run and its work keeps the bill', async (t) => {
  const { world, a } = await billed(t)
  await world.move(a, null, '2026-09-10')
  const bill = await world.bill(a)
  const { runId } = await world.post<{ runId: string }>('/invoice-runs', { roundId: world.school.roundId })
  await world.payCash(bill, 250_000)
  await runInvoices(world.deps, world.school.schoolId, runId)
  t.match(await world.get(`/invoice-runs/${runId}`), { cancelledCount: 0, keptCount: 1 })
  t.match(await world.bill(a), { state: 'issued', status: 'paid' })
})

t.test('a fee that is taken out of the plan asks about the bills that were paid', async (t) => {
  const { world, a } = await billed(t)
  await world.payCash(await world.bill(a), 250_000)
  await replaceFees(world, [])
  const preview = await world.preview()
  t.match(preview.withdrawn[0], { studentId: a, paidVnd: 250_000, because: 'NO_FEE' })
  t.match(await world.run({ previewed: preview.mark }),
    { cancelledCount: 2, keptCount: 1, nobody: { code: 'NO_FEE_PLANNED' } })
  t.match(await world.bill(a), { status: 'paid' })
})

t.test('a fee that is paid into another account by now is not billed twice beside a bill that is kept', async (t) => {
  const { world, a, b } = await billed(t)
  const other = await world.post<{ id: string }>('/bank-accounts',
    { bankBin: '970436', accountNumber: '0011004567890', accountName: 'TRUONG TIEU HOC' })
  await world.payCash(await world.bill(a), 250_000)
  await world.asAdmin('PATCH', `${world.at}/fee-kinds/${world.feeKindId}`, { bankAccountId: other.id })
  const { diff, mark } = await world.preview()
  t.match(diff, { new: { invoices: 3 }, gone: { invoices: 3 } })
  t.match(await world.run({ previewed: mark }), { issuedCount: 2, cancelledCount: 2, keptCount: 1 })
  t.same((await world.bills(`&state=issued&studentId=${a}`)).map(({ status }) => status), ['paid'])
  t.match(await world.bill(b), { bankAccountId: other.id, payableVnd: 250_000 })
})

t.test('a preview and a run that bill nobody say why', async (t) => {
  const { world, a, b, c } = await billed(t)
  const fees = [{ feeKindId: world.feeKindId, scope: 'school', amountVnd: 1_000 }]
  const dueOn = '2026-10-31'
  const whyOf = async (round: Parameters<RoundWorld['addRound']>[0]) => {
    const roundId = await world.addRound(round)
    const { nobody: seen } = await world.preview(roundId)
    const { nobody: ran, issuedCount } = await world.run({ roundId })
    t.same([seen, issuedCount], [ran, 0])
    t.ok((seen?.reason.length ?? 0) > 10)
    return seen?.code
  }
  t.equal((await world.preview()).nobody?.code, 'ALL_ISSUED')
  t.equal(await whyOf({ name: 'Không khoản', dueOn, fees: [] }), 'NO_FEE_PLANNED')
  t.equal(await whyOf({ name: 'Khối khác', dueOn, fees: [{ ...fees[0], scope: 'grade', grade: 5 }] }), 'NO_FEE_APPLIES')
  t.equal(await whyOf({ name: 'Năm sau', schoolYear: '2027-2028', dueOn: '2027-09-30', fees }), 'NO_CLASS_OF_YEAR')
  for (const studentId of [a, b, c]) await world.move(studentId, null, '2026-09-11')
  world.goTo('2026-09-12')
  t.equal(await whyOf({ name: 'Sau khi nghỉ', dueOn, fees }), 'NOBODY_ENROLLED')
})
