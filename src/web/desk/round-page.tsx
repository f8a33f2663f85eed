// One round at a glance: what was billed, what came in and what is open, by class and by fee, and closing it.
import type { FastifyRequest } from 'fastify'
import type { ClassSums, FeeKindSums, RoundFigures, RoundSums } from '../../invoicing/round-figures.js'
import { Card } from '../components/content.js'
import { Button, ButtonLink, PostForm } from '../components/form.js'
import { EmptyState, Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { vndText, wholeText } from '../format.js'
import { CollectedBar, shareText } from './collected-bar.js'
import { roundPath } from './desk-links.js'
import { ExportLinks } from '../components/export-links.js'
import { Figures } from './figures.js'
import { mayHere } from './may-here.js'
import { RoundFrame } from './round-frame.js'
import type { ShownRound } from './round-frame.js'
import { roundsText } from './rounds-text.js'

interface RoundPageProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  round: ShownRound
  figures: RoundFigures
  done?: string | undefined
  refused?: string | undefined
}

export function RoundPage(props: RoundPageProps) {
  const { request, schoolId, round, figures: { total, byClass, byFeeKind } } = props
  const { lang } = request
  const t = roundsText[lang]
  const path = roundPath(schoolId, round.id)
  return (
    <RoundFrame {...props} tab="overview">
      {round.state === 'closed' && <Notice tone="info"><p>{t.closedNote}</p></Notice>}
      {total.invoices === 0
        ? (
          <EmptyState>
            <p>{t.noBills}</p>
            {mayHere(request, schoolId, 'invoices:write') &&
              <p><ButtonLink href={`${path}/preview`} kind="main">{t.toPreview}</ButtonLink></p>}
          </EmptyState>
        )
        : (
          <>
            <Card><CollectedBar lang={lang} {...total} /><TotalFacts total={total} lang={lang} /></Card>
            <Card title={t.byFee} action={<ExportLinks lang={lang} href={`${path}/export/fees`} />}>
              <Table caption={t.byFee} captionHidden columns={feeColumns(lang, total)} rows={byFeeKind}
                keyOf={({ feeKindId }) => feeKindId} empty={t.noBills} />
            </Card>
            <Card title={t.byClass} action={<ExportLinks lang={lang} href={`${path}/export/classes`} />}>
              <Table caption={t.byClass} captionHidden columns={classColumns(lang, total, path)} rows={byClass}
                keyOf={({ classId }) => classId ?? ''} empty={t.noBills} />
            </Card>
          </>
        )}
      {mayHere(request, schoolId, 'invoices:write') && <Closing request={request} path={path} round={round} />}
    </RoundFrame>
  )
}

function TotalFacts({ total, lang }: { total: RoundSums; lang: FastifyRequest['lang'] }) {
  const t = roundsText[lang]
  return (
    <Figures items={[
      { name: t.billed, value: vndText(total.billedVnd) },
      { name: t.collected, value: vndText(total.collectedVnd) },
      { name: t.open, value: vndText(total.openVnd) },
      { name: t.exempted, value: vndText(total.exemptedVnd) },
      { name: t.students, value: wholeText(total.students) },
      { name: t.bills, value: wholeText(total.invoices) },
      { name: t.settledBills, value: wholeText(total.settledInvoices) },
    ]} />
  )
}

type Collected = Pick<RoundSums, 'billedVnd' | 'collectedVnd' | 'openVnd'>

function moneyColumns(lang: FastifyRequest['lang'], total: Collected): Column<Collected>[] {
  const t = roundsText[lang]
  return [
    { title: t.billed, kind: 'number', cell: (row) => vndText(row.billedVnd), foot: vndText(total.billedVnd) },
    { title: t.collected, kind: 'number', cell: (row) => vndText(row.collectedVnd), foot: vndText(total.collectedVnd) },
    { title: t.open, kind: 'number', cell: (row) => vndText(row.openVnd), foot: vndText(total.openVnd) },
    { title: t.rate, kind: 'number', cell: (row) => shareText(row.collectedVnd, row.billedVnd),
      foot: shareText(total.collectedVnd, total.billedVnd) },
  ]
}

function feeColumns(lang: FastifyRequest['lang'], total: RoundSums): Column<FeeKindSums>[] {
  const t = roundsText[lang]
  return [
    { title: t.fee, kind: 'head', cell: ({ name }) => name, foot: t.total },
    { title: t.students, kind: 'number', cell: ({ lines }) => wholeText(lines), foot: '' },
    ...moneyColumns(lang, total),
  ]
}

function classColumns(lang: FastifyRequest['lang'], total: RoundSums, path: string): Column<ClassSums>[] {
  const t = roundsText[lang]
  return [
    { title: t.class, kind: 'head', foot: t.total,
      cell: ({ classId, name }) => classId === null ? t.noClass : <a href={`${path}/bills?classId=${classId}`}>{name}</a> },
    { title: t.students, kind: 'number', cell: ({ students }) => wholeText(students), foot: wholeText(total.students) },
    { title: t.settledBills, kind: 'number', foot: `${wholeText(total.settledInvoices)}/${wholeText(total.invoices)}`,
      cell: ({ settledInvoices, invoices }) => `${wholeText(settledInvoices)}/${wholeText(invoices)}` },
    ...moneyColumns(lang, total),
  ]
}

function Closing({ request, path, round }: { request: FastifyRequest; path: string; round: ShownRound }) {
  const t = roundsText[request.lang]
  return (
    <Card title={t.closing}>
      {round.state === 'open'
        ? (
          <PostForm request={request} action={`${path}/close`} class="stack" confirm={t.closeConfirm}>
            <p class="soft">{t.closeExplained}</p>
            <Button kind="danger">{t.close}</Button>
          </PostForm>
        )
        : <PostForm request={request} action={`${path}/reopen`}><Button kind="plain">{t.reopen}</Button></PostForm>}
    </Card>
  )
}
