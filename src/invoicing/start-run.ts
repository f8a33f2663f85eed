// Asks for an invoice run: writes the row that says so, then rings. The row is the request; the job only
// makes it start sooner than the sweep would.
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { checkRoundCaps } from '../fees/price-cap-check.js'
import { toPage } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { getOpenRound } from './round.js'
import { findOpenRun, findRun, readRuns } from './run-store.js'
import type { InvoiceRun } from './run-store.js'

/**
 * Throws `ROUND_NOT_FOUND`, `ROUND_CLOSED_CONFLICT`, `PRICE_CAP_EXCEEDED`, or `INVOICE_RUN_EXISTS` while a
 * run of the round is under way.
 */
export async function startRun(
  deps: Pick<Deps, 'db' | 'queues' | 'log'>, actor: Actor, schoolId: string, roundId: string,
): Promise<InvoiceRun> {
  const runId = uuidv7()
  const run = await deps.db.inSchool(schoolId, async (trx) => {
    await checkRoundCaps(trx, schoolId, await getOpenRound(trx, schoolId, roundId))
    const open = await findOpenRun(trx, schoolId, roundId)
    if (open) throw new DomainError('INVOICE_RUN_EXISTS', `run ${open.id} of this round is under way`)
    await recordAudit(trx, {
      actor, action: 'invoice_run.start', objectKind: 'invoice_run', objectId: runId, after: { roundId },
    })
    return trx.insertInto('invoice_run')
      .values({ school_id: schoolId, id: runId, round_id: roundId, actor: actor.name })
      .returningAll().executeTakeFirstOrThrow()
  })
  await deps.queues.add('invoiceRun', { schoolId, runId }, { jobId: runId }).catch((error: unknown) => {
    deps.log.warn({ err: error, runId }, 'the queue is down; the sweep starts this run')
  })
  return run
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
