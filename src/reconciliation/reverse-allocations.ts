// Takes payments off bills again: each standing allocation gets one row that reverses it whole. It only drafts the rows
// in the book; where the money goes instead is said by the entry of whoever calls it.
import type { Book, Source } from './book.js'
import type { StandingAllocation } from './source.js'

/** In the order given: newest first. */
export function reverseAllocations(
  book: Book,
  source: Source,
  entryId: string,
  allocations: readonly StandingAllocation[],
): void {
  for (const one of allocations) {
    book.allocate({
      source,
      entryId,
      studentId: one.student_id,
      invoiceId: one.invoice_id,
      lineNo: one.line_no,
      feeGroup: one.fee_group,
      issuedOn: one.issued_on,
      amountVnd: -one.amount_vnd,
      reversesId: one.id,
    })
  }
}
