// Puts what a transfer has in suspense onto bills that a person chose, of one student or of several, and what is left
// to a student's credit if that person says so. Bills of another account of the school are paid by a transfer between
// the accounts, which is due at the bank. The item ends when nothing is left; else it says what is.
import assert from 'node:assert/strict'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { LEDGER_NO } from '../ledger/account.js'
import { lockStudents } from '../ledger/lock-students.js'
import { moveToBills } from './account-transfer.js'
import { planAssignment } from './assignment.js'
import type { AskedAssignment, Assignment, ChosenBill } from './assignment.js'
import { openBills } from './bills.js'
import type { Bills } from './bills.js'
import { openBook } from './book.js'
import type { Book, Source } from './book.js'
import { RESOLUTION, SUSPENSE_REASONS } from './review-item.js'
import { endItemsOf, readInvoicesById, readStudentsById } from './review-store.js'
import { readAccounts } from './settle-store.js'
import { countableDay, lockSource, readSources } from './source.js'
import { suspenseOf } from './suspense.js'
import { finishAct, getItem, noteOf, takeUp, transferOf } from './take-up.js'
import type { ActOutcome, Asking } from './take-up.js'

export interface AssignRequest extends AskedAssignment {
  schoolId: string
  reviewItemId: string
}

/** Errors: those of `takeUp` and `planAssignment`, `REVIEW_ITEM_NOT_FOUND`, `STUDENT_NOT_FOUND`. */
export async function assignTransfer(db: Database, asking: Asking, request: AssignRequest): Promise<ActOutcome> {
  return db.inSchool(request.schoolId, (trx) => assign(trx, asking, request))
}

async function assign(trx: Trx, asking: Asking, request: AssignRequest): Promise<ActOutcome> {
  const { schoolId, reviewItemId, bills: askedBills, credit } = request
  const transferId = transferOf(await getItem(trx, schoolId, reviewItemId))
  const invoiceIds = askedBills.map(({ invoiceId }) => invoiceId)
  // The student of a bill never changes, so it may be read before the lock.
  const billed = (await readInvoicesById(trx, schoolId, invoiceIds)).map((row) => row.student_id)
  if (credit && (await readStudentsById(trx, schoolId, [credit.studentId])).length === 0) {
    throw new DomainError('STUDENT_NOT_FOUND', 'there is no such student in this school')
  }
  await lockStudents(trx, schoolId, [...new Set([...billed, ...(credit ? [credit.studentId] : [])])])
  const transfer = await lockSource(trx, schoolId, 'bank', transferId)
  assert(transfer && transfer.bank_account_id !== null, 'the transfer of a review item exists')
  const suspenseVnd = suspenseOf(transfer)
  const asked = { bills: askedBills, ...(credit && { credit }) }
  const { item, done } = await takeUp(trx, { schoolId, asking, act: 'assign', reviewItemId, asked, suspenseVnd })
  if (done) return done

  const bills = await openBills(trx, schoolId, await readInvoicesById(trx, schoolId, invoiceIds))
  const chosen = new Map(bills.all().map((bill): [string, ChosenBill] => [bill.invoiceId, bill]))
  const plan = planAssignment(suspenseVnd, request, chosen)
  const source = await readSourceOf(trx, schoolId, transferId)
  const book = openBook(schoolId, asking.actor.name)
  const entryId = record(book, bills, plan, source, transfer.bank_account_id)
  const parts = plan.parts.map((part) => ({ ...part, bankAccountId: bills.get(part.invoiceId).bankAccountId }))
  const accounts = await readAccounts(trx, schoolId)
  moveToBills(book, source, accounts, { fromId: transfer.bank_account_id, forEntryId: entryId, parts })
  await book.write(trx)

  const ended = plan.restVnd === 0 ? { resolution: RESOLUTION.assigned } : {}
  if (plan.restVnd === 0) {
    const ending = { by: asking.actor.name, resolution: RESOLUTION.assigned, note: noteOf(asking) }
    await endItemsOf(trx, schoolId, { transferId, reasons: SUSPENSE_REASONS }, ending)
  }
  const allocatedVnd = plan.parts.reduce((sum, part) => sum + part.amountVnd, 0)
  return finishAct(trx, {
    schoolId, asking, act: 'assign', asked, item, transferId, entryId, ...ended, allocatedVnd,
    creditedVnd: plan.credit?.amountVnd ?? 0, suspenseVnd: plan.restVnd,
  })
}

/** Matched late, money counts on its own bank day, unless that period is closed (facts/school-fees §4.2). */
async function readSourceOf(trx: Trx, schoolId: string, transferId: string): Promise<Source> {
  const { bank_day: bankDay } = await trx.selectFrom('bank_transaction').select('bank_day')
    .where('school_id', '=', schoolId).where('id', '=', transferId).executeTakeFirstOrThrow()
  const day = await countableDay(trx, schoolId, bankDay)
  const source = (await readSources(trx, schoolId, 'bank', [transferId], day)).get(transferId)
  assert(source, 'a locked source can be read')
  return source
}

function record(book: Book, bills: Bills, plan: Assignment, source: Source, bankAccountId: string): string {
  const fromSuspense = (creditNo: number, amountVnd: number, studentId: string) =>
    ({ debitNo: LEDGER_NO.suspense, creditNo, amountVnd, studentId })
  const { credit } = plan
  const entryId = book.entry({
    kind: 'allocation',
    bankDay: source.bankDay,
    countedOn: source.countedOn,
    source,
    lines: [
      ...plan.parts.map((part) => fromSuspense(LEDGER_NO.receivablePayer, part.amountVnd, part.studentId)),
      ...(credit ? [fromSuspense(LEDGER_NO.studentCredit, credit.amountVnd, credit.studentId)] : []),
    ],
  })
  for (const { invoiceId, amountVnd } of plan.parts) bills.pay(book, { source, entryId, invoiceId, amountVnd })
  if (credit) {
    const { studentId, amountVnd, schoolYear } = credit
    book.holdCredit({ source, studentId, bankAccountId, schoolYear, kind: 'surplus', amountVnd })
  }
  return entryId
}
