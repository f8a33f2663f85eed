// Invoices over HTTP: preview, runs, single bills, lists, cancelling. A thin shell; the QR of a bill has its
// own.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import type { Deps } from '../deps.js'
import { SchoolParams } from '../directory/schema.js'
import { decodeIdCursor, Page, toPage } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { billStudent } from './bill-student.js'
import { cancelInvoice } from './cancel.js'
import { getInvoice, listInvoices } from './invoice-queries.js'
import { readNobody } from './nobody.js'
import { previewRun } from './preview.js'
import type { InvoiceRun } from './run-store.js'
import {
  BilledReply, BillStudentBody, CancelBody, InvoiceParams, InvoiceQuery, InvoiceReply, InvoiceSummaryReply,
  PreviewReply, RoundBody, RunParams, RunQuery, RunReply, StartRunBody
} from './schema.js'
import { roundRoutes } from './round-routes.js'
import { getRun, listRuns, startRun } from './start-run.js'

const tags = ['invoices']
const read = { scope: 'invoices:read' } as const
const write = { scope: 'invoices:write' } as const

export function invoicingRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(runRoutes(deps))
    await app.register(roundRoutes(deps))

    app.post('/api/v1/schools/:schoolId/invoices', {
      config: write,
      schema: {
        operationId: 'billStudent', tags, params: SchoolParams, body: BillStudentBody,
        response: { 201: BilledReply },
        summary: 'Bill one student in a round: the lines become fees of that student in the plan',
      },
    }, async ({ params, body, actor }, reply) => {
      const invoices = await billStudent(deps, actor, params.schoolId, body)
      return reply.code(201).send({ invoices })
    })

    app.get('/api/v1/schools/:schoolId/invoices', {
      config: read,
      schema: {
        operationId: 'listInvoices', tags, params: SchoolParams, querystring: InvoiceQuery,
        response: { 200: Page(InvoiceSummaryReply) }, summary: 'Invoices of a school, in order of issue',
      },
    }, async ({ params: { schoolId }, query: { cursor, limit = LIMITS.pageSizeDefault, ...filter } }) => {
      const afterId = decodeIdCursor(cursor)
      const rows = await deps.db.inSchool(schoolId, (trx) => listInvoices(trx, schoolId, {
        ...filter, ...(afterId !== undefined && { afterId }), limit: limit + 1,
      }))
      return toPage(rows, limit, ({ id }) => [id])
    })

    app.get('/api/v1/schools/:schoolId/invoices/:invoiceId', {
      config: read,
      schema: {
        operationId: 'getInvoice', tags, params: InvoiceParams, response: { 200: InvoiceReply },
        summary: 'An invoice with its lines, their legal basis, exemptions and what was paid',
      },
    }, async ({ params: { schoolId, invoiceId } }) =>
      deps.db.inSchool(schoolId, (trx) => getInvoice(trx, schoolId, invoiceId)))

    app.post('/api/v1/schools/:schoolId/invoices/:invoiceId/cancel', {
      config: write,
      schema: {
        operationId: 'cancelInvoice', tags, params: InvoiceParams, body: CancelBody,
        response: { 200: InvoiceReply },
        summary: 'Withdraw an invoice; the next run bills the student again unless the plan says 0 for them',
      },
    }, async ({ params: { schoolId, invoiceId }, body, actor }) =>
      cancelInvoice(deps, actor, schoolId, { invoiceId, reason: body.reason }))
  }
}

function runRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post('/api/v1/schools/:schoolId/invoice-runs/preview', {
      config: read,
      schema: {
        operationId: 'previewInvoiceRun', tags, params: SchoolParams, body: RoundBody,
        response: { 200: PreviewReply },
        summary: 'What a run of the round would bill and change now; writes nothing',
      },
    }, async ({ params, body }) => previewRun(deps, params.schoolId, body.roundId))

    app.post('/api/v1/schools/:schoolId/invoice-runs', {
      config: write,
      schema: {
        operationId: 'startInvoiceRun', tags, params: SchoolParams, body: StartRunBody,
        response: { 202: RunReply },
        summary: 'Bill all students of a round; goes on in the background, also after a crash',
      },
    }, async ({ params, body: { roundId, ...ask }, actor }, reply) =>
      reply.code(202).send(toRunReply(await startRun(deps, actor, params.schoolId, roundId, ask))))

    app.get('/api/v1/schools/:schoolId/invoice-runs', {
      config: read,
      schema: {
        operationId: 'listInvoiceRuns', tags, params: SchoolParams, querystring: RunQuery,
        response: { 200: Page(RunReply) }, summary: 'Runs of a school or of one round, newest first',
      },
    }, async ({ params: { schoolId }, query: { cursor, limit, roundId } }) => {
      const beforeId = decodeIdCursor(cursor)
      const { items, nextCursor } = await listRuns(deps, schoolId, { roundId, beforeId, limit })
      return { items: items.map(toRunReply), nextCursor }
    })

    app.get('/api/v1/schools/:schoolId/invoice-runs/:runId', {
      config: read,
      schema: {
        operationId: 'getInvoiceRun', tags, params: RunParams, response: { 200: RunReply },
        summary: 'How far a run is',
      },
    }, async ({ params }) => toRunReply(await getRun(deps, params.schoolId, params.runId)))
  }
}

function toRunReply(run: InvoiceRun): Static<typeof RunReply> {
  return {
    id: run.id,
    runId: run.id,
    roundId: run.round_id,
    state: run.state,
    studentCount: run.student_count,
    doneCount: run.done_count,
    issuedCount: run.issued_count,
    supersededCount: run.superseded_count,
    cancelledCount: run.cancelled_count,
    keptCount: run.kept_count ?? 0,
    unchangedCount: run.unchanged_count,
    failure: run.failure,
    nobody: readNobody(run.nobody),
    createdAt: run.created_at.toISOString(),
    finishedAt: run.finished_at?.toISOString() ?? null,
  }
}
