// Looks up whose money a transfer may be: one statement a clue, each by an index of its own, each bounded. It joins
// clues to students and weighs nothing.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { Day, SchoolYear } from '../../time.js'

/** A look-up that finds more than this says nothing about anybody. */
export const LOOKUP_LIMIT = 30

export interface Clue {
  memo: string
  counterAccount: string | null
  bankAccountId: string | null
  bankDay: Day
  /** What waits to be placed. */
  amountVnd: number
  transactionId: string | null
}

/** By the primary keys of transfer and event; undefined when the item is about neither. */
export async function readClue(trx: Trx, schoolId: string, reviewItemId: string): Promise<Clue | undefined> {
  const { rows } = await sql<Clue>`
    SELECT coalesce(transfer.memo, event.memo) AS memo,
      coalesce(transfer.counter_account, event.counter_account) AS "counterAccount",
      coalesce(transfer.bank_account_id, event.bank_account_id) AS "bankAccountId",
      coalesce(transfer.bank_day, event.bank_day) AS "bankDay", transfer.id AS "transactionId",
      CASE WHEN transfer.allocated_vnd + transfer.credited_vnd + transfer.refunded_vnd + transfer.reversed_vnd
          < transfer.amount_vnd
        THEN transfer.amount_vnd - transfer.allocated_vnd - transfer.credited_vnd - transfer.refunded_vnd
          - transfer.reversed_vnd
        ELSE coalesce(transfer.amount_vnd, event.amount_vnd) END AS "amountVnd"
    FROM review_item review
    LEFT JOIN bank_transaction transfer
      ON transfer.school_id = review.school_id AND transfer.id = review.bank_transaction_id
    LEFT JOIN bank_event event ON event.school_id = review.school_id AND event.id = review.bank_event_id
    WHERE review.school_id = ${schoolId} AND review.id = ${reviewItemId}
      AND (transfer.id IS NOT NULL OR event.id IS NOT NULL)`.execute(trx)
  return rows[0]
}

/** Students whose whole name is one of the phrases. Index: student_search_name. */
export async function findNamed(trx: Trx, schoolId: string, phrases: readonly string[]): Promise<string[]> {
  return ids(trx, sql`SELECT id FROM student WHERE school_id = ${schoolId}
    AND search_name = ANY (${phrases}::text[]) LIMIT ${LOOKUP_LIMIT + 1}`)
}

/** Students whose last two words are one of the phrases. Index: student_called. */
export async function findCalled(trx: Trx, phrases: readonly string[]): Promise<string[]> {
  return ids(trx, sql`SELECT students_called AS id FROM students_called(${phrases}::text[], ${LOOKUP_LIMIT + 1})`)
}

/** Students for whom this payer's money was placed. Indexes: bank_transaction_payer, allocation_of_transaction. */
export async function findPaidBefore(trx: Trx, schoolId: string, clue: Clue): Promise<string[]> {
  if (clue.counterAccount === null) return []
  return ids(trx, sql`SELECT DISTINCT paid.student_id AS id
    FROM (SELECT id FROM bank_transaction WHERE school_id = ${schoolId} AND counter_account = ${clue.counterAccount}
        AND direction = 'in' AND id IS DISTINCT FROM ${clue.transactionId} ORDER BY id DESC LIMIT 50) AS earlier
    JOIN allocation paid ON paid.school_id = ${schoolId} AND paid.bank_transaction_id = earlier.id
    WHERE paid.reverses_id IS NULL AND NOT EXISTS (SELECT FROM allocation undo
      WHERE undo.school_id = ${schoolId} AND undo.reverses_id = paid.id)
    LIMIT ${LOOKUP_LIMIT + 1}`)
}

/** Students with an untouched bill of exactly this amount. Index: invoice_payable. */
export async function findSameAmount(trx: Trx, schoolId: string, amountVnd: number): Promise<string[]> {
  return ids(trx, sql`SELECT DISTINCT student_id AS id FROM invoice WHERE school_id = ${schoolId}
    AND payable_vnd = ${amountVnd} AND state = 'issued' AND paid_vnd = 0 LIMIT ${LOOKUP_LIMIT + 1}`)
}

