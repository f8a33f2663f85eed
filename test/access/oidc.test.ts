// Sign-in through a real OpenID provider that runs in this test, with every redirect and cookie of the way.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import t from 'tap'
import type { Test } from 'tap'
import type { Actor } from '../../src/access/actor.js'
import { setUserState } from '../../src/access/change-user.js'
import { readConfig } from '../../src/config.js'
import { raceForUser } from './held-user.js'
import { openBrowser, openPeopleWorld } from './people-world.js'
import type { Browser } from './people-world.js'

const APP = 'http://fees.example:3000'
const CALLBACK = `${APP}/login/oidc/callback`
const ADMIN: Actor = {
  name: 'user:admin', grants: [{ scopes: ['users:write'], schoolId: null, authorityId: null }], address: null,
}

/** Whoever the provider has before it, and how they proved themselves there. */
interface Person {
  subject: string
  email: string
  isVerified: boolean
  amr: string[]
}

t.test('sign-in through the organisation\'s provider', async (t) => {
  const person: Person = { subject: 'so-1', email: '', isVerified: true, amr: ['pwd'] }
  const issuer = await startProvider(t, person)
  const oidc = { issuer, clientId: 'school-fees', clientSecret: 'a secret of the test', name: 'Cổng Bình Minh', trustMfa: false }
  const world = await openPeopleWorld(t, { config: { publicUrl: APP, oidc } })
  const { app, db, makePerson, totp } = world

  t.test('the door is on the sign-in page', async (t) => {
    t.match((await openBrowser(app).get('/login?next=/account')).body,
      /href="\/login\/oidc\?next=%2Faccount">Đăng nhập bằng Cổng Bình Minh/)
  })

  t.test('somebody whose verified address is known gets in, and is known by the subject from then on', async (t) => {
    const { userId, loginName } = await makePerson('department_officer', { withTotp: false })
    Object.assign(person, { subject: 'so-2', email: loginName.toUpperCase() })
    const browser = openBrowser(app)
    const answer = await walk(browser, '/login/oidc?next=/account')
    t.equal(answer.headers.location, '/account')
    t.equal(browser.cookies.has('oidc-flow'), false)
    t.match((await browser.get('/account')).body, /Cán bộ Sở · Sở Giáo dục và Đào tạo Bình Minh/)
    person.email = 'changed@school.example'
    t.equal((await walk(openBrowser(app), '/login/oidc')).headers.location, '/')
    const log = await db.asService((trx) => trx.selectFrom('audit_log').select(['action', 'after'])
      .where('object_id', '=', userId).orderBy('id').execute())
    t.match(log.slice(-3), [
      { action: 'user.change', after: { oidcIssuer: issuer } },
      { action: 'session.start', after: { by: 'oidc' } }, { action: 'session.start' },
    ])
  })

  t.test('nobody gets in whose address is unknown, unverified, or linked to somebody else there', async (t) => {
    const { loginName } = await makePerson('auditor', { withTotp: false })
    const refused = async (change: Partial<Person>) => {
      Object.assign(person, { isVerified: true, ...change })
      const browser = openBrowser(app)
      const answer = await walk(browser, '/login/oidc')
      return answer.statusCode === 422 && answer.body.includes('chưa có người dùng nào') && !browser.cookies.has('session')
    }
    const users = () => db.asService((trx) => trx.selectFrom('app_user').select('id').execute())
    const before = (await users()).length
    t.ok(await refused({ subject: 'x-1', email: 'stranger@elsewhere.example' }))
    t.ok(await refused({ subject: 'x-2', email: loginName, isVerified: false }))
    t.notOk(await refused({ subject: 'x-3', email: loginName }))
    t.ok(await refused({ subject: 'x-4', email: loginName }), 'another subject with the same address')
    t.equal((await users()).length, before, 'and nobody is made')
  })

  t.test('a locked person is neither let in nor linked, also when it happens on the way', async (t) => {
    const { access } = app
    const setState = (userId: string, state: 'locked' | 'active') =>
      setUserState(access, ADMIN, { schoolId: null, userId }, state)
    const stateOf = async (userId: string) => db.asService(async (trx) => ({
      ...await trx.selectFrom('app_user').select('oidc_subject').where('id', '=', userId).executeTakeFirstOrThrow(),
      sessions: (await trx.selectFrom('user_session').select('id').where('user_id', '=', userId)
        .where('revoked_at', 'is', null).execute()).length,
    }))
    const locked = await makePerson('auditor', { withTotp: false })
    Object.assign(person, { subject: 'l-1', email: locked.loginName, isVerified: true })
    await setState(locked.userId, 'locked')
    t.equal((await walk(openBrowser(app), '/login/oidc')).statusCode, 422)
    t.same(await stateOf(locked.userId), { oidc_subject: null, sessions: 0 })
    await setState(locked.userId, 'active')
    t.equal((await walk(openBrowser(app), '/login/oidc')).statusCode, 303, 'opened again')
    t.same(await stateOf(locked.userId), { oidc_subject: 'l-1', sessions: 1 })
    await setState(locked.userId, 'locked')
    t.equal((await walk(openBrowser(app), '/login/oidc')).statusCode, 422, 'linked and locked again')

    for (const [subject, isLinked] of [['l-2', false], ['l-3', true]] as const) {
      const { userId, loginName } = await makePerson('auditor', { withTotp: false })
      Object.assign(person, { subject, email: loginName })
      if (isLinked) await walk(openBrowser(app), '/login/oidc')
      const browser = openBrowser(app)
      const callback = await walkToCallback(browser, '/login/oidc')
      const [, answer] = await raceForUser(world.database, userId, () => setState(userId, 'locked'),
        () => browser.get(callback))
      t.equal(answer.statusCode, 422)
      t.same(await stateOf(userId), { oidc_subject: isLinked ? subject : null, sessions: 0 })
    }
  })

  t.test('whoever signs in anew leaves no session behind', async (t) => {
    const [one, other] = [await makePerson('auditor', { withTotp: false }), await makePerson('accountant')]
    const browser = openBrowser(app)
    await browser.signIn(one.loginName)
    const left = openBrowser(app)
    left.cookies.set('session', browser.cookies.get('session') ?? '')
    t.equal((await left.get('/account')).statusCode, 200)
    Object.assign(person, { subject: 'x-9', email: 'stranger@elsewhere.example' })
    t.equal((await walk(browser, '/login/oidc')).statusCode, 422)
    t.equal((await left.get('/account')).statusCode, 200, 'a failure changes nothing')
    Object.assign(person, { subject: 'so-9', email: other.loginName })
    t.equal((await walk(browser, '/login/oidc')).headers.location, '/login/second-factor')
    t.equal((await left.get('/account')).statusCode, 303)
  })

  t.test('who moves money still proves our second factor', async (t) => {
    const { loginName } = await makePerson('accountant')
    Object.assign(person, { subject: 'so-3', email: loginName, isVerified: true, amr: ['mfa'] })
    const browser = openBrowser(app)
    t.equal((await walk(browser, '/login/oidc?next=/account')).headers.location, '/login/second-factor?next=%2Faccount')
    t.equal((await browser.get('/account')).headers.location, '/login/second-factor')
    await browser.get('/login/second-factor')
    t.equal((await browser.post('/login/second-factor?next=/account', { code: totp() })).headers.location, '/account')
  })

  t.test('unless the provider is trusted with it and says that it was proved', async (t) => {
    const trusting = await openPeopleWorld(t, { config: { publicUrl: APP, oidc: { ...oidc, trustMfa: true } } })
    const { loginName } = await trusting.makePerson('accountant')
    Object.assign(person, { subject: 'so-4', email: loginName, amr: ['pwd'] })
    t.equal((await walk(openBrowser(trusting.app), '/login/oidc')).headers.location, '/login/second-factor')
    person.amr = ['otp']
    t.equal((await walk(openBrowser(trusting.app), '/login/oidc')).headers.location, '/login/second-factor', 'one factor')
    person.amr = ['pwd', 'otp']
    t.equal((await walk(openBrowser(trusting.app), '/login/oidc')).headers.location, '/')
  })

  t.test('an answer that was not asked for by this browser is refused', async (t) => {
    const browser = openBrowser(app)
    const callback = await walkToCallback(browser, '/login/oidc')
    t.equal((await openBrowser(app).get(callback)).statusCode, 422, 'another browser')
    const forged = callback.replace(/state=[^&]+/, 'state=forged')
    t.equal((await browser.get(forged)).statusCode, 422, 'another state')
    t.equal((await browser.get(callback)).statusCode, 422, 'the flow was used up')
    t.equal(browser.cookies.has('session'), false)
  })

  t.test('a provider that is away is told in plain words', async (t) => {
    const away = await openPeopleWorld(t, { config: { publicUrl: APP, oidc: { ...oidc, issuer: 'http://127.0.0.1:1' } } })
    const answer = await openBrowser(away.app).get('/login/oidc')
    t.equal(answer.statusCode, 422)
    t.match(answer.body, /Không đăng nhập được qua hệ thống bên kia/)
  })
})

