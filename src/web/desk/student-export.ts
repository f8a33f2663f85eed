// The tables of one student's page as files: bills line by line, payments, credit, exemptions and the whole history.
import { openVnd } from '../../invoicing/invoice.js'
import { paymentCodeNumber, paymentCodeText } from '../../invoicing/payment-code.js'
import type { Table, TableRow } from '../../export/table.js'
import type { Lang } from '../text.js'
import { billStatusOf } from './student-bills.js'
import { eventText } from './student-event-text.js'
import type { HistoryEvent } from './student-history.js'
import type { StudentBill, StudentCredit, StudentExemption, StudentPayment } from './student-queries.js'
import { creditKindText, whoText } from './student-tables.js'
import { studentText } from './student-text.js'

type Body = Pick<Table, 'columns' | 'rows'> & { title: string }

/** One row a line; money of a withdrawn bill is not open. */
export function billLines(bills: readonly StudentBill[], lang: Lang): Body {
  const t = studentText[lang]
  return {
    title: t.bills,
    columns: [
      { title: t.round, kind: 'text' }, { title: t.code, kind: 'text' }, { title: t.state, kind: 'text' },
      { title: t.dueOn, kind: 'day' }, { title: t.withdrawnOn, kind: 'day' }, { title: t.fee, kind: 'text' },
      { title: t.exempted, kind: 'vnd' }, { title: t.billed, kind: 'vnd' }, { title: t.paid, kind: 'vnd' },
      { title: t.open, kind: 'vnd' },
    ],
    rows: bills.flatMap((bill) => bill.lines.map((line): TableRow => [
      bill.roundName, paymentCodeText(paymentCodeNumber(bill.codeNumber)), billStatusOf(bill, lang).label, bill.dueOn,
      bill.withdrawnOn, line.feeName, line.exemptedVnd, line.payableVnd, line.paidVnd,
      openVnd({ ...bill, ...line }),
    ])),
  }
}

export function paymentRows(payments: readonly StudentPayment[], lang: Lang): Body {
  const t = studentText[lang]
  return {
    title: t.payments,
    columns: [
      { title: t.day, kind: 'day' }, { title: t.way, kind: 'text' }, { title: t.content, kind: 'text' },
      { title: t.payer, kind: 'text' }, { title: t.amount, kind: 'vnd' }, { title: t.onBills, kind: 'vnd' },
      { title: t.held, kind: 'vnd' }, { title: t.reversed, kind: 'text' },
    ],
    rows: payments.map(({ day, receiptNumber, memo, payer, amountVnd, allocatedVnd, heldVnd, isReversed }) => [
      day, receiptNumber === null ? t.transfer : t.cash(receiptNumber), memo, payer, amountVnd, allocatedVnd, heldVnd,
      isReversed ? t.reversed : null,
    ]),
  }
}

export function creditRows(credits: readonly StudentCredit[], lang: Lang): Body {
  const t = studentText[lang]
  return {
    title: t.credit,
    columns: [
      { title: t.creditKind, kind: 'text' }, { title: t.since, kind: 'instant' }, { title: t.amount, kind: 'vnd' },
      { title: t.heldNow, kind: 'vnd' },
    ],
    rows: credits.map(({ kind, recordedAt, amountVnd, heldVnd }) =>
      [creditKindText(kind, lang), recordedAt, amountVnd, heldVnd]),
  }
}

export function exemptionRows(exemptions: readonly StudentExemption[], lang: Lang): Body {
  const t = studentText[lang]
  return {
    title: t.exemptions,
    columns: [
      { title: t.fee, kind: 'text' }, { title: t.percent, kind: 'integer' }, { title: t.amount, kind: 'vnd' },
      { title: t.whoPays, kind: 'text' }, { title: t.legalBasis, kind: 'text' }, { title: t.decision, kind: 'text' },
      { title: t.fromDay, kind: 'day' }, { title: t.beforeDay, kind: 'day' },
    ],
    rows: exemptions.map(({ feeName, percent, amountVnd, payer, legalBasis, decisionNumber, validFrom, validTo }) => [
      feeName, percent, amountVnd, payer === 'budget' ? t.byBudget : t.byNobody, legalBasis, decisionNumber, validFrom,
      validTo,
    ]),
  }
}

export function historyRows(events: readonly HistoryEvent[], lang: Lang): Body {
  const t = studentText[lang]
  return {
    title: t.history,
    columns: [
      { title: t.when, kind: 'instant' }, { title: t.event, kind: 'text' }, { title: t.receipt, kind: 'integer' },
      { title: t.round, kind: 'text' }, { title: t.amount, kind: 'vnd' }, { title: t.who, kind: 'text' },
    ],
    rows: events.map((event) => [
      event.at, eventText(event.what, lang), event.receiptNumber, event.roundName, event.amountVnd,
      whoText(event, lang),
    ]),
  }
}
