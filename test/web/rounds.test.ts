// The desk's pages about collecting, act by act: what a page shows, what an act changes, and how a refusal comes back.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { setPriceCap } from '../../src/fees/price-caps.js'
import { getRoundWithFees, replacePlan } from '../../src/fees/plan-round.js'
import { listInvoices } from '../../src/invoicing/invoice-queries.js'
import { recordCash } from '../../src/reconciliation/record-cash.js'
import { openBrowser, openPeopleWorld } from '../access/people-world.js'
import { SAMPLE_NOW } from '../invoicing/school.js'
import { openDesk } from './desk-world.js'
import type { DeskWorld } from './desk-world.js'

const ACTOR = { name: 'user:test', grants: [], address: null }

async function issued(t: Parameters<typeof openDesk>[0]): Promise<DeskWorld> {
  const world = await openDesk(t)
  await world.post(`${world.round}/runs`)
  await world.issue()
  return world
}

const planOf = ({ db, school }: DeskWorld) =>
  db.inSchool(school.schoolId, (trx) => getRoundWithFees(trx, school.schoolId, school.roundId))

const billsOf = ({ db, school }: DeskWorld, studentId: string) => db.inSchool(school.schoolId, (trx) =>
  listInvoices(trx, school.schoolId, { studentId, roundId: school.roundId, limit: 20 }))

t.test('an empty school is led step by step, and a working one sees its day', async (t) => {
  const world = await openDesk(t)
  const { asAdmin, get, desk, school } = world
  const empty = await asAdmin('POST', '/api/v1/schools', { name: 'Trường Mới', type: 'public', levels: ['primary'] })
  const first = await get(`/desk/${empty.json<{ id: string }>().id}`)
  t.match(first.text, /Bắt đầu.*Nhập danh sách học sinh.*Làm bước này.*Phát hành thông báo thu/)
  t.match((await get(desk)).text, /Kết nối kênh báo tiền \(Chưa làm\) Làm bước này/, 'the next step is the open one')

  await asAdmin('POST', `/api/v1/schools/${school.schoolId}/bank-accounts/${school.mainAccountId}/channels`,
    { provider: 'casso-v1', secret: 'a-secret-of-the-tests' })
  await world.post(`${world.round}/runs`)
  await world.issue()
  const [bill] = await billsOf(world, school.studentIds[0] ?? '')
  assert(bill)
  await recordCash(world.db, school.schoolId, ACTOR,
    { studentId: bill.studentId, invoiceId: bill.id, amountVnd: 50_000, receivedOn: '2026-11-20' }, SAMPLE_NOW)
  const today = await get(desk)
  t.match(today.text, /Hôm nay, 20\/11\/2026/)
  t.match(today.text, /Không có việc gì đang chờ/)
  t.match(today.text, /Đợt thu đang mở Tháng 12 · Hạn nộp 15\/12\/2026.*50\.000 đ \/ 10\.240\.770 đ/)
  t.match(today.text, /Tiền mặt hôm nay Đã thu 50\.000 đ Phiếu thu 1/)
})

t.test('a round is opened, with the fees of an earlier one, and a faulty form comes back filled', async (t) => {
  const world = await openDesk(t)
  const { get, post, desk, school } = world
  t.match((await get(`${desk}/rounds`)).text, /Tháng 12 2026-2027 15\/12\/2026 0 0 đ 0 đ 0 đ – Đang mở/)
  const faulty = await post(`${desk}/rounds`, { name: ' ', schoolYear: '2026-2027', dueOn: '2026-13-01', copyFrom: '' })
  t.match([faulty.status, faulty.text], [422, /Hãy đặt tên.*Hãy chọn hạn nộp/])
  const twice = await post(`${desk}/rounds`, { name: 'Tháng 12', schoolYear: '2026-2027', dueOn: '2026-12-31' })
  t.match([twice.status, twice.text, twice.html], [422, /đã có đợt thu cùng tên/, /value="2026-12-31"/])
  const made = await post(`${desk}/rounds`,
    { name: 'Tháng 1', schoolYear: '2026-2027', dueOn: '2027-01-15', copyFrom: school.roundId })
  t.match([made.status, made.location], [303, /\/rounds\/[0-9a-f-]{36}\/plan\?done=round$/])
  const plan = await get(made.location ?? '')
  t.match(plan.html, /value="735\.000"/, 'the fees are copied')
  t.match(plan.text, /Đã mở đợt thu\. Bước tiếp theo: nhập mức thu\./)
  t.equal((await get(`${desk}/rounds/01890000-0000-7000-8000-000000000000`)).status, 404)
})

