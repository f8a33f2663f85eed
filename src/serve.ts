// The life of a process: starts everything in order, says where it can be reached, and at SIGTERM or SIGINT
// stops in the reverse order within a limit. Nothing accepted is lost when the limit is passed or the process
// is killed: what was acknowledged is in the database.
import type { FastifyInstance } from 'fastify'
import { forgetOldSignIns } from './access/forget.js'
import { buildApp } from './app.js'
import type { Config } from './config.js'
import type { Deps } from './deps.js'
import { forgetOldPreviews } from './directory/roster-preview.js'
import { DomainError } from './errors.js'
import { forgetOldAnswers } from './http/idempotency.js'
import { createLogger } from './http/log.js'
import { untilUncaught } from './last-resort.js'
import { openRuntime } from './runtime.js'
import { startWorker } from './worker.js'

export interface ServeOptions {
  /** Whether this process also posts payments; without it, separate `worker` processes have to. */
  worker: boolean
  /** For the people at the console; never a secret. */
  say: (line: string) => void
}

/** A service that listens. */
export interface RunningService {
  deps: Deps
  address: string
  /** What a person at the console should know, a sentence each. */
  notes: readonly string[]
  /** Newest first: stops listening, then the workers, then what they stand on. */
  close: () => Promise<void>
}

export interface StartOptions {
  worker: boolean
  /** Runs on the open database before anything works on it; what it throws ends the start. */
  prepare?: (deps: Deps) => Promise<void>
  /** Another clock than the system's. */
  now?: () => Date
}

/** Starts everything in order, or nothing: a start that fails has closed what it opened. */
export async function startService(
  config: Config, { worker, prepare, now }: StartOptions, log = createLogger({ level: config.logLevel }),
): Promise<RunningService> {
  const { deps, notes, close } = await openRuntime(config, log, now)
  const closers = [close]
  const closeAll = (): Promise<void> => closeWithin(config.shutdownTimeoutMs, closers)
  try {
    await prepare?.(deps)
    if (worker) closers.push((await startWorker(deps)).close)
    closers.push(rememberLess(deps))
    const app = await buildApp(deps)
    closers.push(() => app.close())
    return { deps, notes, address: await listen(app, deps.config), close: closeAll }
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** Serves until a signal or a fault ends it; resolves when everything is closed. */
export async function serve(config: Config, { worker, say }: ServeOptions): Promise<void> {
  const log = createLogger({ level: config.logLevel })
  const uncaught = untilUncaught(log)
  const { address, notes, close } = await startService(config, { worker }, log)
  try {
    for (const line of [`Serving ${address}`, `API: ${address}/docs`, ...notes]) say(line)
    await Promise.race([untilSignal(log), uncaught])
  } finally {
    await close()
  }
}

/** Posts payments and does background work, without HTTP. */
export async function work(config: Config, say: (line: string) => void): Promise<void> {
  if (config.databaseUrl === undefined) {
    throw new DomainError('CONFIG_INVALID', 'DATABASE_URL is required for a separate worker: on the embedded ' +
      'default the serve command does the work itself.')
  }
  const log = createLogger({ level: config.logLevel })
  const uncaught = untilUncaught(log)
  const { deps, notes, close } = await openRuntime(config, log)
  const closers = [close]
  try {
    closers.push((await startWorker(deps)).close)
    for (const line of ['Working.', ...notes]) say(line)
    await Promise.race([untilSignal(log), uncaught])
  } finally {
    await closeWithin(config.shutdownTimeoutMs, closers)
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reason = LISTEN_FAULTS.get(String(code))
    if (reason === undefined) throw error
    throw new DomainError('ADDRESS_UNUSABLE', `${host}:${port} ${reason}`)
  }
}

const LISTEN_FAULTS = new Map([
  ['EADDRINUSE', 'is taken by another program: stop it, or set PORT to another number.'],
  ['EACCES', 'may not be used by this user: set PORT to a number above 1023.'],
  ['EADDRNOTAVAIL', 'is no address of this machine: correct HOST.'],
  ['ENOTFOUND', 'is no address of this machine: correct HOST.'],
])

const FORGET_EVERY_MS = 3_600_000

/** Once an hour, forgets answers to idempotent requests that nobody will ask for again. */
function rememberLess(deps: Deps): () => Promise<void> {
  const { db, config, log } = deps
  const timer = setInterval(() => {
    const forgotten = [forgetOldAnswers(db, config.idempotencyKeepDays), forgetOldSignIns(deps), forgetOldPreviews(db)]
    Promise.all(forgotten)
      .catch((error: unknown) => { log.warn({ err: error }, 'what is old could not be forgotten; tried again later') })
  }, FORGET_EVERY_MS)
  return async () => { clearInterval(timer) }
}

/** Resolves at SIGTERM or SIGINT. */
export function untilSignal(log: Deps['log']): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        log.info(`${signal}: closing`)
        resolve()
      })
    }
  })
}

/** Newest first: stop listening, then the workers, then what they stand on. */
async function closeWithin(limitMs: number, closers: (() => Promise<void>)[]): Promise<void> {
  const timer = setTimeout(() => {
    process.stderr.write('Closing took too long; ending now. Nothing that was confirmed is lost.\n')
    process.exit(1)
  }, limitMs)
  try {
    for (const close of closers.toReversed()) await close()
  } finally {
    clearTimeout(timer)
  }
}
