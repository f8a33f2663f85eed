// Payments and đồng of a whole roster, school by school, over the school year and at each point of it; and
// which schools have a channel.
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.js'
import type { FeeGroup } from '../../ledger/account.js'
import { CASHLESS_CLASSES } from '../measure.js'
import type { PaymentClass } from '../measure.js'
import { dataSchoolIds, firstDay, lastDay, members, pointOn } from './selection.js'
import type { Selection } from './selection.js'

/** The whole period by fee group and class (`no` is null), or one point over all of them. */
export interface MoneySum {
  school_id: string
  no: number | null
  fee_group: FeeGroup | null
  payment_class: PaymentClass | null
  paid_vnd: number
  source_payments: number
  group_payments: number
  /** Of the selection's own fee group. */
  own_vnd: number
  own_cashless_vnd: number
  own_cashless_payments: number
}

/**
 * Day sums and what is not folded yet, in one pass: by fee group and class over the period, and for the
 * selection's own group at each point. Served by adoption_day_pkey and adoption_fact_unfolded.
 */
export async function readMoneySums(db: Kysely<Tables>, selection: Selection): Promise<MoneySum[]> {
  const inRange = sql`school_id = ANY (${dataSchoolIds(selection)})
    AND counted_on BETWEEN ${firstDay(selection)} AND ${lastDay(selection)}`
  const columns = sql`school_id, ${pointOn(selection, sql`counted_on`)} AS no, fee_group, payment_class, paid_vnd,
    source_payments, group_payments`
  const payments = selection.feeGroup === null ? sql.ref('source_payments') : sql.ref('group_payments')
  const isOwn = selection.feeGroup === null ? sql`true` : sql`fee_group = ${selection.feeGroup}`
  const isCashless = sql`payment_class = ANY (${CASHLESS_CLASSES}::text[])`
  const { rows } = await sql<MoneySum>`
    WITH tenant AS (
      SELECT school_id, no, fee_group, payment_class,
        sum(paid_vnd) AS paid_vnd, sum(source_payments) AS source_payments, sum(group_payments) AS group_payments,
        sum(paid_vnd) FILTER (WHERE ${isOwn}) AS own_vnd,
        sum(paid_vnd) FILTER (WHERE ${isOwn} AND ${isCashless}) AS own_cashless_vnd,
        sum(${payments}) FILTER (WHERE ${isOwn} AND ${isCashless}) AS own_cashless_payments
      FROM (
        SELECT ${columns} FROM adoption_day WHERE ${inRange}
        UNION ALL
        SELECT ${columns} FROM adoption_fact WHERE NOT folded AND ${inRange}
      ) sums GROUP BY GROUPING SETS ((school_id, fee_group, payment_class), (school_id, no))
    )
    SELECT m.school_id, no, fee_group, payment_class, sum(paid_vnd)::bigint AS paid_vnd,
      sum(source_payments)::bigint AS source_payments, sum(group_payments)::bigint AS group_payments,
      coalesce(sum(own_vnd), 0)::bigint AS own_vnd, coalesce(sum(own_cashless_vnd), 0)::bigint AS own_cashless_vnd,
      coalesce(sum(own_cashless_payments), 0)::bigint AS own_cashless_payments
    FROM tenant t JOIN ${members(selection)} AS m (school_id, data_school_id) ON m.data_school_id = t.school_id
    GROUP BY m.school_id, no, fee_group, payment_class`.execute(db)
  return rows
}

/** M1: a channel is active from its first day to before its last. Served by the channels of each school. */
export async function readSchoolsWithChannel(db: Kysely<Tables>, selection: Selection): Promise<Set<string>> {
  const asOf = lastDay(selection)
  const { rows } = await sql<{ school_id: string }>`
    SELECT DISTINCT m.school_id FROM channel c
    JOIN ${members(selection)} AS m (school_id, data_school_id) ON m.data_school_id = c.school_id
    WHERE c.school_id = ANY (${dataSchoolIds(selection)})
      AND c.active_from <= ${asOf} AND (c.active_to IS NULL OR c.active_to > ${asOf})`.execute(db)
  return new Set(rows.map((row) => row.school_id))
}
