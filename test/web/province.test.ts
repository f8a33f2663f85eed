import { parse } from 'csv-parse/sync'
import readExcel from 'read-excel-file/node'
import t from 'tap'
import { readView, thresholdShare, viewQuery } from '../../src/web/province/query.js'
import { openBrowser, openPeopleWorld } from '../access/people-world.js'
import { openSeed, UNBOOKED } from '../support/adoption-seed.js'

const AS_OF = '2026-11-22'

t.test('the dashboard of an authority', async (t) => {
  const world = await openPeopleWorld(t, {
    config: { dashboardKeptMs: 0 },
    breaks: { promises: ['P2', 'P3', 'P4', 'P6', 'P9'], because: UNBOOKED },
  })
  world.clock.now = new Date('2026-11-22T03:00:00Z')
  const { app, asAdmin, departmentId, communeId } = world
  const seed = openSeed(t, world.database.ownerUrl)
  const sibling = await seed.authority('commune', departmentId)
  await seed.db.updateTable('authority').set({ name: 'Xã Tân Kề' }).where('id', '=', sibling).execute()

  const make = async (name: string, billed: number, managedBy: string) => {
    const school = await seed.school({ name, reportsTo: departmentId, managedBy })
    await school.channel('2026-08-20')
    for (let count = 0; count < billed; count++) {
      const student = await school.student()
      await school.enrol(student, '2026-08-15')
      const bill = await school.bill(student, '2026-09-01', { tuition: 0, service: 1_234_567 })
      if (count % 3 > 0) continue
      await school.pay('2026-09-10', [{ bill, lineNo: 2, amountVnd: 1_234_567 }], count % 2 === 0 ? 'direct' : 'cash')
    }
    return school
  }
  const big = await make('Trường Tiểu học Lớn', 36, communeId)
  const middle = await make('Trường Tiểu học Vừa', 27, communeId)
  const tiny = await make('Trường Tiểu học Nhỏ', 3, communeId)
  const other = await make('Trường Tiểu học Kề', 48, sibling)
  await make('=1+1 Trường lạ', 45, sibling)
  // The school year before: every child of one school had paid, so M2 stood at 1 of the schools of that day.
  const before = await big.student()
  const oldBill = await big.bill(before, '2025-09-01', { service: 100 })
  await big.pay('2025-09-10', [{ bill: oldBill, amountVnd: 100 }])

  const base = `/province/${departmentId}`
  const officer = openBrowser(app)
  await signIn(officer, await world.makePerson('department_officer'))
  const page = async (url: string) => {
    const answer = await officer.get(url)
    t.equal(answer.statusCode, 200, url)
    return textOf(answer.body)
  }
  async function signIn(browser: typeof officer, { loginName }: { loginName: string }): Promise<void> {
    t.equal((await browser.signIn(loginName, world.totp())).statusCode, 303)
  }

  await t.test('says what the API says, in Vietnamese notation, with last year beside it', async (t) => {
    const overview = await page(base)
    for (const measure of ['M2', 'M3', 'M5', 'M6']) {
      const { numerator, denominator, rate } = (await officer.get(
        `/api/v1/authorities/${departmentId}/adoption?measure=${measure}&asOf=${AS_OF}`)).json<Record<string, string>>()
      const unit = measure === 'M5' ? ' đ' : ''
      t.ok(overview.includes(`${String(rate).replace('.', ',')}%`), `${measure} ${rate}`)
      t.ok(overview.includes(`${dots(numerator)}${unit} / ${dots(denominator)}${unit}`), `${measure} ${numerator}/${denominator}`)
    }
    t.match(overview, 'Tính đến ngày 22/11/2026')
    t.match(overview, /Năm học trước, đến 31\/07\/2026: \d+,\d\d%\s*\(1 \/ \d+\)/)
    t.match(overview, /Học phí\s+0,00%\s+0 \/ \d+\s+không có dữ liệu/, 'tuition of nothing is no data')
  })

  await t.test('as of another day, level, area and threshold, kept in the address', async (t) => {
    t.match(await page(`${base}?asOf=2026-09-09`), /0,00%\s+0 \/ \d+ trường/)
    t.match(await page(`${base}?asOf=2025-07-01`), 'Năm học trước, đến 31/07/2024')
    const view = `${base}?asOf=${AS_OF}&level=primary&area=rural&feeGroup=service&threshold=33%2C33&thresholdOf=M5`
    t.match(await page(view), 'Ngưỡng: M5 từ 33,33%')
    t.match(await page(`${base}?level=upper_secondary`), 'Không có trường nào trong phạm vi này')
    const faulty = await officer.get(`${base}?asOf=2031-01-01&threshold=nhiều`)
    t.equal(faulty.statusCode, 422)
    t.match(faulty.body, 'value="nhiều"')
    t.match(textOf(faulty.body), /Chọn một ngày không sau hôm nay.*Nhập số từ 0 đến 100/s)
  })

  await t.test('few children are hidden, and what would give them away, on every page and in every file', async (t) => {
    const schools = await page(`${base}/schools`)
    t.match(schools, /Nhỏ .*?ẩn \(< 5\) ẩn \(< 5\)/)
    t.match(schools, /Vừa .*?ẩn \(< 5\) ẩn \(< 5\)/, 'the sum of its commune is shown, so one more is hidden')
    t.match(schools, /Lớn .*?\d+,\d\d% \d+ \/ 36/)
    t.match(await page(`${base}/schools/${tiny.schoolId}`), 'Số học sinh quá ít')
    const shown = await page(`${base}/schools/${big.schoolId}`)
    t.match(shown, /Chưa xếp lớp|Khối/)
    t.match(shown, /Chuyển khoản có 6 7\.407\.402 đ/)
    const rows = await csv(`${base}/export/schools`)
    for (const [name, ...cells] of rows.slice(1)) {
      if (!/Nhỏ|Vừa/.test(name ?? '')) continue
      t.equal(cells.filter((cell) => cell === 'ẩn (< 5)').length, 2, `${name}`)
      t.notOk(cells.some((cell) => /^\d+$/.test(cell)), `${name}`)
    }
    const list = (await asAdmin('GET', `/api/v1/authorities/${departmentId}/adoption/schools?asOf=${AS_OF}`))
      .json<{ items: { schoolId: string; students: { suppressed: boolean }; money: { numerator: number | null } }[] }>()
    const hidden = list.items.filter(({ students }) => students.suppressed)
    t.same(hidden.map(({ schoolId }) => schoolId).sort(), [tiny.schoolId, middle.schoolId].sort())
    t.ok(hidden.every(({ money }) => money.numerator === null))
  })

  await t.test('files say what the page says and run no formula', async (t) => {
    for (const name of ['glance', 'groups', 'trend', 'distribution', 'schools', 'table']) {
      const rows = await csv(`${base}/export/${name}`)
      t.ok(rows.length > 1, name)
      t.ok(rows.slice(1).every((row) => row.length === rows[0]?.length && row.at(-1) === AS_OF), name)
      const file = await officer.get(`${base}/export/${name}?format=xlsx`)
      const [sheet] = await readExcel(file.rawPayload)
      t.equal(sheet?.data.length, rows.length, name)
    }
    const school = `${base}/schools/${big.schoolId}`
    t.match((await officer.get(school)).body, /export\/grades\?asOf=[\d-]+&amp;format=xlsx/)
    const ways = await csv(`${school}/export/ways`)
    t.ok(ways.some(([way, , payments, vnd]) => way === 'Chuyển khoản' && payments === '6' && vnd === '7407402'), JSON.stringify(ways))
    t.ok((await csv(`${school}/export/groups`)).slice(1).every((row) => row.at(-1) === AS_OF))
    t.ok((await csv(`${school}/export/grades`)).length > 1)
    const hidden = await csv(`${base}/schools/${tiny.schoolId}/export/groups`)
    t.match(hidden[1], ['Tất cả', '', '', '', 'ẩn (< 5)', '', '', '', 'ẩn (< 5)', AS_OF])
    t.equal((await csv(`${base}/schools/${tiny.schoolId}/export/grades`)).length, 1, 'as on the page')
    const [, m1, m2] = await csv(`${base}/export/glance`)
    t.same([m1?.[0], m2?.[0]], ['M1. Trường có kênh thu', 'M2. Trường đã triển khai'])
    t.ok((await csv(`${base}/export/schools`)).some(([name]) => name === "'=1+1 Trường lạ"))
    t.equal((await csv(`${base}/export/trend`)).at(-1)?.[0], AS_OF)
    t.equal((await officer.get(`${base}/export/students`)).statusCode, 422)
  })

  await t.test('the report names the authority, the day, the scope and the definitions, and has room to sign', async (t) => {
    const report = await page(`${base}/report`)
    for (const words of ['SỞ GIÁO DỤC VÀ ĐÀO TẠO BÌNH MINH', 'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'Tính đến ngày 22/11/2026',
      'Phạm vi: 6 trường', 'Định nghĩa chỉ tiêu: phiên bản 1', 'Người lập', 'Thủ trưởng đơn vị', 'Xã Tân Kề']) {
      t.ok(report.includes(words), words)
    }
  })

  await t.test('no child is on any of these pages', async (t) => {
    const { rows: names } = { rows: await seed.db.selectFrom('student').select(['id', 'identity_key']).execute() }
    for (const url of [base, `${base}/schools`, `${base}/report`, `${base}/schools/${big.schoolId}`]) {
      const { body } = await officer.get(url)
      t.notOk(names.some(({ id, identity_key }) => body.includes(id) || body.includes(identity_key)), url)
    }
  })

  await t.test('a commune officer sees the commune and nothing beside or above it', async (t) => {
    const communal = openBrowser(app)
    await signIn(communal, await world.makePerson('commune_officer'))
    const own = await communal.get(`/province/${communeId}`)
    t.equal(own.statusCode, 200)
    t.match(textOf(own.body), 'Phường Đông Hòa')
    t.notMatch(own.body, 'Trường Tiểu học Kề')
    t.notMatch(own.body, `href="${base}`, 'no way up that it may not go')
    for (const url of [base, `/province/${sibling}`, `/province/${sibling}/report`, `${base}/export/schools`,
      `/province/${communeId}/schools/${other.schoolId}`]) {
      t.ok([403, 404].includes((await communal.get(url)).statusCode), url)
    }
    t.equal((await communal.get(`/province/${communeId}/schools/${big.schoolId}`)).statusCode, 200)
    t.match(await page(`/province/${sibling}`), 'Sở Giáo dục và Đào tạo Bình Minh', 'the department looks down and back up')
    t.equal((await officer.get(`/province/${world.otherDepartmentId}`)).statusCode, 403)
    t.equal((await openBrowser(app).get(base)).statusCode, 303)
  })

  async function csv(url: string): Promise<string[][]> {
    const answer = await officer.get(url)
    t.equal(answer.statusCode, 200, url)
    return parse(answer.body, { bom: true, relax_column_count: true })
  }
})

t.test('the address of a view is read back as it was written; faults fall back and are told', async (t) => {
  const { view, faults } = readView({ asOf: '2026-10-01', level: 'primary', threshold: '66,67', thresholdOf: 'M5', measure: 'M2' }, AS_OF)
  t.same(faults, {})
  t.same(readView(Object.fromEntries(new URLSearchParams(viewQuery(view))), AS_OF).view, view)
  t.same(readView({ asOf: '2026-02-30', threshold: '101', level: 'x' }, AS_OF), {
    view: { ...readView({}, AS_OF).view }, faults: { asOf: '2026-02-30', threshold: '101' },
  })
  t.same(['0', '50', '66,67', '99.9', '100'].map(thresholdShare), ['0.0000', '0.5000', '0.6667', '0.9990', '1'])
})

/** What a page says, without its marks, each run of spaces as one. */
function textOf(html: string): string {
  return html.replace(/<(head|svg)\b.*?<\/\1>/gs, ' ').replace(/<[^>]*>/g, ' ').replace(/&lt;/g, '<').replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
}

function dots(value: unknown): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '.')
}
