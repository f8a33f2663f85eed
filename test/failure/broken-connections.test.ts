// PostgreSQL ends connections whenever it likes: an operator, a restart, a failover. Each such break costs the request
// that was on it a 503, and never the process.
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { openWorker } from '../../src/bounded-worker.js'
import { SteadyClient } from '../../src/db/client.js'
import { isStorageFailure } from '../../src/db/storage-failure.js'
import { openPool } from '../../src/db/pool.js'
import { openDatabase } from '../../src/db/tenancy.js'
import { buildTestApp } from '../support/app.js'
import { asOwner } from '../support/as-owner.js'
import { TEST_BANKS } from '../support/banks.js'
import { createTestDatabase } from '../support/database.js'
import type { TestDatabase } from '../support/database.js'
import { openPayableSchool } from '../support/payable-school.js'
import { cuttable } from '../queue/backend.js'

const endEveryConnection = (database: TestDatabase): Promise<void> => asOwner(database,
  `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
   WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = 'service'`)

const storageFailure = (work: Promise<unknown>): Promise<boolean> => work.then(() => false, isStorageFailure)

t.test('a connection that breaks fails the transaction on it, and nothing else', async (t) => {
  const database = await createTestDatabase(t)
  const heard: Error[] = []
  const pool = openPool({
    url: database.serviceUrl, maxConnections: 4, connectTimeoutMs: 5_000, onError: (error) => heard.push(error),
  })
  const db = openDatabase(pool)
  t.teardown(() => db.close())

  const betweenStatements = storageFailure(db.asService(async (trx) => {
    await endEveryConnection(database)
    await sleep(100)
    await sql`SELECT 1`.execute(trx)
  }))
  t.equal(await betweenStatements, true, 'between two statements')

  const inStatement = storageFailure(db.asService((trx) => sql`SELECT pg_sleep(30)`.execute(trx)))
  const running = async () => (await pool.query(
    `SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database()`)).rowCount
  while (await running() === 0) await sleep(20)
  await endEveryConnection(database)
  t.equal(await inStatement, true, 'in the middle of a statement')

  while (pool.totalCount > 0) await sleep(20)
  await db.asService(async () => undefined)
  await endEveryConnection(database)
  // Each hears of its end in its own time; until then a transaction may still be given one of them.
  while (pool.totalCount > 0) await sleep(20)
  t.ok(heard.length > 0, 'one that lay idle is told of')
  t.equal(await db.asService(async () => 'answered'), 'answered', 'and the next transaction takes a new one')
})

t.test('a client that everybody stopped listening to breaks without a word', async (t) => {
  const client = new SteadyClient({ connectionString: 'postgres://nobody@127.0.0.1:1/nothing' })
  client.removeAllListeners()
  t.doesNotThrow(() => client.emit('error', new Error('Connection terminated unexpectedly')))
})

t.test('a transaction that the server gave up is never taken for stored', async (t) => {
  const database = await createTestDatabase(t)
  const onError = () => undefined
  const pool = openPool({ url: database.serviceUrl, maxConnections: 1, connectTimeoutMs: 5_000, onError })
  const db = openDatabase(pool)
  t.teardown(() => db.close())
  const swallowing = db.asService(async (trx) => {
    await trx.updateTable('installation').set({ demo: true }).execute()
    await sql`SELECT 1 / 0`.execute(trx).catch(() => undefined)
    return 'stored'
  })
  await t.rejects(swallowing, { code: '25P02' }, 'COMMIT is answered with ROLLBACK there')
  const marked = (): Promise<boolean | undefined> => db.asService(async (trx) =>
    (await trx.selectFrom('installation').select('demo').executeTakeFirst())?.demo)
  t.equal(await marked(), false)
  await db.asService((trx) => trx.updateTable('installation').set({ demo: true }).execute())
  t.equal(await marked(), true, 'the connection is as good as before')
})

t.test('while the database is away every door says 503 and when to come again', async (t) => {
  const world = await buildTestApp(t)
  const [bank, vietqr] = [TEST_BANKS[0], TEST_BANKS.at(-1)]
  if (!bank || !vietqr) throw new Error('SePay is the first bank, VietQR.vn the last')
  const school = await openPayableSchool(world, { bank })
  const line = await cuttable(t, { kind: 'postgres', url: world.database.serviceUrl })
  const away = await buildTestApp(t, { serviceUrl: line.backend.url, of: world.database })
  const transfer = { id: 1, accountNumber: school.accountNumber, content: 'x', amountVnd: 1_000, day: '2026-09-12' }
  const call = () => bank.call(transfer, new Date(), '')
  await line.cut()

  const webhook = await away.app.inject({ method: 'POST', url: school.webhookPath, ...call() })
  const asked = await away.asAdmin('GET', `/api/v1/schools/${school.schoolId}`)
  for (const answer of [webhook, asked]) {
    t.equal(answer.statusCode, 503)
    t.match(answer.headers, { 'content-type': /^application\/problem\+json/, 'retry-after': /^\d+$/ })
    t.match(answer.json(), { code: 'STORAGE_UNAVAILABLE' })
  }
  const own = await away.app.inject({
    method: 'POST', url: `${school.webhookPath}/bank/api/transaction-sync`, ...vietqr.call(transfer, new Date(), 'x'),
  })
  t.equal(own.statusCode, 503)
  t.match(own.json(), { error: true, errorReason: 'STORAGE_UNAVAILABLE', object: null }, 'in the provider\'s own words')
  t.match(own.headers, { 'retry-after': /^\d+$/ })
  t.equal((await away.app.inject('/health/ready')).statusCode, 503)
  t.equal((await away.app.inject('/health/live')).statusCode, 200)

  await line.mend()
  const again = await away.app.inject({ method: 'POST', url: school.webhookPath, ...call() })
  t.equal(again.statusCode, 200, 'and it goes on by itself')
  t.equal((await away.app.inject('/health/ready')).statusCode, 200)
})

t.test('a thread that fails after it was given up ends nothing', async (t) => {
  const script = new URL(`data:text/javascript,${encodeURIComponent(
    'setTimeout(() => { throw new Error("too late") }, 300)')}`)
  const worker = openWorker(script, { heapMb: 32, timeoutMs: 100 })
  await t.rejects(worker.answer, { name: 'WorkerLimitError' })
  await sleep(600)
  await worker.close()
})
