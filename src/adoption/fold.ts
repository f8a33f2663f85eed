// Adds facts that are not folded yet to their school's day sums and marks them, in one statement a batch: a
// figure that reads both sees each fact exactly once at every moment. It never changes what a figure says.
import { sql } from 'kysely'
import type { Database, Trx } from '../db/tenancy.js'

const SCHOOLS_A_ROUND = 200
const FACTS_A_BATCH = 5_000

/** Folds what waits; returns how many facts. Safe to run in several processes at once. */
export async function foldFacts(db: Database): Promise<number> {
  let folded = 0
  for (let after: string | undefined; ;) {
    const schoolIds = await db.asWorker((trx) => findSchoolsToFold(trx, after))
    for (const schoolId of schoolIds) folded += await foldSchool(db, schoolId)
    if (schoolIds.length < SCHOOLS_A_ROUND) return folded
    after = schoolIds.at(-1)
  }
}

async function foldSchool(db: Database, schoolId: string): Promise<number> {
  let folded = 0
  for (;;) {
    const count = await db.inSchoolAsWorker(schoolId, (trx) => foldBatch(trx, schoolId))
    folded += count
    if (count < FACTS_A_BATCH) return folded
  }
}

// A loose scan of adoption_fact_unfolded: one step a school, however many facts wait in it.
async function findSchoolsToFold(trx: Trx, after: string | undefined): Promise<string[]> {
  const next = (behind: ReturnType<typeof sql>) => sql`(SELECT school_id FROM adoption_fact
    WHERE NOT folded AND school_id > ${behind} ORDER BY school_id LIMIT 1)`
  const nobody = '00000000-0000-0000-0000-000000000000'
  const { rows } = await sql<{ school_id: string }>`
    WITH RECURSIVE waiting (school_id) AS (
      SELECT ${next(sql`${after ?? nobody}::uuid`)}
      UNION ALL
      SELECT ${next(sql`waiting.school_id`)} FROM waiting WHERE school_id IS NOT NULL
    )
    SELECT school_id FROM waiting WHERE school_id IS NOT NULL LIMIT ${SCHOOLS_A_ROUND}`.execute(trx)
  return rows.map((row) => row.school_id)
}

async function foldBatch(trx: Trx, schoolId: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    WITH taken AS (
      UPDATE adoption_fact SET folded = true
      WHERE school_id = ${schoolId} AND id IN (
        SELECT id FROM adoption_fact WHERE school_id = ${schoolId} AND NOT folded
        LIMIT ${FACTS_A_BATCH} FOR UPDATE SKIP LOCKED)
      RETURNING counted_on, fee_group, payment_class, paid_vnd, source_payments, group_payments
    ), added AS (
      INSERT INTO adoption_day AS day
        (school_id, counted_on, fee_group, payment_class, paid_vnd, source_payments, group_payments)
      SELECT ${schoolId}, counted_on, fee_group, payment_class, sum(paid_vnd), sum(source_payments),
        sum(group_payments)
      FROM taken GROUP BY counted_on, fee_group, payment_class
      -- In key order, so that two folds of one school cannot deadlock.
      ORDER BY counted_on, fee_group, payment_class
      ON CONFLICT ON CONSTRAINT adoption_day_pkey DO UPDATE SET
        paid_vnd = day.paid_vnd + excluded.paid_vnd,
        source_payments = day.source_payments + excluded.source_payments,
        group_payments = day.group_payments + excluded.group_payments
    )
    SELECT count(*) AS count FROM taken`.execute(trx)
  return rows[0]?.count ?? 0
}
