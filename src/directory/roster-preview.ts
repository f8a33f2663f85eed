// Keeps a list of students between the page that shows what it would do and the button that does it. The file is kept
// as it came.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { LRUCache } from 'lru-cache'
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import type { Database } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import type { DirectoryDeps } from './directory-deps.js'
import { readRosterFile } from './roster-file.js'
import type { RosterFile } from './roster-file.js'
import { importRead, previewRead } from './import-roster.js'
import type { ImportPreview } from './import-roster.js'
import {
  findImport,
  findKeptRoster,
  forgetExpiredRosters,
  forgetKeptRoster,
  keepRosterFile,
  listImports,
} from './roster-preview-store.js'
import type { DoneImport, KeptRoster } from './roster-preview-store.js'

export type { DoneImport } from './roster-preview-store.js'

const FILES_KEPT = 8

// What was read of a waiting file is kept for its next page and for the button, by the file's own bytes; another
// process reads it again. It is planned anew each time, against what the school has then.
const readFiles = new LRUCache<string, Promise<RosterFile>>({
  max: FILES_KEPT, ttl: LIMITS.rosterPreviewMs, ttlAutopurge: true,
})

function readOnce({ now }: DirectoryDeps, file: Buffer): Promise<RosterFile> {
  const today = vietnamDay(now())
  const key = `${today} ${createHash('sha256').update(file).digest('base64')}`
  const known = readFiles.get(key)
  if (known !== undefined) return known
  const reading = readRosterFile(Readable.from([file]), today)
  readFiles.set(key, reading)
  // What was refused is told again, and so is what was busy.
  reading.catch(() => readFiles.delete(key))
  return reading
}

export interface RosterUpload {
  file: Buffer
  fileName: string
  schoolYear?: string | undefined
  enrolFrom?: Day | undefined
}

/** The id under which the file waits. Throws the refusals of `readRosterFile`: such a file is not kept. */
export async function keepRoster(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  { file, fileName, ...options }: RosterUpload,
): Promise<string> {
  const { result } = await previewRead(deps, actor, schoolId, await readOnce(deps, file), options)
  const { schoolYear, enrolFrom } = result
  const now = deps.now()
  const expiresAt = new Date(now.getTime() + LIMITS.rosterPreviewMs)
  const kept = { id: uuidv7(), actor: actor.name, fileName, file, schoolYear, enrolFrom, expiresAt }
  await deps.db.inSchool(schoolId, (trx) => keepRosterFile(trx, schoolId, kept, now))
  return kept.id
}

export interface KeptPreview extends ImportPreview {
  fileName: string
}

/** Throws `ROSTER_PREVIEW_NOT_FOUND` for a file of somebody else, or one that waited for too long. */
export async function previewKeptRoster(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  id: string,
): Promise<KeptPreview> {
  const { file, fileName, schoolYear, enrolFrom } = await getKept(deps, actor, schoolId, id)
  const preview = await previewRead(deps, actor, schoolId, await readOnce(deps, file), { schoolYear, enrolFrom })
  return { fileName, ...preview }
}

/** Takes the list over; the id of the import. Throws `ROSTER_PREVIEW_NOT_FOUND`. */
export async function takeKeptRoster(
  deps: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  id: string,
): Promise<string> {
  const { file, schoolYear, enrolFrom } = await getKept(deps, actor, schoolId, id)
  const { importId } = await importRead(deps, actor, schoolId, await readOnce(deps, file), { schoolYear, enrolFrom })
  // After the import, in a transaction of its own: to take the same list twice changes nothing.
  await deps.db.inSchool(schoolId, (trx) => forgetKeptRoster(trx, schoolId, id))
  return importId ?? ''
}

async function getKept(
  { db, now }: DirectoryDeps,
  actor: Actor,
  schoolId: string,
  id: string,
): Promise<KeptRoster> {
  const kept = await db.inSchool(schoolId, (trx) =>
    findKeptRoster(trx, schoolId, { id, actor: actor.name, now: now() }),
  )
  if (kept !== undefined) return kept
  throw new DomainError('ROSTER_PREVIEW_NOT_FOUND', 'the list waited for too long, or was taken over: send it again')
}

/** Throws `ROSTER_IMPORT_NOT_FOUND`. */
export async function getImport({ db }: DirectoryDeps, schoolId: string, id: string): Promise<DoneImport> {
  const found = await db.inSchool(schoolId, (trx) => findImport(trx, schoolId, id))
  if (found !== undefined) return found
  throw new DomainError('ROSTER_IMPORT_NOT_FOUND', 'there is no such import in this school')
}

export async function listDoneImports(
  { db }: DirectoryDeps,
  schoolId: string,
  limit: number,
): Promise<DoneImport[]> {
  return db.inSchool(schoolId, (trx) => listImports(trx, schoolId, limit))
}

/** Called from time to time: names of children do not lie about. */
export async function forgetOldPreviews(db: Database): Promise<void> {
  await db.asService(forgetExpiredRosters)
}
