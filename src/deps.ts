// What the application is built from. Everything that touches the world comes in here, once.
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from './config.js'
import type { Database } from './db/tenancy.js'
import type { Metrics } from './http/metrics.js'
import type { QueueBackend } from './queue/backends.js'
import type { Queues } from './queue/doorbell.js'
import type { SecretBox } from './access/secret-box.js'

export interface Deps {
  config: Config
  db: Database
  /** Read only, for reports: a replica, or the same as `db` when there is none. */
  reportsDb: Database
  queues: Queues
  /** Where the workers of the queues connect to. */
  queueBackend: QueueBackend
  secretBox: SecretBox
  metrics: Metrics
  log: FastifyBaseLogger
  /** The clock; business days come from it through time.ts. */
  now: () => Date
}
