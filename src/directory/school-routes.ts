// Schools over HTTP.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Static } from 'typebox'
import { holdsScope } from '../access/actor.js'
import type { Actor } from '../access/actor.js'
import { DomainError } from '../errors.js'
import { Page } from '../http/paging.js'
import { vietnamDay } from '../time.js'
import { createSchool } from './create-school.js'
import type { DirectoryDeps } from './directory-deps.js'
import { getSchool } from './get-school.js'
import { listSchools } from './list-schools.js'
import { mergeSchools } from './merge-schools.js'
import {
  AsOfQuery,
  CreateSchoolBody,
  MergeBody,
  SchoolItem,
  SchoolParams,
  SchoolQuery,
  SchoolReply,
  UpdateSchoolBody,
} from './schema.js'
import { updateSchool } from './update-school.js'

const tags = ['directory']

export function schoolRoutes(deps: DirectoryDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      '/api/v1/schools',
      {
        schema: {
          operationId: 'createSchool',
          summary: 'Make a school with its first profile and its ledger accounts',
          tags,
          body: CreateSchoolBody,
          response: { 201: SchoolReply },
        },
        config: { scope: 'admin' },
      },
      async ({ actor, body }, reply) => reply.code(201).send(await createSchool(deps, actor, body)),
    )

    app.get(
      '/api/v1/schools',
      {
        schema: {
          operationId: 'listSchools',
          summary:
            'Every school that exists on a day, by name; under one authority: /authorities/{id}/schools',
          tags,
          querystring: SchoolQuery,
          response: { 200: Page(SchoolItem) },
        },
        config: { scope: 'directory:read' },
      },
      async ({ query }) => listSchools(deps, query),
    )

    app.get(
      '/api/v1/schools/:schoolId',
      {
        schema: {
          operationId: 'getSchool',
          summary: 'A school as of a day, with its dated profiles, authorities and predecessors',
          tags,
          params: SchoolParams,
          querystring: AsOfQuery,
          response: { 200: SchoolReply },
        },
        config: { scope: 'directory:read' },
      },
      async ({ params, query }) => getSchool(deps, params.schoolId, query.asOf ?? vietnamDay(deps.now())),
    )

    app.patch(
      '/api/v1/schools/:schoolId',
      {
        schema: {
          operationId: 'updateSchool',
          summary: 'Change what a school is from a day on; the same day again corrects',
          tags,
          params: SchoolParams,
          body: UpdateSchoolBody,
          response: { 200: SchoolReply },
        },
        config: { scope: 'directory:write' },
      },
      async ({ actor, params, body }) => {
        assertMayChange(actor, body)
        return updateSchool(deps, actor, params.schoolId, body)
      },
    )

    app.post(
      '/api/v1/schools/:schoolId/merge',
      {
        schema: {
          operationId: 'mergeSchools',
          summary: 'Let this school follow others, which end on the day and keep their own books',
          tags,
          params: SchoolParams,
          body: MergeBody,
          response: { 200: SchoolReply },
        },
        config: { scope: 'admin' },
      },
      async ({ actor, params, body }) => mergeSchools(deps, actor, params.schoolId, body),
    )
  }
}

/** What decides which caps and which figures a school falls under is not for the school itself to change. */
function assertMayChange(actor: Actor, body: Static<typeof UpdateSchoolBody>): void {
  const ruled = ['type', 'levels', 'urban', 'managingAuthorityId', 'reportingAuthorityId'] as const
  if (holdsScope(actor, 'admin') || ruled.every((field) => body[field] === undefined)) return
  throw new DomainError('FORBIDDEN', `only an admin token may change ${ruled.join(', ')}`)
}
