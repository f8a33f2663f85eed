// A database for one test file: a clone of a template that is migrated once per content of migrations/.
// The server comes from the test runner; a file that is run alone starts an embedded one for itself.
import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import tap from 'tap'
import type { Test } from 'tap'
import { migrate } from '../../src/db/migrate.js'
import { migrationsDir } from '../../src/db/migrations-dir.js'
import { startThrowawayServer } from './server.js'

/** An advisory lock of the database `postgres`, where all test files meet. */
const templateLock = 7_301

export interface TestDatabase {
  name: string
  /** Superuser. */
  ownerUrl: string
  /** The login role of the service. */
  serviceUrl: string
  drop: () => Promise<void>
}

type ServerUrls = Pick<TestDatabase, 'ownerUrl' | 'serviceUrl'>

/** Clones the migrated template; the clone is dropped when `t` ends. */
export async function createTestDatabase(t: Test): Promise<TestDatabase> {
  const server = await findServer()
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`
  await asAdmin(server.ownerUrl, async (client) => {
    const template = await prepareTemplate(client, server.ownerUrl)
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  })
  const drop = async () => {
    await asAdmin(server.ownerUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  }
  t.teardown(drop)
  return { name, ownerUrl: inDatabase(server.ownerUrl, name), serviceUrl: inDatabase(server.serviceUrl, name), drop }
}

let ownServer: Promise<ServerUrls> | undefined

async function findServer(): Promise<ServerUrls> {
  const { TEST_DATABASE_OWNER_URL: ownerUrl, TEST_DATABASE_SERVICE_URL: serviceUrl } = process.env
  if (ownerUrl && serviceUrl) return { ownerUrl, serviceUrl }
  ownServer ??= startThrowawayServer().then((server) => {
    tap.teardown(() => server.stop())
    return server
  })
  return await ownServer
}

async function prepareTemplate(client: pg.Client, ownerUrl: string): Promise<string> {
  const name = `template_${await hashOfMigrations()}`
  const draft = `${name}_draft`
  await client.query('SELECT pg_advisory_lock($1)', [templateLock])
  try {
    const found = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (found.rowCount === 1) return name
    // Named only when it is whole: a test run that is cut short must not leave half a template.
    await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${draft}`)
    await migrate(inDatabase(ownerUrl, draft))
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`)
    return name
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [templateLock])
  }
}

async function hashOfMigrations(): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await readdir(migrationsDir)).sort()) {
    hash.update(name).update(await readFile(path.join(migrationsDir, name)))
  }
  return hash.digest('hex').slice(0, 12)
}

async function asAdmin(ownerUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: inDatabase(ownerUrl, 'postgres') })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

function inDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
