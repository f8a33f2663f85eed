// Schools in lists: the highest and the lowest, those that have not started, and all of them in pages. A
// school's name leads to its own page; no list has a child in it.
import type { SchoolLine, SchoolState } from '../../adoption/published.js'
import { Badge } from '../components/notice.js'
import type { Tone } from '../components/notice.js'
import { Card } from '../components/content.js'
import { Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { wholeText } from '../format.js'
import type { Lang } from '../text.js'
import { ExportLinks } from '../components/export-links.js'
import { exportPath, schoolPath, schoolsPath } from './links.js'
import type { Model } from './model.js'
import { RankedByTabs } from './sections.js'
import { ShareCell } from './share.js'
import { levelText, text } from './text.js'

interface ListProps {
  model: Model
  lang: Lang
}

const SHOWN = 10

export function Ranking({ model, lang }: ListProps) {
  const t = text[lang]
  const { ranked } = model
  const places = ranked.map((line, index) => ({ ...line, place: index + 1 }))
  const bottom = places.slice(Math.max(SHOWN, places.length - SHOWN)).reverse()
  return (
    <Card title={t.ranking} action={<ExportLinks href={exportPath(model, 'schools')} lang={lang} />}>
      <RankedByTabs model={model} lang={lang} />
      <div class="columns columns-wide">
        <RankTable title={t.top} rows={places.slice(0, SHOWN)} model={model} lang={lang} />
        {bottom.length > 0 && <RankTable title={t.bottom} rows={bottom} model={model} lang={lang} />}
      </div>
      <p class="no-print"><a href={schoolsPath(model.authority.id, model.view)}>{t.allSchools(model.schools.length)}</a></p>
    </Card>
  )
}

function RankTable({ title, rows, model, lang }: ListProps & {
  title: string; rows: readonly (SchoolLine & { place: number })[]
}) {
  const t = text[lang]
  const context = { lang, smallCellMin: model.smallCellMin }
  const byStudents = model.rankedBy === 'M3'
  return (
    <Table caption={title} rows={rows} keyOf={({ schoolId }) => schoolId} empty={t.noRanking}
      class="rank-table" columns={[
      { title: t.rank, kind: 'number', cell: ({ place }) => wholeText(place) },
      schoolColumn(model, lang),
      byStudents
        ? { title: 'M3', kind: 'number',
          cell: ({ students }) => <ShareCell share={students} unit="students" context={context} /> }
        : { title: 'M5', kind: 'number',
          cell: ({ money }) => <ShareCell share={money} unit="vnd" context={context} /> },
    ]} />
  )
}

function schoolColumn<Line extends SchoolLine>({ authority, view }: Model, lang: Lang): Column<Line> {
  return {
    title: text[lang].school, kind: 'head',
    cell: ({ schoolId, name, managedBy }) => (
      <>
        <a href={schoolPath(authority.id, schoolId, view.asOf)}>{name}</a>
        <span class="share-counts">{managedBy?.name ?? text[lang].noManager}</span>
      </>
    ),
  }
}

export function NotStarted({ model, lang }: ListProps) {
  const t = text[lang]
  const { notStarted, authority, view } = model
  const withoutChannel = notStarted.filter(({ state }) => state === 'no_channel')
  const withChannel = notStarted.filter(({ state }) => state === 'no_payment')
  return (
    <Card title={t.notStarted}>
      {notStarted.length === 0 && <p>{t.allStarted}</p>}
      <div class="columns">
        {([['no_channel', withoutChannel], ['no_payment', withChannel]] as const).map(([state, schools]) => (
          <section key={state}>
            <h3>{t[state]}: <span class="number">{wholeText(schools.length)}</span></h3>
            <ul class="plain-list">
              {schools.slice(0, SHOWN).map(({ schoolId, name }) => (
                <li key={schoolId}><a href={schoolPath(authority.id, schoolId, view.asOf)}>{name}</a></li>
              ))}
            </ul>
            {schools.length > SHOWN && (
              <p><a href={schoolsPath(authority.id, view, { state })}>{t.more(schools.length)}</a></p>
            )}
          </section>
        ))}
      </div>
    </Card>
  )
}

const TONES: Readonly<Record<SchoolState, Tone | 'plain'>> = { started: 'good', no_payment: 'warn', no_channel: 'plain' }

export function StateBadge({ state, lang }: { state: SchoolState; lang: Lang }) {
  return <Badge tone={TONES[state]}>{text[lang][state]}</Badge>
}

export function SchoolTable({ model, rows, lang }: ListProps & { rows: readonly SchoolLine[] }) {
  const t = text[lang]
  const context = { lang, smallCellMin: model.smallCellMin }
  return (
    <Table caption={t.schoolsTitle} captionHidden rows={rows} keyOf={({ schoolId }) => schoolId}
      empty={t.noSchools} columns={[
      schoolColumn(model, lang),
      { title: t.level, cell: ({ levels }) => levels.map((level) => levelText[lang][level]).join(', ') },
      { title: t.area, cell: ({ urban }) => urban ? t.urban : t.rural },
      { title: t.state, cell: ({ state }) => <StateBadge state={state} lang={lang} /> },
      { title: `${t.students} (M3)`, kind: 'number', cell: ({ students }) =>
        <ShareCell share={students} unit="students" context={context} /> },
      { title: `${t.money} (M5)`, kind: 'number',
        cell: ({ money }) => <ShareCell share={money} unit="vnd" context={context} /> },
    ]} />
  )
}
