// What issuing a round would change, and its optional items, as files over HTTP: by the same rights as their pages.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { countChosenItems, listClassChoices } from '../../invoicing/optional-items.js'
import { previewRun } from '../../invoicing/preview.js'
import { RoundParams } from '../../invoicing/schema.js'
import { sendSchoolTable } from '../school-table.js'
import { changeTable, choiceTable, itemTable, plannedClassTable, plannedFeeTable } from './round-planned-export.js'
import type { ChoiceOfClass } from './round-planned-export.js'
import { readClassesOf } from './round-queries.js'
import { startRoundPage } from './round-read.js'

const ROUND = '/desk/:schoolId/rounds/:roundId'
const FormatQuery = Type.Object({ format: Type.Enum(TABLE_FORMATS) })
const ChoiceQuery = Type.Object({ ...FormatQuery.properties, classId: Type.Optional(Type.String({ maxLength: 36 })) })
const read = { scope: 'invoices:read', page: true } as const

const PLANNED = [
  ['changes', changeTable], ['planned-fees', plannedFeeTable], ['planned-classes', plannedClassTable],
] as const

export function roundExportPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const [list, tableOf] of PLANNED) {
      app.get(`${ROUND}/export/${list}`, {
        config: read, schema: { hide: true, params: RoundParams, querystring: FormatQuery },
      }, async (request, reply) => {
        const { params, params: { schoolId, roundId }, query: { format }, lang } = request
        const { round } = await startRoundPage(deps, params)
        const preview = await previewRun(deps, schoolId, roundId)
        return sendSchoolTable(request, reply, {
          db: deps.db, schoolId, format, table: tableOf(preview, round, lang),
          audit: { action: 'round.export', list, of: { kind: 'collection_round', id: roundId } },
        })
      })
    }

    app.get(`${ROUND}/export/items`, {
      config: read, schema: { hide: true, params: RoundParams, querystring: FormatQuery },
    }, async (request, reply) => {
      const { params, params: { schoolId, roundId }, query: { format }, lang } = request
      const { round } = await startRoundPage(deps, params)
      const counts = await countChosenItems(deps, schoolId, roundId)
      return sendSchoolTable(request, reply, {
        db: deps.db, schoolId, format, table: itemTable(counts, round, lang),
        audit: { action: 'round.export', list: 'items', of: { kind: 'collection_round', id: roundId } },
      })
    })

    app.get(`${ROUND}/export/choices`, {
      config: read, schema: { hide: true, params: RoundParams, querystring: ChoiceQuery },
    }, async (request, reply) => {
      const { params, params: { schoolId, roundId: id }, query: { format, classId = '' }, lang } = request
      const { round } = await startRoundPage(deps, params)
      const choices = choicesOf(deps, { ...params, schoolYear: round.schoolYear, classId })
      return sendSchoolTable(request, reply, {
        db: deps.db, schoolId, format, table: choiceTable(choices, round, lang),
        audit: {
          action: 'student.export', list: 'choices', of: { kind: 'collection_round', id }, narrowedBy: { class: classId },
        },
      })
    })
  }
}

interface OfClasses {
  schoolId: string
  roundId: string
  schoolYear: string
  /** Empty for every class of the year. */
  classId: string
}

async function* choicesOf(deps: Deps, { classId, schoolYear, ...of }: OfClasses): AsyncGenerator<ChoiceOfClass> {
  const classes = await deps.db.inSchool(of.schoolId, (trx) => readClassesOf(trx, of.schoolId, schoolYear))
  for (const { id, name } of classes) {
    if (classId !== '' && classId !== id) continue
    for (const choice of await listClassChoices(deps, { ...of, classId: id })) yield { ...choice, className: name }
  }
}
