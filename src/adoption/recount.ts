// Counts a figure again from invoices, allocations and channels, row by row in TypeScript: it shares no SQL and
// no table with the figures it checks (promise P7). Slow and exact; `verify` and tests call it, pages never.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.js'
import type { FeeGroup } from '../ledger/account.js'
import { addDays } from '../time.js'
import type { Day } from '../time.js'
import { isCashless } from './measure.js'
import type { Measure, ThresholdMeasure } from './measure.js'
import { schoolYearStartOf } from './period.js'
import { isAtLeast, isPublishable, parseThreshold } from './rate.js'
import type { Fraction } from './rate.js'
import type { Roster, RosterSchool } from './queries/roster.js'

export interface RecountRequest {
  measure: Measure
  /** From `findRoster`: the schools, each with the tenants whose rows count for it. */
  roster: Roster
  from: Day
  asOf: Day
  feeGroup: FeeGroup | null
  threshold: string
  thresholdOf: ThresholdMeasure
}

/** The same counts as `readFigure`, of the same roster, in the caller's snapshot. */
export async function recount(db: Kysely<Tables>, request: RecountRequest): Promise<Fraction> {
  switch (request.measure) {
    case 'M1': return countSchools(request, (school) => hasChannel(db, school, request))
    case 'M2': return countSchools(request, async (school) =>
      (await countPayments(db, [school], { ...request, from: schoolYearStartOf(request.asOf) })).numerator > 0)
    case 'M3': return countStudents(db, request.roster, request)
    case 'M4': return countPayments(db, request.roster, request)
    case 'M5': return countMoney(db, request.roster, request)
    case 'M6': return countAbove(db, request)
  }
}

type Bounds = Pick<RecountRequest, 'from' | 'asOf' | 'feeGroup'>

async function countSchools(
  { roster }: RecountRequest, counts: (school: RosterSchool) => Promise<boolean>,
): Promise<Fraction> {
  let numerator = 0
  for (const school of roster) numerator += Number(await counts(school))
  return { numerator, denominator: roster.length }
}

async function countAbove(db: Kysely<Tables>, request: RecountRequest): Promise<Fraction> {
  const threshold = parseThreshold(request.threshold)
  const count = request.thresholdOf === 'M3' ? countStudents : countMoney
  const result = { numerator: 0, denominator: 0 }
  for (const school of request.roster) {
    const fraction = await count(db, [school], request)
    if (fraction.denominator <= 0 || !isPublishable(fraction)) continue
    result.denominator++
    if (isAtLeast(fraction, threshold)) result.numerator++
  }
  return result
}

async function hasChannel(db: Kysely<Tables>, school: RosterSchool, { asOf }: Bounds): Promise<boolean> {
  const channels = await db.selectFrom('channel').select(['active_from', 'active_to'])
    .where('school_id', 'in', [...school.dataSchoolIds]).execute()
  return channels.some(({ active_from, active_to }) =>
    active_from <= asOf && (active_to === null || active_to > asOf))
}

interface AllocationRow {
  source_id: string
  student_id: string
  payment_class: string
  fee_group: string
  amount_vnd: number
  counted_on: Day
  issued_on: Day
}

async function readAllocations(
  db: Kysely<Tables>, schoolId: string, { asOf, feeGroup }: Bounds,
): Promise<AllocationRow[]> {
  const { rows } = await sql<AllocationRow>`
    SELECT coalesce(bank_transaction_id, cash_receipt_id) AS source_id, allocation.student_id, payment_class,
      fee_group, amount_vnd, counted_on, issued_on
    FROM allocation JOIN invoice ON invoice.school_id = allocation.school_id AND invoice.id = invoice_id
    WHERE allocation.school_id = ${schoolId}`.execute(db)
  return rows.filter((row) => row.counted_on <= asOf && (feeGroup === null || row.fee_group === feeGroup))
}

/** A payment counts from the first day on which its net is above 0; the period brings what is new in it. */
async function countPayments(db: Kysely<Tables>, roster: Roster, bounds: Bounds): Promise<Fraction> {
  const result = { numerator: 0, denominator: 0 }
  for (const schoolId of tenantsOf(roster)) {
    const rows = await readAllocations(db, schoolId, bounds)
    for (const [day, sign] of [[bounds.asOf, 1], [addDays(bounds.from, -1), -1]] as const) {
      for (const [key, netVnd] of netBySource(rows, day)) {
        if (netVnd <= 0) continue
        result.denominator += sign
        if (isCashless(key.split(' ')[1] ?? '')) result.numerator += sign
      }
    }
  }
  return result
}

function netBySource(rows: readonly AllocationRow[], day: Day): Map<string, number> {
  const net = new Map<string, number>()
  for (const { source_id, payment_class, amount_vnd, counted_on } of rows) {
    const key = `${source_id} ${payment_class}`
    if (counted_on <= day) net.set(key, (net.get(key) ?? 0) + amount_vnd)
  }
  return net
}

async function countMoney(db: Kysely<Tables>, roster: Roster, bounds: Bounds): Promise<Fraction> {
  const result = { numerator: 0, denominator: 0 }
  for (const schoolId of tenantsOf(roster)) {
    for (const { payment_class, amount_vnd, counted_on } of await readAllocations(db, schoolId, bounds)) {
      if (counted_on < bounds.from) continue
      result.denominator += amount_vnd
      if (isCashless(payment_class)) result.numerator += amount_vnd
    }
  }
  return result
}

/** Money counts on every bill issued in the period; a child counts while one of its bills is not withdrawn. */
async function countStudents(db: Kysely<Tables>, roster: Roster, bounds: Bounds): Promise<Fraction> {
  const billed = new Set<string>()
  const paid = new Map<string, number>()
  for (const schoolId of tenantsOf(roster)) {
    const students = await db.selectFrom('student').select(['id', 'identity_key'])
      .where('school_id', '=', schoolId).execute()
    const childOf = new Map(students.map(({ id, identity_key }) => [id, identity_key]))
    for (const { student_id, ...invoice } of await readInvoices(db, schoolId, bounds.feeGroup)) {
      const counts = invoice.issued_on >= bounds.from && invoice.issued_on <= bounds.asOf
        && (invoice.withdrawn_on === null || invoice.withdrawn_on > bounds.asOf)
      if (counts && invoice.payable_vnd > 0) billed.add(childOf.get(student_id) ?? student_id)
    }
    for (const row of await readAllocations(db, schoolId, bounds)) {
      if (!isCashless(row.payment_class) || row.issued_on < bounds.from || row.issued_on > bounds.asOf) continue
      const child = childOf.get(row.student_id) ?? row.student_id
      paid.set(child, (paid.get(child) ?? 0) + row.amount_vnd)
    }
  }
  const paying = [...billed].filter((child) => (paid.get(child) ?? 0) > 0)
  return { numerator: paying.length, denominator: billed.size }
}

async function readInvoices(db: Kysely<Tables>, schoolId: string, feeGroup: FeeGroup | null) {
  const payable = feeGroup === null
    ? sql<number>`invoice.payable_vnd`
    : sql<number>`(SELECT coalesce(sum(line.payable_vnd), 0)::bigint FROM invoice_line line
        WHERE line.school_id = invoice.school_id AND line.invoice_id = invoice.id
          AND line.fee_group = ${feeGroup})`
  return db.selectFrom('invoice').select(['student_id', 'issued_on', 'withdrawn_on', payable.as('payable_vnd')])
    .where('school_id', '=', schoolId).execute()
}

function tenantsOf(roster: Roster): string[] {
  return roster.flatMap(({ dataSchoolIds }) => dataSchoolIds)
}
