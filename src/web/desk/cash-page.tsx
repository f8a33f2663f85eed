// The cash of one day: every receipt with its state, and the sum that must lie in the till.
import type { FastifyRequest } from 'fastify'
import type { Day } from '../../time.js'
import { Button, ButtonLink, Field } from '../components/form.js'
import { Badge } from '../components/notice.js'
import { Pager, Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { dayText, timeText, vndText, wholeText } from '../format.js'
import { DeskPage } from '../layout.js'
import type { CashRow, CashTotals } from './cash-queries.js'
import { cashText } from './cash-text.js'
import { mayHere } from './may-here.js'
import { cashPath, queryOf, receiptPath, studentPath, studentsPath } from './student-links.js'

interface CashPageProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  day: Day
  today: Day
  receipts: readonly CashRow[]
  totals: CashTotals
  nextCursor: string | null
}

export function CashPage(props: CashPageProps) {
  const { request, schoolId, schoolName, day, today, receipts, nextCursor } = props
  const t = cashText[request.lang]
  const nextHref = nextCursor === null ? null : `${cashPath(schoolId)}${queryOf({ day, cursor: nextCursor })}`
  const files = queryOf({ from: day, to: day })
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.cash} current="cash"
      styles={['students.css']}>
      <div class="page-head">
        <h1>{t.cash} · {day === today ? t.today : dayText(day)}</h1>
        {mayHere(request, schoolId, 'cash:write') && <ButtonLink href={studentsPath(schoolId)}>{t.toStudents}</ButtonLink>}
      </div>
      <form class="filters" method="get" action={cashPath(schoolId)}>
        <Field label={t.day} name="day" type="date" value={day} input={{ max: today }} />
        <Button kind="plain">{t.show}</Button>
      </form>
      <Totals {...props} />
      <Table caption={t.receipts} captionHidden columns={columns(props)} rows={receipts} keyOf={({ id }) => id}
        empty={t.none} />
      <Pager nextHref={nextHref} label={t.more} />
      {receipts.length > 0 && (
        <p class="row">
          <ButtonLink href={`${cashPath(schoolId)}.xlsx${files}`}>{t.exportXlsx}</ButtonLink>
          <ButtonLink href={`${cashPath(schoolId)}.csv${files}`}>{t.exportCsv}</ButtonLink>
        </p>
      )}
      {receipts.length === 0 && <p class="soft">{t.how}</p>}
    </DeskPage>
  )
}

function Totals({ request, totals }: CashPageProps) {
  const t = cashText[request.lang]
  return (
    <dl class="figures">
      <div><dt>{t.taken}</dt><dd class="number">{vndText(totals.takenVnd)}</dd></div>
      <div><dt>{t.receipts}</dt><dd class="number">{wholeText(totals.receipts)}</dd></div>
      {totals.reversedReceipts > 0 && (
        <div>
          <dt>{t.takenBack} ({t.takenBackCount(totals.reversedReceipts)})</dt>
          <dd class="number">{vndText(totals.reversedVnd)}</dd>
        </div>
      )}
    </dl>
  )
}

function columns({ request, schoolId }: CashPageProps): Column<CashRow>[] {
  const t = cashText[request.lang]
  return [
    { title: t.number, kind: 'head', cell: ({ id, number }) => <a class="number" href={receiptPath(schoolId, id)}>{number}</a> },
    { title: t.student, cell: ({ studentId, fullName }) => <a href={studentPath(schoolId, studentId)}>{fullName}</a> },
    { title: t.class, cell: ({ className }) => className ?? '—' },
    { title: t.amount, kind: 'number', cell: ({ amountVnd, isReversed }) => (isReversed ? <s>{vndText(amountVnd)}</s> : vndText(amountVnd)) },
    { title: t.state, cell: ({ isReversed }) => (
      isReversed ? <Badge tone="warn">{t.reversed}</Badge> : <Badge tone="good">{t.valid}</Badge>
    ) },
    { title: t.note, kind: 'wide', cell: ({ note }) => note ?? '' },
    { title: t.by, cell: ({ actorName }) => actorName ?? '—' },
    { title: t.recordedAt, cell: ({ recordedAt }) => <span class="number">{timeText(recordedAt)}</span> },
  ]
}
