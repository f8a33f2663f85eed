// Checks promises P1 to P9 on a database, in one read-only snapshot: every promise is judged on the same
// rows, and a service that is at work meanwhile is neither stopped nor changed.
import { sql } from 'kysely'
import { openKysely, openPool } from '../db/pool.js'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { onDisk } from './p1-on-disk.js'
import { postsOnce } from './p2-posts-once.js'
import { balances } from './p3-balances.js'
import { sums } from './p4-sums.js'
import { attempted } from './p5-attempted.js'
import { neverDropped } from './p6-never-dropped.js'
import { figures } from './p7-figures.js'
import { tenantsApart } from './p8-tenants-apart.js'
import { nothingHalfDone } from './p9-nothing-half-done.js'
import type { Check, CheckedPromise, Found, Looked, PromiseFault, PromiseReport } from './promise.js'

const PROMISES: readonly CheckedPromise[] =
  [onDisk, postsOnce, balances, sums, attempted, neverDropped, figures, tenantsApart, nothingHalfDone]

export interface VerifyOptions {
  /** Told of each promise as soon as it is judged. */
  onReport?: (report: PromiseReport) => void
  /** For one statement: whole tables are joined, and a province has a hundred million postings. */
  statementTimeoutMs?: number
}

const STATEMENT_TIMEOUT_MS = 30 * 60_000
// Hash joins of whole tables; the default of 4 MB makes them spill.
const WORK_MEM = '256MB'

/** `ownerUrl` is the owner's: row-level security must not hide rows. Throws VERIFY_NOT_OWNER_REFUSED. */
export async function verifyDatabase(
  ownerUrl: string, options: VerifyOptions = {},
): Promise<PromiseReport[]> {
  const { onReport = () => undefined, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options
  const pool = openPool({
    url: ownerUrl, maxConnections: 1, connectTimeoutMs: LIMITS.dbConnectTimeoutMs,
    onError: () => undefined, // the running query reports it
  })
  const db = openKysely(pool)
  try {
    const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
    return await snapshot.execute(async (trx) => {
      await prepare(trx, statementTimeoutMs)
      return await checkPromises(trx, onReport)
    })
  } finally {
    await db.destroy()
  }
}

/** Judges every promise on what `trx` sees. */
export async function checkPromises(
  trx: Trx, onReport: (report: PromiseReport) => void = () => undefined,
): Promise<PromiseReport[]> {
  const countRows = rowCounter(trx)
  const reports: PromiseReport[] = []
  for (const promise of PROMISES) {
    const report = await checkPromise(trx, promise, countRows)
    reports.push(report)
    onReport(report)
  }
  return reports
}

async function prepare(trx: Trx, statementTimeoutMs: number): Promise<void> {
  await sql`SELECT set_config('statement_timeout', ${String(statementTimeoutMs)}, true),
    set_config('lock_timeout', ${String(LIMITS.lockTimeoutMs)}, true),
    set_config('idle_in_transaction_session_timeout', '0', true),
    set_config('work_mem', ${WORK_MEM}, true), set_config('timezone', 'UTC', true)`.execute(trx)
  const { rows: [found] } = await sql<{ hidden: boolean }>`
    SELECT coalesce(bool_or(row_security_active(c.oid)), true) AS hidden FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname IN ('invoice', 'posting')`.execute(trx)
  if (found?.hidden !== false) {
    throw new DomainError('VERIFY_NOT_OWNER_REFUSED', 'Row-level security hides rows from this login: ' +
      'verify as the owner of the database (DATABASE_OWNER_URL).')
  }
}

type RowCounter = (table: string) => Promise<number>

/** Counts a table once, however many promises look at it: in one snapshot the answer cannot change. */
function rowCounter(trx: Trx): RowCounter {
  const counts = new Map<string, Promise<number>>()
  return (table) => {
    const known = counts.get(table)
    if (known) return known
    const counted = sql<{ count: number }>`SELECT count(*) AS count FROM ${sql.table(table)}`.execute(trx)
      .then(({ rows }) => rows[0]?.count ?? 0)
    counts.set(table, counted)
    return counted
  }
}

/**
 * A row that a check cannot bear, such as a day that no calendar has, ends neither that run nor the other checks: it is
 * a fault. With the connection gone the savepoint cannot be had back, and the run ends.
 */
async function judge(trx: Trx, find: Check['find']): Promise<Found> {
  await sql`SAVEPOINT judging`.execute(trx)
  try {
    const found = await find(trx)
    await sql`RELEASE SAVEPOINT judging`.execute(trx)
    return found
  } catch (error) {
    await sql`ROLLBACK TO SAVEPOINT judging`.execute(trx)
    return { count: 1, ids: [`cannot be judged: ${error instanceof Error ? error.message : 'unknown error'}`] }
  }
}

async function checkPromise(
  trx: Trx, promise: CheckedPromise, countRows: RowCounter,
): Promise<PromiseReport> {
  const { id, holds, looksAt, checks } = promise
  const looked: Looked[] = []
  for (const [table, what] of Object.entries(looksAt)) looked.push({ what, count: await countRows(table) })
  const faults: PromiseFault[] = []
  const notes: string[] = []
  for (const { fault, find } of checks) {
    const found = await judge(trx, find)
    if (found.looked) looked.push(found.looked)
    if (found.note !== undefined) notes.push(found.note)
    if (found.count > 0) faults.push({ fault, ...found })
  }
  return { promise: id, ok: faults.length === 0, holds, looked, faults, notes }
}
