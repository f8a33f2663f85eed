// The fee kinds of a school over HTTP: list, make, change.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { listAccountChannels } from '../../banking/account-channels.js'
import type { Deps } from '../../deps.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { SchoolParams } from '../../directory/schema.js'
import { DomainError } from '../../errors.js'
import { changeFeeKind, createFeeKind, listFeeKinds } from '../../fees/fee-kinds.js'
import type { FeeKind } from '../../fees/fee-kinds.js'
import { FeeKindParams } from '../../fees/schema.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { feesPath } from './desk-links.js'
import { EMPTY_FEE, findFeeFaults, readFee } from './fees-form.js'
import type { FeeDraft } from './fees-form.js'
import { FeeKindPage, FeesPage } from './fees-page.js'
import { feesText } from './fees-text.js'
import { FormBody } from './form-fields.js'
import type { Faults } from './form-fields.js'
import { refusalOf } from './refusal.js'
import { feeKindsTable } from './lists-export.js'
import { findSchoolName } from './school-name.js'

const FEE_KINDS_MAX = 200
const FeesQuery = Type.Object({
  done: Type.Optional(Type.String({ maxLength: 40 })), format: Type.Optional(Type.Enum(TABLE_FORMATS)),
})
const read = { scope: 'fees:read', page: true } as const
const write = { scope: 'fees:write', page: true } as const

interface Shown {
  draft: FeeDraft
  faults: Faults
  refused?: string | undefined
  done?: boolean
  status?: number
}

export function feePages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get('/desk/:schoolId/fees', { config: read, schema: { hide: true, params: SchoolParams, querystring: FeesQuery } },
      async (request, reply) => {
        const { params: { schoolId }, query: { done, format }, lang } = request
        if (format === undefined) {
          return sendFees(deps, request, reply, schoolId, { draft: EMPTY_FEE, faults: {}, done: done !== undefined })
        }
        const accounts = await listAccountChannels(deps, schoolId)
        return sendSchoolTable(request, reply, {
          db: deps.db, schoolId, format, table: feeKindsTable(await readFeeKinds(deps, schoolId), accounts, lang),
          audit: { action: 'fee_kind.export', list: 'fee_kinds' },
        })
      })

    app.post('/desk/:schoolId/fees', { config: write, schema: { hide: true, params: SchoolParams, body: FormBody } },
      async (request, reply) => {
        const { params: { schoolId }, body, lang, actor } = request
        const draft = readFee(body)
        const faults = findFeeFaults(draft, lang, true)
        const shown = { draft, faults, status: 422 }
        if (Object.keys(faults).length > 0) return sendFees(deps, request, reply, schoolId, shown)
        const refusal = await refusalOf(lang, () =>
          createFeeKind(deps, actor, schoolId, { ...draft, priority: Number(draft.priority) }))
        if (refusal === undefined) return redirect(reply, `${feesPath(schoolId)}?done=saved`)
        if (refusal.code === 'FEE_KIND_CODE_EXISTS') {
          return sendFees(deps, request, reply, schoolId, { ...shown, faults: { code: feesText[lang].codeTaken } })
        }
        return sendFees(deps, request, reply, schoolId, { ...shown, refused: refusal.text, status: refusal.status })
      })

    app.get('/desk/:schoolId/fees/:feeKindId', { config: write, schema: { hide: true, params: FeeKindParams } },
      async (request, reply) => {
        const { schoolId, feeKindId } = request.params
        const feeKind = await getFeeKind(deps, schoolId, feeKindId)
        const draft = { ...feeKind, priority: String(feeKind.priority) }
        return sendFeeKind(deps, request, reply, schoolId, feeKind, { draft, faults: {} })
      })

    app.post('/desk/:schoolId/fees/:feeKindId', {
      config: write, schema: { hide: true, params: FeeKindParams, body: FormBody },
    }, async (request, reply) => {
      const { params: { schoolId, feeKindId }, body, lang, actor } = request
      const feeKind = await getFeeKind(deps, schoolId, feeKindId)
      const draft = readFee(body)
      const faults = findFeeFaults(draft, lang, false)
      const shown = { draft, faults, status: 422 }
      if (Object.keys(faults).length > 0) return sendFeeKind(deps, request, reply, schoolId, feeKind, shown)
      const { name, legalBasis, bankAccountId, optional } = draft
      const change = { name, legalBasis, optional, priority: Number(draft.priority),
        ...(bankAccountId !== feeKind.bankAccountId && { bankAccountId }) }
      const refusal = await refusalOf(lang, () => changeFeeKind(deps, actor, schoolId, feeKindId, change))
      if (refusal === undefined) return redirect(reply, `${feesPath(schoolId)}?done=saved`)
      return sendFeeKind(deps, request, reply, schoolId, feeKind,
        { ...shown, refused: refusal.text, status: refusal.status })
    })
  }
}

async function getFeeKind(deps: Deps, schoolId: string, feeKindId: string): Promise<FeeKind> {
  const feeKind = (await readFeeKinds(deps, schoolId)).find(({ id }) => id === feeKindId)
  if (feeKind) return feeKind
  throw new DomainError('FEE_KIND_NOT_FOUND', 'this school has no such fee kind')
}

async function readFeeKinds({ db }: Deps, schoolId: string): Promise<FeeKind[]> {
  return db.inSchool(schoolId, (trx) => listFeeKinds(trx, schoolId, { limit: FEE_KINDS_MAX }))
}

async function sendFees(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, schoolId: string, { status = 200, ...shown }: Shown,
): Promise<FastifyReply> {
  return sendPage(reply, (
    <FeesPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
      feeKinds={await readFeeKinds(deps, schoolId)} accounts={await listAccountChannels(deps, schoolId)}
      {...shown} done={shown.done ?? false} />
  ), status)
}

async function sendFeeKind(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, schoolId: string, feeKind: FeeKind,
  { status = 200, draft, faults, refused }: Shown,
): Promise<FastifyReply> {
  return sendPage(reply, (
    <FeeKindPage request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
      feeKind={feeKind} accounts={await listAccountChannels(deps, schoolId)} draft={draft} faults={faults}
      refused={refused} />
  ), status)
}
