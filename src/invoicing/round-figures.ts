// What was billed in a round, what came in, what is open, and which bills those are: for the pages and the API.
import type { Deps } from '../deps.js'
import { toPage } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { getInvoice, listInvoices } from './invoice-queries.js'
import type { InvoiceDetail } from './invoice-queries.js'
import { openVnd, paymentStatusOf } from './invoice.js'
import type { PaymentStatus } from './invoice.js'
import { paymentCodeNumber, paymentCodeText } from './payment-code.js'
import { readRoundBills, readRoundList, readRoundSums } from './round-queries.js'
import type { BillPlace, RoundBill, RoundBillFilter, RoundListItem, RoundSumsBy } from './round-queries.js'
import { getRound } from './round.js'
import type { Round } from './round.js'

export type { InvoiceDetail }
export { BILL_VIEWS } from './round-queries.js'
export type { BillView, ClassSums, FeeKindSums, RoundListItem, RoundSums } from './round-queries.js'

type FiguresDeps = Pick<Deps, 'db'>

export interface RoundFigures extends RoundSumsBy {
  round: Round
}

/** Throws `ROUND_NOT_FOUND`. */
export async function getRoundFigures(
  { db }: FiguresDeps, schoolId: string, roundId: string,
): Promise<RoundFigures> {
  return db.inSchool(schoolId, async (trx) => {
    const round = await getRound(trx, schoolId, roundId)
    return { round, ...await readRoundSums(trx, schoolId, roundId) }
  })
}

/** Newest first, each with its sums. */
export async function listRoundsWithSums(
  { db }: FiguresDeps, schoolId: string, page: { beforeId?: string | undefined; limit?: number },
): Promise<{ items: RoundListItem[]; nextCursor: string | null }> {
  const { limit = LIMITS.pageSizeDefault, beforeId } = page
  const rows = await db.inSchool(schoolId, (trx) => readRoundList(trx, schoolId, { limit: limit + 1, beforeId }))
  return toPage(rows, limit, ({ id }) => [id])
}

export interface ListedBill extends Omit<RoundBill, 'codeNumber'> {
  paymentCode: string
  status: PaymentStatus
  openVnd: number
}

export interface BillPage {
  items: ListedBill[]
  /** What `after` of the next page is; undefined on the last one. */
  next: BillPlace | undefined
}

export async function listRoundBills(
  { db }: FiguresDeps, schoolId: string, filter: Omit<RoundBillFilter, 'limit'> & { limit?: number },
): Promise<BillPage> {
  const { limit = LIMITS.pageSizeDefault } = filter
  const rows = await db.inSchool(schoolId, (trx) => readRoundBills(trx, schoolId, { ...filter, limit: limit + 1 }))
  const shown = rows.slice(0, limit)
  return {
    items: shown.map(({ bill }) => toListedBill(bill)),
    next: rows.length > limit ? shown.at(-1)?.place : undefined,
  }
}

function toListedBill({ codeNumber, ...bill }: RoundBill): ListedBill {
  const paymentCode = paymentCodeText(paymentCodeNumber(codeNumber))
  return { ...bill, paymentCode, status: paymentStatusOf(bill), openVnd: openVnd(bill) }
}

// A handful of accounts, and a bill for each change of the plan.
const STUDENT_BILLS_MAX = 100

/** All bills of a student in a round with their lines: those that are out first, then withdrawn ones, newest first. */
export async function listStudentBills(
  { db }: FiguresDeps, schoolId: string, of: { roundId: string; studentId: string },
): Promise<InvoiceDetail[]> {
  return db.inSchool(schoolId, async (trx) => {
    const bills: InvoiceDetail[] = []
    for (const { id } of await listInvoices(trx, schoolId, { ...of, limit: STUDENT_BILLS_MAX })) {
      bills.push(await getInvoice(trx, schoolId, id))
    }
    return [...bills.filter(({ state }) => state === 'issued'),
      ...bills.filter(({ state }) => state !== 'issued').reverse()]
  })
}
