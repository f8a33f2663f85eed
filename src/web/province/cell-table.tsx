// Who manages the schools, by level: one share a cell, chosen by tab, with its counts. Rows lead to the page
// of the authority below.
import type { CellRow, ShownTrio } from '../../adoption/published.js'
import { Card, Tabs } from '../components/content.js'
import { Table } from '../components/table.js'
import type { Lang } from '../text.js'
import { ExportLinks } from '../components/export-links.js'
import { exportPath, provincePath } from './links.js'
import type { Model } from './model.js'
import { viewQuery } from './query.js'
import type { DashboardView } from './query.js'
import { ShareCell } from './share.js'
import { levelText, text } from './text.js'

interface CellTableProps {
  model: Model
  lang: Lang
}

const MEASURES = [
  { measure: 'M2', key: 'm2', unit: 'schools' }, { measure: 'M3', key: 'm3', unit: 'students' },
  { measure: 'M5', key: 'm5', unit: 'vnd' },
] as const

export function CellTableCard({ model, lang }: CellTableProps) {
  const t = text[lang]
  return (
    <Card title={t.table} action={<ExportLinks href={exportPath(model, 'table')} lang={lang} />}>
      <Tabs label={t.measure} tabs={MEASURES.map(({ measure, key }) => ({
        href: `?${viewQuery(model.view, { measure })}#table`, label: `${t[key]} (${measure})`, current: model.view.measure === measure,
      }))} />
      <div id="table"><CellTable model={model} lang={lang} measure={model.view.measure} /></div>
      <p class="small soft">{t.tableNote}</p>
    </Card>
  )
}

export function CellTable({ model, lang, measure }: CellTableProps & { measure: DashboardView['measure'] }) {
  const t = text[lang]
  const { columns, rows, total } = model.table
  const shown = MEASURES.find((candidate) => candidate.measure === measure) ?? MEASURES[1]
  const cellOf = (trio: ShownTrio | null | undefined) => trio == null
    ? <span class="soft">-</span>
    : <ShareCell share={trio[shown.key]} unit={shown.unit} context={{ lang, smallCellMin: model.smallCellMin }} />
  return (
    <Table caption={`${t.table}: ${t[shown.key]}`} captionHidden rows={rows} empty={t.noSchools}
      keyOf={({ managedBy }) => managedBy?.id ?? ''} class="cell-table" columns={[
        { title: t.managedBy, kind: 'head', cell: ({ managedBy }) => <Manager of={managedBy} model={model} lang={lang} />,
          foot: t.total },
        ...columns.map((level, index) => ({
          title: levelText[lang][level], kind: 'number' as const,
          cell: ({ cells }: CellRow) => cellOf(cells[index]), foot: cellOf(total.cells[index]),
        })),
        { title: t.total, kind: 'number', cell: ({ all }) => cellOf(all), foot: cellOf(total.all) },
      ]} />
  )
}

function Manager({ of, model, lang }: CellTableProps & { of: CellRow['managedBy'] }) {
  if (of === null) return <>{text[lang].noManager}</>
  if (!of.isBelow) return <>{of.name}</>
  return <a href={provincePath(of.id, model.view)}>{of.name}</a>
}
