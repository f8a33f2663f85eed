// The queue's side of an invoice run. The job names the run and carries nothing; repeating it is harmless.
import type { Handler } from '../queue/registry.js'
import { runInvoices } from './run.js'
import type { RunDeps } from './run.js'

export function invoiceRunHandler(deps: RunDeps): Handler<'invoiceRun'> {
  return {
    queue: 'invoiceRun',
    async handle({ schoolId, runId }) {
      await runInvoices(deps, schoolId, runId)
    },
  }
}
