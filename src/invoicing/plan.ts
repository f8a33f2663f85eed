// Who is billed what in a round, and what does that change against the invoices that are out? One SQL for
// the preview and for the run, so that they cannot disagree. It writes nothing but two tables of this
// transaction.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { schoolYearStart } from '../time.js'
import type { Day, SchoolYear } from '../time.js'

/** Which students of the school: all, one, or a range of ids for a chunk of the run. */
export type Slice =
  | { kind: 'all' }
  | { kind: 'student'; studentId: string }
  | { kind: 'range'; afterStudentId: string | null; throughStudentId: string }

export interface PlanScope {
  schoolId: string
  roundId: string
  schoolYear: SchoolYear
  /** Exemptions that hold on this day count. */
  dueOn: Day
  /** The day of issue: who is enrolled on it is billed, or on the day that the round is for. */
  issueOn: Day
  slice: Slice
}

function inSlice(column: string, slice: Slice): RawBuilder<boolean> {
  const studentId = sql.ref(column)
  if (slice.kind === 'all') return sql`true`
  if (slice.kind === 'student') return sql`${studentId} = ${slice.studentId}`
  const after = slice.afterStudentId === null ? sql`true` : sql`${studentId} > ${slice.afterStudentId}`
  return sql`(${after} AND ${studentId} <= ${slice.throughStudentId})`
}

/** The day that a round is for: its due day, and never one before its school year begins. */
export function roundDay({ dueOn, schoolYear }: Pick<PlanScope, 'dueOn' | 'schoolYear'>): Day {
  const begins = schoolYearStart(schoolYear)
  return dueOn < begins ? begins : dueOn
}

export interface Place {
  student_id: string
  class_id: string
  /** The day whose enrolment counts. */
  enrolled_on: Day
  /** Whether it still does: false for a child who left after the bill was made. */
  is_here: boolean
}

/**
 * Who belongs to the round, and in which class. A child with a bill is where it was on the day the bill was made for:
 * whoever left or changed class later keeps a bill that was right. Everybody else is in the class of the day of issue,
 * or, not enrolled yet, of the day that the round is for. Indexes: school_class_name_key, enrolment_class_of,
 * invoice_one_issued.
 */
export function enrolledStudents(scope: PlanScope): RawBuilder<Place> {
  const { schoolId, roundId, schoolYear, issueOn, slice } = scope
  const comingOn = [issueOn, roundDay(scope)].reduce((one, other) => (one > other ? one : other))
  const holdsOn = (day: RawBuilder<unknown>) => sql`(enrolment.valid_from <= ${day}
    AND (enrolment.valid_to IS NULL OR enrolment.valid_to > ${day}))`
  const isHere = sql`(${holdsOn(sql`${issueOn}::date`)} OR ${holdsOn(sql`${comingOn}::date`)})`
  return sql`
    SELECT DISTINCT ON (enrolment.student_id) enrolment.student_id, enrolment.class_id,
      CASE day.rank WHEN 1 THEN billed.enrolled_on WHEN 2 THEN ${issueOn}::date ELSE ${comingOn}::date END AS enrolled_on,
      bool_or(${isHere}) OVER (PARTITION BY enrolment.student_id
        ORDER BY day.rank, enrolment.valid_from DESC, enrolment.id DESC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS is_here
    FROM school_class AS class
    JOIN enrolment ON enrolment.school_id = class.school_id AND enrolment.class_id = class.id
    LEFT JOIN (
      SELECT student_id, min(coalesce(enrolled_on, issued_on)) AS enrolled_on FROM invoice
      WHERE school_id = ${schoolId} AND round_id = ${roundId} AND state = 'issued' AND ${inSlice('student_id', slice)}
      GROUP BY student_id
    ) AS billed ON billed.student_id = enrolment.student_id
    CROSS JOIN LATERAL (SELECT CASE WHEN ${holdsOn(sql`billed.enrolled_on`)} THEN 1
      WHEN ${holdsOn(sql`${issueOn}::date`)} THEN 2 WHEN ${holdsOn(sql`${comingOn}::date`)} THEN 3 END AS rank) AS day
    WHERE class.school_id = ${schoolId} AND class.school_year = ${schoolYear} AND day.rank IS NOT NULL
      AND ${inSlice('enrolment.student_id', slice)}
    ORDER BY enrolment.student_id, day.rank, enrolment.valid_from DESC, enrolment.id DESC`
}

