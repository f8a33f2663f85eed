// The whole application where a browser can reach it, with a database of its own; payments are settled when the
// test says so, so that it can look at the page before and after.
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { runInvoices } from '../../src/invoicing/run.js'
import { drainDepsOf } from '../../src/worker.js'
import { buildTestApp } from './app.js'
import type { TestApp, TestAppOptions } from './app.js'
import { findBroken } from './promises.js'

export interface Site extends TestApp {
  /** `http://127.0.0.1:<port>` */
  url: string
  /** Posts every call of a bank that was acknowledged. */
  settle: () => Promise<void>
  /** Runs the invoice runs that pages have started. */
  issue: (schoolId: string) => Promise<void>
}

export async function openSite(t: Test, options: TestAppOptions = {}): Promise<Site> {
  const world = await buildTestApp(t, options)
  await world.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = world.app.server.address() as AddressInfo
  return {
    ...world,
    url: `http://127.0.0.1:${port}`,
    settle: async () => { await drainInbox(drainDepsOf(world.deps)) },
    issue: async (schoolId) => {
      const queued = await world.db.inSchool(schoolId, (trx) => trx.selectFrom('invoice_run').select('id')
        .where('school_id', '=', schoolId).where('state', '=', 'queued').execute())
      for (const { id } of queued) await runInvoices(world.deps, schoolId, id)
    },
  }
}

/** For the middle of a test: at its end every database is verified anyway (database.ts). */
export async function assertPromises(t: Test, { database }: Pick<Site, 'database'>): Promise<void> {
  t.same(await findBroken(database.ownerUrl), [], 'every promise holds')
}
