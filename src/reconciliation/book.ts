// Collects everything that one transaction writes about money, and writes it once: entries with their
// postings, allocations, credits, refunds, facts, and the sums that follow from them. The only place that writes these
// tables, so that a ledger posting, an allocation and a paid amount can never part company.
import assert from 'node:assert/strict'
import type { Insertable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { factsOf } from '../adoption/fact.js'
import type { AllocationChange } from '../adoption/fact.js'
import { insertRows } from '../db/rows.js'
import type { Tables } from '../db/tables.js'
import type { Trx } from '../db/tenancy.js'
import type { Day, SchoolYear } from '../time.js'
import { addToInvoices, addToLines, addToSources, cancelTransfers, takeFromCredits } from './book-store.js'
import type { SourceChange } from './book-store.js'
import type { CreditKind } from './match.js'
import { foldPostings } from './postings.js'
import type { PostingDraft } from './postings.js'

type Row<Table extends keyof Tables> = Insertable<Tables[Table]>

/** Where money came from: a bank transaction or a cash receipt, as it stands before this transaction. */
export interface Source {
  kind: 'bank' | 'cash'
  id: string
  paymentClass: 'direct' | 'assisted' | 'proxy_suspected' | 'intermediary' | 'cash'
  bankDay: Day
  /** Day on which what is allocated now counts: never before a day on which this source changed already. */
  countedOn: Day
  /** Net allocation by fee group, before. */
  netByGroup: Map<string, number>
}

export interface EntryDraft {
  kind: Row<'entry'>['kind']
  bankDay: Day
  countedOn: Day
  source?: { kind: 'bank' | 'cash'; id: string }
  invoiceId?: string
  reversesId?: string
  lines: readonly PostingDraft[]
}

export interface AllocationDraft {
  source: Source
  entryId: string
  studentId: string
  invoiceId: string
  lineNo: number
  feeGroup: string
  issuedOn: Day
  /** Signed; negative with `reversesId`. */
  amountVnd: number
  reversesId?: string
  fromCreditId?: string
}

export interface CreditDraft {
  source: Source
  studentId: string
  /** Where the money lies, and so whose bills it may pay; null for cash, which may pay those of any account. */
  bankAccountId: string | null
  /** Within which it pays by itself; null when no bill dates it: then it pays in any. */
  schoolYear: SchoolYear | null
  kind: CreditKind
  amountVnd: number
  /** The withdrawn bill that this money was freed from: it goes back to what replaced that bill. */
  invoiceId?: string
}

/** Between two bank accounts of the school, each with its account in the ledger. */
export interface AccountTransferDraft {
  source: Source
  from: BookedAccount
  to: BookedAccount
  amountVnd: number
  /** The entry that pays the bills with it, or that takes it off them. */
  forEntryId: string
  /** The transfer that this one takes back. What nobody had moved at the bank is then due in neither direction. */
  reverses?: { id: string; wasMoved: boolean }
}

interface BookedAccount {
  id: string
  ledger_no: number
}

export interface RefundDraft {
  creditId: string
  /** The transfer by which it left. */
  outId: string
  entryId: string
  amountVnd: number
}

export interface Book {
  entry(draft: EntryDraft): string
  allocate(draft: AllocationDraft): void
  moveBetweenAccounts(draft: AccountTransferDraft): void
  holdCredit(draft: CreditDraft): void
  /** Takes money out of a held credit (to spend it or because its source was reversed). */
  drawCredit(source: Source, creditId: string, amountVnd: number): void
  /** Puts what a credit holds back into suspense: the row remembers that this part was neither spent nor reversed. */
  undoCredit(source: Source, creditId: string, amountVnd: number): void
  /** Gives a credit back to its payer by a row of money out: its source remembers what was returned. */
  refundCredit(source: Source, refund: RefundDraft): void
  markReversed(source: Source, amountVnd: number): void
  /** The sums of a source that is inserted in this same transaction: then no UPDATE follows for it. */
  takeSums(sourceId: string): { allocatedVnd: number; creditedVnd: number; reversedVnd: number }
  write(trx: Trx): Promise<void>
}

export function openBook(schoolId: string, actor: string): Book {
  const entries: Row<'entry'>[] = []
  const postings: Row<'posting'>[] = []
  const allocations: Row<'allocation'>[] = []
  const credits: Row<'credit'>[] = []
  const transfers: Row<'account_transfer'>[] = []
  const cancelled: string[] = []
  const refunds: Row<'refund'>[] = []
  const changes = new Map<string, { source: Source; changes: AllocationChange[] }>()
  const sums = new Map<string, SourceChange>()
  const invoicePaid = new Map<string, number>()
  const linePaid = new Map<string, { invoice_id: string; line_no: number; delta: number }>()
  const creditDrawn = new Map<string, { drawn: number; undone: number }>()

  function sumsOf(source: Source): SourceChange {
    let change = sums.get(source.id)
    if (!change) {
      change = { source, allocatedVnd: 0, creditedVnd: 0, refundedVnd: 0, reversedVnd: 0 }
      sums.set(source.id, change)
    }
    return change
  }

  function entry(draft: EntryDraft): string {
    const id = uuidv7()
    entries.push({
      school_id: schoolId,
      id,
      kind: draft.kind,
      bank_day: draft.bankDay,
      counted_on: draft.countedOn,
      actor,
      bank_transaction_id: draft.source?.kind === 'bank' ? draft.source.id : null,
      cash_receipt_id: draft.source?.kind === 'cash' ? draft.source.id : null,
      invoice_id: draft.invoiceId ?? null,
      reverses_id: draft.reversesId ?? null,
    })
    let lineNo = 0
    for (const line of foldPostings(draft.lines)) {
      postings.push({
        school_id: schoolId,
        entry_id: id,
        line_no: ++lineNo,
        debit_no: line.debitNo,
        credit_no: line.creditNo,
        amount_vnd: line.amountVnd,
        student_id: line.studentId,
      })
    }
    assert(lineNo > 0, 'an entry has at least one posting')
    return id
  }

  function allocate(draft: AllocationDraft): void {
    const { source, amountVnd } = draft
    assert(draft.reversesId === undefined ? amountVnd > 0 : amountVnd < 0, 'sign of an allocation')
    allocations.push({
      school_id: schoolId,
      id: uuidv7(),
      bank_transaction_id: source.kind === 'bank' ? source.id : null,
      cash_receipt_id: source.kind === 'cash' ? source.id : null,
      student_id: draft.studentId,
      invoice_id: draft.invoiceId,
      line_no: draft.lineNo,
      fee_group: draft.feeGroup,
      payment_class: source.paymentClass,
      amount_vnd: amountVnd,
      entry_id: draft.entryId,
      reverses_id: draft.reversesId ?? null,
      from_credit_id: draft.fromCreditId ?? null,
      counted_on: source.countedOn,
    })
    sumsOf(source).allocatedVnd += amountVnd
    let changed = changes.get(source.id)
    if (!changed) changes.set(source.id, (changed = { source, changes: [] }))
    changed.changes.push({
      studentId: draft.studentId,
      feeGroup: draft.feeGroup,
      issuedOn: draft.issuedOn,
      amountVnd,
    })
    invoicePaid.set(draft.invoiceId, (invoicePaid.get(draft.invoiceId) ?? 0) + amountVnd)
    const key = `${draft.invoiceId} ${draft.lineNo}`
    const line = linePaid.get(key)
    if (line) line.delta += amountVnd
    else linePaid.set(key, { invoice_id: draft.invoiceId, line_no: draft.lineNo, delta: amountVnd })
  }

  function moveBetweenAccounts(draft: AccountTransferDraft): void {
    const { source, from, to, amountVnd, forEntryId, reverses } = draft
    const entryId = entry({
      kind: 'account_transfer',
      bankDay: source.countedOn,
      countedOn: source.countedOn,
      source,
      lines: [{ debitNo: to.ledger_no, creditNo: from.ledger_no, amountVnd, studentId: null }],
    })
    const isCancelled = reverses !== undefined && !reverses.wasMoved
    if (isCancelled) cancelled.push(reverses.id)
    transfers.push({
      school_id: schoolId,
      id: uuidv7(),
      bank_transaction_id: source.id,
      from_bank_account_id: from.id,
      to_bank_account_id: to.id,
      amount_vnd: amountVnd,
      entry_id: entryId,
      for_entry_id: forEntryId,
      reverses_id: reverses?.id ?? null,
      due_on: source.countedOn,
      state: isCancelled ? 'cancelled' : 'due',
    })
  }

  function holdCredit(draft: CreditDraft): void {
    const { source, amountVnd } = draft
    assert(amountVnd > 0, 'a credit holds something')
    assert((draft.bankAccountId === null) === (source.kind === 'cash'), 'money from a bank lies in an account')
    credits.push({
      school_id: schoolId,
      id: uuidv7(),
      bank_transaction_id: source.kind === 'bank' ? source.id : null,
      cash_receipt_id: source.kind === 'cash' ? source.id : null,
      student_id: draft.studentId,
      bank_account_id: draft.bankAccountId,
      school_year: draft.schoolYear,
      kind: draft.kind,
      amount_vnd: amountVnd,
      held_vnd: amountVnd,
      invoice_id: draft.invoiceId ?? null,
    })
    sumsOf(source).creditedVnd += amountVnd
  }

  function draw(source: Source, creditId: string, amountVnd: number, undoneVnd: number): void {
    assert(amountVnd > 0, 'a draw takes something')
    const before = creditDrawn.get(creditId) ?? { drawn: 0, undone: 0 }
    creditDrawn.set(creditId, { drawn: before.drawn + amountVnd, undone: before.undone + undoneVnd })
    sumsOf(source).creditedVnd -= amountVnd
  }

  function refundCredit(source: Source, { creditId, outId, entryId, amountVnd }: RefundDraft): void {
    draw(source, creditId, amountVnd, 0)
    sumsOf(source).refundedVnd += amountVnd
    refunds.push({
      school_id: schoolId,
      id: uuidv7(),
      out_transaction_id: outId,
      credit_id: creditId,
      amount_vnd: amountVnd,
      entry_id: entryId,
      actor,
    })
  }

  function facts(): Row<'adoption_fact'>[] {
    return [...changes.values()].flatMap(({ source, changes: ofSource }) =>
      factsOf(ofSource, source.netByGroup).map((fact) => ({
        school_id: schoolId,
        id: uuidv7(),
        student_id: fact.studentId,
        counted_on: source.countedOn,
        fee_group: fact.feeGroup,
        payment_class: source.paymentClass,
        issued_on: fact.issuedOn,
        paid_vnd: fact.amountVnd,
        source_payments: fact.sourcePayments,
        group_payments: fact.groupPayments,
        folded: false,
      })),
    )
  }

  async function write(trx: Trx): Promise<void> {
    await insertRows(trx, 'entry', entries)
    await insertRows(trx, 'posting', postings)
    await insertRows(trx, 'credit', credits)
    await insertRows(trx, 'allocation', allocations)
    await insertRows(trx, 'account_transfer', transfers)
    await cancelTransfers(trx, schoolId, cancelled)
    await insertRows(trx, 'refund', refunds)
    await insertRows(trx, 'adoption_fact', facts())
    await addToInvoices(trx, schoolId, invoicePaid)
    await addToLines(trx, schoolId, [...linePaid.values()])
    await addToSources(trx, schoolId, [...sums.values()])
    await takeFromCredits(trx, schoolId, creditDrawn)
  }

  return {
    entry,
    allocate,
    moveBetweenAccounts,
    holdCredit,
    drawCredit: (source, creditId, amountVnd) => draw(source, creditId, amountVnd, 0),
    undoCredit: (source, creditId, amountVnd) => draw(source, creditId, amountVnd, amountVnd),
    refundCredit,
    markReversed(source, amountVnd) {
      sumsOf(source).reversedVnd += amountVnd
    },
    takeSums(sourceId) {
      const { allocatedVnd = 0, creditedVnd = 0, reversedVnd = 0 } = sums.get(sourceId) ?? {}
      sums.delete(sourceId)
      return { allocatedVnd, creditedVnd, reversedVnd }
    },
    write,
  }
}
