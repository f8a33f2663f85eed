// Can this process do its work now? The database and its migrations decide. The queue only shows: without
// it payments are settled by the sweep, and taking every process out of service would lose callbacks.
import { readdir } from 'node:fs/promises'
import { sql } from 'kysely'
import { migrationsDir } from '../db/migrations-dir.js'
import type { Database } from '../db/tenancy.js'
import type { Deps } from '../deps.js'

export interface Check {
  ok: boolean
  detail: string
}

export interface Readiness {
  status: 'ready' | 'degraded' | 'unavailable'
  checks: {
    database: Check
    migrations: Check
    clock: Check
    queue: Check
    inbox: Check & { oldestWaitingSeconds: number | null }
  }
}

/** The seconds after which P5 is broken: the first attempt at an accepted callback is due within a minute. */
const OLDEST_WAITING_ALARM_SECONDS = 60

/** BullMQ's locks, delays and stalled checks go by the clock of each process, so clocks have to agree. */
const CLOCK_APART_MAX_MS = 1_000

export async function readReadiness({ db, queues, now }: Pick<Deps, 'db' | 'queues' | 'now'>): Promise<Readiness> {
  const [migrations, oldest, apart, queue] = await Promise.all([
    settled(findPendingMigrations(db)), settled(findOldestWaitingSeconds(db, now())),
    settled(findClocksApartMs(db, now)), queues.check(),
  ])
  const database = migrations.ok && oldest.ok
    ? { ok: true, detail: 'PostgreSQL answers' }
    : { ok: false, detail: 'PostgreSQL does not answer as it should' }
  const checks = {
    database,
    migrations: judgeMigrations(migrations.ok ? migrations.value : undefined),
    clock: judgeClock(apart.ok ? apart.value : undefined),
    queue,
    inbox: judgeInbox(oldest.ok ? oldest.value ?? null : null),
  }
  const able = checks.database.ok && checks.migrations.ok
  const well = checks.clock.ok && checks.queue.ok && checks.inbox.ok
  return { status: able ? (well ? 'ready' : 'degraded') : 'unavailable', checks }
}

type Settled<T> = { ok: true; value: T } | { ok: false }

function settled<T>(work: Promise<T>): Promise<Settled<T>> {
  return work.then((value) => ({ ok: true, value }) as const, () => ({ ok: false }) as const)
}

function judgeMigrations(pending: readonly string[] | undefined): Check {
  if (pending === undefined) return { ok: false, detail: 'not known' }
  if (pending.length === 0) return { ok: true, detail: 'up to date' }
  return { ok: false, detail: `missing: ${pending.join(', ')}; run the migrate command` }
}

function judgeClock(apartMs: number | undefined): Check {
  if (apartMs === undefined) return { ok: false, detail: 'not known' }
  if (Math.abs(apartMs) <= CLOCK_APART_MAX_MS) return { ok: true, detail: 'agrees with that of the database' }
  const way = apartMs > 0 ? 'ahead of' : 'behind'
  return { ok: false, detail: `${Math.abs(apartMs)} ms ${way} that of the database: set both by NTP` }
}

function judgeInbox(oldestWaitingSeconds: number | null): Check & { oldestWaitingSeconds: number | null } {
  const ok = oldestWaitingSeconds === null || oldestWaitingSeconds < OLDEST_WAITING_ALARM_SECONDS
  const detail = oldestWaitingSeconds === null ? 'nothing waits' : `the oldest callback waits ${oldestWaitingSeconds} s`
  return { ok, detail, oldestWaitingSeconds }
}

/** Migrations that this version of the program brings and the database has not seen. */
export async function findPendingMigrations(db: Database): Promise<string[]> {
  const files = (await readdir(migrationsDir)).filter((name) => name.endsWith('.sql')).sort()
  const done = await db.asService(async (trx) => {
    const { rows } = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(trx)
    return new Set(rows.map(({ name }) => name))
  })
  return files.map((name) => name.replace(/\.sql$/, '')).filter((name) => !done.has(name))
}

/** How far the clock here is ahead of the database's; what the answer may have waited on its way is not counted. */
async function findClocksApartMs(db: Database, now: () => Date): Promise<number> {
  return db.asService(async (trx) => {
    const sentAt = now().getTime()
    const { rows } = await sql<{ at: Date }>`SELECT clock_timestamp() AS at`.execute(trx)
    const answeredAt = now().getTime()
    const at = rows[0]?.at.getTime() ?? Number.NaN
    if (at < sentAt) return sentAt - at
    return at > answeredAt ? answeredAt - at : 0
  })
}

/** Whole seconds since the oldest callback that nobody has tried yet was received; served by bank_callback_waiting. */
export async function findOldestWaitingSeconds(db: Database, now: Date): Promise<number | undefined> {
  const row = await db.asWorker((trx) => trx.selectFrom('bank_callback')
    .select((eb) => eb.fn.min('received_at').as('oldest'))
    .where('state', '=', 'waiting').where('first_attempt_at', 'is', null).executeTakeFirst())
  const oldest = row?.oldest
  return oldest ? Math.max(0, Math.floor((now.getTime() - oldest.getTime()) / 1000)) : undefined
}
