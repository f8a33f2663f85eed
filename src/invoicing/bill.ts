// Bills a slice of students in the transaction of the caller: stages the plan, withdraws what it no longer
// says, issues what it newly says, and lets credit pay. Run and single invoice both end here. Doing it again
// changes nothing.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { applyCredits } from '../reconciliation/apply-credits.js'
import { askAboutEarlierCredits } from '../reconciliation/earlier-credit.js'
import { issueStaged } from './issue.js'
import type { Issuing } from './issue.js'
import { countChanges, keepBills, stagePlan } from './plan.js'
import type { BilledChange, Slice } from './plan.js'
import { withdrawInvoices } from './withdraw.js'

/** Of every bill that a run or a choice withdrew. */
export const REASON_CHANGED = 'the fee plan, an exemption or the roster changed'

/**
 * Which of the bills that the plan says no more may be taken back: a condition on `bill_change`. A bill that is
 * replaced hands its money to the one in its place; a bill that goes without one takes a debt or money away, and
 * somebody has to have said so.
 */
export type MayGo = RawBuilder<unknown>

/** What was shown before the run, as it was shown; invoice_run_withdrawal_pkey. */
export function shownBefore({ schoolId, runId }: { schoolId: string; runId: string }): MayGo {
  return sql`EXISTS (SELECT FROM invoice_run_withdrawal AS shown
    WHERE shown.school_id = ${schoolId} AND shown.run_id = ${runId} AND shown.invoice_id = bill_change.issued_id
      AND shown.paid_vnd = bill_change.issued_paid_vnd)`
}

/** Bills over one of the fees that the person who asks has just taken off them. */
export function billsOver(schoolId: string, feeKindIds: readonly string[]): MayGo {
  return sql`EXISTS (SELECT FROM invoice_line AS line WHERE line.school_id = ${schoolId}
    AND line.invoice_id = bill_change.issued_id AND line.fee_kind_id = ANY (${feeKindIds}::uuid[]))`
}

/** The accounts of the students of `slice` must be locked. */
export async function billStudents(
  trx: Trx, issuing: Issuing, slice: Slice, mayGo: MayGo,
): Promise<Record<BilledChange, number>> {
  const { schoolId, actor, today } = issuing
  const scope = { ...issuing, issueOn: today, slice }
  await stagePlan(trx, scope)
  await keepBills(trx, scope, mayGo)
  const counts = await countChanges(trx)
  if (counts.changed + counts.gone > 0) {
    const withdrawn = sql<{ invoice_id: string; replaced_by: string | null }>`
      SELECT issued_id AS invoice_id, invoice_id AS replaced_by FROM bill_change
      WHERE change IN ('changed', 'gone')`
    await withdrawInvoices(trx, withdrawn, { ...issuing, reason: REASON_CHANGED })
  }
  if (counts.new + counts.changed > 0) {
    await issueStaged(trx, issuing, counts.new + counts.changed)
    const studentIds = await findCreditHolders(trx, schoolId)
    if (studentIds.length > 0) {
      await applyCredits(trx, { schoolId, studentIds, actor, today })
      await askAboutEarlierCredits(trx, schoolId, studentIds)
    }
  }
  return counts
}

/** The newly billed students who hold credit; index credit_open. */
async function findCreditHolders(trx: Trx, schoolId: string): Promise<string[]> {
  const { rows } = await sql<{ student_id: string }>`
    SELECT DISTINCT student_id FROM credit JOIN bill_change USING (student_id)
    WHERE credit.school_id = ${schoolId} AND credit.held_vnd > 0 AND bill_change.invoice_id IS NOT NULL
    ORDER BY student_id`.execute(trx)
  return rows.map((row) => row.student_id)
}
