// Taking over a list of students on the pages: upload, preview, confirm, result; in between nothing changes, nobody
// else sees the file, and it does not lie about for ever.
import { parse } from 'csv-parse/sync'
import t from 'tap'
import writeWorkbook from 'write-excel-file/node'
import { readSheet } from 'read-excel-file/node'
import { forgetOldPreviews } from '../../src/directory/roster-preview.js'
import { LIMITS } from '../../src/limits.js'
import { openBrowser, openPeopleWorld } from '../access/people-world.js'
import { buildTestApp } from '../support/app.js'
import { created } from '../support/payable-school.js'

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const HEADER = ['Mã định danh', 'Họ và tên', 'Ngày sinh', 'Lớp']

/** What a reader sees: without tags, and with one space between words. */
function textOf(html: string): string {
  return html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
}

t.test('importing a list on the pages', async (t) => {
  let now = new Date('2026-09-12T03:00:00Z')
  const world = await buildTestApp(t, { now: () => now })
  const { id: schoolId } = await created<{ id: string }>(
    world.asAdmin('POST', '/api/v1/schools', { name: 'THCS Hoa Sen', type: 'public', levels: ['lower_secondary'] }))
  const at = `/desk/${schoolId}/students/import`
  const auth = (token = world.adminToken) => ({ authorization: `Bearer ${token}` })
  const get = (path: string, token?: string) => world.app.inject({ method: 'GET', url: `${at}${path}`, headers: auth(token) })
  const post = (path: string, token?: string) => world.app.inject({ method: 'POST', url: `${at}${path}`, headers: auth(token) })

  async function upload(bytes: Buffer, fields: Record<string, string> = {}, fileName = 'Danh sách.xlsx') {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    form.append('file', new Blob([new Uint8Array(bytes)]), fileName)
    const request = new Request('http://page/', { method: 'POST', body: form })
    return world.app.inject({
      method: 'POST', url: at, payload: Buffer.from(await request.arrayBuffer()),
      headers: { ...auth(), 'content-type': request.headers.get('content-type') ?? '' },
    })
  }
  const workbook = (...rows: (string | number | null)[][]) => writeWorkbook([HEADER, ...rows]).toBuffer()
  async function students(): Promise<number> {
    return (await world.db.inSchool(schoolId, (trx) => trx.selectFrom('student').select('id')
      .where('school_id', '=', schoolId).execute())).length
  }

  await t.test('a workbook is previewed row by row, then taken over as it was shown', async (t) => {
    const book = await workbook(
      ['0100000001', 'Nguyễn Thị Ánh', '05/09/2014', '6A'], ['0100000002', 'Trần <Bình>', '31/02/2014', '6A'],
      [100000003, 'Lê Chi', null, '6B'])
    const sent = await upload(book, { schoolYear: '2026-2027', enrolFrom: '2026-09-05' })
    t.equal(sent.statusCode, 303)
    const preview = String(sent.headers.location).slice(at.length)
    const { body } = await get(preview)
    for (const part of ['Danh sách.xlsx', 'vào lớp từ ngày 05/09/2026', 'Nhập 1 học sinh', 'Ngày sinh', 'Excel đã bỏ số 0']) {
      t.ok(body.includes(part), part)
    }
    t.match((await get(`${preview}?view=created`)).body, 'Nguyễn Thị Ánh')
    t.equal(await students(), 0, 'nothing was written')
    const taken = await post(preview)
    t.equal(taken.statusCode, 303)
    t.equal(await students(), 1)
    const result = await get(String(taken.headers.location).slice(at.length))
    for (const part of ['Đã thêm 1 học sinh', '2 dòng có lỗi', 'Excel đã bỏ số 0']) t.ok(result.body.includes(part), part)
    const again = await post(preview)
    t.equal(again.statusCode, 404)
    t.match(again.body, 'đã được nhập')
    t.equal(await students(), 1)
  })

  await t.test('the next list says what changes, who is missing, and what stays', async (t) => {
    await post(String((await upload(await workbook(['0100000004', 'Vũ Đức', null, '6A'], ['0100000005', 'Hồ Em', null, '6A'])))
      .headers.location).slice(at.length))
    const sent = await upload(await workbook(['0100000001', 'Nguyễn Thị Ánh', '05/09/2014', '6A'],
      ['0100000004', 'Vũ Minh Đức', '01/02/2014', '6B']))
    const preview = String(sent.headers.location).slice(at.length)
    t.match((await get(`${preview}?view=updated`)).body, /Vũ Minh Đức[\s\S]*chuyển lớp, họ và tên, ngày sinh/)
    t.match((await get(`${preview}?view=unchanged`)).body, 'Nguyễn Thị Ánh')
    t.match((await get(`${preview}?view=missing`)).body, 'Hồ Em')
    const same = await upload(await workbook(['0100000005', 'Hồ Em', null, '6A']))
    const { body } = await get(String(same.headers.location).slice(at.length))
    t.match(body, 'Tệp này không thay đổi gì')
    t.notMatch(body, 'Nhập 0')
    t.equal((await get(preview)).statusCode, 404, 'one list of each person waits')
  })

  await t.test('a sheet for each class: the preview says which were read and which were not, and each fault its sheet', async (t) => {
    const titles = HEADER.slice(0, 3)
    const book = await writeWorkbook([
      { sheet: 'Bìa', data: [['Trường THCS <Hoa Sen>']] },
      { sheet: '8A1', data: [titles, ['0100000021', 'Lý Một', '05/09/2012'], ['0100000022', '=1+1 Lý Hai', '31/02/2012']] },
      { sheet: 'Lớp 8A2', data: [titles, ['0100000023', 'Lý Ba', '05/09/2012'], ['0100000021', 'Lý Một', '05/09/2012']] },
      { sheet: 'Sheet4', data: [titles, ['0100000024', 'Lý Bốn', '05/09/2012']] },
    ]).toBuffer()
    const preview = String((await upload(book)).headers.location).slice(at.length)
    const { body } = await get(preview)
    for (const part of [
      'Đã đọc 3 trang tính: 8A1, Lớp 8A2, Sheet4.', 'Bỏ qua trang tính không có danh sách học sinh: Bìa.', 'Trùng với dòng 2 của trang tính “8A1”',
      'trang tính không mang tên lớp', 'Nhập 2 học sinh',
    ]) t.ok(body.includes(part), part)
    t.match(textOf((await get(`${preview}?view=created`)).body), /8A1 2 Lý Một 8A1 Học sinh mới Lớp 8A2 2 Lý Ba 8A2 Học sinh mới/)
    const faults = parse((await get(`${preview}/export/faults?format=csv`)).rawPayload, { bom: true })
    t.same(faults, [
      ['Trang tính', 'Dòng', 'Cột', 'Lỗi'], ['8A1', '3', 'Ngày sinh', 'Không phải ngày sinh dạng ngày/tháng/năm.'],
      ['Lớp 8A2', '3', 'Mã định danh', 'Trùng với dòng 2 của trang tính “8A1”.'],
      ['Sheet4', '2', 'Cả dòng', 'Không có cột Lớp và trang tính không mang tên lớp. Hãy đổi tên trang tính thành tên lớp, ví dụ 6A1.'],
    ])
    t.same((await readSheet((await get(`${preview}/export/created?format=xlsx`)).rawPayload))[1],
      ['8A1', 2, 'Lý Một', '8A1', 'Học sinh mới'])
    t.match(parse((await get(`${preview}/export/missing?format=csv`)).rawPayload, { bom: true })[0], ['Họ và tên'])
    const result = String((await post(preview)).headers.location).slice(at.length)
    t.match(textOf((await get(result)).body), /Lớp 8A2 3 Mã định danh Trùng với dòng 2 của trang tính “8A1”/)
    t.same(parse((await get(`${result}/export?format=csv`)).rawPayload, { bom: true }), faults)
    t.match((await readSheet((await get('/export?format=xlsx')).rawPayload))[1], [Date, '2026-2027', 2, 0, 0, 3])
    const twice = await upload(await writeWorkbook([
      { sheet: '8A1', data: [titles, ['1', 'Lý An']] }, { sheet: '8A2', data: [[...titles, 'Họ tên'], ['2', 'Lý Bình']] },
    ]).toBuffer())
    t.match([twice.statusCode, twice.body], [422, /Trang tính “8A2”: Không tìm thấy dòng tiêu đề/])
    const url = `/api/v1/schools/${schoolId}/students/import?dryRun=true`
    t.match((await world.app.inject({ method: 'POST', url, payload: book, headers: { ...auth(), 'content-type': XLSX } })).json(),
      { sheets: ['8A1', 'Lớp 8A2', 'Sheet4'], skippedSheets: ['Bìa'], faults: [{ sheet: '8A1', row: 3 }, { sheet: 'Lớp 8A2' }, { sheet: 'Sheet4' }] })
  })

  await t.test('the preview names the child that a row is at odds with, new classes, changes and unused columns', async (t) => {
    const titles = ['Họ và tên', 'Ngày sinh', 'Lớp', 'Mã HS', 'SĐT mẹ']
    const upTo = async (...rows: string[][]) =>
      String((await upload(await writeWorkbook([titles, ...rows]).toBuffer(), { schoolYear: '2026-2027' })).headers.location).slice(at.length)
    await post(await upTo(['Bùi Thị Quế', '05/09/2014', '7Q', 'Q0012', ''], ['Võ Tâm', '05/09/2014', '7Q', 'Q0014', '']))
    const preview = await upTo(['Võ Tâm', '06/09/2014', '7Q', 'Q0014', '0900000001'], ['Phan Rạng', '01/02/2014', '7Q', 'Q0012', ''],
      ['Lý Sen', '03/04/2014', '7R', 'Q0013', ''])
    const page = textOf((await get(preview)).body)
    for (const part of ['Học sinh đã có: Bùi Thị Quế', 'Cột không dùng: SĐT mẹ', '7R']) t.ok(page.includes(part), `${part} in: ${page.slice(0, 3_000)}`)
    const updated = textOf((await get(`${preview}?view=updated`)).body)
    for (const part of ['Trước → sau', '05/09/2014', '06/09/2014']) t.ok(updated.includes(part), `${part} in: ${updated.slice(0, 3_000)}`)
    await post(preview)
  })

  await t.test('what cannot be read is refused beside the form, and is not kept', async (t) => {
    const kept = () => world.db.inSchool(schoolId, (trx) => trx.selectFrom('roster_preview').select('id')
      .where('school_id', '=', schoolId).execute())
    const before = await kept()
    const cases: [Buffer, Record<string, string>, RegExp, number][] = [
      [Buffer.alloc(0), {}, /Hãy chọn một tệp/, 422],
      [Buffer.from('a,b\n1,2'), {}, /Không tìm thấy dòng tiêu đề/, 422],
      [Buffer.from('PK\u0003\u0004 half'), {}, /Không đọc được tệp này/, 422],
      [Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), {}, /định dạng cũ/, 422],
      [await workbook(['1', 'Lê An', null, '6A']), { enrolFrom: '2026-02-30' }, /không có trong lịch/, 422],
      [await workbook(['1', 'Lê An', null, '6A']), { enrolFrom: '2025-01-01' }, /không thuộc năm học/, 422],
      [Buffer.alloc(LIMITS.importBodyLimitBytes + 1, 'x'), {}, /quá lớn/, 413],
    ]
    for (const [bytes, fields, reason, status] of cases) {
      const refused = await upload(bytes, fields)
      t.equal(refused.statusCode, status, String(reason))
      t.match(refused.body, reason)
      t.match(refused.body, '<h1>Nhập danh sách học sinh</h1>')
    }
    t.same(await kept(), before)
  })

  await t.test('nobody else sees a waiting list, and after an hour nobody does', async (t) => {
    const preview = String((await upload(await workbook(['0100000009', 'Lê An', null, '6A']))).headers.location).slice(at.length)
    const { token } = await created<{ token: string }>(world.asAdmin('POST', '/api/v1/tokens',
      { name: 'another', scopes: ['directory:write'], schoolId }))
    t.equal((await get(preview, token)).statusCode, 404)
    t.equal((await get(`${preview}/export/created?format=csv`, token)).statusCode, 404)
    t.equal((await post(preview, token)).statusCode, 404)
    t.equal((await get(preview)).statusCode, 200)
    now = new Date(now.getTime() + LIMITS.rosterPreviewMs + 1)
    t.equal((await get(preview)).statusCode, 404)
    t.equal((await post(preview)).statusCode, 404)
    const expire = (at: string) => world.db.inSchool(schoolId, async (trx) => {
      const [row] = await trx.selectFrom('roster_preview').selectAll().where('school_id', '=', schoolId).execute()
      if (!row) throw new Error('a list waits')
      await trx.deleteFrom('roster_preview').where('school_id', '=', schoolId).execute()
      await trx.insertInto('roster_preview').values({ ...row, expires_at: new Date(at) }).execute()
    })
    const left = () => world.db.inSchool(schoolId, async (trx) =>
      (await trx.selectFrom('roster_preview').select('id').where('school_id', '=', schoolId).execute()).length)
    await expire('2999-01-01')
    await forgetOldPreviews(world.db)
    t.equal(await left(), 1)
    await expire('2020-01-01')
    await forgetOldPreviews(world.db)
    t.equal(await left(), 0, 'forgotten in every school')
  })

  await t.test('the template is a list that the import reads, with cells that keep their zeros', async (t) => {
    const { rawPayload, headers } = await get('/template.xlsx')
    t.equal(headers['content-type'], XLSX)
    const [hints, titles] = await readSheet(rawPayload)
    t.match(titles, ['Mã định danh', 'Số định danh cá nhân', 'Mã học sinh', 'Họ và tên', 'Ngày sinh', 'Giới tính', 'Lớp'])
    t.match(String(hints?.[0]), /10 chữ số/)
    const sent = await upload(rawPayload)
    t.equal(sent.statusCode, 303, 'also before anybody has filled it in')
    t.match((await get(String(sent.headers.location).slice(at.length))).body, 'Tệp này không thay đổi gì')
  })

  await t.test('the API takes the same workbook, as a body or as a form', async (t) => {
    const book = await workbook(['0100000010', 'Đỗ Gia', '01/01/2014', '7A'])
    const url = `/api/v1/schools/${schoolId}/students/import`
    const headers = { ...auth(), 'content-type': XLSX }
    const dry = await world.app.inject({ method: 'POST', url: `${url}?dryRun=true`, payload: book, headers })
    t.match(dry.json(), { importId: null, created: 1, faults: [] })
    const done = await world.app.inject({ method: 'POST', url, payload: book, headers })
    t.match(done.json(), { created: 1 })
  })
})

