// The figures of a round and its bills with the names that a page shows. They are counted from the bills that are out;
// nothing is kept that could differ from them.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import type { FeeGroup } from '../ledger/account.js'
import type { Day } from '../time.js'
import type { InvoiceState } from './invoice.js'

/** What the bills that are out ask for, what was paid on them and what is still open. */
export interface RoundSums {
  invoices: number
  students: number
  billedVnd: number
  exemptedVnd: number
  collectedVnd: number
  openVnd: number
  /** Bills with nothing open any more, those with nothing to pay included. */
  settledInvoices: number
}

const SUMS = sql`count(*) AS invoices, count(DISTINCT bill.student_id) AS students,
  coalesce(sum(bill.payable_vnd), 0)::bigint AS "billedVnd",
  coalesce(sum(bill.exempted_vnd), 0)::bigint AS "exemptedVnd",
  coalesce(sum(bill.paid_vnd), 0)::bigint AS "collectedVnd",
  coalesce(sum(bill.payable_vnd - bill.paid_vnd), 0)::bigint AS "openVnd",
  count(*) FILTER (WHERE bill.paid_vnd = bill.payable_vnd) AS "settledInvoices"`

export interface RoundListItem extends RoundSums {
  id: string
  schoolYear: string
  name: string
  dueOn: Day
  state: 'open' | 'closed'
}

/** Newest first; the bills of each round by invoice_one_issued. */
export async function readRoundList(
  trx: Trx, schoolId: string, page: { limit: number; beforeId: string | undefined },
): Promise<RoundListItem[]> {
  const before = page.beforeId === undefined ? sql`` : sql`AND id < ${page.beforeId}`
  const { rows } = await sql<RoundListItem>`
    SELECT round.id, round.school_year AS "schoolYear", round.name, round.due_on AS "dueOn", round.state, sums.*
    FROM (SELECT * FROM collection_round WHERE school_id = ${schoolId} ${before}
      ORDER BY id DESC LIMIT ${page.limit}) AS round
    CROSS JOIN LATERAL (SELECT ${SUMS} FROM invoice AS bill
      WHERE bill.school_id = ${schoolId} AND bill.round_id = round.id AND bill.state = 'issued') AS sums
    ORDER BY round.id DESC`.execute(trx)
  return rows
}

export interface ClassSums extends RoundSums {
  /** Null for bills without a class. */
  classId: string | null
  name: string | null
}

export interface FeeKindSums {
  feeKindId: string
  code: string
  name: string
  feeGroup: FeeGroup
  lines: number
  billedVnd: number
  exemptedVnd: number
  collectedVnd: number
  openVnd: number
}

export interface RoundSumsBy {
  total: RoundSums
  byClass: ClassSums[]
  byFeeKind: FeeKindSums[]
}

/**
 * In one statement, so that the tables add up to the total while payments come in. Index invoice_one_issued, then the
 * lines of each bill by invoice_line_pkey; 1,600 students take about 15 ms.
 */
export async function readRoundSums(trx: Trx, schoolId: string, roundId: string): Promise<RoundSumsBy> {
  const { rows: [sums] } = await sql<RoundSumsBy>`
    WITH bill AS MATERIALIZED (
      SELECT id, student_id, class_id, payable_vnd, exempted_vnd, paid_vnd FROM invoice
      WHERE school_id = ${schoolId} AND round_id = ${roundId} AND state = 'issued'
    ), of_class AS (
      SELECT class.id AS "classId", class.name, class.grade, ${SUMS}
      FROM bill LEFT JOIN school_class AS class ON class.school_id = ${schoolId} AND class.id = bill.class_id
      GROUP BY class.id, class.name, class.grade
    ), of_kind AS (
      SELECT kind.id AS "feeKindId", kind.code, kind.name, kind.fee_group AS "feeGroup", kind.priority, sums.*
      FROM (
        SELECT line.fee_kind_id, count(*) AS lines, sum(line.payable_vnd)::bigint AS "billedVnd",
          sum(line.exempted_vnd)::bigint AS "exemptedVnd", sum(line.paid_vnd)::bigint AS "collectedVnd",
          sum(line.payable_vnd - line.paid_vnd)::bigint AS "openVnd"
        FROM bill JOIN invoice_line AS line ON line.school_id = ${schoolId} AND line.invoice_id = bill.id
        GROUP BY line.fee_kind_id
      ) AS sums JOIN fee_kind AS kind ON kind.school_id = ${schoolId} AND kind.id = sums.fee_kind_id
    )
    SELECT (SELECT to_jsonb(sums) FROM (SELECT ${SUMS} FROM bill) AS sums) AS total,
      (SELECT coalesce(jsonb_agg(of_class ORDER BY grade, name), '[]') FROM of_class) AS "byClass",
      (SELECT coalesce(jsonb_agg(of_kind ORDER BY priority, code), '[]') FROM of_kind) AS "byFeeKind"`.execute(trx)
  assert(sums, 'a statement without FROM has one row')
  return sums
}

