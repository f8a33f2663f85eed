// Is there a whole PostgreSQL cluster for this data folder, with the service's role and database in it?
// A cluster is made aside and moved into place when it is finished, so that one cut short is never used.
// It never removes a finished cluster.
import { execFile } from 'node:child_process'
import { chown, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { DomainError } from '../errors.js'
import { SteadyClient } from './client.js'
import { systemCode } from './data-dir.js'
import type { Binaries } from './embedded-binaries.js'
import { makeServerFolder } from './embedded-place.js'
import type { OsUser } from './embedded-place.js'

const run = promisify(execFile)

export const databaseName = 'school_fees'

export interface ClusterPlan {
  /** The folder that holds the cluster `pg` and, while it is being made, `pg.new`. */
  home: string
  user: OsUser | undefined
  binaries: Binaries
  ownerPassword: string
}

/** Makes the cluster unless there is one, and returns its folder. */
export async function prepareCluster(plan: ClusterPlan): Promise<string> {
  const pgDir = path.join(plan.home, 'pg')
  await removeDrafts(plan.home)
  const files = await readdir(pgDir).catch(() => [])
  if (files.length > 0) {
    await refuseOtherVersion(pgDir, plan.binaries.majorVersion)
    return pgDir
  }
  await rmdir(pgDir).catch(() => undefined)
  const draft = path.join(plan.home, 'pg.new')
  await makeServerFolder(draft, plan.user)
  await initialise(draft, plan)
  await rename(draft, pgDir)
  return pgDir
}

/** True when a cluster exists here. */
export async function hasCluster(home: string): Promise<boolean> {
  return await readdir(path.join(home, 'pg')).then((files) => files.length > 0, () => false)
}

async function removeDrafts(home: string): Promise<void> {
  await rm(path.join(home, 'pg.new'), { recursive: true, force: true })
  await rm(path.join(home, 'pg.password'), { force: true })
}

async function initialise(draft: string, plan: ClusterPlan): Promise<void> {
  const passwordFile = path.join(plan.home, 'pg.password')
  await writeFile(passwordFile, `${plan.ownerPassword}\n`, { mode: 0o600 })
  try {
    if (plan.user !== undefined) await chown(passwordFile, plan.user.uid, plan.user.gid)
    // The builtin provider gives UTF-8 whatever LANG says and whichever locales the machine has.
    await run(plan.binaries.initdb, [
      `--pgdata=${draft}`, '--username=owner', `--pwfile=${passwordFile}`, '--auth=scram-sha-256',
      '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ], { cwd: plan.home, env: serverEnv(), ...plan.user })
  } catch (error) {
    throw new DomainError('DATABASE_INIT_FAILED',
      `The embedded database could not be made in ${plan.home}: ${reasonOf(error)}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
}

/** The server's environment is fixed: neither LANG nor a stray PG* variable may change what it does. */
export function serverEnv(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP } = process.env
  return { LC_ALL: 'C', ...(PATH && { PATH }), ...(SystemRoot && { SystemRoot }), ...(TEMP && { TEMP }) }
}

/** initdb says what is wrong on its error stream; the last lines are its farewell. */
function reasonOf(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
  const line = stderr.split('\n').find((text) => /error|fatal|could not|cannot/i.test(text))
  return (line ?? systemCode(error) ?? String(error)).trim()
}

async function refuseOtherVersion(pgDir: string, majorVersion: string): Promise<void> {
  const found = await readFile(path.join(pgDir, 'PG_VERSION'), 'utf8').then((text) => text.trim(), () => undefined)
  if (found === majorVersion) return
  throw new DomainError('DATABASE_VERSION', found === undefined
    ? `${pgDir} holds files but no PostgreSQL database; move them away or set DATA_DIR to another folder.`
    : `The database in ${pgDir} was made by PostgreSQL ${found}, this release runs ${majorVersion}: ` +
      'bring it over with pg_dump and pg_restore, or set DATA_DIR to another folder.')
}

/** Makes the service's login role and database when they are missing; safe to repeat after a crash. */
export async function prepareDatabase(ownerUrl: string, servicePassword: string): Promise<void> {
  const client = new SteadyClient({ connectionString: ownerUrl.replace(/\/[^/]*$/, '/postgres') })
  await client.connect()
  try {
    const role = await client.query(`SELECT FROM pg_roles WHERE rolname = 'service'`)
    if (role.rowCount === 0) {
      await client.query(`CREATE ROLE service LOGIN NOINHERIT PASSWORD ${client.escapeLiteral(servicePassword)}`)
    }
    const database = await client.query('SELECT FROM pg_database WHERE datname = $1', [databaseName])
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(databaseName)}`)
  } finally {
    await client.end()
  }
}
