// The bills of a round by class and name, with filters by class and state.
import type { FastifyRequest } from 'fastify'
import { BILL_VIEWS } from '../../invoicing/round-figures.js'
import type { BillView, ListedBill } from '../../invoicing/round-figures.js'
import { Button, Select } from '../components/form.js'
import { Pager, Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { vndText } from '../format.js'
import type { Lang } from '../text.js'
import { roundPath, roundStudentPath } from './desk-links.js'
import { ExportLinks } from '../components/export-links.js'
import { BillStatus } from './round-bill-status.js'
import { billsText } from './round-bills-text.js'
import { RoundFrame } from './round-frame.js'
import type { ShownRound } from './round-frame.js'
import type { ClassOption } from './round-queries.js'
import { roundsText } from './rounds-text.js'

export interface BillFilter {
  classId?: string | undefined
  view?: BillView | undefined
}

interface RoundBillsProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  round: ShownRound
  classes: readonly ClassOption[]
  bills: readonly ListedBill[]
  filter: BillFilter
  nextHref: string | null
}

export function RoundBillsPage(props: RoundBillsProps) {
  const { request, schoolId, round, bills, filter, nextHref } = props
  const { lang } = request
  const t = billsText[lang]
  return (
    <RoundFrame {...props} tab="bills">
      <div class="row row-apart">
        <Filters {...props} />
        <ExportLinks lang={lang} href={`${roundPath(schoolId, round.id)}/export/bills${filterQuery(filter)}`} />
      </div>
      <Table caption={roundsText[lang].bills} captionHidden columns={columns(props)} rows={bills} keyOf={({ id }) => id}
        empty={t.none} />
      <Pager nextHref={nextHref} label={roundsText[lang].more} />
    </RoundFrame>
  )
}

/** `?…` of a filter, or nothing. */
export function filterQuery({ classId, view }: BillFilter, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    ...(classId !== undefined && { classId }), ...(view !== undefined && { view }), ...more,
  }).toString()
  return query === '' ? '' : `?${query}`
}

function Filters({ request, schoolId, round, classes, filter }: RoundBillsProps) {
  const t = billsText[request.lang]
  return (
    <form method="get" action={`${roundPath(schoolId, round.id)}/bills`} class="filters">
      <Select label={roundsText[request.lang].class} name="classId" value={filter.classId}
        options={[{ value: '', label: t.allClasses }, ...classes.map(({ id, name }) => ({ value: id, label: name }))]} />
      <Select label={t.view} name="view" value={filter.view}
        options={[{ value: '', label: t.viewAll }, ...BILL_VIEWS.map((view) => ({ value: view, label: viewText(view, request.lang) }))]} />
      <Button kind="plain">{t.filter}</Button>
    </form>
  )
}

function viewText(view: BillView, lang: Lang): string {
  const t = billsText[lang]
  return { open: t.viewOpen, part: t.viewPart, paid: t.viewPaid, cancelled: t.viewCancelled }[view]
}

function columns({ request: { lang }, schoolId, round }: RoundBillsProps): Column<ListedBill>[] {
  const t = billsText[lang]
  return [
    { title: t.student, kind: 'head',
      cell: (bill) => <a href={roundStudentPath(schoolId, round.id, bill.studentId)}>{bill.studentName}</a> },
    { title: roundsText[lang].class, cell: ({ className }) => className ?? roundsText[lang].noClass },
    { title: t.code, cell: ({ paymentCode }) => <span class="number">{paymentCode}</span> },
    { title: t.payable, kind: 'number', cell: ({ payableVnd }) => vndText(payableVnd) },
    { title: t.paid, kind: 'number', cell: ({ paidVnd }) => vndText(paidVnd) },
    { title: t.open, kind: 'number', cell: ({ openVnd }) => vndText(openVnd) },
    { title: t.status, cell: (bill) => <BillStatus bill={bill} lang={lang} /> },
  ]
}