t.test('the plan is edited as a whole; fees of single students stay', async (t) => {
  const world = await openDesk(t)
  const { post, round, school, asAdmin } = world
  const [studentId] = school.studentIds
  const { CLUB, WATER, TUITION } = school.feeKindIds
  await asAdmin('POST', `/api/v1/schools/${school.schoolId}/invoices`,
    { studentId, roundId: school.roundId, lines: [{ feeKindId: CLUB, amountVnd: 90_000 }] })
  const saved = await post(`${round}/plan`, {
    feeKindId: [WATER, TUITION, CLUB, ''], scope: ['school', 'grade:1', 'school', 'school'],
    amount: ['25.000', '60000', '', ''],
  })
  t.match([saved.status, saved.location], [303, /plan\?done=plan$/])
  t.match((await planOf(world)).fees.map(({ feeCode, scope, amountVnd }) => [feeCode, scope, amountVnd]),
    [['TUITION', 'grade', 60_000], ['WATER', 'school', 25_000], ['CLUB', 'student', 90_000]])

  const faulty = await post(`${round}/plan`, {
    feeKindId: [WATER, WATER, '', TUITION], scope: ['school', 'school', 'school', 'class:x'],
    amount: ['1,5', '25.000', '7.000', '10'],
  })
  t.match([faulty.status, faulty.text], [422, /số nguyên dưới 500 triệu.*chọn khoản thu.*Phạm vi không còn/])
  t.match(faulty.html, /value="1,5"/, 'what was typed is still there')
  const twice = await post(`${round}/plan`, { feeKindId: [WATER, WATER], scope: ['school', 'school'], amount: ['1', '2'] })
  t.match(twice.text, /trùng khoản thu và phạm vi/)

  await setPriceCap(world.deps, ACTOR, school.authorityId, { feeCode: 'WATER', unit: 'tháng', maximumVnd: 20_000,
    legalBasis: 'NQ 18/2025/NQ-HĐND', validFrom: '2026-09-01' })
  const capped = await post(`${round}/plan`, { feeKindId: [WATER], scope: ['school'], amount: ['25000'] })
  t.match([capped.status, capped.text],
    [422, /WATER: 25\.000 đ cao hơn mức trần 20\.000 đ một tháng \(NQ 18\/2025\/NQ-HĐND\)/])
  t.equal((await planOf(world)).fees.length, 3, 'a refused plan changes nothing')
})

t.test('a round is previewed, issued in the background, and watched', async (t) => {
  const world = await openDesk(t)
  const { get, post, round, school, db } = world
  t.match((await get(`${round}/preview`)).text, /Phát hành mới 12 0 đ 10\.240\.770 đ.*Phát hành 12 thông báo thu/)
  const previewed = /name="previewed" value="([^"]+)"/.exec((await get(`${round}/preview`)).html)?.[1] ?? ''
  t.match(await post(`${round}/runs`, { previewed: `${previewed}1` }), { status: 409, text: /đã thay đổi từ lúc bạn xem trước/ })
  t.match(await post(`${round}/runs`, { previewed }), { status: 303, location: `${round}/preview` })
  t.match(await post(`${round}/runs`, { previewed }), { status: 303 }, 'asking twice leads to the same run')
  const running = await get(`${round}/preview`)
  t.match(running.html, /data-live="[^"]+\/state" data-live-state="queued 0"/)
  t.match((await post(`${round}/close`)).text, /đang được phát hành/)
  const watched = /data-live="([^"]+)"/.exec(running.html)?.[1] ?? ''
  await world.issue()
  t.equal((await get(watched)).html, 'done 6', 'the state that the script compares')
  t.match((await get(`${round}/preview`)).text, /Phát hành 12 \(trong đó thay thế 0\).*Không có gì thay đổi/)
  t.match((await get(round)).text, /Bảo hiểm y tế 6 3\.790\.800 đ 0 đ 3\.790\.800 đ 0,00%/)

  const file = await get(`${round}/export/classes?format=csv`)
  t.match([file.status, file.html.split('\r\n').length], [200, 4], 'two classes, a head line and the end')
  t.equal((await get(`${round}/export/bills?format=xlsx`)).html.slice(0, 2), 'PK')

  await setPriceCap(world.deps, ACTOR, school.authorityId, { feeCode: 'MEALS', unit: 'tháng', maximumVnd: 1,
    legalBasis: 'NQ', validFrom: '2026-09-01' })
  t.match(await post(`${round}/runs`), { status: 422, text: /Chưa phát hành được: vượt mức trần MEALS/ })
  const runs = await db.inSchool(school.schoolId, (trx) => trx.selectFrom('invoice_run').select('id').execute())
  t.equal(runs.length, 1)
})