t.test('its settings', async (t) => {
  const base = { OIDC_ISSUER: 'https://login.example.vn', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b' }
  t.match(readConfig(base).oidc, { name: 'login.example.vn', trustMfa: false })
  t.equal(readConfig({}).oidc, undefined)
  t.throws(() => readConfig({ ...base, OIDC_CLIENT_SECRET: '' }), /OIDC_CLIENT_SECRET are required/)
  t.throws(() => readConfig({ ...base, OIDC_ISSUER: 'http://login.example.vn' }), /must be an https address/)
  t.throws(() => readConfig({ ...base, OIDC_TRUST_MFA: 'yes' }), /OIDC_TRUST_MFA must be 1 or 0/)
})

/** From our door through the provider and back; the answer of our callback. */
async function walk(browser: Browser, start: string) {
  return browser.get(await walkToCallback(browser, start))
}

async function walkToCallback(browser: Browser, start: string): Promise<string> {
  const jar = new Map<string, string>()
  let location = String((await browser.get(start)).headers.location)
  for (let hop = 0; hop < 10 && !location.startsWith(APP); hop++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await fetch(location, { redirect: 'manual', headers: { cookie } })
    for (const line of reply.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    location = new URL(reply.headers.get('location') ?? '', location).href
  }
  return location.slice(APP.length)
}

/** Asks nothing: `person` is signed in and consents. Email only in the userinfo, as the standard has it. */
async function startProvider(t: Test, person: Person): Promise<string> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const provider: Provider = new Provider(issuer, {
    clients: [{
      client_id: 'school-fees', client_secret: 'a secret of the test', redirect_uris: [CALLBACK],
      token_endpoint_auth_method: 'client_secret_basic',
    }],
    cookies: { keys: ['a key of the test'] },
    pkce: { required: () => true },
    claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, accountId) => ({
      accountId, claims: () => ({ sub: accountId, email: person.email, email_verified: person.isVerified }),
    }),
    async loadExistingGrant({ oidc: { client, session } }) {
      const grant = new provider.Grant({ clientId: client?.clientId ?? '', accountId: session?.accountId ?? '' })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  })
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) {
      void answer(request, response)
      return
    }
    const { subject: accountId, amr } = person
    void provider.interactionFinished(request, response, { login: { accountId, amr } })
  })
  t.teardown(() => {
    server.closeAllConnections()
    return new Promise((resolve) => { server.close(resolve) })
  })
  return issuer
}
