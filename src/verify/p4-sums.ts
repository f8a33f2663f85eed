// P4: what an invoice has been paid is the sum of its allocations, between 0 and payable, and no money is
// given away twice. Every stored sum is added up again from the rows.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import { constraintsInForce, uniqueIndexesInForce } from './catalog.js'
import { rowsThat } from './promise.js'
import type { Check, CheckedPromise } from './promise.js'

interface SourceTable {
  table: RawBuilder<unknown>
  named: RawBuilder<unknown>
  many: string
}
const TRANSFERS: SourceTable =
  { table: sql.table('bank_transaction'), named: sql.ref('bank_transaction_id'), many: 'transfers' }
const RECEIPTS: SourceTable =
  { table: sql.table('cash_receipt'), named: sql.ref('cash_receipt_id'), many: 'receipts' }

function sourceSums({ table, named, many }: SourceTable): Check[] {
  return [
    rowsThat(`${many} whose allocated or credited sum is not that of their rows`, sql`
      SELECT s.id FROM ${table} s
      LEFT JOIN (SELECT school_id, ${named} AS id, sum(amount_vnd) AS vnd FROM allocation
        WHERE ${named} IS NOT NULL GROUP BY school_id, ${named}) a
        ON a.school_id = s.school_id AND a.id = s.id
      LEFT JOIN (SELECT school_id, ${named} AS id, sum(held_vnd) AS vnd FROM credit
        WHERE ${named} IS NOT NULL GROUP BY school_id, ${named}) c
        ON c.school_id = s.school_id AND c.id = s.id
      WHERE s.allocated_vnd <> coalesce(a.vnd, 0) OR s.credited_vnd <> coalesce(c.vnd, 0)`),
    rowsThat(`${many} that give away more than they brought`, sql`
      SELECT id FROM ${table} WHERE least(allocated_vnd, credited_vnd, refunded_vnd, reversed_vnd) < 0
        OR allocated_vnd + credited_vnd + refunded_vnd + reversed_vnd > amount_vnd`),
    rowsThat(`${many} whose refunded sum is not that of the refunds of their credits`, sql`
      SELECT s.id FROM ${table} s
      LEFT JOIN (SELECT c.school_id, c.${named} AS id, sum(r.amount_vnd) AS vnd FROM refund r
        JOIN credit c ON c.school_id = r.school_id AND c.id = r.credit_id
        WHERE c.${named} IS NOT NULL GROUP BY c.school_id, c.${named}) returned
        ON returned.school_id = s.school_id AND returned.id = s.id
      WHERE s.refunded_vnd <> coalesce(returned.vnd, 0)`),
    rowsThat(`${many} that are reversed in part`, sql`
      SELECT id FROM ${table} WHERE reversed_vnd > 0
        AND (allocated_vnd > 0 OR credited_vnd > 0 OR reversed_vnd + refunded_vnd <> amount_vnd)`),
  ]
}