/** Students of these classes with a bill open for just this amount. Indexes: enrolment_class_of, invoice_of_student. */
export async function findInClasses(
  trx: Trx, schoolId: string, classIds: readonly string[], amountVnd: number,
): Promise<string[]> {
  if (classIds.length === 0) return []
  return ids(trx, sql`SELECT DISTINCT enrolled.student_id AS id
    FROM enrolment enrolled
    JOIN invoice bill ON bill.school_id = enrolled.school_id AND bill.student_id = enrolled.student_id
    WHERE enrolled.school_id = ${schoolId} AND enrolled.class_id = ANY (${classIds}::uuid[])
      AND enrolled.valid_to IS NULL AND bill.state = 'issued' AND bill.payable_vnd - bill.paid_vnd = ${amountVnd}
    LIMIT ${LOOKUP_LIMIT + 1}`)
}

/** Index: school_class_name_key. */
export async function readClasses(trx: Trx, schoolId: string, schoolYear: SchoolYear) {
  return trx.selectFrom('school_class').select(['id', 'name'])
    .where('school_id', '=', schoolId).where('school_year', '=', schoolYear).execute()
}

/** Indexes: family_member_student_key, family_member_pkey. */
export async function findSiblings(trx: Trx, schoolId: string, studentIds: readonly string[]): Promise<string[]> {
  return ids(trx, sql`SELECT DISTINCT sibling.student_id AS id
    FROM family_member member
    JOIN family_member sibling ON sibling.school_id = member.school_id AND sibling.family_id = member.family_id
    WHERE member.school_id = ${schoolId} AND member.student_id = ANY (${studentIds}::uuid[])
      AND sibling.student_id <> ALL (${studentIds}::uuid[]) LIMIT ${LOOKUP_LIMIT + 1}`)
}

export interface StudentCard {
  id: string
  fullName: string
  className: string | null
  classId: string | null
  familyId: string | null
  bills: {
    invoiceId: string, roundName: string, dueOn: Day, openVnd: number, payableVnd: number, paymentCode: number,
    bankAccountId: string,
  }[]
}

/** Who they are and what they have open. Indexes: primary keys, enrolment_student_of, invoice_of_student. */
export async function readCards(
  trx: Trx, schoolId: string, studentIds: readonly string[], schoolYear: SchoolYear,
): Promise<StudentCard[]> {
  if (studentIds.length === 0) return []
  const { rows } = await sql<StudentCard>`
    SELECT student.id, student.full_name AS "fullName", class.name AS "className", class.id AS "classId",
      member.family_id AS "familyId",
      (SELECT coalesce(jsonb_agg(jsonb_build_object('invoiceId', bill.id, 'roundName', round.name, 'dueOn', bill.due_on,
          'openVnd', bill.payable_vnd - bill.paid_vnd, 'payableVnd', bill.payable_vnd,
          'paymentCode', bill.payment_code, 'bankAccountId', bill.bank_account_id)
          ORDER BY bill.due_on, bill.id), '[]')
        FROM invoice bill
        JOIN collection_round round ON round.school_id = bill.school_id AND round.id = bill.round_id
        WHERE bill.school_id = ${schoolId} AND bill.student_id = student.id AND bill.state = 'issued'
          AND bill.paid_vnd < bill.payable_vnd) AS bills
    FROM student
    LEFT JOIN family_member member ON member.school_id = student.school_id AND member.student_id = student.id
    LEFT JOIN LATERAL (
      SELECT class.id, class.name FROM enrolment
      JOIN school_class class ON class.school_id = enrolment.school_id AND class.id = enrolment.class_id
      WHERE enrolment.school_id = ${schoolId} AND enrolment.student_id = student.id
        AND enrolment.school_year = ${schoolYear}
      ORDER BY enrolment.valid_to DESC NULLS FIRST LIMIT 1
    ) AS class ON true
    WHERE student.school_id = ${schoolId} AND student.id = ANY (${studentIds}::uuid[])`.execute(trx)
  return rows
}

async function ids(trx: Trx, query: ReturnType<typeof sql>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${query}`.execute(trx)
  return rows.map(({ id }) => id)
}
