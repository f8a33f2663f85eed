// What the bill is made of and what was received on it, each đồng with its reason; and, for whoever knows the birth
// date, the same for all rounds of the child.
import { Card, Money } from '../components/content.js'
import { Table } from '../components/table.js'
import { dayText, timeText, vndText } from '../format.js'
import type { Lang } from '../text.js'
import { sumsOf } from './bill.js'
import type { BillLine, PageBill, Received } from './bill.js'
import type { ChildHistory } from './queries.js'
import { feeGroupText, text } from './text.js'

export function LinesCard({ bills, lang }: { bills: readonly PageBill[]; lang: Lang }) {
  const t = text[lang]
  const lines = bills.flatMap((bill) => bill.lines.map((line) => ({ ...line, key: `${bill.code}-${line.lineNo}` })))
  const { payableVnd } = sumsOf(bills)
  return (
    <Card title={t.lines}>
      <Table caption={t.lines} captionHidden rows={lines} keyOf={({ key }) => key} empty="" columns={[
        { title: t.fee, kind: 'head', cell: (line) => <LineName line={line} lang={lang} />, foot: t.total },
        {
          title: t.toPay, kind: 'number', cell: (line) => <Money vnd={line.payableVnd} />,
          foot: <strong><Money vnd={payableVnd} /></strong>,
        },
      ]} />
    </Card>
  )
}

function LineName({ line, lang }: { line: BillLine; lang: Lang }) {
  const t = text[lang]
  const { feeName, feeGroup, legalBasis, grossVnd, exemptedVnd, exemptedPayer } = line
  const payer = exemptedPayer === 'budget' ? t.byBudget : t.byNobody
  return (
    <>
      <span>{feeName}</span>
      <span class="line-note">{`${feeGroupText[lang][feeGroup]}. ${t.basis(legalBasis)}`}</span>
      {exemptedVnd > 0 && (
        <span class="line-note">{`${t.exempted(vndText(grossVnd), vndText(exemptedVnd))}: ${payer}.`}</span>
      )}
    </>
  )
}

export function ReceivedCard({ bills, lang }: { bills: readonly PageBill[]; lang: Lang }) {
  const t = text[lang]
  const received = bills.flatMap((bill) =>
    bill.received.map((one, at) => ({ ...one, key: `${bill.code}-${at}` })))
  if (received.length === 0) return null
  return (
    <Card title={t.receivedMoney}>
      <Table caption={t.receivedMoney} captionHidden rows={received} keyOf={({ key }) => key} empty="" columns={[
        { title: t.day, kind: 'head', cell: (one) => <ReceivedAt one={one} lang={lang} /> },
        { title: t.amount, kind: 'number', cell: (one) => <Money vnd={one.amountVnd} /> },
      ]} />
    </Card>
  )
}

function ReceivedAt({ one, lang }: { one: Received; lang: Lang }) {
  const t = text[lang]
  const way = one.way === 'cash' ? t.cash(String(one.receiptNumber ?? '')) : t[one.way]
  return (
    <>
      <span class="number">{one.at === null ? dayText(one.day) : timeText(one.at)}</span>
      <span class="line-note">{way}</span>
    </>
  )
}

export function History({ history, lang }: { history: ChildHistory; lang: Lang }) {
  const t = text[lang]
  const payments = history.payments.map((payment, at) => ({ ...payment, key: String(at) }))
  return (
    <>
      <Card title={t.history}>
        <Table caption={t.history} captionHidden rows={history.bills} keyOf={({ roundId }) => roundId} empty=""
          columns={[
            {
              title: t.round, kind: 'head',
              cell: (bill) => <>{bill.roundName}<span class="line-note">{t.schoolYear(bill.schoolYear)}</span></>,
            },
            { title: t.toPay, kind: 'number', cell: (bill) => <Money vnd={bill.payableVnd} /> },
            { title: t.paid, kind: 'number', cell: (bill) => <Money vnd={bill.paidVnd} /> },
          ]} />
      </Card>
      <Card title={t.payments}>
        <Table caption={t.payments} captionHidden rows={payments} keyOf={({ key }) => key} empty={t.noPayments}
          columns={[
            {
              title: t.day, kind: 'head',
              cell: (one) => <><ReceivedAt one={one} lang={lang} /><span class="line-note">{one.roundName}</span></>,
            },
            { title: t.amount, kind: 'number', cell: (one) => <Money vnd={one.amountVnd} /> },
          ]} />
        <p class="small soft">{t.proofEnds}</p>
      </Card>
    </>
  )
}
