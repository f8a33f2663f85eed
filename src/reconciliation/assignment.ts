// Divides what a transfer has in suspense over the bills that a person chose: exact amounts, or up to what is open,
// the rest to one student's credit. Pure; it refuses whatever would exceed and never moves a đồng by itself.
import { DomainError } from '../errors.js'
import type { SchoolYear } from '../time.js'

export interface AskedBill {
  invoiceId: string
  /** Left out: as much as is open and as there is. */
  amountVnd?: number | undefined
}

export interface AskedCredit {
  studentId: string
  /** Left out: all that the bills leave. */
  amountVnd?: number | undefined
}

export interface AskedAssignment {
  bills: readonly AskedBill[]
  credit?: AskedCredit | undefined
}

/** A chosen bill as it stands under its student's lock. */
export interface ChosenBill {
  invoiceId: string
  studentId: string
  state: 'issued' | 'cancelled' | 'superseded'
  openVnd: number
  schoolYear: SchoolYear
}

export interface Assignment {
  parts: { invoiceId: string; studentId: string; amountVnd: number }[]
  credit: { studentId: string; amountVnd: number; schoolYear: SchoolYear | null } | null
  /** What stays in suspense. */
  restVnd: number
}

/**
 * Σ parts + credit + rest = `suspenseVnd`. Errors: `INVOICE_TWICE`, `INVOICE_WITHDRAWN_CONFLICT`,
 * `NOTHING_TO_PAY`, `AMOUNT_OVER_OPEN`, `AMOUNT_OVER_SUSPENSE`, `NOTHING_TO_ASSIGN`.
 */
export function planAssignment(
  suspenseVnd: number,
  asked: AskedAssignment,
  chosen: ReadonlyMap<string, ChosenBill>,
): Assignment {
  let restVnd = suspenseVnd
  const take = (field: string, amountVnd: number): void => {
    if (amountVnd > restVnd) throw refused('AMOUNT_OVER_SUSPENSE', field, `only ${restVnd} đồng are left to assign`)
    restVnd -= amountVnd
  }
  const parts: Assignment['parts'] = []
  asked.bills.forEach(({ invoiceId, amountVnd: askedVnd }, at) => {
    const field = `bills/${at}/amountVnd`
    const bill = chosen.get(invoiceId)
    if (!bill) throw refused('INVOICE_NOT_FOUND', `bills/${at}/invoiceId`, 'there is no such bill in this school')
    if (parts.some((part) => part.invoiceId === invoiceId)) {
      throw refused('INVOICE_TWICE', `bills/${at}/invoiceId`, 'the same bill was chosen twice')
    }
    checkBill(bill, at)
    const amountVnd = askedVnd ?? Math.min(bill.openVnd, restVnd)
    if (amountVnd > bill.openVnd) throw refused('AMOUNT_OVER_OPEN', field, `only ${bill.openVnd} đồng are open`)
    take(field, amountVnd)
    if (amountVnd > 0) parts.push({ invoiceId, studentId: bill.studentId, amountVnd })
  })
  const credit = planCredit(asked.credit, restVnd, [...chosen.values()])
  if (credit) take('credit/amountVnd', credit.amountVnd)
  if (parts.length === 0 && !credit) throw refused('NOTHING_TO_ASSIGN', 'bills', 'nothing was chosen to assign')
  return { parts, credit, restVnd }
}

function checkBill(bill: ChosenBill, at: number): void {
  const field = `bills/${at}/invoiceId`
  if (bill.state !== 'issued') {
    throw refused('INVOICE_WITHDRAWN_CONFLICT', field, 'this bill was cancelled or replaced')
  }
  if (bill.openVnd === 0) throw refused('NOTHING_TO_PAY', field, 'this bill has nothing open')
}

/** In the newest school year of the chosen bills of that student; null when none dates it. */
function planCredit(
  asked: AskedCredit | undefined,
  restVnd: number,
  bills: readonly ChosenBill[],
): Assignment['credit'] {
  const amountVnd = asked?.amountVnd ?? restVnd
  if (!asked || amountVnd === 0) return null
  const { studentId } = asked
  const years = bills.filter((bill) => bill.studentId === studentId).map((bill) => bill.schoolYear)
  const schoolYear = years.sort().at(-1) ?? null
  return { studentId, amountVnd, schoolYear }
}

function refused(code: string, field: string, reason: string): DomainError {
  return new DomainError(code, reason, [{ field, reason, code }])
}
