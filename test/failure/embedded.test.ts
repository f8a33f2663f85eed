import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { secretKey } from '../../src/db/data-dir.js'
import { findPostmaster, holdsWithin, isAlive, startOf } from '../../src/db/embedded-process.js'
import { startEmbedded } from '../../src/db/embedded.js'
import { DomainError } from '../../src/errors.js'

/** Ends what never comes; a busy machine may take its time. */
const HANGS_AFTER_MS = 5 * 60_000

const said: string[] = []
const log = { info: (line: string) => void said.push(line), warn: (line: string) => void said.push(line) }
const dataDir = await newFolder()
// As root the cluster may be elsewhere when the temporary folder is closed to the server's user.
const remembered = async () =>
  JSON.parse(await readFile(path.join(dataDir, 'embedded.json'), 'utf8')) as { home: string; port: number }
const pgDir = async () => path.join((await remembered()).home, 'pg')

t.teardown(() => rm(dataDir, { recursive: true, force: true }))

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'school-fees-embedded-'))
  await chmod(folder, 0o711)
  return folder
}

async function ask(url: string, query: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ answer: unknown }>(query)
    return rows[0]?.answer
  } finally {
    await client.end()
  }
}

/** A service of its own process (and process group), with its database up. */
async function startChild(t: Test) {
  const program = fileURLToPath(new URL('../support/embedded-child.js', import.meta.url))
  const child = spawn(process.execPath, [program, dataDir], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\n')))
  t.ok(await holdsWithin(HANGS_AFTER_MS, () => lines.length > 0 || child.exitCode !== null), 'the child came up')
  const server = await findPostmaster(await pgDir())
  return { child, lines, pid: child.pid ?? 0, serverPid: server?.pid ?? 0, url: lines[0] ?? '' }
}

/** The name of the program that a process runs (Linux, proc(5)). */
async function programOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8')).trim()
}

/** Takes the port, or finds that another process keeps it, which is as good: it is taken. */
async function squat(port: number): Promise<Server> {
  const squatter = createServer()
  const listen = async (): Promise<boolean> => {
    squatter.listen(port, '127.0.0.1')
    return once(squatter, 'listening').then(() => true, (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') return false
      throw error
    })
  }
  await holdsWithin(5_000, listen)
  return squatter
}

async function refusal(folder: string): Promise<string> {
  const error = await startEmbedded({ dataDir: folder, log }).then((server) => server.stop(), (error: unknown) => error)
  return error instanceof DomainError ? `${error.code}: ${error.message}` : `not refused: ${String(error)}`
}

