// Bills the students of a school: fee kinds, exemptions, a collection round and an invoice run, then the invoices with
// the payment codes that the parents get. What exists already is found by its code, decision number or name.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Static } from 'typebox'
import { DomainError } from '../errors.js'
import { ExemptionReply, FeeKindReply, RoundItem, RoundReply } from '../fees/schema.js'
import { InvoiceSummaryReply, RunReply } from '../invoicing/schema.js'
import { addDays, schoolYearStart, vietnamDay } from '../time.js'
import type { SchoolYear } from '../time.js'
import type { Client } from './client.js'
import type { BillRef } from './payments.js'
import type { OpenSchool } from './open-province.js'

export type Invoice = Static<typeof InvoiceSummaryReply>

export interface EnrolledSchool extends OpenSchool {
  /** In the order of the plan. */
  studentIds: readonly string[]
}

const DUE_IN_DAYS = 21
const RUN_LIMIT_MS = 180_000
const RUN_LOOK_MS = 300

/** Asks for the bills; they come in the background. Returns the round, or undefined where nobody is billed. */
export async function startBilling(
  client: Client, open: EnrolledSchool, schoolYear: SchoolYear, now: Date,
): Promise<string | undefined> {
  if (open.bills.length === 0) return undefined
  const kindIds = await makeFeeKinds(client, open)
  await grantExemptions(client, open, kindIds, schoolYear)
  const roundId = await makeRound(client, open, kindIds, schoolYear, now)
  const billed = open.fresh ? [] : await listInvoices(client, open, roundId)
  if (billed.length !== open.bills.length) {
    await client.postUnless('INVOICE_RUN_EXISTS', `/api/v1/schools/${open.id}/invoice-runs`, { roundId }, RunReply)
  }
  return roundId
}

async function makeFeeKinds(client: Client, { id, fresh, fees, accounts }: OpenSchool): Promise<Map<string, string>> {
  const path = `/api/v1/schools/${id}/fee-kinds`
  const known = fresh ? [] : await client.list(path, FeeKindReply)
  const idByCode = new Map(known.map((kind) => [kind.code, kind.id]))
  for (const { purpose, ...kind } of fees.kinds) {
    if (idByCode.has(kind.code)) continue
    const body = { ...kind, bankAccountId: accounts.get(purpose)?.id }
    idByCode.set(kind.code, (await client.post(path, body, FeeKindReply)).id)
  }
  return idByCode
}

async function grantExemptions(
  client: Client, open: EnrolledSchool, kindIds: ReadonlyMap<string, string>, schoolYear: SchoolYear,
): Promise<void> {
  const { id, fresh, fees, studentIds } = open
  if (fees.exemptions.length === 0) return
  const path = `/api/v1/schools/${id}/exemptions`
  const keyOf = (one: { studentId?: string | undefined; feeKindId?: string | undefined }): string =>
    `${one.studentId} ${one.feeKindId}`
  const known = new Set((fresh ? [] : await client.list(path, ExemptionReply)).map(keyOf))
  for (const { studentNo, code, ...granted } of fees.exemptions) {
    const of = { studentId: studentIds[studentNo], feeKindId: kindIds.get(code) }
    if (known.has(keyOf(of))) continue
    await client.post(path, { ...granted, ...of, validFrom: schoolYearStart(schoolYear) }, ExemptionReply)
  }
}

async function makeRound(
  client: Client, open: EnrolledSchool, kindIds: ReadonlyMap<string, string>, schoolYear: SchoolYear, now: Date,
): Promise<string> {
  const { id, fresh, fees, studentIds } = open
  const path = `/api/v1/schools/${id}/rounds`
  const name = `Đợt thu đầu năm học ${schoolYear}`
  const known = fresh ? [] : await client.list(path, RoundItem)
  const found = known.find((round) => round.name === name)
  if (found) return found.id
  const plan = fees.fees.map(({ code, amountVnd, grade, studentNo }) => ({
    feeKindId: kindIds.get(code), amountVnd,
    ...(studentNo !== undefined ? { scope: 'student', studentId: studentIds[studentNo] }
      : grade !== undefined ? { scope: 'grade', grade } : { scope: 'school' }),
  }))
  const dueOn = addDays(vietnamDay(now), DUE_IN_DAYS)
  return (await client.post(path, { schoolYear, name, dueOn, fees: plan }, RoundReply)).id
}

/** Waits until all planned bills of a round are out; by bill. Throws `DEMO_INVOICE_RUN` when they do not come. */
export async function awaitBills(client: Client, open: EnrolledSchool, roundId: string): Promise<Map<string, Invoice>> {
  for (const until = Date.now() + RUN_LIMIT_MS; Date.now() < until; await sleep(RUN_LOOK_MS)) {
    const invoices = await listInvoices(client, open, roundId)
    if (invoices.length === open.bills.length) return byBill(open, invoices)
  }
  throw new DomainError('DEMO_INVOICE_RUN', `The invoice run of ${open.school.moetCode} did not end in time.`)
}

async function listInvoices(client: Client, { id }: OpenSchool, roundId: string): Promise<Invoice[]> {
  return client.list(`/api/v1/schools/${id}/invoices?roundId=${roundId}&state=issued`, InvoiceSummaryReply)
}

/** The key of `byBill`. */
export function billKey({ studentNo, purpose }: Pick<BillRef, 'studentNo' | 'purpose'>): string {
  return `${studentNo} ${purpose}`
}

function byBill({ studentIds, accounts }: EnrolledSchool, invoices: readonly Invoice[]): Map<string, Invoice> {
  const noOf = new Map(studentIds.map((id, no) => [id, no]))
  const purposeOf = new Map([...accounts].map(([purpose, { id }]) => [id, purpose]))
  return new Map(invoices.flatMap((invoice) => {
    const studentNo = noOf.get(invoice.studentId)
    const purpose = purposeOf.get(invoice.bankAccountId)
    return studentNo === undefined || purpose === undefined ? [] : [[billKey({ studentNo, purpose }), invoice]]
  }))
}
