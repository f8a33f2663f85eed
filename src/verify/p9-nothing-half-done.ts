// P9: a restart after any crash needs no human. What a crash can leave behind must be taken up by itself
// within minutes, and nothing that takes several rows may exist by half.
import { sql } from 'kysely'
import { LIMITS } from '../limits.js'
import { noteOf, rowsThat } from './promise.js'
import type { CheckedPromise } from './promise.js'

// The sweep takes up a run seconds after its lease has passed.
const RUN_LATE_S = 600

export const nothingHalfDone: CheckedPromise = {
  id: 'P9',
  holds: 'nothing lies half-done and untended',
  looksAt: { invoice_run: 'invoice runs', invoice: 'invoices', student: 'students',
    idempotent_request: 'idempotent requests' },
  checks: [
    rowsThat(`invoice runs that nobody has gone on with for ${RUN_LATE_S} s`, sql`
      SELECT id FROM invoice_run WHERE state IN ('queued', 'running')
        AND coalesce(lease_until, started_at, created_at) < now() - make_interval(secs => ${RUN_LATE_S})`),
    rowsThat('invoice runs whose progress is not what they issued', sql`
      SELECT r.id FROM invoice_run r
      LEFT JOIN (SELECT school_id, run_id AS id, count(*) AS issued FROM invoice WHERE run_id IS NOT NULL
        GROUP BY school_id, run_id) i ON i.school_id = r.school_id AND i.id = r.id
      WHERE r.issued_count <> coalesce(i.issued, 0)`),
    // Null in runs from before bills were asked about.
    rowsThat('invoice runs that cancelled more bills than they were allowed to', sql`
      SELECT r.id FROM invoice_run r WHERE r.kept_count IS NOT NULL AND r.cancelled_count > (
        SELECT count(*) FROM invoice_run_withdrawal w WHERE w.school_id = r.school_id AND w.run_id = r.id)`),
    rowsThat('invoices without lines', sql`
      SELECT i.id FROM invoice i WHERE NOT EXISTS (
        SELECT FROM invoice_line l WHERE l.school_id = i.school_id AND l.invoice_id = i.id)`),
    rowsThat('invoices that somebody owes and that are not in the ledger', sql`
      WITH owed AS (
        SELECT school_id, invoice_id FROM invoice_line WHERE payable_vnd > 0 OR exempted_payer = 'budget'
        GROUP BY school_id, invoice_id
      ), booked AS (
        SELECT DISTINCT e.school_id, e.invoice_id FROM entry e
        JOIN posting p ON p.school_id = e.school_id AND p.entry_id = e.id WHERE e.kind = 'invoice_issued'
      )
      SELECT owed.invoice_id AS id FROM owed LEFT JOIN booked USING (school_id, invoice_id)
      WHERE booked.invoice_id IS NULL`),
    rowsThat('students without the account row that money is locked by', sql`
      SELECT s.id FROM student s WHERE NOT EXISTS (
        SELECT FROM student_account a WHERE a.school_id = s.school_id AND a.student_id = s.id)`),
    noteOf(sql`SELECT key AS id FROM idempotent_request WHERE status IS NULL
      AND recorded_at < now() - make_interval(secs => ${LIMITS.idempotencyClaimMs / 1_000})`,
    (count) => `${count} requests with an Idempotency-Key never got an answer; the key may be used again`),
  ],
}
