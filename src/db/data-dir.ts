// Which small files does the service keep under DATA_DIR, and is that folder usable at all? Everything
// here is private to the OS user (0600) and written whole or not at all. It must never log a secret.
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises'
import path from 'node:path'
import { DomainError } from '../errors.js'

/** The code of a system error (`ENOENT`, …), or undefined for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/**
 * Makes the data folder when it is missing and returns its absolute path.
 * Throws DATA_DIR_UNUSABLE when it is a file, or when this user may not write there.
 */
export async function useDataDir(dataDir: string): Promise<string> {
  const dir = path.resolve(dataDir)
  try {
    const made = await mkdir(dir, { recursive: true })
    // Others may pass through but not list: as root, the server's own OS user has to reach its folder.
    if (made !== undefined) await chmod(dir, 0o711)
    const probe = path.join(dir, `.write-test-${process.pid}`)
    await (await open(probe, 'w', 0o600)).close()
    await unlink(probe)
    return dir
  } catch (error) {
    throw new DomainError('DATA_DIR_UNUSABLE', await whyUnusable(dir, systemCode(error)))
  }
}

async function whyUnusable(dir: string, code: string | undefined): Promise<string> {
  const isFile = await stat(dir).then((found) => !found.isDirectory(), () => code === 'ENOTDIR')
  const reason = isFile ? 'it is not a folder'
    : code === 'EACCES' || code === 'EPERM' ? 'this user may not write there'
    : code === 'EROFS' ? 'its disk is read-only'
    : code === 'ENOSPC' ? 'its disk is full'
    : `it cannot be written (${code ?? 'unknown error'})`
  return `DATA_DIR ${dir} cannot be used: ${reason}. Set DATA_DIR to a folder this user can write.`
}

/** The text of a private file, or undefined when there is none. */
export async function findPrivateFile(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new DomainError('DATA_DIR_UNUSABLE',
      `${file} cannot be read by this user (${systemCode(error) ?? 'unknown error'}). ` +
      'Run as the user who made it, or set DATA_DIR to another folder.')
  }
}

/** Replaces a private file in one step, so that a crash leaves the old text or the new one. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}

/** The key that encrypts secrets at rest on the embedded default: 32 bytes as base64, made once and kept. */
export async function secretKey(dataDir: string): Promise<string> {
  const file = path.join(await useDataDir(dataDir), 'secret-key')
  const kept = await findPrivateFile(file)
  if (kept !== undefined) return kept.trim()
  const made = randomBytes(32).toString('base64')
  await writePrivateFile(file, `${made}\n`)
  return made
}
