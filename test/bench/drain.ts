// How fast does accepted money reach the ledger? Batches a school, as the inbox is drained, against one BullMQ job
// and one transaction a payment under the very same rules. Both start from copies of one database and must end
// with the same books.
import assert from 'node:assert/strict'
import { createPostgresBackend, withBackend } from 'bullmq'
import type { PostgresPoolConfig } from 'bullmq'
import pg from 'pg'
import { openInbox } from '../../src/banking/inbox.js'
import { openPool } from '../../src/db/pool.js'
import { openDatabase } from '../../src/db/tenancy.js'
import type { Database } from '../../src/db/tenancy.js'
import { LIMITS } from '../../src/limits.js'
import { queues } from '../../src/queue/registry.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import type { DrainDeps } from '../../src/reconciliation/drain.js'
import { settleCallbacks } from '../../src/reconciliation/settle.js'
import { randomContents } from '../property/random-contents.js'
import { ANY_BANK_TIME } from '../support/bank-times.js'
import { sepayBody } from '../support/callbacks.js'
import { seedSchool } from '../support/seed-school.js'
import type { SeededSchool } from '../support/seed-school.js'
import { compare, inTurns, rateOf } from './measure.js'
import type { BenchContext, BenchResult, DatabaseCopy } from './measure.js'

const SCHOOLS = 20
const PAYMENTS_PER_SCHOOL = 100
const ROUNDS = 3
const TARGET = 5
const SEED = 20260905
/**
 * Enough for the peer's best: on two cores it settled 123 a second with 4 jobs at once, 125 with 8 and 129 with 16
 * (medians of 6 rounds in balanced order, no difference beyond the noise), and 100 with 2.
 */
const PEER_CONCURRENCY = 8

export async function benchDrain(context: BenchContext): Promise<BenchResult> {
  const perSchool = Math.max(10, Math.round(PAYMENTS_PER_SCHOOL * context.scale))
  const payments = SCHOOLS * perSchool
  await seedPayments(context, perSchool)
  const books: Books[] = []
  const sideOf = (drain: (copy: DatabaseCopy) => Promise<number>) => async () => {
    const copy = await context.copy()
    try {
      const rate = await drain(copy)
      books.push(await readBooks(copy.ownerUrl))
      return rate
    } finally {
      await copy.drop()
    }
  }
  const [ours = [], peerFigures = []] = await inTurns(ROUNDS, [
    sideOf((copy) => drainInBatches(copy, payments)),
    sideOf((copy) => drainByJobs(copy, payments)),
  ])
  for (const book of books) assert.deepEqual(book, books[0], 'both sides end with the same books')
  assert.equal(books[0]?.waiting, 0, 'every payment was worked on')
  return compare({
    name: 'accepted -> posted drain',
    peer: `one BullMQ job and one transaction per payment, same rules, ${PEER_CONCURRENCY} at once`,
    size: `${payments} payments to ${SCHOOLS} schools, ${books[0]?.transfers} transfers posted, ` +
      `${books[0]?.reviews} to review`,
    ours,
    peerFigures,
    unit: 'payments/s',
    target: TARGET,
  })
}

/**
 * As the world pays: most exactly, some in part or too much, some without a code; to all schools alternately. A
 * fifth of all is settled beforehand, because plans made over empty tables are not those of a live system.
 */
async function seedPayments(context: BenchContext, perSchool: number): Promise<void> {
  const owner = new pg.Client({ connectionString: context.ownerUrl })
  await owner.connect()
  const db = openServiceDatabase(context.serviceUrl, queues.inbox.concurrency)
  const history = Math.ceil(perSchool / 4)
  try {
    const schools: SeededSchool[] = []
    for (let number = 0; number < SCHOOLS; number++) {
      schools.push(await seedSchool(owner, { students: history + perSchool }))
    }
    const bodies = schools.map((school, number) => bodiesFor(school, number))
    await store(db, schools, bodies.map((ofSchool) => ofSchool.slice(0, history)))
    await drainInbox(drainDeps(db))
    await store(db, schools, bodies.map((ofSchool) => ofSchool.slice(history)))
    await owner.query('VACUUM ANALYZE')
    await owner.query('CHECKPOINT')
  } finally {
    await db.close()
    await owner.end()
  }
}

async function store(
  db: Database, schools: readonly SeededSchool[], bodies: readonly (readonly Buffer[])[],
): Promise<void> {
  const limits = { maxWaiting: SCHOOLS, maxBatchRows: LIMITS.postingBatchRows, shards: LIMITS.shards }
  const inbox = openInbox(db, limits, () => undefined)
  const receivedAt = new Date('2026-09-12T02:00:00Z')
  for (let at = 0; at < Math.max(...bodies.map(({ length }) => length)); at++) {
    await Promise.all(schools.map(async ({ schoolId, channelId }, number) => {
      const rawBody = bodies[number]?.[at]
      if (rawBody) await inbox.accept({ schoolId, channelId, rawBody, proof: 'good', receivedAt })
    }))
  }
}

