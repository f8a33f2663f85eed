// Opens what a process stands on (database, queue, secrets) in the order in which each needs the other, and
// closes it in reverse. On the embedded default that includes the database server itself.
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import { createSecretBox } from './access/secret-box.js'
import type { Config } from './config.js'
import { findPrivateFile, secretKey, writePrivateFile } from './db/data-dir.js'
import { assertDurable } from './db/durability.js'
import { startEmbedded } from './db/embedded.js'
import { migrate } from './db/migrate.js'
import { openPool } from './db/pool.js'
import { isStorageFailure } from './db/storage-failure.js'
import { openDatabase, sqlState } from './db/tenancy.js'
import type { Database } from './db/tenancy.js'
import type { Deps } from './deps.js'
import { DomainError } from './errors.js'
import { createMetrics } from './http/metrics.js'
import { findPendingMigrations } from './http/readiness.js'
import type { QueueBackend } from './queue/backends.js'
import { connectQueues } from './queue/doorbell.js'

export interface Runtime {
  deps: Deps
  /** What a person at the console should know, a sentence each. */
  notes: readonly string[]
  close(): Promise<void>
}

type Closer = () => Promise<void>

/** Throws DomainError with one sentence for whatever an operator can put right. `now` is the clock of business days. */
export async function openRuntime(
  config: Config, log: FastifyBaseLogger, now: () => Date = () => new Date(),
): Promise<Runtime> {
  const closers: Closer[] = []
  const close = async (): Promise<void> => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer()
  }
  try {
    const ground = config.databaseUrl === undefined
      ? await openEmbeddedGround(config, log, closers)
      : openServerGround(config, config.databaseUrl)
    const deps = await openDeps(ground, log, closers, now)
    return { deps, notes: ground.notes, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Where the database is, and the configuration with its secrets in place. */
interface Ground {
  config: Config & { readonly secretKey: string }
  serviceUrl: string
  queueBackend: QueueBackend
  notes: string[]
}

async function openEmbeddedGround(config: Config, log: FastifyBaseLogger, closers: Closer[]): Promise<Ground> {
  const plainLog = { info: (text: string) => { log.info(text) }, warn: (text: string) => { log.warn(text) } }
  const server = await startEmbedded({ dataDir: config.dataDir, log: plainLog })
  closers.push(server.stop)
  await migrate(server.ownerUrl)
  const notes = [`Data: ${server.dataDir} (embedded PostgreSQL)`, ...(server.note === undefined ? [] : [server.note])]
  const bootstrapToken = config.bootstrapToken ?? await keepAdminToken(server.dataDir, notes)
  return {
    config: { ...config, bootstrapToken, secretKey: config.secretKey ?? await secretKey(server.dataDir) },
    serviceUrl: server.serviceUrl,
    queueBackend: queueBackendOf(config, server.serviceUrl),
    notes,
  }
}

function openServerGround(config: Config, databaseUrl: string): Ground {
  const { secretKey: givenKey, databaseDirectUrl } = config
  if (givenKey === undefined) throw new DomainError('CONFIG_INVALID', 'SECRET_KEY is required; set it.')
  const { hostname, pathname } = new URL(databaseUrl)
  const notes = [`Data: the database ${pathname.slice(1)} on ${hostname}`]
  if (config.bootstrapToken === undefined) {
    notes.push('No BOOTSTRAP_TOKEN is set; a first admin token is made with: token create --name admin --scopes admin')
  }
  return {
    config: { ...config, secretKey: givenKey },
    serviceUrl: databaseUrl,
    queueBackend: queueBackendOf(config, databaseDirectUrl ?? databaseUrl),
    notes,
  }
}

// BullMQ's tables are made by `migrate`, as the owner: the service's own role may not create anything.
function queueBackendOf({ redisUrl }: Config, url: string): QueueBackend {
  return redisUrl === undefined ? { kind: 'postgres', url } : { kind: 'redis', url: redisUrl }
}

/** The admin token of the embedded default lies in a file of its owner's; only the place is ever printed. */
async function keepAdminToken(dataDir: string, notes: string[]): Promise<string> {
  const file = path.join(dataDir, 'admin-token')
  const kept = (await findPrivateFile(file))?.trim()
  const token = kept === undefined || kept === '' ? randomBytes(24).toString('hex') : kept
  if (token !== kept) await writePrivateFile(file, `${token}\n`)
  notes.push(`Admin token: in the file ${file}`)
  return token
}

async function openDeps(
  ground: Ground, log: FastifyBaseLogger, closers: Closer[], now: () => Date,
): Promise<Deps> {
  const { config, serviceUrl, queueBackend } = ground
  const db = await openChecked(config, serviceUrl, log, closers)
  const reportsDb = config.reportsDatabaseUrl === undefined
    ? db
    : openReports(config, config.reportsDatabaseUrl, log, closers)
  const queues = connectQueues(queueBackend, log)
  closers.push(queues.close)
  const queue = await queues.check()
  if (!queue.ok) log.warn(`${queue.detail}; payments are settled by the sweep meanwhile`)
  return {
    config, db, reportsDb, queues, queueBackend, log,
    secretBox: createSecretBox(config.secretKey),
    metrics: createMetrics(),
    now,
  }
}

async function openChecked(config: Config, url: string, log: FastifyBaseLogger, closers: Closer[]): Promise<Database> {
  const pool = poolOf(config, url, log)
  const db = openDatabase(pool, tenancyLimits(config))
  closers.push(db.close)
  try {
    await assertDurable(pool)
    const pending = await findPendingMigrations(db)
    if (pending.length > 0) throw notMigrated(`it lacks ${pending.join(', ')}`)
    return db
  } catch (error) {
    throw explain(error)
  }
}

function openReports(config: Config, url: string, log: FastifyBaseLogger, closers: Closer[]): Database {
  const db = openDatabase(poolOf(config, url, log), tenancyLimits(config))
  closers.push(db.close)
  return db
}

function poolOf(config: Config, url: string, log: FastifyBaseLogger) {
  return openPool({
    url,
    maxConnections: config.dbConnectionsMax,
    connectTimeoutMs: config.dbConnectTimeoutMs,
    onError: (error) => { log.warn({ err: error }, 'an idle database connection broke') },
  })
}

function tenancyLimits(config: Config) {
  const { statementTimeoutMs, lockTimeoutMs, transactionRetries: retries } = config
  return { statementTimeoutMs, lockTimeoutMs, retries }
}

function notMigrated(reason: string): DomainError {
  return new DomainError('DATABASE_NOT_MIGRATED', `The database is not ready for this version (${reason}): ` +
    'run the migrate command as the owner of the database first.')
}

// No table, no such role, or no right to take it: all say that `migrate` never ran for this login.
export const NOT_PREPARED: ReadonlySet<string> = new Set(['42P01', '22023', '42501'])

/** One sentence for what an operator can put right at the start; anything else stays as it is. */
export function explain(error: unknown, variable = 'DATABASE_URL'): unknown {
  if (!(error instanceof Error) || error instanceof DomainError) return error
  const state = sqlState(error) ?? ''
  if (NOT_PREPARED.has(state)) return notMigrated('this login role was never given its rights')
  if (isStorageFailure(error)) {
    return new DomainError('DATABASE_UNREACHABLE', `The database of ${variable} cannot be used (${
      error.message || state}): check that it runs and that the address, the user and the password are right.`)
  }
  return error
}
