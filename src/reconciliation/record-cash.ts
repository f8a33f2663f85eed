// Books cash that the cashier took: a numbered receipt that pays the named bill, or the student's open bills of every
// account, oldest first. More than that is kept as credit only if the payer was asked. Taking a receipt back is a
// reversal; nothing is deleted.
import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import { insertRows } from '../db/rows.js'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { LEDGER_NO } from '../ledger/account.js'
import { lockStudents } from '../ledger/lock-students.js'
import { daysBetween, vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { readOpenInvoices } from './bill-store.js'
import { openBills } from './bills.js'
import { openBook } from './book.js'
import type { Source } from './book.js'
import { nextReceiptNumber, readInvoiceOfStudent, readReceipt, readRoundNames, readStudentExists } from './cash-store.js'
import { planCash, splitMark } from './plan-cash.js'
import type { CashBill, CashPlan } from './plan-cash.js'
import { reverseSource } from './reversal.js'
import { countableDay } from './source.js'

export interface CashReceiptInput {
  studentId: string
  amountVnd: number
  receivedOn: Day
  /** Pays this bill and no other; without it the student's open bills, oldest first. */
  invoiceId?: string
  /** The payer was asked and leaves what is over for the child. */
  keepRestAsCredit?: boolean
  /** The split that the cashier saw (`splitMark`): when another one would be booked, nothing is. */
  seenSplit?: string
  note?: string
  /** The same key of the same actor is the same receipt, whatever happened to the first answer. */
  idempotencyKey?: string
}

const CASH_DAYS_BACK = 366

export interface CashReceipt {
  id: string
  number: number
  allocations: { invoiceId: string; amountVnd: number }[]
  creditVnd: number
}

/** Errors: `CASH_DAY_INVALID`. */
export function requireCashDay(receivedOn: Day, now: Date): void {
  const today = vietnamDay(now)
  if (receivedOn <= today && daysBetween(receivedOn, today) <= CASH_DAYS_BACK) return
  const reason = `receivedOn must be a day of the last ${CASH_DAYS_BACK} days: the one on which the cash was taken`
  throw new DomainError('CASH_DAY_INVALID', reason)
}

export interface CashPreview {
  /** All open bills, oldest first, each with what it would get. */
  bills: { invoiceId: string; roundName: string; dueOn: Day; openVnd: number; amountVnd: number }[]
  restVnd: number
  splitMark: string
}

/** What would be booked, and nothing is. Errors: `STUDENT_NOT_FOUND`, `INVOICE_NOT_FOUND`, `NOTHING_TO_PAY`. */
export async function previewCash(
  db: Database,
  schoolId: string,
  input: Pick<CashReceiptInput, 'studentId' | 'amountVnd' | 'invoiceId'>,
): Promise<CashPreview> {
  return db.inSchool(schoolId, async (trx) => {
    await requireStudent(trx, schoolId, input.studentId)
    const rows = await readOpenInvoices(trx, schoolId, [input.studentId])
    const open = rows.map((row) => ({ invoiceId: row.id, openVnd: row.payable_vnd - row.paid_vnd, dueOn: row.due_on }))
    const plan = await planFor(trx, schoolId, open, input)
    const names = await readRoundNames(trx, schoolId, open.map(({ invoiceId }) => invoiceId))
    const partOf = new Map(plan.parts.map(({ invoiceId, amountVnd }) => [invoiceId, amountVnd]))
    const bills = open.map((bill) => ({
      ...bill, roundName: names.get(bill.invoiceId) ?? '', amountVnd: partOf.get(bill.invoiceId) ?? 0,
    }))
    return { bills, restVnd: plan.restVnd, splitMark: splitMark(plan.parts) }
  })
}

/**
 * Errors: `STUDENT_NOT_FOUND`, `INVOICE_NOT_FOUND`, `NOTHING_TO_PAY`, `CASH_DAY_INVALID`, `CASH_OVER_OWED`,
 * `CASH_SPLIT_CHANGED_CONFLICT`, `IDEMPOTENCY_KEY_REUSED`.
 */
export async function recordCash(
  db: Database,
  schoolId: string,
  actor: Actor,
  input: CashReceiptInput,
  now: Date,
): Promise<CashReceipt> {
  requireCashDay(input.receivedOn, now)
  return db.inSchool(schoolId, (trx) => bookCash(trx, schoolId, actor, input))
}

async function bookCash(trx: Trx, schoolId: string, actor: Actor, input: CashReceiptInput): Promise<CashReceipt> {
  const { studentId, amountVnd, receivedOn } = input
  await requireStudent(trx, schoolId, studentId)
  await lockStudents(trx, schoolId, [studentId])
  const receiptId = receiptIdOf(schoolId, actor, input)
  const taken = await readReceipt(trx, schoolId, receiptId)
  if (taken) {
    assertSameAsked(taken, input)
    return taken.receipt
  }
  const open = await openBills(trx, schoolId, await readOpenInvoices(trx, schoolId, [studentId]))
  const { parts, restVnd: creditVnd } = await planFor(trx, schoolId, open.all(), input)
  refuseUnseen(parts, creditVnd, input)
  const source = await newCashSource(trx, schoolId, receiptId, receivedOn)
  const book = openBook(schoolId, actor.name)
  const entryId = book.entry({
    kind: 'cash_in',
    bankDay: receivedOn,
    countedOn: source.countedOn,
    source,
    lines: [
      { ...CASH_TO_RECEIVABLE, amountVnd: amountVnd - creditVnd, studentId },
      { debitNo: LEDGER_NO.cash, creditNo: LEDGER_NO.studentCredit, amountVnd: creditVnd, studentId },
    ],
  })
  for (const part of parts) open.pay(book, { source, entryId, ...part })
  if (creditVnd > 0) {
    // It pays the next bills, so it belongs to the newest year among those that were paid.
    const schoolYear = parts.map((part) => open.get(part.invoiceId).schoolYear).reduce((a, b) => (a > b ? a : b))
    book.holdCredit({ source, studentId, bankAccountId: null, schoolYear, kind: 'surplus', amountVnd: creditVnd })
  }
  const sums = book.takeSums(source.id)
  const number = await nextReceiptNumber(trx, schoolId)
  await insertRows(trx, 'cash_receipt', [{
    school_id: schoolId,
    id: source.id,
    number,
    student_id: studentId,
    amount_vnd: amountVnd,
    kept_vnd: creditVnd,
    received_on: receivedOn,
    note: input.note ?? null,
    allocated_vnd: sums.allocatedVnd,
    credited_vnd: sums.creditedVnd,
    refunded_vnd: 0,
    reversed_vnd: 0,
    actor: actor.name,
  }])
  await book.write(trx)
  const after = { number, studentId, amountVnd, receivedOn }
  await recordAudit(trx, { actor, action: 'cash_receipt.record', objectKind: 'cash_receipt', objectId: source.id, after })
  return { id: source.id, number, allocations: parts, creditVnd }
}

type Taken = NonNullable<Awaited<ReturnType<typeof readReceipt>>>

/** A form that is sent again with another amount in it is other cash: it must not look recorded. */
function assertSameAsked({ asked, receipt }: Taken, input: CashReceiptInput): void {
  const { studentId, amountVnd, receivedOn, note = null, invoiceId } = input
  const isSame = asked.studentId === studentId && asked.amountVnd === amountVnd && asked.receivedOn === receivedOn &&
    asked.note === note && (invoiceId === undefined || receipt.allocations.some((part) => part.invoiceId === invoiceId))
  if (isSame) return
  throw new DomainError('IDEMPOTENCY_KEY_REUSED', `this key was used for receipt ${receipt.number}, which says something else`)
}

/** A repeated request must not take the cash twice, even when the first answer was lost in a crash. */
function receiptIdOf(schoolId: string, actor: Actor, { idempotencyKey }: CashReceiptInput): string {
  return idempotencyKey === undefined ? uuidv7() : uuidv5(`${actor.name} ${idempotencyKey}`, schoolId)
}

const CASH_TO_RECEIVABLE = { debitNo: LEDGER_NO.cash, creditNo: LEDGER_NO.receivablePayer }

async function requireStudent(trx: Trx, schoolId: string, studentId: string): Promise<void> {
  if (await readStudentExists(trx, schoolId, studentId)) return
  throw new DomainError('STUDENT_NOT_FOUND', 'there is no such student in this school')
}

async function planFor(
  trx: Trx,
  schoolId: string,
  open: readonly CashBill[],
  { studentId, amountVnd, invoiceId }: Pick<CashReceiptInput, 'studentId' | 'amountVnd' | 'invoiceId'>,
): Promise<CashPlan> {
  const isNamedOpen = invoiceId === undefined || open.some((bill) => bill.invoiceId === invoiceId)
  if (!isNamedOpen) await refuseBill(trx, schoolId, studentId, invoiceId)
  if (open.length === 0) {
    throw new DomainError('NOTHING_TO_PAY', 'this student has no open bill: issue one before taking cash')
  }
  return planCash(open, amountVnd, invoiceId)
}

/** What is over is asked about, and a split that somebody saw is the one that is booked. */
function refuseUnseen(parts: CashPlan['parts'], restVnd: number, input: CashReceiptInput): void {
  if (input.seenSplit !== undefined && input.seenSplit !== splitMark(parts)) {
    throw new DomainError('CASH_SPLIT_CHANGED_CONFLICT', 'the open bills changed since the split was shown')
  }
  if (restVnd === 0 || input.keepRestAsCredit === true) return
  const reason = `${restVnd} đồng more than these bills ask: take ${input.amountVnd - restVnd}, ` +
    'or ask the payer and say keepRestAsCredit'
  throw new DomainError('CASH_OVER_OWED', reason, [{ field: 'amountVnd', reason: `restVnd is ${restVnd}` }])
}

async function newCashSource(trx: Trx, schoolId: string, id: string, receivedOn: Day): Promise<Source> {
  const countedOn = await countableDay(trx, schoolId, receivedOn)
  return { kind: 'cash', id, paymentClass: 'cash', bankDay: receivedOn, countedOn, netByGroup: new Map() }
}

async function refuseBill(trx: Trx, schoolId: string, studentId: string, invoiceId: string): Promise<never> {
  const invoice = await readInvoiceOfStudent(trx, schoolId, studentId, invoiceId)
  if (!invoice) throw new DomainError('INVOICE_NOT_FOUND', 'there is no such bill of this student')
  throw new DomainError('NOTHING_TO_PAY', 'this bill has nothing open')
}

/** Takes a receipt back. Errors: `CASH_RECEIPT_NOT_FOUND`, `CASH_RECEIPT_REVERSED_CONFLICT`. */
export async function reverseCash(
  db: Database,
  schoolId: string,
  actor: Actor,
  receiptId: string,
  reason: string,
  now: Date,
): Promise<void> {
  await db.inSchool(schoolId, async (trx) => {
    if (!(await readReceipt(trx, schoolId, receiptId))) {
      throw new DomainError('CASH_RECEIPT_NOT_FOUND', 'there is no such receipt in this school')
    }
    const reversed = await reverseSource(trx, {
      schoolId,
      actor: actor.name,
      kind: 'cash',
      sourceId: receiptId,
      moneyNo: LEDGER_NO.cash,
      bankDay: vietnamDay(now),
    })
    if (!reversed) throw new DomainError('CASH_RECEIPT_REVERSED_CONFLICT', 'this receipt was taken back before')
    const after = { reason }
    await recordAudit(trx, { actor, action: 'cash_receipt.reverse', objectKind: 'cash_receipt', objectId: receiptId, after })
  })
}
