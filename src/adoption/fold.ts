// Adds what is not folded yet to the sums of its school and marks it, in one statement a batch: a figure that
// reads both sees each fact and each bill exactly once at every moment. It never changes what a figure says.
import { sql } from 'kysely'
import type { Database, Trx } from '../db/tenancy.js'
import { studentEvents } from './queries/student-events.js'

const SCHOOLS_A_ROUND = 200
const STUDENTS_A_BATCH = 1_000

/** Folds what waits; returns how many facts of money. Safe to run in several processes at once. */
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
    const { facts, students } = await db.inSchoolAsWorker(schoolId, async (trx) =>
      await takeSchool(trx, schoolId) ? foldBatch(trx, schoolId) : NOTHING)
    folded += facts
    if (students < STUDENTS_A_BATCH) return folded
  }
}

interface Folded {
  facts: number
  students: number
}

const NOTHING: Folded = { facts: 0, students: 0 }

/**
 * One fold of a school at a time: what a student adds to the sums is the difference between what is folded
 * and what is known, so two folds that each see half of it would both be wrong. In a statement of its own,
 * before the snapshot.
 */
async function takeSchool(trx: Trx, schoolId: string): Promise<boolean> {
  const { rows: [lock] } = await sql<{ taken: boolean }>`
    SELECT pg_try_advisory_xact_lock(hashtextextended('adoption fold ' || ${schoolId}::text, 0)) AS taken`.execute(trx)
  return lock?.taken === true
}

