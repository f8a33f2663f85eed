// Does another live service use this data folder? A lock file names its owner by host, pid and start time;
// the owner touches it every 2 s, which is all that a service in another container can see of it.
// A lock whose owner is gone is taken over without a question, a live one is never broken.
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DomainError } from '../errors.js'
import { systemCode } from './data-dir.js'
import { isAlive, startOf } from './embedded-process.js'

const beatMs = 2_000
const silenceMs = 7_000
const attempts = 20

/** How long a service that was killed may take to be gone: its supervisor starts the next one at once. */
const dyingMs = 2_000
const dyingPollMs = 50

export interface DataDirLock {
  release: () => Promise<void>
}

/** Takes the lock of a data folder. Throws DATA_DIR_IN_USE, naming the pid, when a live service holds it. */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const file = path.join(dataDir, 'service.lock')
  const own = `${hostname()} ${process.pid} ${await startOf(process.pid)}\n`
  const deadline = Date.now() + dyingMs
  for (let attempt = 0; attempt < attempts;) {
    if (await create(file, own)) return hold(file, own)
    const found = await readFile(file, 'utf8').catch(() => undefined)
    if (found !== undefined && await isHeld(file, found)) {
      if (Date.now() < deadline) {
        await delay(dyingPollMs)
        continue
      }
      throw new DomainError('DATA_DIR_IN_USE',
        `DATA_DIR ${dataDir} is in use by another running service (process ${found.split(' ')[1] ?? '?'}). ` +
        'Stop that one, or start this one with another DATA_DIR.')
    }
    attempt++
    if (found !== undefined) await remove(file, found)
  }
  throw new DomainError('DATA_DIR_IN_USE', `The lock file ${file} keeps changing hands; try again.`)
}

async function create(file: string, own: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(own).finally(() => handle.close())
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

async function isHeld(file: string, text: string): Promise<boolean> {
  const [host, pidText, ...start] = text.trim().split(' ')
  const pid = Number(pidText)
  // An owner that has just made the file has not written its name yet; another host's pid says nothing.
  if (host !== hostname() || !Number.isInteger(pid)) return await beats(file)
  if (!isAlive(pid)) return false
  const startedAt = await startOf(pid)
  return startedAt === '' || startedAt === start.join(' ')
}

async function beats(file: string): Promise<boolean> {
  const touchedAt = () => stat(file).then((found) => found.mtimeMs, () => 0)
  const before = await touchedAt()
  await delay(silenceMs)
  return await touchedAt() > before
}

/** Removes a stale lock, but gives it back when somebody else has replaced it since it was read. */
async function remove(file: string, judged: string): Promise<void> {
  const aside = `${file}.${process.pid}`
  try {
    await rename(file, aside)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  if (await readFile(aside, 'utf8') === judged) await rm(aside, { force: true })
  else await rename(aside, file)
}

function hold(file: string, own: string): DataDirLock {
  const beat = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => undefined)
  }, beatMs)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      const found = await readFile(file, 'utf8').catch(() => undefined)
      if (found === own) await rm(file, { force: true })
    },
  }
}
