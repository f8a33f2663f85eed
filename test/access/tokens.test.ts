// API tokens as an administrator meets them on pages, and when one was last used.
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { openBrowser, openPeopleWorld } from './people-world.js'

const PAGE = '/admin/tokens'

t.test('API tokens', async (t) => {
  const world = await openPeopleWorld(t)
  const { app, db, clock, makePerson, totp, schoolId, communeId } = world
  const person = await makePerson('system_admin')
  const admin = openBrowser(app)
  await admin.signIn(person.loginName, totp())
  const call = (token: string, url = `/api/v1/schools/${schoolId}/students`) =>
    app.inject({ url, headers: { authorization: `Bearer ${token}` } })
  const tokenOf = (body: string) => /one-time">(sft_[\w-]+)</.exec(body)?.[1] ?? ''
  const atSchool = `${PAGE}/new?place=school&school=${encodeURIComponent('đông')}`
  const draft = { name: 'Phần mềm quản lý', placeId: schoolId, scopes: 'directory:read', lastDay: '' }
  const lastAudit = (action: string) => db.asService((trx) => trx.selectFrom('audit_log')
    .select(['actor', 'object_id', 'after']).where('action', '=', action).orderBy('id', 'desc').executeTakeFirst())

  t.test('there are none at first, and the way to make one leads over the place', async (t) => {
    const page = await admin.get(PAGE)
    t.match(page.body, /Chưa có khóa API nào/)
    t.match((await admin.get('/admin/users')).body, /href="\/admin\/tokens"/)
    t.notMatch((await admin.get(`${PAGE}/new`)).body, /name="scopes"/, 'no school was chosen')
    const form = await admin.get(atSchool)
    t.match(form.body, /Trường Tiểu học Đông Hòa/)
    t.match(form.body, /value="cash:write"/)
    t.notMatch(form.body, /value="admin"/)
    const authority = await admin.get(`${PAGE}/new?place=authority`)
    t.match(authority.body, /Phường Đông Hòa/)
    t.same(authority.body.match(/name="scopes"/g)?.length, 1, 'the figures and nothing else')
    const system = await admin.get(`${PAGE}/new?place=system`)
    t.match(system.body, /value="directory:write"/)
    t.notMatch(system.body, /value="(cash|banking|fees|review|invoices):write"|value="admin"/, 'no more than the person')
  })

  t.test('a faulty form comes back as it was, with the fault beside its field', async (t) => {
    await admin.get(atSchool)
    const blank = await admin.post(atSchool, { ...draft, name: ' ', scopes: '' })
    t.equal(blank.statusCode, 422)
    t.match(blank.body, /Hãy đặt tên/)
    t.match(blank.body, /Hãy chọn ít nhất một quyền/)
    const past = await admin.post(atSchool, { ...draft, lastDay: '2020-01-01' })
    t.equal(past.statusCode, 422)
    t.match(past.body, /Hãy chọn một ngày từ hôm nay/)
    t.match(past.body, /value="Phần mềm quản lý"/)
    t.match(past.body, /value="directory:read" checked/)
    for (const placeId of ['', 'x', uuidv7()]) {
      t.match((await admin.post(atSchool, { ...draft, placeId })).body, /Hãy chọn lại trường/, placeId)
    }
    t.equal((await admin.post(`${PAGE}/new?place=authority`, { ...draft, placeId: communeId })).statusCode, 422)
    t.equal((await admin.post(`${PAGE}/new?place=system`, { ...draft, scopes: 'cash:write' })).statusCode, 403)
    t.equal((await admin.get(PAGE)).body.match(/sft_/), null)
    t.match((await admin.get(PAGE)).body, /Chưa có khóa API nào/, 'nothing was made')
  })

  t.test('one is shown once, works, tells when it was used, and stops at once when it is revoked', async (t) => {
    await admin.get(atSchool)
    const made = await admin.post(atSchool, draft)
    t.match(made.body, /chỉ hiện một lần/)
    t.match(made.body, /data-copy="sft_/)
    t.match(made.headers['cache-control'], 'no-store')
    const token = tokenOf(made.body)
    const row = await lastAudit('token.create')
    t.match(row, { actor: `user:${person.userId}`, after: { scopes: ['directory:read'], schoolId } })

    const unused = await admin.get(PAGE)
    t.notMatch(unused.body, token)
    t.match(unused.body, /Trường Tiểu học Đông Hòa/)
    t.match(unused.body, /Chưa dùng/)
    const usedAt = async () => (await db.asService((trx) => trx.selectFrom('api_token').select('last_used_at')
      .where('id', '=', row?.object_id ?? '').executeTakeFirstOrThrow())).last_used_at
    t.equal((await call(token)).statusCode, 200)
    t.same(await usedAt(), clock.now)
    const first = clock.now
    clock.now = new Date(first.getTime() + 30_000)
    await call(token)
    t.same(await usedAt(), first, 'written once a minute')
    clock.now = new Date(first.getTime() + 61_000)
    t.equal((await call(token, `/api/v1/schools/${schoolId}/users`)).statusCode, 403)
    t.same(await usedAt(), clock.now, 'for a refused call too')
    t.notMatch((await admin.get(PAGE)).body, /Chưa dùng/)

    t.match((await admin.get(PAGE)).body, /data-confirm="Thu hồi khóa “Phần mềm quản lý”/)
    const revoke = `${PAGE}/${row?.object_id}/revoke`
    t.equal((await admin.post(revoke, {}, { csrf: false })).statusCode, 403)
    t.equal((await call(token)).statusCode, 200)
    t.equal((await admin.post(revoke, {})).headers.location, `${PAGE}?done=revoked`)
    t.equal((await call(token)).statusCode, 401)
    t.match(await lastAudit('token.revoke'), { actor: `user:${person.userId}`, object_id: row?.object_id })
    const after = await admin.get(`${PAGE}?done=revoked`)
    t.match(after.body, /Đã thu hồi khóa/)
    t.notMatch(after.body, /\/revoke"/)
    t.equal((await admin.post(`${PAGE}/${uuidv7()}/revoke`, {})).statusCode, 404)
  })

  t.test('one that has a last day is good until its end in Vietnam', async (t) => {
    const lastDay = new Date(clock.now.getTime() + 31 * 3_600_000).toISOString().slice(0, 10)
    const [until] = [Date.parse(`${lastDay}T17:00:00Z`)]
    const token = tokenOf((await admin.post(atSchool, { ...draft, name: 'Tạm thời', lastDay })).body)
    const now = clock.now
    clock.now = new Date(until - 1)
    t.equal((await call(token)).statusCode, 200)
    clock.now = new Date(until)
    t.equal((await call(token)).statusCode, 401)
    const other = openBrowser(app)
    await other.signIn(person.loginName, totp())
    t.match((await other.get(PAGE)).body, /Đã hết hạn/)
    clock.now = now
  })

  t.test('the list leaves as a file, newest first, and no file or page holds a token', async (t) => {
    const { statusCode, body, headers } = await admin.get(`${PAGE}?format=csv`)
    t.equal(statusCode, 200)
    t.match(headers['content-disposition'], /attachment/)
    const lines = body.trimEnd().split('\r\n')
    t.match(lines.map((line) => line.split(',')[0]?.replaceAll('"', '')), [/Tên$/, 'Tạm thời', 'Phần mềm quản lý'])
    t.match(lines[2], /Xem trường, lớp, học sinh/)
    t.notMatch(body, /sft_/)
    t.equal((await admin.get(`${PAGE}?format=xlsx`)).statusCode, 200)
  })

  t.test('a long list goes on, and nobody else sees it', async (t) => {
    for (let made = 0; made < 50; made++) {
      await world.asAdmin('POST', '/api/v1/tokens', { name: `Máy ${made}`, scopes: ['reports:read'], authorityId: communeId })
    }
    const first = await admin.get(PAGE)
    t.match(first.body, /Phường Đông Hòa/)
    const next = /href="([^"]+)" rel="next"/.exec(first.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    t.match((await admin.get(next)).body, /Phần mềm quản lý/)
    t.equal((await admin.get(`${PAGE}?cursor=xyz`)).statusCode, 422)
    const head = openBrowser(app)
    await head.signIn((await makePerson('head')).loginName, totp())
    t.equal((await head.get(PAGE)).statusCode, 403)
    t.equal((await head.post(atSchool, draft)).statusCode, 403)
  })
})
