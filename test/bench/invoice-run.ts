// How fast is an invoice run against the fastest way to get the very same rows into the very same tables, a
// COPY with all constraints, indexes and the same durability? The peer is told the rows; the run has to work
// them out.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { v7 as uuidv7 } from 'uuid'
import { openPool } from '../../src/db/pool.js'
import { openDatabase } from '../../src/db/tenancy.js'
import type { Database } from '../../src/db/tenancy.js'
import { runInvoices } from '../../src/invoicing/run.js'
import { SAMPLE_NOW, seedSchool } from '../invoicing/school.js'
import type { SampleSchool } from '../invoicing/school.js'
import { compare } from './measure.js'
import type { BenchContext, BenchResult } from './measure.js'

const STUDENTS = 20_000
const ROUNDS = 3
const TARGET = 0.5
/** In the order of their foreign keys. */
const TABLES = ['payment_code', 'invoice', 'invoice_line', 'entry', 'posting'] as const
/** Filled by a trigger on both sides, so it is neither counted nor copied. */
const FILLED_BY_TRIGGER = 'adoption_unfolded'

export async function benchInvoiceRun(
  ctx: Pick<BenchContext, 'ownerUrl' | 'serviceUrl' | 'scale'>,
): Promise<BenchResult> {
  const students = Math.max(100, Math.round(STUDENTS * ctx.scale))
  const school = await seedSchool(ctx.ownerUrl, { students })
  const owner = new pg.Client({ connectionString: ctx.ownerUrl })
  await owner.connect()
  const pool = openPool({
    url: ctx.serviceUrl, maxConnections: 2, connectTimeoutMs: 10_000, onError: () => undefined,
  })
  const db = openDatabase(pool)
  const ours: number[] = []
  const peerFigures: number[] = []
  let rowCount = 0
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await empty(owner)
      const runMs = await timed(() => run(db, school))
      rowCount = await countRows(owner)
      const rows = await takeRows(owner)
      await empty(owner)
      const copyMs = await timed(() => copyRows(owner, rows))
      assert.equal(await countRows(owner), rowCount, 'the COPY wrote the same rows')
      ours.push((rowCount / runMs) * 1000)
      peerFigures.push((rowCount / copyMs) * 1000)
    }
  } finally {
    await db.close()
    await owner.end()
  }
  return compare({
    name: 'invoice run',
    peer: 'COPY of the same rows into the same tables, same constraints, indexes, triggers and durability',
    size: `${students} students, ${rowCount} rows in ${TABLES.length} tables`,
    ours,
    peerFigures,
    unit: 'rows/s',
    target: TARGET,
  })
}

async function run(db: Database, school: SampleSchool): Promise<void> {
  const { schoolId, roundId } = school
  const runId = uuidv7()
  await db.inSchool(schoolId, (trx) => trx.insertInto('invoice_run')
    .values({ school_id: schoolId, id: runId, round_id: roundId, actor: 'bench' }).execute())
  const outcome = await runInvoices({ db, now: () => SAMPLE_NOW }, schoolId, runId)
  assert.equal(outcome.outcome, 'done')
}

/** Foreign keys of other tables, which have no rows, forbid TRUNCATE; VACUUM FULL resets the files. */
async function empty(owner: pg.Client): Promise<void> {
  await owner.query('SET session_replication_role = replica')
  for (const table of [FILLED_BY_TRIGGER, ...[...TABLES].reverse()]) await owner.query(`DELETE FROM ${table}`)
  await owner.query('RESET session_replication_role')
  for (const table of [...TABLES, FILLED_BY_TRIGGER]) await owner.query(`VACUUM (FULL, ANALYZE) ${table}`)
  await owner.query('CHECKPOINT')
}

async function countRows(owner: pg.Client): Promise<number> {
  const counts = TABLES.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ')
  const { rows } = await owner.query<{ rows: string }>(`SELECT ${counts} AS rows`)
  return Number(rows[0]?.rows)
}

async function takeRows(owner: pg.Client): Promise<ReadonlyMap<string, Buffer>> {
  const rows = new Map<string, Buffer>()
  for (const table of TABLES) {
    rows.set(table, await buffer(owner.query(copyTo(`COPY ${table} TO STDOUT`))))
  }
  return rows
}

async function copyRows(owner: pg.Client, rows: ReadonlyMap<string, Buffer>): Promise<void> {
  await owner.query('BEGIN')
  for (const [table, bytes] of rows) {
    await pipeline(Readable.from(chunksOf(bytes)), owner.query(copyFrom(`COPY ${table} FROM STDIN`)))
  }
  await owner.query('COMMIT')
}

function* chunksOf(bytes: Buffer, chunkBytes = 64 * 1024): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
