// How workers take callbacks out of the inbox: a claim in a transaction of its own, and what becomes of a row
// that could not be settled. Money is none of its business.
import type { Database, Trx } from '../db/tenancy.js'
import { claimCallbacks, park, putOff, readDueShards, returnClaims } from './inbox-store.js'
import type { Claim } from './inbox-store.js'

export type { Claim } from './inbox-store.js'

export interface RetryLimits {
  /** After this many attempts a row is parked in review. */
  maxAttempts: number
  retryBaseMs: number
  retryMaxMs: number
}

/** The shards in which something is due, for the sweep. */
export function findDueShards(db: Database): Promise<number[]> {
  return db.asWorker(readDueShards)
}

/** Claims due callbacks of a shard for `leaseMs`. */
export function claimDue(
  db: Database,
  options: { shard: number; limit: number; leaseMs: number },
): Promise<Claim[]> {
  return db.asWorker((trx) => claimCallbacks(trx, options))
}

/** Gives claimed rows of a school back untried: the attempt does not count. */
export async function handBack(db: Database, schoolId: string, ids: readonly string[], delayMs: number): Promise<void> {
  await db.inSchoolAsWorker(schoolId, (trx) => returnClaims(trx, schoolId, ids, delayMs))
}

/** Tries a row again later, at doubling intervals with jitter, or gives it to a person: `onPark` writes why. */
export async function putOffOrPark(
  db: Database,
  failed: Claim & { reason: string },
  limits: RetryLimits,
  onPark: (trx: Trx) => Promise<unknown>,
): Promise<void> {
  const { school_id: schoolId, id, attempts, reason } = failed
  await db.inSchoolAsWorker(schoolId, async (trx) => {
    if (attempts >= limits.maxAttempts) {
      // Another worker may have settled it meanwhile: then there is nothing to review.
      if (await park(trx, { schoolId, id, reason })) await onPark(trx)
      return
    }
    const delayMs = Math.min(limits.retryMaxMs, limits.retryBaseMs * 2 ** attempts) * (0.75 + Math.random() / 2)
    await putOff(trx, { schoolId, id, delayMs, reason })
  })
}
