// The SQL of optional items: what is offered to whom at which price, and the choices, of which only the last counts.
// Prices come from the plan's own SQL, so that what a parent sees is what is billed. Choices are only ever added.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import type { FeeGroup } from '../ledger/account.js'
import { plannedLines } from './plan.js'
import type { PlanScope } from './plan.js'

/** An item as it is offered to one student in a round. */
export interface OptionalItem {
  feeKindId: string
  code: string
  name: string
  feeGroup: FeeGroup
  legalBasis: string
  /** As planned; less what is exempted it is what choosing costs. */
  grossVnd: number
  exemptedVnd: number
  payableVnd: number
  /** On the bill, now or with the next run. */
  chosen: boolean
  /** When and by whom it was chosen or declined; null when nobody did: then it stands as the plan has it. */
  decidedAt: Date | null
  decidedBy: string | null
}

/** For a slice of one student. Indexes: optional_choice_pkey, round_fee_scope_key. */
export async function readOptionalItems(trx: Trx, scope: PlanScope): Promise<OptionalItem[]> {
  const { schoolId, roundId } = scope
  const { rows } = await sql<OptionalItem>`
    SELECT line.fee_kind_id AS "feeKindId", kind.code, kind.name, line.fee_group AS "feeGroup",
      line.legal_basis AS "legalBasis", line.gross_vnd AS "grossVnd", line.exempted_vnd AS "exemptedVnd",
      line.payable_vnd AS "payableVnd", line.is_chosen AS chosen, last.recorded_at AS "decidedAt",
      last.actor AS "decidedBy"
    FROM (${plannedLines(scope, 'optional')}) AS line
    JOIN fee_kind AS kind ON kind.school_id = ${schoolId} AND kind.id = line.fee_kind_id
    LEFT JOIN LATERAL (SELECT recorded_at, actor FROM optional_choice
      WHERE school_id = ${schoolId} AND round_id = ${roundId} AND student_id = line.student_id
        AND fee_kind_id = line.fee_kind_id ORDER BY choice_no DESC LIMIT 1) AS last ON true
    ORDER BY kind.priority, kind.code`.execute(trx)
  return rows
}

export interface OptionalItemCount {
  feeKindId: string
  code: string
  name: string
  /** Students to whom the round offers it. */
  offered: number
  chosen: number
  /** Somebody said no; the rest has not been decided. */
  declined: number
  payableVnd: number
}

/** For a slice of all students: 1,600 of them with three items take about 30 ms. Index: optional_choice_pkey. */
export async function countOptionalItems(trx: Trx, scope: PlanScope): Promise<OptionalItemCount[]> {
  const { schoolId, roundId } = scope
  const { rows } = await sql<OptionalItemCount>`
    SELECT kind.id AS "feeKindId", kind.code, kind.name, count(*) AS offered,
      count(*) FILTER (WHERE line.is_chosen) AS chosen,
      count(*) FILTER (WHERE NOT line.is_chosen AND decided.student_id IS NOT NULL) AS declined,
      coalesce(sum(line.payable_vnd) FILTER (WHERE line.is_chosen), 0)::bigint AS "payableVnd"
    FROM (${plannedLines(scope, 'optional')}) AS line
    JOIN fee_kind AS kind ON kind.school_id = ${schoolId} AND kind.id = line.fee_kind_id
    LEFT JOIN (SELECT DISTINCT student_id, fee_kind_id FROM optional_choice
      WHERE school_id = ${schoolId} AND round_id = ${roundId}) AS decided
      ON decided.student_id = line.student_id AND decided.fee_kind_id = line.fee_kind_id
    GROUP BY kind.id, kind.code, kind.name, kind.priority ORDER BY kind.priority, kind.code`.execute(trx)
  return rows
}

export interface StudentChoices {
  studentId: string
  name: string
  chosen: string[]
  /** Items on offer that nobody decided about. */
  undecided: number
}

