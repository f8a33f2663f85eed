// What is an invoice worth, and what may be said of it? Pure arithmetic of lines, exemptions and states; the
// set-based SQL of the run (plan.ts) does the same sums and a property test holds the two together.
import assert from 'node:assert/strict'
import { sumVnd, vnd, ZERO_VND } from '../money.js'
import type { Vnd } from '../money.js'
import type { Day } from '../time.js'

/** The lifecycle, which goes one way: `issued`, then perhaps one of the other two. */
export const INVOICE_STATES = ['issued', 'cancelled', 'superseded'] as const
export type InvoiceState = (typeof INVOICE_STATES)[number]

/** Derived from the sums, and can go back. `zero`: nothing to pay, as it is exempt or the budget pays. */
export const PAYMENT_STATUSES = ['zero', 'unpaid', 'part_paid', 'paid'] as const
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number]

/** Who pays the exempted part: the budget owes it to the school, or nobody does. */
export const EXEMPTION_PAYERS = ['budget', 'nobody'] as const
export type ExemptionPayer = (typeof EXEMPTION_PAYERS)[number]

export function paymentStatusOf(sums: { payableVnd: number; paidVnd: number }): PaymentStatus {
  const { payableVnd, paidVnd } = sums
  assert(paidVnd >= 0 && paidVnd <= payableVnd, 'paid lies between 0 and payable')
  if (payableVnd === 0) return 'zero'
  if (paidVnd === 0) return 'unpaid'
  return paidVnd < payableVnd ? 'part_paid' : 'paid'
}

/** What the QR asks for: nothing for a withdrawn invoice. */
export function openVnd(invoice: { state: InvoiceState; payableVnd: number; paidVnd: number }): Vnd {
  return invoice.state === 'issued' ? vnd(invoice.payableVnd - invoice.paidVnd) : ZERO_VND
}

/** A granted exemption of one student from one fee kind; just one of `percent` and `amountVnd` is set. */
export interface Exemption {
  id: string
  percent: number | null
  amountVnd: number | null
  payer: ExemptionPayer
  validFrom: Day
  /** First day on which it no longer holds. */
  validTo: Day | null
}

/** How a line is split. `exemption` is the one that was used, null when nothing is exempted. */
export interface LineSplit {
  grossVnd: Vnd
  exemptedVnd: Vnd
  payableVnd: Vnd
  exemptedPayer: ExemptionPayer | null
  exemptionId: string | null
}

/** A share of whole đồng, half-up: 50 % of 12,345 đ is 6,173 đ. Percent is 1 to 100. */
export function percentOf(amountVnd: number, percent: number): Vnd {
  return vnd(Math.floor((amountVnd * percent + 50) / 100))
}

function exemptedBy(exemption: Exemption, grossVnd: number): Vnd {
  const { percent, amountVnd } = exemption
  assert((percent === null) !== (amountVnd === null), 'an exemption is a percentage or an amount')
  return percent === null ? vnd(Math.min(amountVnd ?? 0, grossVnd)) : percentOf(grossVnd, percent)
}

/**
 * Splits a line by the exemptions that hold on the round's due day. Of several only one is used, the one that
 * exempts most (of equals, the lowest id): decrees do not add up, and a family gets the better of two.
 */
export function splitLine(grossVnd: number, exemptions: readonly Exemption[], dueOn: Day): LineSplit {
  const best = exemptions
    .filter(({ validFrom, validTo }) => validFrom <= dueOn && (validTo === null || dueOn < validTo))
    .map((exemption) => ({ exemption, exemptedVnd: exemptedBy(exemption, grossVnd) }))
    .filter(({ exemptedVnd }) => exemptedVnd > 0)
    .sort((a, b) => b.exemptedVnd - a.exemptedVnd || (a.exemption.id < b.exemption.id ? -1 : 1))[0]
  const exemptedVnd = best?.exemptedVnd ?? ZERO_VND
  return {
    grossVnd: vnd(grossVnd),
    exemptedVnd,
    payableVnd: vnd(grossVnd - exemptedVnd),
    exemptedPayer: best?.exemption.payer ?? null,
    exemptionId: best?.exemption.id ?? null,
  }
}

export interface InvoiceTotals {
  grossVnd: Vnd
  exemptedVnd: Vnd
  payableVnd: Vnd
  /** The part of the exempted money that the budget owes to the school. */
  budgetVnd: Vnd
}

export function totalsOf(lines: readonly LineSplit[]): InvoiceTotals {
  return {
    grossVnd: sumVnd(lines.map((line) => line.grossVnd)),
    exemptedVnd: sumVnd(lines.map((line) => line.exemptedVnd)),
    payableVnd: sumVnd(lines.map((line) => line.payableVnd)),
    budgetVnd: sumVnd(lines.map((line) => (line.exemptedPayer === 'budget' ? line.exemptedVnd : 0))),
  }
}
