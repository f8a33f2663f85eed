// A round over HTTP: its figures, closing and opening, and the optional items that parents choose. A thin shell.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.js'
import { setRoundState } from './close-round.js'
import { chooseOptionalItems, countChosenItems, listOptionalItems } from './optional-items.js'
import type { OptionalItems } from './optional-items.js'
import { getRoundFigures } from './round-figures.js'
import {
  ChooseItemsBody, OptionalItemCountsReply, OptionalItemsReply, RoundFiguresReply, RoundParams, RoundStateReply,
  RoundStudentParams
} from './schema.js'

const tags = ['fees']
const read = { scope: 'invoices:read' } as const
const write = { scope: 'invoices:write' } as const
const ROUND = '/api/v1/schools/:schoolId/rounds/:roundId'

export function roundRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(`${ROUND}/figures`, {
      config: read,
      schema: {
        operationId: 'getRoundFigures', tags, params: RoundParams, response: { 200: RoundFiguresReply },
        summary: 'What was billed, collected and is open in a round, by class and by fee kind',
      },
    }, async ({ params }) => getRoundFigures(deps, params.schoolId, params.roundId))

    for (const [verb, state, summary] of [
      ['close', 'closed', 'Close a round: nothing of it is billed or chosen any more, payments still settle'],
      ['reopen', 'open', 'Open a closed round again'],
    ] as const) {
      app.post(`${ROUND}/${verb}`, {
        config: write,
        schema: {
          operationId: `${verb}Round`, tags, params: RoundParams, response: { 200: RoundStateReply }, summary,
        },
      }, async ({ params: { schoolId, roundId }, actor }) => setRoundState(deps, actor, schoolId, { roundId, state }))
    }

    app.get(`${ROUND}/optional-items`, {
      config: read,
      schema: {
        operationId: 'countOptionalItems', tags, params: RoundParams, response: { 200: OptionalItemCountsReply },
        summary: 'How many students were offered each optional item, chose it and declined it',
      },
    }, async ({ params }) => ({ items: await countChosenItems(deps, params.schoolId, params.roundId) }))

    app.get(`${ROUND}/students/:studentId/optional-items`, {
      config: read,
      schema: {
        operationId: 'listOptionalItems', tags, params: RoundStudentParams, response: { 200: OptionalItemsReply },
        summary: 'The optional items on offer to a student, with their price after exemption',
      },
    }, async ({ params }) => toReply(await listOptionalItems(deps, params)))

    app.put(`${ROUND}/students/:studentId/optional-items`, {
      config: write,
      schema: {
        operationId: 'chooseOptionalItems', tags, params: RoundStudentParams, body: ChooseItemsBody,
        response: { 200: OptionalItemsReply }, summary: 'Choose the optional items of a student; a bill that is out follows',
      },
    }, async ({ params, body, actor }) => toReply(await chooseOptionalItems(deps, { ...params, ...body, actor })))
  }
}

function toReply({ items, ...rest }: OptionalItems) {
  return {
    ...rest,
    items: items.map((item) => ({ ...item, decidedAt: item.decidedAt?.toISOString() ?? null })),
  }
}
