// The rows of a list before it is taken over, by what becomes of them: new, updated, unchanged, faulty, and the
// students who are not in it.
import type { KeptPreview } from '../../directory/roster-preview.js'
import type { RosterDetail, RosterOutcome } from '../../directory/roster-plan.js'
import { Tabs } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Table } from '../components/table.js'
import { dayText, wholeText } from '../format.js'
import type { Lang } from '../text.js'
import { FaultTable, sheetColumn } from './import-fault-table.js'
import { importText } from './import-text.js'

export const PREVIEW_VIEWS = ['created', 'updated', 'unchanged', 'faults', 'missing'] as const
export type PreviewView = (typeof PREVIEW_VIEWS)[number]

const SHOWN_MAX = 2_000

export function previewCounts({ result }: KeptPreview): Readonly<Record<PreviewView, number>> {
  const { created, updated, unchanged, refused, missing } = result
  return { created, updated, unchanged, faults: refused, missing }
}

/** What is looked at first: what needs care, else what changes. */
export function firstView(preview: KeptPreview): PreviewView {
  const counts = previewCounts(preview)
  return (['faults', 'created', 'updated'] as const).find((view) => counts[view] > 0) ?? 'unchanged'
}

export function PreviewTabs({ lang, path, preview, view }: {
  lang: Lang; path: string; preview: KeptPreview; view: PreviewView
}) {
  const t = importText[lang]
  const counts = previewCounts(preview)
  const tabs = PREVIEW_VIEWS.map((key) => ({
    href: `${path}?view=${key}`, label: t[key], count: counts[key], current: key === view,
  }))
  return (
    <>
      <Tabs label={t.views} tabs={tabs} />
      {counts[view] > 0 && <ExportLinks lang={lang} href={`${path}/export/${view}`} />}
      {view === 'faults' && <p class="soft">{t.faultsHint}</p>}
      {view === 'missing' && <p class="soft">{t.missingHint}</p>}
      <Rows lang={lang} preview={preview} view={view} />
      {counts[view] > SHOWN_MAX && <p class="soft small">{t.cut(SHOWN_MAX)}</p>}
    </>
  )
}

function Rows({ lang, preview, view }: { lang: Lang; preview: KeptPreview; view: PreviewView }) {
  const t = importText[lang]
  if (view === 'faults') return <FaultTable lang={lang} faults={preview.result.faults.slice(0, SHOWN_MAX)} others={preview.others} />
  if (view === 'missing') {
    return (
      <Table caption={t.missing} captionHidden rows={preview.missing.slice(0, SHOWN_MAX)}
        keyOf={({ studentId }) => studentId} empty={t.none} columns={[{ title: t.name, kind: 'head', cell: ({ fullName }) => fullName }]} />
    )
  }
  const rows = preview.outcomes.filter(({ kind }) => kind === view).slice(0, SHOWN_MAX)
  return (
    <Table caption={t[view]} captionHidden rows={rows} keyOf={keyOf} empty={t.none} columns={[
      ...sheetColumn(rows, lang),
      { title: t.row, kind: 'number', cell: ({ row }) => wholeText(row) },
      { title: t.name, kind: 'head', cell: ({ fullName }) => fullName },
      { title: t.class, cell: ({ className }) => className },
      { title: t.change, kind: 'wide', cell: (outcome) => changeText(outcome, lang) },
      ...(view === 'updated' ? [{ title: t.beforeAfter, kind: 'wide' as const, cell: (outcome: RosterOutcome) => (
        <>{beforeAfter(outcome, lang).map((line) => <div>{line}</div>)}</>
      ) }] : []),
    ]} />
  )
}

function keyOf({ sheet, row }: RosterOutcome): string {
  return `${sheet ?? ''} ${row}`
}

export function changeText({ kind, changed, placed }: RosterOutcome, lang: Lang): string {
  const t = importText[lang]
  if (kind === 'created') return t.newStudent
  return [...(placed === 'stays' ? [] : [t[placed]]), ...changed.map((field) => t[field])].join(', ')
}

/** What was known and what the file says instead: whoever looks sees a child that would become another one. */
export function beforeAfter({ changed, before, after, className, classBefore }: RosterOutcome, lang: Lang): string[] {
  const t = importText[lang]
  const moved = classBefore === null ? [] : [t.changedFromTo(t.class.toLowerCase(), classBefore, className)]
  return [...moved, ...changed.map((field) =>
    t.changedFromTo(t[field], detailText(field, before[field] ?? null, lang), detailText(field, after[field], lang)))]
}

function detailText(field: RosterDetail, value: string | null, lang: Lang): string {
  const t = importText[lang]
  if (value === null) return t.unknown
  if (field === 'gender') return value === 'male' ? t.male : t.female
  return field === 'birthOn' ? dayText(value) : value
}
