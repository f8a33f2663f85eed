// Bank transfers as files: the list, with the five places where the money of each sits, and of one transfer what
// happened to it and who decided that.
import type { Table } from '../../export/table.js'
import type { AccountName, TransactionItem } from '../../reconciliation/read-transfers.js'
import type { Lang } from '../text.js'
import { actorText } from './actor-queries.js'
import { decidedOf } from './transaction.js'
import { linesOf } from './transaction-journal.js'
import type { OfTransfer } from './transaction-journal.js'
import { entryText, transactionsText, wordOf } from './transactions-text.js'

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

/** One row for each place that an entry moved money to, or, with a sum below zero, away from. */
export function journalTable(of: OfTransfer, lang: Lang): Table {
  const t = transactionsText[lang]
  return {
    fileName: `${t.steps} - ${of.transfer.bankRef}`, sheetName: t.steps,
    columns: [
      { title: t.when, kind: 'instant' }, { title: t.entry, kind: 'text' }, { title: t.who, kind: 'text' },
      { title: t.countedDay, kind: 'day' }, { title: t.place, kind: 'text' }, { title: t.amount, kind: 'vnd' },
    ],
    rows: of.transfer.entries.flatMap((entry) => linesOf(of, entry, lang).map(({ name, vnd }) => [
      entry.recordedAt, wordOf(entryText[lang], entry.kind), actorText(entry.actor, of.names, lang), entry.countedOn,
      name, vnd,
    ])),
  }
}

export function decisionsTable(of: OfTransfer, lang: Lang): Table {
  const t = transactionsText[lang]
  return {
    fileName: `${t.decisions} - ${of.transfer.bankRef}`, sheetName: t.decisions,
    columns: [
      { title: t.when, kind: 'instant' }, { title: t.who, kind: 'text' }, { title: t.what, kind: 'text' },
      { title: t.note, kind: 'text' },
    ],
    rows: decidedOf(of, lang).map(({ at, who, what, note }) => [at, who, what, note]),
  }
}
