// Prepares a database of the operator's own for this version: schema, roles, and the queue's tables. On the
// embedded default the service does the same by itself.
import type { Config } from './config.js'
import { assertDurable } from './db/durability.js'
import { migrate } from './db/migrate.js'
import { openPool } from './db/pool.js'
import { assertVietnameseText } from './db/text-rules.js'
import { sqlState } from './db/tenancy.js'
import { DomainError } from './errors.js'
import { NOT_PREPARED, explain } from './runtime.js'

/** Runs what is missing, as the owner, and lets the login role of DATABASE_URL take the service's roles. */
export async function migrateDatabase(config: Config, say: (line: string) => void): Promise<void> {
  const { databaseUrl, databaseOwnerUrl } = config
  if (databaseUrl === undefined || databaseOwnerUrl === undefined) {
    throw new DomainError('CONFIG_INVALID', 'DATABASE_URL is required: the embedded database is migrated by serve.')
  }
  const loginRole = decodeURIComponent(new URL(databaseUrl).username)
  if (loginRole === '') {
    throw new DomainError('CONFIG_INVALID', 'DATABASE_URL names no user: add the login role of the service to it.')
  }
  try {
    await checkServer(databaseOwnerUrl, config.dbConnectTimeoutMs)
    const done = await migrate(databaseOwnerUrl, loginRole)
    say(done.length === 0 ? 'Nothing was missing.' : `Migrated: ${done.join(', ')}`)
  } catch (error) {
    throw explainAsOwner(error)
  }
}

function explainAsOwner(error: unknown): unknown {
  if (!(error instanceof Error) || !NOT_PREPARED.has(sqlState(error) ?? '')) return explain(error, 'DATABASE_OWNER_URL')
  return new DomainError('DATABASE_OWNER_REFUSED', `Only the owner of the database may migrate it (${
    error.message}): set DATABASE_OWNER_URL to an address that signs in as the owner.`)
}

async function checkServer(url: string, connectTimeoutMs: number): Promise<void> {
  const pool = openPool({ url, maxConnections: 1, connectTimeoutMs, onError: () => undefined })
  try {
    await assertDurable(pool)
    await assertVietnameseText(pool)
  } finally {
    await pool.end()
  }
}
