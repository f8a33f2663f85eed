// The SQL of refunds: the row of money that left, and the credits that wait for it.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'

export interface MoneyOutRow {
  amount_vnd: number
  bank_day: Day
  /** It is the bank's own reversal of a row of money in, or was called a refund before. */
  is_explained: boolean
}

/** Undefined for what is no money out. Primary key, refund_of_out. The caller holds `lockBankRows`. */
export async function findMoneyOut(trx: Trx, schoolId: string, id: string): Promise<MoneyOutRow | undefined> {
  const { rows } = await sql<MoneyOutRow>`
    SELECT amount_vnd, bank_day, reverses_id IS NOT NULL OR EXISTS (SELECT FROM refund
      WHERE refund.school_id = ${schoolId} AND refund.out_transaction_id = ${id}) AS is_explained
    FROM bank_transaction WHERE school_id = ${schoolId} AND id = ${id} AND direction = 'out'`.execute(trx)
  return rows[0]
}

export interface AwaitingCredit {
  id: string
  student_id: string
  held_vnd: number
  bank_transaction_id: string | null
  cash_receipt_id: string | null
}

/** Those of the ids that wait for a refund and hold something, in key order. */
export async function readAwaitingCredits(
  trx: Trx,
  schoolId: string,
  ids: readonly string[],
): Promise<AwaitingCredit[]> {
  return trx.selectFrom('credit')
    .select(['id', 'student_id', 'held_vnd', 'bank_transaction_id', 'cash_receipt_id'])
    .where('school_id', '=', schoolId).where('id', '=', sql<string>`ANY (${ids}::uuid[])`)
    .where('kind', '=', 'awaiting_refund').where('held_vnd', '>', 0).orderBy('id').execute()
}

/** Whose refund a row of money out may be: a student whose waiting credits, all or one of them, are its amount. */
export interface RefundCandidate {
  creditIds: string[]
  studentId: string
  fullName: string
  /** The money went back to the account that it had come from. */
  isSamePayer: boolean
}

/** The same payer first. credit_awaiting_refund, the primary keys of bank_transaction and student. */
export async function listRefundCandidates(
  trx: Trx,
  schoolId: string,
  outId: string,
): Promise<RefundCandidate[]> {
  const { rows } = await sql<RefundCandidate>`
    WITH gone AS (
      SELECT amount_vnd, counter_account FROM bank_transaction
      WHERE school_id = ${schoolId} AND id = ${outId} AND direction = 'out'
    ), held AS (
      SELECT credit.id, credit.student_id, credit.held_vnd,
        coalesce(paid.counter_account = gone.counter_account, false) AS same_payer,
        count(*) OVER (PARTITION BY credit.student_id) AS of_student
      FROM gone CROSS JOIN credit
      LEFT JOIN bank_transaction paid ON paid.school_id = ${schoolId} AND paid.id = credit.bank_transaction_id
      WHERE credit.school_id = ${schoolId} AND credit.kind = 'awaiting_refund' AND credit.held_vnd > 0
    ), fitting AS (
      SELECT student_id, array_agg(id ORDER BY id) AS credit_ids, bool_or(same_payer) AS same_payer
      FROM held GROUP BY student_id HAVING sum(held_vnd) = (SELECT amount_vnd FROM gone)
      UNION ALL
      SELECT student_id, ARRAY[id], same_payer FROM held
      WHERE held_vnd = (SELECT amount_vnd FROM gone) AND of_student > 1
    )
    SELECT fitting.credit_ids AS "creditIds", student.id AS "studentId", student.full_name AS "fullName",
      fitting.same_payer AS "isSamePayer"
    FROM fitting JOIN student ON student.school_id = ${schoolId} AND student.id = fitting.student_id
    ORDER BY fitting.same_payer DESC, student.id, fitting.credit_ids LIMIT 20`.execute(trx)
  return rows
}
