// The tables of one student's page: payments, credit, exemptions and what happened.
import type { FastifyRequest } from 'fastify'
import { Card } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { ButtonLink } from '../components/form.js'
import { Badge } from '../components/notice.js'
import { Table } from '../components/table.js'
import { dayText, timeText, vndText } from '../format.js'
import type { Lang } from '../text.js'
import { deskPath } from './desk-links.js'
import { mayHere } from './may-here.js'
import { eventText } from './student-event-text.js'
import { HISTORY_SHOWN } from './student-history.js'
import type { HistoryEvent } from './student-history.js'
import { receiptPath, studentPath, studentTablePath } from './student-links.js'
import type { StudentCredit, StudentExemption, StudentPayment } from './student-queries.js'
import { studentText } from './student-text.js'

interface Place {
  request: FastifyRequest
  schoolId: string
  studentId: string
}

export function Payments({ request, schoolId, studentId, payments }: Place & { payments: readonly StudentPayment[] }) {
  const t = studentText[request.lang]
  const href = ({ kind, id }: StudentPayment) =>
    (kind === 'cash' ? receiptPath(schoolId, id) : `${deskPath(schoolId)}/transactions/${id}`)
  return (
    <section class="stack">
      <div class="row row-apart">
        <h2>{t.payments}</h2>
        {payments.length > 0 && <ExportLinks lang={request.lang} href={studentTablePath(schoolId, studentId, 'payments')} />}
      </div>
      <Table caption={t.payments} captionHidden rows={payments} keyOf={({ id }) => id} empty={t.noPayments} columns={[
        { title: t.day, cell: ({ day }) => <span class="number">{dayText(day)}</span> },
        { title: t.way, kind: 'head', cell: (payment) => (
          <a href={href(payment)}>
            {payment.receiptNumber === null ? t.transfer : t.cash(payment.receiptNumber)}
          </a>
        ) },
        { title: t.content, kind: 'wide', cell: ({ memo, payer }) => (
          <>{memo ?? ''}{payer !== null && <span class="soft small"> {payer}</span>}</>
        ) },
        { title: t.amount, kind: 'number', cell: ({ amountVnd }) => vndText(amountVnd) },
        { title: t.onBills, kind: 'number', cell: ({ allocatedVnd, isReversed }) => (
          isReversed ? <Badge tone="warn">{t.reversed}</Badge> : vndText(allocatedVnd)
        ) },
      ]} />
    </section>
  )
}

export function creditKindText(kind: string, lang: Lang): string {
  const t = studentText[lang]
  const kinds: Readonly<Record<string, string>> = {
    surplus: t.surplus, possible_double_payment: t.possible_double_payment, withdrawn_invoice: t.withdrawn_invoice,
    awaiting_refund: t.awaiting_refund,
  }
  return kinds[kind] ?? kind
}

/** Nothing at all for a student who never had credit. */
export function Credits({ request: { lang }, schoolId, studentId, credits }: Place & {
  credits: readonly StudentCredit[]
}) {
  const t = studentText[lang]
  if (credits.length === 0) return null
  return (
    <section class="stack">
      <div class="row row-apart">
        <h2>{t.credit}</h2>
        <ExportLinks lang={lang} href={studentTablePath(schoolId, studentId, 'credits')} />
      </div>
      <Table caption={t.credit} captionHidden rows={credits} keyOf={({ id }) => id} empty="" columns={[
        { title: t.creditKind, kind: 'head', cell: ({ kind }) => creditKindText(kind, lang) },
        { title: t.since, cell: ({ recordedAt }) => <span class="number">{timeText(recordedAt)}</span> },
        { title: t.amount, kind: 'number', cell: ({ amountVnd }) => vndText(amountVnd) },
        { title: t.heldNow, kind: 'number', cell: ({ heldVnd }) => vndText(heldVnd) },
      ]} />
    </section>
  )
}

export function Exemptions({ request, schoolId, studentId, exemptions }: Place & {
  exemptions: readonly StudentExemption[]
}) {
  const t = studentText[request.lang]
  const action = mayHere(request, schoolId, 'fees:write')
    ? <ButtonLink href={`${studentPath(schoolId, studentId)}/exemptions`} kind="quiet">{t.addExemption}</ButtonLink>
    : undefined
  return (
    <Card title={t.exemptions} action={action}>
      {exemptions.length > 0 &&
        <ExportLinks lang={request.lang} href={studentTablePath(schoolId, studentId, 'exemptions')} />}
      {exemptions.length === 0 && <p class="soft">{t.noExemptions}</p>}
      {exemptions.map((granted) => (
        <div key={granted.id}>
          <p><strong>{granted.feeName}</strong>: {sizeText(granted)}</p>
          <p class="small soft">{granted.payer === 'budget' ? t.byBudget : t.byNobody} · {periodText(granted, request.lang)}</p>
          <p class="small soft">{granted.legalBasis}, {granted.decisionNumber}</p>
        </div>
      ))}
    </Card>
  )
}

export function sizeText({ percent, amountVnd }: Pick<StudentExemption, 'percent' | 'amountVnd'>): string {
  return percent === null ? vndText(amountVnd ?? 0) : `${percent}%`
}

export function periodText({ validFrom, validTo }: Pick<StudentExemption, 'validFrom' | 'validTo'>, lang: Lang): string {
  const t = studentText[lang]
  const from = t.validFrom(dayText(validFrom))
  return validTo === null ? from : t.validUntil(from, dayText(validTo))
}

export function History({ request: { lang }, schoolId, studentId, events }: Place & {
  events: readonly HistoryEvent[]
}) {
  const t = studentText[lang]
  return (
    <section class="stack">
      <div class="row row-apart">
        <h2>{t.history}</h2>
        {events.length > 0 && <ExportLinks lang={lang} href={studentTablePath(schoolId, studentId, 'history')} />}
      </div>
      <Table caption={t.history} captionHidden rows={events} empty=""
        keyOf={({ at, what, roundName, amountVnd }) => `${at.toISOString()} ${what} ${roundName ?? ''} ${amountVnd ?? ''}`}
        columns={[
          { title: t.when, cell: ({ at }) => <span class="number">{timeText(at)}</span> },
          { title: t.event, kind: 'head', cell: ({ what, roundName, receiptNumber }) => (
            <>
              {receiptNumber === null ? eventText(what, lang) : `${eventText(what, lang)}, ${t.receiptNo(receiptNumber)}`}
              {roundName !== null && <span class="soft"> · {roundName}</span>}
            </>
          ) },
          { title: t.amount, kind: 'number', cell: ({ amountVnd }) => (amountVnd === null ? '' : vndText(amountVnd)) },
          { title: t.who, cell: (event) => whoText(event, lang) },
        ]} />
      {events.length === HISTORY_SHOWN && <p class="small soft">{t.historyCut(HISTORY_SHOWN)}</p>}
    </section>
  )
}

export function whoText({ actor, actorName }: HistoryEvent, lang: Lang): string {
  const t = studentText[lang]
  if (actorName !== null) return actorName
  if (actor === null || actor.startsWith('rule')) return t.byRule
  return actor.startsWith('token:') || actor === 'bootstrap' ? t.byProgram : actor
}
