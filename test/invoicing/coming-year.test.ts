// The turn of the school year, which the books begin on 1 August: money of July for bills of August, rounds that are
// due before the year begins, and what is left of the year before.
import t from 'tap'
import { openRoundWorld } from './round-world.js'
import type { RoundWorld } from './round-world.js'

/** The children of the year that comes are on its list already. */
async function enrolNextYear(world: RoundWorld): Promise<void> {
  const headers = { authorization: `Bearer ${world.adminToken}`, 'content-type': 'text/csv' }
  const payload = ['Mã định danh,Họ và tên,Ngày sinh,Lớp', '0100000001,Nguyễn Thị Ánh,05/09/2017,4A',
    '0100000002,Trần Văn Bình,1/2/2017,4A'].join('\n')
  const url = `${world.at}/students/import?schoolYear=2027-2028`
  const answer = await world.app.inject({ method: 'POST', url, headers, payload })
  if (answer.statusCode !== 200 && answer.statusCode !== 201) throw new Error(answer.body)
}

async function studentCode(world: RoundWorld, studentId: string): Promise<string> {
  return (await world.post<{ paymentCode: string }>(`/students/${studentId}/payment-code`)).paymentCode
}

function nextYear(world: RoundWorld, name: string, dueOn: string, amountVnd: number): Promise<string> {
  const fees = [{ feeKindId: world.feeKindId, scope: 'school', amountVnd }]
  return world.addRound({ name, schoolYear: '2027-2028', dueOn, fees })
}

interface Credit {
  kind: string
  heldVnd: number
  schoolYear: string | null
}

async function creditsOf(world: RoundWorld, studentId: string): Promise<(string | number | null)[][]> {
  const { credits } = await world.get<{ credits: Credit[] }>(`/students/${studentId}/account`)
  return credits.map(({ kind, heldVnd, schoolYear }) => [kind, heldVnd, schoolYear])
}

interface Item {
  id: string
  reason: string
  state: string
  amountVnd: number
  evidence: object
}

async function reviewOf(world: RoundWorld): Promise<Item[]> {
  return (await world.get<{ items: Item[] }>('/review?state=open')).items
}

t.test('money of July that came by student code, when nothing was open, pays the bill of August', async (t) => {
  const world = await openRoundWorld(t)
  const [first] = await world.bills()
  const studentId = first?.studentId ?? ''
  world.goTo('2027-05-10')
  await world.payBank(first?.paymentCode ?? '', 250_000, '2027-05-10')
  world.goTo('2027-07-20')
  await world.payBank(await studentCode(world, studentId), 300_000, '2027-07-20')
  t.same(await creditsOf(world, studentId), [['surplus', 300_000, null]], 'no bill dates it')
  await enrolNextYear(world)
  world.goTo('2027-08-10')
  const roundId = await nextYear(world, 'Tháng 8', '2027-08-31', 260_000)
  t.match(await world.run({ roundId }), { issuedCount: 2 })
  t.match(await world.bill(studentId, roundId), { paidVnd: 260_000, status: 'paid' })
  t.same(await creditsOf(world, studentId), [['surplus', 40_000, null]])
  t.same(await reviewOf(world), [])
})

t.test('a round that is due before its year begins bills the children of its year', async (t) => {
  const world = await openRoundWorld(t)
  world.goTo('2027-07-15')
  await enrolNextYear(world)
  const roundId = await nextYear(world, 'Đầu năm', '2027-07-31', 260_000)
  t.match(await world.preview(roundId), { students: 2, invoices: 2, nobody: null })
  t.match(await world.run({ roundId }), { issuedCount: 2, nobody: null })
  const again = { issuedCount: 0, cancelledCount: 0, unchangedCount: 2, nobody: { code: 'ALL_ISSUED' } }
  t.match(await world.run({ roundId }), again, 'and again: nothing changes')
  const [bill] = await world.bills(`&roundId=${roundId}`)
  world.goTo('2027-09-01')
  await world.move(bill?.studentId ?? '', null, '2027-09-01')
  t.match(await world.run({ roundId }), again, 'nor when one of them leaves in September')
})

