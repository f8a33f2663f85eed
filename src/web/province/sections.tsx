// The parts of the overview below the three figures: the other measures, fee groups and areas, the curve, the
// distribution.
import type { HidableShare } from '../../adoption/figure.js'
import { ChartFigure } from '../charts/chart-figure.js'
import { Histogram } from '../charts/histogram.js'
import { LineChart, LineLegend } from '../charts/line-chart.js'
import type { ChartLine } from '../charts/line-chart.js'
import { Card, Tabs } from '../components/content.js'
import { Table } from '../components/table.js'
import { dayText, wholeText } from '../format.js'
import type { Lang } from '../text.js'
import { ExportLinks } from '../components/export-links.js'
import { exportPath } from './links.js'
import { binLabel } from './model.js'
import type { Model } from './model.js'
import { viewQuery } from './query.js'
import { ShareCell } from './share.js'
import { text } from './text.js'

interface SectionProps {
  model: Model
  lang: Lang
}

export function OtherMeasures({ model, lang }: SectionProps) {
  const t = text[lang]
  const { view: { threshold, thresholdOf }, glance } = model
  const context = { lang, smallCellMin: model.smallCellMin }
  const rows = [
    { code: 'M1', name: t.m1, share: glance.m1, means: t.m1Means },
    { code: 'M4', name: t.m4, share: glance.m4, means: t.m4Means },
    { code: 'M6', name: t.m6, share: glance.m6, means: `${t.m6Means} ${t.m6Of(thresholdOf, `${threshold}%`)}.` },
  ]
  return (
    <Card title={t.otherMeasures}>
      <Table caption={t.otherMeasures} captionHidden rows={rows} keyOf={({ code }) => code} empty={t.noData} columns={[
        { title: t.measure, kind: 'head', cell: ({ code, name, means }) => (
          <>{name} <span class="soft">({code})</span><span class="share-counts">{means}</span></>
        ) },
        { title: t.rate, kind: 'number', cell: ({ share }) => <ShareCell share={share} unit="schools" context={context} /> },
      ]} />
    </Card>
  )
}

export function ByGroup({ model, lang }: SectionProps) {
  const t = text[lang]
  return (
    <Card title={t.byGroup} action={<ExportLinks href={exportPath(model, 'groups')} lang={lang} />}>
      <TrioTable caption={t.byGroup} head={t.feeGroup} lang={lang} smallCellMin={model.smallCellMin}
        rows={model.byGroup.map((row) => ({ ...row, key: row.group, name: t[row.group] }))} />
    </Card>
  )
}

export function ByArea({ model, lang }: SectionProps) {
  const t = text[lang]
  if (model.byArea.length === 0) return null
  return (
    <Card title={t.byArea}>
      <TrioTable caption={t.byArea} head={t.area} lang={lang} smallCellMin={model.smallCellMin}
        rows={model.byArea.map((row) => ({ ...row, key: row.area, name: t[row.area] }))} />
      <p class="small soft">{t.urbanTarget}</p>
    </Card>
  )
}

interface TrioRow {
  key: string
  name: string
  m2: HidableShare
  m3: HidableShare
  m5: HidableShare
}

export function TrioTable({ caption, head, rows, lang, smallCellMin }: {
  caption: string; head: string; rows: readonly TrioRow[]; lang: Lang; smallCellMin: number
}) {
  const t = text[lang]
  const context = { lang, smallCellMin }
  return (
    <Table caption={caption} captionHidden rows={rows} keyOf={({ key }) => key} empty={t.noData} columns={[
      { title: head, kind: 'head', cell: ({ name }) => name },
      { title: 'M2', kind: 'number', cell: ({ m2 }) => <ShareCell share={m2} unit="schools" context={context} /> },
      { title: 'M3', kind: 'number', cell: ({ m3 }) => <ShareCell share={m3} unit="students" context={context} /> },
      { title: 'M5', kind: 'number', cell: ({ m5 }) => <ShareCell share={m5} unit="vnd" context={context} /> },
    ]} />
  )
}

function trendLines({ model, lang }: SectionProps): ChartLine[] {
  const t = text[lang]
  const percent = ({ rate }: HidableShare): number | null => rate === null ? null : Number(rate)
  return [
    { label: 'M2', name: t.m2, values: model.trend.map(({ m2 }) => percent(m2)) },
    { label: 'M3', name: t.m3, values: model.trend.map(({ m3 }) => percent(m3)) },
    { label: 'M5', name: t.m5, values: model.trend.map(({ m5 }) => percent(m5)) },
  ]
}

export function TrendChart({ model, lang }: SectionProps) {
  const t = text[lang]
  return (
    <LineChart id="trend" title={t.trend} description={t.trendDesc(model.from, model.view.asOf)}
      points={model.trend.map(({ asOf }) => dayText(asOf).slice(0, 5))} lines={trendLines({ model, lang })} />
  )
}

export function TrendLegend(props: SectionProps) {
  return <LineLegend lines={trendLines(props)} />
}

export function Trend({ model, lang }: SectionProps) {
  const t = text[lang]
  return (
    <Card title={t.trend} action={<ExportLinks href={exportPath(model, 'trend')} lang={lang} />}>
      <ChartFigure tableTitle={t.asTable} chart={<TrendChart model={model} lang={lang} />}
        legend={<TrendLegend model={model} lang={lang} />}>
        <TrioTable caption={t.trend} head={t.week} lang={lang} smallCellMin={model.smallCellMin}
          rows={model.trend.map((point) => ({ ...point, key: point.asOf, name: dayText(point.asOf) }))} />
      </ChartFigure>
    </Card>
  )
}

export function Distribution({ model, lang }: SectionProps) {
  const t = text[lang]
  const { bins, noDataSchools, hiddenSchools } = model.distribution
  const rows = bins.map((count, index) => ({ label: binLabel(index), count }))
  const by = model.rankedBy === 'M3' ? t.m3 : t.m5
  return (
    <Card title={t.distribution} action={<ExportLinks href={exportPath(model, 'distribution')} lang={lang} />}>
      <RankedByTabs model={model} lang={lang} />
      <ChartFigure tableTitle={t.asTable} chart={
        <Histogram id="distribution" title={t.distribution} description={t.distributionDesc(by)} bins={rows} />
      }>
        <Table caption={t.distributionDesc(by)} rows={rows} keyOf={({ label }) => label} empty={t.noData} columns={[
          { title: t.range, kind: 'head', cell: ({ label }) => label },
          { title: t.schoolCount, kind: 'number', cell: ({ count }) => wholeText(count) },
        ]} />
      </ChartFigure>
      <p class="small soft">{t.distributionDesc(by)} {t.leftOut(noDataSchools, hiddenSchools)}</p>
    </Card>
  )
}

export function RankedByTabs({ model, lang }: SectionProps) {
  const t = text[lang]
  return (
    <Tabs label={t.rankedBy} tabs={(['M3', 'M5'] as const).map((measure) => ({
      href: `?${viewQuery(model.view, { measure })}`, label: `${measure === 'M3' ? t.trendStudents : t.trendMoney} (${measure})`,
      current: model.rankedBy === measure,
    }))} />
  )
}
