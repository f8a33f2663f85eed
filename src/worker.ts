// The working side of a process: the jobs of the queues, and the sweep that does whatever no job did. Every part
// may run in any number of processes at once.
import type { Deps } from './deps.js'
import { foldFacts } from './adoption/fold.js'
import { adoptionFoldHandler } from './adoption/job.js'
import { invoiceRunHandler } from './invoicing/job.js'
import { resumeRuns } from './invoicing/run.js'
import type { Log } from './log.js'
import { startSweep } from './queue/sweep.js'
import { startWorkers } from './queue/workers.js'
import { deliverNotices } from './reconciliation/deliver-notices.js'
import { drainInbox } from './reconciliation/drain.js'
import type { DrainDeps } from './reconciliation/drain.js'
import { inboxHandler } from './reconciliation/job.js'

export interface RunningWorker {
  close(): Promise<void>
}

export async function startWorker(deps: Deps): Promise<RunningWorker> {
  const { db, log, queueBackend, config, metrics } = deps
  const drain = drainDepsOf(deps)
  const handlers = [inboxHandler(drain), invoiceRunHandler(deps), adoptionFoldHandler(deps)]
  const workers = await startWorkers(queueBackend, handlers, log)
  const sweep = startSweep({
    log,
    intervalMs: config.sweepEveryMs,
    drain: async () => {
      await eachByItself(log, {
        'settling the inbox': async () => metrics.sweepClaims.inc(await drainInbox(drain)),
        'delivering notices': () => deliverNotices(db),
        'resuming invoice runs': () => resumeRuns(deps),
        'folding adoption facts': () => foldFacts(db),
      })
    },
  })
  return {
    async close() {
      await sweep.close()
      await workers.close()
    },
  }
}

/** What fails in one part of a sweep is tried again in the next, and holds up none of the other parts. */
async function eachByItself(log: Log, parts: Record<string, () => Promise<unknown>>): Promise<void> {
  for (const [what, work] of Object.entries(parts)) {
    await work().catch((error: unknown) => log.error({ err: error }, `${what} failed; the next sweep tries again`))
  }
}

export function drainDepsOf({ db, log, config, metrics, queues }: Deps): DrainDeps {
  return {
    db,
    log,
    limits: { ...config, batchRows: config.postingBatchRows },
    onSettled({ posted, reviews }) {
      metrics.postedTransactions.inc(posted)
      for (const reason of reviews) metrics.reviewItems.inc({ reason })
      // Losing this job costs nothing: the sweep folds too, and figures read unfolded facts as well.
      if (posted > 0) queues.add('adoptionFold', {}, { jobId: 'fold' }).catch(() => undefined)
    },
  }
}
