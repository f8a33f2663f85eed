// What stands behind a parent's link, read in one transaction of the school: the bills of the child and round, the
// money on them, and how the rest can be paid. A link of a bill that was replaced leads to what replaced it.
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import type { Trx } from '../../db/tenancy.js'
import { askFor, getBillPayload, getPayee } from '../../invoicing/bill-qr.js'
import type { BillPayload } from '../../invoicing/bill-qr.js'
import { openVnd } from '../../invoicing/invoice.js'
import { paymentCodeNumber, paymentCodeText } from '../../invoicing/payment-code.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'
import { findStandingReplacement } from '../../invoicing/standing.js'
import { vietnamDay } from '../../time.js'
import { findAwaited } from './awaited.js'
import type { BillPage, BillPlace, PageBill, Payment } from './bill.js'
import { readBillToken } from './link.js'
import {
  findCodeOf, findLinkedBill, findSchoolOfBillCode, listAwaited, listBillLines, listHeldCredits, listReceived,
  listRoundBills, readHead, readHistory, readMarks,
} from './queries.js'
import type { ChildHistory, LinkedBill, RoundBill } from './queries.js'

type PageDeps = Pick<Deps, 'db' | 'secretBox' | 'now'>

interface Link {
  schoolId: string
  code: PaymentCodeNumber
}

/** Undefined for a token that we did not make, or whose bill is gone with its school. */
async function findLink({ db, secretBox }: PageDeps, token: string): Promise<Link | undefined> {
  const code = readBillToken(secretBox, token)
  if (code === undefined) return undefined
  const schoolId = await db.asService((trx) => findSchoolOfBillCode(trx, code))
  return schoolId === undefined ? undefined : { schoolId, code }
}

export interface LinkedPlace {
  place: BillPlace
  invoiceId: string
  code: string
}

/** Which bills a link leads to; undefined for a wrong token. */
export async function findLinkedPlace(deps: PageDeps, token: string): Promise<LinkedPlace | undefined> {
  const link = await findLink(deps, token)
  if (link === undefined) return undefined
  const bill = await deps.db.inSchool(link.schoolId, (trx) => findLinkedBill(trx, link.schoolId, link.code))
  return bill && { place: placeOf(bill), invoiceId: bill.invoiceId, code: paymentCodeText(link.code) }
}

/** The code of the bill that stands in the place of the linked one; its own when none does. */
export async function findStandingCode(
  { db }: Pick<Deps, 'db'>, { place: { schoolId }, invoiceId, code }: LinkedPlace,
): Promise<string> {
  return db.inSchool(schoolId, async (trx) => {
    const standing = await findStandingReplacement(trx, schoolId, invoiceId)
    return standing === undefined ? code : findCodeOf(trx, schoolId, standing)
  })
}

function placeOf({ schoolId, studentId, roundId }: LinkedBill): BillPlace {
  return { schoolId, studentId, roundId }
}

export interface ReadBillPage {
  page: BillPage
  /** Only when `isConfirmed` says that the child's birth date was given. */
  history: ChildHistory | null
}

/** Undefined for a wrong token. */
export async function readBillPage(
  deps: PageDeps, token: string, isConfirmed: (studentId: string) => boolean,
): Promise<ReadBillPage | undefined> {
  const link = await findLink(deps, token)
  if (link === undefined) return undefined
  const { schoolId, code } = link
  return deps.db.inSchool(schoolId, async (trx) => {
    const linked = await findLinkedBill(trx, schoolId, code)
    if (linked === undefined) return undefined
    const place = placeOf(linked)
    // The mark before the rows: what changes in between is told once too often, never once too little.
    const [mark = ''] = await readMarks(trx, [place])
    const all = (await listRoundBills(trx, place)).map((bill) => ({ ...bill, code: codeText(bill.codeNumber) }))
    const page: BillPage = {
      place,
      mark,
      ...await readHead(trx, place),
      linked: { state: linked.state, code: paymentCodeText(code) },
      bills: await readBills(trx, schoolId, all.filter((bill) => bill.state === 'issued')),
      awaited: findAwaited(all, await listAwaited(trx, place)),
      credits: await listHeldCredits(trx, place, all),
      today: vietnamDay(deps.now()),
    }
    const history = isConfirmed(place.studentId) ? await readHistory(trx, schoolId, place.studentId) : null
    return { page, history }
  })
}

type CodedBill = RoundBill & { code: string }

function codeText(codeNumber: number): string {
  return paymentCodeText(paymentCodeNumber(codeNumber))
}

async function readBills(trx: Trx, schoolId: string, issued: readonly CodedBill[]): Promise<PageBill[]> {
  const ids = issued.map(({ invoiceId }) => invoiceId)
  const lines = await listBillLines(trx, schoolId, ids)
  const received = await listReceived(trx, schoolId, ids)
  const bills: PageBill[] = []
  for (const bill of issued) {
    const { invoiceId, code, dueOn, payableVnd, paidVnd } = bill
    bills.push({
      invoiceId,
      code,
      dueOn,
      payableVnd,
      paidVnd,
      openVnd: openVnd(bill),
      lines: lines.filter((line) => line.invoiceId === invoiceId),
      received: received.filter((one) => one.invoiceId === invoiceId),
      payment: await readPayment(trx, schoolId, bill),
    })
  }
  return bills
}

/** From the row that the words are made from, so that the QR can ask for nothing else. */
async function readPayment(trx: Trx, schoolId: string, bill: CodedBill): Promise<Payment> {
  const amountVnd = openVnd(bill)
  if (amountVnd === 0) return { kind: 'nothing' }
  try {
    const payee = await getPayee(trx, schoolId, bill.bankAccountId)
    const { encoded, ...transfer } = askFor({ paymentCode: bill.code, amountVnd }, payee)
    return { kind: 'transfer', ...transfer, payload: encoded.ok ? encoded.payload : null }
  } catch (error) {
    if (error instanceof DomainError && error.code === 'BANK_ACCOUNT_CLOSED_CONFLICT') return { kind: 'closed' }
    throw error
  }
}

/**
 * The QR of the link's own bill, or of the one that replaced it; undefined for a wrong token. Throws as
 * `getBillPayload` does: `NOTHING_TO_PAY`, `INVOICE_WITHDRAWN_CONFLICT` when nothing stands in its place.
 */
export async function findLinkedQr(deps: PageDeps, token: string): Promise<BillPayload | undefined> {
  const link = await findLink(deps, token)
  if (link === undefined) return undefined
  const { schoolId, code } = link
  return deps.db.inSchool(schoolId, async (trx) => {
    const bill = await findLinkedBill(trx, schoolId, code)
    if (bill === undefined) return undefined
    return getBillPayload(trx, schoolId, await findStandingReplacement(trx, schoolId, bill.invoiceId) ?? bill.invoiceId)
  })
}
