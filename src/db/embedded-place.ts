// As which OS user does the embedded server run, and where does its data lie? PostgreSQL refuses to run as
// root, so root hands it to an unprivileged user; what that user cannot reach lies under /var/lib instead.
// It creates no OS user and changes no permission of a folder that it did not make.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, chown, mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { DomainError } from '../errors.js'

const run = promisify(execFile)
const sharedFolder = '/var/lib/school-fees'

/** The ids to spawn with; undefined means as the service itself. */
export interface OsUser {
  uid: number
  gid: number
}

export interface Place {
  /** The folder that holds `pg` (the cluster) and its drafts. */
  home: string
  user: OsUser | undefined
  /** Where a copy of the programs goes when the server cannot reach the installed ones. */
  binariesFolder: string
  note?: string
}

/** Chooses the place for a data folder; `rememberedHome` is where an earlier start put the cluster. */
export async function choosePlace(dataDir: string, rememberedHome: string | undefined): Promise<Place> {
  if (process.getuid?.() !== 0) {
    await refuseForeignCluster(rememberedHome ?? dataDir)
    return { home: rememberedHome ?? dataDir, user: undefined, binariesFolder: dataDir }
  }
  const user = await ownerOf(path.join(rememberedHome ?? dataDir, 'pg')) ?? await findServerUser()
  const isElsewhere = rememberedHome !== undefined && rememberedHome !== dataDir
  if (!isElsewhere && await canReach(dataDir, user)) {
    return { home: dataDir, user, binariesFolder: dataDir }
  }
  const home = rememberedHome !== undefined && isElsewhere ? rememberedHome
    : path.join(sharedFolder, createHash('sha256').update(dataDir).digest('hex').slice(0, 16))
  await makeShared(home)
  const note = `Running as root: the database server runs as OS user ${user.uid}, which cannot reach ${dataDir}; ` +
    `its data is under ${home}.`
  return { home, user, binariesFolder: sharedFolder, note }
}

/** Makes a folder for the server's user, not readable by the rest. */
export async function makeServerFolder(folder: string, user: OsUser | undefined): Promise<void> {
  await mkdir(folder, { mode: 0o700 })
  if (user !== undefined) await chown(folder, user.uid, user.gid)
}

async function makeShared(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true })
  if (made !== undefined) for (const dir of [sharedFolder, folder]) await chmod(dir, 0o711)
}

async function refuseForeignCluster(home: string): Promise<void> {
  const pgDir = path.join(home, 'pg')
  const owner = await stat(pgDir).then((found) => found.uid, () => undefined)
  if (owner === undefined || owner === process.getuid?.()) return
  throw new DomainError('DATA_DIR_UNUSABLE',
    `The database in ${pgDir} belongs to another OS user (${owner}): start as that user or as root, ` +
    'or set DATA_DIR to another folder.')
}

/** A cluster that exists keeps its owner: PostgreSQL insists on it. */
async function ownerOf(pgDir: string): Promise<OsUser | undefined> {
  const found = await stat(pgDir).catch(() => undefined)
  return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid }
}

async function findServerUser(): Promise<OsUser> {
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined)
    if (ids !== undefined) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) }
  }
  throw new DomainError('NO_SERVER_USER',
    'PostgreSQL does not run as root and there is no OS user "postgres" or "nobody": ' +
    'start the service as an ordinary user, or set DATABASE_URL.')
}

/** Asked by trying it as that user, because permission bits do not tell the whole story (ACLs, mounts). */
async function canReach(folder: string, user: OsUser): Promise<boolean> {
  return await run('/bin/sh', ['-c', 'cd "$0"', folder], { cwd: '/', ...user }).then(() => true, () => false)
}
