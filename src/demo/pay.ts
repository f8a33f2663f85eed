// Acts the payment plan out: turns planned transfers into the calls of the providers, with the payment codes that the
// service gave out, and takes cash at the counters. A call depends on stored data alone, so after a kill the same calls
// go out again, and the service has to know them.
import { findPaymentCodes } from '../invoicing/payment-code.js'
import { CashReceiptReply as CashReceiptItem } from '../reconciliation/lists-schema.js'
import { CashReceiptReply } from '../reconciliation/cash-schema.js'
import { DomainError } from '../errors.js'
import { addDays, daysBetween, vietnamDay, vietnamInstant } from '../time.js'
import type { Day } from '../time.js'
import { billKey } from './bill.js'
import type { EnrolledSchool, Invoice } from './bill.js'
import { bodyOf, rowsPerCall, strangerOn } from './banks.js'
import type { Banks, BankLine, BankRow } from './banks.js'
import type { Client } from './client.js'
import { contentWriter } from './contents.js'
import type { BillRef, PlannedCash, PlannedTransfer } from './payments.js'
import { upperPlain } from './province.js'
import { randomFor, shuffled } from './random.js'

export interface BilledSchool extends EnrolledSchool {
  /** By billKey. */
  invoices: ReadonlyMap<string, Invoice>
}

export interface BankCall {
  line: BankLine
  body: string
  /** A stranger's call must be refused; any other must be taken. */
  forged: boolean
}

/** The invoice of a bill at any school. */
type InvoiceOf = (bill: BillRef) => Invoice

/** All calls of all banks, in the disorder in which they arrive. */
export function bankCalls(schools: readonly BilledSchool[]): BankCall[] {
  const byNo = new Map(schools.map((open) => [open.school.no, open]))
  const invoiceOf: InvoiceOf = (bill) => {
    const invoice = byNo.get(bill.schoolNo)?.invoices.get(billKey(bill))
    if (invoice) return invoice
    throw new DomainError('DEMO_ANSWER_UNKNOWN', `The bill ${billKey(bill)} of school ${bill.schoolNo} is missing.`)
  }
  return shuffled(schools.flatMap((open) => callsOf(open, invoiceOf)), randomFor('order of the calls'))
}

function callsOf(open: BilledSchool, invoiceOf: InvoiceOf): BankCall[] {
  const { transfers, forged } = open.payments
  return [...open.accounts].flatMap(([purpose, { line }]) => {
    if (line === null) return []
    const { route: { provider }, secret } = line
    const ofAccount = transfers.filter((transfer) => transfer.purpose === purpose)
    const calls = chunks(ofAccount, rowsPerCall(provider)).flatMap((chunk) => {
      const [first, ...rest] = chunk.map((transfer) => rowOf(open, transfer, invoiceOf))
      if (!first) return []
      const call = { line, body: bodyOf(provider, [first, ...rest], secret), forged: false }
      return chunk.some(({ sentTwice }) => sentTwice) ? [call, call] : [call]
    })
    const stranger = strangerOn(line)
    const tries = forged.filter((transfer) => transfer.purpose === purpose).map((transfer) => {
      const body = bodyOf(provider, [rowOf(open, transfer, invoiceOf)], stranger.secret)
      return { line: stranger, body, forged: true }
    })
    return [...calls, ...tries]
  })
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size))
}

function rowOf(open: BilledSchool, transfer: PlannedTransfer, invoiceOf: InvoiceOf): BankRow {
  const { school, accounts, students } = open
  const { no, referenceNo, purpose, direction, amountVnd, memo } = transfer
  const accountNumber = school.accounts.find((account) => account.purpose === purpose)?.accountNumber ?? ''
  const seed = `${school.no} ${referenceNo}`
  const random = randomFor('payer', seed)
  const familyName = students[random.below(students.length)]?.fullName.split(' ')[0] ?? 'Nguyễn'
  return {
    id: school.no * 10_000 + no + 1,
    reference: `FT26${String(school.no).padStart(5, '0')}${String(referenceNo).padStart(5, '0')}`,
    direction, amountVnd, accountNumber,
    at: bankTimeOf(transfer, accounts.get(purpose)?.registeredAt, issuedOnOf(open, purpose)),
    memo: memo.kind === 'damaged'
      ? contentOf(seed, [damaged(invoiceOf(memo.bill).paymentCode)], false)
      : contentOf(seed, memo.bills.map((bill) => invoiceOf(bill).paymentCode), true),
    payerName: upperPlain(`${familyName} Phụ Huynh`),
    payerAccount: `0${String(100_000_000 + random.below(899_999_999))}`,
  }
}

