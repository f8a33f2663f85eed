// The OpenAPI document of this version as text. The application is built from parts that reach for nothing
// until they are used, and nothing uses them here.
import { createSecretBox } from './access/secret-box.js'
import { buildApp } from './app.js'
import { readConfig } from './config.js'
import { openPool } from './db/pool.js'
import { openDatabase } from './db/tenancy.js'
import { createLogger } from './http/log.js'
import { createMetrics } from './http/metrics.js'
import { openapiText } from './http/openapi.js'
import { connectQueues } from './queue/doorbell.js'

const NOWHERE = 'postgres://nobody@nowhere.invalid/nothing'

export async function writeOpenapi(): Promise<string> {
  const log = createLogger({ level: 'silent' })
  const pool = openPool({ url: NOWHERE, maxConnections: 1, connectTimeoutMs: 1, onError: () => undefined })
  const db = openDatabase(pool)
  const queueBackend = { kind: 'postgres', url: NOWHERE } as const
  const app = await buildApp({
    config: readConfig({}), db, reportsDb: db, queueBackend, log,
    queues: connectQueues(queueBackend, log),
    secretBox: createSecretBox('seals nothing here'),
    metrics: createMetrics(),
    now: () => new Date(),
  })
  await app.ready()
  const text = openapiText(app)
  await app.close()
  await db.close()
  return text
}
