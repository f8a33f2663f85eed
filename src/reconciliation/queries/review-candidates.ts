// Looks up whose money transfers may be: one statement a kind of clue, however many items a page shows, each by an
// index of its own, each bounded. It joins clues to students and weighs nothing.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import { toRecords } from '../../db/rows.js'
import type { Trx } from '../../db/tenancy.js'
import type { Day, SchoolYear } from '../../time.js'
import { suspenseOfRow } from '../suspense.js'
import { fullTextOf } from './full-text.js'
import { joinClassOfYear } from './class-of-year.js'

type Sql = RawBuilder<unknown>

/** A look-up that finds more than this says nothing about anybody. */
export const LOOKUP_LIMIT = 30

export interface Clue {
  itemId: string
  memo: string
  /** The bank's whole text, where it says more than the memo. */
  fullText: string | null
  counterAccount: string | null
  bankAccountId: string | null
  bankDay: Day
  /** What waits to be placed. */
  amountVnd: number
  transactionId: string | null
}

/** By the primary keys of transfer and event; without the items that are about neither. */
export async function readClues(trx: Trx, schoolId: string, reviewItemIds: readonly string[]): Promise<Clue[]> {
  if (reviewItemIds.length === 0) return []
  const { rows } = await sql<Clue>`
    SELECT review.id AS "itemId", coalesce(transfer.memo, event.memo) AS memo,
      ${fullTextOf} AS "fullText", coalesce(transfer.counter_account, event.counter_account) AS "counterAccount",
      coalesce(transfer.bank_account_id, event.bank_account_id) AS "bankAccountId",
      coalesce(transfer.bank_day, event.bank_day) AS "bankDay", transfer.id AS "transactionId",
      CASE WHEN ${suspenseOfRow('transfer')} > 0 THEN ${suspenseOfRow('transfer')}
        ELSE coalesce(transfer.amount_vnd, event.amount_vnd) END AS "amountVnd"
    FROM review_item review
    LEFT JOIN bank_transaction transfer
      ON transfer.school_id = review.school_id AND transfer.id = review.bank_transaction_id
    LEFT JOIN bank_event event ON event.school_id = review.school_id AND event.id = review.bank_event_id
    WHERE review.school_id = ${schoolId} AND review.id = ANY (${reviewItemIds}::uuid[])
      AND (transfer.id IS NOT NULL OR event.id IS NOT NULL)`.execute(trx)
  return rows
}

/** Ids of students by the item whose clue leads to them. */
export type Hits = ReadonlyMap<string, readonly string[]>

/**
 * One statement for every item of a page: `asked` has a row an item, read as `columns`, and `found` selects the ids of
 * students for one such row. It runs once a row, by its own index, and ends at its own limit.
 */
async function hitsOf(trx: Trx, asked: readonly Asked[], columns: Sql, found: Sql): Promise<Hits> {
  if (asked.length === 0) return new Map()
  const { rows } = await sql<{ item: string; ids: string[] }>`
    SELECT asked.item, ARRAY(${found} LIMIT ${LOOKUP_LIMIT + 1}) AS ids
    FROM jsonb_to_recordset(${toRecords(asked)}::jsonb) AS asked (item uuid, ${columns})`.execute(trx)
  return new Map(rows.map(({ item, ids }) => [item, ids]))
}

type Asked = Readonly<{ item: string }>

/** Students whose whole name is one of the phrases. Index: student_search_name. */
export function findNamed(
  trx: Trx, schoolId: string, asked: readonly (Asked & { phrases: readonly string[] })[],
): Promise<Hits> {
  return hitsOf(trx, asked, sql`phrases text[]`, sql`SELECT id FROM student WHERE school_id = ${schoolId}
    AND search_name = ANY (asked.phrases)`)
}

/**
 * Students whose own number is in the content. Indexes: student_school_code_key, student_moet_student_id_key,
 * student_personal_id_key.
 */
export function findByOwnCode(
  trx: Trx, schoolId: string, asked: readonly (Asked & { phrases: readonly string[] })[],
): Promise<Hits> {
  return hitsOf(trx, asked, sql`phrases text[]`, sql`SELECT id FROM (
    SELECT id FROM student WHERE school_id = ${schoolId} AND school_code = ANY (asked.phrases)
    UNION SELECT id FROM student WHERE school_id = ${schoolId} AND moet_student_id = ANY (asked.phrases)
    UNION SELECT id FROM student WHERE school_id = ${schoolId} AND personal_id = ANY (asked.phrases)) AS numbered`)
}

