// PostgreSQL ends all connections ten times and restarts twice while banks call the real service. It counts work, not
// time: how many calls each accident meets is fixed, how long they take is the machine's affair.
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t from 'tap'
import { createSecretBox } from '../../src/access/secret-box.js'
import { signSepay } from '../../src/banking/adapters/sepay.js'
import { secretContext } from '../../src/banking/channel-store.js'
import { migrate } from '../../src/db/migrate.js'
import { sepayBody } from '../support/callbacks.js'
import { findBroken } from '../support/promises.js'
import { seedSchool } from '../support/seed-school.js'
import { startThrowawayServer } from '../support/server.js'

const SECRET_KEY = 'the secret key of the tests'
const SECRET = 'secret of the restart test'
const CALLS = 360
const CALLERS = 12
/** An accident each time that so many more calls were acknowledged. */
const EVERY = CALLS / 12
const RESTARTS: ReadonlySet<number> = new Set([4, 9])
const POLL_MS = 100

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))

t.test('ten broken connections and two restarts under load lose nothing and need nobody', async (t) => {
  const server = await startThrowawayServer()
  t.teardown(() => server.stop())
  await migrate(server.ownerUrl)
  const asOwner = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ connectionString: server.ownerUrl })
    client.on('error', () => undefined)
    await client.connect()
    return work(client).finally(() => client.end())
  }
  const school = await asOwner((client) => seedSchool(client, {
    students: CALLS,
    sealedSecret: (schoolId, channelId) => createSecretBox(SECRET_KEY).seal(SECRET, secretContext(schoolId, channelId)),
  }))

  const service = spawn(process.execPath, ['--enable-source-maps', main, 'serve'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // The calls tell of a day of their own, whatever today is.
    env: { ...process.env, DATABASE_URL: server.serviceUrl, SECRET_KEY, PORT: '0', BANK_TIME_BACK_DAYS: '9999' },
  })
  t.teardown(() => { service.kill('SIGKILL') })
  const exited = once(service, 'exit') as Promise<[number | null, string | null]>
  const [first] = (await once(createInterface(service.stderr), 'line')) as [string]
  const address = first.replace('Serving ', '')
  const isReady = async (): Promise<boolean> => (await fetch(`${address}/health/ready`)).status === 200

  const answers = new Map<string, number>()
  const readyAfterMs: number[] = []
  let accidents = Promise.resolve()
  let accidentsDone = 0
  let acknowledged = 0

  const endConnections = () => asOwner((client) => client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'service'`))
  const restart = async (): Promise<void> => {
    const pid = await asOwner(async (client) => (await client.query<{ pid: string }>(
      `SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1) AS pid`)).rows[0]?.pid)
    // A fast shutdown; whoever watches the server starts it again.
    process.kill(Number(pid), 'SIGINT')
    while (await isReady()) await sleep(POLL_MS / 10)
    const awayAt = performance.now()
    while (!await isReady()) await sleep(POLL_MS)
    readyAfterMs.push(Math.round(performance.now() - awayAt))
  }

  /** One after the other, while the calls go on. */
  async function haveAccident(number: number): Promise<void> {
    await (RESTARTS.has(number) ? restart() : endConnections())
    accidentsDone += 1
  }

  async function call(at: number): Promise<void> {
    const bill = school.bills[at]
    if (!bill) throw new Error('there is a bill for each call')
    const { accountNumber, channelId } = school
    const body = sepayBody({ id: at + 1, accountNumber, content: bill.code, amountVnd: bill.payableVnd })
    for (;;) {
      const timestamp = String(Math.floor(Date.now() / 1000))
      const answer = await fetch(`${address}/webhooks/${channelId}`, {
        method: 'POST',
        body: new Uint8Array(body),
        headers: {
          'content-type': 'application/json', 'x-sepay-timestamp': timestamp,
          'x-sepay-signature': signSepay(body, SECRET, timestamp),
        },
      }).then(describe, () => 'no answer')
      answers.set(answer, (answers.get(answer) ?? 0) + 1)
      if (answer === '200') break
      // As a bank does, only sooner.
      await sleep(POLL_MS)
    }
    acknowledged += 1
    const accident = acknowledged / EVERY
    if (Number.isInteger(accident)) accidents = accidents.then(() => haveAccident(accident))
  }

  let next = 0
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    for (let at = next++; at < CALLS; at = next++) await call(at)
  }))
  await accidents
  t.equal(accidentsDone, 12, 'ten terminations and two restarts')
  t.comment(`answers: ${JSON.stringify(Object.fromEntries(answers))}, ready after ${readyAfterMs.join(' and ')} ms`)
  t.same([...answers.keys()].filter((answer) => answer !== '200' && answer !== '503, Retry-After'), [],
    'each call is acknowledged, or told to come again')
  t.equal(answers.get('200'), CALLS)
  t.equal(service.exitCode, null, 'the process lived through all of it')

  const waiting = () => asOwner(async (client) => (await client.query(
    `SELECT FROM bank_callback WHERE state = 'waiting'`)).rowCount)
  while (await waiting() !== 0) await sleep(POLL_MS)
  const [posted] = await asOwner(async (client) => (await client.query<Record<string, string>>(
    `SELECT (SELECT count(*) FROM bank_callback) AS calls, (SELECT count(*) FROM bank_transaction) AS transfers,
      (SELECT count(*) FROM invoice WHERE paid_vnd = payable_vnd) AS paid, (SELECT count(*) FROM review_item) AS reviews`,
  )).rows)
  const all = String(CALLS)
  t.same(posted, { calls: all, transfers: all, paid: all, reviews: '0' }, 'every acknowledged call is booked, once')
  t.same(await findBroken(server.ownerUrl), [], 'every promise holds')

  service.kill('SIGTERM')
  t.same(await exited, [0, null], 'and it still ends when asked to')
})

async function describe(answer: Response): Promise<string> {
  await answer.arrayBuffer()
  return answer.headers.has('retry-after') ? `${answer.status}, Retry-After` : String(answer.status)
}
