// Transfers between a school's own accounts over HTTP: the list of what is due, and the word that the bank did it.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../deps.js'
import { DayText, Id, SchoolParams } from '../directory/schema.js'
import { Page, pageQueryProperties } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { ACCOUNT_TRANSFER_STATES } from './queries/account-transfers.js'
import { markDue, markMoved } from './move-at-bank.js'
import { listAccountTransfers } from './read-account-transfers.js'

const PATH = '/api/v1/schools/:schoolId/account-transfers'
const tags = ['account transfers']
const closed = { additionalProperties: false }
const Ids = Type.Array(Id, { minItems: 1, maxItems: LIMITS.pageSizeMax, uniqueItems: true })
const Nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) => Type.Union([schema, Type.Null()])

const AccountTransferReply = Type.Object({
  id: Id, fromBankAccountId: Id, toBankAccountId: Id,
  amountVnd: Type.Integer({ description: 'Whole đồng' }),
  state: Type.Enum(ACCOUNT_TRANSFER_STATES, { description: 'cancelled: taken back before anybody moved it' }),
  dueOn: DayText, movedOn: Nullable(DayText), movedBy: Nullable(Type.String()), bankTransactionId: Id, bankDay: DayText,
  memo: Type.String(), entryId: Id, reviewActId: Nullable(Id),
  reversesId: Type.Union([Id, Type.Null()], { description: 'The transfer whose way back this is' }),
})

export function accountTransferRoutes({ db, now }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(PATH, {
      config: { scope: 'banking:read' },
      schema: {
        operationId: 'listAccountTransfers', tags,
        summary: 'Sums to move between the school\'s own accounts, oldest first',
        params: SchoolParams,
        querystring: Type.Object({
          ...pageQueryProperties, state: Type.Optional(Type.Enum(ACCOUNT_TRANSFER_STATES)),
        }, closed),
        response: { 200: Page(AccountTransferReply) },
      },
    }, async ({ params: { schoolId }, query: { limit = LIMITS.pageSizeDefault, cursor, state } }) =>
      listAccountTransfers(db, schoolId, { state }, { limit, cursor }))

    app.post(`${PATH}/moved`, {
      config: { scope: 'review:write' },
      schema: {
        operationId: 'markAccountTransfersMoved', tags, summary: 'Say that the bank moved these sums, and on which day',
        params: SchoolParams, body: Type.Object({ ids: Ids, movedOn: DayText }, closed), response: { 204: Type.Null() },
      },
    }, async ({ params: { schoolId }, body, actor }, reply) => {
      await markMoved(db, actor, { schoolId, ...body }, now())
      return reply.code(204).send(null)
    })

    app.post(`${PATH}/due`, {
      config: { scope: 'review:write' },
      schema: {
        operationId: 'markAccountTransfersDue', tags, summary: 'Take that word back: these sums were not moved',
        params: SchoolParams, body: Type.Object({ ids: Ids }, closed), response: { 204: Type.Null() },
      },
    }, async ({ params: { schoolId }, body: { ids }, actor }, reply) => {
      await markDue(db, actor, { schoolId, ids })
      return reply.code(204).send(null)
    })
  }
}
