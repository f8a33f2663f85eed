// The command line's `verify`: finds the database that the service uses, checks it, prints the lines. On the
// embedded default it joins a service that is running, and else starts the database for as long as the checks
// take.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../config.js'
import { startEmbedded } from '../db/embedded.js'
import { databaseName } from '../db/embedded-cluster.js'
import { DomainError } from '../errors.js'
import { explain } from '../runtime.js'
import { reportLines } from './report-lines.js'
import { verifyDatabase } from './verify.js'

/** Prints with `print` and answers whether every promise holds. */
export async function runVerify(config: Config, print: (line: string) => void): Promise<boolean> {
  const ground = await openGround(config)
  try {
    const reports = await verifyDatabase(ground.ownerUrl, {
      onReport: (report) => { for (const line of reportLines(report)) print(line) },
    })
    return reports.every(({ ok }) => ok)
  } catch (error) {
    throw explain(error, 'DATABASE_OWNER_URL')
  } finally {
    await ground.close()
  }
}

interface Ground {
  ownerUrl: string
  close: () => Promise<void>
}

async function openGround({ databaseOwnerUrl, dataDir }: Config): Promise<Ground> {
  if (databaseOwnerUrl !== undefined) return { ownerUrl: databaseOwnerUrl, close: async () => undefined }
  try {
    const log = { info: () => undefined, warn: () => undefined }
    const { ownerUrl, stop } = await startEmbedded({ dataDir, log })
    return { ownerUrl, close: stop }
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'DATA_DIR_IN_USE') throw error
    return { ownerUrl: await findRunning(dataDir, error), close: async () => undefined }
  }
}

/** The owner's way into the server of a running service; what embedded.ts keeps says where it listens. */
async function findRunning(dataDir: string, inUse: DomainError): Promise<string> {
  const kept: unknown = JSON.parse(await readFile(path.join(dataDir, 'embedded.json'), 'utf8'))
  if (typeof kept === 'object' && kept !== null && 'ownerPassword' in kept && 'port' in kept &&
      typeof kept.ownerPassword === 'string' && typeof kept.port === 'number') {
    return `postgres://owner:${kept.ownerPassword}@127.0.0.1:${kept.port}/${databaseName}`
  }
  throw inUse
}
