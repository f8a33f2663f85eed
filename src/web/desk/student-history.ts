// What happened to one student, newest first: bills, money, moves and corrections, each with who did it. Read from the
// rows that the books and the log keep, never from a story of its own.
import { sql } from 'kysely'
import type { Trx } from '../../db/tenancy.js'

export const HISTORY_SHOWN = 200

export interface HistoryEvent {
  at: Date
  /** `bill.issued`, `bill.withdrawn`, `money.<kind of entry>`, or an action of the log such as `student.transfer`. */
  what: string
  amountVnd: number | null
  /** Which bill: the name of its round. */
  roundName: string | null
  /** The number of a cash receipt. */
  receiptNumber: number | null
  /** As the log writes actors: `user:<id>`, `token:<id>`, `rule:<version>`. */
  actor: string | null
  /** Of a person who signed in. */
  actorName: string | null
}

/**
 * invoice_of_student, allocation_of_invoice, credit_of_student, exemption_of and primary keys; the log of the school by
 * action (audit_log_of_action), where acts on single students are few.
 */
export async function readStudentHistory(
  trx: Trx, schoolId: string, studentId: string, limit: number = HISTORY_SHOWN,
): Promise<HistoryEvent[]> {
  const { rows } = await sql<HistoryEvent>`
    WITH bill AS MATERIALIZED (
      SELECT invoice.id, invoice.issued_at, invoice.withdrawn_on, invoice.payable_vnd, round.name
      FROM invoice JOIN collection_round round ON round.school_id = invoice.school_id AND round.id = invoice.round_id
      WHERE invoice.school_id = ${schoolId} AND invoice.student_id = ${studentId}
    ), moved AS (
      SELECT paid.entry_id, paid.cash_receipt_id, bill.name, sum(paid.amount_vnd)::bigint AS amount_vnd
      FROM bill JOIN allocation paid ON paid.school_id = ${schoolId} AND paid.invoice_id = bill.id
      GROUP BY paid.entry_id, paid.cash_receipt_id, bill.name
    ), event AS (
      SELECT issued_at AS at, 'bill.issued' AS what, payable_vnd AS amount_vnd, name AS round_name,
        NULL::bigint AS receipt_number, NULL::text AS actor
      FROM bill
      UNION ALL
      SELECT entry.recorded_at, 'money.' || entry.kind, moved.amount_vnd, moved.name, receipt.number, entry.actor
      FROM moved JOIN entry ON entry.school_id = ${schoolId} AND entry.id = moved.entry_id
      LEFT JOIN cash_receipt receipt ON receipt.school_id = ${schoolId} AND receipt.id = moved.cash_receipt_id
      UNION ALL
      SELECT recorded_at, 'money.credit_held', amount_vnd, NULL, NULL, NULL FROM credit
      WHERE school_id = ${schoolId} AND student_id = ${studentId}
      UNION ALL
      SELECT recorded_at, action, NULL, NULL, NULL, actor FROM audit_log
      WHERE school_id = ${schoolId} AND object_id = ${studentId}
        AND action IN ('student.create', 'student.transfer', 'student.correct', 'student.code')
      UNION ALL
      SELECT recorded_at, action, NULL, NULL, NULL, actor FROM audit_log
      WHERE school_id = ${schoolId} AND action IN ('exemption.grant', 'exemption.end')
        AND object_id IN (SELECT id::text FROM exemption
          WHERE school_id = ${schoolId} AND student_id = ${studentId})
      UNION ALL
      SELECT log.recorded_at, log.action, bill.payable_vnd, bill.name, NULL, log.actor
      FROM bill JOIN audit_log log ON log.school_id = ${schoolId} AND log.action = 'invoice.cancel'
        AND log.object_id = bill.id::text
    )
    SELECT event.at, event.what, event.amount_vnd AS "amountVnd", event.round_name AS "roundName",
      event.receipt_number AS "receiptNumber", event.actor, person.display_name AS "actorName"
    FROM event
    LEFT JOIN app_user person ON event.actor LIKE 'user:%' AND person.id::text = substr(event.actor, 6)
    ORDER BY event.at DESC LIMIT ${limit}`.execute(trx)
  return rows
}
