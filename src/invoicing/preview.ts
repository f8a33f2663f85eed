// What would a run of this round do now? The same staged plan as the run, added up and compared with what is
// out; the transaction writes nothing but its own temporary tables, which end with it.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { Deps } from '../deps.js'
import type { Trx } from '../db/tenancy.js'
import type { FieldError } from '../errors.js'
import { findRoundBreaches } from '../fees/price-cap-check.js'
import { breachError } from '../fees/price-cap.js'
import type { CapBreach } from '../fees/price-cap.js'
import type { FeeGroup } from '../ledger/account.js'
import { vietnamDay } from '../time.js'
import type { Day } from '../time.js'
import { findWhyNobody } from './nobody.js'
import type { NobodyBilled } from './nobody.js'
import { enrolledStudents, stagePlan } from './plan.js'
import type { BillChange, PlanScope } from './plan.js'
import { previewMark } from './preview-mark.js'
import { getRound } from './round.js'
import type { Round } from './round.js'

export interface PlanSums {
  grossVnd: number
  exemptedVnd: number
  payableVnd: number
  /** Part of the exempted money that the budget owes. */
  budgetVnd: number
}

interface PlanTotals extends PlanSums {
  /** Who belong to the round. */
  students: number
  /** Students with nothing to pay: exempt, paid by the budget, or not billed at all (facts §4.2). */
  zeroBillStudents: number
  invoices: number
}

export interface Preview extends PlanTotals {
  roundId: string
  byFeeKind: FeeKindTotals[]
  byClass: ClassTotals[]
  diff: Record<BillChange, DiffCount>
  /** What a run repeats to say that this is what was seen. */
  mark: string
  /** The first bills that a run would take back: those with money on them, those without a new one, the rest. */
  withdrawn: Withdrawal[]
  /** The first bills of children who have left since: they stay. */
  left: LeftBill[]
  /** Why a run would bill nobody, or null. */
  nobody: NobodyBilled | null
  /** Price caps that stop the run, for programs; and what they are. */
  blocked: FieldError[]
  breaches: CapBreach[]
}

interface FeeKindTotals extends PlanSums {
  feeKindId: string
  code: string
  name: string
  feeGroup: FeeGroup
  students: number
}

interface ClassTotals extends PlanSums {
  classId: string
  name: string
  students: number
}

interface DiffCount {
  invoices: number
  /** What the invoices that are out ask for. */
  issuedPayableVnd: number
  /** What the plan asks for. */
  payableVnd: number
}

/** Why a bill is gone: its child does not belong to the round, or no fee of the plan is left on it. */
export type GoneBecause = 'NOT_ENROLLED' | 'NO_FEE'

export interface Withdrawal {
  invoiceId: string
  studentId: string
  change: 'changed' | 'gone'
  issuedPayableVnd: number
  payableVnd: number
  paidVnd: number
  /** Of a bill that would be cancelled: null for one that is replaced. */
  because: GoneBecause | null
}

export interface LeftBill {
  invoiceId: string
  studentId: string
  payableVnd: number
  paidVnd: number
  /** The first day out of school; null when that day is not known. */
  leftOn: Day | null
}

const MAX_WITHDRAWALS_SHOWN = 500
const MAX_LEFT_SHOWN = 100

const SUMS = sql`coalesce(sum(gross_vnd), 0)::bigint AS "grossVnd",
  coalesce(sum(exempted_vnd), 0)::bigint AS "exemptedVnd",
  coalesce(sum(payable_vnd), 0)::bigint AS "payableVnd",
  coalesce(sum(budget_vnd), 0)::bigint AS "budgetVnd"`

/** Throws `ROUND_NOT_FOUND`. */
export async function previewRun(
  deps: Pick<Deps, 'db' | 'now'>, schoolId: string, roundId: string,
): Promise<Preview> {
  return deps.db.inSchool(schoolId, async (trx) =>
    readPreview(trx, schoolId, await getRound(trx, schoolId, roundId), vietnamDay(deps.now())))
}

/** In the transaction of the caller, which leaves its temporary tables behind. */
export async function readPreview(trx: Trx, schoolId: string, round: Round, today: Day): Promise<Preview> {
  const scope: PlanScope = { ...round, schoolId, issueOn: today, slice: { kind: 'all' } }
  await stagePlan(trx, scope)
  // Read several times below: worked out once, as a school of 200,000 takes a second for it.
  await sql`CREATE TEMP TABLE staged_place ON COMMIT DROP AS ${enrolledStudents(scope)}`.execute(trx)
  const breaches = await findRoundBreaches(trx, schoolId, round)
  const sums = await totals(trx)
  const diff = await diffCounts(trx)
  return {
    roundId: round.roundId,
    ...sums,
    byFeeKind: await totalsByFeeKind(trx, schoolId),
    byClass: await totalsByClass(trx, schoolId),
    diff,
    mark: previewMark({ ...sums, diff, goneDigest: await digestGone(trx) }),
    withdrawn: await firstWithdrawals(trx),
    left: await firstLeft(trx, scope),
    nobody: diff.new.invoices + diff.changed.invoices > 0
      ? null
      : await findWhyNobody(trx, scope, diff.unchanged.invoices),
    blocked: breaches.map(breachError),
    breaches,
  }
}

