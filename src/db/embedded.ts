// The database when none is configured: a real PostgreSQL whose data lies under DATA_DIR and which lives
// exactly as long as the service. A crash of either, at any moment, must leave nothing that stops the next
// start, and durability (fsync, synchronous_commit) is never lowered here.
import { randomBytes } from 'node:crypto'
import { rename, stat } from 'node:fs/promises'
import path from 'node:path'
import { DomainError } from '../errors.js'
import { findPrivateFile, useDataDir, writePrivateFile } from './data-dir.js'
import { useBinaries } from './embedded-binaries.js'
import { databaseName, hasCluster, prepareCluster, prepareDatabase } from './embedded-cluster.js'
import { lockDataDir } from './embedded-lock.js'
import { choosePlace } from './embedded-place.js'
import { startServer, stopOrphan } from './embedded-server.js'

export interface EmbeddedOptions {
  dataDir: string
  log: { info: (message: string) => void; warn: (message: string) => void }
  /** Server settings on top of the product's own. */
  settings?: Record<string, string>
}

export interface EmbeddedServer {
  /** Superuser: migrations. */
  ownerUrl: string
  /** Login role `service`, without rights of its own. */
  serviceUrl: string
  dataDir: string
  /** One sentence for the operator, when the data is not where DATA_DIR says. */
  note?: string
  stop: () => Promise<void>
}

/** What is remembered from start to start. */
interface Kept {
  home: string
  ownerPassword: string
  servicePassword: string
  port: number | undefined
}

const productSettings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // Short statements only: compiling them costs more than it gives.
  jit: 'off',
}

/**
 * Starts the embedded server of a data folder, making both when missing. Throws DomainError with one
 * sentence for the operator: DATA_DIR_UNUSABLE, DATA_DIR_IN_USE, DATABASE_VERSION, DATABASE_BINARIES,
 * NO_SERVER_USER, DATABASE_INIT_FAILED or DATABASE_START_FAILED.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = await useDataDir(options.dataDir)
  const lock = await lockDataDir(dataDir)
  try {
    const server = await start(dataDir, options)
    return {
      ...server,
      stop: () => server.stop().finally(() => lock.release()),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function start(dataDir: string, { log, settings = {} }: EmbeddedOptions): Promise<EmbeddedServer> {
  const keptFile = path.join(dataDir, 'embedded.json')
  const found = parseKept(keptFile, await findPrivateFile(keptFile))
  const place = await choosePlace(dataDir, found?.home)
  const orphan = await stopOrphan(path.join(place.home, 'pg'))
  if (orphan !== undefined) log.info(`Stopped the database server that an earlier run left behind (process ${orphan}).`)
  if (found === undefined) await setStrangerAside(dataDir, place.home, log.warn)
  const kept = found ?? {
    home: place.home,
    ownerPassword: randomBytes(18).toString('hex'),
    servicePassword: randomBytes(18).toString('hex'),
    port: undefined,
  }
  await writePrivateFile(keptFile, JSON.stringify(kept))

  const binaries = await useBinaries(place.user, place.binariesFolder)
  const pgDir = await prepareCluster({
    home: place.home, user: place.user, binaries, ownerPassword: kept.ownerPassword,
  })
  const server = await startServer({
    home: place.home, pgDir, logFile: path.join(dataDir, 'postgres.log'), user: place.user, binaries,
    port: kept.port, settings: { ...productSettings, ...settings },
  })
  const urlOf = (role: string, password: string) =>
    `postgres://${role}:${password}@127.0.0.1:${server.port}/${databaseName}`
  const ownerUrl = urlOf('owner', kept.ownerPassword)
  try {
    if (server.port !== kept.port) await writePrivateFile(keptFile, JSON.stringify({ ...kept, port: server.port }))
    await prepareDatabase(ownerUrl, kept.servicePassword)
  } catch (error) {
    await server.stop()
    throw error
  }
  server.onLost(() => log.warn('The embedded database ended by itself and could not be started again; ' +
    `restart the service. Its log is ${path.join(dataDir, 'postgres.log')}.`))
  return {
    ownerUrl,
    serviceUrl: urlOf('service', kept.servicePassword),
    dataDir,
    ...(place.note === undefined ? {} : { note: place.note }),
    stop: server.stop,
  }
}

function parseKept(file: string, text: string | undefined): Kept | undefined {
  if (text === undefined) return undefined
  const found: unknown = safelyParsed(text)
  if (typeof found === 'object' && found !== null &&
      'home' in found && typeof found.home === 'string' &&
      'ownerPassword' in found && typeof found.ownerPassword === 'string' &&
      'servicePassword' in found && typeof found.servicePassword === 'string') {
    const port = 'port' in found && typeof found.port === 'number' ? found.port : undefined
    return { home: found.home, ownerPassword: found.ownerPassword, servicePassword: found.servicePassword, port }
  }
  throw new DomainError('DATA_DIR_UNUSABLE',
    `${file} is damaged; put it back from a backup, or set DATA_DIR to another folder.`)
}

function safelyParsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * A cluster whose passwords are gone cannot be opened, and is not ours to delete. Under /var/lib it is what
 * a removed data folder left behind: it is renamed and said. Inside DATA_DIR somebody lost one file.
 */
async function setStrangerAside(dataDir: string, home: string, warn: (message: string) => void): Promise<void> {
  if (!await hasCluster(home)) return
  const pgDir = path.join(home, 'pg')
  if (home === dataDir) {
    throw new DomainError('DATA_DIR_UNUSABLE',
      `${path.join(dataDir, 'embedded.json')} is missing, so the database in ${pgDir} cannot be opened: ` +
      'put that file back, or move the database away to start empty.')
  }
  const { mtimeMs } = await stat(pgDir)
  const aside = `${pgDir}.left-${Math.trunc(mtimeMs)}`
  await rename(pgDir, aside)
  warn(`The database of an earlier ${dataDir} was found and kept as ${aside}; this start begins empty.`)
}
