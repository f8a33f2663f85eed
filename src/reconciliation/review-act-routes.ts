// The review desk over HTTP: what a person decides about what waits, whose money it may be, and the search box. Each
// act takes an Idempotency-Key and is then done once, whatever becomes of its answer.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.js'
import { SchoolParams } from '../directory/schema.js'
import { paymentCodeNumber, paymentCodeText } from '../invoicing/payment-code.js'
import { assignTransfer } from './assign.js'
import { decideCallback } from './decide-callback.js'
import { creditChoice, decideCredit } from './decide-credit.js'
import { decideEvent, decideRepeat } from './decide-event.js'
import { findCandidates } from './find-candidates.js'
import {
  ActReply, AssignBody, CallbackBody, CandidatesReply, CreditBody, EventBody, MaybeNoteBody, NoteBody, RepeatBody,
  ReviewActParams, SearchQuery, SearchReply, UndoParams,
} from './review-act-schema.js'
import { vietnamDay } from '../time.js'
import { refundRoutes } from './refund-routes.js'
import { searchSchool } from './search-school.js'
import { closeItem, markNotOurs, reopenItem } from './set-apart.js'
import type { Asking } from './take-up.js'
import { undoTransfer } from './undo-transfer.js'

const ITEM = '/api/v1/schools/:schoolId/review/:reviewId'
const config = { scope: 'review:write' } as const
const params = ReviewActParams
const response = { 200: ActReply }
const tags = ['review']

export function reviewActRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(moneyRoutes(deps))
    await app.register(decisionRoutes(deps))
    await app.register(lookRoutes(deps))
    await app.register(refundRoutes(deps))
  }
}

function moneyRoutes({ db, now }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(`${ITEM}/assign`, {
      config,
      schema: {
        operationId: 'assignReviewItem', tags, params, body: AssignBody, response,
        summary: 'Put money in suspense onto chosen bills, of one student or several, and the rest to a credit',
      },
    }, async (request) => {
      const { params: { schoolId, reviewId }, body: { note, ...ask } } = request
      return assignTransfer(db, askingOf(request, note), { schoolId, reviewItemId: reviewId, ...ask })
    })

    app.post(`${ITEM}/credit`, {
      config,
      schema: {
        operationId: 'decideCredit', tags, params, body: CreditBody, response,
        summary: 'Say what becomes of money that may have been paid twice, or is left of an earlier year',
      },
    }, async (request) => {
      const { params: { schoolId, reviewId }, body: { note, choice } } = request
      return decideCredit(db, askingOf(request, note),
        { schoolId, reviewItemId: reviewId, ...creditChoice(choice, vietnamDay(now())) })
    })

    app.post('/api/v1/schools/:schoolId/transactions/:transactionId/undo', {
      config,
      schema: {
        operationId: 'undoTransaction', tags: ['transactions'], params: UndoParams, body: NoteBody, response,
        summary: 'Take all that a transfer paid back into suspense, by reversal',
      },
    }, async (request) => {
      const { params: { schoolId, transactionId }, body: { note } } = request
      return undoTransfer(db, askingOf(request, note), { schoolId, transactionId, now: now() })
    })
  }
}

function decisionRoutes({ db, queues }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(`${ITEM}/not-ours`, {
      config,
      schema: {
        operationId: 'markNotOurs', tags, params, body: NoteBody, response,
        summary: 'Mark money that is not for fees: it stays in suspense, apart, until it is returned',
      },
    }, async (request) => {
      const { params: { schoolId, reviewId }, body: { note } } = request
      return markNotOurs(db, askingOf(request, note), { schoolId, reviewItemId: reviewId })
    })

    app.post(`${ITEM}/close`, {
      config,
      schema: {
        operationId: 'closeReviewItem', tags, params, body: NoteBody, response,
        summary: 'Note what cannot be booked here, such as money that left the account',
      },
    }, async (request) => {
      const { params: { schoolId, reviewId }, body: { note } } = request
      return closeItem(db, askingOf(request, note), { schoolId, reviewItemId: reviewId })
    })

    app.post(`${ITEM}/reopen`, {
      config,
      schema: {
        operationId: 'reopenReviewItem', tags, params, body: MaybeNoteBody, response,
        summary: 'Put something that was set apart, rejected or called a copy before a person again',
      },
    }, async (request) => {
      const { params: { schoolId, reviewId }, body: { note } } = request
      return reopenItem(db, askingOf(request, note), { schoolId, reviewItemId: reviewId })
    })

    app.post(`${ITEM}/repeat`, {
      config,
      schema: {
        operationId: 'decideRepeat', tags, params, body: RepeatBody, response,
        summary: 'Say of a possible repeat, or of a changed event, whether it is a copy or another transfer',
      },
    }, async (request) => {
      const { params: { schoolId, reviewId }, body: { note, ...ask } } = request
      return decideRepeat(db, askingOf(request, note), { schoolId, reviewItemId: reviewId, ...ask })
    })

    app.post(`${ITEM}/event`, {
      config,
      schema: {
        operationId: 'decideEvent', tags, params, body: EventBody, response,
        summary: 'Post or reject an event that was held: a stale signature, no direction, account or id, a bank time in doubt',
      },
    }, async (request) => {
      const { params: { schoolId, reviewId }, body: { note, ...ask } } = request
      return decideEvent(db, askingOf(request, note), { schoolId, reviewItemId: reviewId, ...ask })
    })

    app.post(`${ITEM}/callback`, {
      config,
      schema: {
        operationId: 'decideCallback', tags, params, body: CallbackBody, response,
        summary: 'Try a parked call of a provider again, or set it aside',
      },
    }, async (request) => {
      const { params: { schoolId, reviewId }, body: { note, choice } } = request
      const ask = { schoolId, reviewItemId: reviewId, choice }
      return decideCallback({ db, ring: queues.ring }, askingOf(request, note), ask)
    })
  }
}

function lookRoutes({ db, now }: Deps): FastifyPluginAsyncTypebox {
  const codeText = (code: number) => paymentCodeText(paymentCodeNumber(code))
  return async (app) => {
    app.get(`${ITEM}/candidates`, {
      config: { scope: 'review:read' },
      schema: {
        operationId: 'listCandidates', tags, params, response: { 200: CandidatesReply },
        summary: 'Whose money it may be, by reasons; a suggestion books nothing',
      },
    }, async ({ params: { schoolId, reviewId } }) => {
      const { items, ...more } = await findCandidates(db, schoolId, reviewId)
      const shown = items.map(({ bills, ...item }) => ({
        ...item, bills: bills.map((bill) => ({ ...bill, paymentCode: codeText(bill.paymentCode) })),
      }))
      return { items: shown, ...more }
    })

    app.get('/api/v1/schools/:schoolId/search', {
      config: { scope: 'review:read' },
      schema: {
        operationId: 'searchSchool', tags: ['search'],
        params: SchoolParams, querystring: SearchQuery, response: { 200: SearchReply },
        summary: 'Students, bills and transfers by name, class, code, amount, content or payer',
      },
    }, async ({ params: { schoolId }, query: { q } }) => {
      const { bills, ...result } = await searchSchool(db, schoolId, q, now())
      return { ...result, bills: bills.map((bill) => ({ ...bill, paymentCode: codeText(bill.paymentCode) })) }
    })
  }
}

function askingOf({ actor, headers }: Pick<FastifyRequest, 'actor' | 'headers'>, note: string | undefined): Asking {
  const key = headers['idempotency-key']
  return { actor, note, ...(typeof key === 'string' && { requestId: key }) }
}
