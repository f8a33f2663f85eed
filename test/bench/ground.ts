// The server that benchmarks run on: an embedded PostgreSQL with the product's settings, durability included,
// in a folder that is gone afterwards; and databases made from one that was migrated once.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../../src/db/embedded.js'
import type { EmbeddedServer } from '../../src/db/embedded.js'
import { migrate } from '../../src/db/migrate.js'
import type { BenchContext, DatabaseCopy, DatabaseUrls } from './measure.js'

export interface Ground {
  /** What the server says of itself, and of the settings that decide whether a commit is on disk. */
  server: { version: string; fsync: string; synchronousCommit: string }
  /** Runs `work` in a migrated database of its own. */
  withDatabase<T>(name: string, scale: number, work: (context: BenchContext) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const TEMPLATE = 'bench_template'

export async function openGround(): Promise<Ground> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'school-fees-bench-'))
  // As root the server runs as another user, who has to pass through.
  await chmod(dataDir, 0o711)
  const remove = () => rm(dataDir, { recursive: true, force: true })
  const server = await startServer(dataDir).catch((error: unknown) => remove().then(() => { throw error }))
  const close = () => server.stop().finally(remove)
  try {
    await runSql(server.ownerUrl, `CREATE DATABASE ${TEMPLATE}`)
    await migrate(urlsOf(server, TEMPLATE).ownerUrl)
    const [found] = await runSql<{ version: string; fsync: string; synchronous_commit: string }>(server.ownerUrl,
      `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
         current_setting('synchronous_commit') AS synchronous_commit`)
    return {
      server: {
        version: found?.version ?? 'unknown',
        fsync: found?.fsync ?? 'unknown',
        synchronousCommit: found?.synchronous_commit ?? 'unknown',
      },
      withDatabase: (name, scale, work) => withDatabase(server, name, scale, work),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function startServer(dataDir: string): Promise<EmbeddedServer> {
  return startEmbedded({ dataDir, log: { info: () => undefined, warn: console.error } })
}

async function withDatabase<T>(
  server: EmbeddedServer, name: string, scale: number, work: (context: BenchContext) => Promise<T>,
): Promise<T> {
  let copies = 0
  const database = await createDatabase(server, name, TEMPLATE)
  const copy = () => createDatabase(server, `${name}_${++copies}`, name)
  try {
    return await work({ ownerUrl: database.ownerUrl, serviceUrl: database.serviceUrl, scale, copy })
  } finally {
    await database.drop()
  }
}

async function createDatabase(server: EmbeddedServer, name: string, template: string): Promise<DatabaseCopy> {
  await runSql(server.ownerUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  return {
    ...urlsOf(server, name),
    drop: async () => { await runSql(server.ownerUrl, `DROP DATABASE ${name} WITH (FORCE)`) },
  }
}

function urlsOf({ ownerUrl, serviceUrl }: EmbeddedServer, name: string): DatabaseUrls {
  return { ownerUrl: inDatabase(ownerUrl, name), serviceUrl: inDatabase(serviceUrl, name) }
}

function inDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

async function runSql<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}
