// The parent's page while it is looked at: it hears of money within seconds, however many look one statement a second
// is asked, connections are bounded and end, and the whole page stays small.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import type { Database } from '../../src/db/tenancy.js'
import { openBillWatch } from '../../src/web/parent/bill-watch.js'
import { countConnections } from '../../src/web/parent/connection-count.js'
import { eventually } from '../support/eventually.js'
import { silentLog } from '../support/posting.js'
import { openParentWorld } from './parent-world.js'

const EVENTS = /data-events="([^"]+)"/

async function eventsPathOf(look: (path: string) => Promise<{ body: string }>, path: string): Promise<string> {
  const found = EVENTS.exec((await look(path)).body)?.[1]
  assert(found !== undefined, 'the page names where to listen')
  return found
}

interface Listening {
  status: number
  heard: () => string
  ended: Promise<void>
  stop: () => void
}

async function listen(url: string, headers: Record<string, string> = {}): Promise<Listening> {
  const stopping = new AbortController()
  const answer = await fetch(url, { headers, signal: stopping.signal })
  let text = ''
  const read = async (): Promise<void> => {
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) text += part.value
  }
  return {
    status: answer.status, heard: () => text, ended: read().catch(() => undefined), stop: () => { stopping.abort() },
  }
}

const until = (isSo: () => boolean | Promise<boolean>): Promise<void> => eventually('the news', isSo)

t.test('a payment is heard by those who look at its bill, and by nobody else', async (t) => {
  const world = await openParentWorld(t, { config: { liveEveryMs: 50, liveHeartbeatMs: 200 } })
  await world.run()
  const site = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const [anh, binh] = [await world.billOf('anh'), await world.billOf('binh')]
  const of = (bill: typeof anh) => eventsPathOf(world.look, world.pathOf(bill))
  const anhsPath = await of(anh)
  const binhsPath = await of(binh)
  const [one, two, other] =
    [await listen(site + anhsPath), await listen(site + anhsPath), await listen(site + binhsPath)]
  t.same([one.status, two.status, other.status], [200, 200, 200])
  await until(() => one.heard().includes(':\n\n'))
  t.notMatch(one.heard(), /event/, 'it lives, and there is no news')

  await world.pay(anh.paymentCode, 100_000)
  await until(() => one.heard().includes('event: change') && two.heard().includes('event: change'))
  const mark = /id: (\w+)/.exec(one.heard())?.[1] ?? ''
  t.equal(await of(anh), `${world.pathOf(anh)}/events?mark=${mark}`, 'the mark is that of the page as it is now')
  // A mark is 32 random digits, which may hold any figure by chance.
  t.notMatch(one.heard().replaceAll(mark, ''), /100|ZF|Ánh/, 'the news says that there is news, and nothing of it')
  t.notMatch(other.heard(), /event/)

  const late = await listen(site + anhsPath)
  await until(() => late.heard().includes('event: change'))
  t.pass('a page that was drawn before the payment hears of it when it connects')
  const back = await listen(site + anhsPath, { 'last-event-id': mark })
  await until(() => back.heard().includes(':\n\n'))
  t.notMatch(back.heard(), /event/, 'who comes back says what they have heard')
  await world.pay(anh.paymentCode, 1_000)
  await until(() => back.heard().includes('event: change'))
  t.equal(back.heard().split('event: change').length, 2, 'and hears once of what came since')

  await world.app.close()
  await Promise.all([one, two, other, late, back].map(({ ended }) => ended))
  t.pass('every connection ends with the service')
})

t.test('one statement serves all viewers of a tick, and none is asked when nobody looks', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const [anh, binh] = [await world.billOf('anh'), await world.billOf('binh')]
  let asked = 0
  const db: Pick<Database, 'asService'> = {
    asService(work) {
      asked += 1
      return world.db.asService(work)
    },
  }
  const everyMs = 200
  const watch = openBillWatch({ db, log: silentLog }, { everyMs, maxBills: 2 })
  const placeOf = (bill: typeof anh) => ({ schoolId: world.schoolId, studentId: bill.studentId, roundId: bill.roundId })
  const marks = new Set<string>()
  const startedAt = performance.now()
  const stops = Array.from({ length: 500 }, (_, at) =>
    watch.watch(placeOf(at % 2 ? anh : binh), '', (mark) => marks.add(mark)))
  t.ok(stops.every((stop) => stop !== undefined))
  await until(() => asked >= 5 && marks.size === 2)
  // The first statement waits for no tick; a timer cuts fractions off and may fire a millisecond early.
  const ticks = Math.floor((performance.now() - startedAt) / (everyMs - 2))
  t.ok(asked <= ticks + 1, `${asked} statements for 500 viewers in ${ticks} ticks`)
  t.equal(marks.size, 2, 'each bill has a mark of its own')
  t.equal(watch.watch(placeOf(await world.billOf('chi')), '', () => undefined), undefined, 'bills are bounded')
  for (const stop of stops) stop?.()
  const before = asked
  await delay(10 * everyMs)
  t.equal(asked, before)
  const again = watch.watch(placeOf(anh), '', () => undefined)
  await until(() => asked > before)
  again?.()
  watch.close()
  t.equal(watch.watch(placeOf(anh), '', () => undefined), undefined)
})

