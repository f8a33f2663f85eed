// The price caps of an authority over HTTP: everybody who reads its reports sees them, and who sets the system up sets,
// corrects and ends them (src/access/permission.ts).
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { AuthorityParams } from '../../adoption/schema.js'
import type { Deps } from '../../deps.js'
import { getAuthority } from '../../directory/move-authority.js'
import { changePriceCap, endPriceCap, getPriceCap, listPriceCaps, setPriceCap } from '../../fees/price-caps.js'
import { PriceCapParams } from '../../fees/schema.js'
import { vietnamDay } from '../../time.js'
import { dayOf, FormBody, textOf } from '../desk/form-fields.js'
import type { Faults } from '../desk/form-fields.js'
import { refusalOf } from '../desk/refusal.js'
import type { Refusal } from '../desk/refusal.js'
import { redirect, sendPage } from '../page.js'
import { draftIn, draftOf, emptyCap, readChange, readNewCap } from './price-caps-form.js'
import type { CapDraft } from './price-caps-form.js'
import { PriceCapPage, priceCapsPath, PriceCapsPage } from './price-caps-page.js'
import { priceCapsText } from './price-caps-text.js'

const LIST = '/province/:authorityId/price-caps'
const ONE = `${LIST}/:capId`
const read = { scope: 'reports:read', page: true } as const
const write = { scope: 'admin', page: true } as const
const DoneQuery = Type.Object({ done: Type.Optional(Type.String({ maxLength: 40 })) })
// A province lists some dozens of services.
const CAPS_MAX = 500

interface Shown {
  draft?: CapDraft
  faults?: Faults
  refusal?: Refusal | undefined
  done?: string | undefined
  endOn?: string
}

export function priceCapPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(LIST, { config: read, schema: { hide: true, params: AuthorityParams, querystring: DoneQuery } },
      async (request, reply) => sendList(deps, request, reply, request.params, { done: request.query.done }))

    app.post(LIST, { config: write, schema: { hide: true, params: AuthorityParams, body: FormBody } },
      async (request, reply) => {
        const { params: { authorityId }, body, lang, actor } = request
        const draft = draftIn(body)
        const asked = readNewCap(draft, lang)
        if ('faults' in asked) return sendList(deps, request, reply, request.params, { draft, faults: asked.faults })
        const refusal = await refusalOf(lang, () => setPriceCap(deps, actor, authorityId, asked.value))
        if (refusal) return sendList(deps, request, reply, request.params, { draft, refusal })
        return redirect(reply, `${priceCapsPath(authorityId)}?done=cap`)
      })

    app.get(ONE, { config: write, schema: { hide: true, params: PriceCapParams } },
      async (request, reply) => sendOne(deps, request, reply, request.params, {}))

    app.post(ONE, { config: write, schema: { hide: true, params: PriceCapParams, body: FormBody } },
      async (request, reply) => {
        const { params, body, lang, actor } = request
        const draft = draftIn(body)
        const asked = readChange(draft, lang)
        if ('faults' in asked) return sendOne(deps, request, reply, params, { draft, faults: asked.faults })
        const refusal = await refusalOf(lang, () => changePriceCap(deps, actor, params, asked.value))
        if (refusal) return sendOne(deps, request, reply, params, { draft, refusal })
        return redirect(reply, `${priceCapsPath(params.authorityId)}?done=cap`)
      })

    app.post(`${ONE}/end`, { config: write, schema: { hide: true, params: PriceCapParams, body: FormBody } },
      async (request, reply) => {
        const { params, body, lang, actor } = request
        const endOn = textOf(body, 'on')
        const on = dayOf(endOn)
        if (on === undefined) {
          return sendOne(deps, request, reply, params, { endOn, faults: { on: priceCapsText[lang].dayFault } })
        }
        const refusal = await refusalOf(lang, () => endPriceCap(deps, actor, params, on))
        if (refusal) return sendOne(deps, request, reply, params, { endOn, refusal })
        return redirect(reply, `${priceCapsPath(params.authorityId)}?done=cap`)
      })
  }
}

async function sendList(
  { db, now }: Deps, request: FastifyRequest, reply: FastifyReply, { authorityId }: { authorityId: string },
  { draft = emptyCap(), faults = {}, refusal, done }: Shown,
): Promise<FastifyReply> {
  const { authority, caps } = await db.asService(async (trx) => ({
    authority: await getAuthority(trx, authorityId, vietnamDay(now())),
    caps: await listPriceCaps(trx, authorityId, { limit: CAPS_MAX }),
  }))
  const byFee = caps.sort((one, other) => one.feeCode.localeCompare(other.feeCode) ||
    other.validFrom.localeCompare(one.validFrom))
  return sendPage(reply, (
    <PriceCapsPage request={request} authority={authority} caps={byFee} draft={draft} faults={faults} done={done}
      may={mayWrite(request, authorityId)} refused={refusal?.text} />
  ), statusOf(refusal, faults))
}

async function sendOne(
  { db, now }: Deps, request: FastifyRequest, reply: FastifyReply,
  of: { authorityId: string; capId: string }, { draft, faults = {}, refusal, endOn }: Shown,
): Promise<FastifyReply> {
  const today = vietnamDay(now())
  const { authority, cap } = await db.asService(async (trx) => ({
    authority: await getAuthority(trx, of.authorityId, today), cap: await getPriceCap(trx, of),
  }))
  return sendPage(reply, (
    <PriceCapPage request={request} authority={authority} cap={cap} draft={draft ?? draftOf(cap)} faults={faults} may
      refused={refusal?.text} endOn={endOn ?? today} />
  ), statusOf(refusal, faults))
}

function mayWrite({ viewer }: FastifyRequest, authorityId: string): boolean {
  return viewer?.may('admin', { authorityId }) === true
}

function statusOf(refusal: Refusal | undefined, faults: Faults): number {
  return refusal?.status ?? (Object.keys(faults).length > 0 ? 422 : 200)
}
