// What the search box found as files: the same columns as on the page, but all that fits. What is more than a file of
// search results may hold is refused: a list that was cut off would look like a whole one.
import type { Table } from '../../export/table.js'
import { paymentCodeNumber, paymentCodeText } from '../../invoicing/payment-code.js'
import type { SearchResult } from '../../reconciliation/search-school.js'
import type { Lang } from '../text.js'
import { searchText } from './search-text.js'
import { transactionsText } from './transactions-text.js'

type Body = Pick<Table, 'columns' | 'rows'> & { title: string }

const BODIES = {
  students: ({ students }: SearchResult, lang: Lang): Body => {
    const t = searchText[lang]
    return {
      title: t.students,
      columns: [
        { title: t.name, kind: 'text' }, { title: t.class, kind: 'text' }, { title: t.open, kind: 'vnd' },
      ],
      rows: students.map(({ fullName, className, openVnd }) => [fullName, className, openVnd]),
    }
  },
  bills: ({ bills }: SearchResult, lang: Lang): Body => {
    const t = searchText[lang]
    return {
      title: t.bills,
      columns: [
        { title: t.name, kind: 'text' }, { title: t.bill, kind: 'text' }, { title: t.code, kind: 'text' },
        { title: t.due, kind: 'day' }, { title: t.payable, kind: 'vnd' }, { title: t.paid, kind: 'vnd' },
        { title: t.withdrawn, kind: 'text' },
      ],
      rows: bills.map(({ fullName, roundName, paymentCode, dueOn, payableVnd, paidVnd, state }) =>
        [fullName, roundName, paymentCodeText(paymentCodeNumber(paymentCode)), dueOn, payableVnd, paidVnd,
          state === 'issued' ? null : t.withdrawn]),
    }
  },
  transfers: ({ transfers }: SearchResult, lang: Lang): Body => {
    const [t, of] = [searchText[lang], transactionsText[lang]]
    return {
      title: t.transfers,
      columns: [
        { title: t.day, kind: 'day' }, { title: of.direction, kind: 'text' }, { title: t.amount, kind: 'vnd' },
        { title: of.memo, kind: 'text' }, { title: of.payer, kind: 'text' }, { title: t.suspense, kind: 'vnd' },
      ],
      rows: transfers.map(({ bankDay, direction, amountVnd, memo, counterName, suspenseVnd }) =>
        [bankDay, direction === 'in' ? of.in : of.out, amountVnd, memo, counterName, suspenseVnd]),
    }
  },
} as const

export type FoundKind = keyof typeof BODIES
export const FOUND_KINDS = ['students', 'bills', 'transfers'] as const satisfies readonly FoundKind[]

export function foundTable(kind: FoundKind, result: SearchResult, query: string, lang: Lang): Table {
  const { title, ...body } = BODIES[kind](result, lang)
  return { fileName: `${title} - ${query}`, sheetName: title, ...body }
}
