// A database for one test file: a clone of a template that is migrated once per content of migrations/, and judged by
// `verify` before it is dropped. The server comes from the test runner; a file that is run alone starts one for itself.
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import tap from 'tap'
import type { Test } from 'tap'
import { migrationsDir } from '../../src/db/migrations-dir.js'
import { findBroken } from './promises.js'
import { startThrowawayServer } from './server.js'

/** An advisory lock of the database `postgres`, where all test files meet. */
const templateLock = 7_301

export interface TestDatabase {
  name: string
  /** Superuser. */
  ownerUrl: string
  /** The login role of the service. */
  serviceUrl: string
  /** For a test of what happens then; nothing is left to verify. */
  drop: () => Promise<void>
}

type ServerUrls = Pick<TestDatabase, 'ownerUrl' | 'serviceUrl'>

export interface TestDatabaseOptions {
  /** For a test that breaks rows behind the service's back: exactly these promises are broken when it ends. */
  breaks?: { promises: readonly string[], because: string }
}

/** Clones the migrated template; when `t` ends, fails unless every promise holds in the clone, and drops it. */
export async function createTestDatabase(t: Test, { breaks }: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await findServer()
  const name = `test_${process.pid}_${randomBytes(4).toString('hex')}`
  await asAdmin(server.ownerUrl, async (client) => {
    const template = await prepareTemplate(client, server.ownerUrl)
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  })
  let isThere = true
  const drop = async () => {
    isThere = false
    await asAdmin(server.ownerUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  }
  const [ownerUrl, serviceUrl] = [inDatabase(server.ownerUrl, name), inDatabase(server.serviceUrl, name)]
  // The first to be registered is the last to run: whatever used the database has been closed by then.
  t.teardown(async () => {
    try {
      if (isThere) await assertOnlyBroken(ownerUrl, breaks)
    } finally {
      await drop()
    }
  })
  return { name, ownerUrl, serviceUrl, drop }
}

/** Throws, because a test that has ended takes no more assertions: tap counts it as a failure all the same. */
async function assertOnlyBroken(ownerUrl: string, breaks: TestDatabaseOptions['breaks']): Promise<void> {
  const broken = await findBroken(ownerUrl)
  const found = [...new Set(broken.map((fault) => fault.slice(0, 2)))]
  const wanted = breaks?.promises ?? []
  const why = breaks === undefined ? 'every promise holds' : breaks.because
  const told = `When the test ended ${found.join() || 'nothing'} was broken, not ${wanted.join() || 'nothing'} (${why}).`
  assert.deepEqual(found, wanted, [told, ...broken].join('\n'))
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
    // Loaded by the one file that needs it: it brings the whole queue with it.
    const { migrate } = await import('../../src/db/migrate.js')
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
