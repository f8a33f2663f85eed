// Asks about money that is left of an earlier school year when its child is billed in a newer one: it pays within
// its own year by itself, and beyond that a person says whether it is used, kept or given back (design §7). It moves
// nothing.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'

/** What the item says of the credit; ids, years and no names. */
export interface EarlierCreditEvidence {
  studentId: string
  schoolYear: string
  /** The bill that it met, and that bill's year. */
  invoiceId: string
  billSchoolYear: string
}

/**
 * Once for each credit. Not about money that another item asks about already, or that waits for its refund. The
 * students' accounts must be locked. Indexes: credit_open, invoice_of_student, review_item_of_credit.
 */
export async function askAboutEarlierCredits(
  trx: Trx, schoolId: string, studentIds: readonly string[],
): Promise<void> {
  await sql`
    INSERT INTO review_item (school_id, id, reason, bank_transaction_id, credit_id, amount_vnd, bank_day, evidence)
    SELECT ${schoolId}, uuidv7(), 'CREDIT_OF_EARLIER_YEAR', credit.bank_transaction_id, credit.id, credit.held_vnd,
      coalesce(transfer.bank_day, receipt.received_on), jsonb_build_object('studentId', credit.student_id,
        'schoolYear', credit.school_year, 'invoiceId', bill.id, 'billSchoolYear', bill.school_year)
    FROM credit
    JOIN LATERAL (
      SELECT id, school_year FROM invoice
      WHERE school_id = ${schoolId} AND student_id = credit.student_id AND state = 'issued'
        AND payable_vnd > 0 AND school_year > credit.school_year
        AND (credit.cash_receipt_id IS NOT NULL OR
          current_bank_account(school_id, bank_account_id) = current_bank_account(school_id, credit.bank_account_id))
      ORDER BY due_on, id LIMIT 1
    ) AS bill ON true
    LEFT JOIN bank_transaction AS transfer
      ON transfer.school_id = ${schoolId} AND transfer.id = credit.bank_transaction_id
    LEFT JOIN cash_receipt AS receipt ON receipt.school_id = ${schoolId} AND receipt.id = credit.cash_receipt_id
    WHERE credit.school_id = ${schoolId} AND credit.student_id = ANY (${studentIds}::uuid[]) AND credit.held_vnd > 0
      AND (credit.kind = 'surplus' OR credit.kind = 'withdrawn_invoice' AND credit.invoice_id IS NOT NULL)
      AND NOT EXISTS (SELECT FROM review_item AS asked
        WHERE asked.school_id = ${schoolId} AND asked.credit_id = credit.id)`.execute(trx)
}
