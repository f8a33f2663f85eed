// The whole application over a database of its own, for tests that speak HTTP. Nothing in it is a fake: the
// queue is BullMQ in the same database and connects when something rings.
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { createSecretBox } from '../../src/access/secret-box.js'
import { buildApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import type { Config } from '../../src/config.js'
import { openPool } from '../../src/db/pool.js'
import { openDatabase } from '../../src/db/tenancy.js'
import type { Database } from '../../src/db/tenancy.js'
import type { Deps } from '../../src/deps.js'
import { createLogger } from '../../src/http/log.js'
import { createMetrics } from '../../src/http/metrics.js'
import { connectQueues } from '../../src/queue/doorbell.js'
import type { QueueBackend } from '../../src/queue/backends.js'
import { ANY_BANK_TIME } from './bank-times.js'
import { createTestDatabase } from './database.js'
import type { TestDatabase, TestDatabaseOptions } from './database.js'

export interface TestAppOptions extends TestDatabaseOptions {
  config?: Partial<Config>
  now?: () => Date
  /** Every log line, for tests of what is logged; silent otherwise. */
  onLogLine?: (line: string) => void
  /** A second process on the database of another world, which closes it; `serviceUrl` is its own way there. */
  of?: TestDatabase
  serviceUrl?: string
  /** Registers routes of the test's own before the application is ready. */
  extend?: (app: FastifyInstance) => void
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface TestApp {
  app: FastifyInstance
  deps: Deps
  db: Database
  database: TestDatabase
  adminToken: string
  /** One request as the admin; `body` travels as JSON. */
  asAdmin: (method: Method, url: string, body?: object, headers?: Record<string, string>) =>
    ReturnType<typeof inject>
}

export const testSecretKey = 'the secret key of the tests'
const adminToken = 'bootstrap-token-of-the-tests'

/** Closed and dropped when `t` ends. */
export async function buildTestApp(t: Test, options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.of ?? await createTestDatabase(t, options)
  const deps = openTestDeps(database, options)
  const app = await buildApp(deps)
  options.extend?.(app)
  t.teardown(async () => {
    await app.close()
    await deps.queues.close()
    await deps.db.close()
  })
  await app.ready()
  return {
    app, deps, db: deps.db, database, adminToken,
    asAdmin: (method, url, body, headers = {}) =>
      inject(app, method, url, body, { authorization: `Bearer ${adminToken}`, ...headers }),
  }
}

/** The parts of the application without its HTTP side; the caller closes `queues` and `db`. */
export function openTestDeps(database: TestDatabase, options: TestAppOptions = {}): Deps {
  // Test files run side by side on few cores: how busy the machine is must not decide a test.
  const unhurried = { eventLoopDelayMaxMs: 0, dbConnectTimeoutMs: 60_000 }
  const config = { ...readConfig({ BOOTSTRAP_TOKEN: adminToken }), ...unhurried, ...ANY_BANK_TIME, ...options.config }
  const { onLogLine } = options
  const log = createLogger(onLogLine ? { level: 'debug', stream: { write: onLogLine } } : { level: 'silent' })
  const { serviceUrl = database.serviceUrl } = options
  const pool = openPool({
    url: serviceUrl, maxConnections: 8, connectTimeoutMs: config.dbConnectTimeoutMs,
    onError: () => undefined,
  })
  const db = openDatabase(pool, {
    statementTimeoutMs: config.statementTimeoutMs, lockTimeoutMs: config.lockTimeoutMs,
    retries: config.transactionRetries,
  })
  const queueBackend: QueueBackend = { kind: 'postgres', url: serviceUrl }
  return {
    config, db, reportsDb: db, queueBackend, log,
    queues: connectQueues(queueBackend, log),
    secretBox: createSecretBox(testSecretKey),
    metrics: createMetrics(),
    now: options.now ?? (() => new Date()),
  }
}

function inject(
  app: FastifyInstance, method: Method, url: string, body: object | undefined, headers: Record<string, string>,
) {
  return app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) })
}
