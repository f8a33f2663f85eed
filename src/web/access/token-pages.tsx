// API tokens for those who administer them: the list, a new one that is shown once, and the way to revoke one.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { createToken } from '../../access/create-token.js'
import type { TokenRequest } from '../../access/create-token.js'
import { findAuthorities, findSchools } from '../../access/places.js'
import { assertHolds, listNamedTokens, revokeTokenById, scopesForToken } from '../../access/tokens.js'
import type { TokenPlace } from '../../access/tokens.js'
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { isUuid } from '../../http/id.js'
import { LIMITS } from '../../limits.js'
import { vietnamDay } from '../../time.js'
import { FormBody } from '../desk/form-fields.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { tokenTable } from './token-export.js'
import { checkTokenDraft, emptyTokenDraft, NewTokenView, readTokenDraft } from './token-form.js'
import type { TokenChoice, TokenDraft, TokenFaults } from './token-form.js'
import { tokenText } from './token-text.js'
import { TOKENS, TokenList, TokenView } from './token-views.js'

const SCHOOLS_SHOWN = 20
const lang = { lang: Type.Optional(Type.String({ maxLength: 5 })) }
const ListQuery = Type.Object({
  ...lang, cursor: Type.Optional(Type.String({ maxLength: 1_000 })), format: Type.Optional(Type.Enum(TABLE_FORMATS)),
  done: Type.Optional(Type.Enum(['revoked'])),
})
const ChoiceQuery = Type.Object({
  ...lang, place: Type.Optional(Type.Enum(['system', 'school', 'authority'])),
  school: Type.Optional(Type.String({ maxLength: 100 })),
})
const TokenParams = Type.Object({ tokenId: Type.String() })
const config = { scope: 'admin', page: true } as const

export function tokenPages(deps: Pick<Deps, 'db' | 'now'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(TOKENS.base, { config, schema: { hide: true, querystring: ListQuery } }, async (request, reply) => {
      const { query: { cursor, format, done }, lang: reader } = request
      if (format !== undefined) {
        const readPage = (from: string | undefined) =>
          listNamedTokens(deps, { cursor: from, limit: LIMITS.exportPageRows })
        return sendSchoolTable(request, reply, {
          db: deps.db, schoolId: null, format, table: tokenTable(readPage, reader),
          audit: { action: 'token.export', list: 'tokens' },
        })
      }
      const { items, nextCursor } = await listNamedTokens(deps, { cursor, limit: LIMITS.pageSizeDefault })
      return sendPage(reply, (
        <TokenList request={request} tokens={items} done={done && tokenText[reader][`done_${done}`]}
          nextHref={nextCursor === null ? null : `${TOKENS.base}?cursor=${encodeURIComponent(nextCursor)}`} />
      ))
    })

    app.post(`${TOKENS.base}/:tokenId/revoke`, { config, schema: { hide: true, params: TokenParams } },
      async ({ params: { tokenId }, actor }, reply) => {
        await revokeTokenById({ ...deps, authenticator: app.authenticator }, actor, tokenId)
        return redirect(reply, `${TOKENS.base}?done=revoked`)
      })

    await app.register(newTokenPages(deps))
  }
}

function newTokenPages(deps: Pick<Deps, 'db' | 'now'>): FastifyPluginAsyncTypebox {
  const schema = { hide: true, querystring: ChoiceQuery }
  return async (app) => {
    app.get(`${TOKENS.base}/new`, { config, schema }, async (request, reply) =>
      send(request, reply, { query: request.query, draft: emptyTokenDraft(vietnamDay(deps.now())), faults: {} }))

    app.post(`${TOKENS.base}/new`, { config, schema: { ...schema, body: FormBody } }, async (request, reply) => {
      const { actor, query, body, lang: reader } = request
      const draft = readTokenDraft(body)
      const checked = checkTokenDraft(draft, placeOf(query), { lang: reader, today: vietnamDay(deps.now()) })
      if ('faults' in checked) return send(request, reply, { query, draft, faults: checked.faults })
      try {
        const { token } = await make(actor, checked.request)
        return await sendPage(reply, <TokenView request={request} name={draft.name} token={token} />)
      } catch (error) {
        return send(request, reply, { query, draft, faults: faultsOf(error, request) })
      }
    })
  }

  async function make(actor: FastifyRequest['actor'], request: TokenRequest): Promise<{ token: string }> {
    const { schoolId, authorityId } = request
    if ([schoolId, authorityId].some((id) => id !== undefined && !isUuid(id))) {
      throw new DomainError('TOKEN_HOLDER_INVALID', 'there is no such school or authority')
    }
    assertHolds(actor, request)
    return createToken(deps.db, actor, request, deps.now())
  }

  async function send(
    request: FastifyRequest, reply: FastifyReply,
    { query, draft, faults }: { query: ChoiceText; draft: TokenDraft; faults: TokenFaults },
  ): Promise<FastifyReply> {
    const place = placeOf(query)
    const schoolText = query.school ?? ''
    const choice: TokenChoice = {
      place, schoolText, scopes: scopesForToken(request.actor, place),
      schools: place === 'school' ? await findSchools(deps, schoolText, SCHOOLS_SHOWN) : [],
      authorities: place === 'authority' ? await findAuthorities(deps) : [],
    }
    return sendPage(reply, <NewTokenView request={request} choice={choice} draft={draft} faults={faults} />,
      Object.keys(faults).length === 0 ? 200 : 422)
  }
}

interface ChoiceText {
  place?: TokenPlace
  school?: string
}

/** Most programs work for one school. */
function placeOf({ place = 'school' }: ChoiceText): TokenPlace {
  return place
}

/** Beside the field that is at fault, or over the form; what is no refusal of the input is thrown on. */
function faultsOf(error: unknown, { lang: reader }: FastifyRequest): TokenFaults {
  if (!(error instanceof DomainError)) throw error
  const t = tokenText[reader]
  switch (error.code) {
    case 'TOKEN_SCOPES_INVALID': return { scopes: t.TOKEN_SCOPES_INVALID }
    case 'TOKEN_HOLDER_INVALID': return { form: t.TOKEN_HOLDER_INVALID }
    default: throw error
  }
}
