// Money that is already in the books: reads a bank transaction or cash receipt with what it has allocated
// and credited, so that it can be spent, taken back or moved. Called only under the students' locks.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { addDays } from '../time.js'
import type { Day } from '../time.js'
import type { Source } from './book.js'
import { readLastClosedDay } from './settle-store.js'

export type SourceKind = 'bank' | 'cash'

const COLUMN = { bank: 'bank_transaction_id', cash: 'cash_receipt_id' } as const

/** The students whose money a source holds or has paid: they are locked before anything else is read. */
export async function readStudentsOfSource(
  trx: Trx,
  schoolId: string,
  kind: SourceKind,
  sourceId: string,
): Promise<string[]> {
  const column = sql.ref(COLUMN[kind])
  const { rows } = await sql<{ student_id: string }>`
    SELECT student_id FROM allocation WHERE school_id = ${schoolId} AND ${column} = ${sourceId}
    UNION SELECT student_id FROM credit WHERE school_id = ${schoolId} AND ${column} = ${sourceId}
    ORDER BY student_id`.execute(trx)
  return rows.map((row) => row.student_id)
}

export interface StandingAllocation {
  id: string
  student_id: string
  invoice_id: string
  line_no: number
  fee_group: string
  amount_vnd: number
  issued_on: Day
}

/** Allocations of a source that were not reversed, newest first: the order in which they are undone. */
export async function readStandingAllocations(
  trx: Trx,
  schoolId: string,
  kind: SourceKind,
  sourceId: string,
): Promise<StandingAllocation[]> {
  const { rows } = await sql<StandingAllocation>`
    SELECT allocation.id, allocation.student_id, allocation.invoice_id, allocation.line_no, allocation.fee_group,
      allocation.amount_vnd, invoice.issued_on
    FROM allocation
    JOIN invoice ON invoice.school_id = allocation.school_id AND invoice.id = allocation.invoice_id
    WHERE allocation.school_id = ${schoolId} AND allocation.${sql.ref(COLUMN[kind])} = ${sourceId}
      AND allocation.reverses_id IS NULL
      AND NOT EXISTS (SELECT FROM allocation undo
        WHERE undo.school_id = ${schoolId} AND undo.reverses_id = allocation.id)
    ORDER BY allocation.id DESC`.execute(trx)
  return rows
}

/** The day on which a change of `day` counts: itself, or the first open day when its period is closed. */
export async function countableDay(trx: Trx, schoolId: string, day: Day): Promise<Day> {
  const closed = await readLastClosedDay(trx, schoolId)
  return closed !== undefined && closed >= day ? addDays(closed, 1) : day
}

interface SourceState {
  id: string
  payment_class: Source['paymentClass']
  bank_day: Day
  last_counted_on: Day | null
  net_by_group: Record<string, number>
}

/** In key order, after the students: what a source has allocated is read by no other writer meanwhile. */
async function lockSources(trx: Trx, schoolId: string, kind: SourceKind, ids: readonly string[]): Promise<void> {
  await trx
    .selectFrom(kind === 'bank' ? 'bank_transaction' : 'cash_receipt')
    .select('id')
    .where('school_id', '=', schoolId)
    .where('id', 'in', ids)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute()
}

/** Sources as the book wants them, locked. `day` is the earliest day on which a change now may count. */
export async function readSources(
  trx: Trx,
  schoolId: string,
  kind: SourceKind,
  ids: readonly string[],
  day: Day,
): Promise<Map<string, Source>> {
  if (ids.length === 0) return new Map()
  await lockSources(trx, schoolId, kind, ids)
  const column = sql.ref(COLUMN[kind])
  const source =
    kind === 'bank'
      ? sql`SELECT id, payment_class, bank_day FROM bank_transaction`
      : sql`SELECT id, 'cash' AS payment_class, received_on AS bank_day FROM cash_receipt`
  const { rows } = await sql<SourceState>`
    SELECT source.id, source.payment_class, source.bank_day, max(sums.last_counted_on) AS last_counted_on,
      coalesce(jsonb_object_agg(sums.fee_group, sums.net) FILTER (WHERE sums.fee_group IS NOT NULL), '{}') AS net_by_group
    FROM (${source} WHERE school_id = ${schoolId} AND id = ANY (${ids}::uuid[])) AS source
    LEFT JOIN LATERAL (
      SELECT fee_group, sum(amount_vnd) AS net, max(counted_on) AS last_counted_on FROM allocation
      WHERE school_id = ${schoolId} AND ${column} = source.id GROUP BY fee_group
    ) AS sums ON true
    GROUP BY source.id, source.payment_class, source.bank_day`.execute(trx)
  const sources = rows.map((row): [string, Source] => [
    row.id,
    {
      kind,
      id: row.id,
      paymentClass: row.payment_class,
      bankDay: row.bank_day,
      countedOn: [day, row.bank_day, row.last_counted_on ?? day].reduce((a, b) => (a > b ? a : b)),
      netByGroup: new Map(Object.entries(row.net_by_group)),
    },
  ])
  assert.equal(sources.length, ids.length, 'every source must exist')
  return new Map(sources)
}

/** Locks the source itself, after its students. */
export async function lockSource(trx: Trx, schoolId: string, kind: SourceKind, sourceId: string) {
  return trx
    .selectFrom(kind === 'bank' ? 'bank_transaction' : 'cash_receipt')
    .select(['id', 'amount_vnd', 'allocated_vnd', 'credited_vnd', 'refunded_vnd', 'reversed_vnd', 'bank_account_id'])
    .where('school_id', '=', schoolId)
    .where('id', '=', sourceId)
    .forUpdate()
    .executeTakeFirst()
}

export interface HeldCredit {
  id: string
  student_id: string
  held_vnd: number
}

export async function readHeldCredits(
  trx: Trx,
  schoolId: string,
  kind: SourceKind,
  sourceId: string,
): Promise<HeldCredit[]> {
  return trx
    .selectFrom('credit')
    .select(['id', 'student_id', 'held_vnd'])
    .where('school_id', '=', schoolId)
    .where(COLUMN[kind], '=', sourceId)
    .where('held_vnd', '>', 0)
    .orderBy('id')
    .execute()
}

/** The entry that brought a source into the books: what a reversal names. */
export async function readOpeningEntry(trx: Trx, schoolId: string, kind: SourceKind, sourceId: string) {
  return trx
    .selectFrom('entry')
    .select('id')
    .where('school_id', '=', schoolId)
    .where(COLUMN[kind], '=', sourceId)
    .where('kind', '=', kind === 'bank' ? 'money_in' : 'cash_in')
    .executeTakeFirstOrThrow()
}
