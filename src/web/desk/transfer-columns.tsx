// How a bank transfer stands in a table of the desk: its day, its amount with its direction, and what the payer wrote.
// Every list of transfers begins with these columns.
import type { Day } from '../../time.js'
import type { Column } from '../components/table.js'
import { dayText, vndText } from '../format.js'
import { transactionPath } from './review-links.js'

interface TransferRow {
  id: string
  bankDay: Day
  direction: 'in' | 'out'
  amountVnd: number
  memo: string
  counterName: string | null
}

interface TransferWords {
  day: string
  amount: string
  content: string
  noMemo: string
}

export function transferColumns<Row extends TransferRow>(schoolId: string, t: TransferWords): Column<Row>[] {
  return [
    { title: t.day, cell: ({ bankDay }) => <span class="number">{dayText(bankDay)}</span> },
    {
      title: t.amount, kind: 'number',
      cell: ({ direction, amountVnd }) => `${direction === 'out' ? '−' : ''}${vndText(amountVnd)}`,
    },
    {
      title: t.content, kind: 'wide',
      cell: ({ id, memo, counterName }) => (
        <>
          <a href={transactionPath(schoolId, id)} data-row>{memo.trim() === '' ? t.noMemo : memo}</a>
          {counterName !== null && <span class="review-payer soft small">{counterName}</span>}
        </>
      ),
    },
  ]
}
