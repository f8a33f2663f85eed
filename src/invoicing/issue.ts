// Issues what plan.ts staged: payment codes, invoices, lines, and their ledger entries. A handful of
// INSERT ... SELECT over whole chunks, no row ever travels to the service: that is what makes a run keep up
// with a COPY of the same rows. It assumes that the students' accounts are locked.
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { creditedByFeeGroup, FEE_GROUPS, LEDGER_NO } from '../ledger/account.js'
import type { Day, SchoolYear } from '../time.js'
import { PAYMENT_CODE_COUNT } from './payment-code.js'

export interface Issuing {
  schoolId: string
  roundId: string
  schoolYear: SchoolYear
  dueOn: Day
  runId: string | null
  actor: string
  /** The business day: invoices are issued and withdrawn on it. */
  today: Day
  /** The day on which the entries count: today, or the first open day when its period is closed. */
  countedOn: Day
}

/** Issues the `wanted` new and changed bills of `bill_change`. */
export async function issueStaged(trx: Trx, issuing: Issuing, wanted: number): Promise<void> {
  await drawPaymentCodes(trx, issuing.schoolId, wanted)
  const { numAffectedRows } = await insertInvoices(issuing).execute(trx)
  assert.equal(numAffectedRows, BigInt(wanted), 'every wanted invoice is issued')
  await insertLines(issuing).execute(trx)
  await insertEntries(issuing).execute(trx)
  await insertPostings(issuing).execute(trx)
}

/**
 * Fills `drawn_code` with as many new codes as bills. A number that is taken (one in thousands, when ten
 * million are out) is drawn again; the unique key decides, so two runs of two schools cannot collide.
 */
async function drawPaymentCodes(trx: Trx, schoolId: string, wanted: number): Promise<void> {
  await sql`CREATE TEMP TABLE drawn_code (place_no bigint NOT NULL, code bigint NOT NULL)
    ON COMMIT DROP`.execute(trx)
  for (let drawn = 0; drawn < wanted;) {
    const { numAffectedRows } = await sql`
      WITH taken AS (
        INSERT INTO payment_code (code, school_id, kind)
        SELECT
          ('x' || substr(hex, 1, 12) || substr(hex, 18, 3))::bit(60)::bigint % ${sql.lit(PAYMENT_CODE_COUNT)},
          ${schoolId}, 'invoice'
        FROM (SELECT replace(gen_random_uuid()::text, '-', '') AS hex
          FROM generate_series(1, ${wanted - drawn}::int)) AS random
        ON CONFLICT (code) DO NOTHING
        RETURNING code
      )
      INSERT INTO drawn_code (place_no, code)
      SELECT ${drawn}::bigint + row_number() OVER (), code FROM taken`.execute(trx)
    drawn += Number(numAffectedRows)
  }
}

function insertInvoices(issuing: Issuing): RawBuilder<unknown> {
  return sql`
    INSERT INTO invoice (school_id, id, round_id, student_id, bank_account_id, class_id, run_id, payment_code,
      school_year, due_on, gross_vnd, exempted_vnd, payable_vnd, issued_on, enrolled_on)
    SELECT ${issuing.schoolId}, bill.invoice_id, ${issuing.roundId}, bill.student_id, bill.bank_account_id,
      bill.class_id, ${issuing.runId}, drawn_code.code, ${issuing.schoolYear}, ${issuing.dueOn},
      bill.gross_vnd, bill.exempted_vnd, bill.payable_vnd, ${issuing.today}, bill.enrolled_on
    FROM bill_change AS bill JOIN drawn_code USING (place_no)
    WHERE bill.invoice_id IS NOT NULL`
}

function insertLines({ schoolId }: Issuing): RawBuilder<unknown> {
  return sql`
    INSERT INTO invoice_line (school_id, invoice_id, line_no, fee_kind_id, fee_group, priority, legal_basis,
      gross_vnd, exempted_vnd, payable_vnd, exempted_payer, exemption_id)
    SELECT ${schoolId}, bill.invoice_id, line.line_no, line.fee_kind_id, line.fee_group, line.priority,
      line.legal_basis, line.gross_vnd, line.exempted_vnd, line.payable_vnd, line.exempted_payer,
      line.exemption_id
    FROM wanted_line AS line JOIN bill_change AS bill USING (student_id, bank_account_id)
    WHERE bill.invoice_id IS NOT NULL`
}

// The entry that issues an invoice carries the invoice's own id: a withdrawal finds it by the primary key.
// What nobody owes has no entry.
function insertEntries({ schoolId, actor, today, countedOn }: Issuing): RawBuilder<unknown> {
  return sql`
    INSERT INTO entry (school_id, id, kind, bank_day, counted_on, actor, invoice_id)
    SELECT ${schoolId}, invoice_id, 'invoice_issued', ${today}, ${countedOn}, ${actor}, invoice_id
    FROM bill_change
    WHERE invoice_id IS NOT NULL AND payable_vnd + budget_vnd > 0`
}

/** One posting for each debtor and credited account of an invoice. */
function insertPostings({ schoolId }: Issuing): RawBuilder<unknown> {
  const credited = sql.join(FEE_GROUPS.map((group) => sql`(${group}, ${creditedByFeeGroup(group)}::int)`))
  return sql`
    INSERT INTO posting (school_id, entry_id, line_no, debit_no, credit_no, amount_vnd, student_id)
    SELECT ${schoolId}, invoice_id, row_number() OVER (PARTITION BY invoice_id ORDER BY debit_no, credit_no),
      debit_no, credit_no, amount_vnd, student_id
    FROM (
      SELECT bill.invoice_id, bill.student_id, owed.debit_no, credited.credit_no,
        sum(owed.amount_vnd) AS amount_vnd
      FROM wanted_line AS line
      JOIN bill_change AS bill USING (student_id, bank_account_id)
      JOIN (VALUES ${credited}) AS credited (fee_group, credit_no) USING (fee_group)
      CROSS JOIN LATERAL (VALUES (${LEDGER_NO.receivablePayer}::int, line.payable_vnd),
        (${LEDGER_NO.receivableBudget}::int, line.budget_vnd)) AS owed (debit_no, amount_vnd)
      WHERE bill.invoice_id IS NOT NULL AND owed.amount_vnd > 0
      GROUP BY bill.invoice_id, bill.student_id, owed.debit_no, credited.credit_no
    ) AS owing`
}