/** Students whose last two words are one of the phrases. Index: student_called. */
export function findCalled(
  trx: Trx, asked: readonly (Asked & { phrases: readonly string[] })[],
): Promise<Hits> {
  return hitsOf(trx, asked, sql`phrases text[]`,
    sql`SELECT called FROM students_called(asked.phrases, ${LOOKUP_LIMIT + 1}) AS called`)
}

/** Students for whom this payer's money was placed. Indexes: bank_transaction_payer, allocation_of_transaction. */
export function findPaidBefore(
  trx: Trx, schoolId: string,
  asked: readonly (Asked & { counter_account: string; transaction_id: string | null })[],
): Promise<Hits> {
  return hitsOf(trx, asked, sql`counter_account text, transaction_id uuid`, sql`SELECT DISTINCT paid.student_id
    FROM (SELECT id FROM bank_transaction WHERE school_id = ${schoolId} AND counter_account = asked.counter_account
        AND direction = 'in' AND id IS DISTINCT FROM asked.transaction_id ORDER BY id DESC LIMIT 50) AS earlier
    JOIN allocation paid ON paid.school_id = ${schoolId} AND paid.bank_transaction_id = earlier.id
    WHERE paid.reverses_id IS NULL AND NOT EXISTS (SELECT FROM allocation undo
      WHERE undo.school_id = ${schoolId} AND undo.reverses_id = paid.id)`)
}

/** Students with an untouched bill of exactly this amount. Index: invoice_payable. */
export function findSameAmount(
  trx: Trx, schoolId: string, asked: readonly (Asked & { amount_vnd: number })[],
): Promise<Hits> {
  return hitsOf(trx, asked, sql`amount_vnd bigint`, sql`SELECT DISTINCT student_id FROM invoice
    WHERE school_id = ${schoolId} AND payable_vnd = asked.amount_vnd AND state = 'issued' AND paid_vnd = 0`)
}

/** Students of these classes with a bill open for just this amount. Indexes: enrolment_class_of, invoice_of_student. */
export function findInClasses(
  trx: Trx, schoolId: string, asked: readonly (Asked & { class_ids: readonly string[]; amount_vnd: number })[],
): Promise<Hits> {
  return hitsOf(trx, asked, sql`class_ids uuid[], amount_vnd bigint`, sql`SELECT DISTINCT enrolled.student_id
    FROM enrolment enrolled
    JOIN invoice bill ON bill.school_id = enrolled.school_id AND bill.student_id = enrolled.student_id
    WHERE enrolled.school_id = ${schoolId} AND enrolled.class_id = ANY (asked.class_ids)
      AND enrolled.valid_to IS NULL AND bill.state = 'issued'
      AND bill.payable_vnd - bill.paid_vnd = asked.amount_vnd`)
}

/** Index: school_class_name_key. */
export async function readClasses(trx: Trx, schoolId: string, schoolYear: SchoolYear) {
  return trx.selectFrom('school_class').select(['id', 'name'])
    .where('school_id', '=', schoolId).where('school_year', '=', schoolYear).execute()
}

/** Indexes: family_member_student_key, family_member_pkey. */
export function findSiblings(
  trx: Trx, schoolId: string, asked: readonly (Asked & { student_ids: readonly string[] })[],
): Promise<Hits> {
  return hitsOf(trx, asked, sql`student_ids uuid[]`, sql`SELECT DISTINCT sibling.student_id
    FROM family_member member
    JOIN family_member sibling ON sibling.school_id = member.school_id AND sibling.family_id = member.family_id
    WHERE member.school_id = ${schoolId} AND member.student_id = ANY (asked.student_ids)
      AND sibling.student_id <> ALL (asked.student_ids)`)
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
    ${joinClassOfYear(schoolId, schoolYear)}
    WHERE student.school_id = ${schoolId} AND student.id = ANY (${studentIds}::uuid[])`.execute(trx)
  return rows
}
