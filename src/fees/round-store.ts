// The SQL of rounds and their fee plans. A plan may be rewritten while its round is open; what was billed
// from it keeps its own copy of every amount.
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { insertRows } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import type { Day, SchoolYear } from '../time.js'
import type { KnownNames, PlanLine } from './round-plan.js'

export interface RoundRow {
  id: string
  schoolYear: SchoolYear
  name: string
  dueOn: Day
  state: 'open' | 'closed'
}

export interface RoundFeeRow {
  feeKindId: string
  feeCode: string
  scope: string
  grade: number | null
  classId: string | null
  studentId: string | null
  amountVnd: number
}

const ROUND = ['id', 'school_year as schoolYear', 'name', 'due_on as dueOn', 'state'] as const

export async function findRound(trx: Trx, schoolId: string, roundId: string): Promise<RoundRow | undefined> {
  return trx.selectFrom('collection_round').select(ROUND)
    .where('school_id', '=', schoolId).where('id', '=', roundId).executeTakeFirst()
}

/** Two plans that are written at once would become one plan that nobody wrote. Ends with the transaction. */
export async function lockPlan(trx: Trx, schoolId: string, roundId: string): Promise<void> {
  await trx.selectFrom('collection_round').select('id')
    .where('school_id', '=', schoolId).where('id', '=', roundId).forNoKeyUpdate().execute()
}

/** Is a run billing the students of the round one after the other? Index: invoice_run_one_open. */
export async function isBeingBilled(trx: Trx, schoolId: string, roundId: string): Promise<boolean> {
  const run = await trx.selectFrom('invoice_run').select('id').where('school_id', '=', schoolId)
    .where('round_id', '=', roundId).where('state', 'in', ['queued', 'running']).executeTakeFirst()
  return run !== undefined
}

/** Newest first, in key order. */
export async function listRounds(
  trx: Trx, schoolId: string, page: { schoolYear?: string; beforeId?: string; limit: number },
): Promise<RoundRow[]> {
  let query = trx.selectFrom('collection_round').select(ROUND)
    .where('school_id', '=', schoolId).orderBy('id', 'desc').limit(page.limit)
  if (page.schoolYear !== undefined) query = query.where('school_year', '=', page.schoolYear)
  if (page.beforeId !== undefined) query = query.where('id', '<', page.beforeId)
  return query.execute()
}

export async function insertRound(trx: Trx, schoolId: string, round: Omit<RoundRow, 'state'>): Promise<void> {
  await trx.insertInto('collection_round').values({
    school_id: schoolId, id: round.id, school_year: round.schoolYear, name: round.name, due_on: round.dueOn,
  }).execute()
}

export async function listRoundFees(trx: Trx, schoolId: string, roundId: string): Promise<RoundFeeRow[]> {
  const { rows } = await sql<RoundFeeRow>`
    SELECT fee.fee_kind_id AS "feeKindId", kind.code AS "feeCode", fee.scope, fee.grade,
      fee.class_id AS "classId",
      fee.student_id AS "studentId", fee.amount_vnd AS "amountVnd"
    FROM round_fee AS fee
    JOIN fee_kind AS kind ON kind.school_id = fee.school_id AND kind.id = fee.fee_kind_id
    WHERE fee.school_id = ${schoolId} AND fee.round_id = ${roundId}
    ORDER BY kind.priority, kind.code, fee.scope, fee.grade, fee.class_id, fee.student_id`.execute(trx)
  return rows
}

/** `kept`: the fees of single students stay as they are, and `fees` has none of those. */
export async function replaceRoundFees(
  trx: Trx, schoolId: string, roundId: string, fees: readonly PlanLine[], ownFees: 'replaced' | 'kept',
): Promise<void> {
  await trx.deleteFrom('round_fee').where('school_id', '=', schoolId).where('round_id', '=', roundId)
    .$if(ownFees === 'kept', (query) => query.where('scope', '<>', 'student')).execute()
  await insertRows(trx, 'round_fee', fees.map((fee) => ({
    school_id: schoolId,
    id: uuidv7(),
    round_id: roundId,
    fee_kind_id: fee.feeKindId,
    scope: fee.scope,
    grade: fee.grade ?? null,
    class_id: fee.classId ?? null,
    student_id: fee.studentId ?? null,
    amount_vnd: fee.amountVnd,
  })))
}

export interface StudentFees {
  studentId: string
  lines: readonly { feeKindId: string; amountVnd: number }[]
}

export async function setStudentFees(
  trx: Trx, schoolId: string, roundId: string, fees: StudentFees,
): Promise<void> {
  const amounts = new Map(fees.lines.map((line) => [line.feeKindId, line.amountVnd]))
  await sql`
    INSERT INTO round_fee (school_id, id, round_id, fee_kind_id, scope, student_id, amount_vnd)
    SELECT ${schoolId}, uuidv7(), ${roundId}, fee_kind_id, 'student', ${fees.studentId}, amount_vnd
    FROM unnest(${[...amounts.keys()]}::uuid[], ${[...amounts.values()]}::bigint[])
      AS fee (fee_kind_id, amount_vnd)
    ON CONFLICT ON CONSTRAINT round_fee_scope_key DO UPDATE SET amount_vnd = excluded.amount_vnd`.execute(trx)
}

/** Which of the names in a plan exist. */
export async function findKnownNames(
  trx: Trx, schoolId: string, schoolYear: SchoolYear, lines: readonly PlanLine[],
): Promise<KnownNames> {
  const kinds = await trx.selectFrom('fee_kind').select('id').where('school_id', '=', schoolId).execute()
  const classes = await trx.selectFrom('school_class').select('id')
    .where('school_id', '=', schoolId).where('school_year', '=', schoolYear).execute()
  const named = [...new Set(lines.flatMap(({ studentId }) => studentId ?? []))]
  const students = await sql<{ id: string }>`SELECT id FROM student
    WHERE school_id = ${schoolId} AND id = ANY (${named}::uuid[])`.execute(trx)
  return {
    feeKindIds: new Set(kinds.map(({ id }) => id)),
    classIds: new Set(classes.map(({ id }) => id)),
    studentIds: new Set(students.rows.map(({ id }) => id)),
  }
}
