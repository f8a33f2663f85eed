// The list of bank transfers as a file, with the five places where the money of each sits.
import type { Table } from '../../export/table.js'
import type { AccountName, TransactionItem } from '../../reconciliation/read-transfers.js'
import type { Lang } from '../text.js'
import { transactionsText } from './transactions-text.js'

export function transferTable(
  items: AsyncIterable<TransactionItem>, accounts: readonly AccountName[], lang: Lang,
): Table {
  const t = transactionsText[lang]
  const numbers = new Map(accounts.map(({ id, accountNumber }) => [id, accountNumber]))
  return {
    fileName: t.title, sheetName: t.title,
    columns: [
      { title: t.day, kind: 'day' }, { title: t.time, kind: 'instant' }, { title: t.account, kind: 'text' },
      { title: t.direction, kind: 'text' }, { title: t.amount, kind: 'vnd' }, { title: t.memo, kind: 'text' },
      { title: t.payer, kind: 'text' }, { title: t.reference, kind: 'text' }, { title: t.allocated, kind: 'vnd' },
      { title: t.credited, kind: 'vnd' }, { title: t.unallocated, kind: 'vnd' }, { title: t.refunded, kind: 'vnd' },
      { title: t.reversed, kind: 'vnd' },
    ],
    rows: rows(items, numbers, lang),
  }
}

async function* rows(items: AsyncIterable<TransactionItem>, numbers: ReadonlyMap<string, string>, lang: Lang) {
  const t = transactionsText[lang]
  for await (const item of items) {
    yield [item.bankDay, item.occurredAt, numbers.get(item.bankAccountId) ?? null, item.direction === 'in' ? t.in : t.out,
      item.amountVnd, item.memo, item.counterName, item.bankRef, item.allocatedVnd, item.creditedVnd, item.suspenseVnd,
      item.refundedVnd, item.reversedVnd]
  }
}
