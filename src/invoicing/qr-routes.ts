// The QR of an invoice as text and as pictures. Cached by ETag only: a client may keep a picture, but asks
// each time whether it still holds, because a paid bill must not go on asking for money.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../deps.js'
import { drawQrPng, drawQrSvg } from '../vietqr/image.js'
import { etagOf, getBillPayload, isUnchanged } from './bill-qr.js'
import { InvoiceParams, PayloadReply } from './schema.js'

const tags = ['invoices']
const config = { scope: 'invoices:read' } as const
const refusals = '409 NOTHING_TO_PAY when nothing is open, 409 with the replacement when it was withdrawn'
const NotModified = Type.Null({ description: 'The ETag still holds' })

export function billQrRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  const find = (schoolId: string, invoiceId: string) =>
    deps.db.inSchool(schoolId, (trx) => getBillPayload(trx, schoolId, invoiceId))

  return async (app) => {
    app.get('/api/v1/schools/:schoolId/invoices/:invoiceId/payload', {
      config,
      schema: {
        operationId: 'getInvoicePayload', tags, params: InvoiceParams,
        response: { 200: PayloadReply, 304: NotModified },
        summary: `The VietQR text of an invoice; ${refusals}`,
      },
    }, async (request, reply) => {
      const bill = await find(request.params.schoolId, request.params.invoiceId)
      if (answersUnchanged(request, reply, etagOf(JSON.stringify(bill), 'json'))) return reply.code(304).send(null)
      return bill
    })

    app.get('/api/v1/schools/:schoolId/invoices/:invoiceId/qr.svg', {
      config,
      schema: {
        operationId: 'getInvoiceQrSvg', tags, params: InvoiceParams, summary: `The QR as SVG; ${refusals}`,
        response: { 200: Type.String({ description: 'image/svg+xml' }), 304: NotModified },
      },
    }, async (request, reply) => {
      const { payload } = await find(request.params.schoolId, request.params.invoiceId)
      if (answersUnchanged(request, reply, etagOf(payload, 'svg'))) return reply.code(304).send(null)
      return reply.type('image/svg+xml').send(await drawQrSvg(payload))
    })

    app.get('/api/v1/schools/:schoolId/invoices/:invoiceId/qr.png', {
      config,
      schema: {
        operationId: 'getInvoiceQrPng', tags, params: InvoiceParams, summary: `The QR as PNG; ${refusals}`,
        response: {
          200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary', description: 'image/png' }),
          304: NotModified,
        },
      },
    }, async (request, reply) => {
      const { payload } = await find(request.params.schoolId, request.params.invoiceId)
      if (answersUnchanged(request, reply, etagOf(payload, 'png'))) return reply.code(304).send(null)
      return reply.type('image/png').send(await drawQrPng(payload))
    })
  }
}

function answersUnchanged(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  void reply.header('etag', etag).header('cache-control', 'private, no-cache')
  return isUnchanged(request.headers['if-none-match'], etag)
}
