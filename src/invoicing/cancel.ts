// Takes one invoice back by hand, with a reason. The fee plan is not touched: what should not be billed
// again is set to 0 for that student in the round, else the next run issues a new bill, and its preview says
// so.
import { sql } from 'kysely'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Deps } from '../deps.js'
import { lockStudents } from '../ledger/lock-students.js'
import { countableDay } from '../reconciliation/source.js'
import { vietnamDay } from '../time.js'
import { getInvoice } from './invoice-queries.js'
import type { InvoiceDetail } from './invoice-queries.js'
import { assertStanding, findBilledStudent } from './standing.js'
import { withdrawInvoices } from './withdraw.js'

/**
 * Money that was paid on it becomes the student's credit. Throws `INVOICE_NOT_FOUND`, or
 * `INVOICE_WITHDRAWN_CONFLICT` when it is no longer out.
 */
export async function cancelInvoice(
  deps: Pick<Deps, 'db' | 'now'>, actor: Actor, schoolId: string,
  cancel: { invoiceId: string; reason: string },
): Promise<InvoiceDetail> {
  const { invoiceId, reason } = cancel
  return deps.db.inSchool(schoolId, async (trx) => {
    await lockStudents(trx, schoolId, [await findBilledStudent(trx, schoolId, invoiceId)])
    const before = await getInvoice(trx, schoolId, invoiceId)
    await assertStanding(trx, schoolId, before)
    const today = vietnamDay(deps.now())
    const withdrawn = sql<{ invoice_id: string; replaced_by: string | null }>`
      SELECT ${invoiceId}::uuid AS invoice_id, NULL::uuid AS replaced_by`
    await withdrawInvoices(trx, withdrawn, {
      schoolId, actor: actor.name, today, countedOn: await countableDay(trx, schoolId, today), reason,
    })
    await recordAudit(trx, {
      actor, action: 'invoice.cancel', objectKind: 'invoice', objectId: invoiceId,
      before: { state: before.state, payableVnd: before.payableVnd, paidVnd: before.paidVnd },
      after: { state: 'cancelled', reason },
    })
    return getInvoice(trx, schoolId, invoiceId)
  })
}
