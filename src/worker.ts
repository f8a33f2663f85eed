// The working side of a process: the jobs of the queues, and the sweep that settles what no doorbell rang for.
// Every part may run in any number of processes at once.
import type { Deps } from './deps.js'
import { foldFacts } from './adoption/fold.js'
import { runInvoices } from './invoicing/run-invoices.js'
import { startSweep } from './queue/sweep.js'
import type { Handlers } from './queue/registry.js'
import { startWorkers } from './queue/workers.js'
import { deliverNotices } from './reconciliation/deliver-notices.js'
import { drainInbox } from './reconciliation/drain.js'
import type { DrainDeps } from './reconciliation/drain.js'

export interface RunningWorker {
  close(): Promise<void>
}

export async function startWorker(deps: Deps): Promise<RunningWorker> {
  const { db, log, queueBackend, config, metrics } = deps
  const drain = drainDeps(deps)
  const handlers: Handlers = [
    { queue: 'inbox', handle: async ({ shard }) => void (await drainInbox(drain, shard)) },
    { queue: 'invoiceRun', handle: ({ schoolId, runId }) => runInvoices(deps, schoolId, runId) },
    { queue: 'adoptionFold', handle: async () => void (await foldFacts(db)) },
  ]
  const workers = await startWorkers(queueBackend, handlers, log)
  const sweep = startSweep({
    log,
    intervalMs: config.sweepEveryMs,
    drain: async () => {
      metrics.sweepClaims.inc(await drainInbox(drain))
      await deliverNotices(db)
      await foldFacts(db)
    },
  })
  return {
    async close() {
      await sweep.close()
      await workers.close()
    },
  }
}

export function drainDeps({ db, log, config, metrics, queues }: Deps): DrainDeps {
  return {
    db,
    log,
    limits: {
      batchRows: config.postingBatchRows,
      leaseMs: config.leaseMs,
      aloneFromAttempt: config.aloneFromAttempt,
      maxAttempts: config.maxAttempts,
      retryBaseMs: config.retryBaseMs,
      retryMaxMs: config.retryMaxMs,
    },
    onSettled({ posted, reviews }) {
      metrics.postedTransactions.inc(posted)
      for (const reason of reviews) metrics.reviewItems.inc({ reason })
      // Losing this ring costs nothing: the sweep folds too, and figures read unfolded rows as well.
      if (posted > 0) queues.add('adoptionFold', {}, { jobId: 'fold' }).catch(() => undefined)
    },
  }
}
