// The lists of a round as files: sums by class, sums by fee, and its bills.
import type { Table } from '../../export/table.js'
import type { ListedBill, RoundFigures } from '../../invoicing/round-figures.js'
import { billStatusText } from './round-bill-status.js'
import { billsText } from './round-bills-text.js'
import type { ShownRound } from './round-frame.js'
import { roundsText } from './rounds-text.js'
import type { Lang } from '../text.js'

export function classTable({ byClass }: RoundFigures, round: ShownRound, lang: Lang): Table {
  const t = roundsText[lang]
  return {
    fileName: `${t.byClass} - ${round.name}`, sheetName: t.byClass,
    columns: [
      { title: t.class, kind: 'text' }, { title: t.students, kind: 'integer' }, { title: t.bills, kind: 'integer' },
      { title: t.settledBills, kind: 'integer' }, ...moneyColumns(lang),
    ],
    rows: byClass.map((row) => [row.name ?? t.noClass, row.students, row.invoices, row.settledInvoices,
      row.exemptedVnd, row.billedVnd, row.collectedVnd, row.openVnd]),
  }
}

export function feeTable({ byFeeKind }: RoundFigures, round: ShownRound, lang: Lang): Table {
  const t = roundsText[lang]
  return {
    fileName: `${t.byFee} - ${round.name}`, sheetName: t.byFee,
    columns: [
      { title: t.fee, kind: 'text' }, { title: t.students, kind: 'integer' }, ...moneyColumns(lang),
    ],
    rows: byFeeKind.map((row) =>
      [row.name, row.lines, row.exemptedVnd, row.billedVnd, row.collectedVnd, row.openVnd]),
  }
}

function moneyColumns(lang: Lang) {
  const t = roundsText[lang]
  return [t.exempted, t.billed, t.collected, t.open].map((title) => ({ title, kind: 'vnd' as const }))
}

export function billTable(bills: AsyncIterable<ListedBill>, round: ShownRound, lang: Lang): Table {
  const t = billsText[lang]
  const r = roundsText[lang]
  return {
    fileName: `${r.bills} - ${round.name}`, sheetName: r.bills,
    columns: [
      { title: t.student, kind: 'text' }, { title: r.class, kind: 'text' }, { title: t.code, kind: 'text' },
      { title: t.payable, kind: 'vnd' }, { title: t.paid, kind: 'vnd' }, { title: t.open, kind: 'vnd' },
      { title: t.status, kind: 'text' },
    ],
    rows: billRows(bills, lang),
  }
}

async function* billRows(bills: AsyncIterable<ListedBill>, lang: Lang) {
  for await (const bill of bills) {
    yield [bill.studentName, bill.className, bill.paymentCode, bill.payableVnd, bill.paidVnd, bill.openVnd,
      billStatusText(bill, lang)]
  }
}