t.test('a closed round can be looked at and not changed, until it is opened again', async (t) => {
  const world = await issued(t)
  const { get, post, round, school } = world
  t.match(await post(`${round}/close`), { status: 303, location: `${round}?done=closed` })
  t.match((await get(`${round}?done=closed`)).text, /Đã chốt đợt thu.*Mở lại đợt thu/)
  t.match(await post(`${round}/runs`), { status: 409, text: /Đợt thu đã chốt/ })
  t.match(await post(`${round}/plan`, { feeKindId: [school.feeKindIds.WATER], scope: ['school'], amount: ['1'] }),
    { status: 409, text: /Đợt thu đã chốt/ })
  t.notMatch((await get(`${round}/plan`)).html, /Lưu mức thu/)
  t.match(await post(`${round}/reopen`), { status: 303 })
  t.match((await get(round)).text, /Sau khi chốt/)
})

t.test('bills are listed by class and state', async (t) => {
  const world = await issued(t)
  const { get, post, round, school } = world
  const list = await get(`${round}/bills?classId=&view=`)
  t.equal(list.html.match(/<tr>/g)?.length, 13, '12 bills and the head line')
  const [student = ''] = school.studentIds
  const [bill] = await billsOf(world, student)
  t.match(await post(`${round}/bills/${bill?.id}/cancel`, { reason: 'nhầm lớp' }),
    { status: 303, location: `${round}/students/${student}?done=cancelled` })
  t.match((await get(`${round}/bills?view=cancelled`)).text, /Đã hủy/)
  const { classId } = bill ?? {}
  t.equal((await get(`${round}/bills?classId=${classId}`)).html.match(/<tr>/g)?.length, 6)
  t.match((await get(`${round}/bills?view=paid`)).text, /Không có thông báo thu nào theo bộ lọc này/)
  t.equal((await get(`${round}/bills?cursor=x`)).status, 422)
})

t.test('a bill is cancelled with a reason, once', async (t) => {
  const world = await issued(t)
  const { get, post, round, school } = world
  const [student = ''] = school.studentIds
  const [bill] = await billsOf(world, student)
  const cancel = `${round}/bills/${bill?.id}/cancel`
  t.match(await post(cancel, { reason: '  ' }), { status: 422, text: /Hãy ghi lý do/ })
  t.match(await post(cancel, { reason: 'nhầm lớp' }), { status: 303 })
  t.match((await get(`${round}/students/${student}`)).text, /Đã hủy Lý do: nhầm lớp/)
  t.match(await post(cancel, { reason: 'lần nữa' }), { status: 409, text: /đã được hủy hoặc thay thế/ })
})

t.test('the bills and the runs of one round are not under the address of another', async (t) => {
  const world = await issued(t)
  const { get, post, desk, round, school } = world
  const made = await post(`${desk}/rounds`, { name: 'Tháng 1', schoolYear: '2026-2027', dueOn: '2027-01-15' })
  const other = /^(.+)\/plan/.exec(made.location ?? '')?.[1] ?? ''
  const [student = ''] = school.studentIds
  const [bill] = await billsOf(world, student)
  const reason = 'nhầm lớp'
  t.match(await post(`${other}/bills/${bill?.id}/cancel`, { reason }), { status: 404, text: /Không có thông báo thu này/ })
  t.match(await post(`${other}/bills/${bill?.id}/cancel`), { status: 404 })
  t.match(await billsOf(world, student), [{ state: 'issued' }, { state: 'issued' }], 'they stand as they stood')
  const [run] = await world.db.inSchool(school.schoolId, (trx) => trx.selectFrom('invoice_run').select('id').execute())
  t.equal((await get(`${other}/runs/${run?.id}/state`)).status, 404)
  t.equal((await get(`${round}/runs/${run?.id}/state`)).status, 200)
  t.match(await post(`${round}/bills/${bill?.id}/cancel`, { reason }), { status: 303 })
})

