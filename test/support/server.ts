// The database server of a test run, in a folder of its own that is removed with it. It must not import tap,
// which would take the test runner for a test file and end it after its time-out.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startEmbedded } from '../../src/db/embedded.js'
import type { EmbeddedServer } from '../../src/db/embedded.js'

/** A temporary data folder and an embedded server in it, with the product's own durability. */
export async function startThrowawayServer(): Promise<EmbeddedServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'school-fees-test-'))
  // As root the server runs as another user, who has to pass through.
  await chmod(dataDir, 0o711)
  const remove = () => rm(dataDir, { recursive: true, force: true })
  try {
    const log = { info: () => undefined, warn: console.error }
    const server = await startEmbedded({ dataDir, log, settings: { max_connections: '300' } })
    return { ...server, stop: () => server.stop().finally(remove) }
  } catch (error) {
    await remove()
    throw error
  }
}
