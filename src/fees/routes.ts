// Fees over HTTP: fee kinds, price caps, rounds with their plans, exemptions. A thin shell.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.js'
import { SchoolParams } from '../directory/schema.js'
import { decodeCursor, decodeIdCursor, Page, PageQuery, toPage } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { endExemption, grantExemption, listExemptions } from './exemptions.js'
import { changeFeeKind, createFeeKind, listFeeKinds } from './fee-kinds.js'
import { createRound, getRoundWithFees, replacePlan } from './plan-round.js'
import { changePriceCap, endPriceCap, listPriceCaps, setPriceCap } from './price-caps.js'
import { listRounds } from './round-store.js'
import {
  ChangeFeeKindBody, ChangePriceCapBody, CreateFeeKindBody, CreateRoundBody, EndExemptionBody, EndPriceCapBody,
  ExemptionParams, ExemptionQuery, ExemptionReply, FeeKindParams, FeeKindReply, GrantExemptionBody, PriceCapParams,
  PriceCapReply, PriceCapsParams, ReplacePlanBody, RoundItem, RoundParams, RoundQuery, RoundReply, SetPriceCapBody
} from './schema.js'

const tags = ['fees']
const read = { scope: 'fees:read' } as const
const write = { scope: 'fees:write' } as const

export function feesRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(feeKindRoutes(deps))
    await app.register(priceCapRoutes(deps))
    await app.register(roundRoutes(deps))
    await app.register(exemptionRoutes(deps))
  }
}

function feeKindRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post('/api/v1/schools/:schoolId/fee-kinds', {
      config: write,
      schema: {
        operationId: 'createFeeKind', tags, params: SchoolParams, body: CreateFeeKindBody,
        response: { 201: FeeKindReply }, summary: 'Add a kind of fee with its legal basis and bank account',
      },
    }, async ({ params, body, actor }, reply) =>
      reply.code(201).send(await createFeeKind(deps, actor, params.schoolId, body)))

    app.get('/api/v1/schools/:schoolId/fee-kinds', {
      config: read,
      schema: {
        operationId: 'listFeeKinds', tags, params: SchoolParams, querystring: PageQuery,
        response: { 200: Page(FeeKindReply) }, summary: 'Fee kinds of a school, by code',
      },
    }, async ({ params: { schoolId }, query: { cursor, limit = LIMITS.pageSizeDefault } }) => {
      const [afterCode] = cursor === undefined ? [] : decodeCursor(cursor, 'text')
      const rows = await deps.db.inSchool(schoolId, (trx) =>
        listFeeKinds(trx, schoolId, { ...(afterCode !== undefined && { afterCode }), limit: limit + 1 }))
      return toPage(rows, limit, ({ code }) => [code])
    })

    app.patch('/api/v1/schools/:schoolId/fee-kinds/:feeKindId', {
      config: write,
      schema: {
        operationId: 'changeFeeKind', tags, params: FeeKindParams, body: ChangeFeeKindBody,
        response: { 200: FeeKindReply }, summary: 'Change a fee kind for the bills to come',
      },
    }, async ({ params, body, actor }) => changeFeeKind(deps, actor, params.schoolId, params.feeKindId, body))
  }
}

function priceCapRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post('/api/v1/authorities/:authorityId/price-caps', {
      config: { scope: 'admin' },
      schema: {
        operationId: 'setPriceCap', tags, params: PriceCapsParams, body: SetPriceCapBody,
        response: { 201: PriceCapReply },
        summary: 'Set the maximum of a fee for the schools under an authority',
      },
    }, async ({ params, body, actor }, reply) =>
      reply.code(201).send(await setPriceCap(deps, actor, params.authorityId, body)))

    app.get('/api/v1/authorities/:authorityId/price-caps', {
      config: read,
      schema: {
        operationId: 'listPriceCaps', tags, params: PriceCapsParams, querystring: PageQuery,
        response: { 200: Page(PriceCapReply) }, summary: 'The price caps that an authority set',
      },
    }, async ({ params: { authorityId }, query: { cursor, limit = LIMITS.pageSizeDefault } }) => {
      const afterId = decodeIdCursor(cursor)
      const rows = await deps.db.asService((trx) =>
        listPriceCaps(trx, authorityId, { ...(afterId !== undefined && { afterId }), limit: limit + 1 }))
      return toPage(rows, limit, ({ id }) => [id])
    })

    app.patch('/api/v1/authorities/:authorityId/price-caps/:capId', {
      config: { scope: 'admin' },
      schema: {
        operationId: 'changePriceCap', tags, params: PriceCapParams, body: ChangePriceCapBody,
        response: { 200: PriceCapReply },
        summary: 'Correct or raise a price cap for what is planned and billed from now on',
      },
    }, async ({ params, body, actor }) => changePriceCap(deps, actor, params, body))

    app.post('/api/v1/authorities/:authorityId/price-caps/:capId/end', {
      config: { scope: 'admin' },
      schema: {
        operationId: 'endPriceCap', tags, params: PriceCapParams, body: EndPriceCapBody,
        response: { 200: PriceCapReply }, summary: 'End a price cap on a day',
      },
    }, async ({ params, body, actor }) => endPriceCap(deps, actor, params, body.on))
  }
}

function roundRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post('/api/v1/schools/:schoolId/rounds', {
      config: write,
      schema: {
        operationId: 'createRound', tags, params: SchoolParams, body: CreateRoundBody,
        response: { 201: RoundReply },
        summary: 'Make a collection round with its fee plan; refused when an amount is above a price cap',
      },
    }, async ({ params, body, actor }, reply) =>
      reply.code(201).send(await createRound(deps, actor, params.schoolId, body)))

    app.get('/api/v1/schools/:schoolId/rounds', {
      config: read,
      schema: {
        operationId: 'listRounds', tags, params: SchoolParams, querystring: RoundQuery,
        response: { 200: Page(RoundItem) }, summary: 'Rounds of a school, newest first',
      },
    }, async ({ params: { schoolId }, query: { cursor, limit = LIMITS.pageSizeDefault, ...filter } }) => {
      const beforeId = decodeIdCursor(cursor)
      const rows = await deps.db.inSchool(schoolId, (trx) =>
        listRounds(trx, schoolId,
          { ...filter, ...(beforeId !== undefined && { beforeId }), limit: limit + 1 }))
      return toPage(rows, limit, ({ id }) => [id])
    })

    app.get('/api/v1/schools/:schoolId/rounds/:roundId', {
      config: read,
      schema: {
        operationId: 'getRound', tags, params: RoundParams, response: { 200: RoundReply },
        summary: 'A round with its fee plan',
      },
    }, async ({ params: { schoolId, roundId } }) =>
      deps.db.inSchool(schoolId, (trx) => getRoundWithFees(trx, schoolId, roundId)))

    app.put('/api/v1/schools/:schoolId/rounds/:roundId/fees', {
      config: write,
      schema: {
        operationId: 'replaceRoundFees', tags, params: RoundParams, body: ReplacePlanBody,
        response: { 200: RoundReply }, summary: 'Write the fee plan anew; bills follow with the next run',
      },
    }, async ({ params, body, actor }) =>
      replacePlan(deps, actor, params.schoolId, { roundId: params.roundId, fees: body.fees }))
  }
}

function exemptionRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post('/api/v1/schools/:schoolId/exemptions', {
      config: write,
      schema: {
        operationId: 'grantExemption', tags, params: SchoolParams, body: GrantExemptionBody,
        response: { 201: ExemptionReply }, summary: 'Exempt a student from part or all of a fee',
      },
    }, async ({ params, body, actor }, reply) =>
      reply.code(201).send(await grantExemption(deps, actor, params.schoolId, body)))

    app.get('/api/v1/schools/:schoolId/exemptions', {
      config: read,
      schema: {
        operationId: 'listExemptions', tags, params: SchoolParams, querystring: ExemptionQuery,
        response: { 200: Page(ExemptionReply) }, summary: 'Exemptions of a school or of one student',
      },
    }, async ({ params: { schoolId }, query: { cursor, limit = LIMITS.pageSizeDefault, ...filter } }) => {
      const afterId = decodeIdCursor(cursor)
      const rows = await deps.db.inSchool(schoolId, (trx) =>
        listExemptions(trx, schoolId,
          { ...filter, ...(afterId !== undefined && { afterId }), limit: limit + 1 }))
      return toPage(rows, limit, ({ id }) => [id])
    })

    app.post('/api/v1/schools/:schoolId/exemptions/:exemptionId/end', {
      config: write,
      schema: {
        operationId: 'endExemption', tags, params: ExemptionParams, body: EndExemptionBody,
        response: { 200: ExemptionReply }, summary: 'End an exemption; bills follow with the next run',
      },
    }, async ({ params, body, actor }) =>
      endExemption(deps, actor, params.schoolId, { exemptionId: params.exemptionId, validTo: body.validTo }))
  }
}