async function totals(trx: Trx): Promise<PlanTotals> {
  const { rows } = await sql<PlanTotals>`
    SELECT (SELECT count(*) FROM staged_place) AS students,
      (SELECT count(*) FROM staged_place
        WHERE student_id NOT IN (SELECT student_id FROM wanted_line
          WHERE payable_vnd > 0)) AS "zeroBillStudents",
      count(DISTINCT (student_id, bank_account_id)) AS invoices, ${SUMS}
    FROM wanted_line`.execute(trx)
  const [row] = rows
  assert(row, 'an aggregate without GROUP BY has one row')
  return row
}

async function totalsByFeeKind(trx: Trx, schoolId: string): Promise<FeeKindTotals[]> {
  const { rows } = await sql<FeeKindTotals>`
    SELECT kind.id AS "feeKindId", kind.code, kind.name, kind.fee_group AS "feeGroup",
      count(*) AS students, ${SUMS}
    FROM wanted_line JOIN fee_kind AS kind ON kind.school_id = ${schoolId}
      AND kind.id = wanted_line.fee_kind_id
    GROUP BY kind.id, kind.code, kind.name, kind.fee_group, kind.priority
    ORDER BY kind.priority, kind.code`.execute(trx)
  return rows
}

async function totalsByClass(trx: Trx, schoolId: string): Promise<ClassTotals[]> {
  const { rows } = await sql<ClassTotals>`
    SELECT class.id AS "classId", class.name, count(DISTINCT student_id) AS students, ${SUMS}
    FROM wanted_line JOIN school_class AS class ON class.school_id = ${schoolId}
      AND class.id = wanted_line.class_id
    GROUP BY class.id, class.name, class.grade
    ORDER BY class.grade, class.name`.execute(trx)
  return rows
}

async function diffCounts(trx: Trx): Promise<Preview['diff']> {
  const { rows } = await sql<DiffCount & { change: BillChange }>`
    SELECT change, count(*) AS invoices, coalesce(sum(issued_payable_vnd), 0)::bigint AS "issuedPayableVnd",
      coalesce(sum(payable_vnd), 0)::bigint AS "payableVnd"
    FROM bill_change GROUP BY change`.execute(trx)
  const none = { invoices: 0, issuedPayableVnd: 0, payableVnd: 0 }
  const diff = { new: none, changed: none, unchanged: none, gone: none }
  for (const { change, ...counts } of rows) diff[change] = counts
  return diff
}

/** Money that comes for one of them makes another digest. */
async function digestGone(trx: Trx): Promise<string> {
  const { rows } = await sql<{ digest: string }>`
    SELECT coalesce(md5(string_agg(issued_id || ' ' || issued_paid_vnd, ',' ORDER BY issued_id)), '') AS digest
    FROM bill_change WHERE change = 'gone'`.execute(trx)
  return rows[0]?.digest ?? ''
}

async function firstWithdrawals(trx: Trx): Promise<Withdrawal[]> {
  const { rows } = await sql<Withdrawal>`
    SELECT issued_id AS "invoiceId", student_id AS "studentId", change,
      issued_payable_vnd AS "issuedPayableVnd", coalesce(payable_vnd, 0) AS "payableVnd",
      issued_paid_vnd AS "paidVnd", CASE WHEN change = 'changed' THEN NULL
        WHEN student_id IN (SELECT student_id FROM staged_place) THEN 'NO_FEE' ELSE 'NOT_ENROLLED' END AS because
    FROM bill_change WHERE change IN ('changed', 'gone')
    ORDER BY change = 'gone' DESC, issued_paid_vnd > 0 DESC, student_id, bank_account_id
    LIMIT ${MAX_WITHDRAWALS_SHOWN}`.execute(trx)
  return rows
}

/** Index: enrolment_student_of. */
async function firstLeft(trx: Trx, scope: PlanScope): Promise<LeftBill[]> {
  const { schoolId, schoolYear } = scope
  const { rows } = await sql<LeftBill>`
    SELECT bill.issued_id AS "invoiceId", bill.student_id AS "studentId", bill.issued_payable_vnd AS "payableVnd",
      bill.issued_paid_vnd AS "paidVnd", (SELECT max(valid_to) FROM enrolment WHERE school_id = ${schoolId}
        AND enrolment.student_id = bill.student_id AND school_year = ${schoolYear}) AS "leftOn"
    FROM bill_change AS bill
    JOIN staged_place AS place ON place.student_id = bill.student_id AND NOT place.is_here
    WHERE bill.change IN ('unchanged', 'changed') AND bill.issued_payable_vnd > 0
    ORDER BY bill.student_id, bill.bank_account_id LIMIT ${MAX_LEFT_SHOWN}`.execute(trx)
  return rows
}
