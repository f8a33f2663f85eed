// Brings a database to the newest migration, as its owner, and lets the service's login role take the
// three roles of migration 1. Forward only; safe to run again and by several processes at once.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Migrator, sql } from 'kysely'
import type { Kysely, Migration, MigrationProvider } from 'kysely'
import { installQueueSchema } from '../queue/backends.js'
import { openKysely, openPool } from './pool.js'
import type { Tables } from './tables.js'
import { migrationsDir } from './migrations-dir.js'

const sqlFiles: MigrationProvider = {
  async getMigrations() {
    const names = (await readdir(migrationsDir)).filter((name) => name.endsWith('.sql')).sort()
    const migrations: Record<string, Migration> = {}
    for (const name of names) {
      const text = await readFile(join(migrationsDir, name), 'utf8')
      migrations[name.replace(/\.sql$/, '')] = { up: async (db) => void (await sql.raw(text).execute(db)) }
    }
    return migrations
  },
}

/** Runs what is missing; `loginRole` is the role that the service connects as. */
export async function migrate(ownerUrl: string, loginRole = 'service'): Promise<string[]> {
  const pool = openPool({
    url: ownerUrl,
    maxConnections: 2,
    connectTimeoutMs: 10_000,
    onError: () => undefined, // the running query reports it
  })
  const db = openKysely(pool)
  try {
    const { error, results } = await new Migrator({ db, provider: sqlFiles }).migrateToLatest()
    if (error) throw error instanceof Error ? error : new Error('a migration failed', { cause: error })
    await allowLogin(db, loginRole)
    // BullMQ keeps its tables in a schema of its own; the login role may use them but not make schemas.
    await installQueueSchema(ownerUrl, loginRole)
    return (results ?? []).map((result) => result.migrationName)
  } finally {
    await db.destroy()
  }
}

async function allowLogin(db: Kysely<Tables>, loginRole: string): Promise<void> {
  const role = sql.id(loginRole)
  await db.transaction().execute(async (trx) => {
    // Roles belong to the whole cluster: two databases that are migrated at once must not collide.
    await sql`SELECT pg_advisory_xact_lock(hashtext('school-fees roles'))`.execute(trx)
    await sql`GRANT app, worker, report TO ${role}`.execute(trx)
  })
}
