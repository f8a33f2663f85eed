// Tokens over HTTP: an admin makes, lists and revokes them. The token itself is in the answer to its making
// and nowhere else.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../deps.js'
import { decodeIdCursor, PageQuery, Page, toPage } from '../http/paging.js'
import { SCOPES } from './actor.js'
import { createToken } from './create-token.js'
import { assertHolds, revokeTokenById } from './tokens.js'
import { listTokens } from './token-store.js'
import type { Token } from './token-store.js'

const NullableTime = Type.Union([Type.String({ format: 'date-time' }), Type.Null()])
const NullableId = Type.Union([Type.String({ format: 'uuid' }), Type.Null()])
const Scopes = Type.Array(Type.Enum(SCOPES), { minItems: 1, maxItems: SCOPES.length, uniqueItems: true })
const tokenProperties = {
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  schoolId: NullableId,
  authorityId: NullableId,
  createdAt: Type.String({ format: 'date-time' }),
  expiresAt: NullableTime,
  revokedAt: NullableTime,
  lastUsedAt: NullableTime,
}
const TokenReply = Type.Object(tokenProperties)
const NewTokenReply = Type.Object({
  token: Type.String({ description: 'Shown once; keep it' }), ...tokenProperties,
})
const NewTokenBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100 }),
  scopes: Scopes,
  schoolId: Type.Optional(Type.String({ format: 'uuid' })),
  authorityId: Type.Optional(Type.String({ format: 'uuid' })),
  expiresAt: Type.Optional(Type.String({ format: 'date-time' })),
}, { additionalProperties: false })
const TokenParams = Type.Object({ tokenId: Type.String() })

const tags = ['access']
const config = { scope: 'admin' } as const

export function tokenRoutes({ db, now }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post('/api/v1/tokens', {
      config,
      schema: {
        operationId: 'createToken', tags, summary: 'Make an API token', body: NewTokenBody,
        response: { 201: NewTokenReply },
      },
    }, async ({ body: { expiresAt, ...body }, actor }, reply) => {
      const request = { ...body, ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }) }
      assertHolds(actor, request)
      const { token, record } = await createToken(db, actor, request, now())
      return reply.code(201).send({ token, ...toReply(record) })
    })

    app.get('/api/v1/tokens', {
      config,
      schema: {
        operationId: 'listTokens', tags, summary: 'List the API tokens', querystring: PageQuery,
        response: { 200: Page(TokenReply) },
      },
    }, async ({ query: { limit = 50, cursor } }) => {
      const beyondId = decodeIdCursor(cursor)
      const rows = await db.asService((trx) => listTokens(trx, { beyondId, order: 'asc' }, limit + 1))
      const { items, nextCursor } = toPage(rows, limit, ({ id }) => [id])
      return { items: items.map(toReply), nextCursor }
    })

    app.post('/api/v1/tokens/:tokenId/revoke', {
      config,
      schema: {
        operationId: 'revokeToken', tags, summary: 'Revoke an API token, at once and for good',
        params: TokenParams, response: { 200: TokenReply },
      },
    }, async ({ params: { tokenId }, actor }) =>
      toReply(await revokeTokenById({ db, now, authenticator: app.authenticator }, actor, tokenId)))
  }
}

function toReply({ createdAt, expiresAt, revokedAt, lastUsedAt, ...token }: Token) {
  return {
    ...token,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}
