// Divides cash over a child's open bills before anything is booked. Cash lies in no bank account, so bills of every
// account are alike; a bill that is named is the one that the payer means, and no other. Pure.

export interface CashBill {
  invoiceId: string
  openVnd: number
}

export interface CashPlan {
  parts: { invoiceId: string; amountVnd: number }[]
  /** More than these bills ask: change to give back, or to be kept if the payer says so. */
  restVnd: number
}

/** `bills` oldest first, of all accounts. Σ parts + rest = `amountVnd`. */
export function planCash(bills: readonly CashBill[], amountVnd: number, invoiceId?: string): CashPlan {
  const parts: CashPlan['parts'] = []
  let restVnd = amountVnd
  for (const bill of bills) {
    if (invoiceId !== undefined && bill.invoiceId !== invoiceId) continue
    const partVnd = Math.min(restVnd, bill.openVnd)
    if (partVnd > 0) parts.push({ invoiceId: bill.invoiceId, amountVnd: partVnd })
    restVnd -= partVnd
  }
  return { parts, restVnd }
}

/** The split as a person saw it, to be compared with the one that would be booked. */
export function splitMark(parts: CashPlan['parts']): string {
  return parts.map(({ invoiceId, amountVnd }) => `${invoiceId}=${amountVnd}`).join(' ')
}

/** Σ of a split as `splitMark` wrote it; 0 where it is none. */
export function seenSum(mark: string): number {
  return mark.split(' ').reduce((sum, part) => sum + Number(/=(\d{1,12})$/.exec(part)?.[1] ?? 0), 0)
}