t.test('a surplus of a payment that paid bills of the coming year is of that year', async (t) => {
  const world = await openRoundWorld(t)
  const [first] = await world.bills()
  const studentId = first?.studentId ?? ''
  await world.payBank(first?.paymentCode ?? '', 250_000, '2026-09-10')
  world.goTo('2027-07-15')
  await enrolNextYear(world)
  const august = await nextYear(world, 'Tháng 8', '2027-08-31', 200_000)
  await world.run({ roundId: august })
  await world.payBank(await studentCode(world, studentId), 350_000, '2027-07-20')
  t.same(await creditsOf(world, studentId), [['surplus', 150_000, '2027-2028']], 'by student code')
  const [, second] = await world.bills(`&roundId=${august}`)
  await world.payBank(second?.paymentCode ?? '', 260_000, '2027-07-21')
  t.same(await creditsOf(world, second?.studentId ?? ''), [['surplus', 60_000, '2027-2028']], 'by the code of the bill')
  world.goTo('2027-08-02')
  const september = await nextYear(world, 'Tháng 9', '2027-09-30', 200_000)
  await world.run({ roundId: september })
  t.match(await world.bill(studentId, september), { paidVnd: 150_000, status: 'part_paid' })
  t.match(await world.bill(second?.studentId ?? '', september), { paidVnd: 60_000, status: 'part_paid' })
})

t.test('credit that is left of an earlier year stays, and asks once when a new year is billed', async (t) => {
  const world = await openRoundWorld(t)
  const bills = await world.bills()
  for (const bill of bills) await world.payBank(bill.paymentCode, 350_000, '2026-09-10')
  world.goTo('2027-07-30')
  await enrolNextYear(world)
  world.goTo('2027-08-10')
  const august = await nextYear(world, 'Tháng 8', '2027-08-31', 70_000)
  await world.run({ roundId: august })
  const [one = { studentId: '' }, two = { studentId: '' }] = bills
  t.same(await creditsOf(world, one.studentId), [['surplus', 100_000, '2026-2027']], 'untouched')
  const items = await reviewOf(world)
  const itemOf = (studentId: string) =>
    items.find(({ evidence }) => 'studentId' in evidence && evidence.studentId === studentId)
  t.equal(items.length, 2)
  t.match(items, [1, 2].map(() => ({
    reason: 'CREDIT_OF_EARLIER_YEAR', amountVnd: 100_000, evidence: { schoolYear: '2026-2027', billSchoolYear: '2027-2028' },
  })))
  await world.run({ roundId: await nextYear(world, 'Tháng 9', '2027-09-30', 50_000) })
  t.equal((await reviewOf(world)).length, 2, 'once for each credit')

  const used = await world.post(`/review/${itemOf(one.studentId)?.id}/credit`, { choice: 'use' })
  t.match(used, { resolution: 'USED_FOR_BILLS', allocatedVnd: 100_000, creditedVnd: -100_000 })
  t.match(await world.bill(one.studentId, august), { status: 'paid' }, 'the oldest bill first')
  t.same(await creditsOf(world, one.studentId), [['surplus', 0, '2027-2028']])

  const twoItem = itemOf(two.studentId)?.id ?? ''
  t.match(await world.post(`/review/${twoItem}/credit`, { choice: 'keep' }), { resolution: 'KEPT_AS_CREDIT', allocatedVnd: 0 })
  await world.run({ roundId: await nextYear(world, 'Tháng 10', '2027-10-31', 50_000) })
  t.same(await creditsOf(world, two.studentId), [['surplus', 100_000, '2026-2027']], 'kept: it stays and asks no more')
  t.same(await reviewOf(world), [])
  await world.post(`/review/${twoItem}/reopen`, { note: 'phụ huynh muốn nhận lại' })
  const [reopened] = await reviewOf(world)
  t.match(await world.post(`/review/${reopened?.id}/credit`, { choice: 'refund' }), { resolution: 'AWAITING_REFUND' })
  t.same(await creditsOf(world, two.studentId), [['awaiting_refund', 100_000, '2026-2027']])
  await world.post(`/review/${reopened?.id}/reopen`)
  const [last] = await reviewOf(world)
  t.match(await world.post(`/review/${last?.id}/credit`, { choice: 'use' }), { allocatedVnd: 100_000 })
})

t.test('what cash left of an earlier year asks too, and no more when the receipt is taken back', async (t) => {
  const world = await openRoundWorld(t)
  const [bill] = await world.bills()
  await world.payCash(bill ?? await world.bill(''), 300_000)
  world.goTo('2027-07-30')
  await enrolNextYear(world)
  world.goTo('2027-08-10')
  await world.run({ roundId: await nextYear(world, 'Tháng 8', '2027-08-31', 70_000) })
  t.match(await reviewOf(world), [{ reason: 'CREDIT_OF_EARLIER_YEAR', amountVnd: 50_000 }])
  const { rows: [receipt] } = await world.db.inSchool(world.school.schoolId, async (trx) =>
    ({ rows: await trx.selectFrom('cash_receipt').select('id').execute() }))
  await world.asAdmin('POST', `${world.at}/cash-receipts/${receipt?.id}/reverse`, { reason: 'ghi nhầm' })
  t.same(await reviewOf(world), [])
})
