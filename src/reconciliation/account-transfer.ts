// Money of one account of the school that pays a bill of another: the books move it at once, and it is due to be moved
// at the bank. Taking the payment back moves it back: what nobody had moved is due no more, what was moved is due the
// other way. It only drafts rows in the book.
import assert from 'node:assert/strict'
import type { StandingTransfer } from './account-transfer-store.js'
import { currentAccount } from './accounts.js'
import type { Book, Source } from './book.js'
import type { AccountRow } from './settle-store.js'

export interface PaidElsewhere {
  bankAccountId: string
  amountVnd: number
}

/** One transfer to each account whose bills were paid; none to where the money lies, or what took that one's place. */
export function moveToBills(
  book: Book, source: Source, accounts: readonly AccountRow[],
  { fromId, forEntryId, parts }: { fromId: string; forEntryId: string; parts: readonly PaidElsewhere[] },
): void {
  const sums = new Map<string, number>()
  for (const { bankAccountId, amountVnd } of parts) {
    const toId = currentAccount(accounts, bankAccountId)
    if (toId !== currentAccount(accounts, fromId)) sums.set(toId, (sums.get(toId) ?? 0) + amountVnd)
  }
  for (const [toId, amountVnd] of sums) {
    const [from, to] = [accountOf(accounts, fromId), accountOf(accounts, toId)]
    book.moveBetweenAccounts({ source, from, to, amountVnd, forEntryId })
  }
}

/** Takes back all that stands of a source, whole. */
export function moveBack(
  book: Book, source: Source, accounts: readonly AccountRow[],
  { forEntryId, standing }: { forEntryId: string; standing: readonly StandingTransfer[] },
): void {
  for (const one of standing) {
    const { from_bank_account_id: fromId, to_bank_account_id: toId, amount_vnd: amountVnd } = one
    book.moveBetweenAccounts({
      source, from: accountOf(accounts, toId), to: accountOf(accounts, fromId), amountVnd, forEntryId,
      reverses: { id: one.id, wasMoved: one.state === 'moved' },
    })
  }
}

function accountOf(accounts: readonly AccountRow[], id: string): AccountRow {
  const account = accounts.find((one) => one.id === id)
  assert(account, 'money lies in an account of the school')
  return account
}
