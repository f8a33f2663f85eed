// The database server of a test run, in a folder of its own that is removed with it. It must not import tap,
// which would take the test runner for a test file and end it after its time-out.
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbedded } from '../../src/db/embedded.js'
import type { EmbeddedServer } from '../../src/db/embedded.js'

const MEMORY = '/dev/shm'
const ROOM_BYTES = 2 * 2 ** 30
/** Keeps the log of what was written within the room in memory. */
const SETTINGS = { max_connections: '300', max_wal_size: '256MB' }

/** A temporary data folder and an embedded server in it, with the product's own durability. */
export async function startThrowawayServer(): Promise<EmbeddedServer> {
  const dataDir = await mkdtemp(path.join(await quickFolder(), 'school-fees-test-'))
  // As root the server runs as another user, who has to pass through.
  await chmod(dataDir, 0o711)
  const remove = () => rm(dataDir, { recursive: true, force: true })
  try {
    const log = { info: () => undefined, warn: console.error }
    const server = await startEmbedded({ dataDir, log, settings: SETTINGS })
    return { ...server, stop: () => server.stop().finally(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}

/**
 * In memory where there is room. A cloned database is 700 files, and whenever one is dropped the server waits until the
 * disk has those of all others: 1 to 13 s each time on a busy disk, nothing in memory.
 */
async function quickFolder(): Promise<string> {
  const freeBytes = await statfs(MEMORY).then(({ bavail, bsize }) => bavail * bsize, () => 0)
  return freeBytes >= ROOM_BYTES ? MEMORY : tmpdir()
}
