// Refunds over HTTP: whose refund a row of money out may be, and the act that says so.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../deps.js'
import { Id } from '../directory/schema.js'
import { findRefundCandidates, pairRefund } from './decide-refund.js'
import { ActReply, MaybeNoteBody, ReviewActParams } from './review-act-schema.js'

const ITEM = '/api/v1/schools/:schoolId/review/:reviewId'
const tags = ['review']
const params = ReviewActParams
const RefundBody = Type.Object({
  creditIds: Type.Array(Id, { minItems: 1, maxItems: 20, description: 'They hold exactly what left the account' }),
  ...MaybeNoteBody.properties,
}, { additionalProperties: false })
const RefundCandidatesReply = Type.Object({
  items: Type.Array(Type.Object({
    creditIds: Type.Array(Id), studentId: Id, fullName: Type.String(),
    isSamePayer: Type.Boolean({ description: 'It went back to the account that had paid' }),
  })),
})

export function refundRoutes({ db }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(`${ITEM}/refund-candidates`, {
      config: { scope: 'review:read' },
      schema: {
        operationId: 'listRefundCandidates', tags, params, response: { 200: RefundCandidatesReply },
        summary: 'Whose waiting refund this money out may be, by its amount; the same payer first',
      },
    }, async ({ params: { schoolId, reviewId } }) => ({ items: await findRefundCandidates(db, schoolId, reviewId) }))

    app.post(`${ITEM}/refund`, {
      config: { scope: 'review:write' },
      schema: {
        operationId: 'pairRefund', tags, params, body: RefundBody, response: { 200: ActReply },
        summary: 'Say that this money out was the refund of credits that waited for it',
      },
    }, async ({ actor, headers, params: { schoolId, reviewId }, body: { note, creditIds } }) => {
      const key = headers['idempotency-key']
      const asking = { actor, note, ...(typeof key === 'string' && { requestId: key }) }
      return pairRefund(db, asking, { schoolId, reviewItemId: reviewId, creditIds })
    })
  }
}
