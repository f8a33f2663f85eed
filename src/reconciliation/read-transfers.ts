// What the pages about transfers show: the list with its filters, and one transfer with the names behind its rows, so
// that a person can follow each đồng. It changes nothing.
import { sql } from 'kysely'
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { isUuid } from '../http/id.js'
import { decodeCursor, toPage } from '../http/paging.js'
import { selectTransaction, selectTransactions } from './queries/transactions.js'
import type { TransactionDetail, TransactionFilter, TransactionItem } from './queries/transactions.js'

export { TRANSACTION_STATES } from './queries/transactions.js'
export type { TransactionDetail, TransactionFilter, TransactionItem, TransactionState } from './queries/transactions.js'

export interface AccountName {
  id: string
  accountNumber: string
  accountName: string
  bankBin: string
  state: 'active' | 'closed'
}

export async function listAccounts(db: Database, schoolId: string): Promise<AccountName[]> {
  return db.inSchool(schoolId, (trx) => trx.selectFrom('bank_account')
    .select(['id', 'account_number as accountNumber', 'account_name as accountName', 'bank_bin as bankBin', 'state'])
    .where('school_id', '=', schoolId).orderBy('ledger_no').execute())
}

/** Newest bank day first. Throws `CURSOR_INVALID`. */
export async function listTransfers(
  db: Database,
  schoolId: string,
  filter: TransactionFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<{ items: TransactionItem[]; nextCursor: string | null }> {
  const query = selectTransactions(schoolId, filter, limit + 1, readKey(cursor))
  const { rows } = await db.inSchool(schoolId, (trx) => query.execute(trx))
  return toPage(rows, limit, ({ bankDay, id }) => [bankDay, id])
}

function readKey(cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const [bankDay, id] = decodeCursor(cursor, 'day', 'id')
  return { bankDay, id }
}

export interface ShownTransfer extends TransactionDetail {
  /** Full name by student id, and the round's name by invoice id. */
  students: ReadonlyMap<string, string>
  bills: ReadonlyMap<string, { roundName: string; paymentCode: number }>
  /** Events that a person called a copy of this transfer. */
  copies: number
}

/** Errors: `TRANSACTION_NOT_FOUND`. */
export async function getTransfer(db: Database, schoolId: string, transactionId: string): Promise<ShownTransfer> {
  const found = isUuid(transactionId) ? await db.inSchool(schoolId, async (trx) => {
    const { rows: [transfer] } = await selectTransaction(schoolId, transactionId).execute(trx)
    return transfer && { ...transfer, ...await readNames(trx, schoolId, transfer) }
  }) : undefined
  if (!found) throw new DomainError('TRANSACTION_NOT_FOUND', 'this school has no such bank transaction')
  return found
}

/** By primary keys; bank_event_copies for the copies. */
async function readNames(trx: Trx, schoolId: string, transfer: TransactionDetail) {
  const { allocations, credits, entries } = transfer
  const posted = entries.flatMap(({ postings }) => postings.flatMap(({ studentId }) => studentId ?? []))
  const studentIds = [...new Set([...allocations, ...credits].map((row) => row.studentId).concat(posted))]
  const students = await trx.selectFrom('student').select(['id', 'full_name'])
    .where('school_id', '=', schoolId).where('id', '=', sql<string>`ANY (${studentIds}::uuid[])`).execute()
  const invoiceIds = [...new Set(allocations.map(({ invoiceId }) => invoiceId))]
  const bills = await trx.selectFrom('invoice')
    .innerJoin('collection_round', (join) => join.onRef('collection_round.school_id', '=', 'invoice.school_id')
      .onRef('collection_round.id', '=', 'invoice.round_id'))
    .select(['invoice.id', 'collection_round.name as roundName', 'invoice.payment_code as paymentCode'])
    .where('invoice.school_id', '=', schoolId).where('invoice.id', '=', sql<string>`ANY (${invoiceIds}::uuid[])`).execute()
  const { count } = await trx.selectFrom('bank_event').select((eb) => eb.fn.countAll<number>().as('count'))
    .where('school_id', '=', schoolId).where('copy_of', '=', transfer.id).executeTakeFirstOrThrow()
  return {
    students: new Map(students.map(({ id, full_name: name }) => [id, name])),
    bills: new Map(bills.map(({ id, ...bill }) => [id, bill])),
    copies: count,
  }
}
