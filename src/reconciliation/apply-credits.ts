// Lets a student's credit pay that student's open bills of the same account (cash: of any) and school year; money that
// no bill ever dated pays in any year. Money that a person has still to decide on (it may be a double payment, or was
// meant for a bill that was withdrawn), or that the payer wants back, never spends itself.
import { sql } from 'kysely'
import type { Trx } from '../db/tenancy.js'
import { LEDGER_NO } from '../ledger/account.js'
import { lockStudents } from '../ledger/lock-students.js'
import type { Day, SchoolYear } from '../time.js'
import { currentAccount } from './accounts.js'
import { readOpenInvoices } from './bill-store.js'
import { openBills } from './bills.js'
import { openBook } from './book.js'
import { readAccounts } from './settle-store.js'
import { countableDay, readSources } from './source.js'
import type { SourceKind } from './source.js'

export interface CreditUse {
  schoolId: string
  studentIds: readonly string[]
  actor: string
  today: Day
  /** Only this one. */
  creditId?: string
}

interface FreeCredit {
  id: string
  kind: SourceKind
  source_id: string
  student_id: string
  /** Null for cash, which lies in no account and may pay bills of any. */
  bank_account_id: string | null
  school_year: SchoolYear | null
  held_vnd: number
  /** The issued bill that replaced the one this money was freed from. */
  home_invoice_id: string | null
}

/**
 * Money freed from a bill goes to what replaced that bill first; else the oldest credit onto the oldest due bill of the
 * same account, or of the one that replaced it. Using credit is no new payment: it keeps its source and class.
 */
export async function applyCredits(trx: Trx, use: CreditUse): Promise<void> {
  const { schoolId, actor, today } = use
  if (use.studentIds.length === 0) return
  await lockStudents(trx, schoolId, use.studentIds)
  const credits = await readFreeCredits(trx, use)
  if (credits.length === 0) return
  const withCredit = [...new Set(credits.map((credit) => credit.student_id))]
  const bills = await openBills(trx, schoolId, await readOpenInvoices(trx, schoolId, withCredit))
  const accounts = await readAccounts(trx, schoolId)
  const day = await countableDay(trx, schoolId, today)
  const sources = new Map([
    ...(await readSources(trx, schoolId, 'bank', idsOf(credits, 'bank'), day)),
    ...(await readSources(trx, schoolId, 'cash', idsOf(credits, 'cash'), day)),
  ])
  const book = openBook(schoolId, actor)
  for (const credit of credits) {
    const source = sources.get(credit.source_id)
    if (!source) continue
    let heldVnd = credit.held_vnd
    const account = credit.bank_account_id === null ? null : currentAccount(accounts, credit.bank_account_id)
    const payable = bills.all().filter((bill) =>
      bill.studentId === credit.student_id && bill.openVnd > 0 &&
      (credit.school_year === null || bill.schoolYear === credit.school_year) &&
      (account === null || currentAccount(accounts, bill.bankAccountId) === account))
    const home = payable.filter((bill) => bill.invoiceId === credit.home_invoice_id)
    for (const bill of [...home, ...payable.filter((other) => !home.includes(other))]) {
      if (heldVnd === 0) break
      const amountVnd = Math.min(heldVnd, bill.openVnd)
      const { studentId, invoiceId } = bill
      const entryId = book.entry({
        kind: 'credit_applied',
        bankDay: source.countedOn,
        countedOn: source.countedOn,
        source,
        invoiceId,
        lines: [{ debitNo: LEDGER_NO.studentCredit, creditNo: LEDGER_NO.receivablePayer, amountVnd, studentId }],
      })
      bills.pay(book, { source, entryId, invoiceId, amountVnd, fromCreditId: credit.id })
      book.drawCredit(source, credit.id, amountVnd)
      heldVnd -= amountVnd
    }
  }
  await book.write(trx)
}

function idsOf(credits: readonly FreeCredit[], kind: SourceKind): string[] {
  return [...new Set(credits.filter((credit) => credit.kind === kind).map((credit) => credit.source_id))]
}

/**
 * Money that came in by the code of a withdrawn bill is asked about at the review desk: keep it, or refund it. Spent
 * before the answer, it would have been guessed what it was for (design §7: a second payment waits for a choice too),
 * and there would be nothing left to refund. Freed from a bill when that was withdrawn (`invoice_id`), nobody is asked:
 * it goes on to what replaced the bill.
 */
async function readFreeCredits(trx: Trx, { schoolId, studentIds, creditId }: CreditUse): Promise<FreeCredit[]> {
  const { rows } = await sql<FreeCredit>`
    SELECT id, CASE WHEN bank_transaction_id IS NULL THEN 'cash' ELSE 'bank' END AS kind,
      coalesce(bank_transaction_id, cash_receipt_id) AS source_id, student_id, school_year, held_vnd,
      CASE WHEN cash_receipt_id IS NULL THEN bank_account_id END AS bank_account_id,
      (WITH RECURSIVE chain AS (
          SELECT replaced_by FROM invoice WHERE school_id = ${schoolId} AND id = credit.invoice_id
          UNION ALL
          SELECT newer.replaced_by FROM chain
            JOIN invoice newer ON newer.school_id = ${schoolId} AND newer.id = chain.replaced_by
        )
        SELECT bill.id FROM chain JOIN invoice bill ON bill.school_id = ${schoolId} AND bill.id = chain.replaced_by
        WHERE bill.state = 'issued') AS home_invoice_id
    FROM credit WHERE school_id = ${schoolId} AND student_id = ANY (${studentIds}::uuid[]) AND held_vnd > 0
      AND ${creditId === undefined ? sql`true` : sql`id = ${creditId}`}
      AND kind NOT IN ('possible_double_payment', 'awaiting_refund')
      AND (kind <> 'withdrawn_invoice' OR invoice_id IS NOT NULL)
    ORDER BY id`.execute(trx)
  return rows
}
