// The search box over HTTP, for people.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { searchSchool } from '../../reconciliation/search-school.js'
import { sendPage } from '../page.js'
import { findSchoolName } from './school-name.js'
import { SearchPage } from './search.js'

const Query = Type.Object({ q: Type.Optional(Type.String({ maxLength: 200 })) })

export function searchPages({ db, now }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/desk/:schoolId/search', {
      config: { scope: 'review:read', page: true }, schema: { hide: true, params: SchoolParams, querystring: Query },
    }, async (request, reply) => {
      const { params: { schoolId }, query: { q = '' } } = request
      const query = q.normalize('NFC').trim()
      const result = query === '' ? null : await searchSchool(db, schoolId, query, now())
      return sendPage(reply, (
        <SearchPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)} query={query}
          result={result} />
      ))
    })
  }
}
