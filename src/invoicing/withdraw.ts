// Takes issued invoices back, by a run or by hand: frees their money, reverses their ledger entries, and
// marks them. Nothing is deleted and no issued row is rewritten: a withdrawn invoice stays readable for
// ever.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { releaseAllocations } from '../reconciliation/release-allocations.js'
import type { Day } from '../time.js'

export interface Withdrawing {
  schoolId: string
  actor: string
  today: Day
  countedOn: Day
  reason: string
}

/** A query of `(invoice_id, replaced_by)`: what to withdraw, and what stands in its place, or null. */
export type Withdrawn = RawBuilder<{ invoice_id: string; replaced_by: string | null }>

/**
 * Withdraws issued invoices whose students' accounts are locked; returns how many. A replacement may be
 * inserted after this in the same transaction: its foreign key is checked at commit, and the unique index
 * of one issued invoice needs the old one out of the way first.
 */
export async function withdrawInvoices(
  trx: Trx, withdrawn: Withdrawn, withdrawing: Withdrawing,
): Promise<number> {
  const { schoolId, actor, today, reason } = withdrawing
  const paid = await sql<{ id: string }>`SELECT id FROM invoice
    WHERE school_id = ${schoolId} AND paid_vnd > 0
      AND id IN (SELECT invoice_id FROM (${withdrawn}) AS withdrawn)
    ORDER BY id`.execute(trx)
  if (paid.rows.length > 0) {
    await releaseAllocations(trx, { schoolId, invoiceIds: paid.rows.map(({ id }) => id), actor, today })
  }
  await reverseEntries(trx, withdrawn, withdrawing)
  const marked = await sql`UPDATE invoice
    SET state = CASE WHEN withdrawn.replaced_by IS NULL THEN 'cancelled' ELSE 'superseded' END,
      replaced_by = withdrawn.replaced_by, withdrawn_on = ${today}, withdrawn_reason = ${reason}
    FROM (${withdrawn}) AS withdrawn
    WHERE invoice.school_id = ${schoolId} AND invoice.id = withdrawn.invoice_id
      AND invoice.state = 'issued'`.execute(trx)
  assert(marked.numAffectedRows !== undefined, 'an update counts its rows')
  return Number(marked.numAffectedRows)
}

/** Mirrors the entries that issued the invoices; such an entry carries its invoice's own id (issue.ts). */
async function reverseEntries(trx: Trx, withdrawn: Withdrawn, withdrawing: Withdrawing): Promise<void> {
  const { schoolId, actor, today, countedOn } = withdrawing
  const { rows: [count] } = await sql<{ reversed: number; owing: number }>`
    WITH reversal AS (
      INSERT INTO entry (school_id, id, kind, bank_day, counted_on, actor, invoice_id, reverses_id)
      SELECT ${schoolId}, uuidv7(), 'invoice_withdrawn', ${today}, ${countedOn}, ${actor}, issue.id, issue.id
      FROM (${withdrawn}) AS withdrawn
      JOIN entry AS issue ON issue.school_id = ${schoolId} AND issue.id = withdrawn.invoice_id
      RETURNING id, reverses_id
    ), mirrored AS (
      INSERT INTO posting (school_id, entry_id, line_no, debit_no, credit_no, amount_vnd, student_id)
      SELECT ${schoolId}, reversal.id, posting.line_no, posting.credit_no, posting.debit_no,
        posting.amount_vnd, posting.student_id
      FROM reversal
      JOIN posting ON posting.school_id = ${schoolId} AND posting.entry_id = reversal.reverses_id
    )
    SELECT (SELECT count(*) FROM reversal) AS reversed, count(*) AS owing
    FROM (${withdrawn}) AS withdrawn
    JOIN invoice ON invoice.school_id = ${schoolId} AND invoice.id = withdrawn.invoice_id
    WHERE invoice.payable_vnd > 0`.execute(trx)
  assert(count && count.reversed >= count.owing, 'every invoice that is owed has the entry that issued it')
}
