// The dashboard over HTTP: the overview, the list of schools, one school, the printed report and the files.
// Thin: what is read is decided by the adoption feature, what may be shown of it by its rules of disclosure.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { createDashboards } from '../../adoption/dashboard.js'
import type { SchoolLine } from '../../adoption/published.js'
import { AuthorityParams } from '../../adoption/schema.js'
import { readSchoolReport } from '../../adoption/school-report.js'
import type { SchoolReport } from '../../adoption/school-report.js'
import type { Deps } from '../../deps.js'
import { sendTable, TABLE_FORMATS } from '../../export/table-file.js'
import type { TableFormat } from '../../export/table-file.js'
import { decodeIdCursor, toPage } from '../../http/paging.js'
import { vietnamDay } from '../../time.js'
import { sendPage } from '../page.js'
import { exportTable } from './exports.js'
import { EXPORTS, SCHOOL_EXPORTS } from './links.js'
import { modelOf } from './model.js'
import type { Model } from './model.js'
import { Overview } from './overview.js'
import { priceCapPages } from './price-caps-routes.js'
import { readView } from './query.js'
import type { ViewFaults } from './query.js'
import { ReportPage } from './report-page.js'
import { schoolTable } from './school-exports.js'
import { SchoolPage } from './school-page.js'
import { SchoolsPage } from './schools-page.js'

const Query = Type.Record(Type.String(), Type.String())
const SchoolParams = Type.Object({ ...AuthorityParams.properties, schoolId: Type.String({ format: 'uuid' }) })
const config = { scope: 'reports:read', page: true } as const
const SCHOOLS_A_PAGE = 50

export function provincePages(deps: Deps): FastifyPluginAsyncTypebox {
  const { reportsDb, now, config: { smallCellMin, dashboardKeptMs, ...limits } } = deps
  const readDashboard = createDashboards({
    reportsDb, now, keepMs: dashboardKeptMs,
    readings: { atOnce: limits.dashboardReadingsAtOnce, waitingMax: limits.dashboardReadingsWaiting },
  })
  const today = (): string => vietnamDay(now())

  async function read(
    authorityId: string, query: Readonly<Record<string, string>>,
  ): Promise<{ model: Model; faults: ViewFaults; status: number }> {
    const { view, faults } = readView(query, today())
    const dashboard = await readDashboard({ authorityId, asOf: view.asOf, feeGroup: view.feeGroup })
    const status = Object.keys(faults).length > 0 ? 422 : 200
    return { model: modelOf(dashboard, view, smallCellMin), faults, status }
  }

  async function readReport(of: Static<typeof SchoolParams>, query: Static<typeof Query>): Promise<SchoolReport> {
    const { view: { asOf } } = readView(query, today())
    return readSchoolReport({ ...deps, readDashboard }, { ...of, asOf, smallCellMin })
  }

  return async (app) => {
    await app.register(priceCapPages(deps))

    app.get('/province/:authorityId', {
      config, schema: { hide: true, params: AuthorityParams, querystring: Query },
    }, async (request, reply) => {
      const { model, faults, status } = await read(request.params.authorityId, request.query)
      return sendPage(reply, <Overview request={request} model={model} faults={faults} today={today()} />, status)
    })

    app.get('/province/:authorityId/report', {
      config, schema: { hide: true, params: AuthorityParams, querystring: Query },
    }, async (request, reply) => {
      const { model } = await read(request.params.authorityId, request.query)
      return sendPage(reply, <ReportPage request={request} model={model} />)
    })

    app.get('/province/:authorityId/schools', {
      config, schema: { hide: true, params: AuthorityParams, querystring: Query },
    }, async (request, reply) => {
      const { model, faults, status } = await read(request.params.authorityId, request.query)
      const { rows, nextCursor } = pageOf(model, request.query['cursor'])
      return sendPage(reply, (
        <SchoolsPage request={request} model={model} faults={faults} today={today()} rows={rows}
          nextCursor={nextCursor} />
      ), status)
    })

    app.get('/province/:authorityId/schools/:schoolId', {
      config,
      schema: { hide: true, params: SchoolParams, querystring: Query },
    }, async (request, reply) => {
      const report = await readReport(request.params, request.query)
      return sendPage(reply, <SchoolPage request={request} report={report} smallCellMin={smallCellMin} />)
    })

    for (const name of SCHOOL_EXPORTS) {
      app.get(`/province/:authorityId/schools/:schoolId/export/${name}`, {
        config, schema: { hide: true, params: SchoolParams, querystring: Query },
      }, async ({ params, query, lang }, reply) => {
        const table = schoolTable(name, await readReport(params, query), { lang, smallCellMin })
        return sendTable(reply, formatOf(query), table)
      })
    }

    app.get('/province/:authorityId/export/:name', {
      config,
      schema: {
        hide: true, params: Type.Object({ ...AuthorityParams.properties, name: Type.Enum(EXPORTS) }),
        querystring: Query,
      },
    }, async (request, reply) => {
      const { params: { authorityId, name }, lang } = request
      const { model } = await read(authorityId, request.query)
      return sendTable(reply, formatOf(request.query), exportTable(name, model, lang))
    })
  }
}

function formatOf(query: Static<typeof Query>): TableFormat {
  return TABLE_FORMATS.find((known) => known === query['format']) ?? 'csv'
}

/** Schools by name; the cursor names the last one that was shown. Throws CURSOR_INVALID. */
function pageOf(
  { schools, view }: Model, cursor: string | undefined,
): { rows: SchoolLine[]; nextCursor: string | null } {
  const shown = schools.filter(({ state }) => view.state === null || state === view.state)
  const lastId = decodeIdCursor(cursor)
  const start = lastId === undefined ? 0 : shown.findIndex(({ schoolId }) => schoolId === lastId) + 1
  const { items, nextCursor } = toPage(shown.slice(start, start + SCHOOLS_A_PAGE + 1), SCHOOLS_A_PAGE,
    ({ schoolId }) => [schoolId])
  return { rows: items, nextCursor }
}
