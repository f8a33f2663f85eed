// The smaller lists of the desk as files: what search finds, the accounts, today, a student's page, one transfer, and
// what a round would issue. Each says what its page says, runs no formula, leaves by the rights of its page, and is in
// the log, as every file is that leaves the desk or the pages of people.
import { parse } from 'csv-parse/sync'
import { readSheet } from 'read-excel-file/node'
import t from 'tap'
import { NO_SCHOOL } from '../../src/access/audit.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { drainDepsOf } from '../../src/worker.js'
import { openBrowser, openPeopleWorld } from '../access/people-world.js'
import type { PeopleWorld } from '../access/people-world.js'
import { callBank, created, openPayableSchool } from '../support/payable-school.js'
import type { PayableSchool } from '../support/payable-school.js'
import { openDesk } from './desk-world.js'
import { aim, keepList, openWalkWorld, watchRoutes } from './walk-world.js'
import type { Route, WalkWorld } from './walk-world.js'

const routes = watchRoutes()
const NOW = new Date('2026-09-12T05:00:00Z')
const DAY = '2026-09-12'

/** Bills, a transfer on one of them, one that nobody knows, cash and an exemption; names and contents like formulas. */
async function openFullSchool(world: PeopleWorld, name: string, seed: string): Promise<PayableSchool> {
  const school = await openPayableSchool(world, {
    name, managingAuthorityId: world.communeId, reportingAuthorityId: world.departmentId,
    students: [`0100000001,=1+1 ${seed} Một,05/09/2017,3A`, `0100000002,${seed} Hai,05/09/2017,3A`],
    fees: [{ code: 'BT', name: '@SUM(A1) Bán trú', feeGroup: 'service', amountVnd: 250_000 }],
  })
  const [first, second] = school.bills
  if (!first || !second) throw new Error('two bills were issued')
  await callBank(world, school, { id: 1, content: `${first.paymentCode} nop`, amountVnd: first.payableVnd, day: DAY })
  await callBank(world, school, { id: 2, content: `=cmd(${seed}) khong ma`, amountVnd: 77_000, day: DAY })
  await drainInbox(drainDepsOf(world.deps))
  const at = `/api/v1/schools/${school.schoolId}`
  await created(world.asAdmin('POST', `${at}/cash-receipts`,
    { studentId: second.studentId, invoiceId: second.id, amountVnd: 260_000, receivedOn: DAY, keepRestAsCredit: true, note: '+84 gửi' }))
  const { items: [kind] } = await created<{ items: { id: string }[] }>(world.asAdmin('GET', `${at}/fee-kinds`))
  await created(world.asAdmin('POST', `${at}/exemptions`, {
    studentId: second.studentId, feeKindId: kind?.id, percent: 50, payer: 'budget', legalBasis: 'NĐ 238/2025',
    decisionNumber: '-12/QĐ', validFrom: '2026-10-01',
  }))
  return school
}

