// The rows of invoice runs: the lease that one runner holds at a time, progress, and the students of the next
// chunk. Everything a killed run needs to go on is in these rows.
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { InvoiceRunTable } from '../db/tables.js'
import type { Database, Trx } from '../db/tenancy.js'
import type { BilledChange } from './plan.js'

export type InvoiceRun = Selectable<InvoiceRunTable>

export async function findRun(trx: Trx, schoolId: string, runId: string): Promise<InvoiceRun | undefined> {
  return trx.selectFrom('invoice_run').selectAll().where('school_id', '=', schoolId).where('id', '=', runId)
    .executeTakeFirst()
}

export async function findOpenRun(
  trx: Trx, schoolId: string, roundId: string,
): Promise<InvoiceRun | undefined> {
  return trx.selectFrom('invoice_run').selectAll().where('school_id', '=', schoolId)
    .where('round_id', '=', roundId).where('state', 'in', ['queued', 'running']).executeTakeFirst()
}

/** Newest first; invoice_run_pkey, as a school has a few runs a year. */
export async function readRuns(
  trx: Trx, schoolId: string, page: { roundId?: string | undefined; beforeId?: string | undefined; limit: number },
): Promise<InvoiceRun[]> {
  const { roundId, beforeId, limit } = page
  return trx.selectFrom('invoice_run').selectAll().where('school_id', '=', schoolId)
    .$if(roundId !== undefined, (query) => query.where('round_id', '=', roundId ?? ''))
    .$if(beforeId !== undefined, (query) => query.where('id', '<', beforeId ?? ''))
    .orderBy('id', 'desc').limit(limit).execute()
}

/** Takes the run when it waits or its runner is gone; undefined when it is over or somebody else has it. */
export async function claimRun(
  trx: Trx, run: { schoolId: string; runId: string; now: Date; leaseUntil: Date },
): Promise<InvoiceRun | undefined> {
  const { rows } = await sql<InvoiceRun>`UPDATE invoice_run SET state = 'running',
    lease_until = ${run.leaseUntil},
      started_at = coalesce(started_at, ${run.now})
    WHERE school_id = ${run.schoolId} AND id = ${run.runId} AND state IN ('queued', 'running')
      AND (lease_until IS NULL OR lease_until <= ${run.now})
    RETURNING *`.execute(trx)
  return rows[0]
}

/**
 * Moves the lease on, and with it locks the row for this transaction. The old lease is the proof that nobody
 * took the run over in between; undefined when somebody did.
 */
export async function renewLease(
  trx: Trx, run: { schoolId: string; runId: string; held: Date; leaseUntil: Date },
): Promise<InvoiceRun | undefined> {
  const { rows } = await sql<InvoiceRun>`UPDATE invoice_run SET lease_until = ${run.leaseUntil}
    WHERE school_id = ${run.schoolId} AND id = ${run.runId} AND state = 'running'
      AND lease_until = ${run.held}
    RETURNING *`.execute(trx)
  return rows[0]
}

export async function releaseLease(
  trx: Trx, run: { schoolId: string; runId: string; held: Date; now: Date },
): Promise<void> {
  await trx.updateTable('invoice_run').set({ lease_until: run.now })
    .where('school_id', '=', run.schoolId).where('id', '=', run.runId)
    .where('lease_until', '=', run.held).execute()
}

export async function countStudents(trx: Trx, run: InvoiceRun, schoolYear: string): Promise<void> {
  await sql`UPDATE invoice_run SET student_count = (SELECT count(*)
    FROM (${concerned(run, schoolYear)}) AS concerned)
    WHERE school_id = ${run.school_id} AND id = ${run.id}`.execute(trx)
}