t.test('a student is billed anew for what this student alone pays', async (t) => {
  const world = await issued(t)
  const { get, post, round, school } = world
  const [student = ''] = school.studentIds
  const page = `${round}/students/${student}`
  const { WATER, MEALS } = school.feeKindIds
  t.match(await post(`${page}/lines`, { [`amount-${WATER}`]: '20.000', [`amount-${MEALS}`]: '735000' }),
    { status: 422, text: /Chưa có số tiền nào thay đổi/ })
  t.match(await post(`${page}/lines`, { [`amount-${WATER}`]: 'mười' }), { status: 422, text: /số nguyên/ })
  t.match(await post(`${page}/lines`, { [`amount-${WATER}`]: '', [`amount-${MEALS}`]: '500.000' }), { status: 303 })
  t.match((await planOf(world)).fees.filter(({ scope }) => scope === 'student'),
    [{ feeCode: 'MEALS', amountVnd: 500_000 }, { feeCode: 'WATER', amountVnd: 0 }], 'only what changed')
  await post(`${page}/lines`,
    { [`amount-${WATER}`]: '10.000', [`was-${WATER}`]: '0', [`amount-${MEALS}`]: '735.000', [`was-${MEALS}`]: '735000' })
  t.match((await planOf(world)).fees.filter(({ scope }) => scope === 'student'),
    [{ feeCode: 'MEALS', amountVnd: 500_000 }, { feeCode: 'WATER', amountVnd: 10_000 }],
    'what an old page left as it was drawn is not what it drew, but what it has become')
  const shown = await get(page)
  t.match(shown.html, /name="was-[0-9a-f-]+" value="500000"/)
  t.match(shown.text, /Tiền ăn 500\.000 đ/)
  t.match(shown.text, /Đã thay thế Lý do: Mức thu, miễn giảm hoặc danh sách học sinh đã thay đổi/)
  t.equal((await get(`${round}/students/01890000-0000-7000-8000-000000000000`)).status, 404)
})

t.test('optional items are counted, seen by class and edited by student', async (t) => {
  const world = await openDesk(t)
  const { get, post, round, school } = world
  t.match((await get(`${round}/items`)).text, /không có khoản tự chọn/)
  await post(`${round}/plan`, { feeKindId: [school.feeKindIds.CLUB], scope: ['school'], amount: ['150.000'] })
  const [student = ''] = school.studentIds
  const page = `${round}/students/${student}`
  t.match((await get(page)).text, /Câu lạc bộ: 150\.000 đ .*Chưa chọn/)
  t.match(await post(`${page}/items`, { item: school.feeKindIds.CLUB }), { status: 303, location: `${page}?done=items` })
  t.match((await get(page)).html, /checked/)
  t.match((await get(`${round}/items`)).text, /Câu lạc bộ 6 1 0 5 150\.000 đ/)
  await post(`${page}/items`)
  t.match((await get(`${round}/items`)).text, /Câu lạc bộ 6 0 1 5 0 đ/, 'unticked is declined')
  const [place] = await world.db.inSchool(school.schoolId, (trx) =>
    trx.selectFrom('enrolment').select('class_id').where('student_id', '=', student).execute())
  t.match((await get(`${round}/items?classId=${place?.class_id}`)).text, /Học sinh 1 Không chọn khoản nào Học sinh 2 Chưa chọn/)
  t.match(await post(`${page}/items`, { item: school.feeKindIds.WATER }), { status: 422, text: /không còn dành cho học sinh/ })
})

t.test('fee kinds are made and changed; what bills name stays', async (t) => {
  const world = await openDesk(t)
  const { get, post, desk, school } = world
  const fee = { code: 'xebuyt', name: 'Xe đưa đón', feeGroup: 'service', legalBasis: 'Thỏa thuận', optional: 'yes',
    bankAccountId: school.mainAccountId, priority: '70' }
  t.match(await post(`${desk}/fees`, fee), { status: 303, location: `${desk}/fees?done=saved` })
  const list = await get(`${desk}/fees`)
  t.match(list.text, /Xe đưa đón XEBUYT Dịch vụ phục vụ giáo dục Thỏa thuận Vietcombank 0011004567890 70 Tự chọn/)
  t.match(await post(`${desk}/fees`, fee), { status: 422, text: /Mã này đã có khoản thu khác dùng/ })
  t.match(await post(`${desk}/fees`, { ...fee, code: 'xe buýt', name: '', priority: 'cao', legalBasis: '' }),
    { status: 422, text: /Mã gồm.*Hãy nhập tên.*căn cứ thu.*Thứ tự là số/ })
  const id = /fees\/([0-9a-f-]{36})">Xe đưa đón/.exec(list.html)?.[1]
  t.match(await post(`${desk}/fees/${id}`, { ...fee, code: 'KHAC', name: 'Xe buýt', optional: '' }), { status: 303 })
  t.match((await get(`${desk}/fees`)).text, /Xe buýt XEBUYT/, 'the code is for good')
  t.match(await post(`${desk}/fees/${id}`, { ...fee, name: '' }), { status: 422, html: /value="Thỏa thuận"/ })
  t.equal((await get(`${desk}/fees/01890000-0000-7000-8000-000000000000`)).status, 404)
})

