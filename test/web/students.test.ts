// The desk's pages about students and cash, as a program with a token sees them: what an accountant finds, does and
// takes back, and what never leaves the school.
import { parse } from 'csv-parse/sync'
import { readSheet } from 'read-excel-file/node'
import t from 'tap'
import type { Test } from 'tap'
import { v4 as uuidv4 } from 'uuid'
import { amountInWords } from '../../src/web/desk/cash-words.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { drainDepsOf } from '../../src/worker.js'
import { buildTestApp } from '../support/app.js'
import type { TestApp } from '../support/app.js'
import { callBank, created, openPayableSchool } from '../support/payable-school.js'
import type { PayableBill, PayableSchool } from '../support/payable-school.js'

const NOW = new Date('2026-09-12T03:00:00Z')
const CHILDREN = [
  '0100000001,Nguyễn Thị Ánh,05/09/2017,3A', '0100000002,Trần Văn Bình,1/2/2017,3A', '0100000003,Lê Thuỳ Chi,,3B',
  '0100000004,Phạm Dũng,,10A', '0100000005,-Đặng Hà,,9A',
]
const FEES = [
  { code: 'BT', name: 'Tiền ăn bán trú', feeGroup: 'personal', amountVnd: 735_000 },
  { code: 'NU', name: 'Nước uống', feeGroup: 'service', amountVnd: 20_000 },
]

interface Desk {
  school: PayableSchool
  at: string
  get: (path: string, token?: string) => ReturnType<TestApp['asAdmin']>
  post: (path: string, fields: Record<string, string>, token?: string) => ReturnType<TestApp['asAdmin']>
  billOf: (name: string) => Promise<PayableBill>
  api: <Body>(method: 'GET' | 'POST', path: string, body?: object) => Promise<Body>
}

async function openDesk(world: TestApp): Promise<Desk> {
  const school = await openPayableSchool(world, { students: CHILDREN, fees: FEES })
  const at = `/desk/${school.schoolId}`
  const auth = (token = world.adminToken) => ({ authorization: `Bearer ${token}` })
  const api: Desk['api'] = (method, path, body) =>
    created(world.asAdmin(method, `/api/v1/schools/${school.schoolId}${path}`, body))
  return {
    school, at, api,
    get: (path, token) => world.app.inject({ method: 'GET', url: `${at}${path}`, headers: auth(token) }),
    post: (path, fields, token) => world.app.inject({
      method: 'POST', url: `${at}${path}`, payload: new URLSearchParams(fields).toString(),
      headers: { ...auth(token), 'content-type': 'application/x-www-form-urlencoded' },
    }),
    async billOf(name) {
      const { items } = await api<{ items: { id: string; fullName: string }[] }>('GET', '/students?limit=200')
      const student = items.find(({ fullName }) => fullName === name)
      const bill = school.bills.find(({ studentId }) => studentId === student?.id)
      if (!bill) throw new Error(`${name} has no bill`)
      return bill
    },
  }
}

async function tokenOf(world: TestApp, schoolId: string, scopes: readonly string[]): Promise<string> {
  const { token } = await created<{ token: string }>(
    world.asAdmin('POST', '/api/v1/tokens', { name: 'of the test', scopes, schoolId }))
  return token
}

/** What a reader sees: without tags, and with one space between words. */
function textOf(html: string): string {
  return html.replace(/<[^>]+>/g, ' ').replaceAll('&quot;', '"').replace(/\s+/g, ' ')
}

async function assertShown(t: Test, answer: ReturnType<TestApp['asAdmin']>, ...parts: readonly string[]): Promise<string> {
  const { statusCode, body, headers } = await answer
  t.equal(statusCode, 200)
  t.match(headers['content-type'], /text\/html/)
  t.notMatch(body, /\sstyle=|<script>/, 'nothing inline')
  const text = textOf(body)
  for (const part of parts) t.ok(text.includes(part), part)
  return text
}

