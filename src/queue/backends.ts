// How BullMQ is wired to PostgreSQL (the default) or Redis. The only file that knows the two apart: it
// opens queues and workers, and says whether the server behind them is fit to be one.
import assert from 'node:assert/strict'
import { createPostgresBackend, isPgPool, Queue, runMigrations, withBackend, Worker } from 'bullmq'
import type { Job, PgPool, RedisOptions } from 'bullmq'
import pg from 'pg'
import { SteadyClient } from '../db/client.js'
import { queues } from './registry.js'
import type { QueueName } from './registry.js'

/**
 * Where the jobs live. A PostgreSQL `url` has to reach the server itself, not PgBouncer in transaction mode,
 * because workers LISTEN; the tables are made by installQueueSchema.
 */
export type QueueBackend =
  | { readonly kind: 'postgres'; readonly url: string }
  | { readonly kind: 'redis'; readonly url: string }

/** Whether the queue can be used, in one sentence for `/health/ready`. */
export interface Finding {
  readonly ok: boolean
  readonly detail: string
}

type SenderMethod = 'add' | 'getJobCounts' | 'getWaitingCount' | 'waitUntilReady' | 'close'
export type Sender = Pick<Queue<object, void>, SenderMethod> & { inspect(): Promise<Finding> }
export type Receiver = Pick<Worker<object, void>, 'run' | 'waitUntilReady' | 'close'>

export interface ReceiverEvents {
  process(job: Job<object, void>): Promise<void>
  onError(error: Error): void
  onActive(): void
  onFailed(jobId: string | undefined, error: Error): void
}

type Postgres = Extract<QueueBackend, { kind: 'postgres' }>
type Redis = Extract<QueueBackend, { kind: 'redis' }>

const onPostgres = withBackend(createPostgresBackend)
/** The only one that BullMQ uses with a pool that is not its own. */
const SCHEMA = 'bullmq'
const CONNECT_TIMEOUT_MS = 2_000
const COMMAND_TIMEOUT_MS = 2_000
const RETRY_MAX_MS = 2_000
const LISTEN_KEEP_ALIVE_MS = 10_000
/** BullMQ's own event log feeds QueueEvents, which nobody here listens to; untold it keeps 10,000 a queue. */
const EVENTS_KEPT = 100
/** LISTEN wakes an idle worker at once, so it need not also ask every 5 s as BullMQ does untold. */
const POSTGRES_IDLE_POLL_SECONDS = 30

/** Of `maxmemory`: what is left above it is gone within moments of a busy queue. */
const FULL_FROM = 0.95

/** Opens the sending side of a queue. It connects at once; `onError` hears of every lost connection. */
export function openSender(backend: QueueBackend, name: QueueName, onError: (error: Error) => void): Sender {
  return backend.kind === 'postgres'
    ? postgresSender(backend, name, onError)
    : redisSender(backend, name, onError)
}

function senderOptions(name: QueueName) {
  const { attempts } = queues[name]
  return {
    streams: { events: { maxLen: EVENTS_KEPT } },
    // A job kept after it finished would swallow the next one with the same id, so nothing is kept.
    defaultJobOptions: {
      removeOnComplete: true, removeOnFail: true, attempts, backoff: { type: 'exponential', delay: 1_000 },
    },
  }
}

function postgresSender(backend: Postgres, name: QueueName, onError: (error: Error) => void): Sender {
  const queue = onPoolOfItsOwn(backend, 2, (connection) =>
    new onPostgres.Queue<object, void>(name, { ...senderOptions(name), connection }))
  queue.on('error', onError)
  const inspect = async (): Promise<Finding> => {
    const waiting = await queue.getWaitingCount()
    return { ok: true, detail: `BullMQ on PostgreSQL, schema ${SCHEMA}, ${waiting} waiting` }
  }
  return Object.assign(queue, { inspect })
}

function redisSender(backend: Redis, name: QueueName, onError: (error: Error) => void): Sender {
  // A sender fails fast: a ring that waits until Redis comes back is worth less than the sweep.
  const connection: RedisOptions = {
    ...redisConnection(backend),
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
  }
  const queue = new Queue<object, void>(name, { ...senderOptions(name), connection, prefix: prefixOf(name) })
  queue.on('error', onError)
  const inspect = async (): Promise<Finding> => judgeRedis(await (await queue.getBackend().client).info())
  return Object.assign(queue, { inspect })
}

/**
 * Judges what Redis says about itself in `INFO` (CONFIG GET is closed on many managed servers): without AOF a
 * restart forgets the jobs, and any eviction policy but `noeviction` lets a full Redis throw jobs away. A replica
 * and a single node of a Cluster answer too, but refuse what BullMQ writes; so does a Redis that is full.
 */
