// Which transfers that name these bills wait for a person, and which of the bills each of them may pay? Pure. An old
// code names the bill that stands in the place of its own; the student's own code names all of them.
import type { Day } from '../../time.js'

/** An open review item under one of the codes; `invoiceId` is null for the student's own code. */
export interface AwaitedRow {
  itemId: string
  invoiceId: string | null
  /** Null where a call could not even be read. */
  amountVnd: number | null
  day: Day | null
  /** The money came to another school's account. */
  isElsewhere: boolean
}

export interface Awaited extends Omit<AwaitedRow, 'invoiceId'> {
  /** Those that stand. */
  invoiceIds: readonly string[]
}

interface Bill {
  invoiceId: string
  state: string
  replacedBy: string | null
}

export function findAwaited(bills: readonly Bill[], rows: readonly AwaitedRow[]): Awaited[] {
  const standing = bills.filter(({ state }) => state === 'issued').map(({ invoiceId }) => invoiceId)
  const found = new Map<string, Awaited>()
  for (const { invoiceId, ...item } of rows) {
    const named = invoiceId === null ? standing : [standingOf(bills, invoiceId)].filter((id) => id !== undefined)
    const known = found.get(item.itemId)?.invoiceIds ?? []
    found.set(item.itemId, { ...item, invoiceIds: [...new Set([...known, ...named])] })
  }
  return [...found.values()]
}

/** A bill is never replaced by one before it, so the chain ends. */
function standingOf(bills: readonly Bill[], invoiceId: string): string | undefined {
  const bill = bills.find((one) => one.invoiceId === invoiceId)
  if (bill === undefined || bill.state === 'issued') return bill?.invoiceId
  return bill.replacedBy === null ? undefined : standingOf(bills, bill.replacedBy)
}
