// Calls every route of the application with what the outside might send, and judges the answers: no 5xx, no answer that
// never comes, no name of the database's own in what a caller is told. The rows are judged by `verify` at the end, as
// every test's are.
import { performance } from 'node:perf_hooks'
import type { Test } from 'tap'
import { randomFor } from '../../src/demo/random.js'
import { foldFacts } from '../../src/adoption/fold.js'
import { resumeRuns } from '../../src/invoicing/run.js'
import { within } from '../../src/queue/within.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { drainDepsOf } from '../../src/worker.js'
import type { Route } from '../web/walk-world.js'
import { formsIn } from './forms.js'
import { makeCall } from './requests.js'
import type { FuzzCall, Seen } from './requests.js'
import { findRows, openFuzzWorld, renewFuzzWorld } from './world.js'
import type { FuzzWorld } from './world.js'

export interface FuzzOptions {
  calls: number
  seed: number
  /** The routes of the application, gathered since before it was built. */
  routes: readonly Route[]
  onProgress?: (line: string) => void
}

export interface FuzzReport {
  calls: number
  /** By the first digit of the status: `{ '2xx': 700, … }`. */
  classes: Record<string, number>
  /** How many calls came past the sign-in, the validation and unknown paths. */
  inside: number
  /** Routes that answered 2xx or 3xx at least once, of all. */
  routesThatTook: number
  routes: number
  /** Each with its request. */
  faults: string[]
}

const AT_ONCE = 4
const SETTLE_EVERY = 200
const RENEW_EVERY = 2_500
const ANSWER_MS = 60_000
const KEPT = 300

const BEFORE_THE_INSIDE = new Set(['VALIDATION_FAILED', 'JSON_INVALID', 'TEXT_INVALID', 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND',
  'UNSUPPORTED_MEDIA_TYPE', 'CURSOR_INVALID', 'REQUEST_INVALID', 'CSRF_REFUSED', 'PROOF_WRONG'])

/** The same seed sends the same calls, as far as the ids that the database draws allow. */
export async function fuzz(
  t: Test, { calls, seed, routes, onProgress = () => undefined }: FuzzOptions,
): Promise<FuzzReport> {
  let world = await openFuzzWorld(t)
  const random = randomFor('fuzz', seed)
  const seen: Seen = { cursors: [], forms: [] }
  const ownNames = await constraintNames(world)
  const report: FuzzReport = { calls: 0, classes: {}, inside: 0, routesThatTook: 0, routes: 0, faults: [] }
  const targets = routes.filter(({ url }) => !url.startsWith('/docs'))
  const [first, ...others] = targets
  if (first === undefined) throw new Error('there are no routes')
  const took = new Set<Route>()
  // First every parameter of every path is no id, once; then chance decides.
  const sweep = targets.flatMap((route) => [...route.url.matchAll(/:(\w+)/g)].map(([, faulty]) => ({ route, faulty })))
  while (report.calls < calls) {
    const batch = Array.from({ length: Math.min(AT_ONCE, calls - report.calls) }, () => {
      const { route, faulty } = sweep.pop() ?? { route: random.pick([first, ...others]), faulty: undefined }
      return { route, call: makeCall(world, route, seen, random, faulty) }
    })
    const answers = await Promise.all(batch.map(({ call }) => send(world, call)))
    for (const [at, answer] of answers.entries()) {
      const { route, call } = batch[at] ?? {}
      if (route === undefined || call === undefined) continue
      judge(report, call, answer, ownNames, onProgress)
      if (answer.status < 400 && answer.status > 0) took.add(route)
      remember(seen, call, answer)
    }
    if (report.calls % SETTLE_EVERY < AT_ONCE) await settle(world)
    if (report.calls % SETTLE_EVERY < AT_ONCE) world = { ...world, rows: await findRows(world, world.own) }
    if (report.calls % RENEW_EVERY < AT_ONCE) {
      world = await renewFuzzWorld(world)
      seen.forms.length = 0
      onProgress(lineOf(report))
    }
  }
  await settle(world)
  return { ...report, routesThatTook: took.size, routes: targets.length }
}

