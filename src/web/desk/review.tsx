// The review queue: what waits longest first, why, and whose it most likely is; beside it what was ended and what waits
// for its return. One look a row, one key a step.
import type { FastifyRequest } from 'fastify'
import type { QueueItem, QueueView } from '../../reconciliation/read-review.js'
import { Tabs } from '../components/content.js'
import { Badge, Notice } from '../components/notice.js'
import { Pager, Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { dayText, timeText, vndText } from '../format.js'
import { DeskPage } from '../layout.js'
import { actorText } from './actor-queries.js'
import { ExportLinks } from '../components/export-links.js'
import { reviewItemPath, reviewPath } from './review-links.js'
import { candidateText, reasonText, resolutionText } from './review-reason-text.js'
import { reviewText } from './review-text.js'

export interface ReviewQueueProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  view: QueueView
  reason: string | undefined
  counts: readonly { reason: string; count: number }[]
  items: readonly QueueItem[]
  nextHref: string | null
  names: ReadonlyMap<string, string>
  done: string | undefined
}

export function ReviewQueuePage(props: ReviewQueueProps) {
  const { request, schoolId, schoolName, view, reason, items, nextHref, done } = props
  const { lang } = request
  const t = reviewText[lang]
  const empty = { open: t.empty, resolved: t.emptyResolved, not_ours: t.emptyNotOurs }[view]
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.title} current="review"
      styles={['review.css']} scripts={['review.js']}>
      <div class="page-head">
        <h1>{t.title}</h1>
        <ExportLinks lang={lang} href={reviewPath(schoolId, { view, reason })} />
      </div>
      <p class="soft">{t.intro}</p>
      {done !== undefined && <Notice tone="good"><p>{doneText(lang, done)}</p></Notice>}
      <Tabs label={t.views} tabs={tabs(props)} />
      <Table caption={t.title} captionHidden class="review-queue" rows={items} keyOf={({ id }) => id} empty={empty}
        columns={view === 'open' ? openColumns(props) : endedColumns(props)} />
      <Pager nextHref={nextHref} label={t.more} />
      <Keys lang={lang} />
    </DeskPage>
  )
}

export function doneText(lang: 'vi' | 'en', done: string): string {
  const t = reviewText[lang]
  const known: Readonly<Record<string, string>> =
    { assigned: t.doneAssigned, part: t.donePart, reopened: t.doneReopened }
  return known[done] ?? t.doneDecided
}

export function Keys({ lang }: { lang: 'vi' | 'en' }) {
  const t = reviewText[lang]
  return (
    <details class="keys no-print">
      <summary data-key="?" aria-keyshortcuts="?">{t.keys} (?)</summary>
      <p class="small soft">{t.keysText}</p>
    </details>
  )
}

function tabs({ request: { lang }, schoolId, view, reason, counts }: ReviewQueueProps) {
  const t = reviewText[lang]
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  return [
    { href: reviewPath(schoolId), label: t.all, count: total, current: view === 'open' && reason === undefined },
    ...counts.map((one) => ({
      href: reviewPath(schoolId, { reason: one.reason }), label: reasonText(one.reason, lang).short, count: one.count,
      current: view === 'open' && reason === one.reason,
    })),
    { href: reviewPath(schoolId, { view: 'not_ours' }), label: t.notOurs, current: view === 'not_ours' },
    { href: reviewPath(schoolId, { view: 'resolved' }), label: t.resolved, current: view === 'resolved' },
  ]
}

function openColumns({ request: { lang }, schoolId }: ReviewQueueProps): Column<QueueItem>[] {
  const t = reviewText[lang]
  return [
    dayColumn(t.day),
    amountColumn(t.amount),
    contentColumn(lang, schoolId),
    { title: t.why, kind: 'wide', cell: ({ reason }) => reasonText(reason, lang).why },
    { title: t.best, kind: 'wide', cell: ({ best, acts }) => acts.includes('assign') && <Best best={best} lang={lang} /> },
  ]
}

function endedColumns({ request: { lang }, schoolId, names }: ReviewQueueProps): Column<QueueItem>[] {
  const t = reviewText[lang]
  return [
    dayColumn(t.day),
    amountColumn(t.amount),
    contentColumn(lang, schoolId),
    { title: t.how, cell: ({ resolution }) => <Badge tone="plain">{resolutionText(resolution, lang)}</Badge> },
    { title: t.note, kind: 'wide', cell: ({ note }) => note ?? '' },
    { title: t.who, cell: ({ resolvedBy }) => actorText(resolvedBy, names, lang) },
    {
      title: t.when,
      cell: ({ resolvedAt }) => (resolvedAt === null ? '' : <span class="number">{timeText(resolvedAt)}</span>),
    },
  ]
}

function dayColumn(title: string): Column<QueueItem> {
  return {
    title,
    cell: ({ bankDay, recordedAt }) =>
      <span class="number">{bankDay === null ? timeText(recordedAt) : dayText(bankDay)}</span>,
  }
}

/** What still waits of the transfer; all of it where nothing was placed. */
function amountColumn(title: string): Column<QueueItem> {
  return {
    title, kind: 'number',
    cell: ({ amountVnd, suspenseVnd, state, direction }) => {
      const vnd = state === 'open' && suspenseVnd !== null && suspenseVnd > 0 ? suspenseVnd : amountVnd
      return vnd === null ? '' : `${direction === 'out' ? '−' : ''}${vndText(vnd)}`
    },
  }
}

function contentColumn(lang: 'vi' | 'en', schoolId: string): Column<QueueItem> {
  const t = reviewText[lang]
  return {
    title: t.content, kind: 'wide',
    cell: ({ id, memo, counterName, bankCallbackId, bankEventId }) => {
      const call = bankCallbackId !== null && bankEventId === null
      const text = memo === null ? (call ? t.call : t.noMemo) : memo.trim() === '' ? t.noMemo : memo
      return (
        <>
          <a href={reviewItemPath(schoolId, id)} data-row>{text}</a>
          {counterName !== null && <span class="review-payer soft small">{counterName}</span>}
        </>
      )
    },
  }
}

function Best({ best, lang }: { best: QueueItem['best']; lang: 'vi' | 'en' }) {
  if (best === null) return <span class="soft">{reviewText[lang].noCandidate}</span>
  return (
    <>
      <span class="review-name">
        {best.fullName}{best.className !== null && <span class="soft"> · {best.className}</span>}
      </span>
      <ReasonList reasons={best.reasons} lang={lang} />
    </>
  )
}

export function ReasonList({ reasons, lang }: { reasons: NonNullable<QueueItem['best']>['reasons']; lang: 'vi' | 'en' }) {
  return <span class="review-reasons small soft">{reasons.map((reason) => candidateText(reason, lang)).join(' · ')}</span>
}
