// Bills one student in a round, outside the run. The lines go into the fee plan as fees of that student, and
// the student is billed from the plan: so the plan stays the whole truth, caps and exemptions hold, and the
// next run of the round finds the bill unchanged. Money for nothing but this student has a round of its own.
import { sql } from 'kysely'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { planStudentFees } from '../fees/plan-round.js'
import { lockStudents } from '../ledger/lock-students.js'
import { countableDay } from '../reconciliation/source.js'
import { vietnamDay } from '../time.js'
import { billsOver, billStudents } from './bill.js'
import { listInvoices } from './invoice-queries.js'
import type { InvoiceSummary } from './invoice-queries.js'
import { chooseBilledItems } from './optional-items.js'
import { enrolledStudents } from './plan.js'
import type { PlanScope } from './plan.js'
import { getOpenRound } from './round.js'

export interface StudentBill {
  studentId: string
  roundId: string
  /** An amount of 0 takes the fee off the student's bill. */
  lines: readonly { feeKindId: string; amountVnd: number }[]
}

// A student has one issued invoice for each bank account, and a school has a handful of those.
const MAX_INVOICES = 100

/**
 * The issued invoices of the student in the round, one for each bank account; a bill that was out and
 * differs is superseded. Throws `ROUND_NOT_FOUND`, `ROUND_CLOSED_CONFLICT`, `STUDENT_NOT_ENROLLED_REFUSED`,
 * `PRICE_CAP_EXCEEDED`.
 */
export async function billStudent(
  deps: Pick<Deps, 'db' | 'now'>, actor: Actor, schoolId: string, bill: StudentBill,
): Promise<InvoiceSummary[]> {
  const { studentId, roundId, lines } = bill
  return deps.db.inSchool(schoolId, async (trx) => {
    const round = await getOpenRound(trx, schoolId, roundId)
    const today = vietnamDay(deps.now())
    const scope: PlanScope = { ...round, schoolId, issueOn: today, slice: { kind: 'student', studentId } }
    await assertEnrolled(trx, scope)
    await planStudentFees(trx, schoolId, round, bill)
    await lockStudents(trx, schoolId, [studentId])
    await chooseBilledItems(trx, schoolId, actor, bill)
    const countedOn = await countableDay(trx, schoolId, today)
    const issuing = { ...round, schoolId, runId: null, actor: actor.name, today, countedOn }
    const taken = lines.filter(({ amountVnd }) => amountVnd === 0).map(({ feeKindId }) => feeKindId)
    await billStudents(trx, issuing, scope.slice, billsOver(schoolId, taken))
    await recordAudit(trx, {
      actor, action: 'invoice.bill_student', objectKind: 'student', objectId: studentId,
      after: { roundId, lines },
    })
    return listInvoices(trx, schoolId, { roundId, studentId, state: 'issued', limit: MAX_INVOICES })
  })
}

/** Or billed in this round already: the bill of a child who has left since can still be put right. */
async function assertEnrolled(trx: Trx, scope: PlanScope): Promise<void> {
  const { rows } = await sql`${enrolledStudents(scope)}`.execute(trx)
  if (rows.length > 0) return
  throw new DomainError('STUDENT_NOT_ENROLLED_REFUSED',
    `this student is in no class of the school year ${scope.schoolYear} today`)
}
