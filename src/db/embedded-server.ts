// How is the embedded server of one data folder brought up and down? It is started through the watchdog, on
// a loopback port that is kept from start to start, after any server that a crash left behind has stopped.
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { readFile, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { DomainError } from '../errors.js'
import type { Binaries } from './embedded-binaries.js'
import { serverEnv } from './embedded-cluster.js'
import type { OsUser } from './embedded-place.js'
import { findPostmaster, holdsWithin, isAlive, isServerOf } from './embedded-process.js'

const startTimeoutMs = 120_000
const stopTimeoutMs = 40_000
const fastStopTimeoutMs = 30_000
const immediateStopTimeoutMs = 10_000
const startAttempts = 3

export interface ServerPlan {
  home: string
  pgDir: string
  logFile: string
  user: OsUser | undefined
  binaries: Binaries
  /** Where the server listened last time; another port is taken when this one is not free. */
  port: number | undefined
  settings: Record<string, string>
}

export interface RunningServer {
  port: number
  /** Called once if the server ends without having been stopped. */
  onLost: (listener: () => void) => void
  stop: () => Promise<void>
}

type Watchdog = ChildProcessByStdio<Writable, Readable, null>

/** Stops the server that a killed service left in this folder and returns its pid. */
export async function stopOrphan(pgDir: string): Promise<number | undefined> {
  const found = await findPostmaster(pgDir)
  if (found === undefined) return undefined
  if (!await isServerOf(found.pid, pgDir)) {
    // After a power cut the number may belong to a stranger, which PostgreSQL would take for a live server.
    await rm(path.join(pgDir, 'postmaster.pid'), { force: true })
    return undefined
  }
  const isGone = () => !isAlive(found.pid)
  for (const [signal, timeoutMs] of [['SIGINT', fastStopTimeoutMs], ['SIGQUIT', immediateStopTimeoutMs]] as const) {
    if (!isGone()) process.kill(found.pid, signal)
    if (await holdsWithin(timeoutMs, isGone)) return found.pid
  }
  throw new DomainError('DATA_DIR_IN_USE',
    `A database server left behind (process ${found.pid}) still runs in ${pgDir} and does not stop; end it first.`)
}

/** Starts the server and resolves when it accepts connections. */
export async function startServer(plan: ServerPlan): Promise<RunningServer> {
  // One log per start and the one before it: enough to explain a crash, and it cannot grow for ever.
  await rename(plan.logFile, `${plan.logFile}.1`).catch(() => undefined)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(plan.port)
    const watchdog = spawnWatchdog(plan, port)
    const failure = await untilReady(watchdog)
    if (failure === undefined) return running(watchdog, port)
    // Somebody may have taken the port in between, or a dead server's memory may not be freed yet.
    if (attempt === startAttempts) {
      throw new DomainError('DATABASE_START_FAILED',
        `The embedded database did not start: ${await lastComplaint(plan.logFile) ?? failure}. See ${plan.logFile}.`)
    }
  }
}

function spawnWatchdog(plan: ServerPlan, port: number): Watchdog {
  // Loaded as source (a test run through a loader) the watchdog needs the same loader.
  const isSource = import.meta.url.endsWith('.ts')
  const program = fileURLToPath(new URL(isSource ? './watchdog.ts' : './watchdog.js', import.meta.url))
  const settings = { ...plan.settings, port: String(port) }
  const watchdog = spawn(process.execPath, [
    ...(isSource ? process.execArgv : []), program,
    plan.home, plan.pgDir, plan.logFile, plan.user === undefined ? '-' : `${plan.user.uid}:${plan.user.gid}`,
    plan.binaries.pg_ctl, plan.binaries.postgres, '-D', plan.pgDir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ], { env: serverEnv(), detached: true, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true })
  // Its end is what tells of it; what breaks on the way there is no end of the service.
  for (const emitter of [watchdog, watchdog.stdin, watchdog.stdout]) emitter.on('error', () => undefined)
  return watchdog
}

/** Undefined when the server is ready, else the reason why it is not. */
async function untilReady(watchdog: Watchdog): Promise<string | undefined> {
  const said = new Promise<string>((resolve) => {
    watchdog.stdout.setEncoding('utf8').once('data', (line: string) => resolve(line.trim()))
    watchdog.once('error', (error) => resolve(error.message))
    watchdog.once('exit', () => resolve('it ended at once'))
    setTimeout(() => resolve(`it was not ready within ${startTimeoutMs / 1000} s`), startTimeoutMs).unref()
  })
  const answer = await said
  if (answer === 'ready') return undefined
  await ended(watchdog)
  return answer
}

/** Ends the watchdog's input, which stops the server, and waits until both are gone. */
async function ended(watchdog: Watchdog): Promise<boolean> {
  watchdog.ref()
  watchdog.stdin.destroy()
  return await holdsWithin(stopTimeoutMs, () => watchdog.exitCode !== null || watchdog.signalCode !== null)
}

function running(watchdog: Watchdog, port: number): RunningServer {
  let isStopping = false
  // A program that forgets to stop may end all the same: the watchdog then sees its input end.
  watchdog.unref()
  watchdog.stdout.destroy()
  return {
    port,
    onLost(listener) {
      watchdog.once('exit', () => {
        if (!isStopping) listener()
      })
    },
    async stop() {
      if (isStopping) return
      isStopping = true
      if (await ended(watchdog)) return
      throw new DomainError('DATABASE_STOP_FAILED',
        `The embedded database did not stop within ${stopTimeoutMs / 1000} s; its watchdog is process ${watchdog.pid}.`)
    },
  }
}

async function freePort(wanted: number | undefined): Promise<number> {
  return await tryPort(wanted ?? 0) ?? await tryPort(0) ?? 0
}

async function tryPort(port: number): Promise<number | undefined> {
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(undefined))
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined))
    })
  })
}

async function lastComplaint(logFile: string): Promise<string | undefined> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).split('\n')
  const line = lines.filter((text) => /FATAL|PANIC|ERROR|could not/.test(text)).at(-1)
  return line?.replace(/^.*?(FATAL|PANIC|ERROR): +/, '').trim()
}
