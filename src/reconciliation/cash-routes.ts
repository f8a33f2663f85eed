// The counter's side of the API: taking cash and taking a receipt back.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../deps.js'
import { CashPreviewBody, CashPreviewReply, CashReceiptBody, CashReceiptReply, ReverseBody } from './cash-schema.js'
import { previewCash, recordCash, reverseCash } from './record-cash.js'

const SchoolParams = Type.Object({ schoolId: Type.String({ format: 'uuid' }) })
const ReceiptParams = Type.Object({ ...SchoolParams.properties, receiptId: Type.String({ format: 'uuid' }) })
const tags = ['cash receipts']

export function cashRoutes({ db, now }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post('/api/v1/schools/:schoolId/cash-receipts', {
      config: { scope: 'cash:write' },
      schema: {
        operationId: 'recordCashReceipt',
        summary: 'Book cash: it pays the named bill, or the open ones of every account, oldest first',
        tags,
        params: SchoolParams,
        body: CashReceiptBody,
        response: { 201: CashReceiptReply },
      },
    }, async (request, reply) => {
      const { params, actor, body, headers } = request
      const key = headers['idempotency-key']
      const receipt = { ...body, ...(typeof key === 'string' && { idempotencyKey: key }) }
      return reply.code(201).send(await recordCash(db, params.schoolId, actor, receipt, now()))
    })

    app.post('/api/v1/schools/:schoolId/cash-receipts/preview', {
      config: { scope: 'cash:write' },
      schema: {
        operationId: 'previewCashReceipt',
        summary: 'How cash would be divided over the open bills, and what is over; nothing is booked',
        tags,
        params: SchoolParams,
        body: CashPreviewBody,
        response: { 200: CashPreviewReply },
      },
    }, async ({ params, body }) => {
      const { bills, restVnd } = await previewCash(db, params.schoolId, body)
      return { bills, restVnd }
    })

    app.post('/api/v1/schools/:schoolId/cash-receipts/:receiptId/reverse', {
      config: { scope: 'cash:write' },
      schema: {
        operationId: 'reverseCashReceipt',
        summary: 'Take a receipt back: its allocations and credit are undone',
        tags,
        params: ReceiptParams,
        body: ReverseBody,
        response: { 204: Type.Null() },
      },
    }, async (request, reply) => {
      const { params: { schoolId, receiptId }, actor, body } = request
      await reverseCash(db, schoolId, actor, receiptId, body.reason, now())
      return reply.code(204).send(null)
    })
  }
}
