// The VietQR rules over HTTP: what does a text say, and what is the text of a transfer? Thin on purpose; it
// stores nothing and reads nothing but the request.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DomainError } from '../errors.js'
import { decodeVietqr, encodeVietqr } from './payload.js'
import { DecodeBody, DecodeReply, EncodeBody, EncodeReply } from './schema.js'

export const vietqrRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post('/api/v1/vietqr/decode', {
    config: { scope: 'any' },
    schema: {
      operationId: 'decodeVietqr',
      tags: ['vietqr'],
      summary: 'Read a VietQR text strictly, with warnings; 422 VIETQR_INVALID when it is malformed',
      body: DecodeBody,
      response: { 200: DecodeReply }
    }
  }, async ({ body }) => {
    const decoded = decodeVietqr(body.payload)
    if (decoded.ok) return decoded
    const { code, reason, at } = decoded
    const place = at === undefined ? '' : ` (at character ${at})`
    throw new DomainError('VIETQR_INVALID', `${reason}${place}`, [{ field: 'payload', code, reason }])
  })

  app.post('/api/v1/vietqr/encode', {
    config: { scope: 'any' },
    schema: {
      operationId: 'encodeVietqr',
      tags: ['vietqr'],
      summary: 'Write the VietQR text of a transfer; 422 VIETQR_INVALID names what does not fit',
      body: EncodeBody,
      response: { 200: EncodeReply }
    }
  }, async ({ body }) => {
    const encoded = encodeVietqr(body)
    if (encoded.ok) return { payload: encoded.payload }
    const reasons = encoded.errors.map(({ field, reason }) => `${field} ${reason}`).join('; ')
    throw new DomainError('VIETQR_INVALID', reasons, encoded.errors)
  })
}