export function judgeRedis(info: string): Finding {
  const fields = new Map(info.split(/\r?\n/).map((line) => {
    const at = line.indexOf(':')
    return [line.slice(0, at), line.slice(at + 1)]
  }))
  const faults: string[] = []
  if (fields.get('aof_enabled') !== '1') faults.push('AOF is off: set appendonly yes')
  const policy = fields.get('maxmemory_policy') ?? 'unknown'
  if (policy !== 'noeviction') faults.push(`maxmemory-policy is ${policy}: set noeviction`)
  if (fields.get('role') === 'slave') faults.push('it is a replica: set REDIS_URL to the master')
  if (fields.get('cluster_enabled') === '1') {
    faults.push('it is one node of a Cluster: set REDIS_URL to a Redis that stands alone')
  }
  const [used, max] = [Number(fields.get('used_memory')), Number(fields.get('maxmemory'))]
  if (max > 0 && used >= max * FULL_FROM) {
    faults.push(`it is full, ${used} of ${max} bytes are used: raise maxmemory`)
  }
  return faults.length === 0
    ? { ok: true, detail: 'BullMQ on Redis, AOF on, noeviction' }
    : { ok: false, detail: `BullMQ on Redis: ${faults.join('; ')}` }
}

/** Whether Redis refused a command because it has no memory left. */
export function isOutOfMemory(error: Error): boolean {
  return /\bOOM command not allowed\b/.test(error.message)
}

/** Opens the receiving side of a queue. It takes no job before `run()`. */
export function openReceiver(backend: QueueBackend, name: QueueName, events: ReceiverEvents): Receiver {
  const options = {
    autorun: false,
    concurrency: queues[name].concurrency,
    // A killed worker's job goes back to the others; jobs are harmless to repeat, so more than once is fine.
    maxStalledCount: 5,
    // How soon a worker asks again while the server refuses connections; untold BullMQ waits 15 s.
    runRetryDelay: RETRY_MAX_MS,
  }
  const worker = backend.kind === 'postgres'
    // One of the connections LISTENs for as long as the worker lives.
    ? onPoolOfItsOwn(backend, 4, (connection) => new onPostgres.Worker<object, void>(name, events.process, {
      ...options, connection, drainDelay: POSTGRES_IDLE_POLL_SECONDS,
    }))
    : new Worker<object, void>(name, events.process, {
      ...options, connection: redisConnection(backend), prefix: prefixOf(name),
    })
  worker.on('error', events.onError)
  worker.on('active', events.onActive)
  worker.on('failed', (job, error) => { events.onFailed(job?.id, error) })
  return worker
}

/**
 * A pool of ours, so that its clients are steady ones: one of BullMQ's own that breaks at the wrong moment ends the
 * process. BullMQ leaves a pool that it was given open, so this closes it with its user.
 */
function onPoolOfItsOwn<T extends { close(): Promise<void> }>(
  backend: Postgres, max: number, open: (connection: PgPool) => T,
): T {
  const pool: unknown = new pg.Pool({
    Client: SteadyClient,
    connectionString: backend.url,
    options: `-c search_path=${SCHEMA}`,
    max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A connection that only LISTENs would not notice for hours that the server is gone.
    keepAlive: true,
    keepAliveInitialDelayMillis: LISTEN_KEEP_ALIVE_MS,
  })
  // The types of pg and of BullMQ describe the same pool, each in its own way.
  assert(isPgPool(pool))
  const user = open(pool)
  const closeUser = user.close.bind(user)
  let closed: Promise<void> | undefined
  user.close = () => closed ??= closeUser().finally(() => pool.end())
  return user
}

function redisConnection(backend: Redis): RedisOptions {
  return {
    url: backend.url,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(times * 100, RETRY_MAX_MS),
  }
}

/** The braces put all keys of one queue into one slot, as its scripts need on Redis Cluster. */
function prefixOf(name: QueueName): string {
  return `{fees-${name}}`
}

/**
 * Makes BullMQ's tables as the owner of the database and lets `role` use them, so that the service's own role
 * needs no right to create anything (BullMQ's `migrate: true` asks for CREATE on the whole database, even
 * when the schema exists). Safe to repeat; needs neither superuser nor an extension.
 */
export async function installQueueSchema(ownerUrl: string, role: string): Promise<void> {
  const client = new SteadyClient({ connectionString: ownerUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  await client.connect()
  try {
    await runMigrations(client, SCHEMA)
    const [inSchema, to] = [pg.escapeIdentifier(SCHEMA), pg.escapeIdentifier(role)]
    await client.query(`
      GRANT USAGE ON SCHEMA ${inSchema} TO ${to};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${inSchema} TO ${to};
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${inSchema} TO ${to}`)
  } finally {
    await client.end()
  }
}