export const sums: CheckedPromise = {
  id: 'P4',
  holds: 'every paid amount is the sum of its allocations, and no transfer gives more than it brought',
  looksAt: { invoice: 'invoices', invoice_line: 'lines', allocation: 'allocations', credit: 'credits',
    refund: 'refunds' },
  checks: [
    constraintsInForce({
      'invoice.invoice_sums': null,
      'invoice.invoice_paid': null,
      'invoice_line.invoice_line_sums': null,
      'invoice_line.invoice_line_paid': null,
      'bank_transaction.bank_transaction_sums': null,
      'bank_transaction.bank_transaction_out_holds_nothing': null,
      'cash_receipt.cash_receipt_sums': null,
      'credit.credit_held': null,
      'credit.credit_one_source': null,
      'credit.credit_account': null,
      'cash_receipt.cash_receipt_kept': null,
      'allocation.allocation_sign': null,
      'allocation.allocation_one_source': null,
      'allocation.allocation_line':
        'FOREIGN KEY (school_id, invoice_id, line_no) REFERENCES invoice_line(school_id, invoice_id, line_no)',
      'allocation.allocation_reverses':
        'FOREIGN KEY (school_id, reverses_id) REFERENCES allocation(school_id, id)',
    }),
    uniqueIndexesInForce({
      allocation_reversed_once: '(school_id, reverses_id) WHERE (reverses_id IS NOT NULL)',
      refund_of_credit_once: '(school_id, credit_id)',
    }),
    rowsThat('invoices whose paid amount is not the sum of their allocations, or not from 0 to payable', sql`
      SELECT i.id FROM invoice i
      LEFT JOIN (SELECT school_id, invoice_id, sum(amount_vnd) AS vnd FROM allocation
        GROUP BY school_id, invoice_id) a
        ON a.school_id = i.school_id AND a.invoice_id = i.id
      WHERE i.paid_vnd <> coalesce(a.vnd, 0) OR i.paid_vnd < 0 OR i.paid_vnd > i.payable_vnd
        OR (i.state <> 'issued' AND i.paid_vnd <> 0)`),
    rowsThat('lines whose paid amount is not the sum of their allocations, or not from 0 to payable', sql`
      SELECT l.invoice_id || ' line ' || l.line_no AS id FROM invoice_line l
      LEFT JOIN (SELECT school_id, invoice_id, line_no, sum(amount_vnd) AS vnd FROM allocation
        GROUP BY school_id, invoice_id, line_no) a USING (school_id, invoice_id, line_no)
      WHERE l.paid_vnd <> coalesce(a.vnd, 0) OR l.paid_vnd < 0 OR l.paid_vnd > l.payable_vnd`),
    rowsThat('invoices whose sums are not those of their lines', sql`
      SELECT i.id FROM invoice i
      JOIN (SELECT school_id, invoice_id, sum(gross_vnd) AS gross, sum(exempted_vnd) AS exempted,
          sum(payable_vnd) AS payable, sum(paid_vnd) AS paid
        FROM invoice_line GROUP BY school_id, invoice_id) l
        ON l.school_id = i.school_id AND l.invoice_id = i.id
      WHERE (i.gross_vnd, i.exempted_vnd, i.payable_vnd, i.paid_vnd)
        IS DISTINCT FROM (l.gross, l.exempted, l.payable, l.paid)`),
    ...sourceSums(TRANSFERS),
    ...sourceSums(RECEIPTS),
    rowsThat('allocations that are reversed twice', sql`
      SELECT reverses_id AS id FROM allocation WHERE reverses_id IS NOT NULL
      GROUP BY school_id, reverses_id HAVING count(*) > 1`),
    rowsThat('allocations that do not undo exactly the one they name', sql`
      SELECT u.id FROM allocation u
      LEFT JOIN allocation o ON o.school_id = u.school_id AND o.id = u.reverses_id
      WHERE u.reverses_id IS NOT NULL AND (
        o.amount_vnd <= 0
        OR (-u.amount_vnd, u.bank_transaction_id, u.cash_receipt_id, u.student_id, u.invoice_id, u.line_no,
            u.fee_group)
          IS DISTINCT FROM
          (o.amount_vnd, o.bank_transaction_id, o.cash_receipt_id, o.student_id, o.invoice_id, o.line_no,
            o.fee_group))`),
    rowsThat('allocations of another student or fee group than their line', sql`
      SELECT a.id FROM allocation a
      LEFT JOIN invoice i ON i.school_id = a.school_id AND i.id = a.invoice_id
      LEFT JOIN invoice_line l ON l.school_id = a.school_id AND l.invoice_id = a.invoice_id
        AND l.line_no = a.line_no
      WHERE (a.student_id, a.fee_group) IS DISTINCT FROM (i.student_id, l.fee_group)`),
    // Money that pays a bill of another account, or is held there since the bill was withdrawn, was moved there in the
    // books. Accounts that took each other's place are one.
    rowsThat('transfers whose money on bills of another account is not what was moved there', sql`
      WITH account AS (
        SELECT school_id, id, current_bank_account(school_id, id) AS now FROM bank_account
      ), there AS (
        SELECT a.school_id, a.bank_transaction_id AS id, i.bank_account_id, a.amount_vnd AS vnd
        FROM allocation a JOIN invoice i ON i.school_id = a.school_id AND i.id = a.invoice_id
        WHERE a.bank_transaction_id IS NOT NULL
        UNION ALL
        SELECT school_id, bank_transaction_id, bank_account_id, held_vnd FROM credit
        WHERE bank_transaction_id IS NOT NULL AND held_vnd > 0
        UNION ALL
        SELECT one.school_id, one.bank_transaction_id, side.bank_account_id, side.vnd FROM account_transfer one
        CROSS JOIN LATERAL (VALUES (one.to_bank_account_id, -one.amount_vnd),
          (one.from_bank_account_id, one.amount_vnd)) AS side (bank_account_id, vnd)
      )
      SELECT there.id FROM there
      JOIN bank_transaction t ON t.school_id = there.school_id AND t.id = there.id
      JOIN account mine ON mine.school_id = t.school_id AND mine.id = t.bank_account_id
      JOIN account other ON other.school_id = t.school_id AND other.id = there.bank_account_id
      WHERE other.now <> mine.now
      GROUP BY there.school_id, there.id, other.now HAVING sum(there.vnd) <> 0`),
    // A credit goes down when it pays, when it is refunded, when a person puts it back into suspense, and to nothing
    // when its source is reversed.
    rowsThat('credits that hold another amount than what was not spent of them', sql`
      SELECT c.id FROM credit c
      LEFT JOIN bank_transaction t ON t.school_id = c.school_id AND t.id = c.bank_transaction_id
      LEFT JOIN cash_receipt r ON r.school_id = c.school_id AND r.id = c.cash_receipt_id
      LEFT JOIN refund ON refund.school_id = c.school_id AND refund.credit_id = c.id
      LEFT JOIN (SELECT school_id, from_credit_id AS id, sum(amount_vnd) AS vnd FROM allocation
        WHERE from_credit_id IS NOT NULL GROUP BY school_id, from_credit_id) spent
        ON spent.school_id = c.school_id AND spent.id = c.id
      WHERE CASE WHEN coalesce(t.reversed_vnd, r.reversed_vnd) > 0 THEN c.held_vnd <> 0
        ELSE c.held_vnd <> c.amount_vnd - coalesce(spent.vnd, 0) - c.undone_vnd - coalesce(refund.amount_vnd, 0) END`),
    rowsThat('money out that is a refund and does not give back exactly what left', sql`
      SELECT r.out_transaction_id AS id FROM refund r
      LEFT JOIN bank_transaction t ON t.school_id = r.school_id AND t.id = r.out_transaction_id
      GROUP BY r.school_id, r.out_transaction_id
      HAVING sum(r.amount_vnd) IS DISTINCT FROM max(t.amount_vnd)
        OR bool_and(t.direction = 'out' AND t.reverses_id IS NULL) IS NOT TRUE`),
  ],
}
