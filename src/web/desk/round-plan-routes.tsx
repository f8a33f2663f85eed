// The plan of a round and its issuing over HTTP: edit the fees, look at what would change, start the run, watch it.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import { isUuid } from '../../http/id.js'
import { listFeeKinds } from '../../fees/fee-kinds.js'
import type { FeeKind } from '../../fees/fee-kinds.js'
import { replacePlan } from '../../fees/plan-round.js'
import { PriceCapExceeded } from '../../fees/price-cap-check.js'
import { previewRun } from '../../invoicing/preview.js'
import { RoundParams } from '../../invoicing/schema.js'
import { getRun, listRuns, startRun } from '../../invoicing/start-run.js'
import { redirect, sendPage } from '../page.js'
import { roundPath } from './desk-links.js'
import { FormBody, textOf, textsOf } from './form-fields.js'
import { refusalOf } from './refusal.js'
import type { Refusal } from './refusal.js'
import { readPlan, toDrafts } from './round-plan-form.js'
import type { ReadPlan } from './round-plan-form.js'
import { RoundPlanPage } from './round-plan.js'
import type { OwnFeeSum } from './round-plan.js'
import { RoundPreviewPage, runStateText } from './round-preview.js'
import { readClassesOf, readStudentNames } from './round-queries.js'
import { startRoundPage } from './round-read.js'
import type { RoundStart } from './round-read.js'

const ROUND = '/desk/:schoolId/rounds/:roundId'
const DoneQuery = Type.Object({ done: Type.Optional(Type.String({ maxLength: 40 })) })
const RunStateParams = Type.Object({ ...RoundParams.properties, runId: Type.String({ format: 'uuid' }) })
const RunForm = Type.Union([FormBody, Type.Null()])
// A school has some dozens of fee kinds.
const FEE_KINDS_MAX = 200

interface OfRound {
  schoolId: string
  roundId: string
}

export function roundPlanPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(`${ROUND}/plan`, {
      config: { scope: 'fees:read', page: true }, schema: { hide: true, params: RoundParams, querystring: DoneQuery },
    }, async (request, reply) => {
      const start = await startRoundPage(deps, request.params)
      const plan = { drafts: toDrafts(start.round.fees), faults: new Map() }
      return sendPlan(deps, request, reply, start, { plan, done: request.query.done })
    })

    app.post(`${ROUND}/plan`, {
      config: { scope: 'fees:write', page: true }, schema: { hide: true, params: RoundParams, body: FormBody },
    }, async (request, reply) => {
      const { params: { schoolId, roundId }, body, lang, actor } = request
      const start = await startRoundPage(deps, request.params)
      const plan = readPlan(body, new Set((await classesOf(deps, start)).map(({ id }) => id)))
      if (plan.faults.size > 0) return sendPlan(deps, request, reply, start, { plan })
      const refusal = await refusalOf(lang, () =>
        replacePlan(deps, actor, schoolId, { roundId, fees: plan.lines, ownFees: 'kept' }))
      if (refusal) return sendPlan(deps, request, reply, start, { plan, refusal })
      return redirect(reply, `${roundPath(schoolId, roundId)}/plan?done=plan`)
    })

    app.get(`${ROUND}/preview`, {
      config: { scope: 'invoices:read', page: true }, schema: { hide: true, params: RoundParams },
    }, async (request, reply) => sendPreview(deps, request, reply, request.params))

    app.post(`${ROUND}/runs`, {
      config: { scope: 'invoices:write', page: true }, schema: { hide: true, params: RoundParams, body: RunForm },
    }, async (request, reply) => {
      const { params: { schoolId, roundId }, lang, actor, body } = request
      // Somebody else may have changed the plan since the totals were looked at.
      const previewed = textOf(body ?? {}, 'previewed')
      const withdraw = textsOf(body ?? {}, 'withdraw').filter(isUuid)
      const refusal = await refusalOf(lang, () =>
        startRun(deps, actor, schoolId, roundId, { withdraw, ...(previewed !== '' && { previewed }) }))
      // A run that is under way already is what was asked for.
      if (refusal === undefined || refusal.code === 'INVOICE_RUN_EXISTS') {
        return redirect(reply, `${roundPath(schoolId, roundId)}/preview`)
      }
      return sendPreview(deps, request, reply, request.params, refusal)
    })

    app.get(`${ROUND}/runs/:runId/state`, {
      config: { scope: 'invoices:read' }, schema: { hide: true, params: RunStateParams },
    }, async ({ params: { schoolId, roundId, runId } }, reply) => {
      const run = await getRun(deps, schoolId, runId)
      if (run.round_id !== roundId) throw new DomainError('INVOICE_RUN_NOT_FOUND', 'this round has no such invoice run')
      return reply.header('cache-control', 'no-store').type('text/plain').send(runStateText(run))
    })
  }
}

