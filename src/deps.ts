// What the application is built from. Everything that touches the world comes in here, once.
import type { Config } from './config.js'
import type { Database } from './db/tenancy.js'
import type { Queues } from './queue/doorbell.js'
import type { SecretBox } from './access/secret-box.js'

export interface Deps {
  config: Config
  db: Database
  queues: Queues
  secretBox: SecretBox
  /** The clock; business days come from it through time.ts. */
  now: () => Date
}
