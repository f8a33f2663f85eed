// The first page of the dashboard: an authority's schools at a glance as of a day, and the ways down from
// there.
import type { FastifyRequest } from 'fastify'
import type { Day } from '../../time.js'
import { ButtonLink } from '../components/form.js'
import { EmptyState } from '../components/notice.js'
import { timeText } from '../format.js'
import { ProvincePage } from '../layout.js'
import { CellTableCard } from './cell-table.js'
import { ExportLinks } from '../components/export-links.js'
import { exportPath, provincePath, reportPath } from './links.js'
import type { Model } from './model.js'
import type { ViewFaults } from './query.js'
import { NotStarted, Ranking } from './school-tables.js'
import { ByArea, ByGroup, Distribution, OtherMeasures, Trend } from './sections.js'
import { text } from './text.js'
import { Tiles } from './tiles.js'
import { ViewForm } from './view-form.js'

interface OverviewProps {
  request: FastifyRequest
  model: Model
  faults: ViewFaults
  today: Day
}

export function Overview({ request, model, faults, today }: OverviewProps) {
  const { lang } = request
  const t = text[lang]
  const { authority, view } = model
  const above = authority.parentId !== null && request.viewer?.may('reports:read', { authorityId: authority.parentId })
  const part = { model, lang }
  return (
    <ProvincePage request={request} title={t.title} authorityId={authority.id} authorityName={authority.name}
      current="province" styles={['province.css']}>
      <div class="page-head">
        <div>
          <h1>{t.title}</h1>
          <p>
            <strong>{t.asOfDay(view.asOf)}</strong>, {t.schoolYear(model.schoolYear)}.{' '}
            <span class="small soft">{t.readAt(timeText(model.readAt))}.</span>
          </p>
          {above === true && authority.parentId !== null && (
            <p class="small"><a href={provincePath(authority.parentId, view)}>{authority.parentName}</a></p>
          )}
        </div>
        <div class="row no-print">
          <ExportLinks href={exportPath(model, 'glance')} lang={lang} />
          <ButtonLink href={reportPath(authority.id, view)}>{t.print}</ButtonLink>
        </div>
      </div>
      <ViewForm action={provincePath(authority.id)} view={view} faults={faults} today={today} lang={lang} />
      {model.schools.length === 0 ? <EmptyState>{t.noSchools}</EmptyState> : (
        <>
          <Tiles {...part} />
          <div class="columns columns-wide">
            <Trend {...part} />
            <Distribution {...part} />
          </div>
          <div class="columns columns-wide">
            <ByGroup {...part} />
            <div class="stack">
              <ByArea {...part} />
              <OtherMeasures {...part} />
            </div>
          </div>
          <Ranking {...part} />
          <NotStarted {...part} />
          <CellTableCard {...part} />
        </>
      )}
      <p class="small soft">{t.why(model.smallCellMin)}</p>
    </ProvincePage>
  )
}
