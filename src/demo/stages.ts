// The demo in its order: schools, rosters, bills, payments, and the wait until the books are as planned. Every stage
// makes only what is missing, so that any start, after any kill, comes to the same end.
import { FigureReply } from '../adoption/schema.js'
import { addDays, schoolYearOf, schoolYearStart, vietnamDay } from '../time.js'
import type { Day, SchoolYear } from '../time.js'
import { openBanks } from './banks.js'
import { awaitBills, startBilling } from './bill.js'
import type { EnrolledSchool } from './bill.js'
import type { Books } from './books.js'
import { inParallel } from './client.js'
import type { Client } from './client.js'
import { billingDay } from './clock.js'
import type { DemoClock } from './clock.js'
import { enrolStudents } from './enrol.js'
import { openDepartment, openProvince } from './open-province.js'
import { bankCalls, sendCall, takeCash } from './pay.js'
import type { BilledSchool } from './pay.js'
import { planDemo } from './plan.js'
import type { Progress } from './progress.js'
import { SHOWN_MEASURES } from './report.js'
import type { Figure, Played } from './report.js'
import { readSettledBooks } from './settle.js'

/** Requests under way at once: what a small machine with its own database answers without waiting. */
const CONCURRENCY = 8
/** Banks call from many machines, and calls that come together share a commit. */
const BANK_CONCURRENCY = 32
const CASHIERS = 4
const SETTLE_LIMIT_MS = 120_000

export interface ProvinceOptions {
  schools: number
  /** Of a province that is yet to be made; default: that of today. */
  schoolYear?: SchoolYear | undefined
}

export async function playProvince(
  client: Client, progress: Progress, clock: DemoClock, { schools, schoolYear: wanted }: ProvinceOptions,
): Promise<Played> {
  const now = clock.now()
  const today = vietnamDay(now)
  const department = await openDepartment(client, schools, wanted ?? schoolYearOf(today))
  const schoolYear = schoolYearOf(department.validFrom)
  const plans = planDemo(schools, schoolYear)
  clock.turnBackTo(billingDay(schoolYear, now))
  const opened = await progress.phase('Schools, accounts, channels', plans.length, (tick) =>
    openProvince(client, plans, department, CONCURRENCY, tick))
  const enrolled = await inStage(progress, 'Rosters', opened, async (open): Promise<EnrolledSchool> =>
    ({ ...open, studentIds: await enrolStudents(client, open, schoolYear) }))
  const billed = await billAll(client, progress, enrolled, { schoolYear, now })
  clock.letRun()
  const calls = await payAll(client, progress, billed)
  const books = await settleAll(client, progress, billed)
  const figures = await readFigures(client, department.id, asOfDay(today, schoolYear))
  return { plans, billed, books, figures, calls, departmentId: department.id }
}

/** The results of `work` in the order of the items. */
async function inStage<T, R>(
  progress: Progress, title: string, items: readonly T[], work: (item: T) => Promise<R>,
): Promise<R[]> {
  return progress.phase(title, items.length, async (tick) => {
    const results = new Map<T, R>()
    await inParallel(items, CONCURRENCY, async (item) => {
      results.set(item, await work(item))
      tick()
    })
    return items.flatMap((item) => {
      const result = results.get(item)
      return result === undefined ? [] : [result]
    })
  })
}

async function billAll(
  client: Client, progress: Progress, schools: readonly EnrolledSchool[],
  { schoolYear, now }: { schoolYear: SchoolYear; now: Date },
): Promise<BilledSchool[]> {
  const started = await inStage(progress, 'Fees, rounds, invoice runs', schools, async (open) =>
    ({ open, roundId: await startBilling(client, open, schoolYear, now) }))
  return inStage(progress, 'Invoices', started, async ({ open, roundId }): Promise<BilledSchool> =>
    ({ ...open, invoices: roundId === undefined ? new Map() : await awaitBills(client, open, roundId) }))
}

/** Banks and counters at the same time. Returns how many calls the banks made. */
async function payAll(client: Client, progress: Progress, schools: readonly BilledSchool[]): Promise<number> {
  const calls = bankCalls(schools)
  const banks = openBanks(client)
  const receipts = schools.reduce((sum, { payments }) => sum + payments.cash.length, 0)
  await progress.phase('Payments', calls.length + receipts, (tick) => Promise.all([
    inParallel(calls, BANK_CONCURRENCY, async (call) => {
      await sendCall(banks, call)
      tick()
    }),
    inParallel(schools, CASHIERS, (open) => takeCash(client, open, tick)),
  ]))
  return calls.length
}

async function settleAll(
  client: Client, progress: Progress, schools: readonly BilledSchool[],
): Promise<ReadonlyMap<number, Books>> {
  return progress.phase('Settling', schools.length, (tick) =>
    readSettledBooks(client, schools, { concurrency: CONCURRENCY, limitMs: SETTLE_LIMIT_MS }, tick))
}

/** The demo belongs to the school year in which it was begun, whenever it is looked at. */
function asOfDay(today: Day, schoolYear: SchoolYear): Day {
  const nextYear = schoolYearOf(addDays(schoolYearStart(schoolYear), 400))
  const last = addDays(schoolYearStart(nextYear), -1)
  return today < last ? today : last
}

async function readFigures(client: Client, departmentId: string, asOf: Day): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const measure of SHOWN_MEASURES) {
    const path = `/api/v1/authorities/${departmentId}/adoption?measure=${measure}&asOf=${asOf}`
    figures.push(await client.get(path, FigureReply))
  }
  return figures
}