t.test('the lists of the desk as files', async (t) => {
  const world = await openPeopleWorld(t)
  world.clock.now = NOW
  const { app, adminToken, db } = world
  const school = await openFullSchool(world, 'Trường Công Khai', 'Tạ')
  const other = await openFullSchool(world, 'Trường Kín Đáo', 'Khuất')
  const desk = `/desk/${school.schoolId}`
  const [first, second] = school.bills
  const headers = { authorization: `Bearer ${adminToken}` }
  const file = async (path: string) => app.inject({ url: `${desk}${path}`, headers })
  async function csv(path: string): Promise<string[][]> {
    const answer = await file(`${path}${path.includes('?') ? '&' : '?'}format=csv`)
    t.equal(answer.statusCode, 200, `${path}: ${answer.body.slice(0, 200)}`)
    t.notMatch(answer.body, /Khuất|Kín Đáo/)
    return parse(answer.rawPayload, { bom: true })
  }
  async function sheet(path: string) {
    return readSheet((await file(`${path}${path.includes('?') ? '&' : '?'}format=xlsx`)).rawPayload)
  }
  const transfers = await db.inSchool(school.schoolId, (trx) => trx.selectFrom('bank_transaction').select(['id', 'amount_vnd'])
    .where('school_id', '=', school.schoolId).execute())
  const transfer = `/transactions/${transfers.find(({ amount_vnd: amount }) => amount === 250_000)?.id}/export`
  const student = (bill: typeof first, name: string) => `/students/${bill?.studentId}/export/${name}`
  const round = `/rounds/${school.roundId}/export`

  await t.test('what search finds, with numbers as numbers and no formula', async (t) => {
    t.match((await file('/search?q=3A')).body, /search\/export\/students\?q=3A&amp;format=xlsx/)
    t.same(await csv('/search/export/students?q=3A'), [
      ['Họ tên', 'Lớp', 'Còn phải thu'], ["'=1+1 Tạ Một", '3A', '0'], ['Tạ Hai', '3A', '0'],
    ])
    t.same((await sheet('/search/export/students?q=3A'))[1], ['=1+1 Tạ Một', '3A', 0])
    const [, bill] = await sheet(`/search/export/bills?q=${first?.paymentCode}`)
    t.match(bill, ['=1+1 Tạ Một', 'Tháng 9', first?.paymentCode, new Date('2026-09-30T00:00:00Z'), 250_000, 250_000, null])
    t.match((await csv('/search/export/transfers?q=khong'))[1], [DAY, 'Tiền vào', '77000', /^'=cmd\(Tạ\) khong ma/, /.*/, '77000'])
    t.same(await csv('/search/export/bills?q=zzzz'), [
      ['Họ tên', 'Đợt thu', 'Mã thanh toán', 'Hạn', 'Phải thu', 'Đã thu', 'Đã hủy'],
    ], 'nothing found is an empty list')
  })

  await t.test('accounts with their channels, without a secret; and what came in today', async (t) => {
    t.match((await file('/channels')).body, /channels\?format=xlsx/)
    const [titles, account, ...rest] = await csv('/channels')
    t.match(titles, ['Ngân hàng', 'Số tài khoản', 'Chủ tài khoản', 'Đã ngừng'])
    t.match(account, [/.+/, school.accountNumber, 'TRUONG TIEU HOC', '', '1', 'SePay', 'Hoạt động', /^2026-09-12 12:00/, '', '0'])
    t.same(rest, [])
    t.notMatch((await file('/channels?format=csv')).body, school.bank.secret)
    t.match((await file('')).body, new RegExp(`${desk}\\?format=csv`))
    const [, today] = await sheet('')
    t.match(today, [new Date(`${DAY}T00:00:00Z`), /.+/, school.accountNumber, 2, 327_000, 1, 1, 'Hoạt động'])
  })

  await t.test('a student\'s bills, payments, credit, exemptions and whole history', async (t) => {
    const page = (await file(`/students/${second?.studentId}`)).body
    for (const name of ['bills', 'payments', 'credits', 'exemptions', 'history']) t.match(page, `/export/${name}?format=csv`)
    t.match((await csv(student(second, 'bills')))[1],
      ['Tháng 9', second?.paymentCode, 'Đã nộp đủ', '2026-09-30', '', "'@SUM(A1) Bán trú", '0', '250000', '250000', '0'])
    t.match((await csv(student(second, 'payments')))[1], [DAY, 'Tiền mặt, phiếu số 1', "'+84 gửi", '', '260000', '250000', '10000', ''])
    t.match((await sheet(student(second, 'credits')))[1], ['Nộp dư', Date, 10_000, 10_000])
    t.match((await csv(student(second, 'exemptions')))[1],
      ["'@SUM(A1) Bán trú", '50', '', 'Ngân sách chi trả', 'NĐ 238/2025', "'-12/QĐ", '2026-10-01', ''])
    const history = await csv(student(first, 'history'))
    t.ok(history.some((row) => row[1] === 'Nhận chuyển khoản' && row[3] === 'Tháng 9' && row[4] === '250000'))
    const logged = await db.inSchool(school.schoolId, (trx) => trx.selectFrom('audit_log').select('object_id')
      .where('school_id', '=', school.schoolId).where('action', '=', 'student.export').execute())
    t.ok(logged.some(({ object_id: id }) => id === second?.studentId), 'each download is in the log')
    t.equal((await file(`${student(other.bills[0], 'bills')}?format=csv`)).statusCode, 404)
  })

  await t.test('one transfer: where its money went, and who decided it', async (t) => {
    const [, ...steps] = await csv(`${transfer}/journal`)
    t.ok(steps.some((row) => row[4] === "'=1+1 Tạ Một · Tháng 9" && row[5] === '250000'), JSON.stringify(steps))
    t.match((await csv(`${transfer}/decisions`)).at(1), [/^\d{4}-\d\d-\d\d \d\d:/, /^Quy tắc tự động/, 'Khớp đủ thông báo thu', ''])
  })

  await t.test('what a round would issue now, in all, by fee and by class', async (t) => {
    t.match((await file(`/rounds/${school.roundId}/preview`)).body, `${round}/changes?format=xlsx`)
    t.same((await sheet(`${round}/changes`)).map(([change, bills]) => [change, bills]),
      [['Thay đổi', 'Thông báo thu'], ['Phát hành mới', 0], ['Thay thế', 0], ['Hủy', 0], ['Giữ nguyên', 2]])
    t.match((await csv(`${round}/planned-fees`))[1], ["'@SUM(A1) Bán trú", '2', '0', '500000'])
    t.match((await csv(`${round}/planned-classes`))[1], ['3A', '2', '0', '500000'])
  })

  await t.test('by the rights of its page: nobody without them, and no other school\'s', async (t) => {
    const paths = [
      '/search/export/students?q=3A', '/channels', '', student(first, 'bills'), `${transfer}/journal`, `${round}/changes`,
      `${round}/choices`,
    ].map((path) => `${desk}${path}${path.includes('?') ? '&' : '?'}format=csv`)
    const officer = openBrowser(app)
    await officer.signIn((await world.makePerson('department_officer')).loginName, world.totp())
    const stranger = openBrowser(app)
    await stranger.signIn((await world.makePerson('accountant', { schoolId: other.schoolId })).loginName, world.totp())
    const head = openBrowser(app)
    await head.signIn((await world.makePerson('head', { schoolId: school.schoolId })).loginName, world.totp())
    for (const path of paths) {
      t.equal((await officer.get(path)).statusCode, 403, path)
      t.equal((await stranger.get(path)).statusCode, 403, path)
      t.equal((await head.get(path)).statusCode, 200, path)
    }
    const cashier = openBrowser(app)
    await cashier.signIn((await world.makePerson('cashier', { schoolId: school.schoolId })).loginName, world.totp())
    t.equal((await cashier.get(`${desk}/search/export/students?q=3A&format=csv`)).statusCode,
      (await cashier.get(`${desk}/search?q=3A`)).statusCode, 'as the page')
  })

  await t.test('a search that finds more than a file may hold is refused, not cut off', async (t) => {
    await insertNamesakes(world, school)
    const countSearches = async () => (await db.inSchool(school.schoolId, (trx) => trx.selectFrom('audit_log').select('id')
      .where('school_id', '=', school.schoolId).where('action', '=', 'search.export').execute())).length
    const before = await countSearches()
    const answer = await file('/search/export/students?q=Trùng&format=csv')
    t.equal(answer.statusCode, 422)
    t.match(answer.body, 'Danh sách quá dài')
    t.equal(await countSearches(), before, 'and is not in the log, because nothing left')
    t.match((await file('/search?q=Trùng')).body, 'Còn nhiều kết quả khác')
  })
})

async function insertNamesakes({ app, adminToken }: PeopleWorld, { schoolId }: PayableSchool): Promise<void> {
  const rows = Array.from({ length: 1_001 }, (_, no) => `09${String(no).padStart(8, '0')},Trần Trùng,,4B`)
  const answer = await app.inject({
    method: 'POST', url: `/api/v1/schools/${schoolId}/students/import?schoolYear=2026-2027`,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'text/csv' },
    payload: ['Mã định danh,Họ và tên,Ngày sinh,Lớp', ...rows].join('\n'),
  })
  if (answer.statusCode !== 200) throw new Error(answer.body)
}

t.test('optional items as files: how many chose each, and who chose what in every class', async (t) => {
  const { get, post, round, school } = await openDesk(t)
  await post(`${round}/plan`, { feeKindId: [school.feeKindIds.CLUB], scope: ['school'], amount: ['150.000'] })
  await post(`${round}/students/${school.studentIds[0]}/items`, { item: school.feeKindIds.CLUB })
  const rows = async (path: string): Promise<string[][]> =>
    parse((await get(`${round}/export/${path}${path.includes('?') ? '&' : '?'}format=csv`)).html, { bom: true })
  t.same(await rows('items'), [
    ['Khoản', 'Được mời', 'Chọn', 'Không chọn', 'Chưa trả lời', 'Thành tiền'], ['Câu lạc bộ', '6', '1', '0', '5', '150000'],
  ])
  const choices = await rows('choices')
  t.match(choices.slice(0, 3), [['Lớp', 'Học sinh', 'Chọn'], [/.+/, 'Học sinh 1', 'Câu lạc bộ'], [/.+/, 'Học sinh 2', 'Chưa chọn']])
  t.equal(choices.length, 7, 'every class')
  const [, classId = ''] = /<option value="([0-9a-f-]{36})"/.exec((await get(`${round}/items`)).html) ?? []
  t.equal((await rows(`choices?classId=${classId}`)).length, 4, 'one class')
  t.match((await get(`${round}/items?classId=${classId}`)).html, `choices?classId=${classId}&amp;format=xlsx`)
})

t.test('every file of the desk and of the pages of people is in the log once, with nothing that was looked for', async (t) => {
  const world = await openWalkWorld(t)
  const { own, own: { school: { schoolId }, seed }, app, adminToken, owner } = world
  const ids = new Map([...own.ids, ['previewId', await keepList(owner, schoolId, 'bootstrap', seed)]])
  const headers = { authorization: `Bearer ${adminToken}` }
  const files = [...new Map(routes.filter(isFile).map((route) => [route.url, route])).values()]
  t.ok(files.length >= 40, `${files.length} files`)
  for (const route of files) {
    const isSearch = route.query.some((name) => SEARCHES.includes(name))
    const query = { format: 'csv', ...Object.fromEntries(SEARCHES.map((name) => [name, seed])) }
    const asked = new URLSearchParams(Object.entries(query).filter(([name]) => route.query.includes(name))).toString()
    for (const path of aim(route, own, ids)) {
      const before = await readExports(world)
      const { statusCode, headers: { 'content-disposition': disposition }, rawPayload } = await app.inject({ url: `${path}?${asked}`, headers })
      const added = (await readExports(world)).slice(before.length)
      t.match([statusCode, disposition], [200, /^attachment/], path)
      const format = path.endsWith('.xlsx') ? 'xlsx' : 'csv'
      const rows = format === 'csv' ? parse(rawPayload, { bom: true }).length - 1 : (await readSheet(rawPayload)).length - 1
      t.match(added, [{
        school_id: path.startsWith('/admin/') ? NO_SCHOOL : schoolId, actor: 'bootstrap',
        after: { list: /^[a-z_-]+$/, format, rows, ...(isSearch && { filters: ['text'] }) },
      }], path)
      t.equal(added.length, 1, path)
      t.notOk(JSON.stringify(added).includes(seed), path)
    }
  }

  await t.test('and where the log cannot be written, no file leaves', async (t) => {
    await owner.query('REVOKE INSERT ON audit_log FROM app')
    const answer = await app.inject({ url: `/desk/${schoolId}/students.csv`, headers })
    await owner.query('GRANT INSERT ON audit_log TO app')
    t.equal(answer.statusCode, 500)
    t.notMatch(answer.body, seed)
  })
})

const SEARCHES = ['q', 'text']

/** The empty form for a list of students takes nothing out. */
function isFile({ method, url, query }: Route): boolean {
  return method === 'GET' && /^\/(desk|admin)\//.test(url) && !url.endsWith('/template.xlsx') &&
    (query.includes('format') || /\.(csv|xlsx)$/.test(url))
}

async function readExports({ owner }: WalkWorld): Promise<object[]> {
  const { rows } = await owner.query<object>(`SELECT * FROM audit_log WHERE action LIKE '%.export' ORDER BY id`)
  return rows
}
