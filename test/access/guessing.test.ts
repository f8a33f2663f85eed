// What guessing costs whoever guesses, and what it must not cost the owner of the account.
import t from 'tap'
import { DomainError } from '../../src/errors.js'
import { createPasswords } from '../../src/access/passwords.js'
import { forgetOldSignIns } from '../../src/access/forget.js'
import { proveSecondFactor } from '../../src/access/second-factor.js'
import type { Session } from '../../src/access/session.js'
import { openBrowser, openPeopleWorld, PASSWORD } from './people-world.js'
import type { PeopleWorld } from './people-world.js'

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60
const STRANGER = { address: '192.0.2.66', agent: null }

function later({ clock }: PeopleWorld, minutes: number): void {
  clock.now = new Date(clock.now.getTime() + minutes * MINUTE_MS)
}

/** Of somebody who knows the password. */
async function firstFactorOf({ app: { access }, db }: PeopleWorld, userId: string): Promise<Session> {
  const { token } = await db.asService((trx) => access.sessions.start(trx, userId, 'password', STRANGER))
  const session = await access.sessions.find(token)
  if (session === undefined) throw new Error('the session has just begun')
  return session
}

t.test('codes of the app', async (t) => {
  const world = await openPeopleWorld(t)
  const { app: { access }, makePerson, totp } = world

  /** Guesses in a day: up to `atOnce` in a row, then `restMinutes` of quiet. */
  async function guessesInADay(userId: string, atOnce: number, restMinutes: number): Promise<number> {
    const session = await firstFactorOf(world, userId)
    let guesses = 0
    for (let minute = 0; minute < DAY_MINUTES; minute += restMinutes) {
      for (let one = 0; one < atOnce; one++) {
        const { kind } = await proveSecondFactor(access, session, 'no code', STRANGER)
        if (kind === 'wait') break
        t.equal(kind, 'refused')
        guesses++
      }
      later(world, restMinutes)
    }
    return guesses
  }

  t.test('a day has fewer than forty guesses, whoever hurries and whoever keeps quiet between them', async (t) => {
    for (const [atOnce, restMinutes] of [[20, 4], [9, 16], [9, 61]] as const) {
      const { userId } = await makePerson('accountant')
      const guesses = await guessesInADay(userId, atOnce, restMinutes)
      t.ok(guesses >= 10 && guesses < 40, `${guesses} guesses, ${atOnce} at once and ${restMinutes} minutes of quiet`)
    }
  })

  t.test('an owner who signs in meanwhile gives few guesses back', async (t) => {
    const { userId, loginName } = await makePerson('accountant')
    const session = await firstFactorOf(world, userId)
    const guess = async () => (await proveSecondFactor(access, session, 'no code', STRANGER)).kind
    for (let one = 0; one < 9; one++) t.equal(await guess(), 'refused')
    t.equal((await openBrowser(world.app).signIn(loginName, totp())).statusCode, 303)
    const further = await Promise.all(Array.from({ length: 9 }, guess))
    t.equal(further.filter((kind) => kind === 'refused').length, 4, 'not nine again')
  })

  t.test('the owner waits an hour at most, and not at all once somebody made a new way in', async (t) => {
    const { userId, loginName } = await makePerson('accountant')
    await guessesInADay(userId, 9, 61)
    const session = await firstFactorOf(world, userId)
    await proveSecondFactor(access, session, 'no code', STRANGER)
    const waiting = await proveSecondFactor(access, session, totp(), STRANGER)
    t.equal(waiting.kind, 'wait')
    t.ok(waiting.kind === 'wait' && waiting.waitMs <= 60 * MINUTE_MS)
    const admin = openBrowser(world.app)
    await admin.signIn((await makePerson('system_admin')).loginName, totp())
    await admin.get(`/admin/users/${userId}`)
    const { body } = await admin.post(`/admin/users/${userId}/reset-password`, {})
    const browser = openBrowser(world.app)
    await browser.post('/login', { loginName, password: /one-time">([^<]+)</.exec(body)?.[1] ?? '' })
    await browser.get('/login/second-factor')
    t.equal((await browser.post('/login/second-factor', { code: totp() })).statusCode, 303)
  })

  t.test('failures are kept for as long as they count', async (t) => {
    later(world, 1)
    const { userId } = await makePerson('accountant')
    const session = await firstFactorOf(world, userId)
    for (let one = 0; one < 10; one++) await proveSecondFactor(access, session, 'no code', STRANGER)
    const config = { ...world.deps.config, secondFactorWindowMs: 3 * DAY_MINUTES * MINUTE_MS }
    const at = world.clock.now
    later(world, 2 * DAY_MINUTES)
    const count = () => world.db.asService(async (trx) => (await trx.selectFrom('login_attempt').select('kind')
      .where('kind', '=', 'second_factor').where('last_at', '=', at).execute()).length)
    await forgetOldSignIns({ ...world.deps, config })
    t.equal(await count(), 1)
    await forgetOldSignIns(world.deps)
    t.equal(await count(), 0)
  })
})

t.test('a stranger who knows a login name', async (t) => {
  const world = await openPeopleWorld(t, { config: { loginFailuresPerAccount: 3 } })
  const { app, makePerson } = world
  const attempt = async (loginName: string, password: string, remoteAddress: string) => (await app.inject({
    method: 'POST', url: '/login', remoteAddress,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ loginName, password }).toString(),
  })).statusCode
  const guessAsStranger = async (loginName: string) => {
    for (let guess = 0; guess < 4; guess++) await attempt(loginName, 'sai', `192.0.2.${guess}`)
  }

  t.test('keeps nobody waiting where the account was entered before', async (t) => {
    const { loginName } = await makePerson('auditor', { withTotp: false })
    t.equal(await attempt(loginName, PASSWORD, '2001:db8:7:7::1'), 303)
    await guessAsStranger(loginName)
    t.equal(await attempt(loginName, PASSWORD, '203.0.113.9'), 429, 'at any other address the owner waits too')
    t.equal(await attempt(loginName, PASSWORD, '2001:db8:7:7::9'), 303, 'the same customer line')
    t.equal(await attempt(loginName, PASSWORD, '203.0.113.9'), 429, 'which lets no stranger guess on')
  })

  t.test('is counted there like everybody', async (t) => {
    const { loginName } = await makePerson('auditor', { withTotp: false })
    await attempt(loginName, PASSWORD, '198.51.100.7')
    for (let guess = 0; guess < 3; guess++) t.equal(await attempt(loginName, 'sai', '198.51.100.7'), 422)
    t.equal(await attempt(loginName, PASSWORD, '198.51.100.7'), 429)
    t.equal(await attempt(loginName, PASSWORD, '198.51.100.8'), 303, 'and counts nobody else out')
  })

  t.test('cannot count under another name for that place', async (t) => {
    const { loginName } = await makePerson('auditor', { withTotp: false })
    await attempt(loginName, PASSWORD, '198.51.100.20')
    for (let guess = 0; guess < 4; guess++) {
      for (const name of [`${loginName} 198.51.100.20`, `198.51.100.20 ${loginName}`]) await attempt(name, 'sai', '192.0.2.9')
    }
    t.equal(await attempt(loginName, PASSWORD, '198.51.100.20'), 303)
  })
})

t.test('passwords are hashed a few at once, in order, and too many are turned away', async (t) => {
  const passwords = createPasswords({ atOnce: 1, waitingMax: 2 })
  const answers = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash('một câu dài')))
  t.same(answers.map(({ status }) => status), ['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'rejected'])
  const [refused] = answers.flatMap((answer) => answer.status === 'rejected' ? [answer.reason as unknown] : [])
  t.ok(refused instanceof DomainError)
  t.match(refused, { code: 'OVERLOADED' })
  t.notMatch(refused, { message: /file/ })
  t.match(await passwords.hash('một câu dài'), /^\$argon2id/, 'later there is room again')
})