/**
 * Makes the tables of this transaction that all the rest reads: `wanted_line` (what the plan says, a row a
 * line) and `bill_change` (a row for each student and bank account: `change` is new, changed, unchanged or
 * gone; `issued_id` the invoice that is out, `invoice_id` the one to issue, `place_no` its place among
 * those).
 */
export async function stagePlan(trx: Trx, scope: PlanScope): Promise<void> {
  await sql`CREATE TEMP TABLE wanted_line ON COMMIT DROP AS ${plannedLines(scope, 'billed')}`.execute(trx)
  await sql`CREATE TEMP TABLE bill_change ON COMMIT DROP AS ${billChanges(scope)}`.execute(trx)
}

export type BillChange = 'new' | 'changed' | 'unchanged' | 'gone'
/** `kept`: the plan says it no more, and it stays all the same. */
export type BilledChange = BillChange | 'kept'

/**
 * Leaves what is gone as it is, but for the bills that may be taken back. A fee on a bill that is kept is not billed
 * again on another one of the same child, such as that of the account into which the fee is paid by now.
 */
export async function keepBills(trx: Trx, scope: PlanScope, mayGo: RawBuilder<unknown>): Promise<void> {
  const keep = sql`UPDATE bill_change SET change = 'kept' WHERE change = 'gone' AND NOT (${mayGo})`
  const { numAffectedRows: kept = 0n } = await keep.execute(trx)
  if (kept === 0n) return
  const { numAffectedRows: billedTwice = 0n } = await sql`
    DELETE FROM wanted_line USING bill_change AS bill
    JOIN invoice_line AS line ON line.school_id = ${scope.schoolId} AND line.invoice_id = bill.issued_id
    WHERE bill.change = 'kept' AND wanted_line.student_id = bill.student_id
      AND wanted_line.fee_kind_id = line.fee_kind_id`.execute(trx)
  if (billedTwice === 0n) return
  await sql`DROP TABLE bill_change`.execute(trx)
  await sql`CREATE TEMP TABLE bill_change ON COMMIT DROP AS ${billChanges(scope)}`.execute(trx)
  await keep.execute(trx)
}

/** How many bills of each kind are staged. */
export async function countChanges(trx: Trx): Promise<Record<BilledChange, number>> {
  const { rows } = await sql<{ change: BilledChange; bills: number }>`
    SELECT change, count(*) AS bills FROM bill_change GROUP BY change`.execute(trx)
  const counts = { new: 0, changed: 0, unchanged: 0, gone: 0, kept: 0 }
  for (const { change, bills } of rows) counts[change] = bills
  return counts
}

/** All lines that are to be billed, or every optional item on offer whether it was chosen or not. */
export type LineChoice = 'billed' | 'optional'

/**
 * The narrowest scope wins for a student and fee kind: student, class, grade, school; 0 is not billed. Fees
 * of a class are worked out once a class, so that the work per student is one hash join. An optional fee is an offer
 * to those in its scope who are here: it is billed when the last choice says so, or when nobody chose yet and the plan
 * names the student. The exemption rule is `splitLine` of invoice.ts.
 */