t.test('a first start makes a durable UTF-8 database whatever LANG says, a second one keeps it', async (t) => {
  const { LANG, LC_ALL } = process.env
  delete process.env['LANG']
  process.env['LC_ALL'] = 'xx_XX.latin1'
  const first = await startEmbedded({ dataDir, log }).finally(() => {
    for (const [name, value] of Object.entries({ LANG, LC_ALL })) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  t.equal(await ask(first.ownerUrl,
    `SELECT current_setting('server_encoding') AS answer`), 'UTF8')
  t.equal(await ask(first.ownerUrl, `SELECT upper('đồng') AS answer`), 'ĐỒNG')
  t.equal(await ask(first.serviceUrl,
    `SELECT current_setting('fsync') || ' ' || current_setting('synchronous_commit') AS answer`), 'on on')
  t.equal(await ask(first.serviceUrl,
    'SELECT rolsuper OR rolinherit OR rolcreatedb AS answer FROM pg_roles WHERE rolname = current_user'), false)
  await ask(first.ownerUrl, 'CREATE TABLE kept AS SELECT 7 AS answer')
  await first.stop()
  const second = await startEmbedded({ dataDir, log })
  t.equal(second.ownerUrl, first.ownerUrl, 'same port, same passwords')
  t.equal(await ask(second.ownerUrl, 'SELECT answer FROM kept'), 7)
  await second.stop()
  const { mode } = await stat(path.join(dataDir, 'embedded.json'))
  t.equal(mode & 0o077, 0, 'the passwords are for the service alone')
})

t.test('the leftovers of a crash do not stop the next start', async (t) => {
  const home = path.dirname(await pgDir())
  await mkdir(path.join(home, 'pg.new'))
  await writeFile(path.join(home, 'pg.new', 'PG_VERSION'), '1')
  // The numbers of the dead may have been given to a living stranger: this very process.
  await writeFile(path.join(dataDir, 'service.lock'), `${hostname()} ${process.pid} 1\n`)
  await writeFile(path.join(home, 'pg', 'postmaster.pid'), `${process.pid}\n${home}/pg\n1\n1\n\n127.0.0.1\n  1 1\nready\n`)
  const server = await startEmbedded({ dataDir, log })
  t.equal(await ask(server.ownerUrl, 'SELECT answer FROM kept'), 7)
  await t.rejects(stat(path.join(home, 'pg.new')), { code: 'ENOENT' })
  await server.stop()
})

t.test('when the port of last time is taken, another one is used', async (t) => {
  const before = (await remembered()).port
  const squatter = await squat(before)
  const server = await startEmbedded({ dataDir, log })
  t.not(new URL(server.ownerUrl).port, String(before))
  t.equal(await ask(server.ownerUrl, 'SELECT answer FROM kept'), 7)
  await server.stop()
  squatter.close()
})

t.test('a second service is refused while the first lives; kill -9 of the first leaves no server', async (t) => {
  const first = await startChild(t)
  t.match(await refusal(dataDir), `DATA_DIR_IN_USE: DATA_DIR ${dataDir} is in use by another running service (process ${first.pid}).`)
  t.equal(await ask(first.url, 'SELECT answer FROM kept'), 7, 'the first was not disturbed')
  process.kill(first.pid, 'SIGKILL')
  t.ok(await holdsWithin(HANGS_AFTER_MS, () => !isAlive(first.serverPid)), 'the server has ended by itself')
  const next = await startEmbedded({ dataDir, log })
  t.equal(await ask(next.ownerUrl, 'SELECT answer FROM kept'), 7)
  await next.stop()
})

const needsProc = { skip: process.platform === 'linux' ? false : 'needs /proc' }
t.test('a server whose service and watchdog were both killed is stopped by the next start', needsProc, async (t) => {
  const first = await startChild(t)
  const watchdog = Number((await readFile(`/proc/${first.serverPid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[1])
  process.kill(watchdog, 'SIGKILL')
  process.kill(first.pid, 'SIGKILL')
  t.ok(isAlive(first.serverPid), 'an orphan')
  const next = await startEmbedded({ dataDir, log })
  t.notOk(isAlive(first.serverPid))
  t.match(said.at(-1), `process ${first.serverPid}`)
  t.equal(await ask(next.ownerUrl, 'SELECT answer FROM kept'), 7)
  await next.stop()
})

t.test('a server that crashes under a living service comes back', async (t) => {
  const server = await startEmbedded({ dataDir, log })
  const before = await findPostmaster(await pgDir())
  process.kill(before?.pid ?? 0, 'SIGKILL')
  const isBack = async () => await ask(server.ownerUrl, 'SELECT answer FROM kept').then((answer) => answer === 7, () => false)
  t.ok(await holdsWithin(HANGS_AFTER_MS, isBack))
  await server.stop()
})

t.test('Ctrl-C reaches the service only, which still has its database to finish with', async (t) => {
  const service = await startChild(t)
  process.kill(-service.pid, 'SIGINT')
  t.ok(await holdsWithin(HANGS_AFTER_MS, () => service.child.exitCode !== null))
  t.equal(service.lines.at(-1), 'finished its work')
  t.equal(service.child.exitCode, 0)
  t.ok(await holdsWithin(HANGS_AFTER_MS, () => !isAlive(service.serverPid)))
})

t.test('a folder that cannot be used is refused in one sentence', async (t) => {
  const folder = await newFolder()
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'file')
  await writeFile(file, '')
  t.match(await refusal(file), `DATA_DIR_UNUSABLE: DATA_DIR ${file} cannot be used: it is not a folder.`)
  t.match(await refusal(path.join(file, 'below')), 'cannot be used: it is not a folder.')
  const versionFile = path.join(await pgDir(), 'PG_VERSION')
  const version = await readFile(versionFile, 'utf8')
  await writeFile(versionFile, '15\n')
  t.match(await refusal(dataDir), 'was made by PostgreSQL 15, this release runs 18')
  await writeFile(versionFile, version)
  const kept = await readFile(path.join(dataDir, 'embedded.json'))
  await writeFile(path.join(dataDir, 'embedded.json'), '{')
  t.match(await refusal(dataDir), 'embedded.json is damaged')
  await writeFile(path.join(dataDir, 'embedded.json'), kept)
})

t.test('the secret key is made once, kept, and private', async (t) => {
  const made = await secretKey(dataDir)
  t.equal(Buffer.from(made, 'base64').length, 32)
  t.equal(await secretKey(dataDir), made)
  t.equal((await stat(path.join(dataDir, 'secret-key'))).mode & 0o077, 0)
})

t.test('a killed process that its parent never asks for is not alive', {
  skip: process.platform !== 'linux' && 'other systems show no such process',
}, async (t) => {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => void parent.kill('SIGKILL'))
  const pid = Number(String(await once(parent.stdout, 'data')))
  t.match(await startOf(pid), /^\d+$/)
  // Until its exec the parent is still a shell, which asks for its children.
  t.ok(await holdsWithin(HANGS_AFTER_MS, async () => await programOf(parent.pid ?? 0) === 'sleep'))
  process.kill(pid, 'SIGKILL')
  t.ok(await holdsWithin(HANGS_AFTER_MS, () => !isAlive(pid)))
  t.equal(process.kill(pid, 0), true, 'the system still lists it')
})