/** Locks the students after the last chunk in key order, the one lock order of all money. */
export async function lockNextStudents(
  trx: Trx, run: InvoiceRun, schoolYear: string, limit: number,
): Promise<{ studentCount: number; lastStudentId: string } | undefined> {
  const { rows } = await sql<{ student_count: number; last_student_id: string | null }>`
    WITH locked AS (
      SELECT account.student_id FROM student_account AS account
      WHERE account.school_id = ${run.school_id} AND account.student_id IN (
        SELECT student_id FROM (${concerned(run, schoolYear)}) AS concerned
        ORDER BY student_id LIMIT ${limit})
      ORDER BY account.student_id
      FOR NO KEY UPDATE
    )
    SELECT count(*) AS student_count, (array_agg(student_id ORDER BY student_id DESC))[1] AS last_student_id
    FROM locked`.execute(trx)
  const row = rows[0]
  if (!row || row.last_student_id === null) return undefined
  return { studentCount: row.student_count, lastStudentId: row.last_student_id }
}

/** Students still to do: those of the school year, and those with a bill of the round that may have to go. */
function concerned(run: InvoiceRun, schoolYear: string) {
  const after = run.after_student_id === null ? sql`true` : sql`student_id > ${run.after_student_id}`
  return sql<{ student_id: string }>`
    SELECT enrolment.student_id FROM school_class AS class
    JOIN enrolment ON enrolment.school_id = class.school_id AND enrolment.class_id = class.id
    WHERE class.school_id = ${run.school_id} AND class.school_year = ${schoolYear} AND ${after}
    UNION
    SELECT student_id FROM invoice
    WHERE school_id = ${run.school_id} AND round_id = ${run.round_id} AND state = 'issued' AND ${after}`
}

/**
 * Keeps which of the bills that are gone from the staged plan the run may take back: those without money on them, and
 * those that were named. Returns the named ones among them.
 */
export async function insertWithdrawals(
  trx: Trx, of: { schoolId: string; runId: string; named: readonly string[] },
): Promise<string[]> {
  const { schoolId, runId, named } = of
  const { rows } = await sql<{ invoice_id: string }>`
    WITH allowed AS (
      INSERT INTO invoice_run_withdrawal (school_id, run_id, invoice_id, paid_vnd)
      SELECT ${schoolId}, ${runId}, issued_id, issued_paid_vnd FROM bill_change
      WHERE change = 'gone' AND (issued_paid_vnd = 0 OR issued_id = ANY (${named}::uuid[]))
      RETURNING invoice_id
    )
    SELECT invoice_id FROM allowed WHERE invoice_id = ANY (${named}::uuid[])`.execute(trx)
  return rows.map((row) => row.invoice_id)
}

export async function addProgress(
  trx: Trx, run: InvoiceRun, chunk: { studentCount: number; lastStudentId: string },
  counts: Record<BilledChange, number>,
): Promise<InvoiceRun> {
  const { rows } = await sql<InvoiceRun>`UPDATE invoice_run SET after_student_id = ${chunk.lastStudentId},
      done_count = done_count + ${chunk.studentCount}::int,
      issued_count = issued_count + ${counts.new + counts.changed}::int,
      superseded_count = superseded_count + ${counts.changed}::int,
      cancelled_count = cancelled_count + ${counts.gone}::int,
      kept_count = coalesce(kept_count, 0) + ${counts.kept}::int,
      unchanged_count = unchanged_count + ${counts.unchanged}::int
    WHERE school_id = ${run.school_id} AND id = ${run.id}
    RETURNING *`.execute(trx)
  return rows[0] ?? run
}

export async function finishRun(
  trx: Trx, run: InvoiceRun, end: { now: Date; failure: string | null; nobody?: string },
): Promise<InvoiceRun> {
  return trx.updateTable('invoice_run')
    .set({ state: end.failure === null ? 'done' : 'failed', failure: end.failure, finished_at: end.now,
      nobody: end.nobody ?? null, lease_until: null })
    .where('school_id', '=', run.school_id).where('id', '=', run.id)
    .returningAll().executeTakeFirstOrThrow()
}

/** Runs that wait or whose runner is gone, of every school; policy waiting_runs. */
export async function findWaitingRuns(
  db: Database, now: Date,
): Promise<{ schoolId: string; runId: string }[]> {
  return db.asWorker((trx) =>
    trx.selectFrom('invoice_run').select(['school_id as schoolId', 'id as runId'])
      .where('state', 'in', ['queued', 'running'])
      .where((row) => row.or([row('lease_until', 'is', null), row('lease_until', '<=', now)]))
      .orderBy('created_at').limit(100).execute())
}
