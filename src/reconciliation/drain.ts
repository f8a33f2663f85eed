// Works the inbox off: claims due callbacks in a transaction of its own, settles them school by school, and
// isolates a row that throws by halving its batch, so that one bad row can never hold up the others.
import { AssertionError } from 'node:assert/strict'
import { isStorageFailure } from '../db/storage-failure.js'
import { sqlState } from '../db/tenancy.js'
import type { Database } from '../db/tenancy.js'
import { claimDue, findDueShards, handBack, putOffOrPark } from '../banking/work-inbox.js'
import type { Claim, RetryLimits } from '../banking/work-inbox.js'
import type { Log } from '../log.js'
import type { BankTimeLimits } from './bank-time.js'
import type { Failure } from './review-item.js'
import { openItem } from './review-store.js'
import { settleCallbacks } from './settle.js'
import type { Settled } from './settle.js'
import { parkedItem } from './settle-rows.js'

export interface DrainLimits extends RetryLimits, BankTimeLimits {
  batchRows: number
  leaseMs: number
  /** From this attempt on a row runs alone. */
  aloneFromAttempt: number
  /** A row that was claimed this often without failing in words is parked untried. */
  deadlyAttempts: number
}

export interface DrainDeps {
  db: Database
  log: Log
  limits: DrainLimits
  onSettled: (settled: Settled) => void
}

const WORKER_DIED = new Error('the worker died of this row')

/** Settles until nothing of the shard (or, for the sweep, of any) is due. Returns the number of rows worked on. */
export async function drainInbox(deps: DrainDeps, shard?: number): Promise<number> {
  if (shard !== undefined) return drainShard(deps, shard)
  let worked = 0
  for (const due of await findDueShards(deps.db)) worked += await drainShard(deps, due)
  return worked
}

async function drainShard(deps: DrainDeps, shard: number): Promise<number> {
  const { db, limits: { batchRows: limit, leaseMs } } = deps
  let worked = 0
  for (;;) {
    const claims = await claimDue(db, { shard, limit, leaseMs })
    if (claims.length === 0) return worked
    worked += claims.length
    for (const [schoolId, ofSchool] of bySchool(claims)) await settleOrHandBack(deps, schoolId, ofSchool)
  }
}

function bySchool(claims: readonly Claim[]): [string, Claim[]][] {
  const groups = new Map<string, Claim[]>()
  for (const claim of claims) {
    const group = groups.get(claim.school_id)
    if (group) group.push(claim)
    else groups.set(claim.school_id, [claim])
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
}

/**
 * A lock or a time limit of one school is no fault of its rows and no reason to keep other schools waiting: its
 * rows go back untried. Only when the database cannot even take them back does the drain end; then the leases do.
 */
async function settleOrHandBack(deps: DrainDeps, schoolId: string, claims: readonly Claim[]): Promise<void> {
  try {
    await settleSchool(deps, schoolId, claims)
  } catch (error) {
    deps.log.warn({ err: error, schoolId, rows: claims.length }, 'a school could not be settled now; its rows wait')
    await handBack(deps.db, schoolId, claims.map(({ id }) => id), deps.limits.retryBaseMs)
  }
}

async function settleSchool(deps: DrainDeps, schoolId: string, claims: readonly Claim[]): Promise<void> {
  const { aloneFromAttempt, deadlyAttempts } = deps.limits
  const together = claims.filter(({ attempts }) => attempts < aloneFromAttempt)
  if (together.length > 0) await settleOrHalve(deps, schoolId, together)
  for (const claim of claims) {
    if (claim.attempts < aloneFromAttempt) continue
    // A row that was claimed alone again and again and never failed in words: whoever worked on it died of it.
    if (claim.attempts >= deadlyAttempts) await giveBack(deps, schoolId, claim, WORKER_DIED)
    else await settleOrHalve(deps, schoolId, [claim])
  }
}

async function settleOrHalve(deps: DrainDeps, schoolId: string, claims: readonly Claim[]): Promise<void> {
  try {
    const ids = claims.map(({ id }) => id)
    deps.onSettled(await deps.db.inSchoolAsWorker(schoolId,
      (trx) => settleCallbacks(trx, schoolId, ids, deps.limits)))
  } catch (error) {
    // No row is to blame for the storage or for somebody else's lock.
    if (isStorageFailure(error)) throw error
    const [only, ...others] = claims
    if (only === undefined) return
    if (others.length === 0) return await giveBack(deps, schoolId, only, error)
    const half = Math.ceil(claims.length / 2)
    await settleOrHalve(deps, schoolId, claims.slice(0, half))
    await settleOrHalve(deps, schoolId, claims.slice(half))
  }
}

async function giveBack(deps: DrainDeps, schoolId: string, claim: Claim, error: unknown): Promise<void> {
  const { db, limits, log } = deps
  const { id, attempts } = claim
  const reason = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'unknown error'
  log.error({ err: error, schoolId, callbackId: id, attempts }, 'a callback could not be settled')
  await putOffOrPark(db, { ...claim, reason }, limits, (trx) =>
    openItem(trx, schoolId, parkedItem(id, { failure: failureOf(error), reason, attempts })),
  )
}

/** What a person at the desk is told of it; the reason in words is for whoever reads the log or the row. */
function failureOf(error: unknown): Failure {
  if (error === WORKER_DIED) return 'WORKER_DIED'
  if (error instanceof AssertionError) return 'ASSUMPTION_BROKEN'
  return /^[0-9A-Z]{5}$/.test(sqlState(error) ?? '') ? 'DATABASE_REFUSED' : 'UNEXPECTED'
}
