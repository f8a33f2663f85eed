// Asks for an invoice run: writes the row that says so, then rings. The row is the request; the job only
// makes it start sooner than the sweep would.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { checkRoundCaps } from '../fees/price-cap-check.js'
import { toPage } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { stagePlan } from './plan.js'
import { readPreview } from './preview.js'
import { lockOpenRound } from './round.js'
import type { Round } from './round.js'
import { findOpenRun, findRun, insertWithdrawals, readRuns } from './run-store.js'
import type { InvoiceRun } from './run-store.js'

export interface RunRequest {
  /** The mark of the preview that somebody has looked at: the run comes to that, or is refused. */
  previewed?: string | undefined
  /** Bills that may be cancelled although there is money on them; those without need no word of their own. */
  withdraw?: readonly string[] | undefined
}

/**
 * Throws `ROUND_NOT_FOUND`, `ROUND_CLOSED_CONFLICT`, `PRICE_CAP_EXCEEDED`, `INVOICE_RUN_EXISTS` while a run of the
 * round is under way, and `RUN_PREVIEW_CONFLICT` when it would not come to what was seen, or not cancel what it is
 * told to.
 */
export async function startRun(
  deps: Pick<Deps, 'db' | 'queues' | 'log' | 'now'>, actor: Actor, schoolId: string, roundId: string,
  { previewed, withdraw = [] }: RunRequest = {},
): Promise<InvoiceRun> {
  const runId = uuidv7()
  const run = await deps.db.inSchool(schoolId, async (trx) => {
    // From here on no plan is saved before the run is there, and none after that until it is done.
    const round = await lockOpenRound(trx, schoolId, roundId)
    await checkRoundCaps(trx, schoolId, round)
    const open = await findOpenRun(trx, schoolId, roundId)
    if (open) throw new DomainError('INVOICE_RUN_EXISTS', `run ${open.id} of this round is under way`)
    await stageAsSeen(trx, schoolId, round, { today: vietnamDay(deps.now()), previewed })
    await recordAudit(trx, {
      actor, action: 'invoice_run.start', objectKind: 'invoice_run', objectId: runId,
      after: { roundId, ...(withdraw.length > 0 && { withdraw }) },
    })
    const started = await trx.insertInto('invoice_run')
      .values({ school_id: schoolId, id: runId, round_id: roundId, actor: actor.name })
      .returningAll().executeTakeFirstOrThrow()
    const allowed = await insertWithdrawals(trx, { schoolId, runId, named: withdraw })
    const strange = withdraw.find((id) => !allowed.includes(id))
    if (strange !== undefined) throw changedSince(`this run would not cancel the bill ${strange}`)
    return started
  })
  await deps.queues.add('invoiceRun', { schoolId, runId }, { jobId: runId }).catch((error: unknown) => {
    deps.log.warn({ err: error, runId }, 'the queue is down; the sweep starts this run')
  })
  return run
}

/** Stages the plan of the whole round for this transaction. Throws `RUN_PREVIEW_CONFLICT`. */
async function stageAsSeen(
  trx: Trx, schoolId: string, round: Round, seen: { today: Day; previewed: string | undefined },
): Promise<void> {
  const { today, previewed } = seen
  if (previewed === undefined) return stagePlan(trx, { ...round, schoolId, issueOn: today, slice: { kind: 'all' } })
  const { mark } = await readPreview(trx, schoolId, round, today)
  if (mark !== previewed) throw changedSince('the round has changed since its preview was made')
}

function changedSince(what: string): DomainError {
  return new DomainError('RUN_PREVIEW_CONFLICT', `${what}: look at the preview again`)
}

/** Throws `INVOICE_RUN_NOT_FOUND`. */
export async function getRun(deps: Pick<Deps, 'db'>, schoolId: string, runId: string): Promise<InvoiceRun> {
  const run = await deps.db.inSchool(schoolId, (trx) => findRun(trx, schoolId, runId))
  if (!run) throw new DomainError('INVOICE_RUN_NOT_FOUND', 'this school has no such invoice run')
  return run
}

export interface RunListQuery {
  roundId?: string | undefined
  beforeId?: string | undefined
  limit?: number | undefined
}

/** Newest first. */
export async function listRuns(
  deps: Pick<Deps, 'db'>, schoolId: string, { limit = LIMITS.pageSizeDefault, ...filter }: RunListQuery,
): Promise<{ items: InvoiceRun[]; nextCursor: string | null }> {
  const rows = await deps.db.inSchool(schoolId, (trx) => readRuns(trx, schoolId, { ...filter, limit: limit + 1 }))
  return toPage(rows, limit, ({ id }) => [id])
}