t.test('a head reads everything and changes nothing; an accountant signs in and opens a round', async (t) => {
  const world = await openPeopleWorld(t)
  const { app, schoolId, makePerson, totp } = world
  const desk = `/desk/${schoolId}`
  const head = openBrowser(app)
  await head.signIn((await makePerson('head')).loginName, totp())
  for (const page of ['', '/rounds', '/fees', '/channels']) {
    const answer = await head.get(`${desk}${page}`)
    t.match([answer.statusCode, /<form method="post" action="\/desk/.test(answer.body)], [200, false], `${page} has no act`)
  }
  const round = { name: 'Tháng 9', schoolYear: '2026-2027', dueOn: '2026-09-30' }
  t.match(await head.post(`${desk}/rounds`, round), { statusCode: 403, headers: { 'content-type': /html/ } })
  const accountant = openBrowser(app)
  await accountant.signIn((await makePerson('accountant')).loginName, totp())
  await accountant.get(`${desk}/rounds`)
  t.match(await accountant.post(`${desk}/rounds`, round), { statusCode: 303 })
  t.match(await accountant.post(`${desk}/rounds`, round, { csrf: false }), { statusCode: 403 })
  t.match(await accountant.get(`/desk/${world.otherSchoolId}/rounds`), { statusCode: 403 })

  for (const [list, rows] of [['rounds', /Tháng 9,2026-2027,2026-09-30,0,0,0,0,/], ['fees', /Tên khoản thu,Mã/],
    ['people', /accountant\.\d@school\.example/], ['audit', /Lập đợt thu,Đợt thu [0-9a-f-]{36},/]] as const) {
    const file = await head.get(`${desk}/${list}?format=csv`)
    t.match([file.statusCode, file.headers['content-type']], [200, /^text\/csv/], list)
    t.match(file.body, rows)
    t.equal((await head.get(`${desk}/${list}?format=xlsx`)).body.slice(0, 2), 'PK')
  }
})

t.test('no run goes by a plan that nobody looked at', async (t) => {
  const world = await openDesk(t)
  const { get, post, round, school, db } = world
  const { schoolId, roundId, feeKindIds } = school
  const seen = async () => /name="previewed" value="([^"]+)"/.exec((await get(`${round}/preview`)).html)?.[1] ?? ''
  const plan = (amountVnd: number) => ({ roundId, fees: [{ feeKindId: feeKindIds.WATER, scope: 'school' as const, amountVnd }] })
  const runs = () => db.inSchool(schoolId, (trx) => trx.selectFrom('invoice_run').select('id').execute())
  const previewed = await seen()

  let commit: () => void = () => undefined
  const mayCommit = new Promise<void>((resolve) => { commit = resolve })
  let isWritten: () => void = () => undefined
  const written = new Promise<void>((resolve) => { isWritten = resolve })
  const slowly: Pick<typeof world.deps, 'db'> = { db: { ...db, inSchool: (id, work) => db.inSchool(id, async (trx) => {
    const result = await work(trx)
    isWritten()
    await mayCommit
    return result
  }) } }
  const saving = replacePlan(slowly, ACTOR, schoolId, plan(15_000))
  await written
  const issuing = post(`${round}/runs`, { previewed })
  await Promise.race([issuing, delay(500)])
  commit()
  await saving
  t.match(await issuing, { status: 409, text: /đã thay đổi từ lúc bạn xem trước/ }, 'it was saved in between')
  t.same(await runs(), [])

  t.match(await post(`${round}/runs`, { previewed: await seen() }), { status: 303 })
  await t.rejects(replacePlan(world.deps, ACTOR, schoolId, plan(16_000)), { code: 'INVOICE_RUN_EXISTS' })
  t.match(await post(`${round}/plan`, { feeKindId: [feeKindIds.WATER], scope: ['school'], amount: ['16000'] }),
    { status: 409, text: /đang được phát hành/ }, 'the plan stands until the run is done')
  await world.issue()
  t.match(await replacePlan(world.deps, ACTOR, schoolId, plan(16_000)), { fees: [{ amountVnd: 16_000 }] })
})
