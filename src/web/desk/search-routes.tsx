// The search box over HTTP, for people: what it finds on a page and as files.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { tooLarge } from '../../export/table.js'
import { LIMITS } from '../../limits.js'
import { searchSchool } from '../../reconciliation/search-school.js'
import { sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { findSchoolName } from './school-name.js'
import { FOUND_KINDS, foundTable } from './search-export.js'
import { SearchPage } from './search.js'

const Typed = Type.String({ maxLength: 200 })
const Query = Type.Object({ q: Type.Optional(Typed) })
const FileQuery = Type.Object({ q: Typed, format: Type.Enum(TABLE_FORMATS) })
const IN_A_FILE = { shown: LIMITS.exportPageRows, students: LIMITS.exportPageRows }

export function searchPages({ db, now }: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/desk/:schoolId/search', {
      config: { scope: 'review:read', page: true }, schema: { hide: true, params: SchoolParams, querystring: Query },
    }, async (request, reply) => {
      const { params: { schoolId }, query: { q = '' } } = request
      const query = tidy(q)
      const result = query === '' ? null : await searchSchool(db, schoolId, query, now())
      return sendPage(reply, (
        <SearchPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)} query={query}
          result={result} />
      ))
    })

    for (const list of FOUND_KINDS) {
      app.get(`/desk/:schoolId/search/export/${list}`, {
        config: { scope: 'review:read', page: true },
        schema: { hide: true, params: SchoolParams, querystring: FileQuery },
      }, async (request, reply) => {
        const { params: { schoolId }, query: { q, format }, lang } = request
        const query = tidy(q)
        const result = await searchSchool(db, schoolId, query, now(), IN_A_FILE)
        if (result.more) throw tooLarge(`the search finds more than ${LIMITS.exportPageRows} of a kind`)
        return sendSchoolTable(request, reply, {
          db, schoolId, format, table: foundTable(list, result, query, lang),
          audit: { action: 'search.export', list, narrowedBy: { text: query } },
        })
      })
    }
  }
}

function tidy(typed: string): string {
  return typed.normalize('NFC').trim()
}
