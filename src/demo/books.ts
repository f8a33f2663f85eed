// The figures of a school, of many schools, and how two sets of them differ: once as planned, once as the service
// reports them. Pure.
import { PAYMENT_STATUSES } from '../invoicing/invoice.js'
import type { PaymentStatus } from '../invoicing/invoice.js'
import { formatVnd, formatWhole } from '../money.js'

/** Money in whole đồng; `bills` by status; `reviews` by reason. */
export interface Books {
  bills: Record<PaymentStatus, number>
  billedVnd: number
  exemptedVnd: number
  budgetVnd: number
  paidVnd: number
  creditVnd: number
  suspenseVnd: number
  cashVnd: number
  bankVnd: number
  reviews: Map<string, number>
}

/** What the adoption figures count. */
export interface Turnout {
  billedStudents: number
  zeroBillStudents: number
  cashlessStudents: number
  cashlessPayments: number
  cashPayments: number
  cashlessVnd: number
  cashVnd: number
}

export function emptyBooks(): Books {
  return {
    bills: { zero: 0, unpaid: 0, part_paid: 0, paid: 0 }, billedVnd: 0, exemptedVnd: 0, budgetVnd: 0, paidVnd: 0,
    creditVnd: 0, suspenseVnd: 0, cashVnd: 0, bankVnd: 0, reviews: new Map(),
  }
}

export function emptyTurnout(): Turnout {
  return {
    billedStudents: 0, zeroBillStudents: 0, cashlessStudents: 0, cashlessPayments: 0, cashPayments: 0, cashlessVnd: 0,
    cashVnd: 0,
  }
}

const AMOUNTS = [
  'billedVnd', 'exemptedVnd', 'budgetVnd', 'paidVnd', 'creditVnd', 'suspenseVnd', 'cashVnd', 'bankVnd',
] as const

export function sumBooks(all: Iterable<Books>): Books {
  const sum = emptyBooks()
  for (const one of all) {
    for (const field of AMOUNTS) sum[field] += one[field]
    for (const status of PAYMENT_STATUSES) sum.bills[status] += one.bills[status]
    for (const [reason, count] of one.reviews) sum.reviews.set(reason, (sum.reviews.get(reason) ?? 0) + count)
  }
  return sum
}

export function sumTurnout(all: Iterable<Turnout>): Turnout {
  const sum = emptyTurnout()
  for (const one of all) {
    sum.billedStudents += one.billedStudents
    sum.zeroBillStudents += one.zeroBillStudents
    sum.cashlessStudents += one.cashlessStudents
    sum.cashlessPayments += one.cashlessPayments
    sum.cashPayments += one.cashPayments
    sum.cashlessVnd += one.cashlessVnd
    sum.cashVnd += one.cashVnd
  }
  return sum
}

/** A sentence for each figure that is not as planned; empty when the books agree to the đồng. */
export function differences(planned: Books, found: Books): string[] {
  const amounts = AMOUNTS.flatMap((field) => planned[field] === found[field] ? []
    : [`${field}: ${formatVnd(found[field])} instead of ${formatVnd(planned[field])}`])
  const bills = PAYMENT_STATUSES.flatMap((status) => differ(`bills ${status}`, planned.bills[status], found.bills[status]))
  const reasons = new Set([...planned.reviews.keys(), ...found.reviews.keys()])
  const reviews = [...reasons].flatMap((reason) =>
    differ(`review ${reason}`, planned.reviews.get(reason) ?? 0, found.reviews.get(reason) ?? 0))
  return [...amounts, ...bills, ...reviews]
}

export function differ(what: string, planned: number, found: number): string[] {
  return planned === found ? [] : [`${what}: ${formatWhole(found)} instead of ${formatWhole(planned)}`]
}
