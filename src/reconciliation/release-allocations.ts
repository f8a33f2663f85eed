// Frees the money of bills that are being withdrawn: each standing allocation is reversed and its amount held as
// the student's credit, from where it pays the bill that replaces the old one.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { LEDGER_NO } from '../ledger/account.js'
import type { Day, SchoolYear } from '../time.js'
import { openBook } from './book.js'
import type { CreditDraft, Source } from './book.js'
import { reverseAllocations } from './reverse-allocations.js'
import { countableDay, readSources } from './source.js'
import type { SourceKind, StandingAllocation } from './source.js'

export interface Release {
  schoolId: string
  invoiceIds: readonly string[]
  actor: string
  today: Day
}

interface PaidPart extends StandingAllocation {
  kind: SourceKind
  source_id: string
  bank_account_id: string
  school_year: SchoolYear
}

/** The caller holds the students' locks. Afterwards nothing is paid on these bills. */
export async function releaseAllocations(trx: Trx, release: Release): Promise<void> {
  const { schoolId, actor, today } = release
  const parts = await readPaidParts(trx, schoolId, release.invoiceIds)
  if (parts.length === 0) return
  const idsOf = (kind: SourceKind): string[] => [
    ...new Set(parts.filter((part) => part.kind === kind).map((part) => part.source_id)),
  ]
  const day = await countableDay(trx, schoolId, today)
  const sources = new Map([
    ...(await readSources(trx, schoolId, 'bank', idsOf('bank'), day)),
    ...(await readSources(trx, schoolId, 'cash', idsOf('cash'), day)),
  ])
  const book = openBook(schoolId, actor)
  const freed = new Map<string, CreditDraft>()
  for (const [key, ofOne] of bySourceAndBill(parts)) {
    const [first] = ofOne
    const source = first && sources.get(first.source_id)
    if (!first || !source) continue
    const studentId = first.student_id
    const entryId = book.entry({
      kind: 'deallocation',
      bankDay: source.countedOn,
      countedOn: source.countedOn,
      source,
      invoiceId: first.invoice_id,
      lines: ofOne.map((part) => ({
        debitNo: LEDGER_NO.receivablePayer,
        creditNo: LEDGER_NO.studentCredit,
        amountVnd: part.amount_vnd,
        studentId,
      })),
    })
    reverseAllocations(book, source, entryId, ofOne)
    freed.set(key, creditOf(source, ofOne))
  }
  for (const credit of freed.values()) book.holdCredit(credit)
  await book.write(trx)
}

function bySourceAndBill(parts: readonly PaidPart[]): Map<string, PaidPart[]> {
  const groups = new Map<string, PaidPart[]>()
  for (const part of parts) {
    const key = `${part.source_id} ${part.invoice_id}`
    groups.set(key, [...(groups.get(key) ?? []), part])
  }
  return groups
}

function creditOf(source: Source, parts: readonly PaidPart[]): CreditDraft {
  const [first] = parts
  return {
    source,
    studentId: first?.student_id ?? '',
    // Put onto a bill of another account, it was moved there with it: so it goes on to what replaces that bill.
    bankAccountId: source.kind === 'cash' ? null : first?.bank_account_id ?? '',
    schoolYear: first?.school_year ?? '',
    kind: 'withdrawn_invoice',
    ...(first && { invoiceId: first.invoice_id }),
    amountVnd: parts.reduce((sum, part) => sum + part.amount_vnd, 0),
  }
}

async function readPaidParts(trx: Trx, schoolId: string, invoiceIds: readonly string[]): Promise<PaidPart[]> {
  const { rows } = await sql<PaidPart>`
    SELECT allocation.id, CASE WHEN bank_transaction_id IS NULL THEN 'cash' ELSE 'bank' END AS kind,
      coalesce(bank_transaction_id, cash_receipt_id) AS source_id, allocation.student_id, allocation.invoice_id,
      allocation.line_no, allocation.fee_group, allocation.amount_vnd, invoice.issued_on, invoice.bank_account_id,
      invoice.school_year
    FROM allocation
    JOIN invoice ON invoice.school_id = allocation.school_id AND invoice.id = allocation.invoice_id
    WHERE allocation.school_id = ${schoolId} AND allocation.invoice_id = ANY (${invoiceIds}::uuid[])
      AND allocation.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM allocation undo
        WHERE undo.school_id = ${schoolId} AND undo.reverses_id = allocation.id)
    ORDER BY allocation.id DESC`.execute(trx)
  return rows
}
