// Which payment codes are in a text? The reader over HTTP. It looks nothing up, so it tells nobody which
// codes exist.
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { findPaymentCodes, MAX_CONTENT_CHARS } from './payment-code.js'

const FindBody = Type.Object({
  content: Type.String({ maxLength: MAX_CONTENT_CHARS, description: 'A content as the bank gave it' })
}, { additionalProperties: false })

const FindReply = Type.Object({
  codes: Type.Array(Type.String(), { description: 'Codes that pass all checks, in order, each once' }),
  damaged: Type.Array(Type.Object({
    text: Type.String({ description: 'What looks like a code' }),
    candidates: Type.Array(Type.String(), { description: 'Codes one fault away; evidence only' })
  }))
})

export const paymentCodeRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post('/api/v1/payment-codes/find', {
    config: { scope: 'any' },
    schema: {
      operationId: 'findPaymentCodes',
      tags: ['payment-codes'],
      summary: 'Find payment codes in a transfer content; damaged ones are shown, never repaired',
      body: FindBody,
      response: { 200: FindReply }
    }
  }, async ({ body }) => findPaymentCodes(body.content))
}