t.test('a database that is away for a moment costs news, not the watch', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const { studentId, roundId } = await world.billOf('anh')
  let isAway = true
  let failures = 0
  const db: Pick<Database, 'asService'> = {
    asService(work) {
      if (!isAway) return world.db.asService(work)
      failures += 1
      return Promise.reject(new Error('away'))
    },
  }
  const watch = openBillWatch({ db, log: silentLog }, { everyMs: 20, maxBills: 1 })
  let mark = ''
  const stop = watch.watch({ schoolId: world.schoolId, studentId, roundId }, '', (news) => { mark = news })
  await until(() => failures >= 2)
  t.equal(mark, '')
  isAway = false
  await until(() => mark !== '')
  stop?.()
  watch.close()
})

t.test('connections of one bill and of one address are bounded, and a closed one makes room', async (t) => {
  const world = await openParentWorld(t, {
    config: { liveConnectionsPerBill: 2, liveConnectionsPerAddress: 3, liveConnectionMs: 60_000 },
  })
  await world.run()
  const site = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const anhs = site + await eventsPathOf(world.look, world.pathOf(await world.billOf('anh')))
  const binhs = site + await eventsPathOf(world.look, world.pathOf(await world.billOf('binh')))
  const ofAnh = await Promise.all([listen(anhs), listen(anhs), listen(anhs)])
  t.same(ofAnh.map(({ status }) => status).sort(), [200, 200, 429], 'two of a bill')
  const ofBinh = await Promise.all([listen(binhs), listen(binhs)])
  t.same(ofBinh.map(({ status }) => status).sort(), [200, 429], 'three of an address')
  t.equal((await listen(anhs)).status, 429, 'a refused one takes no room and gives none')
  ofAnh.find(({ status }) => status === 200)?.stop()
  await until(async () => (await listen(anhs)).status === 200)
  t.equal((await listen(anhs)).status, 429, 'for one more')
  const connections = countConnections(1)
  const close = connections.take('a')
  close?.()
  close?.()
  t.ok(connections.take('a'))
  t.notOk(connections.take('a'), 'closing twice makes no room for two')
})

t.test('a connection ends after a while by itself, and the browser may come back', async (t) => {
  const world = await openParentWorld(t, { config: { liveConnectionsPerBill: 1, liveConnectionMs: 300 } })
  await world.run()
  const site = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const url = site + await eventsPathOf(world.look, world.pathOf(await world.billOf('anh')))
  const first = await listen(url)
  t.equal(first.status, 200)
  await first.ended
  t.match(first.heard(), /^retry: 3000\n/, 'it said when to come back')
  await until(async () => (await listen(url)).status === 200)
})

t.test('HEAD opens no stream', async (t) => {
  const world = await openParentWorld(t)
  await world.run()
  const url = await eventsPathOf(world.look, world.pathOf(await world.billOf('anh')))
  t.equal((await world.app.inject({ method: 'HEAD', url })).statusCode, 404)
})

t.test('the whole page is under 60 kB over the wire', async (t) => {
  const world = await openParentWorld(t, { insurance: true })
  await world.run()
  const path = world.pathOf(await world.billOf('anh'))
  const accept = { 'accept-encoding': 'gzip, deflate, br' }
  const page = await world.look(path, accept)
  t.equal(page.headers['content-encoding'], 'br')
  const html = (await world.look(path)).body
  const site = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const gzipped = await fetch(site + path, { headers: { 'accept-encoding': 'gzip' } })
  t.equal(gzipped.headers.get('content-encoding'), 'gzip')
  t.match(await gzipped.text(), /<\/html>$/)

  const linked = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, url = '']) => url)
  const sheets = await Promise.all(linked.filter((url) => url.endsWith('.css')).map((url) => world.look(url)))
  const fonts = sheets.flatMap(({ body }) => [...body.matchAll(/url\((\/assets\/[^)]+)\)/g)].map(([, url = '']) => url))
  t.ok(linked.length >= 4 && fonts.length >= 2, `${linked.length} sheets and scripts, ${fonts.length} fonts`)
  const parts = await Promise.all([...new Set([...linked, ...fonts])].map(async (url) => {
    const answer = await world.look(url, accept)
    assert.equal(answer.statusCode, 200, url)
    return [url, answer.rawPayload.length] as const
  }))
  const bytes = parts.reduce((sum, [, size]) => sum + size, page.rawPayload.length)
  t.comment(JSON.stringify({ page: page.rawPayload.length, parts, bytes }))
  t.ok(bytes < 60_000, `${bytes} bytes with two QRs, both fonts, all sheets and scripts`)
})

t.test('the many addresses of one IPv6 line listen as one', async (t) => {
  const world = await openParentWorld(t, { config: { liveConnectionsPerAddress: 2, trustedProxies: ['127.0.0.1'] } })
  await world.run()
  const site = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const url = site + await eventsPathOf(world.look, world.pathOf(await world.billOf('anh')))
  const all = []
  for (const address of ['2001:db8:7:1::1', '2001:db8:7:1::2', '2001:db8:7:1:ffff::3', '2001:db8:7:2::1']) {
    all.push(await listen(url, { 'x-forwarded-for': address }))
  }
  t.same(all.map(({ status }) => status), [200, 200, 429, 200])
  for (const { stop } of all) stop()
})
