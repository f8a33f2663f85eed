// The first thing a parent reads: is something to pay, was it received, and what became of money that was too much.
import { Notice } from '../components/notice.js'
import type { Tone } from '../components/notice.js'
import { dayText, vndText } from '../format.js'
import type { Lang } from '../text.js'
import type { Awaited } from './awaited.js'
import { dueDayOf, stateOf, sumsOf } from './bill.js'
import type { BillPage, CreditKind } from './bill.js'
import { meansOf, payViewsOf } from './pay-way.js'
import { text } from './text.js'

interface Status {
  tone: Tone
  title: string
  lines: readonly string[]
}

/** Also what is said aloud when the page changes by itself. */
export function statusTitle(page: BillPage, lang: Lang): string {
  const [first] = page.awaited
  return first === undefined ? statusOf(page, lang).title : awaitedText(first, lang).title
}

function statusOf(page: BillPage, lang: Lang): Status {
  const t = text[lang]
  const { bills, today } = page
  const { paidVnd, openVnd } = sumsOf(bills)
  const means = meansOf(payViewsOf(page))
  const dueOn = dueDayOf(bills)
  const isLate = dueOn !== undefined && dueOn < today
  const late = means.showsQr ? t.late : means.canPay ? t.lateWithoutQr : t.lateClosed
  const due = dueOn === undefined ? [] : [isLate ? late(dayText(dueOn)) : t.due(dayText(dueOn))]
  const parts = means.partCount > 1 ? [t.severalParts(means.partCount)] : []
  switch (stateOf(bills)) {
    case 'withdrawn':
      return { tone: 'warn', title: t.withdrawn, lines: [t.withdrawnBody, t.withdrawnPaid] }
    case 'nothing_to_pay':
      return { tone: 'good', title: t.nothingToPay, lines: [t.nothingToPayBody] }
    case 'received':
      return { tone: 'good', title: t.received(vndText(paidVnd)), lines: [t.receivedBody] }
    case 'part_paid':
      return {
        tone: isLate ? 'warn' : 'info',
        title: t.partPaid(vndText(paidVnd), vndText(openVnd)),
        lines: [...(means.showsQr ? [t.partPaidBody] : []), ...due, ...parts],
      }
    case 'unpaid':
      return { tone: isLate ? 'warn' : 'info', title: t.unpaid(vndText(openVnd)), lines: [...due, ...parts] }
  }
}

/** Amount and day, and nothing of what a person has to decide. */
function awaitedText({ amountVnd, day, isElsewhere }: Awaited, lang: Lang): { title: string; body: string } {
  const t = text[lang]
  const told = [amountVnd === null ? undefined : vndText(amountVnd), day === null ? undefined : dayText(day)] as const
  return isElsewhere
    ? { title: t.awaitedElsewhere(...told), body: t.awaitedElsewhereBody }
    : { title: t.awaited(...told), body: t.awaitedBody }
}

export function BillStatus({ page, lang }: { page: BillPage; lang: Lang }) {
  const t = text[lang]
  const { tone, title, lines } = statusOf(page, lang)
  const isOldLink = page.linked.state !== 'issued' && page.bills.length > 0
  return (
    <>
      {isOldLink && (
        <Notice tone="info"><p>{page.linked.state === 'superseded' ? t.superseded : t.partCancelled}</p></Notice>
      )}
      {page.awaited.map((one) => {
        const said = awaitedText(one, lang)
        return <Notice key={one.itemId} tone="info" title={said.title}><p>{said.body}</p></Notice>
      })}
      <Notice tone={tone}>
        <p class="bill-status">{title}</p>
        {lines.map((line) => <p key={line}>{line}</p>)}
      </Notice>
      {page.credits.map(({ kind, heldVnd }) => <HeldMoney key={kind} kind={kind} heldVnd={heldVnd} lang={lang} />)}
    </>
  )
}

function HeldMoney({ kind, heldVnd, lang }: { kind: CreditKind; heldVnd: number; lang: Lang }) {
  const t = text[lang]
  const amount = vndText(heldVnd)
  const said: Readonly<Record<CreditKind, readonly [string, string]>> = {
    surplus: [t.surplus(amount), t.surplusBody],
    possible_double_payment: [t.doublePayment(amount), t.doublePaymentBody],
    withdrawn_invoice: [t.heldFromWithdrawn(amount), t.heldFromWithdrawnBody],
    awaiting_refund: [t.awaitingRefund(amount), t.awaitingRefundBody],
  }
  const [title, body] = said[kind]
  return <Notice tone="info" title={title}><p>{body}</p></Notice>
}