t.test('an accountant who signed in imports a list; a forged form does not; the acts bear the person\'s name', async (t) => {
  const { app, schoolId, makePerson, totp, db } = await openPeopleWorld(t)
  const browser = openBrowser(app)
  const person = await makePerson('accountant')
  await browser.signIn(person.loginName, totp())
  const at = `/desk/${schoolId}/students`
  const { body } = await browser.get(`${at}/import`)
  const action = /<form method="post" action="([^"]+import\?_csrf=[^"]+)"/.exec(body)?.[1] ?? ''
  t.match(action, '_csrf=', 'the proof travels in the address of a form with a file')

  async function upload(url: string) {
    const form = new FormData()
    form.append('file', new Blob([`${HEADER.join(',')}\n0100000001,Lê An,05/09/2016,4A`]), 'list.csv')
    const request = new Request('http://page/', { method: 'POST', body: form })
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return app.inject({
      method: 'POST', url, payload: Buffer.from(await request.arrayBuffer()),
      headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': request.headers.get('content-type') ?? '' },
    })
  }
  t.equal((await upload(`${at}/import`)).statusCode, 403)
  const preview = String((await upload(action)).headers.location)
  await browser.get(preview)
  t.equal((await browser.post(preview, {}, { csrf: false })).statusCode, 403)
  t.equal((await browser.post(preview, {})).statusCode, 303)
  const [student] = await db.inSchool(schoolId, (trx) => trx.selectFrom('student').select('id')
    .where('school_id', '=', schoolId).execute())
  await browser.get(`${at}/${student?.id}/edit`)
  const edited = await browser.post(`${at}/${student?.id}/edit`, { fullName: 'Lê Ân', birthOn: '05/09/2016', gender: '',
    moetStudentId: '0100000001', personalId: '', schoolCode: '' })
  t.equal(edited.statusCode, 303)
  t.match((await browser.get(`${at}/${student?.id}`)).body, /Sửa thông tin học sinh[\s\S]*Người thử 1/)

  const head = openBrowser(app)
  await head.signIn((await makePerson('head')).loginName, totp())
  const list = await head.get(at)
  t.equal(list.statusCode, 200)
  t.notMatch(list.body, `${at}/import`, 'who may not import is not asked to')
  t.equal((await head.get(`${at}/import`)).statusCode, 403)
  t.equal((await head.get(`${at}/import/export?format=csv`)).statusCode, 403)
})
