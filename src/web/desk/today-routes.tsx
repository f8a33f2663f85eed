// The first page of the desk over HTTP.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { listAccountChannels } from '../../banking/account-channels.js'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { listRoundsWithSums } from '../../invoicing/round-figures.js'
import type { RoundListItem } from '../../invoicing/round-figures.js'
import { vietnamDay } from '../../time.js'
import { sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { findSchoolName } from './school-name.js'
import { dayTable } from './today-export.js'
import { TodayPage } from './today.js'
import { countOpenReviews, readAccountDays, readCashDay, readSetup } from './today-queries.js'

const Query = Type.Object({ format: Type.Optional(Type.Enum(TABLE_FORMATS)) })
/** Among the newest of these the open round is looked for. */
const ROUNDS_LOOKED_AT = 12

export function todayPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/desk/:schoolId', {
      config: { scope: 'banking:read', page: true }, schema: { hide: true, params: SchoolParams, querystring: Query },
    }, async (request, reply) => {
      const { params: { schoolId }, query: { format }, lang } = request
      const day = vietnamDay(deps.now())
      if (format !== undefined) {
        const days = await deps.db.inSchool(schoolId, (trx) => readAccountDays(trx, schoolId, day))
        return sendSchoolTable(request, reply, {
          db: deps.db, schoolId, format, table: dayTable(await listAccountChannels(deps, schoolId), days, day, lang),
          audit: { action: 'bank_account.export', list: 'day' },
        })
      }
      const { items: rounds } = await listRoundsWithSums(deps, schoolId, { limit: ROUNDS_LOOKED_AT })
      const read = await deps.db.inSchool(schoolId, async (trx) => ({
        days: await readAccountDays(trx, schoolId, day),
        cash: await readCashDay(trx, schoolId, day),
        setup: await readSetup(trx, schoolId),
        openReviews: await countOpenReviews(trx, schoolId),
      }))
      return sendPage(reply, (
        <TodayPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)} day={day}
          accounts={await listAccountChannels(deps, schoolId)} round={pickRound(rounds)} {...read} />
      ))
    })
  }
}

/** The newest open one with bills, else the newest open one. */
function pickRound(rounds: readonly RoundListItem[]): RoundListItem | undefined {
  const open = rounds.filter(({ state }) => state === 'open')
  return open.find(({ invoices }) => invoices > 0) ?? open[0]
}
