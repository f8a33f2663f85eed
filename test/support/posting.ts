// Drives the posting of callbacks without HTTP: puts bodies into the inbox and drains it, and reads the sums that
// every test of settling asserts on.
import assert from 'node:assert/strict'
import pg from 'pg'
import type { Test } from 'tap'
import { openInbox } from '../../src/banking/inbox.js'
import { openPool } from '../../src/db/pool.js'
import { openDatabase } from '../../src/db/tenancy.js'
import type { Database } from '../../src/db/tenancy.js'
import { LIMITS } from '../../src/limits.js'
import type { Log } from '../../src/log.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import type { DrainDeps } from '../../src/reconciliation/drain.js'
import { ANY_BANK_TIME } from './bank-times.js'
import { createTestDatabase } from './database.js'
import type { TestDatabase, TestDatabaseOptions } from './database.js'
import { seedSchool } from './seed-school.js'
import type { SeededSchool, SeedOptions } from './seed-school.js'

const nothing = (): void => undefined
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

export interface PostingWorld {
  database: TestDatabase
  db: Database
  pool: pg.Pool
  owner: pg.Client
  drainDeps: DrainDeps
  seed: (options: SeedOptions) => Promise<SeededSchool>
  /** Stores bodies as callbacks with a good proof and settles everything that is due. */
  post: (school: SeededSchool, bodies: readonly Buffer[], proof?: 'good' | 'stale') => Promise<void>
  store: (school: SeededSchool, bodies: readonly Buffer[], proof?: 'good' | 'stale') => Promise<void>
  drain: () => Promise<number>
  rows: <Row>(text: string, values?: unknown[]) => Promise<Row[]>
  /** Throws unless the sums of the school agree with its rows: P3 and P4 in short. */
  assertBooks: (schoolId: string) => Promise<void>
}

export async function openPostingWorld(t: Test, options: TestDatabaseOptions = {}): Promise<PostingWorld> {
  const database = await createTestDatabase(t, options)
  const pool = openPool({ url: database.serviceUrl, maxConnections: 8, connectTimeoutMs: 5_000, onError: nothing })
  const db = openDatabase(pool)
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  t.teardown(async () => {
    await db.close()
    await owner.end()
  })
  const drainDeps: DrainDeps = {
    db,
    log: silentLog,
    limits: { ...LIMITS, ...ANY_BANK_TIME, batchRows: LIMITS.postingBatchRows },
    onSettled: nothing,
  }
  const inbox = openInbox(db, { maxWaiting: 50_000, maxBatchRows: 500, shards: LIMITS.shards }, nothing)
  const store: PostingWorld['store'] = async (school, bodies, proof = 'good') => {
    const { schoolId, channelId } = school
    await Promise.all(
      bodies.map((rawBody) => inbox.accept({ schoolId, channelId, rawBody, proof, receivedAt: new Date() })))
  }
  const rows = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await owner.query<Row & pg.QueryResultRow>(text, values)).rows
  return {
    database,
    db,
    pool,
    owner,
    drainDeps,
    seed: (options) => seedSchool(owner, options),
    store,
    drain: () => drainInbox(drainDeps),
    async post(school, bodies, proof) {
      await store(school, bodies, proof)
      await drainInbox(drainDeps)
    },
    rows,
    assertBooks: (schoolId) => assertBooks(rows, schoolId),
  }
}

const DISAGREEMENTS = `
  SELECT 'invoice paid' AS what FROM invoice i WHERE school_id = $1 AND paid_vnd <> coalesce(
    (SELECT sum(amount_vnd) FROM allocation a WHERE a.school_id = $1 AND a.invoice_id = i.id), 0)
  UNION ALL SELECT 'line paid' FROM invoice_line l WHERE school_id = $1 AND paid_vnd <> coalesce((SELECT sum(amount_vnd)
    FROM allocation a WHERE a.school_id = $1 AND a.invoice_id = l.invoice_id AND a.line_no = l.line_no), 0)
  UNION ALL SELECT 'source allocated' FROM bank_transaction b WHERE school_id = $1 AND allocated_vnd <> coalesce(
    (SELECT sum(amount_vnd) FROM allocation a WHERE a.school_id = $1 AND a.bank_transaction_id = b.id), 0)
  UNION ALL SELECT 'source credited' FROM bank_transaction b WHERE school_id = $1 AND credited_vnd <> coalesce(
    (SELECT sum(held_vnd) FROM credit c WHERE c.school_id = $1 AND c.bank_transaction_id = b.id), 0)
  UNION ALL SELECT 'facts' WHERE (SELECT coalesce(sum(amount_vnd), 0) FROM allocation WHERE school_id = $1)
    <> (SELECT coalesce(sum(paid_vnd), 0) FROM adoption_fact WHERE school_id = $1)
  UNION ALL SELECT 'payments' WHERE (SELECT coalesce(sum(source_payments), 0) FROM adoption_fact WHERE school_id = $1)
    <> (SELECT count(*) FROM (SELECT FROM allocation WHERE school_id = $1
      GROUP BY bank_transaction_id, cash_receipt_id HAVING sum(amount_vnd) > 0) AS paying)
  UNION ALL SELECT 'group payments' WHERE
    (SELECT coalesce(sum(group_payments), 0) FROM adoption_fact WHERE school_id = $1)
    <> (SELECT count(*) FROM (SELECT FROM allocation WHERE school_id = $1
      GROUP BY bank_transaction_id, cash_receipt_id, fee_group HAVING sum(amount_vnd) > 0) AS paying)
  UNION ALL SELECT 'account ' || account_no FROM (
    SELECT account_no,
      (SELECT coalesce(sum(amount_vnd), 0) FROM posting WHERE school_id = $1 AND debit_no = account_no)
      - (SELECT coalesce(sum(amount_vnd), 0) FROM posting WHERE school_id = $1 AND credit_no = account_no) AS balance,
      CASE account_no
        WHEN 1000 THEN (SELECT coalesce(sum(CASE direction WHEN 'in' THEN amount_vnd ELSE -amount_vnd END), 0)
            FROM bank_transaction WHERE school_id = $1)
          + (SELECT coalesce(sum(CASE a.id WHEN to_bank_account_id THEN amount_vnd ELSE -amount_vnd END), 0)
            FROM account_transfer JOIN bank_account a ON a.school_id = $1 AND a.ledger_no = 1000
              AND a.id IN (from_bank_account_id, to_bank_account_id) WHERE account_transfer.school_id = $1)
        WHEN 200 THEN (SELECT coalesce(sum(payable_vnd - paid_vnd), 0) FROM invoice
          WHERE school_id = $1 AND state = 'issued')
        WHEN 300 THEN -(SELECT coalesce(sum(held_vnd), 0) FROM credit WHERE school_id = $1)
        WHEN 310 THEN (SELECT coalesce(sum(CASE WHEN direction = 'in'
            THEN -(amount_vnd - allocated_vnd - credited_vnd - refunded_vnd - reversed_vnd)
            WHEN reverses_id IS NULL THEN amount_vnd ELSE 0 END), 0) FROM bank_transaction WHERE school_id = $1)
      END AS wanted
    FROM ledger_account WHERE school_id = $1 AND account_no IN (200, 300, 310, 1000)) AS sums
  WHERE balance <> wanted`

async function assertBooks(rows: PostingWorld['rows'], schoolId: string): Promise<void> {
  const disagreements = await rows<{ what: string }>(DISAGREEMENTS, [schoolId])
  assert.deepEqual(disagreements.map(({ what }) => what), [], 'the books of the school agree with its rows')
}
