// A program of its own that ties the embedded server's life to the service's: it starts the server, starts
// it again should it crash, and stops it when its standard input ends, which happens however the service
// dies, kill -9 included. It must outlive a Ctrl-C, because the service is then still finishing its work.
// Called as: watchdog <home> <pgDir> <logFile> <uid>:<gid>|- <pg_ctl> <postgres> <argument of postgres>...
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { openSync } from 'node:fs'
import { findPostmaster } from './embedded-process.js'

const immediateStopAfterMs = 20_000
const killAfterMs = 30_000
const restartDelayMs = 1_000
const restartsAtMost = 5
const steadyAfterMs = 60_000

const [home, pgDir, logFile, ids, pgCtl, postgres, ...args] = process.argv.slice(2)
assert(home && pgDir && logFile && ids && pgCtl && postgres, 'the watchdog is started by the service only')
const user = ids === '-' ? {} : { uid: Number(ids.split(':')[0]), gid: Number(ids.split(':')[1]) }

let server: ChildProcess | undefined
let wasReady = false
let isStopping = false
let restarts = 0

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
// The service may be gone by the time that it is told something.
process.stdout.on('error', () => undefined)
process.stdin.on('error', stop).on('close', stop).resume()
start(home, pgDir, logFile, postgres)

function start(cwd: string, dataFolder: string, log: string, program: string): void {
  const startedAt = Date.now()
  const output = openSync(log, 'a', 0o600)
  const child = spawn(program, args, { cwd, stdio: ['ignore', output, output], ...user })
  server = child
  const poll = setInterval(() => {
    void findPostmaster(dataFolder).then((found) => {
      if (found?.pid !== child.pid || !found?.ready || child.exitCode !== null) return
      clearInterval(poll)
      wasReady = true
      process.stdout.write('ready\n')
    })
  }, 20)
  child.on('error', (error) => process.stdout.write(`${error.message}\n`, () => process.exit(1)))
  child.on('exit', () => {
    clearInterval(poll)
    server = undefined
    if (Date.now() - startedAt > steadyAfterMs) restarts = 0
    // A server that never came up is the service's to explain; one that did is started again here.
    if (isStopping || !wasReady || restarts++ >= restartsAtMost) process.exit(isStopping ? 0 : 1)
    setTimeout(() => start(cwd, dataFolder, log, program), restartDelayMs)
  })
}

function stop(): void {
  if (isStopping) return
  isStopping = true
  if (server === undefined) process.exit(0)
  signalServer('SIGINT', 'fast')
  setTimeout(() => signalServer('SIGQUIT', 'immediate'), immediateStopAfterMs)
  setTimeout(() => server?.kill('SIGKILL'), killAfterMs)
}

function signalServer(signal: NodeJS.Signals, mode: string): void {
  if (process.platform !== 'win32') server?.kill(signal)
  else if (pgCtl && pgDir) execFile(pgCtl, ['stop', '-D', pgDir, '-m', mode], () => undefined)
}
