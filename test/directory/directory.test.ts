// Authorities, schools, classes, students and families over HTTP: dates, pages, searches, and who may see what.
import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import pg from 'pg'
import t from 'tap'
import { createToken } from '../../src/access/create-token.js'
import { CHART } from '../../src/ledger/account.js'
import { buildTestApp } from '../support/app.js'

const TODAY = '2026-11-22'
const LEAST = { name: 'THCS Hoa Sen', type: 'public', levels: ['lower_secondary'] }

/** What the tests read of an answer, whichever route gave it. */
interface Answer {
  id: string
  code: string
  name: string
  parentId: string | null
  paymentCode: string
  profiles: object[]
  authorities: object[]
  predecessors: object[]
  items: { id: string; name?: string; fullName?: string }[]
  nextCursor: string | null
}

t.test('directory', async (t) => {
  const { app, deps, db, database, asAdmin, adminToken } = await buildTestApp(t, {
    now: () => new Date('2026-11-22T03:00:00Z'),
    config: { eventLoopDelayMaxMs: 0 },
  })
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  t.teardown(() => owner.end())

  async function make(url: string, body: object): Promise<string> {
    const answer = await asAdmin('POST', `/api/v1/${url}`, body)
    if (answer.statusCode !== 201) throw new Error(answer.body)
    return answer.json<Answer>().id
  }
  const makeSchool = (facts: object = {}): Promise<string> => make('schools', { ...LEAST, ...facts })
  const get = async (url: string) => (await asAdmin('GET', `/api/v1/${url}`)).json<Answer>()
  const codeOf = async (sent: ReturnType<typeof asAdmin>) => {
    const answer = await sent
    return `${answer.statusCode} ${answer.json<Answer>().code}`
  }
  async function readPages(url: string): Promise<string[][]> {
    const pages: string[][] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Answer = await get(`${url}${cursor === '' ? '' : `&cursor=${cursor}`}`)
      pages.push(page.items.map((item) => item.name ?? item.fullName ?? ''))
      cursor = page.nextCursor
    }
    return pages
  }

  await t.test('authorities stand in a dated tree without cycles', async (t) => {
    const validFrom = '2020-01-01'
    const north = await make('authorities', { kind: 'department', name: 'Sở Bắc', validFrom })
    const south = await make('authorities', { kind: 'department', name: 'Sở  Nam', code: 'NAM', validFrom })
    const office = await make('authorities', {
      kind: 'district_office',
      name: 'Phòng 1',
      parentId: north,
      validFrom,
    })
    const commune = await make('authorities', { kind: 'commune', name: 'Xã A', parentId: office, validFrom })
    const move = (id: string, body: object) => asAdmin('PATCH', `/api/v1/authorities/${id}`, body)
    t.match((await move(commune, { parentId: north, from: '2025-07-01' })).json<Answer>(), {
      parentId: north,
    })
    t.equal((await get(`authorities/${commune}?asOf=2025-06-30`)).parentId, office)
    t.equal((await get(`authorities/${commune}?asOf=2025-07-01`)).parentId, north)
    t.equal(
      (await move(commune, { parentId: south, from: '2025-07-01' })).statusCode,
      200,
      'corrected that day',
    )
    t.equal((await get(`authorities/${commune}`)).parentId, south)
    t.equal(await codeOf(move(commune, { parentId: north, from: '2025-06-01' })), '422 CHANGE_DATE_INVALID')
    t.equal(await codeOf(move(south, { parentId: commune })), '422 AUTHORITY_PARENT_INVALID', 'a cycle')
    t.equal(await codeOf(move(south, { parentId: south })), '422 AUTHORITY_PARENT_INVALID', 'itself')
    t.equal(await codeOf(move(commune, { parentId: north, from: '2019-01-01' })), '422 CHANGE_DATE_INVALID')
    t.equal(await codeOf(move(commune, { parentId: deadId })), '422 AUTHORITY_UNKNOWN')
    t.equal(await codeOf(move(deadId, { parentId: null })), '404 AUTHORITY_NOT_FOUND')
    t.equal((await move(commune, { parentId: null })).json<Answer>().parentId, null)
    t.equal(await codeOf(asAdmin('GET', '/api/v1/authorities/1')), '404 AUTHORITY_NOT_FOUND')
    t.equal(
      await codeOf(asAdmin('POST', '/api/v1/authorities', { kind: 'department', name: 'X', code: 'NAM' })),
      '409 AUTHORITY_CODE_EXISTS',
    )
    t.same(await readPages('authorities?kind=department&limit=1'), [['Sở Bắc'], ['Sở Nam']])
    t.same(await readPages(`authorities?parentId=${north}&limit=1`), [['Phòng 1']])
  })

  await t.test('a school of the least body has its profile and its whole ledger', async (t) => {
    const id = await makeSchool()
    t.match(await get(`schools/${id}`), {
      ...LEAST,
      id,
      urban: false,
      validFrom: '2026-08-01',
      validTo: null,
    })
    const { rows } = await owner.query('SELECT account_no FROM ledger_account WHERE school_id = $1', [id])
    t.equal(rows.length, CHART.length)
    t.equal(
      await codeOf(asAdmin('POST', '/api/v1/schools', { ...LEAST, name: ' ' })),
      '422 VALIDATION_FAILED',
    )
    t.equal(
      await codeOf(asAdmin('POST', '/api/v1/schools', { ...LEAST, levels: [] })),
      '422 VALIDATION_FAILED',
    )
    t.equal(
      await codeOf(asAdmin('POST', '/api/v1/schools', { ...LEAST, managingAuthorityId: deadId })),
      '422 AUTHORITY_UNKNOWN',
    )
    t.equal(
      await codeOf(asAdmin('POST', '/api/v1/schools', { ...LEAST, validFrom: '2026-02-30' })),
      '422 VALIDATION_FAILED',
    )
  })

  await t.test('a change makes a new profile from its day on, and the same day corrects', async (t) => {
    const authority = await make('authorities', { kind: 'department', name: 'Sở Đông' })
    const id = await makeSchool({ reportingAuthorityId: authority })
    const change = (body: object) => asAdmin('PATCH', `/api/v1/schools/${id}`, body)
    t.match((await change({ from: '2026-10-01', name: 'THCS Hoa Mai', urban: true })).json<Answer>(), {
      name: 'THCS Hoa Mai',
    })
    t.match(
      (await change({ from: '2026-10-01', name: 'THCS  Hoa Lan', moetCode: '79001' })).json<Answer>()
        .profiles,
      [
        { name: 'THCS Hoa Sen', urban: false, validFrom: '2026-08-01', validTo: '2026-10-01' },
        { name: 'THCS Hoa Lan', urban: true, moetCode: '79001', validFrom: '2026-10-01', validTo: null },
      ],
    )
    t.equal((await get(`schools/${id}?asOf=2026-09-30`)).name, 'THCS Hoa Sen')
    t.equal(
      (await change({ from: '2026-10-02', name: 'THCS Hoa Lan' })).json<Answer>().profiles.length,
      2,
      'no difference',
    )
    t.equal(await codeOf(change({ from: '2026-09-01', name: 'X' })), '422 CHANGE_DATE_INVALID')
    t.match((await change({ reportingAuthorityId: null, managingAuthorityId: authority })).json<Answer>(), {
      reportingAuthorityId: null,
      managingAuthorityId: authority,
      authorities: [
        { link: 'reporting', validFrom: '2026-08-01', validTo: TODAY },
        { link: 'managing', validFrom: TODAY },
      ],
    })
    t.equal(
      (await change({ managingAuthorityId: null })).json<Answer>().authorities.length,
      1,
      'taken back the same day',
    )
  })

  await t.test('a merged school ends, and stays readable with its own books', async (t) => {
    const [one, two] = [await makeSchool({ name: 'Một' }), await makeSchool({ name: 'Hai' })]
    const next = await makeSchool({ name: 'Ba', validFrom: '2026-09-01', predecessorIds: [one] })
    const merge = (body: object) => asAdmin('POST', `/api/v1/schools/${next}/merge`, body)
    t.match((await merge({ predecessorIds: [two], mergedOn: '2026-10-01' })).json<Answer>().predecessors, [
      { schoolId: one, mergedOn: '2026-09-01' },
      { schoolId: two, mergedOn: '2026-10-01' },
    ])
    t.equal(
      (await merge({ predecessorIds: [two], mergedOn: '2026-10-01' })).statusCode,
      200,
      'again is harmless',
    )
    t.match(await get(`schools/${two}`), { name: 'Hai', validTo: '2026-10-01' })
    t.equal(await codeOf(merge({ predecessorIds: [two], mergedOn: '2026-10-02' })), '422 MERGE_INVALID')
    t.equal(await codeOf(merge({ predecessorIds: [next] })), '422 MERGE_INVALID')
    t.equal(await codeOf(merge({ predecessorIds: [deadId] })), '422 SCHOOL_UNKNOWN')
    t.equal(
      await codeOf(asAdmin('POST', `/api/v1/schools/${two}/merge`, { predecessorIds: [next] })),
      '422 MERGE_INVALID',
      'no circle',
    )
    t.equal(await codeOf(asAdmin('PATCH', `/api/v1/schools/${two}`, { name: 'X' })), '422 SCHOOL_CLOSED')
    const names = (await readPages('schools?limit=2')).flat()
    t.ok(names.includes('Ba') && !names.includes('Hai'))
    t.ok((await readPages('schools?limit=200&asOf=2026-08-15')).flat().includes('Hai'))
  })

  await t.test('lists of schools go page by page; an authority sees those under it', async (t) => {
    const above = await make('authorities', { kind: 'department', name: 'Sở Tây' })
    const below = await make('authorities', { kind: 'commune', name: 'Xã B', parentId: above })
    for (const name of ['An Phú', 'Bình Minh', 'Cát Tường'])
      await makeSchool({ name, managingAuthorityId: below })
    t.same(await readPages(`authorities/${above}/schools?limit=2`), [['An Phú', 'Bình Minh'], ['Cát Tường']])
    const all = (await readPages('schools?limit=3')).flat()
    t.equal(new Set(all).size, new Set([...all, 'An Phú', 'Bình Minh', 'Cát Tường']).size)
    t.equal(await codeOf(asAdmin('GET', '/api/v1/schools?cursor=bm8')), '422 CURSOR_INVALID')
    const [school] = (await get(`authorities/${below}/schools`)).items
    const wanted = { name: 'Sở Tây', scopes: ['reports:read'] as const, authorityId: above }
    const { token } = await createToken(db, { name: 'bootstrap', address: null }, wanted, deps.now())
    const asAuthority = (url: string) => app.inject({ url, headers: { authorization: `Bearer ${token}` } })
    t.equal((await asAuthority(`/api/v1/authorities/${below}/schools`)).statusCode, 200)
    t.equal(
      (await asAuthority(`/api/v1/schools/${school?.id}/students`)).statusCode,
      403,
      'but never a child',
    )
    t.equal((await asAuthority('/api/v1/schools')).statusCode, 403)
  })

  await t.test('students are found without diacritics, by class, page by page', async (t) => {
    const school = await makeSchool()
    const path = `schools/${school}`
    const classOf = (name: string) => make(`${path}/classes`, { schoolYear: '2026-2027', name })
    const [a, b] = [await classOf('Lớp 6A'), await classOf('6B')]
    const enrolFrom = '2026-09-05'
    const an = await make(`${path}/students`, {
      fullName: 'Nguyễn  Văn Ân'.normalize('NFD'),
      classId: a,
      enrolFrom,
      moetStudentId: '0123456789',
    })
    await make(`${path}/students`, { fullName: 'Đặng Thị Ánh', classId: b, enrolFrom, birthOn: '2014-09-05' })
    await make(`${path}/students`, { fullName: 'Trần 100%', personalId: '001214000001' })
    const found = async (query: string) => (await readPages(`${path}/students?${query}`)).flat()
    t.same(await found('q=an'), ['Đặng Thị Ánh', 'Nguyễn Văn Ân'])
    t.same(await found('q=VĂN Â'), ['Nguyễn Văn Ân'])
    t.same(await found('q=ang'), [], 'words are found by their beginning')
    t.same(await found('q=%25'), [], 'a sign of the pattern is only a sign')
    t.same(await found(`classId=${b}`), ['Đặng Thị Ánh'])
    t.same(await readPages(`${path}/students?limit=2`), [['Đặng Thị Ánh', 'Nguyễn Văn Ân'], ['Trần 100%']])
    t.match(await get(`${path}/students/${an}`), {
      fullName: 'Nguyễn Văn Ân'.normalize('NFC'),
      moetStudentId: '0123456789',
      className: '6A',
      grade: 6,
      enrolments: [{ classId: a, validFrom: enrolFrom, validTo: null }],
    })
    t.same(await readPages(`${path}/classes?limit=1`), [['6A'], ['6B']])
    const send = (body: object) => codeOf(asAdmin('POST', `/api/v1/${path}/students`, body))
    t.equal(await send({ fullName: 'X', moetStudentId: '0123456789' }), '409 STUDENT_EXISTS')
    t.equal(await send({ fullName: 'X', moetStudentId: '123456789' }), '409 STUDENT_EXISTS', 'a zero that was lost')
    await make(`${path}/students`, { fullName: 'Lý Mơ', schoolCode: '0012' })
    for (const schoolCode of ['0012', '12', '012']) t.equal(await send({ fullName: 'X', schoolCode }), '409 STUDENT_EXISTS', schoolCode)
    t.equal(await send({ fullName: 'X', personalId: '1' }), '422 VALIDATION_FAILED')
    t.equal(await send({ fullName: 'X', classId: deadId }), '422 CLASS_UNKNOWN')
    t.equal(await send({ fullName: 'X', classId: a, enrolFrom: '2027-08-01' }), '422 ENROLMENT_DATE_INVALID')
    t.equal(
      await codeOf(asAdmin('POST', `/api/v1/${path}/classes`, { schoolYear: '2026-2027', name: 'lớp 6a' })),
      '409 SCHOOL_CLASS_EXISTS',
    )
    t.equal(
      await codeOf(asAdmin('GET', `/api/v1/schools/${await makeSchool()}/students/${an}`)),
      '404 STUDENT_NOT_FOUND',
      'another school does not know the student',
    )
    const transfer = (body: object) => asAdmin('POST', `/api/v1/${path}/students/${an}/transfer`, body)
    t.match((await transfer({ toClassId: b, on: '2026-10-01' })).json<Answer>(), {
      className: '6B',
      enrolments: [
        { className: '6B', validFrom: '2026-10-01', validTo: null },
        { className: '6A', validFrom: enrolFrom, validTo: '2026-10-01' },
      ],
    })
    t.equal(await codeOf(transfer({ toClassId: a, on: '2026-09-30' })), '422 CHANGE_DATE_INVALID')
    t.match((await transfer({ toClassId: null })).json<Answer>(), { classId: null, className: null })
  })

  await t.test('a student and a family have a payment code of their own', async (t) => {
    const school = await makeSchool()
    const path = `schools/${school}`
    const ids = [
      await make(`${path}/students`, { fullName: 'A' }),
      await make(`${path}/students`, { fullName: 'B' }),
    ]
    const url = `/api/v1/${path}/students/${ids[0]}/payment-code`
    const [one, two] = await Promise.all([asAdmin('POST', url), asAdmin('POST', url)])
    t.match(one.json<Answer>().paymentCode, /^ZF[2-9A-Z]{10}$/)
    t.same(one.json<Answer>(), two.json<Answer>(), 'asked twice at once, it is one code')
    const family = (await asAdmin('POST', `/api/v1/${path}/families`, { studentIds: ids })).json<Answer>()
    t.match(family, { studentIds: ids, paymentCode: /^ZF[2-9A-Z]{10}$/ })
    t.match(await get(`${path}/students/${ids[0]}`), {
      familyId: family.id,
      paymentCode: one.json<Answer>().paymentCode,
    })
    const { rows } = await owner.query('SELECT kind FROM payment_code WHERE school_id = $1 ORDER BY kind', [
      school,
    ])
    t.same(rows, [{ kind: 'family' }, { kind: 'student' }])
    t.equal(
      await codeOf(asAdmin('POST', `/api/v1/${path}/families`, { studentIds: ids })),
      '409 FAMILY_MEMBER_EXISTS',
    )
    t.equal(
      await codeOf(asAdmin('POST', `/api/v1/${path}/families`, { studentIds: [deadId] })),
      '422 STUDENT_UNKNOWN',
    )
  })

  await t.test('a roster arrives as a body or as the file of a form', async (t) => {
    const url = `/api/v1/schools/${await makeSchool()}/students/import?schoolYear=2026-2027&enrolFrom=2026-09-05`
    const csv = 'Mã định danh,Họ và tên,Lớp\n1111111111,Lê An,6A\n2222222222,,6A\n'
    const authorization = `Bearer ${adminToken}`
    const send = (payload: string, type: string, query = '') =>
      app.inject({
        method: 'POST',
        url: url + query,
        payload,
        headers: { authorization, 'content-type': type },
      })
    t.match((await send(csv, 'text/csv', '&dryRun=true')).json<Answer>(), { importId: null, created: 1 })
    t.match((await send(csv, 'text/csv; charset=utf-8')).json<Answer>(), {
      created: 1,
      refused: 1,
      faults: [{ row: 3 }],
    })
    const form = [
      '--x',
      'Content-Disposition: form-data; name="file"; filename="ds.csv"',
      '',
      csv,
      '--x--',
      '',
    ].join('\r\n')
    t.match((await send(form, 'multipart/form-data; boundary=x')).json<Answer>(), {
      unchanged: 1,
      refused: 1,
    })
    t.equal(await codeOf(send('--x--\r\n', 'multipart/form-data; boundary=x')), '422 ROSTER_INVALID')
    t.equal(await codeOf(send('{}', 'application/json')), '422 ROSTER_INVALID')
    t.equal(await codeOf(send(csv, 'text/plain')), '415 UNSUPPORTED_MEDIA_TYPE')
    t.equal(await codeOf(send('x\n1', 'text/csv')), '422 ROSTER_HEADER_INVALID')
    t.equal(await codeOf(send(csv, 'text/csv', '&dryRun=perhaps')), '422 VALIDATION_FAILED')
  })

  await t.test('a key that was used for another file is refused, however the bytes arrive', async (t) => {
    const url = `/api/v1/schools/${await makeSchool()}/students/import`
    const authorization = `Bearer ${adminToken}`
    const csv = (name: string) => `Mã định danh,Họ và tên,Ngày sinh,Lớp\n1111111111,${name},05/09/2014,6A\n`
    const form = (name: string, boundary: string) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="ds.csv"\r\n\r\n${csv(name)}\r\n--${boundary}--\r\n`
    const send = (payload: string | Readable, type: string, key: string, more: Record<string, string> = {}) =>
      app.inject({ method: 'POST', url, payload, headers: { authorization, 'content-type': type, 'idempotency-key': key, ...more } })
    const multipart = (boundary: string) => `multipart/form-data; boundary=${boundary}`
    const streamed = (text: string) => Readable.from([Buffer.from(text)])

    const first = await send(csv('Lê An'), 'text/csv', 'raw')
    t.match(first.json<Answer>(), { created: 1 })
    const again = await send(csv('Lê An'), 'text/csv', 'raw')
    t.match([again.body, again.headers['idempotency-replayed']], [first.body, 'true'])
    t.equal(await codeOf(send(csv('Lê Ân'), 'text/csv', 'raw')), '422 IDEMPOTENCY_KEY_REUSED', 'of the same length')
    t.equal(await codeOf(send(streamed(csv('Lê Ăn')), 'text/csv', 'raw')), '422 IDEMPOTENCY_KEY_REUSED', 'without a length')

    t.match((await send(streamed(csv('Lê Bo')), 'text/csv', 'chunked')).json<Answer>(), { updated: 1 })
    t.equal(await codeOf(send(streamed(csv('Lê Ba')), 'text/csv', 'chunked')), '422 IDEMPOTENCY_KEY_REUSED')
    t.equal((await send(streamed(csv('Lê Bo')), 'text/csv', 'chunked')).headers['idempotency-replayed'], 'true')

    t.match((await send(form('Lê Ca', 'x'), multipart('x'), 'form')).json<Answer>(), { updated: 1 })
    t.equal(await codeOf(send(form('Lê Co', 'x'), multipart('x'), 'form')), '422 IDEMPOTENCY_KEY_REUSED')
    const repeated = await send(form('Lê Ca', 'other'), multipart('other'), 'form')
    t.equal(repeated.headers['idempotency-replayed'], 'true', 'a form is cut by another boundary at each attempt')
    t.equal(await codeOf(send('{}', 'application/json', 'none')), '422 ROSTER_INVALID')
    const { items } = (await asAdmin('GET', url.replace('/import', ''))).json<{ items: { fullName: string }[] }>()
    t.same(items.map(({ fullName }) => fullName), ['Lê Ca'], 'what was refused was not done')
  })

  await t.test('a refused upload is answered before all of it has arrived', async (t) => {
    const school = await makeSchool()
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(
        {
          port,
          method: 'POST',
          path: `/api/v1/schools/${school}/students/import`,
          headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'text/csv' },
        },
        (response) => {
          resolve(response.statusCode)
          request.destroy()
        },
      )
      request.on('error', reject)
      request.write('no header here\n'.repeat(40_000))
    })
    t.equal(status, 422)
  })
})

const deadId = '00000000-0000-7000-8000-000000000000'
