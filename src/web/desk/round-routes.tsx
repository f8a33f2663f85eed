// One round over HTTP: its figures on a page and as files, closing and opening it. Its plan, run and bills have routes
// of their own.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { setRoundState } from '../../invoicing/close-round.js'
import { getRoundFigures } from '../../invoicing/round-figures.js'
import { RoundParams } from '../../invoicing/schema.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { roundPath } from './desk-links.js'
import { refusalOf } from './refusal.js'
import { classTable, feeTable } from './round-export.js'
import { RoundPage } from './round-page.js'
import { startRoundPage } from './round-read.js'

const ROUND = '/desk/:schoolId/rounds/:roundId'
const DoneQuery = Type.Object({ done: Type.Optional(Type.String({ maxLength: 40 })) })
const FormatQuery = Type.Object({ format: Type.Enum(TABLE_FORMATS) })
const read = { scope: 'invoices:read', page: true } as const
const write = { scope: 'invoices:write', page: true } as const

export function roundPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(ROUND, { config: read, schema: { hide: true, params: RoundParams, querystring: DoneQuery } },
      async (request, reply) => sendRound(deps, request, reply, request.params, { done: request.query.done }))

    for (const [list, tableOf] of [['classes', classTable], ['fees', feeTable]] as const) {
      app.get(`${ROUND}/export/${list}`, {
        config: read, schema: { hide: true, params: RoundParams, querystring: FormatQuery },
      }, async (request, reply) => {
        const { params, params: { schoolId, roundId }, query: { format }, lang } = request
        const { round } = await startRoundPage(deps, params)
        const figures = await getRoundFigures(deps, schoolId, roundId)
        return sendSchoolTable(request, reply, {
          db: deps.db, schoolId, format, table: tableOf(figures, round, lang),
          audit: { action: 'round.export', list, of: { kind: 'collection_round', id: roundId } },
        })
      })
    }

    for (const [verb, state, done] of [['close', 'closed', 'closed'], ['reopen', 'open', 'reopened']] as const) {
      app.post(`${ROUND}/${verb}`, { config: write, schema: { hide: true, params: RoundParams } },
        async (request, reply) => {
          const { params, lang, actor } = request
          const { schoolId, roundId } = params
          const refusal = await refusalOf(lang, () => setRoundState(deps, actor, schoolId, { roundId, state }))
          if (refusal === undefined) return redirect(reply, `${roundPath(schoolId, roundId)}?done=${done}`)
          return sendRound(deps, request, reply, params, { refused: refusal.text, status: refusal.status })
        })
    }
  }
}

async function sendRound(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, of: { schoolId: string; roundId: string },
  { status = 200, ...outcome }: { done?: string | undefined; refused?: string; status?: number },
): Promise<FastifyReply> {
  const start = await startRoundPage(deps, of)
  const figures = await getRoundFigures(deps, of.schoolId, of.roundId)
  return sendPage(reply, <RoundPage request={request} {...start} figures={figures} {...outcome} />, status)
}
