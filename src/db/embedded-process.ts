// Is a process alive, and is it the one that was meant? Process ids are reused, so every question here
// compares something that a stranger with the same number does not have. It never signals anybody.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { systemCode } from './data-dir.js'

const run = promisify(execFile)

/**
 * False also for one that has ended and whose parent has not yet asked for it: in a container without an init nobody
 * ever will, and it holds nothing any more.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false
  }
  return !ENDED_STATES.has(procStat(pid)?.[0] ?? '')
}

/** Zombie, dead (proc(5), field 3 of stat). */
const ENDED_STATES: ReadonlySet<string> = new Set(['Z', 'X'])

/** The fields of /proc/<pid>/stat from the third on; the second is a name in brackets that may hold spaces. */
function procStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}

/** When a process began, as the system tells it (any stable text), or '' where the system does not tell. */
export async function startOf(pid: number): Promise<string> {
  const startedAt = procStat(pid)?.[19]
  if (startedAt !== undefined) return startedAt
  return await run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(({ stdout }) => stdout.trim(), () => '')
}

/** The pid and state that a PostgreSQL server wrote into its data folder, or undefined when it wrote none. */
export async function findPostmaster(pgDir: string): Promise<{ pid: number; ready: boolean } | undefined> {
  const text = await readFile(path.join(pgDir, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[0])
  return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined
}

/** Whether a live process is the PostgreSQL server of this data folder. */
export async function isServerOf(pid: number, pgDir: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === 'win32') {
    const { stdout } = await run('tasklist', ['/FI', `PID eq ${pid}`, '/NH']).catch(() => ({ stdout: '' }))
    return stdout.toLowerCase().includes('postgres.exe')
  }
  const folder = await realpath(pgDir)
  if (process.platform === 'linux') {
    // A server works inside its data folder. A process that hides its folder is not ours: ours run as a
    // user whom we can read.
    return await readlink(`/proc/${pid}/cwd`).then((cwd) => cwd === folder, () => false)
  }
  const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return stdout.includes(folder) || stdout.includes(pgDir)
}

/** Waits until a condition holds; false when it did not within the time. */
export async function holdsWithin(timeoutMs: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (!await holds()) {
    if (Date.now() >= deadline) return false
    await delay(25)
  }
  return true
}
