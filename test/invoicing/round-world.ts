// A school over HTTP whose clock can be moved: children come, move and leave, rounds are run, money comes.
import type { Test } from 'tap'
import { runInvoices } from '../../src/invoicing/run.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { buildTestApp } from '../support/app.js'
import type { TestApp } from '../support/app.js'
import { ANY_BANK_TIME } from '../support/bank-times.js'
import { callBank, created, openPayableSchool } from '../support/payable-school.js'
import type { PayableSchool, PayableSchoolOptions } from '../support/payable-school.js'
import { silentLog } from '../support/posting.js'
import { LIMITS } from '../../src/limits.js'

export interface ShownBill {
  id: string
  studentId: string
  roundId: string
  schoolYear: string
  state: string
  status: string
  payableVnd: number
  paidVnd: number
  paymentCode: string
  bankAccountId: string
}

export interface ShownPreview {
  students: number
  invoices: number
  payableVnd: number
  mark: string
  diff: Record<'new' | 'changed' | 'unchanged' | 'gone', { invoices: number; issuedPayableVnd: number }>
  withdrawn: {
    invoiceId: string; studentId: string; change: string; issuedPayableVnd: number; payableVnd: number; paidVnd: number
    because: string | null
  }[]
  left: { invoiceId: string; studentId: string; payableVnd: number; paidVnd: number; leftOn: string | null }[]
  nobody: { code: string; reason: string } | null
}

export interface ShownRun {
  state: string
  issuedCount: number
  supersededCount: number
  cancelledCount: number
  keptCount: number
  unchangedCount: number
  nobody: { code: string; reason: string } | null
}

export interface RoundWorld extends TestApp {
  school: PayableSchool
  at: string
  /** 09:00 of a day in Vietnam. */
  goTo(day: string): void
  get<Body>(path: string): Promise<Body>
  post<Body>(path: string, body?: object): Promise<Body>
  preview(roundId?: string): Promise<ShownPreview>
  /** Starts a run and runs it to its end. */
  run(ask?: { roundId?: string; previewed?: string; withdraw?: string[] }): Promise<ShownRun>
  bills(query?: string): Promise<ShownBill[]>
  bill(studentId: string, roundId?: string): Promise<ShownBill>
  addRound(round: { name: string; dueOn: string; schoolYear?: string; fees: object[] }): Promise<string>
  payCash(bill: ShownBill, amountVnd: number): Promise<void>
  payBank(content: string, amountVnd: number, day: string): Promise<void>
  move(studentId: string, toClassId: string | null, on: string): Promise<void>
  feeKindId: string
}

let transfers = 70_000

export async function openRoundWorld(
  t: Test, { day = '2026-09-10', ...options }: PayableSchoolOptions & { day?: string } = {},
): Promise<RoundWorld> {
  let now = new Date(`${day}T02:00:00Z`)
  const world = await buildTestApp(t, { now: () => now })
  const school = await openPayableSchool(world, options)
  const at = `/api/v1/schools/${school.schoolId}`
  const get = <Body>(path: string) => created<Body>(world.asAdmin('GET', `${at}${path}`))
  const post = <Body>(path: string, body?: object) => created<Body>(world.asAdmin('POST', `${at}${path}`, body ?? {}))
  const { items: [kind] } = await get<{ items: { id: string }[] }>('/fee-kinds')
  return {
    ...world, school, at, get, post, feeKindId: kind?.id ?? '',
    goTo(to) {
      now = new Date(`${to}T02:00:00Z`)
    },
    preview: (roundId = school.roundId) => post<ShownPreview>('/invoice-runs/preview', { roundId }),
    async run({ roundId = school.roundId, ...ask } = {}) {
      const { runId } = await post<{ runId: string }>('/invoice-runs', { roundId, ...ask })
      await runInvoices(world.deps, school.schoolId, runId)
      return get<ShownRun>(`/invoice-runs/${runId}`)
    },
    bills: async (query = '') => (await get<{ items: ShownBill[] }>(`/invoices?limit=200${query}`)).items,
    async bill(studentId, roundId = school.roundId) {
      const { items: [bill] } = await get<{ items: ShownBill[] }>(
        `/invoices?limit=200&state=issued&studentId=${studentId}&roundId=${roundId}`)
      if (!bill) throw new Error('the student has no bill in this round')
      return bill
    },
    addRound: async ({ schoolYear = '2026-2027', ...round }) =>
      (await post<{ id: string }>('/rounds', { schoolYear, ...round })).id,
    async payCash(bill, amountVnd) {
      const receivedOn = new Date(now.getTime() + 7 * 3_600_000).toISOString().slice(0, 10)
      await post('/cash-receipts', { studentId: bill.studentId, invoiceId: bill.id, amountVnd, receivedOn, keepRestAsCredit: true })
    },
    async payBank(content, amountVnd, on) {
      await callBank(world, school, { id: ++transfers, content, amountVnd, day: on })
      const limits = { ...LIMITS, ...ANY_BANK_TIME, batchRows: LIMITS.postingBatchRows }
      await drainInbox({ db: world.db, log: silentLog, limits, onSettled: () => undefined })
    },
    async move(studentId, toClassId, on) {
      await post(`/students/${studentId}/transfer`, { toClassId, on })
    },
  }
}