t.test('an amount is said in Vietnamese words', async (t) => {
  const cases: [number, string][] = [
    [0, 'Không đồng'], [5, 'Năm đồng'], [10, 'Mười đồng'], [15, 'Mười lăm đồng'], [21, 'Hai mươi mốt đồng'],
    [24, 'Hai mươi tư đồng'], [105, 'Một trăm linh năm đồng'], [1_000, 'Một nghìn đồng'],
    [755_000, 'Bảy trăm năm mươi lăm nghìn đồng'], [1_005_000, 'Một triệu không trăm linh năm nghìn đồng'],
    [1_868_650, 'Một triệu tám trăm sáu mươi tám nghìn sáu trăm năm mươi đồng'],
    [1_000_000_011, 'Một tỷ không trăm mười một đồng'], [499_999_999, 'Bốn trăm chín mươi chín triệu chín trăm chín mươi ' +
      'chín nghìn chín trăm chín mươi chín đồng'],
  ]
  for (const [amount, words] of cases) t.equal(amountInWords(amount), words)
})

t.test('the desk about students', async (t) => {
  const world = await buildTestApp(t, { now: () => NOW })
  const desk = await openDesk(world)
  const { at, get, post, school, billOf, api } = desk

  await t.test('the list goes class by class, 9 before 10, page by page, and is found by name, class and view', async (t) => {
    const text = await assertShown(t, get('/students'), 'Năm học 2026-2027', '755.000 đ')
    const order = ['Nguyễn Thị Ánh', 'Trần Văn Bình', 'Lê Thuỳ Chi', '-Đặng Hà', 'Phạm Dũng'].map((name) => text.indexOf(name))
    t.same(order, order.toSorted((a, b) => a - b))
    t.ok(order.every((place) => place > 0))
    const found = await assertShown(t, get('/students?q=thuy%20chi'), 'Lê Thuỳ Chi')
    t.notMatch(found, 'Nguyễn Thị Ánh')
    t.match(await assertShown(t, get('/students?q=0100000002')), 'Trần Văn Bình')
    t.match(await assertShown(t, get('/students?view=no_class')), /Không có học sinh nào/)
    t.match(await assertShown(t, get('/students?q=%25')), /Không có học sinh nào/, 'a wildcard is no name')
    const { items } = await api<{ items: { id: string; name: string }[] }>('GET', '/classes')
    const class3b = items.find(({ name }) => name === '3B')
    const of3b = await assertShown(t, get(`/students?class=${class3b?.id}`), 'Lê Thuỳ Chi')
    t.notMatch(of3b, 'Phạm Dũng')
    t.equal((await get('/students?cursor=WyIxIl0')).statusCode, 422)
  })

  await t.test('the pages of a long list follow one another without gap or repetition', async (t) => {
    const many = await openDesk(world)
    const rows = Array.from({ length: 120 }, (_, at) => `${1_000_000_000 + at},Lê An ${at},,${6 + at % 4}A`)
    const csv = ['Mã định danh,Họ và tên,Ngày sinh,Lớp', ...rows].join('\n')
    await world.app.inject({
      method: 'POST', url: `/api/v1/schools/${many.school.schoolId}/students/import?schoolYear=2026-2027`, payload: csv,
      headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'text/csv' },
    })
    const seen: string[] = []
    for (let path: string | undefined = '/students'; path !== undefined;) {
      const { body } = await many.get(path)
      seen.push(...[...body.matchAll(/\/students\/([0-9a-f-]{36})"/g)].map(([, id = '']) => id))
      path = /href="[^"]*(\/students\?[^"]+)" rel="next"/.exec(body)?.[1]?.replaceAll('&amp;', '&')
    }
    t.equal(seen.length, 125)
    t.equal(new Set(seen).size, 125)
  })

  await t.test('a student page shows bills, transfers, cash, credit, family and what happened', async (t) => {
    const bill = await billOf('Nguyễn Thị Ánh')
    const sibling = await billOf('Trần Văn Bình')
    await callBank(world, school, {
      id: 9_001, content: `${bill.paymentCode} nop tien <b>`, amountVnd: 500_000, day: '2026-09-10',
    })
    await drainInbox(drainDepsOf(world.deps))
    await api('POST', '/families', { studentIds: [bill.studentId, sibling.studentId] })
    const { body } = await get(`/students/${bill.studentId}`)
    const text = await assertShown(t, get(`/students/${bill.studentId}`), 'Nguyễn Thị Ánh', 'Lớp 3A', 'Nộp một phần',
      '255.000 đ', bill.paymentCode, 'Tiền ăn bán trú', 'Nước uống', 'Chuyển khoản', '500.000 đ', 'Trần Văn Bình',
      'Phát hành thông báo thu', 'Nhận chuyển khoản')
    t.ok(text.includes('nop tien &lt;b>'), 'what a payer wrote is text')
    const link = /href="(\/p\/[\w-]{28})"/.exec(body)?.[1] ?? ''
    t.equal((await world.app.inject(link)).statusCode, 200, 'the link opens the parent\'s page')
    t.match(body, `data-copy="${new URL(link, world.deps.config.publicUrl).href}"`)
    t.equal((await get(`/students/${uuidv4()}`)).statusCode, 404)
    t.equal((await get('/students/0')).statusCode, 404)
  })

  await t.test('cash is taken once for a form that is sent twice, and the receipt says it in words', async (t) => {
    const bill = await billOf('Lê Thuỳ Chi')
    const path = `/students/${bill.studentId}/cash`
    const { body } = await get(path)
    const key = /name="key" value="([^"]+)"/.exec(body)?.[1] ?? ''
    t.match(body, 'value="755.000"', 'the open sum stands in the field')
    for (const amount of ['0', '1,5', '-5', '500.000.000', 'abc']) {
      const refused = await post(path, { key, amount, receivedOn: '2026-09-12' })
      t.equal(refused.statusCode, 422, amount)
      t.match(refused.body, `value="${amount}"`)
      t.match(refused.body, 'aria-invalid="true"')
    }
    t.match((await post(path, { key, amount: '1000', receivedOn: '2026-09-13' })).statusCode, 422, 'tomorrow')
    const fields = { key, amount: '1.005.000 đ', receivedOn: '2026-09-12', note: 'Bà ngoại nộp' }
    const preview = await post(path, fields)
    t.equal(preview.statusCode, 200, 'the split is shown before anything is booked')
    for (const said of ['Tháng 9', '755.000 đ', 'Số tiền nhận nhiều hơn số phải nộp 250.000 đ',
      'Trả lại 250.000 đ, ghi phiếu thu 755.000 đ', 'Giữ 250.000 đ cho học sinh, ghi phiếu thu 1.005.000 đ']) {
      t.ok(textOf(preview.body).includes(said), said)
    }
    const seen = /name="seen" value="([^"]+)"/.exec(preview.body)?.[1] ?? ''
    const typed = await post(path, { ...fields, seen, rest: 'edit' })
    t.match(typed.body, 'value="1.005.000 đ"', 'what was typed stands there again')
    t.match(typed.body, 'Bà ngoại nộp')
    const unanswered = await post(path, { ...fields, seen, rest: 'none' })
    t.equal(unanswered.statusCode, 422, 'nothing is kept without an answer')
    t.match(unanswered.body, 'Hãy trả lại tiền thừa hoặc chọn giữ lại')
    const changed = await post(path, { ...fields, seen: `${bill.id}=1`, rest: 'keep' })
    t.equal(changed.statusCode, 409)
    t.match(textOf(changed.body), /Các khoản phải nộp vừa thay đổi.*755\.000 đ/, 'and what would be booked now is shown')
    const kept = { ...fields, seen, rest: 'keep' }
    const [first, again] = [await post(path, kept), await post(path, kept)]
    t.equal(first.statusCode, 303)
    t.equal(again.headers.location, first.headers.location)
    const other = await post(path, { ...kept, amount: '300.000' })
    t.equal(other.statusCode, 422, 'the page that was gone back to, with another amount, is other cash')
    t.notMatch(other.body, key, 'whoever sends it again means another receipt')
    const receipt = String(first.headers.location).slice(at.length)
    await assertShown(t, get(receipt), 'Phiếu thu số 1', 'Lê Thuỳ Chi', '1.005.000 đ', 'Bà ngoại nộp',
      'Một triệu không trăm linh năm nghìn đồng', 'Giữ cho học sinh', '250.000 đ', 'Ngày 12 tháng 09 năm 2026')
    await assertShown(t, get('/cash'), 'Hôm nay', 'Tổng thu 1.005.000 đ', 'Lê Thuỳ Chi')
    await assertShown(t, get('/students?view=credit'), 'Lê Thuỳ Chi', '250.000 đ')

    t.equal((await post(`${receipt.split('?')[0]}/reverse`, { reason: 'x' })).statusCode, 422, 'a reason is needed')
    const back = await post(`${receipt.split('?')[0]}/reverse`, { reason: 'ghi nhầm học sinh' })
    t.equal(back.statusCode, 303)
    await assertShown(t, get(receipt), 'không còn giá trị')
    t.equal((await post(`${receipt.split('?')[0]}/reverse`, { reason: 'ghi nhầm học sinh' })).statusCode, 409)
    await assertShown(t, get('/cash'), 'Tổng thu 0 đ', 'Đã hoàn tác (1 phiếu) 1.005.000 đ')
    await assertShown(t, get('/cash?day=2026-09-11'), 'Không có phiếu thu nào')
    await assertShown(t, get(`/students/${bill.studentId}`), 'Chưa nộp', 'Hoàn tác', 'phiếu số 1')
  })

  await t.test('details are corrected, faults stand beside their fields, and the log names no child', async (t) => {
    const { studentId } = await billOf('Phạm Dũng')
    const path = `/students/${studentId}/edit`
    const good = { fullName: ' Phạm  Tiến Dũng ', birthOn: '31/12/2016', gender: 'male', moetStudentId: '0100000004',
      personalId: '', schoolCode: 'HS4' }
    const faulty = await post(path, { ...good, birthOn: '31/02/2016', personalId: '12', fullName: '' })
    t.equal(faulty.statusCode, 422)
    for (const part of ['Thiếu họ và tên', 'Không phải ngày sinh', 'đúng 12 chữ số']) t.match(faulty.body, part)
    const taken = await post(path, { ...good, moetStudentId: '0100000001' })
    t.equal(taken.statusCode, 409)
    t.match(taken.body, /aria-describedby="moetStudentId-fault"/)
    const done = await post(path, good)
    t.equal(done.headers.location, `${at}/students/${studentId}?done=corrected`)
    await assertShown(t, get(`/students/${studentId}?done=corrected`), 'Phạm Tiến Dũng', '31/12/2016', 'Nam', 'Đã sửa',
      'Sửa thông tin học sinh')
    const log = await world.db.inSchool(school.schoolId, (trx) => trx.selectFrom('audit_log').selectAll()
      .where('school_id', '=', school.schoolId).where('action', '=', 'student.correct').execute())
    t.equal(log.length, 1)
    t.notMatch(JSON.stringify(log), /Dũng|2016/)
  })

  await t.test('a student changes class, leaves, and gets an exemption that ends', async (t) => {
    const { studentId } = await billOf('Trần Văn Bình')
    const { items } = await api<{ items: { id: string; name: string }[] }>('GET', '/classes')
    const toClass = items.find(({ name }) => name === '3B')?.id ?? ''
    t.equal((await post(`/students/${studentId}/transfer`, { toClass, on: '' })).statusCode, 422)
    t.equal((await post(`/students/${studentId}/transfer`, { toClass: uuidv4(), on: '2026-09-12' })).statusCode, 422)
    const moved = await post(`/students/${studentId}/transfer`, { toClass, on: '2026-09-12' })
    t.equal(moved.headers.location, `${at}/students/${studentId}?done=moved`)
    await assertShown(t, get(`/students/${studentId}`), 'Lớp 3B')
    t.equal((await post(`/students/${studentId}/transfer`, { toClass: 'none', on: '2026-10-01' })).statusCode, 303)

    const { items: fees } = await api<{ items: { id: string }[] }>('GET', '/fee-kinds')
    const path = `/students/${studentId}/exemptions`
    const asked = { feeKindId: fees[0]?.id ?? '', size: '70%', payer: 'budget', legalBasis: 'NĐ 238/2025/NĐ-CP',
      decisionNumber: 'QĐ-12', validFrom: '2026-09-01', validTo: '' }
    t.equal((await post(path, { ...asked, size: '120%', legalBasis: '' })).statusCode, 422)
    t.equal((await post(path, asked)).statusCode, 303)
    const { body } = await get(path)
    const end = new RegExp(`${path}/[0-9a-f-]+/end`).exec(body)?.[0] ?? ''
    t.equal((await post(end, { validTo: '2026-08-01' })).statusCode, 422, 'before its beginning')
    t.equal((await post(end, { validTo: '2026-12-01' })).statusCode, 303)
    await assertShown(t, get(`/students/${studentId}`), '70%', 'QĐ-12', 'từ 01/09/2026 đến trước 01/12/2026',
      'Thêm miễn giảm', 'Kết thúc miễn giảm')
    const stranger = await openDesk(world)
    t.equal((await stranger.post(end, { validTo: '2026-12-01' })).statusCode, 404, 'not of another school')
  })

  await t.test('lists leave as files with numbers as numbers and no formula, and each download is in the log', async (t) => {
    const csv = await get('/students.csv')
    t.match(csv.headers['content-disposition'], /filename\*=UTF-8''Danh%20s%C3%A1ch/)
    const [header, ...rows] = parse(csv.rawPayload, { bom: true })
    t.same(header?.slice(0, 3), ['Lớp', 'Họ và tên', 'Ngày sinh'])
    t.equal(rows.length, CHILDREN.length)
    t.ok(rows.some((row) => row[1] === "'-Đặng Hà"), 'a name that begins like a formula')
    t.ok(rows.every((row) => /^\d+$/.test(row[6] ?? '')))
    const sheet = await readSheet((await get('/students.xlsx?q=Ha')).rawPayload)
    t.same(sheet[1]?.slice(1, 7), ['-Đặng Hà', null, null, '0100000005', null, 755_000])
    const bills = await readSheet((await get(`/rounds/${school.roundId}/export/bills?format=xlsx`)).rawPayload)
    t.equal(bills.length, 1 + CHILDREN.length)
    t.same(bills[1]?.slice(3, 6).map((cell) => typeof cell), ['number', 'number', 'number'])
    const cash = parse((await get('/cash.csv?from=2026-09-01&to=2026-09-30')).rawPayload, { bom: true })
    t.match(cash[1], ['1', '2026-09-12', '3B', 'Lê Thuỳ Chi', '1005000', '0', '0', 'Đã hoàn tác', 'Bà ngoại nộp'])
    const log = await world.db.inSchool(school.schoolId, (trx) => trx.selectFrom('audit_log').select('action')
      .where('school_id', '=', school.schoolId).where('action', 'like', '%.export').execute())
    t.same(log.map(({ action }) => action).sort(),
      ['cash_receipt.export', 'invoice.export', 'student.export', 'student.export'])
  })

  await t.test('a cashier takes cash but corrects nobody; another school sees nothing', async (t) => {
    const { studentId } = await billOf('Nguyễn Thị Ánh')
    const cashier = await tokenOf(world, school.schoolId, ['directory:read', 'invoices:read', 'cash:write'])
    t.equal((await get(`/students/${studentId}/cash`, cashier)).statusCode, 200)
    for (const path of ['edit', 'transfer', 'exemptions']) {
      t.equal((await get(`/students/${studentId}/${path}`, cashier)).statusCode, 403, path)
      t.equal((await post(`/students/${studentId}/${path}`, {}, cashier)).statusCode, 403, path)
    }
    const stranger = await openDesk(world)
    const foreign = await tokenOf(world, stranger.school.schoolId, ['invoices:read', 'cash:write', 'directory:write'])
    for (const path of ['/students', `/students/${studentId}`, '/students.csv', `/rounds/${school.roundId}/export/bills?format=csv`, '/cash', '/cash.xlsx']) {
      t.equal((await get(path, foreign)).statusCode, 403, path)
    }
    t.equal((await stranger.get(`/students/${studentId}`)).statusCode, 404)
    t.notMatch((await stranger.get('/students.csv')).body, studentId)
    t.notMatch(textOf((await stranger.get('/students?q=Tien%20Dung')).body), 'Phạm Tiến Dũng')
  })
})
