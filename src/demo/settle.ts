// Waits until the service has placed what it was told, and reads its books back: bills, ledger and review of every
// school, over the same lists that an accountant reads.
import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from 'typebox'
import { InvoiceSummaryReply } from '../invoicing/schema.js'
import { LEDGER_NO } from '../ledger/account.js'
import { BalancesReply, ReviewReply } from '../reconciliation/lists-schema.js'
import { differences, emptyBooks } from './books.js'
import type { Books } from './books.js'
import { inParallel } from './client.js'
import type { Client } from './client.js'
import type { OpenSchool } from './open-province.js'

const Readiness = Type.Object({
  checks: Type.Object({ inbox: Type.Object({ oldestWaitingSeconds: Type.Union([Type.Integer(), Type.Null()]) }) }),
})

export interface Settling {
  concurrency: number
  limitMs: number
}

/**
 * The books of each school by its number. A school is read again until its books are as planned, because notices
 * between schools and work that a kill cut short arrive late; after the limit they are taken as they are.
 */
export async function readSettledBooks(
  client: Client, schools: readonly OpenSchool[], { concurrency, limitMs }: Settling, tick: () => void,
): Promise<Map<number, Books>> {
  const until = Date.now() + limitMs
  await untilInboxIsEmpty(client, until)
  const found = new Map<number, Books>()
  let left = [...schools]
  for (;;) {
    const unsettled: OpenSchool[] = []
    await inParallel(left, concurrency, async (open) => {
      const books = await readBooks(client, open)
      found.set(open.school.no, books)
      if (differences(open.payments.books, books).length > 0) unsettled.push(open)
      else tick()
    })
    if (unsettled.length === 0 || Date.now() > until) return found
    left = unsettled
    await sleep(500)
  }
}

async function untilInboxIsEmpty(client: Client, until: number): Promise<void> {
  for (; Date.now() < until; await sleep(200)) {
    const { checks } = await client.get('/health/ready', Readiness)
    if (checks.inbox.oldestWaitingSeconds === null) return
  }
}

async function readBooks(client: Client, { id, students }: OpenSchool): Promise<Books> {
  const books = emptyBooks()
  if (students.length === 0) return books
  const path = `/api/v1/schools/${id}`
  for (const invoice of await client.list(`${path}/invoices?state=issued`, InvoiceSummaryReply)) {
    books.bills[invoice.status] += 1
    books.billedVnd += invoice.payableVnd
    books.exemptedVnd += invoice.exemptedVnd
    books.paidVnd += invoice.paidVnd
  }
  const { accounts } = await client.get(`${path}/ledger/balances`, BalancesReply)
  for (const { accountNo, kind, balanceVnd } of accounts) {
    if (kind === 'bank') books.bankVnd += balanceVnd
    if (accountNo === LEDGER_NO.cash) books.cashVnd += balanceVnd
    if (accountNo === LEDGER_NO.receivableBudget) books.budgetVnd += balanceVnd
    // These two grow by credit.
    if (accountNo === LEDGER_NO.studentCredit) books.creditVnd -= balanceVnd
    if (accountNo === LEDGER_NO.suspense) books.suspenseVnd -= balanceVnd
  }
  for (const { reason } of await client.list(`${path}/review`, ReviewReply)) {
    books.reviews.set(reason, (books.reviews.get(reason) ?? 0) + 1)
  }
  return books
}
