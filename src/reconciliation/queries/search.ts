// Finds students, bills and transfers of one school for the search box. Every look-up names the index that serves it
// and reads a bounded number of rows, newest or first by name.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { Day, SchoolYear } from '../../time.js'
import { suspenseOfRow } from '../suspense.js'
import { joinClassOfYear } from './class-of-year.js'

export interface FoundStudent {
  id: string
  fullName: string
  className: string | null
  openVnd: number
}

export interface FoundBill {
  id: string
  studentId: string
  fullName: string
  roundName: string
  paymentCode: number
  state: 'issued' | 'cancelled' | 'superseded'
  payableVnd: number
  paidVnd: number
  dueOn: Day
}

export interface FoundTransfer {
  id: string
  bankDay: Day
  direction: 'in' | 'out'
  amountVnd: number
  memo: string
  counterName: string | null
  suspenseVnd: number
}

type Ids = Promise<string[]>

/** By beginnings of the words of a name. Index: student_words. */
export async function findByName(trx: Trx, words: readonly string[], limit: number): Ids {
  if (words.length === 0) return []
  return ids(trx, sql`SELECT students_with_words AS id FROM students_with_words(${words}::text[], ${limit})`)
}

/**
 * By one of the three identifiers. Indexes: student_moet_student_id_key, student_personal_id_key,
 * student_school_code_key.
 */
export async function findByIdentifier(trx: Trx, schoolId: string, values: readonly string[], limit: number): Ids {
  if (values.length === 0) return []
  return ids(trx, sql`SELECT id FROM student WHERE school_id = ${schoolId} AND moet_student_id = ANY (${values}::text[])
    UNION SELECT id FROM student WHERE school_id = ${schoolId} AND personal_id = ANY (${values}::text[])
    UNION SELECT id FROM student WHERE school_id = ${schoolId} AND school_code = ANY (${values}::text[])
    LIMIT ${limit}`)
}

/** One school's students are read through, by the primary key: some thousand. */
export async function findByBirthDay(trx: Trx, schoolId: string, birthOn: Day, limit: number): Ids {
  return ids(trx, sql`SELECT id FROM student WHERE school_id = ${schoolId} AND birth_on = ${birthOn}
    ORDER BY search_name, id LIMIT ${limit}`)
}

/** Whoever is in these classes, by name. Index: enrolment_class_of. */
export async function findByClass(trx: Trx, schoolId: string, classIds: readonly string[], limit: number): Ids {
  if (classIds.length === 0) return []
  return ids(trx, sql`SELECT student.id FROM enrolment
    JOIN student ON student.school_id = enrolment.school_id AND student.id = enrolment.student_id
    WHERE enrolment.school_id = ${schoolId} AND enrolment.class_id = ANY (${classIds}::uuid[])
      AND enrolment.valid_to IS NULL
    ORDER BY student.search_name LIMIT ${limit}`)
}

/** Indexes: primary key, enrolment_student_of, invoice_of_student. */
export async function readStudents(
  trx: Trx, schoolId: string, studentIds: readonly string[], schoolYear: SchoolYear,
): Promise<FoundStudent[]> {
  if (studentIds.length === 0) return []
  const { rows } = await sql<FoundStudent>`
    SELECT student.id, student.full_name AS "fullName", class.name AS "className",
      (SELECT coalesce(sum(payable_vnd - paid_vnd), 0)::bigint FROM invoice
        WHERE invoice.school_id = ${schoolId} AND invoice.student_id = student.id AND state = 'issued') AS "openVnd"
    FROM student
    ${joinClassOfYear(schoolId, schoolYear)}
    WHERE student.school_id = ${schoolId} AND student.id = ANY (${studentIds}::uuid[])
    ORDER BY student.search_name, student.id`.execute(trx)
  return rows
}

/** Index: invoice_payable. */
export async function findBillsOfAmount(trx: Trx, schoolId: string, amountVnd: number, limit: number): Ids {
  return ids(trx, sql`SELECT id FROM invoice WHERE school_id = ${schoolId} AND payable_vnd = ${amountVnd}
    AND state = 'issued' ORDER BY id DESC LIMIT ${limit}`)
}

