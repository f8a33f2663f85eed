// All pages of the desk about students and cash, and the file of bills.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { sendTable, TABLE_FORMATS } from '../../export/table-file.js'
import { isUuid } from '../../http/id.js'
import { INVOICE_STATES } from '../../invoicing/invoice.js'
import { cashPages } from './cash-routes.js'
import { importPages } from './import-routes.js'
import { studentFormPages } from './student-form-routes.js'
import { studentPages } from './student-routes.js'
import { exportBills } from './students-export.js'
import { studentListPages } from './students-routes.js'

const BillsQuery = Type.Object({
  round: Type.Optional(Type.String({ maxLength: 50 })), state: Type.Optional(Type.Enum(INVOICE_STATES)),
  lang: Type.Optional(Type.String({ maxLength: 5 })),
})

export function studentsDeskPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(studentListPages(deps))
    await app.register(studentPages(deps))
    await app.register(studentFormPages(deps))
    await app.register(importPages(deps))
    await app.register(cashPages(deps))

    for (const format of TABLE_FORMATS) {
      app.get(`/desk/:schoolId/invoices.${format}`, {
        config: { scope: 'invoices:read', page: true },
        schema: { hide: true, params: SchoolParams, querystring: BillsQuery },
      }, async (request, reply) => {
        const { params: { schoolId }, query: { round, state }, actor } = request
        const roundId = round !== undefined && isUuid(round) ? round : undefined
        return sendTable(reply, format, await exportBills(deps, actor, schoolId, { roundId, state }, request.lang))
      })
    }
  }
}
