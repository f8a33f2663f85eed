// The bills of a round over HTTP, as a list with filters and as a file, and who chose which optional item.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { isUuid } from '../../http/id.js'
import { decodeCursor, encodeCursor } from '../../http/paging.js'
import { countChosenItems, listClassChoices } from '../../invoicing/optional-items.js'
import { BILL_VIEWS, listRoundBills } from '../../invoicing/round-figures.js'
import type { BillPage, ListedBill } from '../../invoicing/round-figures.js'
import { RoundParams } from '../../invoicing/schema.js'
import { LIMITS } from '../../limits.js'
import { sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { roundPath } from './desk-links.js'
import { billTable } from './round-export.js'
import { filterQuery, RoundBillsPage } from './round-bills.js'
import type { BillFilter } from './round-bills.js'
import { RoundItemsPage } from './round-items.js'
import { readClassesOf } from './round-queries.js'
import { startRoundPage } from './round-read.js'

const ROUND = '/desk/:schoolId/rounds/:roundId'
const read = { scope: 'invoices:read', page: true } as const

// Empty where the filter's form says "all".
const filterProperties = {
  classId: Type.Optional(Type.String({ maxLength: 36 })),
  view: Type.Optional(Type.Enum(['', ...BILL_VIEWS] as const)),
}
const BillsQuery = Type.Object({ ...filterProperties, cursor: Type.Optional(Type.String()) })
const ExportQuery = Type.Object({ ...filterProperties, format: Type.Enum(TABLE_FORMATS) })
const ItemsQuery = Type.Object({ classId: Type.Optional(Type.String({ maxLength: 36 })) })

export function roundBillPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(`${ROUND}/bills`, { config: read, schema: { hide: true, params: RoundParams, querystring: BillsQuery } },
      async (request, reply) => {
        const { params: { schoolId, roundId }, query } = request
        const start = await startRoundPage(deps, request.params)
        const filter = readFilter(query)
        const classes = await deps.db.inSchool(schoolId, (trx) => readClassesOf(trx, schoolId, start.round.schoolYear))
        const page = await listRoundBills(deps, schoolId, { roundId, ...filter, after: readPlace(query.cursor) })
        return sendPage(reply, (
          <RoundBillsPage request={request} {...start} classes={classes} bills={page.items} filter={filter}
            nextHref={nextHref(`${roundPath(schoolId, roundId)}/bills`, filter, page)} />
        ))
      })

    app.get(`${ROUND}/export/bills`, {
      config: read, schema: { hide: true, params: RoundParams, querystring: ExportQuery },
    }, async (request, reply) => {
      const { params, params: { schoolId, roundId }, query, query: { format }, lang } = request
      const { round } = await startRoundPage(deps, params)
      const filter = readFilter(query)
      return sendSchoolTable(request, reply, {
        db: deps.db, schoolId, format, table: billTable(allBills(deps, params, filter), round, lang),
        audit: {
          action: 'invoice.export', list: 'bills', of: { kind: 'collection_round', id: roundId },
          narrowedBy: { class: filter.classId, state: filter.view },
        },
      })
    })

    app.get(`${ROUND}/items`, { config: read, schema: { hide: true, params: RoundParams, querystring: ItemsQuery } },
      async (request, reply) => {
        const { params: { schoolId, roundId }, query } = request
        const start = await startRoundPage(deps, request.params)
        const classId = isUuid(query.classId ?? '') ? query.classId : undefined
        const counts = await countChosenItems(deps, schoolId, roundId)
        const classes = await deps.db.inSchool(schoolId, (trx) => readClassesOf(trx, schoolId, start.round.schoolYear))
        const choices = classId === undefined ? [] : await listClassChoices(deps, { schoolId, roundId, classId })
        return sendPage(reply, (
          <RoundItemsPage request={request} {...start} counts={counts} classes={classes} classId={classId}
            choices={choices} />
        ))
      })
  }
}

function readFilter({ classId = '', view = '' }: { classId?: string; view?: string }): BillFilter {
  const wanted = BILL_VIEWS.find((one) => one === view)
  return { ...(isUuid(classId) && { classId }), ...(wanted !== undefined && { view: wanted }) }
}

function readPlace(cursor: string | undefined): BillPage['next'] {
  if (cursor === undefined) return undefined
  const [grade, className, searchName, id] = decodeCursor(cursor, 'int', 'text', 'text', 'id')
  return { grade: Number(grade), className, searchName, id }
}

function nextHref(path: string, filter: BillFilter, { next }: BillPage): string | null {
  if (next === undefined) return null
  const { grade, className, searchName, id } = next
  return `${path}${filterQuery(filter, { cursor: encodeCursor([grade, className, searchName, id]) })}`
}

async function* allBills(
  deps: Deps, { schoolId, roundId }: { schoolId: string; roundId: string }, filter: BillFilter,
): AsyncGenerator<ListedBill> {
  let after: BillPage['next']
  do {
    const page = await listRoundBills(deps, schoolId, { roundId, ...filter, after, limit: LIMITS.pageSizeMax })
    yield* page.items
    after = page.next
  } while (after !== undefined)
}
