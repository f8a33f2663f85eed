// Adoption figures over HTTP, for one school and for an authority. Thin: which rows a caller may see is
// decided by the token's reach and by row-level security, what a figure is by report.ts.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import type { Actor } from '../access/actor.js'
import type { Trx } from '../db/tenancy.js'
import type { Deps } from '../deps.js'
import { decodeCursor, toPage } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { vietnamDay } from '../time.js'
import { readBoard } from './board.js'
import { hiddenSets, setName } from './board-sets.js'
import { EVERY_GROUP } from './measure.js'
import { assertCurve, assertShown, officerOf, withoutSmallCounts, withoutSmallPoints } from './officer-view.js'
import { isSchoolYear, periodOf } from './period.js'
import type { Point } from './period.js'
import { findRoster } from './queries/roster.js'
import type { RosterSchool, RosterScope } from './queries/roster.js'
import { inScope, readFigure, readSchoolRows, readSeries } from './report.js'
import type { Figure, Filters, Series } from './report.js'
import { AuthorityParams, FigureQuery, FigureReply, SchoolParams, SchoolRowsQuery, SchoolRowsReply, SeriesQuery,
  SeriesReply } from './schema.js'
import type { FigureFilters } from './schema.js'

const tags = ['adoption']
const guarded = { scope: 'reports:read' } as const

export function adoptionRoutes({ reportsDb, now, config }: Deps): FastifyPluginAsyncTypebox {
  const today = (): string => vietnamDay(now())

  /** The schools that the authority's pages hide, so that the list gives away nothing that they keep. */
  async function readHiddenSchools(
    trx: Trx, authorityId: string, period: Point, { feeGroup }: Filters,
  ): Promise<(schoolId: string) => boolean> {
    if (!isSchoolYear(period)) return () => false
    const { schools } = await readBoard(trx, authorityId, period.asOf)
    const hidden = hiddenSets(schools, feeGroup ?? EVERY_GROUP, config.smallCellMin)
    return (schoolId) => hidden.has(setName.school(schoolId))
  }

  async function sendFigure(
    actor: Actor, scope: RosterScope, { measure, asOf = today(), from, ...rest }: Static<typeof FigureQuery>,
  ): Promise<Figure> {
    const period = periodOf(asOf, from)
    const filters = filtersOf(rest)
    const officer = officerOf(actor, scope)
    const hidden = officer &&
      await assertShown(reportsDb, officer, { scope, measure, period, filters }, config.smallCellMin)
    const figure = await inScope(reportsDb, scope, (trx) =>
      readFigure(trx, scope, measure, period, filters, measure === 'M6' ? hidden : undefined))
    return officer ? withoutSmallCounts(figure, config.smallCellMin) : figure
  }

  async function sendSeries(
    actor: Actor, scope: RosterScope, { measure, from, to, step, ...rest }: Static<typeof SeriesQuery>,
  ): Promise<Series> {
    const filters = filtersOf(rest)
    const officer = officerOf(actor, scope)
    if (officer) {
      assertCurve(measure, step)
      await assertShown(reportsDb, officer, { scope, measure, period: periodOf(to), filters }, config.smallCellMin)
    }
    const range = { from, to, step }
    const series = await inScope(reportsDb, scope, (trx) => readSeries(trx, scope, measure, range, filters))
    return officer ? withoutSmallPoints(series, config.smallCellMin) : series
  }

  return async (app) => {
    app.get('/api/v1/authorities/:authorityId/adoption', {
      schema: {
        operationId: 'getAuthorityAdoption', tags,
        summary: 'An adoption figure of the schools under an authority',
        params: AuthorityParams, querystring: FigureQuery, response: { 200: FigureReply },
      },
      config: guarded,
    }, ({ params, query, actor }) => sendFigure(actor, params, query))

    app.get('/api/v1/schools/:schoolId/adoption', {
      schema: {
        operationId: 'getSchoolAdoption', tags, summary: 'An adoption figure of one school, from its own rows',
        params: SchoolParams, querystring: FigureQuery, response: { 200: FigureReply },
      },
      config: guarded,
    }, ({ params, query, actor }) => sendFigure(actor, params, query))

    app.get('/api/v1/authorities/:authorityId/adoption/series', {
      schema: {
        operationId: 'getAuthorityAdoptionSeries', tags, summary: 'A figure of an authority over time',
        params: AuthorityParams, querystring: SeriesQuery, response: { 200: SeriesReply },
      },
      config: guarded,
    }, ({ params, query, actor }) => sendSeries(actor, params, query))

    app.get('/api/v1/schools/:schoolId/adoption/series', {
      schema: {
        operationId: 'getSchoolAdoptionSeries', tags, summary: 'A figure of one school over time',
        params: SchoolParams, querystring: SeriesQuery, response: { 200: SeriesReply },
      },
      config: guarded,
    }, ({ params, query, actor }) => sendSeries(actor, params, query))

    app.get('/api/v1/authorities/:authorityId/adoption/schools', {
      schema: {
        operationId: 'listAuthorityAdoptionSchools', tags,
        summary: 'M2, M3 and M5 of each school of an authority',
        params: AuthorityParams, querystring: SchoolRowsQuery, response: { 200: SchoolRowsReply },
      },
      config: guarded,
    }, async ({ params, query: { asOf = today(), from, limit = LIMITS.pageSizeDefault, cursor, ...rest }, actor }) => {
      const period = periodOf(asOf, from)
      const filters = filtersOf({ ...rest, threshold: '0.5', thresholdOf: 'M3' })
      const officer = officerOf(actor, params)
      // Rows hide their own small counts; what is left to refuse is a part of the school year.
      if (officer) await assertShown(reportsDb, officer, { scope: params, measure: 'M2', period, filters }, config.smallCellMin)
      return inScope(reportsDb, params, async (trx) => {
        const roster = await findRoster(trx, params, asOf, filters.level)
        const { items, nextCursor } = toPage(after(roster, cursor).slice(0, limit + 1), limit, keyOf)
        const hidden = await readHiddenSchools(trx, params.authorityId, period, filters)
        return { items: await readSchoolRows(trx, items, period, filters, config.smallCellMin, hidden), nextCursor }
      })
    })
  }
}

function filtersOf({ feeGroup, level, threshold, thresholdOf }: FigureFilters): Filters {
  return { feeGroup: feeGroup ?? null, level: level ?? null, threshold, thresholdOf }
}

function keyOf({ name, schoolId }: RosterSchool): [string, string] {
  return [name, schoolId]
}

/** The rest of a roster behind a cursor; the roster comes in the order of (name, id). */
function after(roster: readonly RosterSchool[], cursor: string | undefined): readonly RosterSchool[] {
  if (cursor === undefined) return roster
  const [name, id] = decodeCursor(cursor, 'text', 'id')
  const next = roster.findIndex((school) => school.name > name || (school.name === name && school.schoolId > id))
  return next < 0 ? [] : roster.slice(next)
}
