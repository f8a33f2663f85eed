// The desk's pages about collecting, in one plugin: today, rounds, fees, bank accounts.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { ChannelLookup } from '../../banking/channel-lookup.js'
import type { Deps } from '../../deps.js'
import { channelPages } from './channels-routes.js'
import { feePages } from './fees-routes.js'
import { roundBillPages } from './round-bills-routes.js'
import { roundExportPages } from './round-export-routes.js'
import { roundPlanPages } from './round-plan-routes.js'
import { roundPages } from './round-routes.js'
import { roundStudentPages } from './round-student-routes.js'
import { roundListPages } from './rounds-routes.js'
import { todayPages } from './today-routes.js'

export function collectingPages(deps: Deps, channels: ChannelLookup): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(todayPages(deps))
    await app.register(roundListPages(deps))
    await app.register(roundPages(deps))
    await app.register(roundPlanPages(deps))
    await app.register(roundBillPages(deps))
    await app.register(roundExportPages(deps))
    await app.register(roundStudentPages(deps))
    await app.register(feePages(deps))
    await app.register(channelPages(deps, channels))
  }
}