export function plannedLines(scope: PlanScope, which: LineChoice): RawBuilder<unknown> {
  const { schoolId, roundId, schoolYear, dueOn, slice } = scope
  return sql`
    WITH place AS (
      SELECT * FROM (${enrolledStudents(scope)}) AS enrolled ${which === 'optional' ? sql`WHERE is_here` : sql``}
    ), class_fee AS (
      SELECT DISTINCT ON (class.id, fee.fee_kind_id) class.id AS class_id, fee.fee_kind_id, fee.amount_vnd
      FROM round_fee AS fee
      JOIN school_class AS class ON class.school_id = fee.school_id AND class.school_year = ${schoolYear}
      WHERE fee.school_id = ${schoolId} AND fee.round_id = ${roundId}
        AND (fee.scope = 'school' OR (fee.scope = 'grade' AND fee.grade = class.grade)
          OR (fee.scope = 'class' AND fee.class_id = class.id))
      ORDER BY class.id, fee.fee_kind_id, array_position(ARRAY['class', 'grade', 'school'], fee.scope)
    ), own_fee AS (
      SELECT fee.student_id, fee.fee_kind_id, fee.amount_vnd FROM round_fee AS fee
      WHERE fee.school_id = ${schoolId} AND fee.round_id = ${roundId} AND fee.scope = 'student'
        AND ${inSlice('fee.student_id', slice)}
    ), offered AS (
      SELECT place.student_id, place.class_id, place.enrolled_on, class_fee.fee_kind_id,
        class_fee.amount_vnd AS gross_vnd, false AS is_named
      FROM place JOIN class_fee USING (class_id)
      WHERE class_fee.amount_vnd > 0 AND NOT EXISTS (SELECT FROM own_fee
        WHERE own_fee.student_id = place.student_id AND own_fee.fee_kind_id = class_fee.fee_kind_id)
        -- A fee that came into the plan later is not for a child who has left.
        AND (place.is_here OR EXISTS (SELECT FROM invoice
          JOIN invoice_line AS line ON line.school_id = invoice.school_id AND line.invoice_id = invoice.id
          WHERE invoice.school_id = ${schoolId} AND invoice.round_id = ${roundId} AND invoice.state = 'issued'
            AND invoice.student_id = place.student_id AND line.fee_kind_id = class_fee.fee_kind_id))
      UNION ALL
      SELECT place.student_id, place.class_id, place.enrolled_on, own_fee.fee_kind_id, own_fee.amount_vnd, true
      FROM place JOIN own_fee USING (student_id) WHERE own_fee.amount_vnd > 0
    ), choice AS (
      -- optional_choice_pkey
      SELECT DISTINCT ON (student_id, fee_kind_id) student_id, fee_kind_id, chosen FROM optional_choice
      WHERE school_id = ${schoolId} AND round_id = ${roundId} AND ${inSlice('student_id', slice)}
      ORDER BY student_id, fee_kind_id, choice_no DESC
    ), billed AS (
      SELECT offered.student_id, offered.class_id, offered.enrolled_on, offered.fee_kind_id, offered.gross_vnd,
        coalesce(choice.chosen, offered.is_named) AS is_chosen
      FROM offered
      JOIN fee_kind AS kind ON kind.school_id = ${schoolId} AND kind.id = offered.fee_kind_id
      LEFT JOIN choice ON choice.student_id = offered.student_id AND choice.fee_kind_id = offered.fee_kind_id
      WHERE ${which === 'optional'
        ? sql`kind.optional`
        : sql`(NOT kind.optional OR coalesce(choice.chosen, offered.is_named))`}
    ), exempt AS (
      SELECT DISTINCT ON (billed.student_id, billed.fee_kind_id) billed.student_id, billed.fee_kind_id,
        granted.id AS exemption_id, granted.payer, size.exempted_vnd
      FROM billed
      JOIN exemption AS granted ON granted.school_id = ${schoolId}
        AND granted.student_id = billed.student_id AND granted.fee_kind_id = billed.fee_kind_id
      CROSS JOIN LATERAL (SELECT coalesce((billed.gross_vnd * granted.percent + 50) / 100,
        least(granted.amount_vnd, billed.gross_vnd)) AS exempted_vnd) AS size
      WHERE granted.valid_from <= ${dueOn} AND (granted.valid_to IS NULL OR ${dueOn} < granted.valid_to)
        AND size.exempted_vnd > 0
      ORDER BY billed.student_id, billed.fee_kind_id, size.exempted_vnd DESC, granted.id
    ), kind AS (
      SELECT id, fee_group, current_bank_account(school_id, bank_account_id) AS bank_account_id, priority, legal_basis,
        row_number() OVER (ORDER BY priority, code) AS place_no
      FROM fee_kind WHERE school_id = ${schoolId}
    )
    SELECT billed.student_id, kind.bank_account_id, billed.class_id, billed.enrolled_on, billed.fee_kind_id,
      kind.fee_group,
      kind.priority, kind.legal_basis, billed.gross_vnd, coalesce(exempt.exempted_vnd, 0) AS exempted_vnd,
      billed.gross_vnd - coalesce(exempt.exempted_vnd, 0) AS payable_vnd,
      CASE exempt.payer WHEN 'budget' THEN exempt.exempted_vnd ELSE 0 END AS budget_vnd,
      exempt.payer AS exempted_payer, exempt.exemption_id, billed.is_chosen,
      row_number() OVER (PARTITION BY billed.student_id, kind.bank_account_id
        ORDER BY kind.place_no)::smallint AS line_no
    FROM billed
    JOIN kind ON kind.id = billed.fee_kind_id
    LEFT JOIN exempt ON exempt.student_id = billed.student_id AND exempt.fee_kind_id = billed.fee_kind_id`
}

