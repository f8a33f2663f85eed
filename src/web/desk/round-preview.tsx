// What issuing would change now, the button that does it, and how far a run is that does it already.
import type { FastifyRequest } from 'fastify'
import { readNobody } from '../../invoicing/nobody.js'
import type { NobodyCode } from '../../invoicing/nobody.js'
import { roundDay } from '../../invoicing/plan.js'
import type { Preview } from '../../invoicing/preview.js'
import type { listRuns } from '../../invoicing/start-run.js'
import { Card, Progress } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Button, ButtonLink, Checkbox, PostForm } from '../components/form.js'
import { EmptyState, Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { dayText, timeText, vndText, wholeText } from '../format.js'
import type { Lang } from '../text.js'
import { roundPath, roundStudentPath } from './desk-links.js'
import { Figures } from './figures.js'
import { mayHere } from './may-here.js'
import { RoundFrame } from './round-frame.js'
import type { ShownRound } from './round-frame.js'
import { Breaches } from './round-plan.js'
import { roundsText } from './rounds-text.js'

export type ShownRun = Awaited<ReturnType<typeof listRuns>>['items'][number]

interface RoundPreviewProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  round: ShownRound
  run: ShownRun | undefined
  /** Undefined while a run is under way: it would be out of date at once. */
  preview: Preview | undefined
  /** Of the students whose bills are listed, by id. */
  names: ReadonlyMap<string, string>
  refused?: string | undefined
}

export function RoundPreviewPage(props: RoundPreviewProps) {
  const { request, round, run, preview } = props
  const t = roundsText[request.lang]
  return (
    <RoundFrame {...props} tab="preview" scripts={['live-state.js']}>
      {round.state === 'closed' && <Notice tone="info"><p>{t.closedNote}</p></Notice>}
      {run !== undefined && <RunState {...props} run={run} />}
      {preview !== undefined && <PreviewParts {...props} preview={preview} />}
    </RoundFrame>
  )
}

/** What `live-state.js` compares: another text, and the page is loaded again. */
export function runStateText({ state, done_count: doneCount }: Pick<ShownRun, 'state' | 'done_count'>): string {
  return `${state} ${doneCount}`
}

function RunState({ request, schoolId, round, run }: RoundPreviewProps & { run: ShownRun }) {
  const t = roundsText[request.lang]
  const path = roundPath(schoolId, round.id)
  const [nobody, keptCount] = [readNobody(run.nobody), run.kept_count ?? 0]
  if (run.state === 'failed') {
    return <Notice tone="bad" title={t.runFailed}><p>{failureText(run.failure ?? '', request.lang)}</p></Notice>
  }
  if (run.state === 'done') {
    return (
      <Notice tone="good" title={`${t.lastRun}: ${timeText(run.finished_at ?? run.created_at)}`}>
        <p>{t.runDone(run.issued_count, run.superseded_count, run.cancelled_count, run.unchanged_count)}</p>
        {keptCount > 0 && <p>{t.runKept(keptCount)}</p>}
        {nobody !== null && <p>{nobodySentence(nobody.code, round, request.lang)}</p>}
      </Notice>
    )
  }
  return (
    <Card title={t.runTitle}>
      <div data-live={`${path}/runs/${run.id}/state`} data-live-state={runStateText(run)} aria-live="polite">
        {run.student_count === 0
          ? <p>{t.runQueued}</p>
          : <Progress done={run.done_count} total={run.student_count} label={t.runProgress} />}
      </div>
      <p class="soft">{t.runNote}</p>
      <ButtonLink href={`${path}/preview`}>{t.reload}</ButtonLink>
    </Card>
  )
}

/** The text of a failure is for the log; a person is told which kind it was. */
function failureText(failure: string, lang: Lang): string {
  const t = roundsText[lang]
  if (failure === 'the round was closed') return t.runFailedClosed
  return failure.startsWith('PRICE_CAP_EXCEEDED') ? t.runFailedCaps : t.runFailedOther
}

type Change = keyof Preview['diff']
export const CHANGES = ['new', 'changed', 'gone', 'unchanged'] as const satisfies readonly Change[]

