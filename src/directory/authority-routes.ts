// Authorities over HTTP.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { DomainError } from '../errors.js'
import { isUuid } from '../http/id.js'
import { Page } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { vietnamDay } from '../time.js'
import { listAuthorities } from './authority-store.js'
import { createAuthority } from './create-authority.js'
import type { DirectoryDeps } from './directory-deps.js'
import { listSchoolsUnder } from './list-schools.js'
import { getAuthority, moveAuthority } from './move-authority.js'
import { readNameKey } from './name-key.js'
import {
  AsOfQuery,
  AuthorityParams,
  AuthorityQuery,
  AuthorityReply,
  CreateAuthorityBody,
  MoveAuthorityBody,
  SchoolItem,
  SchoolQuery,
} from './schema.js'

const tags = ['directory']
export function authorityRoutes(deps: DirectoryDeps): FastifyPluginAsyncTypebox {
  const { db, now } = deps
  return async (app) => {
    app.post(
      '/api/v1/authorities',
      {
        schema: {
          operationId: 'createAuthority',
          summary: 'Make an authority and its place in the dated tree',
          tags,
          body: CreateAuthorityBody,
          response: { 201: AuthorityReply },
        },
        config: { scope: 'admin' },
      },
      async ({ actor, body }, reply) => reply.code(201).send(await createAuthority(deps, actor, body)),
    )

    app.get(
      '/api/v1/authorities',
      {
        schema: {
          operationId: 'listAuthorities',
          summary: 'Authorities that exist on a day, by name',
          tags,
          querystring: AuthorityQuery,
          response: { 200: Page(AuthorityReply) },
        },
        config: { scope: 'directory:read' },
      },
      async ({ query }) => {
        const { limit = LIMITS.pageSizeDefault, cursor, kind, parentId, asOf = vietnamDay(now()) } = query
        const after = readNameKey(cursor)
        return db.asService((trx) => listAuthorities(trx, { asOf, kind, parentId }, limit, after))
      },
    )

    app.get(
      '/api/v1/authorities/:authorityId',
      {
        schema: {
          operationId: 'getAuthority',
          summary: 'An authority and who it stands under on a day',
          tags,
          params: AuthorityParams,
          querystring: AsOfQuery,
          response: { 200: AuthorityReply },
        },
        config: { scope: 'directory:read' },
      },
      async ({ params, query }) => {
        const authorityId = checkedId(params.authorityId)
        return db.asService((trx) => getAuthority(trx, authorityId, query.asOf ?? vietnamDay(now())))
      },
    )

    app.patch(
      '/api/v1/authorities/:authorityId',
      {
        schema: {
          operationId: 'moveAuthority',
          summary: 'Put an authority under another one from a day on',
          tags,
          params: AuthorityParams,
          body: MoveAuthorityBody,
          response: { 200: AuthorityReply },
        },
        config: { scope: 'admin' },
      },
      async ({ actor, params, body }) => moveAuthority(deps, actor, checkedId(params.authorityId), body),
    )

    app.get(
      '/api/v1/authorities/:authorityId/schools',
      {
        schema: {
          operationId: 'listSchoolsUnder',
          summary: 'Schools that are or were under an authority, by name, with their profile of a day',
          tags,
          params: AuthorityParams,
          querystring: SchoolQuery,
          response: { 200: Page(SchoolItem) },
        },
        config: { scope: 'reports:read' },
      },
      async ({ params, query }) => listSchoolsUnder(deps, checkedId(params.authorityId), query),
    )
  }
}

function checkedId(authorityId: string): string {
  if (isUuid(authorityId)) return authorityId
  throw new DomainError('AUTHORITY_NOT_FOUND', 'there is no such authority')
}
