// The bills that one transaction works on, as they stand under the students' locks. Paying a bill here
// changes what the next decision of the same transaction sees, and writes the allocation into the book.
import assert from 'node:assert/strict'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import { readOpenLines } from './bill-store.js'
import type { InvoiceRow } from './bill-store.js'
import type { Book, Source } from './book.js'
import type { Bill } from './match.js'
import { spreadOverLines } from './spread.js'

interface BillLine {
  lineNo: number
  feeGroup: string
  priority: number
  openVnd: number
}

export interface WorkedBill extends Bill {
  issuedOn: Day
  lines: BillLine[]
}

export interface Bills {
  get(invoiceId: string): WorkedBill
  all(): readonly WorkedBill[]
  /** Allocates money of `source` to a bill, line by line. */
  pay(book: Book, payment: Payment): void
}

export interface Payment {
  source: Source
  entryId: string
  invoiceId: string
  amountVnd: number
  fromCreditId?: string
}

export async function openBills(trx: Trx, schoolId: string, rows: readonly InvoiceRow[]): Promise<Bills> {
  const bills = new Map<string, WorkedBill>()
  for (const row of rows) bills.set(row.id, toBill(row))
  const open = [...bills.values()].filter((bill) => bill.openVnd > 0).map((bill) => bill.invoiceId)
  for (const line of await readOpenLines(trx, schoolId, open)) {
    bills.get(line.invoice_id)?.lines.push({
      lineNo: line.line_no,
      feeGroup: line.fee_group,
      priority: line.priority,
      openVnd: line.open_vnd,
    })
  }
  const get = (invoiceId: string): WorkedBill => {
    const bill = bills.get(invoiceId)
    assert(bill, 'a decision names only bills that were read')
    return bill
  }
  return {
    get,
    all: () => [...bills.values()],
    pay(book, { source, entryId, invoiceId, amountVnd, fromCreditId }) {
      const bill = get(invoiceId)
      for (const part of spreadOverLines(bill.lines, amountVnd)) {
        book.allocate({
          source,
          entryId,
          studentId: bill.studentId,
          invoiceId,
          lineNo: part.line.lineNo,
          feeGroup: part.line.feeGroup,
          issuedOn: bill.issuedOn,
          amountVnd: part.amountVnd,
          ...(fromCreditId !== undefined && { fromCreditId }),
        })
        part.line.openVnd -= part.amountVnd
      }
      bill.openVnd -= amountVnd
    },
  }
}

function toBill(row: InvoiceRow): WorkedBill {
  return {
    invoiceId: row.id,
    studentId: row.student_id,
    bankAccountId: row.bank_account_id,
    state: row.state,
    payableVnd: row.payable_vnd,
    openVnd: row.state === 'issued' ? row.payable_vnd - row.paid_vnd : 0,
    dueOn: row.due_on,
    issuedOn: row.issued_on,
    schoolYear: row.school_year,
    lines: [],
  }
}