export function changeText(change: Change, lang: Lang): string {
  const t = roundsText[lang]
  return { new: t.changeNew, changed: t.changeChanged, gone: t.changeGone, unchanged: t.changeUnchanged }[change]
}

/** Why a round bills nobody, for the person who looks at it. */
function nobodySentence(code: NobodyCode, round: ShownRound, lang: Lang): string {
  const t = roundsText[lang]
  switch (code) {
    case 'ALL_ISSUED': return t.nothingToIssue
    case 'NO_CLASS_OF_YEAR': return t.noClassOfYear(round.schoolYear)
    case 'NOBODY_ENROLLED': return t.nobodyEnrolled(round.schoolYear, roundDay(round))
    case 'NO_FEE_PLANNED': return t.planEmpty
    case 'NO_FEE_APPLIES': return t.noFeeApplies
  }
}

function PreviewParts(props: RoundPreviewProps & { preview: Preview }) {
  const { request, schoolId, round, preview } = props
  const { lang } = request
  const t = roundsText[lang]
  const path = roundPath(schoolId, round.id)
  const { diff, breaches, nobody } = preview
  const issued = diff.new.invoices + diff.changed.invoices
  if (nobody !== null && preview.invoices === 0 && diff.gone.invoices === 0) {
    const isPlanned = nobody.code !== 'NO_FEE_PLANNED' && nobody.code !== 'NO_FEE_APPLIES'
    return (
      <EmptyState>
        <p>{nobodySentence(nobody.code, round, lang)}</p>
        {!isPlanned && <p><ButtonLink href={`${path}/plan`} kind="main">{t.tabPlan}</ButtonLink></p>}
      </EmptyState>
    )
  }
  const mayIssue = round.state === 'open' && mayHere(request, schoolId, 'invoices:write')
  return (
    <>
      <Breaches breaches={breaches} lang={lang} />
      <Card title={t.previewTitle} action={<ExportLinks lang={lang} href={`${path}/export/changes`} />}>
        <Table caption={t.previewTitle} captionHidden columns={diffColumns(preview, lang)} empty={t.planEmpty}
          rows={CHANGES} keyOf={(change) => change} />
        {nobody !== null && <p>{nobodySentence(nobody.code, round, lang)}</p>}
        {mayIssue && issued + diff.gone.invoices > 0 ? (
          <PostForm request={request} action={`${path}/runs`} class="stack" confirm={t.issueConfirm}>
            <input type="hidden" name="previewed" value={preview.mark} />
            <GoneBills {...props} mayChoose />
            <Button disabled={breaches.length > 0}>{t.issue(issued)}</Button>
          </PostForm>
        ) : <GoneBills {...props} mayChoose={false} />}
        <Figures items={[
          { name: t.students, value: wholeText(preview.students) },
          { name: t.zeroBills, value: wholeText(preview.zeroBillStudents) },
          { name: t.exempted, value: vndText(preview.exemptedVnd) },
        ]} />
      </Card>
      <LeftBills {...props} />
      <div class="columns columns-wide">
        <Card title={t.byFee} action={<ExportLinks lang={lang} href={`${path}/export/planned-fees`} />}>
          <Table caption={t.byFee} captionHidden columns={sumColumns(t.fee, preview, lang)} rows={preview.byFeeKind}
            keyOf={({ name }) => name} empty={t.planEmpty} />
        </Card>
        <Card title={t.byClass} action={<ExportLinks lang={lang} href={`${path}/export/planned-classes`} />}>
          <Table caption={t.byClass} captionHidden columns={sumColumns(t.class, preview, lang)} rows={preview.byClass}
            keyOf={({ name }) => name} empty={t.planEmpty} />
        </Card>
      </div>
    </>
  )
}

