import { Secret, TOTP } from 'otpauth'
import t from 'tap'
import { forgetOldSignIns } from '../../src/access/forget.js'
import { openPeopleWorld, openBrowser, PASSWORD } from './people-world.js'
import type { Answer } from './people-world.js'

const MINUTE_MS = 60_000

t.test('signing in', async (t) => {
  const world = await openPeopleWorld(t)
  const { app, db, clock, makePerson, totp, schoolId } = world
  const later = (ms: number) => { clock.now = new Date(clock.now.getTime() + ms) }
  const secretOn = ({ body }: Answer) => /enrol-key">([A-Z2-7 ]+)</.exec(body)?.[1]?.replaceAll(' ', '') ?? ''
  const codeOf = (secret: string) =>
    TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: clock.now.getTime() })
  const accountant = await makePerson('accountant')
  const auditor = await makePerson('auditor', { withTotp: false })

  t.test('a reader gets in with the password; the cookie is for this host and unseen by scripts', async (t) => {
    const browser = openBrowser(app)
    t.equal((await browser.get('/account')).headers.location, '/login?next=%2Faccount')
    const answer = await browser.post('/login?next=/account', { loginName: auditor.loginName.toUpperCase(), password: PASSWORD })
    t.equal(answer.statusCode, 303)
    t.equal(answer.headers.location, '/account')
    t.match(answer.cookies[0], { name: 'session', httpOnly: true, path: '/', sameSite: 'Lax' })
    t.equal(answer.cookies[0]?.secure, undefined)
    t.match((await browser.get('/account')).body, /Kiểm tra, chỉ xem · Trường Tiểu học Đông Hòa/)
    t.equal((await browser.get('/login')).headers.location, '/')
    t.equal((await browser.get('/')).headers.location, `/desk/${schoolId}`)
  })

  t.test('the token of a session is nowhere in the database', async (t) => {
    const browser = openBrowser(app)
    await browser.signIn(auditor.loginName)
    const token = browser.cookies.get('session') ?? ''
    const rows = await db.asService((trx) => trx.selectFrom('user_session').selectAll().execute())
    t.ok(rows.length > 0)
    for (const row of rows) {
      t.notOk(JSON.stringify(row).includes(token))
      t.notOk(row.token_sha256.equals(Buffer.from(token, 'base64url')))
    }
  })

  t.test('who moves money needs the second factor, and its session opens nothing before', async (t) => {
    const browser = openBrowser(app)
    await browser.signIn(accountant.loginName)
    const first = browser.cookies.get('session')
    t.equal((await browser.get('/account')).headers.location, '/login/second-factor')
    t.equal((await browser.get(`/api/v1/schools/${schoolId}/fee-kinds`)).statusCode, 401)
    const page = await browser.get('/login/second-factor')
    t.match(page.body, /6 chữ số/)
    t.equal((await browser.post('/login/second-factor', { code: world.wrongTotp() })).statusCode, 422)
    t.equal((await browser.post('/login/second-factor', { code: totp() })).headers.location, '/')
    t.not(browser.cookies.get('session'), first, 'a new token')
    t.equal((await browser.get('/account')).statusCode, 200)
    const old = openBrowser(app)
    old.cookies.set('session', first ?? '')
    t.equal((await old.get('/account')).headers.location, '/login?next=%2Faccount', 'the first token opens nothing')
  })

  t.test('a code opens once, and neither does an older one after it', async (t) => {
    t.equal((await openBrowser(app).signIn(accountant.loginName, totp())).statusCode, 422, 'used by the test before')
    later(30_000)
    t.equal((await openBrowser(app).signIn(accountant.loginName, totp(1))).statusCode, 303, 'one step ahead is taken')
    t.equal((await openBrowser(app).signIn(accountant.loginName, totp())).statusCode, 422, 'the step before is not')
    later(90_000)
    t.equal((await openBrowser(app).signIn(accountant.loginName, totp(-2))).statusCode, 422, 'two steps behind is too old')
    const [one, other] = [openBrowser(app), openBrowser(app)]
    for (const browser of [one, other]) {
      await browser.signIn(accountant.loginName)
      await browser.get('/login/second-factor')
    }
    const both = await Promise.all([one, other].map((browser) => browser.post('/login/second-factor', { code: totp() })))
    t.same(both.map(({ statusCode }) => statusCode).sort(), [303, 422], 'not even two at once')
  })

  t.test('without an app the enrolment page is the only way on, and it ends with ten codes', async (t) => {
    const { loginName } = await makePerson('cashier', { withTotp: false })
    const browser = openBrowser(app)
    await browser.signIn(loginName)
    t.equal((await browser.get('/account')).headers.location, '/login/enrol')
    t.equal((await browser.get('/login/second-factor')).headers.location, '/login/enrol')
    const page = await browser.get('/login/enrol')
    t.match(page.body, /<svg/)
    const secret = secretOn(page)
    t.match(secret, /^[A-Z2-7]{32}$/)
    t.equal(secretOn(await browser.get('/login/enrol')), secret, 'the same after a reload')
    const wrong = await browser.post('/login/enrol', { code: world.wrongTotp(secret) })
    t.match([wrong.statusCode, secretOn(wrong)], [422, secret], 'and after a wrong code')
    const done = await browser.post('/login/enrol', { code: codeOf(secret) })
    const codes = [...done.body.matchAll(/<li>([2-9A-Z]{5}-[2-9A-Z]{5})<\/li>/g)].map(([, text]) => text ?? '')
    t.equal(new Set(codes).size, 10)
    t.equal((await browser.get('/account')).statusCode, 200)
    t.equal((await browser.get('/login/enrol')).statusCode, 303, 'the secret is never shown again')

    const lost = openBrowser(app)
    t.equal((await lost.signIn(loginName, codes[3]?.toLowerCase())).statusCode, 303, 'a recovery code opens')
    t.equal((await openBrowser(app).signIn(loginName, codes[3])).statusCode, 422, 'and only once')
    t.match((await lost.get('/account')).body, /Còn 9 mã dự phòng/)
  })

  t.test('an app is confirmed only where its secret was shown', async (t) => {
    const { loginName } = await makePerson('cashier', { withTotp: false })
    const [stranger, owner] = [openBrowser(app), openBrowser(app)]
    await stranger.signIn(loginName)
    const seen = secretOn(await stranger.get('/login/enrol'))
    await owner.signIn(loginName)
    const own = secretOn(await owner.get('/login/enrol'))
    t.match(own, /^[A-Z2-7]{32}$/)
    t.not(own, seen)
    t.equal((await owner.post('/login/enrol', { code: codeOf(seen) })).statusCode, 422, 'not in another session')
    const late = await stranger.post('/login/enrol', { code: codeOf(seen) })
    t.equal(late.statusCode, 422, 'not after another session has begun')
    t.equal((await owner.post('/login/enrol', { code: codeOf(secretOn(late)) })).statusCode, 422, 'nor what it shows then')
    t.equal((await owner.post('/login/enrol', { code: codeOf(own) })).statusCode, 422)
    const last = secretOn(await owner.get('/login/enrol'))
    t.equal(new Set([seen, own, secretOn(late), last]).size, 4)
    t.equal((await owner.post('/login/enrol', { code: codeOf(last) })).statusCode, 200)
    t.equal((await stranger.get('/login/enrol')).headers.location, '/login', 'the other session is over')
  })

  t.test('whoever signs in anew leaves no session behind', async (t) => {
    const person = await makePerson('auditor', { withTotp: false })
    const browser = openBrowser(app)
    await browser.signIn(auditor.loginName)
    const left = openBrowser(app)
    left.cookies.set('session', browser.cookies.get('session') ?? '')
    t.equal((await left.get('/account')).statusCode, 200)
    await browser.get('/account')
    t.equal((await browser.post('/login', { loginName: person.loginName, password: 'sai mật khẩu' })).statusCode, 422)
    t.equal((await left.get('/account')).statusCode, 200, 'a failure changes nothing')
    t.equal((await browser.signIn(person.loginName)).statusCode, 303)
    t.equal((await left.get('/account')).statusCode, 303)
  })

  t.test('an unknown name, a wrong password and a locked person get the same answer', async (t) => {
    const locked = await makePerson('auditor', { withTotp: false })
    await db.asService((trx) => trx.updateTable('app_user').set({ state: 'locked' }).where('id', '=', locked.userId).execute())
    const answerTo = async (loginName: string, password: string) => {
      const { statusCode, body } = await openBrowser(app).post('/login', { loginName, password })
      return { statusCode, body: body.replaceAll(loginName, '') }
    }
    const unknown = await answerTo('nobody@school.example', PASSWORD)
    t.equal(unknown.statusCode, 422)
    t.same(await answerTo(auditor.loginName, 'sai mật khẩu rồi'), unknown)
    t.same(await answerTo(locked.loginName, PASSWORD), unknown)
  })

  t.test('a session ends when it lies idle, when it is old, when it is ended and when its person is locked', async (t) => {
    const open = async (loginName: string, code?: string) => {
      const browser = openBrowser(app)
      await browser.signIn(loginName, code)
      t.equal((await browser.get('/account')).statusCode, 200)
      return browser
    }
    later(5 * MINUTE_MS)
    const money = await open(accountant.loginName, totp())
    const reader = await open(auditor.loginName)
    later(29 * MINUTE_MS)
    t.equal((await money.get('/account')).statusCode, 200, 'use keeps it open')
    later(29 * MINUTE_MS)
    t.equal((await money.get('/account')).statusCode, 200)
    later(31 * MINUTE_MS)
    t.equal((await money.get('/account')).statusCode, 303, 'half an hour idle')
    t.equal((await reader.get('/account')).statusCode, 200, 'who only reads has longer')
    for (let hour = 0; hour < 11; hour++) {
      later(60 * MINUTE_MS)
      await reader.get('/account')
    }
    t.equal((await reader.get('/account')).statusCode, 303, 'twelve hours at most')

    const [one, other] = [await open(auditor.loginName), await open(auditor.loginName)]
    t.match((await one.get('/account')).body, /Đăng xuất mọi thiết bị khác/)
    t.equal((await one.post('/account/sessions/end', { sessionId: 'others' })).headers.location, '/account?done=session')
    t.equal((await one.get('/account')).statusCode, 200)
    t.equal((await other.get('/account')).statusCode, 303, 'ended from the other device')
    const token = one.cookies.get('session') ?? ''
    t.equal((await one.post('/logout', {})).headers.location, '/login')
    t.equal(one.cookies.has('session'), false)
    one.cookies.set('session', token)
    t.equal((await one.get('/account')).statusCode, 303, 'the token is dead, not only forgotten')
  })

  t.test('what is long over is forgotten, what is not stays', async (t) => {
    const count = (table: 'user_session' | 'login_attempt') => db.asService(async (trx) =>
      (await trx.selectFrom(table).select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count)
    const before = [await count('user_session'), await count('login_attempt')]
    const forgetAt = (days: number) => forgetOldSignIns({
      ...world.deps, now: () => new Date(clock.now.getTime() + days * 24 * 60 * MINUTE_MS),
    })
    await forgetAt(0)
    t.same([await count('user_session'), await count('login_attempt')], before)
    await forgetAt(2)
    t.same([await count('user_session'), await count('login_attempt')], [before[0], 0])
    await forgetAt(32)
    t.equal(await count('user_session'), 0)
  })

  t.test('nobody ends another person\'s session', async (t) => {
    const victim = openBrowser(app)
    await victim.signIn(auditor.loginName)
    const rows = await db.asService((trx) => trx.selectFrom('user_session').select('id')
      .where('user_id', '=', auditor.userId).where('revoked_at', 'is', null).orderBy('id', 'desc').limit(1).execute())
    later(31_000)
    const other = openBrowser(app)
    await other.signIn(accountant.loginName, totp())
    await other.get('/account')
    await other.post('/account/sessions/end', { sessionId: rows[0]?.id ?? '' })
    t.equal((await victim.get('/account')).statusCode, 200)
  })

  t.test('a form without the proof, with another\'s proof or from another site changes nothing', async (t) => {
    const browser = openBrowser(app)
    await browser.signIn(auditor.loginName)
    await browser.get('/account')
    const end = { sessionId: 'others' }
    const refused = async (options: Parameters<typeof browser.post>[2], fields: Record<string, string> = end) => {
      const answer = await browser.post('/account/sessions/end', fields, options)
      return answer.statusCode === 403 && /Trang đã mở quá lâu|CSRF_REFUSED/.test(answer.body)
    }
    t.ok(await refused({ csrf: false }))
    t.ok(await refused({ csrf: false }, { ...end, _csrf: 'A'.repeat(43) }))
    t.ok(await refused({ headers: { 'sec-fetch-site': 'cross-site' } }))
    t.ok(await refused({ headers: { 'sec-fetch-site': 'same-site' } }), 'a neighbour host is another site too')
    t.ok(await refused({ csrf: false, headers: { 'sec-fetch-site': '', origin: 'https://evil.example' } }))
    const login = await openBrowser(app).post('/login', { loginName: auditor.loginName, password: PASSWORD },
      { headers: { 'sec-fetch-site': 'cross-site' } })
    t.equal(login.statusCode, 403, 'nobody is signed in by another site')
    const token = { cookie: `session=${browser.cookies.get('session')}` }
    const api = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/api/v1/account/sessions/019af1b2-0000-7000-8000-000000000000/end', headers: { ...token, ...headers } })
    t.equal((await api({})).json<{ code: string }>().code, 'CSRF_REFUSED')
    const proof = /name="_csrf" value="([^"]+)"/.exec((await browser.get('/account')).body)?.[1] ?? ''
    t.equal((await api({ 'x-csrf-token': proof })).json<{ code: string }>().code, 'SESSION_NOT_FOUND')
    t.equal((await app.inject({ url: '/api/v1/account/sessions', headers: token })).statusCode, 200, 'reading needs no proof')
  })

  t.test('a session that another process ended does not grow into a full one', async (t) => {
    later(2 * MINUTE_MS)
    const person = await makePerson('accountant')
    const browser = openBrowser(app)
    await browser.signIn(person.loginName)
    await browser.get('/login/second-factor')
    await db.asService((trx) => trx.updateTable('user_session').set({ revoked_at: clock.now })
      .where('user_id', '=', person.userId).execute())
    t.equal((await browser.post('/login/second-factor', { code: totp() })).statusCode, 401)
    const open = await db.asService((trx) => trx.selectFrom('user_session').select('id')
      .where('user_id', '=', person.userId).where('revoked_at', 'is', null).execute())
    t.same(open, [])
  })

  t.test('the way on never leads to another site', async (t) => {
    const elsewhere = ['//evil.example/x', 'https://evil.example', '/\\evil.example', '/.//evil.example', '/x/..//evil.example',
      '//page//evil.example']
    for (const next of [...elsewhere, '/login', '/logout', 'x']) {
      const answer = await openBrowser(app).post(`/login?next=${encodeURIComponent(next)}`,
        { loginName: auditor.loginName, password: PASSWORD })
      t.equal(answer.headers.location, '/', next)
    }
  })

  t.test('an address with two slashes is a path, and its page leads nowhere else', async (t) => {
    for (const url of ['//', '//[', '//a//evil.example', '///evil.example/x']) {
      const page = await app.inject({ url, headers: { accept: 'text/html' } })
      t.equal(page.statusCode, 404, url)
      t.match(page.body, /class="language" href="\/[^/]*/, url)
      t.notMatch(page.body, /href="\/\//, url)
    }
    const { body } = await app.inject({ url: '/check?_csrf=proof&x=1', headers: { accept: 'text/html' } })
    t.notMatch(body, /_csrf=/)
  })

  t.test('a one-time password opens the page that changes it and nothing else', async (t) => {
    const made = await makePerson('auditor', { withTotp: false })
    await db.asService((trx) => trx.updateTable('app_user').set({ must_change_password: true })
      .where('id', '=', made.userId).execute())
    const browser = openBrowser(app)
    await browser.signIn(made.loginName)
    t.equal((await browser.get('/account')).headers.location, '/account/password')
    t.equal((await browser.get('/api/v1/account/sessions')).json<{ code: string }>().code, 'PASSWORD_CHANGE_REQUIRED')
    await browser.get('/account/password')
    const change = (wanted: string, again = wanted, current = PASSWORD) =>
      browser.post('/account/password', { current, wanted, again })
    t.match((await change('ngắn quá')).body, /ít nhất 10 ký tự/)
    t.match((await change('1234567890')).body, /quá nhiều người dùng/)
    t.match((await change(made.loginName)).body, /trùng tên đăng nhập/)
    t.match((await change('a'.repeat(129))).body, /nhiều nhất 128/)
    t.match((await change('mật khẩu của riêng tôi', 'khác')).body, /không giống nhau/)
    t.match((await change('mật khẩu của riêng tôi', undefined, 'sai mật khẩu')).body, /hiện tại không đúng/)
    t.equal((await change('mật khẩu của riêng tôi')).headers.location, '/')
    t.equal((await browser.get('/account')).statusCode, 200)
    const hash = await db.asService((trx) => trx.selectFrom('app_user').select('password_hash')
      .where('id', '=', made.userId).executeTakeFirstOrThrow())
    t.match(hash.password_hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    const decomposed = 'mật khẩu của riêng tôi'.normalize('NFD')
    t.equal((await openBrowser(app).post('/login', { loginName: made.loginName, password: decomposed })).statusCode, 303)
  })
})

t.test('over TLS the cookie takes the prefix that ties it to the host', async (t) => {
  const { app, makePerson } = await openPeopleWorld(t, { config: { publicUrl: 'https://fees.example.vn' } })
  const { loginName } = await makePerson('auditor', { withTotp: false })
  const answer = await openBrowser(app).signIn(loginName)
  t.match(answer.cookies[0], { name: '__Host-session', secure: true, httpOnly: true, path: '/', sameSite: 'Lax' })
  t.notOk(String(answer.headers['set-cookie']).includes('Domain'))
})

t.test('guessing', async (t) => {
  const world = await openPeopleWorld(t, { config: { loginFailuresPerAccount: 3, loginFailuresPerAddress: 6 } })
  const { app, clock, makePerson, totp } = world
  const { loginName } = await makePerson('auditor', { withTotp: false })
  const attempt = (name: string, password: string, remoteAddress: string) => app.inject({
    method: 'POST', url: '/login', remoteAddress,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ loginName: name, password }).toString(),
  })

  t.test('an account slows down, the wait doubles, and it is never locked for good', async (t) => {
    for (let guess = 0; guess < 3; guess++) t.equal((await attempt(loginName, 'sai', `192.0.2.${guess}`)).statusCode, 422)
    const blocked = await attempt(loginName, PASSWORD, '192.0.2.9')
    t.equal(blocked.statusCode, 429, 'the right password has to wait too')
    t.equal(blocked.headers['retry-after'], '60')
    t.match(blocked.body, /đợi 1 phút/)
    clock.now = new Date(clock.now.getTime() + 60_000)
    t.equal((await attempt(loginName, 'sai', '192.0.2.9')).statusCode, 422)
    t.equal((await attempt(loginName, 'sai', '192.0.2.9')).headers['retry-after'], '120')
    clock.now = new Date(clock.now.getTime() + 120_000)
    t.equal((await attempt(loginName, PASSWORD, '192.0.2.9')).statusCode, 303)
    t.equal((await attempt(loginName, 'sai', '192.0.2.9')).statusCode, 422, 'and starts again after a success')
  })

  t.test('an unknown account slows down like a known one', async (t) => {
    for (let guess = 0; guess < 3; guess++) await attempt('nobody@school.example', 'sai', `198.51.100.${guess}`)
    t.equal((await attempt('nobody@school.example', 'sai', '198.51.100.9')).statusCode, 429)
  })

  t.test('an address slows down whatever the names; a customer line of IPv6 is one address', async (t) => {
    for (let guess = 0; guess < 6; guess++) await attempt(`guess${guess}@school.example`, 'sai', `2001:db8:1:2::${guess}`)
    t.equal((await attempt('guess9@school.example', 'sai', '2001:db8:1:2:ffff::9')).statusCode, 429)
    t.equal((await attempt('guess9@school.example', 'sai', '2001:db8:1:3::9')).statusCode, 422)
  })

  t.test('many at once do not slip through', async (t) => {
    const other = await makePerson('auditor', { withTotp: false })
    const codes = await Promise.all(Array.from({ length: 8 }, (_, index) => attempt(other.loginName, 'sai', `203.0.113.${index}`)))
    t.equal(codes.filter(({ statusCode }) => statusCode === 422).length, 3)
  })

  t.test('codes of the app are slowed down by themselves', async (t) => {
    const money = await makePerson('accountant')
    const browser = openBrowser(app)
    await browser.signIn(money.loginName)
    await browser.get('/login/second-factor')
    for (let guess = 0; guess < 3; guess++) {
      t.equal((await browser.post('/login/second-factor', { code: `00000${guess}` })).statusCode, 422)
    }
    t.equal((await browser.post('/login/second-factor', { code: totp() })).statusCode, 429)
  })
})
