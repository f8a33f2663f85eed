// What holds a flood of page requests up: a count for each address and session, and a process that is too busy. Whoever
// is refused gets a page that says so and when to come back; what pages are made of, probes and banks go on.
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { addDays, vietnamDay } from '../../src/time.js'
import { assetUrl } from '../../src/web/assets.js'
import { openBrowser, openPeopleWorld } from '../access/people-world.js'
import { buildTestApp } from '../support/app.js'
import type { TestApp } from '../support/app.js'

const BUSY = /Hệ thống đang bận/

function visit({ app }: TestApp, remoteAddress: string, url = '/check') {
  return app.inject({ method: 'GET', url, remoteAddress })
}

t.test('an address may ask for many pages a minute and no more, which no other address feels', async (t) => {
  const world = await buildTestApp(t, { config: { pagesPerAddressPerMinute: 3 } })
  for (const [same, other] of [
    [['203.0.113.7', '203.0.113.7', '::ffff:203.0.113.7', '203.0.113.7'], '203.0.113.8'],
    [['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:DB8:1:2:ffff::3', '2001:db8:1:2::4'], '2001:db8:1:3::1'],
  ] as const) {
    const statuses = []
    for (const address of same) statuses.push((await visit(world, address)).statusCode)
    t.same(statuses, [200, 200, 200, 429], same[0])
    t.equal((await visit(world, other)).statusCode, 200)
  }
  const refused = await visit(world, '203.0.113.7', '/p')
  t.match(refused.headers, { 'content-type': 'text/html; charset=utf-8', 'retry-after': /^[1-5]?\d$|^60$/ })
  t.match(refused.body, /<html lang="vi".*đợi một phút rồi thử lại/s)
  t.match((await visit(world, '203.0.113.7', '/p/x/qr.svg')).json(), { status: 429, code: 'TOO_MANY_REQUESTS' })

  for (const url of [assetUrl('site.css'), '/health/live', '/health/ready', '/metrics']) {
    t.equal((await visit(world, '203.0.113.7', url)).statusCode, 200, `${url} is no page`)
  }
  const call = await world.app.inject({ method: 'POST', url: '/webhooks/unknown', remoteAddress: '203.0.113.7' })
  t.not(call.statusCode, 429, 'nor is a bank')
  const api = await world.app.inject({
    method: 'GET', url: '/api/v1/tokens', remoteAddress: '203.0.113.7',
    headers: { authorization: `Bearer ${world.adminToken}` },
  })
  t.equal(api.statusCode, 200, 'the API counts for itself')
})

t.test('who is signed in is counted by session, whatever others do behind the same address', async (t) => {
  const world = await openPeopleWorld(t, { config: { pagesPerAddressPerMinute: 15, pagesPerSessionPerMinute: 8 } })
  const [one, two] = [openBrowser(world.app), openBrowser(world.app)]
  for (const browser of [one, two]) {
    const { loginName } = await world.makePerson('department_officer')
    await browser.signIn(loginName, world.totp())
  }
  let asked = 0
  while ((await visit(world, '127.0.0.1')).statusCode === 200 && asked < 100) asked += 1
  t.ok(asked < 15, 'the address has used up what it may')
  t.equal((await one.get('/account')).statusCode, 200, 'the people who sit there go on')

  const statuses = []
  for (let more = 0; more < 8; more += 1) statuses.push((await one.get('/account')).statusCode)
  t.match(statuses, [200, 200, 200, 200], 'as many as a person asks for')
  t.equal(statuses.at(-1), 429)
  const refused = await one.get(`/province/${world.departmentId}`)
  t.equal(refused.statusCode, 429, 'one count for all doors')
  t.match(refused.body, /đợi một phút/)
  t.ok(Number(refused.headers['retry-after']) > 0)
  t.equal((await two.get('/account')).statusCode, 200, 'another person is not held up')
})

t.test('a page that many readings hold up says when to come back', async (t) => {
  const world = await openPeopleWorld(t, { config: { dashboardReadingsAtOnce: 1, dashboardReadingsWaiting: 1 } })
  const look = (daysAgo: number) =>
    world.asAdmin('GET', `/province/${world.departmentId}?asOf=${addDays(vietnamDay(world.clock.now), -daysAgo)}`)
  const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => look(at + 1)))
  const busy = answers.filter(({ statusCode }) => statusCode === 503)
  t.ok(busy.length > 0 && busy.length < 12, `${busy.length} of 12 are sent away`)
  t.equal(answers.length - busy.length, answers.filter(({ statusCode }) => statusCode === 200).length)
  t.match(busy[0]?.headers, { 'content-type': /^text\/html/, 'retry-after': '5' })
  t.match(busy[0]?.body, BUSY)
  const [again, kept] = [await look(1), await Promise.all([look(1), look(1), look(1), look(1)])]
  t.same([again, ...kept].map(({ statusCode }) => statusCode), [200, 200, 200, 200, 200], 'what is kept needs no reading')
})

t.test('a process that cannot keep up refuses pages and lives on', async (t) => {
  const world = await buildTestApp(t, { config: { eventLoopDelayMaxMs: 1 } })
  const timer = setInterval(() => undefined, 5)
  t.teardown(() => { clearInterval(timer) })
  let answer = await visit(world, '203.0.113.7')
  for (let blocked = 0; answer.statusCode !== 503 && blocked < 300; blocked++) {
    for (const until = Date.now() + 60; Date.now() < until;);
    await nextTurn()
    answer = await visit(world, '203.0.113.7')
  }
  t.equal(answer.statusCode, 503)
  t.match(answer.headers, { 'content-type': /^text\/html/, 'retry-after': '5' })
  t.match(answer.body, BUSY)
  t.equal((await visit(world, '203.0.113.7', '/health/live')).statusCode, 200)
  t.equal((await visit(world, '203.0.113.7', assetUrl('site.css'))).statusCode, 200)
})