/** What would be cancelled without a new bill: with money on it only when it is ticked. */
function GoneBills({ request, schoolId, round, preview, names, mayChoose }: RoundPreviewProps & {
  preview: Preview; mayChoose: boolean
}) {
  const { lang } = request
  const t = roundsText[lang]
  const gone = preview.withdrawn.filter(({ change }) => change === 'gone')
  if (gone.length === 0) return null
  const more = preview.diff.gone.invoices - gone.length
  const withMoney = gone.some(({ paidVnd }) => paidVnd > 0)
  return (
    <Notice tone="warn" title={t.goneTitle(preview.diff.gone.invoices)}>
      {withMoney && <p>{t.goneAsks}</p>}
      <Table caption={t.goneTitle(preview.diff.gone.invoices)} captionHidden rows={gone} empty=""
        keyOf={({ invoiceId }) => invoiceId} columns={[
          { title: t.studentName, kind: 'head', cell: ({ studentId }) =>
            <a href={roundStudentPath(schoolId, round.id, studentId)}>{names.get(studentId) ?? t.studentName}</a> },
          { title: t.because, cell: ({ because }) => because === 'NOT_ENROLLED' ? t.becauseNotEnrolled : t.becauseNoFee },
          { title: t.issuedNow, kind: 'number', cell: ({ issuedPayableVnd }) => vndText(issuedPayableVnd) },
          { title: t.collected, kind: 'number', cell: ({ paidVnd }) => vndText(paidVnd) },
          { title: t.changeGone, cell: ({ invoiceId, paidVnd }) => paidVnd === 0 ? t.goesAlong
            : mayChoose
              ? <Checkbox label={t.cancelThis} name="withdraw" id={`withdraw-${invoiceId}`} value={invoiceId} />
              : t.staysUnlessNamed },
        ]} />
      {more > 0 && <p>{t.andMore(more)}</p>}
    </Notice>
  )
}

/** Bills that were right when they were made: whoever thinks otherwise cancels them one by one. */
function LeftBills({ request, schoolId, round, preview, names }: RoundPreviewProps & { preview: Preview }) {
  const t = roundsText[request.lang]
  if (preview.left.length === 0) return null
  return (
    <Card title={t.leftTitle}>
      <p class="soft small">{t.leftHint}</p>
      <Table caption={t.leftTitle} captionHidden rows={preview.left} empty="" keyOf={({ invoiceId }) => invoiceId} columns={[
        { title: t.studentName, kind: 'head', cell: ({ studentId }) =>
          <a href={roundStudentPath(schoolId, round.id, studentId)}>{names.get(studentId) ?? t.studentName}</a> },
        { title: t.leftOn, cell: ({ leftOn }) => leftOn === null ? '' : dayText(leftOn) },
        { title: t.issuedNow, kind: 'number', cell: ({ payableVnd }) => vndText(payableVnd) },
        { title: t.collected, kind: 'number', cell: ({ paidVnd }) => vndText(paidVnd) },
      ]} />
    </Card>
  )
}

function diffColumns({ diff, payableVnd }: Preview, lang: Lang): Column<Change>[] {
  const t = roundsText[lang]
  const sum = (pick: (change: Change) => number): number =>
    CHANGES.reduce((total, change) => total + pick(change), 0)
  return [
    { title: t.change, kind: 'head', cell: (change) => changeText(change, lang), foot: t.total },
    { title: t.bills, kind: 'number', cell: (change) => wholeText(diff[change].invoices),
      foot: wholeText(sum((change) => diff[change].invoices)) },
    { title: t.issuedNow, kind: 'number', cell: (change) => vndText(diff[change].issuedPayableVnd),
      foot: vndText(sum((change) => diff[change].issuedPayableVnd)) },
    { title: t.after, kind: 'number', cell: (change) => vndText(diff[change].payableVnd), foot: vndText(payableVnd) },
  ]
}

interface NamedSums {
  name: string
  students: number
  exemptedVnd: number
  payableVnd: number
}

function sumColumns(title: string, total: Preview, lang: Lang): Column<NamedSums>[] {
  const t = roundsText[lang]
  return [
    { title, kind: 'head', cell: ({ name }) => name, foot: t.total },
    { title: t.students, kind: 'number', cell: ({ students }) => wholeText(students), foot: '' },
    { title: t.exempted, kind: 'number', cell: (row) => vndText(row.exemptedVnd), foot: vndText(total.exemptedVnd) },
    { title: t.billed, kind: 'number', cell: (row) => vndText(row.payableVnd), foot: vndText(total.payableVnd) },
  ]
}
