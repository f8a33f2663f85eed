// All schools of an authority in one list, by name or by what they still lack, a page at a time.
import type { FastifyRequest } from 'fastify'
import type { SchoolLine } from '../../adoption/published.js'
import type { Day } from '../../time.js'
import { Tabs } from '../components/content.js'
import { Pager } from '../components/table.js'
import { timeText } from '../format.js'
import { ProvincePage } from '../layout.js'
import { ExportLinks } from '../components/export-links.js'
import { exportPath, provincePath, schoolsPath } from './links.js'
import type { Model } from './model.js'
import { SCHOOL_STATES, viewQuery } from './query.js'
import type { ViewFaults } from './query.js'
import { SchoolTable } from './school-tables.js'
import { text } from './text.js'
import { ViewForm } from './view-form.js'

interface SchoolsPageProps {
  request: FastifyRequest
  model: Model
  faults: ViewFaults
  today: Day
  rows: readonly SchoolLine[]
  nextCursor: string | null
}

export function SchoolsPage({ request, model, faults, today, rows, nextCursor }: SchoolsPageProps) {
  const { lang } = request
  const t = text[lang]
  const { authority, view, schools } = model
  const countOf = (state: string): number => schools.filter((line) => line.state === state).length
  const nextHref = nextCursor === null
    ? null
    : `${schoolsPath(authority.id, view)}&cursor=${encodeURIComponent(nextCursor)}`
  return (
    <ProvincePage request={request} title={t.schoolsTitle} authorityId={authority.id} authorityName={authority.name}
      current="province" styles={['province.css']}>
      <p class="small no-print"><a href={provincePath(authority.id, { ...view, state: null })}>{t.back}</a></p>
      <div class="page-head">
        <div>
          <h1>{t.schoolsTitle}</h1>
          <p>{t.asOfDay(view.asOf)}. <span class="small soft">{t.readAt(timeText(model.readAt))}.</span></p>
        </div>
        <ExportLinks href={exportPath(model, 'schools')} lang={lang} />
      </div>
      <ViewForm action={`${provincePath(authority.id)}/schools`} view={view} faults={faults} today={today} lang={lang} />
      <Tabs label={t.state} tabs={[null, ...SCHOOL_STATES].map((state) => ({
        href: `?${viewQuery(view, { state })}`, label: state === null ? t.all : t[state],
        count: state === null ? schools.length : countOf(state), current: view.state === state,
      }))} />
      <SchoolTable model={model} rows={rows} lang={lang} />
      <Pager nextHref={nextHref} label={t.next} />
      <p class="small soft">{t.why(model.smallCellMin)}</p>
    </ProvincePage>
  )
}