/** Index: invoice_payment_code_key. */
export async function findBillsOfCodes(trx: Trx, schoolId: string, codes: readonly number[], limit: number): Ids {
  if (codes.length === 0) return []
  return ids(trx, sql`SELECT id FROM invoice WHERE school_id = ${schoolId}
    AND payment_code = ANY (${codes}::bigint[]) ORDER BY id DESC LIMIT ${limit}`)
}

/** By primary keys. */
export async function readBills(trx: Trx, schoolId: string, billIds: readonly string[]): Promise<FoundBill[]> {
  if (billIds.length === 0) return []
  const { rows } = await sql<FoundBill>`
    SELECT bill.id, bill.student_id AS "studentId", student.full_name AS "fullName", round.name AS "roundName",
      bill.payment_code AS "paymentCode", bill.state, bill.payable_vnd AS "payableVnd", bill.paid_vnd AS "paidVnd",
      bill.due_on AS "dueOn"
    FROM invoice bill
    JOIN student ON student.school_id = bill.school_id AND student.id = bill.student_id
    JOIN collection_round round ON round.school_id = bill.school_id AND round.id = bill.round_id
    WHERE bill.school_id = ${schoolId} AND bill.id = ANY (${billIds}::uuid[])
    ORDER BY bill.id DESC`.execute(trx)
  return rows
}

/** By the content's and the payer's words. Index: bank_transaction_words. */
export async function findTransfersOfWords(trx: Trx, words: readonly string[], limit: number): Ids {
  if (words.length === 0) return []
  return ids(trx, sql`SELECT transactions_with_words AS id FROM transactions_with_words(${words}::text[], ${limit})`)
}

/** Index: bank_transaction_amount. */
export async function findTransfersOfAmount(trx: Trx, schoolId: string, amountVnd: number, limit: number): Ids {
  return ids(trx, sql`SELECT id FROM bank_transaction WHERE school_id = ${schoolId} AND amount_vnd = ${amountVnd}
    ORDER BY id DESC LIMIT ${limit}`)
}

/** Index: bank_transaction_key, once for each account of the school. */
export async function findTransfersOfRef(trx: Trx, schoolId: string, bankRef: string, limit: number): Ids {
  return ids(trx, sql`SELECT transfer.id FROM bank_account account
    JOIN bank_transaction transfer ON transfer.school_id = account.school_id
      AND transfer.bank_account_id = account.id AND transfer.bank_ref = ${bankRef}
    WHERE account.school_id = ${schoolId} ORDER BY transfer.id DESC LIMIT ${limit}`)
}

/** Transfers that paid these bills. Index: allocation_of_invoice. */
export async function findTransfersOfBills(trx: Trx, schoolId: string, billIds: readonly string[], limit: number): Ids {
  if (billIds.length === 0) return []
  return ids(trx, sql`SELECT DISTINCT bank_transaction_id AS id FROM allocation
    WHERE school_id = ${schoolId} AND invoice_id = ANY (${billIds}::uuid[]) AND bank_transaction_id IS NOT NULL
    ORDER BY id DESC LIMIT ${limit}`)
}

/** By primary keys. */
export async function readTransfers(
  trx: Trx, schoolId: string, transferIds: readonly string[],
): Promise<FoundTransfer[]> {
  if (transferIds.length === 0) return []
  const { rows } = await sql<FoundTransfer>`
    SELECT id, bank_day AS "bankDay", direction, amount_vnd AS "amountVnd", memo, counter_name AS "counterName",
      CASE direction WHEN 'in' THEN ${suspenseOfRow('transfer')} ELSE 0 END AS "suspenseVnd"
    FROM bank_transaction AS transfer WHERE school_id = ${schoolId} AND id = ANY (${transferIds}::uuid[])
    ORDER BY bank_day DESC, id DESC`.execute(trx)
  return rows
}

async function ids(trx: Trx, query: ReturnType<typeof sql>): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`${query}`.execute(trx)
  return rows.map(({ id }) => id)
}
