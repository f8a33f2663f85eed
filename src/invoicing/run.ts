// Drives an invoice run from wherever it stands to its end. Each chunk of students is one transaction that
// also moves the run's own row, so a runner killed at any moment loses at most the chunk it was in, and a
// second runner or a second run of the same round changes nothing.
import type { Deps } from '../deps.js'
import { isStorageFailure } from '../db/storage-failure.js'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { findRoundBreaches } from '../fees/price-cap-check.js'
import { breachError } from '../fees/price-cap.js'
import { countableDay } from '../reconciliation/source.js'
import { vietnamDay } from '../time.js'
import { billStudents, shownBefore } from './bill.js'
import { findWhyNobody, nobodyText } from './nobody.js'
import { getRound } from './round.js'
import type { Round } from './round.js'
import {
  addProgress, claimRun, countStudents, findRun, findWaitingRuns, finishRun, lockNextStudents, releaseLease,
  renewLease
} from './run-store.js'
import type { InvoiceRun } from './run-store.js'

export type RunDeps = Pick<Deps, 'db' | 'now'>

/** `busy`: another runner holds the lease; when it dies, `resumeRuns` goes on. */
export type RunOutcome = { outcome: 'done' | 'failed'; run: InvoiceRun } | { outcome: 'busy' }

export interface RunLimits {
  /** Students in one transaction: large enough to be set-based, small enough to show progress. */
  chunkStudents: number
  /** A chunk takes well under a second; a runner that is silent for this long is gone. */
  leaseMs: number
}
export const RUN_LIMITS: RunLimits = { chunkStudents: 2_000, leaseMs: 20_000 }

/** Runs to the end and tells `onProgress` after every chunk. Throws `INVOICE_RUN_NOT_FOUND`. */
export async function runInvoices(
  deps: RunDeps, schoolId: string, runId: string, onProgress: (run: InvoiceRun) => void = () => undefined,
  limits: RunLimits = RUN_LIMITS,
): Promise<RunOutcome> {
  let held = leaseFrom(deps.now(), limits)
  const claimed = await claim(deps, schoolId, runId, held)
  if (claimed.outcome !== 'claimed') return claimed
  try {
    for (;;) {
      const leaseUntil = leaseFrom(deps.now(), limits)
      const chunk = deps.db.inSchoolAsWorker(schoolId, async (trx) => {
        const renewed = await renewLease(trx, { schoolId, runId, held, leaseUntil })
        return renewed && billNextChunk(trx, deps, renewed, limits)
      })
      const run = await chunk.catch((error: unknown) => failOrThrow(deps, schoolId, runId, error))
      if (!run) return { outcome: 'busy' }
      onProgress(run)
      if (run.state === 'done') return { outcome: 'done', run }
      held = leaseUntil
    }
  } catch (error) {
    await giveBack(deps, schoolId, runId, held)
    throw error
  }
}

/** What the data itself makes fail would fail for ever, and an open run blocks its round. */
async function failOrThrow(deps: RunDeps, schoolId: string, runId: string, error: unknown): Promise<never> {
  if (isStorageFailure(error)) throw error
  const failure = `UNEXPECTED: ${error instanceof Error ? error.message.slice(0, 300) : 'unknown error'}`
  await deps.db.inSchoolAsWorker(schoolId, async (trx) => {
    const run = await findRun(trx, schoolId, runId)
    if (run?.state === 'running') await finishRun(trx, run, { now: deps.now(), failure })
  })
  throw error
}

function leaseFrom(now: Date, limits: RunLimits): Date {
  return new Date(now.getTime() + limits.leaseMs)
}

/** Caps are asked again: one may have been added since the plan was written. */
async function claim(
  deps: RunDeps, schoolId: string, runId: string, leaseUntil: Date,
): Promise<RunOutcome | { outcome: 'claimed' }> {
  const now = deps.now()
  return deps.db.inSchoolAsWorker(schoolId, async (trx) => {
    const run = await claimRun(trx, { schoolId, runId, now, leaseUntil })
    if (!run) return settled(await findRun(trx, schoolId, runId))
    const round = await getRound(trx, schoolId, run.round_id)
    const failure = await findRefusal(trx, schoolId, round)
    if (failure !== undefined) return { outcome: 'failed', run: await finishRun(trx, run, { now, failure }) }
    if (run.after_student_id === null) await countStudents(trx, run, round.schoolYear)
    return { outcome: 'claimed' }
  })
}

function settled(run: InvoiceRun | undefined): RunOutcome {
  if (!run) throw new DomainError('INVOICE_RUN_NOT_FOUND', 'this school has no such invoice run')
  return run.state === 'done' || run.state === 'failed' ? { outcome: run.state, run } : { outcome: 'busy' }
}

async function findRefusal(trx: Trx, schoolId: string, round: Round): Promise<string | undefined> {
  if (round.state === 'closed') return 'the round was closed'
  const [first] = await findRoundBreaches(trx, schoolId, round)
  return first && `PRICE_CAP_EXCEEDED: ${breachError(first).reason}`
}

async function billNextChunk(
  trx: Trx, deps: RunDeps, run: InvoiceRun, limits: RunLimits,
): Promise<InvoiceRun> {
  const now = deps.now()
  const schoolId = run.school_id
  const round = await getRound(trx, schoolId, run.round_id)
  const chunk = await lockNextStudents(trx, run, round.schoolYear, limits.chunkStudents)
  const today = vietnamDay(now)
  if (!chunk) {
    const nobody = run.issued_count > 0 ? undefined
      : await findWhyNobody(trx, { ...round, schoolId, issueOn: today, slice: { kind: 'all' } }, run.unchanged_count)
    return finishRun(trx, run, { now, failure: null, ...(nobody && { nobody: nobodyText(nobody) }) })
  }
  const countedOn = await countableDay(trx, schoolId, today)
  const issuing = { ...round, schoolId, runId: run.id, actor: run.actor, today, countedOn }
  const counts = await billStudents(trx, issuing, {
    kind: 'range', afterStudentId: run.after_student_id, throughStudentId: chunk.lastStudentId,
  }, shownBefore({ schoolId, runId: run.id }))
  return addProgress(trx, run, chunk, counts)
}

/** Best effort: without it the next runner only waits for the lease to run out. */
async function giveBack(deps: RunDeps, schoolId: string, runId: string, held: Date): Promise<void> {
  const lease = { schoolId, runId, held, now: deps.now() }
  await deps.db.inSchoolAsWorker(schoolId, (trx) => releaseLease(trx, lease))
    .catch(() => undefined)
}

/**
 * Goes on with every run that waits for no living runner: for the sweep, whether a job came or not. A run that
 * fails does not keep the others waiting; what the first failure said is thrown at the end.
 */
export async function resumeRuns(deps: RunDeps): Promise<number> {
  const waiting = await findWaitingRuns(deps.db, deps.now())
  const failures: unknown[] = []
  for (const { schoolId, runId } of waiting) {
    await runInvoices(deps, schoolId, runId).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
  return waiting.length
}