function bodiesFor({ bills, accountNumber }: SeededSchool, number: number): Buffer[] {
  const contents = randomContents(SEED + number)
  return bills.map(({ code, payableVnd }, at) => {
    const turn = at % 20
    const amountVnd = turn < 2 ? Math.floor(payableVnd / 2) : turn === 2 ? payableVnd + 50_000 : payableVnd
    return sepayBody({
      id: number * 1_000_000 + at + 1,
      accountNumber,
      content: turn === 3 ? contents.withoutCode() : contents.withCode(code),
      amountVnd,
      reference: `FT${number}X${at}`,
      time: `08:${String(at % 60).padStart(2, '0')}:00`,
    })
  })
}

const nothing = (): void => undefined

function drainDeps(db: Database): DrainDeps {
  return {
    db,
    log: { debug: nothing, info: nothing, warn: console.error, error: console.error },
    limits: { ...LIMITS, ...ANY_BANK_TIME, batchRows: LIMITS.postingBatchRows },
    onSettled: nothing,
  }
}

/** As the worker of a process does once the doorbells have rung: so many shards at a time. */
async function drainInBatches(copy: DatabaseCopy, payments: number): Promise<number> {
  const db = openServiceDatabase(copy.serviceUrl, queues.inbox.concurrency)
  const deps = drainDeps(db)
  try {
    return await rateOf(payments, async () => {
      const shards = Array.from({ length: LIMITS.shards }, (_, shard) => shard)
      await Promise.all(Array.from({ length: queues.inbox.concurrency }, async () => {
        for (let shard = shards.shift(); shard !== undefined; shard = shards.shift()) await drainInbox(deps, shard)
      }))
    })
  } finally {
    await db.close()
  }
}

const onPostgres = withBackend(createPostgresBackend)
type PeerQueue = InstanceType<typeof onPostgres.Queue<PaymentJob, void>>
type PeerWorker = InstanceType<typeof onPostgres.Worker<PaymentJob, void>>
const PEER_QUEUE = 'one-job-per-payment'
const JOBS_PER_BULK = 500

interface PaymentJob {
  schoolId: string
  id: string
}

async function drainByJobs(copy: DatabaseCopy, payments: number): Promise<number> {
  // As the owner: adding in bulk makes a sequence. The payments themselves are settled as the service.
  const connection = (max: number): PostgresPoolConfig =>
    ({ connectionString: copy.ownerUrl, schema: 'bullmq', migrate: false, max })
  const db = openServiceDatabase(copy.serviceUrl, PEER_CONCURRENCY)
  const queue = new onPostgres.Queue<PaymentJob, void>(PEER_QUEUE, {
    connection: connection(2), defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  })
  const worker = new onPostgres.Worker<PaymentJob, void>(PEER_QUEUE, async ({ data }) => {
    await db.inSchoolAsWorker(data.schoolId, (trx) => settleCallbacks(trx, data.schoolId, [data.id], ANY_BANK_TIME))
  }, { connection: connection(PEER_CONCURRENCY + 1), autorun: false, concurrency: PEER_CONCURRENCY })
  try {
    await addJobs(queue, await readWaiting(copy.ownerUrl))
    await worker.waitUntilReady()
    return await rateOf(payments, () => runUntilDone(worker, payments))
  } finally {
    await worker.close()
    await queue.close()
    await db.close()
  }
}

async function addJobs(queue: PeerQueue, jobs: readonly PaymentJob[]): Promise<void> {
  for (let at = 0; at < jobs.length; at += JOBS_PER_BULK) {
    await queue.addBulk(jobs.slice(at, at + JOBS_PER_BULK).map((data) => ({ name: 'settle', data })))
  }
}

function runUntilDone(worker: PeerWorker, count: number): Promise<void> {
  let left = count
  return new Promise((resolve, reject) => {
    worker.on('completed', () => { if (--left === 0) resolve() })
    worker.on('failed', (_job, error) => { reject(error) })
    worker.on('error', reject)
    worker.run().catch(reject)
  })
}

async function readWaiting(ownerUrl: string): Promise<PaymentJob[]> {
  return readRows<PaymentJob>(ownerUrl,
    `SELECT school_id AS "schoolId", id FROM bank_callback WHERE state = 'waiting' ORDER BY id`)
}

interface Books {
  waiting: number
  transfers: number
  reviews: number
  [sum: string]: number
}

async function readBooks(ownerUrl: string): Promise<Books> {
  const [books] = await readRows<Books>(ownerUrl, `
    SELECT (SELECT count(*) FROM bank_callback WHERE state = 'waiting')::float8 AS waiting,
      (SELECT count(*) FROM bank_transaction)::float8 AS transfers,
      (SELECT count(*) FROM review_item)::float8 AS reviews,
      (SELECT count(*) FROM allocation)::float8 AS allocations,
      (SELECT sum(amount_vnd) FROM allocation)::float8 AS "allocatedVnd",
      (SELECT sum(paid_vnd) FROM invoice)::float8 AS "paidVnd",
      (SELECT sum(held_vnd) FROM credit)::float8 AS "creditVnd",
      (SELECT sum(amount_vnd) FROM posting)::float8 AS "postedVnd",
      (SELECT sum(paid_vnd) FROM adoption_fact)::float8 AS "factVnd"`)
  assert(books, 'the sums make one row')
  return books
}

async function readRows<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row & pg.QueryResultRow>(text)).rows
  } finally {
    await client.end()
  }
}

function openServiceDatabase(url: string, maxConnections: number): Database {
  return openDatabase(openPool({ url, maxConnections, connectTimeoutMs: 10_000, onError: console.error }))
}