async function classesOf({ db }: Deps, { schoolId, round }: RoundStart) {
  return db.inSchool(schoolId, (trx) => readClassesOf(trx, schoolId, round.schoolYear))
}

async function findLastRun(deps: Deps, { schoolId, roundId }: OfRound) {
  const { items: [run] } = await listRuns(deps, schoolId, { roundId, limit: 1 })
  return run
}

function isUnderWay(run: { state: string } | undefined): boolean {
  return run?.state === 'queued' || run?.state === 'running'
}

interface PlanOutcome {
  plan: Pick<ReadPlan, 'drafts' | 'faults'>
  done?: string | undefined
  refusal?: Refusal
}

async function sendPlan(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, start: RoundStart, { plan, done, refusal }: PlanOutcome,
): Promise<FastifyReply> {
  const { schoolId } = start
  const feeKinds = await deps.db.inSchool(schoolId, (trx) => listFeeKinds(trx, schoolId, { limit: FEE_KINDS_MAX }))
  const breaches = refusal?.cause instanceof PriceCapExceeded ? refusal.cause.breaches : []
  return sendPage(reply, (
    <RoundPlanPage request={request} {...start} feeKinds={feeKinds} classes={await classesOf(deps, start)}
      drafts={plan.drafts.filter(({ amount, feeKindId }) => amount !== '' || feeKindId !== '')} faults={plan.faults}
      ownFees={sumOwnFees(start, feeKinds)} breaches={breaches} done={done}
      refused={breaches.length > 0 ? undefined : refusal?.text} />
  ), refusal?.status ?? (plan.faults.size > 0 ? 422 : 200))
}

function sumOwnFees({ round }: RoundStart, feeKinds: readonly FeeKind[]): OwnFeeSum[] {
  return feeKinds.flatMap(({ id, name }) => {
    const own = round.fees.filter(({ feeKindId, scope }) => feeKindId === id && scope === 'student')
    if (own.length === 0) return []
    return [{ name, students: own.length, totalVnd: own.reduce((sum, { amountVnd }) => sum + amountVnd, 0) }]
  })
}

async function sendPreview(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, of: OfRound, refusal?: Refusal,
): Promise<FastifyReply> {
  const { schoolId, roundId } = of
  const start = await startRoundPage(deps, of)
  const run = await findLastRun(deps, of)
  const preview = isUnderWay(run) ? undefined : await previewRun(deps, schoolId, roundId)
  const shownIds = [...preview?.withdrawn ?? [], ...preview?.left ?? []].map(({ studentId }) => studentId)
  const names = await deps.db.inSchool(schoolId, (trx) => readStudentNames(trx, schoolId, shownIds))
  return sendPage(reply, (
    <RoundPreviewPage request={request} {...start} run={run} preview={preview} names={names}
      refused={refusal?.cause instanceof PriceCapExceeded ? undefined : refusal?.text} />
  ), refusal?.status ?? 200)
}
