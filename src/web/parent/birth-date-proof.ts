// Does whoever opened the link know the child? The birth date shows the full name and the payments for half an hour,
// in this browser and for this link alone. It is no login: it opens nothing that the link does not already concern.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Deps } from '../../deps.js'
import type { Day } from '../../time.js'
import type { BillPlace } from './bill.js'
import type { LinkKey } from './link.js'
import { countBirthDateTry, findBirthDate, uncountBirthDateTry } from './queries.js'

export const PROOF_COOKIE = 'child'

const MAC_BYTES = 16
// A class is of one year: with so few tries a day a guesser needs a month.
const TRY_WINDOW_MS = 24 * 60 * 60 * 1_000

export interface ProofOf {
  token: string
  studentId: string
}

/** `<expiry in seconds>.<mac>`: holds without a table, and for no other link or child. */
export function writeProof(secretBox: LinkKey, of: ProofOf, expiresAt: Date): string {
  const seconds = String(Math.floor(expiresAt.getTime() / 1_000))
  return `${seconds}.${macOf(secretBox, of, seconds).toString('base64url')}`
}

export function isProven(secretBox: LinkKey, of: ProofOf, cookie: string | undefined, now: Date): boolean {
  const [seconds = '', mac = ''] = (cookie ?? '').split('.')
  if (!/^\d{1,12}$/.test(seconds) || Number(seconds) * 1_000 <= now.getTime()) return false
  const given = Buffer.from(mac, 'base64url')
  return given.length === MAC_BYTES && timingSafeEqual(given, macOf(secretBox, of, seconds))
}

function macOf(secretBox: LinkKey, { token, studentId }: ProofOf, seconds: string): Buffer {
  const key = secretBox.deriveKey('parent birth date proof v1')
  return createHmac('sha256', key).update(`${token} ${studentId} ${seconds}`).digest().subarray(0, MAC_BYTES)
}

export type BirthDateVerdict = 'right' | 'wrong' | 'too_many'

/** Judges one try and counts it against the child. A child without a known birth date has no right one. */
export async function tryBirthDate(
  { db, config, now }: Pick<Deps, 'db' | 'config' | 'now'>, place: BillPlace, given: Day,
): Promise<BirthDateVerdict> {
  return db.inSchool(place.schoolId, async (trx) => {
    const tried = await countBirthDateTry(trx, place, now(), TRY_WINDOW_MS)
    if (tried > config.birthDateTriesPerDay) return 'too_many'
    if (await findBirthDate(trx, place.schoolId, place.studentId) !== given) return 'wrong'
    await uncountBirthDateTry(trx, place)
    return 'right'
  })
}
