// A billable school behind the desk's pages, asked as a program with its token: forms are posted as a browser would.
import type { Test } from 'tap'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { runInvoices } from '../../src/invoicing/run.js'
import { drainDepsOf } from '../../src/worker.js'
import { SAMPLE_NOW, seedSchool } from '../invoicing/school.js'
import type { SampleOptions, SampleSchool } from '../invoicing/school.js'
import { buildTestApp } from '../support/app.js'
import type { TestApp } from '../support/app.js'

export interface DeskAnswer {
  status: number
  /** The page without its tags and with single spaces, as one reads it. */
  text: string
  html: string
  location: string | undefined
}

export interface DeskWorld extends TestApp {
  school: SampleSchool
  /** `/desk/<school>` */
  desk: string
  round: string
  get: (path: string) => Promise<DeskAnswer>
  post: (path: string, fields?: Record<string, string | string[]>) => Promise<DeskAnswer>
  /** Runs what a page has asked for. */
  issue: () => Promise<void>
  /** Posts every call of a bank that was acknowledged. */
  settle: () => Promise<void>
}

export async function openDesk(t: Test, options: Partial<SampleOptions> = {}): Promise<DeskWorld> {
  const world = await buildTestApp(t, { now: () => SAMPLE_NOW })
  const sample = { students: 6, classSize: 3, exemptEvery: 1_000, ...options }
  const school = await seedSchool(world.database.ownerUrl, sample)
  const { app, adminToken, db, deps } = world
  const desk = `/desk/${school.schoolId}`
  const headers = { authorization: `Bearer ${adminToken}` }
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  return {
    ...world, school, desk,
    round: `${desk}/rounds/${school.roundId}`,
    get: async (url) => toAnswer(await app.inject({ method: 'GET', url, headers })),
    post: async (url, fields = {}) =>
      toAnswer(await app.inject({ method: 'POST', url, headers: form, payload: encode(fields) })),
    async issue() {
      const queued = await db.inSchool(school.schoolId, (trx) => trx.selectFrom('invoice_run').select('id')
        .where('school_id', '=', school.schoolId).where('state', '=', 'queued').execute())
      for (const { id } of queued) await runInvoices(deps, school.schoolId, id)
    },
    settle: async () => { await drainInbox(drainDepsOf(deps)) },
  }
}

function encode(fields: Record<string, string | string[]>): string {
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(fields)) {
    for (const value of Array.isArray(values) ? values : [values]) form.append(name, value)
  }
  return form.toString()
}

function toAnswer(answer: { statusCode: number; body: string; headers: Record<string, unknown> }): DeskAnswer {
  const { location } = answer.headers
  return {
    status: answer.statusCode,
    html: answer.body,
    text: answer.body.replace(/<[^>]+>/g, ' ').replace(/&lt;/g, '<').replace(/&amp;/g, '&').replace(/\s+/g, ' '),
    location: typeof location === 'string' ? location : undefined,
  }
}
