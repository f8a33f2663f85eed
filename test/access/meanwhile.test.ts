// A password is checked outside of the transaction that acts on it: what was changed about the person meanwhile counts.
import t from 'tap'
import { resetPassword, setUserState } from '../../src/access/change-user.js'
import type { Actor } from '../../src/access/actor.js'
import { raceForUser } from './held-user.js'
import { openBrowser, openPeopleWorld, PASSWORD } from './people-world.js'

const ADMIN: Actor = {
  name: 'user:admin', grants: [{ scopes: ['users:write'], schoolId: null, authorityId: null }], address: null,
}

t.test('while somebody signs in', async (t) => {
  const world = await openPeopleWorld(t)
  const { app, app: { access }, db, database, makePerson } = world
  const makeReader = () => makePerson('auditor', { withTotp: false })
  const openSessions = (userId: string) => db.asService((trx) => trx.selectFrom('user_session').select('id')
    .where('user_id', '=', userId).where('revoked_at', 'is', null).execute())
  const reset = (userId: string) => () => resetPassword(access, ADMIN, { schoolId: null, userId })
  const lock = (userId: string) => () => setUserState(access, ADMIN, { schoolId: null, userId }, 'locked')

  const changes: [string, (userId: string) => () => Promise<unknown>][] = [['a reset', reset], ['a lock', lock]]
  for (const [name, change] of changes) {
    t.test(`${name} that comes before the session lets none begin`, async (t) => {
      const { userId, loginName } = await makeReader()
      const browser = openBrowser(app)
      const [, answer] = await raceForUser(database, userId, change(userId), () => browser.signIn(loginName))
      t.equal(answer.statusCode, 422)
      t.match(answer.body, /Tên đăng nhập hoặc mật khẩu không đúng/)
      t.notOk(browser.cookies.has('session'))
      t.same(await openSessions(userId), [])
      const { after } = await db.asService((trx) => trx.selectFrom('audit_log').select('after')
        .where('object_id', '=', userId).where('action', '=', 'session.fail').executeTakeFirstOrThrow())
      t.same(after, { at: 'password' })
    })

    t.test(`${name} that comes after it ends it`, async (t) => {
      const { userId, loginName } = await makeReader()
      const browser = openBrowser(app)
      const [answer] = await raceForUser(database, userId, () => browser.signIn(loginName), change(userId))
      t.equal(answer.statusCode, 303)
      t.same(await openSessions(userId), [])
      t.match((await browser.get('/account')).headers.location, /^\/login/)
    })
  }

  t.test('a second factor that is set up meanwhile is asked for', async (t) => {
    const { userId, loginName } = await makeReader()
    const browser = openBrowser(app)
    const [, answer] = await raceForUser(database, userId, () => db.asService((trx) => trx.updateTable('app_user')
      .set({ sealed_totp_secret: Buffer.from('sealed'), totp_confirmed_at: new Date() })
      .where('id', '=', userId).execute()), () => browser.signIn(loginName))
    t.equal(answer.headers.location, '/login/second-factor')
  })

  t.test('one\'s own change of the password does not undo a reset that came before it', async (t) => {
    const { userId, loginName } = await makeReader()
    const browser = openBrowser(app)
    await browser.signIn(loginName)
    await browser.get('/account/password')
    const wanted = 'mật khẩu của kẻ đã biết'
    const [oneTime, answer] = await raceForUser(database, userId, reset(userId),
      () => browser.post('/account/password', { current: PASSWORD, wanted, again: wanted }))
    t.equal(answer.statusCode, 422)
    const signIn = (password: string) => openBrowser(app).post('/login', { loginName, password })
    t.equal((await signIn(wanted)).statusCode, 422)
    t.equal((await signIn(oneTime)).statusCode, 303)
  })
})
