// The rounds of a school over HTTP: the list, and opening a new one, empty or with the fees of an earlier one.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { createRound, getRoundWithFees } from '../../fees/plan-round.js'
import type { PlanLine } from '../../fees/round-plan.js'
import { isUuid } from '../../http/id.js'
import { decodeIdCursor } from '../../http/paging.js'
import { listRoundsWithSums } from '../../invoicing/round-figures.js'
import { schoolYearOf, vietnamDay } from '../../time.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { roundPath, roundsPath } from './desk-links.js'
import { dayOf, FormBody, textOf } from './form-fields.js'
import type { Faults, Form } from './form-fields.js'
import { roundsTable } from './lists-export.js'
import { sharedLines } from './round-plan-form.js'
import { refusalOf } from './refusal.js'
import { RoundsPage } from './rounds.js'
import type { RoundDraft, RoundsProps } from './rounds.js'
import { roundsText } from './rounds-text.js'
import { findSchoolName } from './school-name.js'

const NAME_MAX_CHARS = 200
const Query = Type.Object({
  cursor: Type.Optional(Type.String()), done: Type.Optional(Type.String()),
  format: Type.Optional(Type.Enum(TABLE_FORMATS)),
})

export function roundListPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/desk/:schoolId/rounds', {
      config: { scope: 'invoices:read', page: true }, schema: { hide: true, params: SchoolParams, querystring: Query },
    }, async (request, reply) => {
      const { params: { schoolId }, query: { cursor, format }, lang } = request
      if (format !== undefined) {
        return sendSchoolTable(request, reply, {
          db: deps.db, schoolId, format, table: roundsTable(deps, schoolId, lang),
          audit: { action: 'round.export', list: 'rounds' },
        })
      }
      return sendRounds(deps, request, reply, { schoolId, cursor, draft: emptyDraft(deps), faults: {} })
    })

    app.post('/desk/:schoolId/rounds', {
      config: { scope: 'fees:write', page: true }, schema: { hide: true, params: SchoolParams, body: FormBody },
    }, async (request, reply) => {
      const { params: { schoolId }, body, lang, actor } = request
      const draft = readDraft(body)
      const faults = findFaults(draft, request)
      const shown = { schoolId, cursor: undefined, draft, faults, status: 422 }
      if (Object.keys(faults).length > 0) return sendRounds(deps, request, reply, shown)
      let roundId = ''
      const refusal = await refusalOf(lang, async () => {
        const fees = await feesOf(deps, schoolId, draft)
        const { name, schoolYear, dueOn } = draft
        roundId = (await createRound(deps, actor, schoolId, { name, schoolYear, dueOn, fees })).id
      })
      if (refusal) return sendRounds(deps, request, reply, { ...shown, refused: refusal.text })
      return redirect(reply, `${roundPath(schoolId, roundId)}/plan?done=round`)
    })
  }
}

interface Shown extends Pick<RoundsProps, 'draft' | 'faults' | 'refused'> {
  schoolId: string
  cursor: string | undefined
  status?: number
}

async function sendRounds(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, { schoolId, cursor, status = 200, ...shown }: Shown,
): Promise<FastifyReply> {
  const beforeId = decodeIdCursor(cursor)
  const { items, nextCursor } = await listRoundsWithSums(deps, schoolId, { beforeId })
  const nextHref = nextCursor === null ? null : `${roundsPath(schoolId)}?cursor=${encodeURIComponent(nextCursor)}`
  return sendPage(reply, (
    <RoundsPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
      rounds={items} nextHref={nextHref} schoolYears={schoolYears(deps)} {...shown} />
  ), status)
}

/** The year that runs and its neighbours: bills of a new year go out before the old one ends. */
function schoolYears({ now }: Pick<Deps, 'now'>): string[] {
  const first = Number(schoolYearOf(vietnamDay(now())).slice(0, 4))
  return [first, first + 1, first - 1].map((year) => `${year}-${year + 1}`)
}

function emptyDraft(deps: Pick<Deps, 'now'>): RoundDraft {
  return { name: '', schoolYear: schoolYears(deps)[0] ?? '', dueOn: '', copyFrom: '' }
}

function readDraft(form: Form): RoundDraft {
  return {
    name: textOf(form, 'name'), schoolYear: textOf(form, 'schoolYear'), dueOn: textOf(form, 'dueOn'),
    copyFrom: textOf(form, 'copyFrom'),
  }
}

function findFaults({ name, dueOn }: RoundDraft, { lang }: FastifyRequest): Faults {
  const t = roundsText[lang]
  return {
    ...((name === '' || name.length > NAME_MAX_CHARS) && { name: t.nameNeeded }),
    ...(dayOf(dueOn) === undefined && { dueOn: t.dueOnNeeded }),
  }
}

/** Fees of classes are left out where the year differs: its classes are others. */
async function feesOf({ db }: Deps, schoolId: string, draft: RoundDraft): Promise<PlanLine[]> {
  if (!isUuid(draft.copyFrom)) return []
  const source = await db.inSchool(schoolId, (trx) => getRoundWithFees(trx, schoolId, draft.copyFrom))
  return sharedLines(source.fees).filter(({ scope }) => scope !== 'class' || source.schoolYear === draft.schoolYear)
}