export function lineOf({ calls, classes, inside, faults }: FuzzReport): string {
  const counts = Object.entries(classes).sort().map(([name, count]) => `${name} ${count}`).join(', ')
  return `${calls} calls: ${counts}; ${inside} came past sign-in and validation; ${faults.length} faults ` +
    `(${(performance.now() / 1000).toFixed(0)} s)`
}

interface Answer {
  status: number
  body: string
  type: string
}

async function send({ app }: FuzzWorld, { method, url, headers, payload }: FuzzCall): Promise<Answer> {
  try {
    const { statusCode: status, body, headers: answered } = await within(ANSWER_MS, `${method} ${url}`,
      app.inject({ method, url, headers, ...(payload !== undefined && { payload }) }))
    return { status, body, type: String(answered['content-type'] ?? '') }
  } catch (error) {
    // No answer at all is worse than a 500.
    return { status: 0, body: error instanceof Error ? error.stack ?? error.message : String(error), type: '' }
  }
}

function judge(
  report: FuzzReport, call: FuzzCall, { status, body, type }: Answer, ownNames: RegExp,
  onFault: (fault: string) => void,
): void {
  report.calls += 1
  const group = status === 0 ? 'no answer' : `${Math.floor(status / 100)}xx`
  report.classes[group] = (report.classes[group] ?? 0) + 1
  const code = type.includes('problem+json') ? codeOf(body) : ''
  if (status !== 401 && status !== 403 && status !== 404 && !BEFORE_THE_INSIDE.has(code)) report.inside += 1
  const isOurs = status >= 500 || status === 0
  const tells = type.includes('problem+json') && ownNames.test(body)
  if (!isOurs && !tells) return
  report.faults.push(describe(call, status, body))
  onFault(report.faults.at(-1) ?? '')
}

function codeOf(body: string): string {
  const { code } = JSON.parse(body) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

function describe({ method, url, headers, payload, as }: FuzzCall, status: number, body: string): string {
  const type = headers['content-type'] ?? ''
  return `${status} for ${as}: ${method} ${url.slice(0, 600)} ${type} ${(payload ?? '').toString().slice(0, 1_500)}\n   ${body.slice(0, 600)}`
}

/** Names of constraints and the words of PostgreSQL: none of them is for a caller. */
async function constraintNames({ owner }: FuzzWorld): Promise<RegExp> {
  const { rows } = await owner.query<{ name: string }>(`SELECT DISTINCT conname AS name FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND length(conname) > 10`)
  const names = rows.map(({ name }) => name).flatMap((name) => [name, name.replaceAll('_', ' ')])
  return new RegExp(`\\b(${[...names, 'violates', 'relation', 'invalid input syntax', 'out of range for type'].join('|')})\\b`)
}

function remember(seen: Seen, { url }: FuzzCall, { status, body, type }: Answer): void {
  if (status !== 200 && status !== 422) return
  const found = type.includes('json') ? /"nextCursor":"([\w-]+)"/.exec(body)?.[1] : /[?&](?:amp;)?cursor=([\w-]+)/.exec(body)?.[1]
  if (found !== undefined) seen.cursors.push(found)
  if (type.includes('html')) seen.forms.push(...formsIn(body).map(({ path, fields }) => ({ fields, path: path === '' ? url : path })))
  if (seen.cursors.length > KEPT) seen.cursors.splice(0, seen.cursors.length - KEPT)
  if (seen.forms.length > KEPT) seen.forms.splice(0, seen.forms.length - KEPT)
}

/** What the worker does meanwhile. */
async function settle({ deps }: FuzzWorld): Promise<void> {
  await drainInbox(drainDepsOf(deps))
  await resumeRuns(deps)
  await foldFacts(deps.db)
}
