// Reads cash receipts with the names that belong to them: those of a day, those of a period, and one with what it paid.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Trx } from '../../db/tenancy.js'
import type { Day } from '../../time.js'

export interface CashRow {
  id: string
  number: number
  studentId: string
  fullName: string
  className: string | null
  amountVnd: number
  allocatedVnd: number
  creditedVnd: number
  isReversed: boolean
  receivedOn: Day
  note: string | null
  recordedAt: Date
  /** As the log writes actors; the name of a person who signed in. */
  actor: string
  actorName: string | null
}

/** The class is that of the day on which the cash was taken. */
const row = (schoolId: string): RawBuilder<unknown> => sql`
  receipt.id, receipt.number, receipt.student_id AS "studentId", student.full_name AS "fullName", (
    SELECT class.name FROM enrolment e JOIN school_class class ON class.school_id = e.school_id AND class.id = e.class_id
    WHERE e.school_id = ${schoolId} AND e.student_id = receipt.student_id AND e.valid_from <= receipt.received_on
      AND (e.valid_to IS NULL OR e.valid_to > receipt.received_on)
    ORDER BY e.valid_from DESC LIMIT 1) AS "className",
  receipt.amount_vnd AS "amountVnd", receipt.allocated_vnd AS "allocatedVnd", receipt.credited_vnd AS "creditedVnd",
  receipt.reversed_vnd > 0 AS "isReversed", receipt.received_on AS "receivedOn", receipt.note,
  receipt.recorded_at AS "recordedAt", receipt.actor, person.display_name AS "actorName"`

const behind = sql`
  JOIN student ON student.school_id = receipt.school_id AND student.id = receipt.student_id
  LEFT JOIN app_user person ON receipt.actor LIKE 'user:%' AND person.id::text = substr(receipt.actor, 6)`

export interface CashFilter {
  from: Day
  to: Day
}

/** Newest number first; cash_receipt_number_key, from the newest down, and primary keys. */
export async function readCashRows(
  trx: Trx, schoolId: string, { from, to }: CashFilter, limit: number, beforeNumber: number | undefined,
): Promise<{ items: CashRow[]; nextCursor: string | null }> {
  const { rows } = await sql<CashRow>`
    SELECT ${row(schoolId)} FROM (
      SELECT * FROM cash_receipt WHERE school_id = ${schoolId} AND received_on BETWEEN ${from} AND ${to}
        AND number < ${beforeNumber ?? Number.MAX_SAFE_INTEGER}
      ORDER BY number DESC LIMIT ${limit + 1}
    ) AS receipt ${behind} ORDER BY receipt.number DESC`.execute(trx)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? String(last.number) : null }
}

export interface CashTotals {
  receipts: number
  /** Without what was taken back. */
  takenVnd: number
  reversedReceipts: number
  reversedVnd: number
}

/** Over all receipts of the school: some hundreds a year. */
export async function readCashTotals(trx: Trx, schoolId: string, { from, to }: CashFilter): Promise<CashTotals> {
  const { rows } = await sql<CashTotals>`
    SELECT count(*) FILTER (WHERE reversed_vnd = 0)::int AS receipts,
      coalesce(sum(amount_vnd - reversed_vnd), 0)::bigint AS "takenVnd",
      count(*) FILTER (WHERE reversed_vnd > 0)::int AS "reversedReceipts",
      coalesce(sum(reversed_vnd), 0)::bigint AS "reversedVnd"
    FROM cash_receipt WHERE school_id = ${schoolId} AND received_on BETWEEN ${from} AND ${to}`.execute(trx)
  return rows[0] ?? { receipts: 0, takenVnd: 0, reversedReceipts: 0, reversedVnd: 0 }
}

export interface CashReceiptDetail extends CashRow {
  /** As they were booked with the receipt; later moves are on the student's page. */
  parts: { roundName: string; amountVnd: number }[]
  heldVnd: number
}

/** By primary key; allocation_of_receipt. */
export async function findCashReceipt(
  trx: Trx, schoolId: string, receiptId: string,
): Promise<CashReceiptDetail | undefined> {
  const { rows } = await sql<CashReceiptDetail>`
    SELECT ${row(schoolId)}, coalesce(part.parts, '[]') AS parts,
      receipt.amount_vnd - coalesce(part.sum_vnd, 0)::bigint AS "heldVnd"
    FROM cash_receipt receipt ${behind}
    LEFT JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('roundName', name, 'amountVnd', sum_vnd) ORDER BY due_on, name) AS parts,
        sum(sum_vnd) AS sum_vnd
      FROM (
        SELECT round.name, bill.due_on, sum(paid.amount_vnd) AS sum_vnd FROM allocation paid
        JOIN entry ON entry.school_id = paid.school_id AND entry.id = paid.entry_id AND entry.kind = 'cash_in'
        JOIN invoice bill ON bill.school_id = paid.school_id AND bill.id = paid.invoice_id
        JOIN collection_round round ON round.school_id = bill.school_id AND round.id = bill.round_id
        WHERE paid.school_id = ${schoolId} AND paid.cash_receipt_id = receipt.id
        GROUP BY bill.id, round.name, bill.due_on
      ) AS by_bill
    ) AS part ON true
    WHERE receipt.school_id = ${schoolId} AND receipt.id = ${receiptId}`.execute(trx)
  return rows[0]
}