// A loose scan of adoption_fact_unfolded and of adoption_unfolded_pkey: one step a school, however much waits
// in it.
async function findSchoolsToFold(trx: Trx, after: string | undefined): Promise<string[]> {
  const next = (behind: ReturnType<typeof sql>) => sql`least(
    (SELECT school_id FROM adoption_fact
      WHERE NOT folded AND school_id > ${behind} ORDER BY school_id LIMIT 1),
    (SELECT school_id FROM adoption_unfolded WHERE school_id > ${behind} ORDER BY school_id LIMIT 1))`
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

/** Whole school years of students: everything of them that waits is folded together. */
async function foldBatch(trx: Trx, schoolId: string): Promise<Folded> {
  await foldIdentities(trx, schoolId)
  // Spoilt for a join on purpose (IS TRUE): the planner expects two rows, and would compare every row with
  // each.
  const isChosen = (student: string, issuedOn: string) => sql`((${sql.ref(student)},
    school_year_start(${sql.ref(issuedOn)})) IN (SELECT student_id, year_on FROM chosen)) IS TRUE`
  const { rows } = await sql<Folded>`
    WITH chosen AS MATERIALIZED (
      SELECT school_id, student_id, school_year_start(issued_on) AS year_on
      FROM adoption_fact WHERE school_id = ${schoolId} AND NOT folded
      UNION
      SELECT u.school_id, u.student_id, school_year_start(i.issued_on)
      FROM adoption_unfolded u JOIN invoice i ON i.school_id = u.school_id AND i.id = u.subject_id
      WHERE u.school_id = ${schoolId} AND u.change <> 'identity'
      LIMIT ${STUDENTS_A_BATCH}
    ), event AS MATERIALIZED (
      ${studentEvents(sql`chosen`, sql`w.school_id, w.student_id, w.year_on`,
        (issuedOn) => sql`school_year_start(${issuedOn}) = w.year_on`)}
    ), taken AS (
      UPDATE adoption_fact SET folded = true
      WHERE school_id = ${schoolId} AND NOT folded AND ${isChosen('student_id', 'issued_on')}
      RETURNING counted_on, fee_group, payment_class, paid_vnd, source_payments, group_payments
    ), cleared AS (
      DELETE FROM adoption_unfolded u USING invoice i
      WHERE u.school_id = ${schoolId} AND u.change <> 'identity'
        AND i.school_id = u.school_id AND i.id = u.subject_id AND ${isChosen('u.student_id', 'i.issued_on')}
    ), added AS (
      INSERT INTO adoption_day AS day
        (school_id, counted_on, fee_group, payment_class, paid_vnd, source_payments, group_payments)
      SELECT ${schoolId}, counted_on, fee_group, payment_class, sum(paid_vnd), sum(source_payments),
        sum(group_payments)
      FROM taken GROUP BY counted_on, fee_group, payment_class
      ON CONFLICT ON CONSTRAINT adoption_day_pkey DO UPDATE SET
        paid_vnd = day.paid_vnd + excluded.paid_vnd,
        source_payments = day.source_payments + excluded.source_payments,
        group_payments = day.group_payments + excluded.group_payments
    ), ${studentChanges()}, counted AS (
      INSERT INTO adoption_student_day AS day (school_id, year_on, fee_group, changed_on, billed, paid)
      SELECT ${schoolId}, year_on, fee_group, day, sum(billed), sum(paid) FROM student_change
      GROUP BY year_on, fee_group, day HAVING sum(billed) <> 0 OR sum(paid) <> 0
      ON CONFLICT ON CONSTRAINT adoption_student_day_pkey DO UPDATE SET
        billed = day.billed + excluded.billed, paid = day.paid + excluded.paid
    ), known AS (
      INSERT INTO adoption_student AS known (school_id, year_on, student_id, identity_key)
      SELECT DISTINCT e.school_id, e.year_on, e.student_id, s.identity_key
      FROM event e JOIN student s ON s.school_id = e.school_id AND s.id = e.student_id
      WHERE e.bills > 0
      ON CONFLICT ON CONSTRAINT adoption_student_pkey DO UPDATE SET identity_key = excluded.identity_key
        WHERE known.identity_key <> excluded.identity_key
    )
    SELECT (SELECT count(*) FROM taken) AS facts, (SELECT count(*) FROM chosen) AS students`.execute(trx)
  return rows[0] ?? NOTHING
}

/** A student whose identifier changed may be one child with a student of another school now, or no longer. */
async function foldIdentities(trx: Trx, schoolId: string): Promise<void> {
  await sql`
    WITH changed AS (
      DELETE FROM adoption_unfolded WHERE school_id = ${schoolId} AND change = 'identity' RETURNING student_id
    )
    UPDATE adoption_student known SET identity_key = s.identity_key
    FROM student s
    WHERE known.school_id = ${schoolId} AND known.student_id IN (SELECT student_id FROM changed)
      AND s.school_id = known.school_id AND s.id = known.student_id`.execute(trx)
}

/** `student_change`: how each student's standing with everything known differs from what the sums hold of it. */
function studentChanges() {
  const key = sql`student_id, year_on, fee_group`
  return sql`event_day AS (
      SELECT ${key}, day, sum(bills) AS bills, sum(paid_vnd) AS paid_vnd,
        coalesce(sum(bills) FILTER (WHERE folded), 0) AS old_bills,
        coalesce(sum(paid_vnd) FILTER (WHERE folded), 0) AS old_paid_vnd
      FROM event GROUP BY ${key}, day
    ), standing AS (
      SELECT ${key}, day,
        (sum(bills) OVER w > 0)::integer - (sum(old_bills) OVER w > 0)::integer AS billed,
        (sum(bills) OVER w > 0 AND sum(paid_vnd) OVER w > 0)::integer
          - (sum(old_bills) OVER w > 0 AND sum(old_paid_vnd) OVER w > 0)::integer AS paid
      FROM event_day WINDOW w AS (PARTITION BY ${key} ORDER BY day)
    ), student_change AS (
      SELECT ${key}, day, billed - lag(billed, 1, 0) OVER w AS billed, paid - lag(paid, 1, 0) OVER w AS paid
      FROM standing WINDOW w AS (PARTITION BY ${key} ORDER BY day)
    )`
}