/**
 * An issued invoice stays as it is while what somebody owes stays: the same fee kinds with the same amounts
 * and payers. A new legal basis, priority or decision number is for bills to come; old invoices keep old
 * rules.
 */
function billChanges(scope: PlanScope): RawBuilder<unknown> {
  const { schoolId, roundId, slice } = scope
  return sql`
    WITH wanted AS (
      SELECT student_id, bank_account_id, class_id, enrolled_on, count(*) AS line_count,
        sum(gross_vnd)::bigint AS gross_vnd, sum(exempted_vnd)::bigint AS exempted_vnd,
        sum(payable_vnd)::bigint AS payable_vnd, sum(budget_vnd)::bigint AS budget_vnd
      FROM wanted_line GROUP BY student_id, bank_account_id, class_id, enrolled_on
    ), account AS MATERIALIZED (
      SELECT id, current_bank_account(school_id, id) AS current_id FROM bank_account WHERE school_id = ${schoolId}
    ), issued AS (
      -- A bill of a replaced account is the bill of the account that replaced it; a second one of the same student
      -- is what is left over when two accounts became one.
      SELECT invoice.id, invoice.student_id, account.current_id AS bank_account_id, invoice.payable_vnd,
        invoice.paid_vnd,
        row_number() OVER (PARTITION BY invoice.student_id, account.current_id ORDER BY invoice.id) AS nth
      FROM invoice JOIN account ON account.id = invoice.bank_account_id
      WHERE invoice.school_id = ${schoolId} AND invoice.round_id = ${roundId} AND invoice.state = 'issued'
        AND ${inSlice('invoice.student_id', slice)}
    ), compared AS (
      SELECT issued.id, count(*) AS line_count, count(wanted_line.fee_kind_id) AS same_count
      FROM issued
      JOIN invoice_line AS line ON line.school_id = ${schoolId} AND line.invoice_id = issued.id
      LEFT JOIN wanted_line ON wanted_line.student_id = issued.student_id
        AND wanted_line.bank_account_id = issued.bank_account_id
        AND wanted_line.fee_kind_id = line.fee_kind_id
        AND wanted_line.gross_vnd = line.gross_vnd AND wanted_line.exempted_vnd = line.exempted_vnd
        AND wanted_line.exempted_payer IS NOT DISTINCT FROM line.exempted_payer
      GROUP BY issued.id
    ), change AS (
      SELECT coalesce(wanted.student_id, issued.student_id) AS student_id,
        coalesce(wanted.bank_account_id, issued.bank_account_id) AS bank_account_id, wanted.class_id,
        wanted.enrolled_on, wanted.gross_vnd, wanted.exempted_vnd, wanted.payable_vnd, wanted.budget_vnd,
        issued.id AS issued_id, issued.payable_vnd AS issued_payable_vnd, issued.paid_vnd AS issued_paid_vnd,
        CASE
          WHEN issued.id IS NULL THEN 'new'
          WHEN wanted.line_count IS NULL THEN 'gone'
          WHEN wanted.line_count = compared.line_count
            AND wanted.line_count = compared.same_count THEN 'unchanged'
          ELSE 'changed'
        END AS change
      FROM wanted FULL JOIN issued ON issued.student_id = wanted.student_id
        AND issued.bank_account_id = wanted.bank_account_id AND issued.nth = 1
      LEFT JOIN compared ON compared.id = issued.id
    )
    SELECT change.*, CASE WHEN change IN ('new', 'changed') THEN uuidv7() END AS invoice_id,
      count(*) FILTER (WHERE change IN ('new', 'changed'))
        OVER (ORDER BY student_id, bank_account_id) AS place_no
    FROM change`
}
