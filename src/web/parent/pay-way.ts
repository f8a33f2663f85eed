// How can the rest of a bill be paid, and what may the page say of it? Pure: the words and the QR follow from one
// decision, so that no sentence can speak of a QR that is not there, or of a transfer that no bank would take.
import { TRANSFER_LIMIT_VND } from '../../vietqr/transfer-rules.js'
import type { PageBill } from './bill.js'

export type PayWay =
  /** Nothing was ever to be paid. */
  | { kind: 'zero' }
  | { kind: 'done' }
  /** No account takes money for it now. */
  | { kind: 'closed' }
  | { kind: 'scan' }
  /** More than one transfer may carry: so many are needed, and each is taken off the rest. */
  | { kind: 'several_transfers', count: number }
  /** The account is good, but no QR can name it. */
  | { kind: 'by_hand' }

type Payable = Pick<PageBill, 'payableVnd' | 'openVnd' | 'payment'>

export function payWayOf({ payableVnd, openVnd, payment }: Payable): PayWay {
  if (openVnd === 0) return { kind: payableVnd === 0 ? 'zero' : 'done' }
  if (payment.kind !== 'transfer') return { kind: 'closed' }
  if (openVnd >= TRANSFER_LIMIT_VND) {
    return { kind: 'several_transfers', count: Math.ceil(openVnd / (TRANSFER_LIMIT_VND - 1)) }
  }
  return { kind: payment.payload === null ? 'by_hand' : 'scan' }
}

/** A bill with how it is paid; covered while a transfer that names it waits for a person. */
export interface PayView {
  invoiceId: string
  way: PayWay
  isCovered: boolean
}

interface PayablePage {
  bills: readonly (Payable & { invoiceId: string })[]
  awaited: readonly { invoiceIds: readonly string[] }[]
}

export function payViewsOf({ bills, awaited }: PayablePage): PayView[] {
  const named = new Set(awaited.flatMap(({ invoiceIds }) => invoiceIds))
  return bills.map((bill) => {
    const way = payWayOf(bill)
    return { invoiceId: bill.invoiceId, way, isCovered: takesMoney(way) && named.has(bill.invoiceId) }
  })
}

export function takesMoney({ kind }: PayWay): boolean {
  return kind === 'scan' || kind === 'several_transfers' || kind === 'by_hand'
}

/** What the sentences of the page, outside of the parts themselves, may speak of. */
export interface PageMeans {
  /** Some part takes money. */
  canPay: boolean
  /** Some part has a QR, be it covered. */
  hasQr: boolean
  /** A QR is in sight, and nobody is asked to wait. */
  showsQr: boolean
  /** Parts that take money, each into its own account. */
  partCount: number
}

export function meansOf(views: readonly PayView[]): PageMeans {
  const open = views.filter(({ way }) => takesMoney(way))
  const scanned = open.filter(({ way }) => way.kind === 'scan')
  return {
    canPay: open.length > 0,
    hasQr: scanned.length > 0,
    showsQr: scanned.some(({ isCovered }) => !isCovered),
    partCount: open.length,
  }
}