/** The students of one class to whom something is offered, by name. Index: optional_choice_pkey. */
export async function readClassChoices(trx: Trx, scope: PlanScope, classId: string): Promise<StudentChoices[]> {
  const { schoolId, roundId } = scope
  const { rows } = await sql<StudentChoices>`
    SELECT student.id AS "studentId", student.full_name AS name,
      coalesce(array_agg(kind.name ORDER BY kind.priority, kind.code) FILTER (WHERE line.is_chosen), '{}') AS chosen,
      count(*) FILTER (WHERE NOT line.is_chosen AND NOT EXISTS (SELECT FROM optional_choice
        WHERE school_id = ${schoolId} AND round_id = ${roundId} AND student_id = line.student_id
          AND fee_kind_id = line.fee_kind_id)) AS undecided
    FROM (${plannedLines(scope, 'optional')}) AS line
    JOIN fee_kind AS kind ON kind.school_id = ${schoolId} AND kind.id = line.fee_kind_id
    JOIN student ON student.school_id = ${schoolId} AND student.id = line.student_id
    WHERE line.class_id = ${classId}
    GROUP BY student.id, student.full_name, student.search_name ORDER BY student.search_name, student.id`.execute(trx)
  return rows
}

export interface Choice {
  feeKindId: string
  chosen: boolean
}

/** Adds the choices that say something new, and returns those. The student's account must be locked. */
export async function insertChoices(
  trx: Trx, schoolId: string, of: { roundId: string; studentId: string; actor: string }, choices: readonly Choice[],
): Promise<Choice[]> {
  const { rows } = await sql<Choice>`
    INSERT INTO optional_choice (school_id, round_id, student_id, fee_kind_id, choice_no, chosen, actor)
    SELECT ${schoolId}, ${of.roundId}, ${of.studentId}, choice.fee_kind_id, coalesce(last.choice_no, 0) + 1,
      choice.chosen, ${of.actor}
    FROM unnest(${choices.map(({ feeKindId }) => feeKindId)}::uuid[],
      ${choices.map(({ chosen }) => chosen)}::boolean[]) AS choice (fee_kind_id, chosen)
    LEFT JOIN LATERAL (SELECT choice_no, chosen FROM optional_choice AS earlier
      WHERE earlier.school_id = ${schoolId} AND earlier.round_id = ${of.roundId}
        AND earlier.student_id = ${of.studentId} AND earlier.fee_kind_id = choice.fee_kind_id
      ORDER BY choice_no DESC LIMIT 1) AS last ON true
    WHERE last.chosen IS DISTINCT FROM choice.chosen
    RETURNING fee_kind_id AS "feeKindId", chosen`.execute(trx)
  return rows
}

/** How a choice names the bill whose link made it. */
export const LINK_ACTOR = 'parent:'

/**
 * How many times links have changed the choices of this student and round since midnight in Vietnam, this transaction
 * included. One change may be of several items: it is told by the instant of its transaction, on the database's clock.
 * Index: optional_choice_pkey.
 */
export async function countLinkChanges(
  trx: Trx, schoolId: string, { roundId, studentId }: { roundId: string; studentId: string },
): Promise<number> {
  const { rows } = await sql<{ changes: number }>`
    SELECT count(DISTINCT recorded_at) AS changes FROM optional_choice
    WHERE school_id = ${schoolId} AND round_id = ${roundId} AND student_id = ${studentId}
      AND starts_with(actor, ${LINK_ACTOR}) AND recorded_at >= date_trunc('day', now(), 'Asia/Ho_Chi_Minh')`.execute(trx)
  return rows[0]?.changes ?? 0
}

/** Of these fee kinds, the optional ones. */
export async function findOptionalKinds(
  trx: Trx, schoolId: string, feeKindIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`SELECT id FROM fee_kind
    WHERE school_id = ${schoolId} AND optional AND id = ANY (${feeKindIds}::uuid[])`.execute(trx)
  return rows.map(({ id }) => id)
}

/**
 * Does a bill of this student stand in the round, or did a run pass them over because nothing was to be billed? Then a
 * choice changes the bill at once; else the next run finds it. Bills that the school cancelled stay cancelled. Indexes:
 * invoice_of_student, invoice_run_pkey (a school has few runs).
 */
export async function isBilledAlready(
  trx: Trx, schoolId: string, of: { roundId: string; studentId: string },
): Promise<boolean> {
  const { rows } = await sql<{ billed: boolean }>`
    SELECT CASE WHEN count(*) > 0 THEN bool_or(state = 'issued')
      ELSE EXISTS (SELECT FROM invoice_run WHERE school_id = ${schoolId} AND round_id = ${of.roundId}
        AND state IN ('running', 'done')) END AS billed
    FROM invoice WHERE school_id = ${schoolId} AND student_id = ${of.studentId} AND round_id = ${of.roundId}`.execute(trx)
  return rows[0]?.billed === true
}
