// The pages that ask before a round takes something back: each bill with its child and its money, a tick for each one
// that was paid; and the desk's question about credit that is left of an earlier school year.
import t from 'tap'
import { recordCash } from '../../src/reconciliation/record-cash.js'
import { SAMPLE_NOW } from '../invoicing/school.js'
import { openRoundWorld } from '../invoicing/round-world.js'
import { openDesk } from './desk-world.js'

const ACTOR = { name: 'user:test', grants: [], address: null }

t.test('a bill with money on it is cancelled only when it was ticked', async (t) => {
  const world = await openDesk(t)
  const { get, post, round, school, db, asAdmin } = world
  const at = `/api/v1/schools/${school.schoolId}`
  await post(`${round}/runs`)
  await world.issue()
  const [studentId = '', leaver = ''] = school.studentIds
  const { items } = (await asAdmin('GET', `${at}/invoices?studentId=${studentId}`)).json<{
    items: { id: string; bankAccountId: string }[]
  }>()
  const paid = items.find(({ bankAccountId }) => bankAccountId === school.mainAccountId)
  await recordCash(db, school.schoolId, ACTOR,
    { studentId, invoiceId: paid?.id ?? '', amountVnd: 50_000, receivedOn: '2026-11-20' }, SAMPLE_NOW)
  await asAdmin('POST', `${at}/students/${studentId}/transfer`, { toClassId: null, on: '2026-08-15' })
  await asAdmin('POST', `${at}/students/${leaver}/transfer`, { toClassId: null, on: '2026-11-21' })

  const seen = await get(`${round}/preview`)
  t.match(seen.text, /2 thông báo thu sẽ bị hủy mà không có thông báo thay thế.*chỉ bị hủy khi bạn đánh dấu/)
  t.match(seen.text, /Học sinh 1 Không học ở trường vào ngày lập thông báo 1\.074\.995 đ 50\.000 đ Hủy thông báo này/)
  t.match(seen.text, /Học sinh 1 .* 631\.800 đ 0 đ Hủy /)
  t.equal(seen.html.match(/name="withdraw"/g)?.length, 1, 'one box: only one of the two was paid')
  const markOf = ({ html }: { html: string }) => /name="previewed" value="([^"]+)"/.exec(html)?.[1] ?? ''

  t.equal((await post(`${round}/runs`, { previewed: markOf(seen) })).status, 303)
  await world.issue()
  const kept = await get(`${round}/preview`)
  t.match(kept.text, /hủy 1, giữ nguyên 10.*Giữ nguyên 1 thông báo thu không còn theo mức thu, vì không được đánh dấu/)
  t.match(kept.text, /1 thông báo thu sẽ bị hủy/)
  t.match(await post(`${round}/runs`, { previewed: markOf(seen), withdraw: paid?.id ?? '' }),
    { status: 409, text: /đã thay đổi từ lúc bạn xem trước/ })
  t.equal((await post(`${round}/runs`, { previewed: markOf(kept), withdraw: paid?.id ?? '' })).status, 303)
  await world.issue()
  t.match((await get(`${round}/preview`)).text, /hủy 1, giữ nguyên 10\..*Không có gì thay đổi/)
})

t.test('a round that bills nobody says why', async (t) => {
  const { get, post, desk, school } = await openDesk(t)
  const next = await post(`${desk}/rounds`,
    { name: 'Tháng 8', schoolYear: '2027-2028', dueOn: '2027-08-31', copyFrom: school.roundId })
  const preview = (next.location ?? '').replace(/\/plan.*/, '/preview')
  t.match((await get(preview)).text, /Không có ai để phát hành: trường chưa có lớp nào của năm học 2027-2028\./)
  const empty = await post(`${desk}/rounds`, { name: 'Trống', schoolYear: '2026-2027', dueOn: '2026-12-31', copyFrom: '' })
  t.match((await get((empty.location ?? '').replace(/\/plan.*/, '/preview'))).text, /Đợt thu chưa có mức thu/)
})

t.test('bills of children who left are told; credit of an earlier year is decided on its own page', async (t) => {
  const world = await openRoundWorld(t)
  const { school, app, adminToken } = world
  const headers = { authorization: `Bearer ${adminToken}` }
  const read = async (url: string) =>
    (await app.inject({ url, headers })).body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
  const [bill, other] = await world.bills()
  await world.move(other?.studentId ?? '', null, '2026-10-01')
  world.goTo('2026-10-02')
  t.match(await read(`/desk/${school.schoolId}/rounds/${school.roundId}/preview`),
    /Học sinh đã nghỉ, thông báo thu vẫn giữ.*Trần Văn Bình 01\/10\/2026 250\.000 đ 0 đ/)
  await world.payBank(bill?.paymentCode ?? '', 300_000, '2026-09-10')
  world.goTo('2027-08-10')
  const { id: classId } = await world.post<{ id: string }>('/classes', { schoolYear: '2027-2028', name: '4A', grade: 4 })
  await world.move(bill?.studentId ?? '', classId, '2027-08-10')
  await world.run({ roundId: await world.addRound({ name: 'Tháng 8', schoolYear: '2027-2028', dueOn: '2027-08-31',
    fees: [{ feeKindId: world.feeKindId, scope: 'school', amountVnd: 70_000 }] }) })
  const { items: [item] } = await world.get<{ items: { id: string }[] }>('/review?state=open')
  const url = `/desk/${school.schoolId}/review/${item?.id}`
  const page = await read(url)
  t.match(page, /Tiền năm trước · 50\.000 đ.*còn tiền thừa của năm học trước/)
  t.match(page, /Tiền thừa của năm học 2026-2027.*năm học 2027-2028.*Dùng cho năm học mới.*Giữ nguyên.*Chờ hoàn tiền/)
  const sent = await app.inject({
    method: 'POST', url: `${url}/credit`, payload: 'choice=use&note=',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
  })
  t.equal(sent.statusCode, 303)
  t.match(await world.get(`/students/${bill?.studentId}/account`), { creditVnd: 0, openVnd: 20_000 })
})
