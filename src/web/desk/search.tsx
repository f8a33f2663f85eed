// What the search box of the head line finds: students, bills and transfers, each in its own short table.
import type { FastifyRequest } from 'fastify'
import { paymentCodeNumber, paymentCodeText } from '../../invoicing/payment-code.js'
import type { SearchResult } from '../../reconciliation/search-school.js'
import { Card } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Badge, EmptyState, Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import { dayText, vndText } from '../format.js'
import { DeskPage } from '../layout.js'
import { deskPath } from './desk-links.js'
import { studentPath } from './review-links.js'
import type { FoundKind } from './search-export.js'
import { searchText } from './search-text.js'
import { transferColumns } from './transfer-columns.js'

export interface SearchProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  query: string
  /** Null while nothing was typed. */
  result: SearchResult | null
}

export function SearchPage({ request, schoolId, schoolName, query, result }: SearchProps) {
  const t = searchText[request.lang]
  const empty = result !== null && result.students.length + result.bills.length + result.transfers.length === 0
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.title} current="" searchValue={query}
      styles={['review.css']} scripts={['review.js']}>
      <h1>{result === null ? t.title : t.results(query)}</h1>
      <p class="soft">{t.hint}</p>
      {empty && <EmptyState>{t.nothing}</EmptyState>}
      {result?.more === true && <Notice tone="info"><p>{t.more}</p></Notice>}
      {result !== null && <Found request={request} schoolId={schoolId} query={query} result={result} />}
    </DeskPage>
  )
}

interface PartProps {
  request: FastifyRequest
  schoolId: string
  query: string
  result: SearchResult
}

function Found(props: PartProps) {
  const { students, bills, transfers } = props.result
  return (
    <>
      {students.length > 0 && <Students {...props} />}
      {bills.length > 0 && <Bills {...props} />}
      {transfers.length > 0 && <Transfers {...props} />}
    </>
  )
}

function Links({ request: { lang }, schoolId, query, kind }: PartProps & { kind: FoundKind }) {
  return <ExportLinks lang={lang} href={`${deskPath(schoolId)}/search/export/${kind}?q=${encodeURIComponent(query)}`} />
}

function Students(props: PartProps) {
  const { request: { lang }, schoolId, result } = props
  const t = searchText[lang]
  return (
    <Card title={t.students} action={<Links {...props} kind="students" />}>
      <Table caption={t.students} captionHidden rows={result.students} keyOf={({ id }) => id} empty="" columns={[
        { title: t.name, kind: 'head', cell: ({ id, fullName }) => <a href={studentPath(schoolId, id)} data-row>{fullName}</a> },
        { title: t.class, cell: ({ className }) => className ?? '' },
        { title: t.open, kind: 'number', cell: ({ openVnd }) => vndText(openVnd) },
      ]} />
    </Card>
  )
}

function Bills(props: PartProps) {
  const { request: { lang }, schoolId, result } = props
  const t = searchText[lang]
  return (
    <Card title={t.bills} action={<Links {...props} kind="bills" />}>
      <Table caption={t.bills} captionHidden rows={result.bills} keyOf={({ id }) => id} empty="" columns={[
        {
          title: t.name, kind: 'head',
          cell: ({ studentId, fullName }) => <a href={studentPath(schoolId, studentId)} data-row>{fullName}</a>,
        },
        { title: t.bill, cell: ({ roundName, state }) => <>{roundName} {state !== 'issued' && <Badge tone="plain">{t.withdrawn}</Badge>}</> },
        {
          title: t.code,
          cell: ({ paymentCode }) => <span class="review-code">{paymentCodeText(paymentCodeNumber(paymentCode))}</span>,
        },
        { title: t.due, cell: ({ dueOn }) => <span class="number">{dayText(dueOn)}</span> },
        { title: t.payable, kind: 'number', cell: ({ payableVnd }) => vndText(payableVnd) },
        { title: t.paid, kind: 'number', cell: ({ paidVnd }) => vndText(paidVnd) },
      ]} />
    </Card>
  )
}

function Transfers(props: PartProps) {
  const { request: { lang }, schoolId, result } = props
  const t = searchText[lang]
  return (
    <Card title={t.transfers} action={<Links {...props} kind="transfers" />}>
      <Table caption={t.transfers} captionHidden rows={result.transfers} keyOf={({ id }) => id} empty="" columns={[
        ...transferColumns(schoolId, t),
        { title: t.suspense, kind: 'number', cell: ({ suspenseVnd }) => (suspenseVnd === 0 ? '' : vndText(suspenseVnd)) },
      ]} />
    </Card>
  )
}
