// Bills a slice of students in the transaction of the caller: stages the plan, withdraws what it no longer
// says, issues what it newly says, and lets credit pay. Run and single invoice both end here. Doing it again
// changes nothing.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { applyCredits } from '../reconciliation/apply-credits.js'
import { issueStaged } from './issue.js'
import type { Issuing } from './issue.js'
import { countChanges, stagePlan } from './plan.js'
import type { BillChange, Slice } from './plan.js'
import { withdrawInvoices } from './withdraw.js'

/** Of every bill that a run or a choice withdrew. */
export const REASON_CHANGED = 'the fee plan, an exemption or the roster changed'

/** The accounts of the students of `slice` must be locked. */
export async function billStudents(
  trx: Trx, issuing: Issuing, slice: Slice,
): Promise<Record<BillChange, number>> {
  const { schoolId, actor, today } = issuing
  await stagePlan(trx, { ...issuing, issueOn: today, slice })
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
    if (studentIds.length > 0) await applyCredits(trx, { schoolId, studentIds, actor, today })
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
