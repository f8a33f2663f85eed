import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import type { Role } from '../../src/access/permission.js'
import { createUserFromCommandLine } from '../../src/access/first-user.js'
import { asOwner } from '../support/as-owner.js'
import { PASSWORD, openBrowser, openPeopleWorld } from './people-world.js'
import type { Browser } from './people-world.js'

t.test('people and their rights', async (t) => {
  const world = await openPeopleWorld(t)
  const { app, db, deps, makePerson, totp, clock, schoolId, otherSchoolId, departmentId, communeId } = world

  async function signedIn(role: Role, options = {}): Promise<Browser & { userId: string }> {
    const { loginName, userId } = await makePerson(role, options)
    const browser = openBrowser(app)
    t.equal((await browser.signIn(loginName, totp())).statusCode, 303, role)
    return { ...browser, userId }
  }
  const admin = await signedIn('system_admin')
  const head = await signedIn('head')
  const desk = `/desk/${schoolId}/people`
  const passwordOf = (body: string) => /one-time">([^<]+)</.exec(body)?.[1] ?? ''
  const audit = (action: string, school: string | null) => {
    const read = (trx: Parameters<Parameters<typeof db.asService>[0]>[0]) => trx.selectFrom('audit_log')
      .select(['actor', 'object_id', 'after']).where('action', '=', action).orderBy('id', 'desc').limit(1).executeTakeFirst()
    return school === null ? db.asService(read) : db.inSchool(school, read)
  }

  t.test('the first one is made from the command line with a one-time password', async (t) => {
    const made = await createUserFromCommandLine(deps, { loginName: 'Root@Example.vn', displayName: 'Quản trị', role: 'system_admin' })
    t.match(made, { loginName: 'root@example.vn', password: /^(\w{5}-){3}\w{5}$/ })
    const browser = openBrowser(app)
    const answer = await browser.post('/login', { loginName: made.loginName, password: made.password ?? '' })
    t.equal(answer.headers.location, '/login/second-factor')
    t.equal((await browser.get('/admin/users')).headers.location, '/login/enrol')
  })

  t.test('a head makes an accountant, who signs in with what was shown once', async (t) => {
    await head.get(`${desk}/new`)
    const faulty = await head.post(`${desk}/new`, { role: 'accountant', displayName: 'Trần Thị Lan', loginName: 'x' })
    t.equal(faulty.statusCode, 422)
    t.match(faulty.body, /Trần Thị Lan/, 'the fields stay filled')
    const made = await head.post(`${desk}/new`, { role: 'accountant', displayName: 'Trần Thị Lan', loginName: 'lan@truong.vn' })
    t.equal(made.statusCode, 200)
    t.match(made.headers['cache-control'], 'no-store')
    t.equal((await openBrowser(app).post('/login', { loginName: 'lan@truong.vn', password: passwordOf(made.body) })).statusCode, 303)
    t.match((await head.get(desk)).body, /Trần Thị Lan/)
    t.match((await head.post(`${desk}/new`, { role: 'cashier', displayName: 'B', loginName: 'lan@truong.vn' })).body, /đã có người dùng/)
    t.match(await audit('role.grant', schoolId), { actor: `user:${head.userId}`, after: { role: 'accountant', schoolId } })
  })

  t.test('a head gives no role above the school\'s own, and none elsewhere', async (t) => {
    const create = (role: string, extra = {}) =>
      head.post(`${desk}/new`, { role, displayName: 'C', loginName: `c.${role}@truong.vn`, ...extra })
    for (const role of ['head', 'system_admin', 'department_officer']) t.equal((await create(role)).statusCode, 403, role)
    t.equal((await create('auditor', { schoolId: otherSchoolId })).statusCode, 200, 'a place in the form is not believed')
    const rows = await db.asService((trx) => trx.selectFrom('role_assignment').select('of_school_id')
      .where('of_school_id', '=', otherSchoolId).execute())
    t.equal(rows.length, 0)
  })

  t.test('a head touches neither people of another school, nor an equal, nor themselves', async (t) => {
    const stranger = await makePerson('accountant', { schoolId: otherSchoolId })
    const equal = await makePerson('head')
    const both = await makePerson('accountant')
    await admin.get(`/admin/users/${both.userId}`)
    const given = await admin.post(`/admin/users/${both.userId}/roles`, { role: 'auditor', schoolId: otherSchoolId })
    t.equal(given.statusCode, 200)
    t.match(passwordOf(given.body), /^(\w{5}-){3}\w{5}$/)
    for (const act of ['reset-password', 'reset-second-factor', 'lock', 'roles']) {
      const of = (userId: string) => head.post(`${desk}/${userId}/${act}`, { role: 'cashier' })
      t.equal((await of(stranger.userId)).statusCode, 404, `${act}: another school's`)
      t.equal((await of(equal.userId)).statusCode, 403, `${act}: an equal`)
      t.equal((await of(both.userId)).statusCode, 403, `${act}: who also works elsewhere`)
      t.equal((await of(head.userId)).statusCode, 403, `${act}: oneself`)
    }
    t.equal((await head.get(`${desk}/${stranger.userId}`)).statusCode, 404)
    t.notMatch((await head.get(desk)).body, new RegExp(stranger.loginName))
    t.notMatch((await head.get(`${desk}/${both.userId}`)).body, /scope="row">Kiểm tra, chỉ xem/, 'the other school\'s role is not shown')
    t.equal((await admin.post(`/admin/users/${admin.userId}/roles`, { role: 'accountant', schoolId })).statusCode, 403)
  })

  t.test('a role that ends, a reset and a lock take effect at once', async (t) => {
    clock.now = new Date(clock.now.getTime() + 30_000)
    const cashier = await signedIn('cashier')
    t.equal((await cashier.get(`/api/v1/schools/${schoolId}/students`)).statusCode, 200)
    const page = await head.get(`${desk}/${cashier.userId}`)
    const end = /action="([^"]+\/end)"/.exec(page.body)?.[1] ?? ''
    t.equal((await head.post(end, {})).headers.location, `${desk}/${cashier.userId}?done=role`)
    t.equal((await cashier.get(`/api/v1/schools/${schoolId}/students`)).statusCode, 403)
    t.equal((await head.post(end, {})).statusCode, 404, 'it ends once')

    const auditor = await signedIn('auditor', { withTotp: true })
    const reset = await head.post(`${desk}/${auditor.userId}/reset-password`, {})
    t.match(passwordOf(reset.body), /^(\w{5}-){3}\w{5}$/)
    t.equal((await auditor.get('/account')).statusCode, 303)

    const accountant = await signedIn('accountant')
    t.equal((await head.post(`${desk}/${accountant.userId}/lock`, {})).statusCode, 303)
    t.equal((await accountant.get('/account')).statusCode, 303)
    const { login_name: name } = await db.asService((trx) => trx.selectFrom('app_user').select('login_name')
      .where('id', '=', accountant.userId).executeTakeFirstOrThrow())
    t.equal((await openBrowser(app).post('/login', { loginName: name, password: PASSWORD })).statusCode, 422)
    await head.post(`${desk}/${accountant.userId}/unlock`, {})
    t.equal((await openBrowser(app).post('/login', { loginName: name, password: PASSWORD })).statusCode, 303)
  })

  /** Ends the only role of somebody, as the head does it. */
  async function leaveSchool(userId: string): Promise<void> {
    const end = /action="([^"]+\/end)"/.exec((await head.get(`${desk}/${userId}`)).body)?.[1] ?? ''
    t.equal((await head.post(end, {})).statusCode, 303)
  }
  const opens = async (loginName: string, password: string) =>
    (await openBrowser(app).post('/login', { loginName, password })).statusCode === 303

  t.test('a head cannot get into the account of somebody who left the school', async (t) => {
    const { userId, loginName } = await makePerson('accountant')
    await leaveSchool(userId)
    const page = await head.get(`${desk}/${userId}`)
    t.match(page.body, /không còn vai trò ở trường/)
    t.notMatch(page.body, /reset-password|reset-second-factor|\/lock"/)
    for (const act of ['reset-password', 'reset-second-factor', 'lock', 'unlock']) {
      t.equal((await head.post(`${desk}/${userId}/${act}`, {})).statusCode, 403, act)
    }
    t.ok(await opens(loginName, PASSWORD), 'nothing was changed')
    await admin.get(`/admin/users/${userId}`)
    t.match(passwordOf((await admin.post(`/admin/users/${userId}/reset-password`, {})).body), /^(\w{5}-){3}\w{5}$/)
  })

  t.test('what a head knows of an account is worth nothing at the next place', async (t) => {
    const { userId, loginName } = await makePerson('accountant')
    await leaveSchool(userId)
    t.equal((await head.post(`${desk}/${userId}/roles`, { role: 'auditor' })).headers.location, `${desk}/${userId}?done=role`)
    t.ok(await opens(loginName, PASSWORD), 'whoever comes back to the same school keeps the password')
    const known = passwordOf((await head.post(`${desk}/${userId}/reset-password`, {})).body)
    t.ok(await opens(loginName, known))

    await admin.get(`/admin/users/${userId}`)
    const place = { role: 'accountant', schoolId: otherSchoolId }
    const given = await admin.post(`/admin/users/${userId}/roles`, place)
    t.match(given.headers['cache-control'], 'no-store')
    t.notOk(await opens(loginName, known))
    const oneTime = passwordOf(given.body)
    t.ok(await opens(loginName, oneTime))
    t.match(await audit('user.change', otherSchoolId), { object_id: userId, after: { password: 'reset' } })
    t.equal((await admin.post(`/admin/users/${userId}/roles`, { role: 'cashier', schoolId: otherSchoolId })).statusCode, 303)
    t.ok(await opens(loginName, oneTime), 'nobody\'s hands are left by a further role')

    const former = await makePerson('cashier')
    await leaveSchool(former.userId)
    const api = await world.asAdmin('POST', `/api/v1/users/${former.userId}/roles`, place)
    t.match(api.json<{ password: string }>().password, /^(\w{5}-){3}\w{5}$/, 'nor with no role at all between them')
    t.notOk(await opens(former.loginName, PASSWORD))

    const promoted = await makePerson('accountant')
    t.match(passwordOf((await admin.post(`/admin/users/${promoted.userId}/roles`, { role: 'head', schoolId })).body), /^\w/)
    const officer = await makePerson('commune_officer')
    t.equal((await admin.post(`/admin/users/${officer.userId}/roles`, place)).statusCode, 303, 'no head managed an officer')
  })

  t.test('a session that was opened with a password alone does not grow into one that moves money', async (t) => {
    const reader = await makePerson('auditor', { withTotp: false })
    const browser = openBrowser(app)
    await browser.signIn(reader.loginName)
    t.equal((await browser.get('/account')).statusCode, 200)
    await head.get(`${desk}/${reader.userId}`)
    t.equal((await head.post(`${desk}/${reader.userId}/roles`, { role: 'cashier' })).statusCode, 303)
    t.equal((await browser.get('/account')).headers.location, '/login?next=%2Faccount')
  })

  t.test('officers are held at an authority of their kind, schools are found by name', async (t) => {
    const form = await admin.get('/admin/users/new?role=commune_officer')
    t.match(form.body, /Phường Đông Hòa/)
    t.notMatch(form.body, /Sở Giáo dục/)
    const officer = { role: 'commune_officer', displayName: 'Cán bộ', loginName: 'canbo@xa.vn' }
    t.match((await admin.post('/admin/users/new', { ...officer, authorityId: departmentId })).body, /không hợp với vai trò/)
    t.equal((await admin.post('/admin/users/new', { ...officer, authorityId: communeId })).statusCode, 200)
    t.match((await admin.get(`/admin/users/new?role=head&school=${encodeURIComponent('tây')}`)).body, /Trường Tiểu học Tây Hồ/)
    t.match((await admin.get('/admin/users/new?role=head&school=khongco')).body, /Không có trường nào/)
    t.match((await admin.get('/admin/users?text=canbo')).body, /Cán bộ xã, phường · Phường Đông Hòa/)
  })

  t.test('programs do the same over the API', async (t) => {
    const { asAdmin } = world
    const made = (await asAdmin('POST', '/api/v1/users', {
      loginName: 'api@truong.vn', displayName: 'API', role: 'cashier', schoolId, withoutPassword: true,
    })).json<{ userId: string; password: null }>()
    t.equal(made.password, null)
    const roles = `/api/v1/users/${made.userId}/roles`
    const held = (await asAdmin('POST', roles, { role: 'auditor', schoolId })).json<{ roles: { id: string; role: string }[] }>()
    t.same(held.roles.map(({ role }) => role), ['cashier', 'auditor'])
    t.equal((await asAdmin('POST', roles, { role: 'auditor', schoolId })).json<{ code: string }>().code, 'ROLE_EXISTS')
    t.equal((await asAdmin('POST', roles, { role: 'auditor' })).json<{ code: string }>().code, 'ROLE_HOLDER_INVALID')
    const left = (await asAdmin('POST', `${roles}/${held.roles[0]?.id}/end`)).json<{ roles: { role: string }[] }>()
    t.same(left.roles.map(({ role }) => role), ['auditor'])
    const listed = await asAdmin('GET', `/api/v1/schools/${schoolId}/users?limit=200`)
    t.match(listed.body, /api@truong.vn/)
    t.notMatch(listed.body, /argon2|secret/i)
    t.equal((await openBrowser(app).post('/login', { loginName: 'api@truong.vn', password: '' })).statusCode, 422)
  })

  t.test('a person makes no token that can do more than they can, unless it is bound', async (t) => {
    const { body } = await admin.get('/admin/users/new')
    const csrf = /name="_csrf" value="([^"]+)"/.exec(body)?.[1] ?? ''
    const make = (token: object) => app.inject({
      method: 'POST', url: '/api/v1/tokens', payload: { name: 'x', ...token },
      headers: { cookie: `session=${admin.cookies.get('session')}`, 'x-csrf-token': csrf },
    })
    t.equal((await make({ scopes: ['admin'] })).statusCode, 403)
    t.equal((await make({ scopes: ['cash:write'] })).statusCode, 403)
    t.equal((await make({ scopes: ['reports:read'] })).statusCode, 201)
    t.equal((await make({ scopes: ['cash:write'], schoolId })).statusCode, 201)
  })

  t.test('the log is read newest first, with names of people, a page at a time, and only of the own school', async (t) => {
    const page = await head.get(`/desk/${schoolId}/audit`)
    t.match(page.body, /Giao vai trò/)
    t.match(page.body, /Trần Thị Lan/)
    t.notMatch(page.body, /Đăng nhập không thành/, 'sign-ins belong to no school')
    t.match((await admin.get('/admin/audit?action=session.fail')).body, /Đăng nhập không thành/)
    t.match((await admin.get('/admin/audit?day=2020-01-01')).body, /Không có gì được ghi lại/)
    t.match((await admin.get(`/admin/audit?actor=user:${head.userId}`)).body, /Chỉ xem việc của/)
    t.equal((await head.get(`/desk/${otherSchoolId}/audit`)).statusCode, 403)
    await asOwner(world.database, `INSERT INTO audit_log (school_id, id, actor, action, object_kind, object_id)
      SELECT '${schoolId}', uuidv7(), 'import', 'student.create', 'student', n::text FROM generate_series(1, 150) n`)
    const first = await head.get(`/desk/${schoolId}/audit?action=student.create`)
    const next = /href="([^"]+)" rel="next"/.exec(first.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const objects = (body: string) => [...body.matchAll(/title="(\d+)">Học sinh/g)].map(([, id]) => Number(id))
    const seen = [...objects(first.body), ...objects((await head.get(next)).body)]
    t.same(seen, Array.from({ length: 150 }, (_, index) => 150 - index))
  })

  t.test('a log that leaves as a file does not read for each page what only the page of the log shows', async (t) => {
    await asOwner(world.database, `INSERT INTO audit_log (school_id, id, actor, action, object_kind, object_id)
      SELECT '${schoolId}', uuidv7(), 'import', 'class.create', 'class', n::text FROM generate_series(1, 450) n`)
    const statements = await statementsOf(async () => {
      const { statusCode, body } = await head.get(`/desk/${schoolId}/audit?action=class.create&format=csv`)
      t.match([statusCode, body.trimEnd().split('\r\n').length], [200, 451])
    })
    t.equal(statements.filter((text) => /^select "action" from "audit_log"/.test(text)).length, 0)
    t.ok(statements.filter((text) => /from "audit_log"/.test(text)).length >= 3, 'they were counted')
  })

  t.test('the log takes no change, not even from the service itself', async (t) => {
    const change = (text: string) => db.inSchool(schoolId, (trx) => sql.raw(text).execute(trx))
    for (const text of ['UPDATE audit_log SET actor = \'x\'', 'DELETE FROM audit_log', 'TRUNCATE audit_log']) {
      await t.rejects(change(text), /permission denied/)
      await t.rejects(asOwner(world.database, text), /append-only/, 'nor from its owner')
    }
    for (const table of ['app_user', 'role_assignment']) {
      await t.rejects(change(`DELETE FROM ${table}`), /permission denied/)
    }
    await t.rejects(db.asWorker((trx) => trx.selectFrom('app_user').select('id').execute()), /permission denied/)
    await t.rejects(db.asAuthority(departmentId, (trx) => trx.selectFrom('user_session').select('id').execute()), /permission denied/)
  })
})

/** The texts of the statements that the service sent meanwhile. */
async function statementsOf(work: () => Promise<void>): Promise<string[]> {
  const sent: string[] = []
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = new Proxy(query, {
    apply(target, self, args: unknown[]) {
      const [first] = args
      if (typeof first === 'string') sent.push(first)
      else if (typeof first === 'object' && first !== null && 'text' in first) sent.push(String(first.text))
      const answer: unknown = Reflect.apply(target, self, args)
      return answer
    },
  })
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  return sent
}