/** `open`: something is still to be paid; `part`: some of it was; `paid`: nothing is open; `cancelled`: not out. */
export const BILL_VIEWS = ['open', 'part', 'paid', 'cancelled'] as const
export type BillView = (typeof BILL_VIEWS)[number]

export interface RoundBill {
  id: string
  studentId: string
  studentName: string
  classId: string | null
  className: string | null
  codeNumber: number
  bankAccountId: string
  state: InvoiceState
  payableVnd: number
  paidVnd: number
  withdrawnReason: string | null
}

/** A bill and where the next page starts after it. */
export interface PlacedBill {
  bill: RoundBill
  place: BillPlace
}

export interface BillPlace {
  grade: number
  className: string
  searchName: string
  id: string
}

export interface RoundBillFilter {
  roundId: string
  classId?: string | undefined
  view?: BillView | undefined
  after?: BillPlace | undefined
  limit: number
}

const VIEWS: Readonly<Record<BillView, RawBuilder<unknown>>> = {
  open: sql`AND bill.state = 'issued' AND bill.paid_vnd < bill.payable_vnd`,
  part: sql`AND bill.state = 'issued' AND bill.paid_vnd > 0 AND bill.paid_vnd < bill.payable_vnd`,
  paid: sql`AND bill.state = 'issued' AND bill.paid_vnd = bill.payable_vnd`,
  cancelled: sql`AND bill.state <> 'issued'`,
}

/**
 * By class and name. A round has at most a few thousand bills, found by invoice_one_issued or
 * invoice_withdrawn_of_round and sorted in memory.
 */
export async function readRoundBills(trx: Trx, schoolId: string, filter: RoundBillFilter): Promise<PlacedBill[]> {
  const { roundId, classId, view, after, limit } = filter
  const conditions = [
    view === undefined ? sql`AND bill.state = 'issued'` : VIEWS[view],
    ...(classId === undefined ? [] : [sql`AND bill.class_id = ${classId}`]),
    ...(after === undefined ? [] : [sql`AND (coalesce(class.grade, -1), coalesce(class.name, ''), student.search_name,
      bill.id) > (${after.grade}::smallint, ${after.className}, ${after.searchName}, ${after.id}::uuid)`]),
  ]
  const { rows } = await sql<RoundBill & { place: BillPlace }>`
    SELECT bill.id, bill.student_id AS "studentId", student.full_name AS "studentName", bill.class_id AS "classId",
      class.name AS "className", bill.payment_code AS "codeNumber", bill.bank_account_id AS "bankAccountId",
      bill.state, bill.payable_vnd AS "payableVnd", bill.paid_vnd AS "paidVnd",
      bill.withdrawn_reason AS "withdrawnReason",
      jsonb_build_object('grade', coalesce(class.grade, -1), 'className', coalesce(class.name, ''),
        'searchName', student.search_name, 'id', bill.id) AS place
    FROM invoice AS bill
    JOIN student ON student.school_id = bill.school_id AND student.id = bill.student_id
    LEFT JOIN school_class AS class ON class.school_id = bill.school_id AND class.id = bill.class_id
    WHERE bill.school_id = ${schoolId} AND bill.round_id = ${roundId} ${sql.join(conditions, sql` `)}
    ORDER BY coalesce(class.grade, -1), coalesce(class.name, ''), student.search_name, bill.id
    LIMIT ${limit}`.execute(trx)
  return rows.map(({ place, ...bill }) => ({ bill, place }))
}
