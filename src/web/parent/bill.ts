// What may be said of the bills on a parent's page? Pure: states, sums and the words taken from a name. A withdrawn
// bill is never shown as one to pay, and a bill past its due day is still one to pay.
import type { ExemptionPayer, InvoiceState } from '../../invoicing/invoice.js'
import type { FeeGroup } from '../../ledger/account.js'
import { isDay } from '../../time.js'
import type { Day } from '../../time.js'
import type { Awaited } from './awaited.js'

/** The bills of one student in one round: what a page shows and what it watches. */
export interface BillPlace {
  schoolId: string
  studentId: string
  roundId: string
}

export interface BillLine {
  lineNo: number
  feeName: string
  feeGroup: FeeGroup
  legalBasis: string
  grossVnd: number
  exemptedVnd: number
  payableVnd: number
  exemptedPayer: ExemptionPayer | null
}

export type ReceivedWay = 'transfer' | 'cash' | 'credit'

/** Money that stands on a bill. `at` is null where the bank told only the day. */
export interface Received {
  way: ReceivedWay
  day: Day
  at: Date | null
  amountVnd: number
  receiptNumber: number | null
}

export type CreditKind = 'surplus' | 'possible_double_payment' | 'withdrawn_invoice' | 'awaiting_refund'

/** How the rest of one bill can be paid. `payload` is null when no QR can carry it. */
export type Payment =
  | { kind: 'nothing' }
  | { kind: 'closed' }
  | {
    kind: 'transfer', bankBin: string, accountNumber: string, accountName: string, amountVnd: number,
    purpose: string, payload: string | null,
  }

export interface PageBill {
  invoiceId: string
  code: string
  dueOn: Day
  payableVnd: number
  paidVnd: number
  openVnd: number
  lines: readonly BillLine[]
  received: readonly Received[]
  payment: Payment
}

export interface BillPage {
  place: BillPlace
  /** Of the moment before the rows were read: what differs from it is news. */
  mark: string
  schoolName: string
  roundName: string
  schoolYear: string
  /** The first name alone. */
  childName: string
  className: string | null
  hasBirthDate: boolean
  /** The bill that the link was made for, and its code. */
  linked: { state: InvoiceState, code: string }
  /** Issued ones, in the order of issue; none when all were taken back. */
  bills: readonly PageBill[]
  /** Transfers that name these bills and wait for a person. */
  awaited: readonly Awaited[]
  credits: readonly { kind: CreditKind, heldVnd: number }[]
  today: Day
}

export type PageState = 'withdrawn' | 'nothing_to_pay' | 'received' | 'part_paid' | 'unpaid'

export interface PageSums {
  payableVnd: number
  paidVnd: number
  openVnd: number
}

export function sumsOf(bills: readonly PageSums[]): PageSums {
  const sum = (key: keyof PageSums): number => bills.reduce((total, bill) => total + bill[key], 0)
  return { payableVnd: sum('payableVnd'), paidVnd: sum('paidVnd'), openVnd: sum('openVnd') }
}

export function stateOf(bills: readonly PageSums[]): PageState {
  const { payableVnd, paidVnd, openVnd } = sumsOf(bills)
  if (bills.length === 0) return 'withdrawn'
  if (payableVnd === 0) return 'nothing_to_pay'
  if (openVnd === 0) return 'received'
  return paidVnd > 0 ? 'part_paid' : 'unpaid'
}

/** The earliest due day of what is still open; undefined when nothing is. */
export function dueDayOf(bills: readonly { openVnd: number, dueOn: Day }[]): Day | undefined {
  return bills.filter(({ openVnd }) => openVnd > 0).map(({ dueOn }) => dueOn).sort()[0]
}

/** `Nguyễn Thị Ánh` -> `Ánh`: a Vietnamese name ends in the given name. */
export function givenName(fullName: string): string {
  return fullName.trim().split(/\s+/).at(-1) ?? ''
}

/** A birth date as people write it, `5/9/2017`, `05.09.2017`, `05092017`; undefined for any other text. */
export function readBirthDate(text: string): Day | undefined {
  const found = /^\s*(\d{1,2})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{4})\s*$/.exec(text) ??
    /^\s*(\d{2})(\d{2})(\d{4})\s*$/.exec(text)
  const [, day = '', month = '', year = ''] = found ?? []
  const read = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(read) ? read : undefined
}
