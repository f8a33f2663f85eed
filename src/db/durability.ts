// Refuses a database server that could lose what was committed, or that is too old. A 2xx to a bank means
// "on disk" (promise P1), and that is only as true as these settings.
import type pg from 'pg'
import { DomainError } from '../errors.js'

const OLDEST_VERSION_NUM = 160_000

interface ServerSettings {
  fsync: string
  synchronous_commit: string
  full_page_writes: string
  version_num: number
  version: string
}

/**
 * Throws DATABASE_NOT_DURABLE or DATABASE_VERSION with one sentence for the operator. Every value of
 * synchronous_commit but `off` waits for the local disk (PostgreSQL 18 §19.5.1).
 */
export async function assertDurable(pool: pg.Pool): Promise<void> {
  const { rows: [found] } = await pool.query<ServerSettings>(`SELECT current_setting('fsync') AS fsync,
    current_setting('synchronous_commit') AS synchronous_commit,
    current_setting('full_page_writes') AS full_page_writes,
    current_setting('server_version_num')::int AS version_num, current_setting('server_version') AS version`)
  if (!found) throw new Error('the database server told nothing about its settings')
  if (found.version_num < OLDEST_VERSION_NUM) {
    throw new DomainError('DATABASE_VERSION', `PostgreSQL ${found.version} is too old: use version 16 or later.`)
  }
  const off = (['fsync', 'synchronous_commit', 'full_page_writes'] as const).filter((name) => found[name] === 'off')
  if (off.length > 0) {
    throw new DomainError('DATABASE_NOT_DURABLE', `The database could lose payments it has confirmed: set ${off
      .map((name) => `${name} = on`).join(' and ')} for this server, database and role.`)
  }
}