function issuedOnOf({ invoices }: BilledSchool, purpose: string): string {
  for (const [key, { issuedOn }] of invoices) if (key.endsWith(purpose)) return issuedOn
  return ''
}

/** Some minutes of difference, so that the payments of one moment are not of one second. */
const SPREAD_S = 3_600
const MARGIN_S = 120

/**
 * From the day of the bills until the account was registered here, so never in the future. Both are stored, so every
 * start comes to the same time.
 */
function bankTimeOf(
  { moment, secondsLater, referenceNo }: PlannedTransfer, registeredAt: Date | undefined, issuedOn: string,
): Date {
  const from = vietnamInstant(issuedOn)?.getTime() ?? 0
  const secondsBefore = MARGIN_S + (referenceNo * 97) % SPREAD_S
  const to = Math.max(from, (registeredAt?.getTime() ?? 0) - secondsBefore * 1_000)
  return new Date(from + Math.floor((to - from) * moment / 1_000) * 1_000 + secondsLater * 1_000)
}

/** The same for cash, which knows days only. */
function cashDayOf({ moment }: PlannedCash, registeredAt: Date, issuedOn: Day): Day {
  const days = daysBetween(issuedOn, vietnamDay(registeredAt))
  return addDays(issuedOn, Math.max(0, Math.floor(days * moment)))
}

/** One symbol of the code is another one: every such error is detected, and none is ever repaired. */
function damaged(code: string): string {
  const at = 6
  return `${code.slice(0, at)}${code.charAt(at) === 'K' ? 'M' : 'K'}${code.slice(at + 1)}`
}

const TRIES = 50

/**
 * What the bank makes of a memo with these codes, which are all intact or all damaged. One in thousands of random
 * wrappers hides a code or forms a second one by chance; another wrapper is taken then, so that the plan stays true.
 */
function contentOf(seed: string, codes: readonly string[], intact: boolean): string {
  const wanted = intact ? codes.join() : ''
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const writer = contentWriter(randomFor('content', seed, attempt).below(2 ** 31))
    const [only, ...others] = codes
    const content = only !== undefined && others.length === 0 ? writer.withCode(only)
      : writer.carried(codes.length === 0 ? writer.words(4) : codes.join(' '))
    const read = findPaymentCodes(content)
    if (read.codes.join() === wanted && read.damaged.length === 0 === intact) return content
  }
  return codes.join(' ')
}

/** Sends a call; throws `DEMO_CALL_ANSWER` when a bank's call is not taken or a stranger's is. */
export async function sendCall(banks: Banks, { line, body, forged }: BankCall): Promise<void> {
  const status = await banks.send(line, body)
  // Strangers who try too often are told to wait.
  const expected = forged ? [401, 429] : [200]
  if (expected.includes(status)) return
  throw new DomainError('DEMO_CALL_ANSWER', `A ${forged ? 'forged ' : ''}call of ${line.route.provider} got ${status}.`)
}

/** Takes the planned cash of a school that has no receipt yet. */
export async function takeCash(client: Client, open: BilledSchool, tick: () => void): Promise<void> {
  const { id, fresh, payments: { cash }, invoices } = open
  const path = `/api/v1/schools/${id}/cash-receipts`
  const mayExist = !fresh && cash.length > 0
  const known = new Set((mayExist ? await client.list(path, CashReceiptItem) : []).map(({ note }) => note))
  for (const planned of cash) {
    const { bill, amountVnd, note } = planned
    const invoice = invoices.get(billKey(bill))
    tick()
    const account = open.accounts.get(bill.purpose)
    if (known.has(note) || !invoice || !account) continue
    const { id: invoiceId, studentId, issuedOn } = invoice
    const receivedOn = cashDayOf(planned, account.registeredAt, issuedOn)
    await client.post(path, { studentId, invoiceId, amountVnd, receivedOn, note }, CashReceiptReply)
  }
}
