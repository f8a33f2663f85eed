// Is a process alive, and is it the one that was meant? Process ids are reused, so every question here
// compares something that a stranger with the same number does not have. It never signals anybody.
import { execFile } from 'node:child_process'
import { readFile, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { systemCode } from './data-dir.js'

const run = promisify(execFile)

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

/**
 * When a process began, as the system tells it (any stable text), or '' where the system does not tell. One that was
 * killed stays in the list until its parent asks for it, which in a container may be never: it began at no time.
 */
export async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in brackets and may hold spaces; field 3 is the state, 22 the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'ended' : fields[19] ?? ''
  } catch {
    return await run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(({ stdout }) => stdout.trim(), () => '')
  }
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
