// The working side of a process: the jobs of the queues, and the sweep that does whatever no job did. Every part
// may run in any number of processes at once.
import type { Deps } from './deps.js'
import { foldFacts } from './adoption/fold.js'
import { adoptionFoldHandler } from './adoption/job.js'
import { invoiceRunHandler } from './invoicing/job.js'
import { resumeRuns } from './invoicing/run.js'
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
  // A timer for each: with the queue gone, a long invoice run must not keep payments waiting.
  const sweeps = [
    async () => metrics.sweepClaims.inc(await drainInbox(drain)),
    () => deliverNotices(db),
    () => resumeRuns(deps),
    () => foldFacts(db),
  ].map((work) => startSweep({ log, intervalMs: config.sweepEveryMs, drain: work }))
  return {
    async close() {
      await Promise.all(sweeps.map((sweep) => sweep.close()))
      await workers.close()
    },
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
