// Collects everything that one transaction writes about money, and writes it once: entries with their
// postings, allocations, credits, facts, and the sums that follow from them. The only place that writes these tables,
// so that a ledger posting, an allocation and a paid amount can never part company.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { Insertable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { factsOf } from '../adoption/fact.js'
import type { AllocationChange } from '../adoption/fact.js'
import { insertRows, toRecords } from '../db/rows.js'
import type { Tables } from '../db/tables.js'
import type { Trx } from '../db/tenancy.js'
import type { Day, SchoolYear } from '../time.js'
import type { CreditKind } from './match.js'

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

export interface PostingDraft {
  debitNo: number
  creditNo: number
  amountVnd: number
  studentId: string | null
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
  bankAccountId: string
  schoolYear: SchoolYear
  kind: CreditKind
  amountVnd: number
  /** The withdrawn bill that this money was freed from: it goes back to what replaced that bill. */
  invoiceId?: string
}

/** Changes of a source's own sums, besides what allocations and credits imply. */
interface SourceChange {
  source: Source
  allocatedVnd: number
  creditedVnd: number
  reversedVnd: number
}

export interface Book {
  entry(draft: EntryDraft): string
  allocate(draft: AllocationDraft): void
  holdCredit(draft: CreditDraft): void
  /** Takes money out of a held credit (to spend it or because its source was reversed). */
  drawCredit(source: Source, creditId: string, amountVnd: number): void
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
  const changes = new Map<string, { source: Source; changes: AllocationChange[] }>()
  const sums = new Map<string, SourceChange>()
  const invoicePaid = new Map<string, number>()
  const linePaid = new Map<string, { invoice_id: string; line_no: number; delta: number }>()
  const creditDrawn = new Map<string, number>()

  function sumsOf(source: Source): SourceChange {
    let change = sums.get(source.id)
    if (!change) sums.set(source.id, (change = { source, allocatedVnd: 0, creditedVnd: 0, reversedVnd: 0 }))
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

  function holdCredit(draft: CreditDraft): void {
    const { source, amountVnd } = draft
    assert(amountVnd > 0, 'a credit holds something')
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
    await insertRows(trx, 'adoption_fact', facts())
    await addToInvoices(trx, schoolId, invoicePaid)
    await addToLines(trx, schoolId, [...linePaid.values()])
    await addToSources(trx, schoolId, [...sums.values()])
    await takeFromCredits(trx, schoolId, creditDrawn)
  }

  return {
    entry,
    allocate,
    holdCredit,
    drawCredit(source, creditId, amountVnd) {
      assert(amountVnd > 0, 'a draw takes something')
      creditDrawn.set(creditId, (creditDrawn.get(creditId) ?? 0) + amountVnd)
      sumsOf(source).creditedVnd -= amountVnd
    },
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

/** One posting for each pair of accounts and student; nothing for zero. */
function foldPostings(lines: readonly PostingDraft[]): PostingDraft[] {
  const folded = new Map<string, PostingDraft>()
  for (const line of lines) {
    if (line.amountVnd === 0) continue
    const key = `${line.debitNo} ${line.creditNo} ${line.studentId ?? ''}`
    const same = folded.get(key)
    if (same) same.amountVnd += line.amountVnd
    else folded.set(key, { ...line })
  }
  return [...folded.values()]
}

function byKey<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}

function assertAll(updated: bigint | undefined, expected: number, table: string): void {
  assert.equal(updated, BigInt(expected), `every ${table} row of the batch must exist`)
}

async function addToInvoices(trx: Trx, schoolId: string, paid: ReadonlyMap<string, number>): Promise<void> {
  if (paid.size === 0) return
  const changes = toRecords(byKey(paid).map(([id, delta]) => ({ id, delta })))
  const { numAffectedRows } = await sql`UPDATE invoice SET paid_vnd = paid_vnd + change.delta
    FROM jsonb_to_recordset(${changes}::jsonb) AS change (id uuid, delta bigint)
    WHERE invoice.school_id = ${schoolId} AND invoice.id = change.id`.execute(trx)
  assertAll(numAffectedRows, paid.size, 'invoice')
}

async function addToLines(
  trx: Trx,
  schoolId: string,
  lines: readonly { invoice_id: string; line_no: number; delta: number }[],
): Promise<void> {
  if (lines.length === 0) return
  const { numAffectedRows } = await sql`UPDATE invoice_line SET paid_vnd = paid_vnd + change.delta
    FROM jsonb_to_recordset(${toRecords(lines)}::jsonb) AS change (invoice_id uuid, line_no smallint, delta bigint)
    WHERE invoice_line.school_id = ${schoolId} AND invoice_line.invoice_id = change.invoice_id
      AND invoice_line.line_no = change.line_no`.execute(trx)
  assertAll(numAffectedRows, lines.length, 'invoice_line')
}

async function addToSources(trx: Trx, schoolId: string, changes: readonly SourceChange[]): Promise<void> {
  for (const [kind, table] of [['bank', 'bank_transaction'], ['cash', 'cash_receipt']] as const) {
    const rows = changes
      .filter(({ source }) => source.kind === kind)
      .map(({ source, allocatedVnd, creditedVnd, reversedVnd }) => ({
        id: source.id,
        allocated: allocatedVnd,
        credited: creditedVnd,
        reversed: reversedVnd,
      }))
    if (rows.length === 0) continue
    const { numAffectedRows } = await sql`UPDATE ${sql.table(table)} AS source
      SET allocated_vnd = allocated_vnd + change.allocated, credited_vnd = credited_vnd + change.credited,
        reversed_vnd = reversed_vnd + change.reversed
      FROM jsonb_to_recordset(${toRecords(rows)}::jsonb)
        AS change (id uuid, allocated bigint, credited bigint, reversed bigint)
      WHERE source.school_id = ${schoolId} AND source.id = change.id`.execute(trx)
    assertAll(numAffectedRows, rows.length, table)
  }
}

async function takeFromCredits(trx: Trx, schoolId: string, drawn: ReadonlyMap<string, number>): Promise<void> {
  if (drawn.size === 0) return
  const changes = toRecords(byKey(drawn).map(([id, taken]) => ({ id, taken })))
  const { numAffectedRows } = await sql`UPDATE credit SET held_vnd = held_vnd - change.taken
    FROM jsonb_to_recordset(${changes}::jsonb) AS change (id uuid, taken bigint)
    WHERE credit.school_id = ${schoolId} AND credit.id = change.id`.execute(trx)
  assertAll(numAffectedRows, drawn.size, 'credit')
}
