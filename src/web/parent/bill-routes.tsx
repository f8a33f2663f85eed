// The parent's door over HTTP: the page, the QR as a picture, the stream of changes, and the birth date. No sign-in:
// whoever has the link may look. A wrong link gets a page in plain words, and is counted.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import { assertNotTooOften } from '../../http/security.js'
import { etagOf, isUnchanged } from '../../invoicing/bill-qr.js'
import { chooseOptionalItems, linkActor, listOptionalItems, shownChoices } from '../../invoicing/optional-items.js'
import { bankAppLinks } from '../../vietqr/bank-apps.js'
import { drawQrPng, drawQrSvg } from '../../vietqr/image.js'
import { redirect, sendPage } from '../page.js'
import type { BillPage } from './bill.js'
import { readBirthDate } from './bill.js'
import { BillPageView } from './bill-page.js'
import type { PayWays, ProofFault } from './bill-page.js'
import { openBillWatch } from './bill-watch.js'
import { isProven, PROOF_COOKIE, tryBirthDate, writeProof } from './birth-date-proof.js'
import { Choices } from './choices.js'
import type { ChoicesOutcome } from './choices.js'
import { compressPages } from './compress-pages.js'
import { billPath } from './link.js'
import { openLiveEvents } from './live-events.js'
import { BackPage, BillNotFoundPage } from './lost-page.js'
import { findLinkedPlace, findLinkedQr, findStandingCode, readBillPage } from './read-bill-page.js'

const tags = ['public']
const Token = Type.Object({ token: Type.String({ maxLength: 200, description: 'From the link of a bill' }) })
const EventsQuery = Type.Object({ mark: Type.Optional(Type.String({ maxLength: 64 })) })
const BillQuery = Type.Object({ done: Type.Optional(Type.String({ maxLength: 20 })) })
const FeeKindIds = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 100 })]))
const ChoicesBody = Type.Object({ chosen: FeeKindIds, shown: FeeKindIds, ticked: FeeKindIds })
const BirthDateBody = Type.Object({ birthDate: Type.String({ maxLength: 40 }) })
const Html = Type.String({ description: 'text/html' })
const SeeBill = Type.Null({ description: 'See the page of the bill' })

const page = { page: true } as const
const PROOF_STATUS: Readonly<Record<ProofFault, number>> = { wrong: 422, unreadable: 422, too_many: 429 }
const CHOICES_REFUSED: ReadonlyMap<string, ChoicesOutcome> = new Map([
  ['CHOICE_CHANGES_EXCEEDED', 'too_many'], ['TOO_MANY_REQUESTS', 'too_fast'],
])

export function billRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  const { config, secretBox, now } = deps
  const overTls = config.publicUrl.startsWith('https:')
  const watch = openBillWatch(deps, { everyMs: config.liveEveryMs, maxBills: config.liveBillsMax })
  const live = openLiveEvents(watch, config)

  return async (app) => {
    compressPages(app)
    app.addHook('preClose', async () => {
      watch.close()
      live.close()
    })
    app.addHook('onSend', async (_request, reply) => { void reply.header('x-robots-tag', 'noindex, nofollow') })
    const countChange = app.createRateLimit({ max: config.choiceChangesPerMinute, timeWindow: 60_000 })

    async function sendBill(
      request: FastifyRequest, reply: FastifyReply, token: string,
      { fault, choices }: { fault?: ProofFault | undefined, choices?: ChoicesOutcome | undefined },
    ): Promise<FastifyReply> {
      const read = await readBillPage(deps, token, (studentId) =>
        isProven(secretBox, { token, studentId }, request.cookies[PROOF_COOKIE], now()))
      if (read === undefined) return sendNotFound(request, reply)
      const path = `/p/${token}`
      const offer = await listOptionalItems(deps, read.page.place)
      return sendPage(reply, (
        <BillPageView request={request} path={path} payWays={await findPayWays(deps, read.page)} {...read}
          choices={<Choices request={request} path={path} offer={offer} outcome={choices} />} proofFault={fault}
          now={now()} />
      ), fault === undefined ? choicesStatus(choices) : PROOF_STATUS[fault])
    }

    async function sendNotFound(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
      await app.countFailedProof(request)
      return sendPage(reply, <BillNotFoundPage request={request} />, 404)
    }

    async function refuseToken(request: FastifyRequest): Promise<never> {
      await app.countFailedProof(request)
      throw new DomainError('BILL_NOT_FOUND', 'no bill has this link')
    }

    app.get('/p', { config: page, schema: { hide: true } }, async (request, reply) =>
      sendPage(reply, <BackPage request={request} />))

    app.get('/p/:token', {
      config: page,
      schema: {
        operationId: 'showBill', tags, params: Token, querystring: BillQuery, produces: ['text/html'],
        response: { 200: Html },
        summary: 'The page of a parent: the bills of one child in one round, and how to pay them',
      },
    }, async (request, reply) =>
      sendBill(request, reply, request.params.token, request.query.done === 'choices' ? { choices: 'saved' } : {}))

    app.post('/p/:token/birth-date', {
      config: page,
      schema: {
        operationId: 'proveBirthDate', tags, params: Token, body: BirthDateBody, response: { 303: SeeBill },
        consumes: ['application/x-www-form-urlencoded'],
        summary: 'The child\'s birth date shows the full name and all payments for half an hour',
      },
    }, async (request, reply) => {
      const { token } = request.params
      const linked = await findLinkedPlace(deps, token)
      if (linked === undefined) return sendNotFound(request, reply)
      const { place } = linked
      const given = readBirthDate(request.body.birthDate)
      if (given === undefined) return sendBill(request, reply, token, { fault: 'unreadable' })
      const verdict = await tryBirthDate(deps, place, given)
      if (verdict !== 'right') return sendBill(request, reply, token, { fault: verdict })
      const expires = new Date(now().getTime() + config.birthDateBelievedMs)
      const proof = writeProof(secretBox, { token, studentId: place.studentId }, expires)
      void reply.setCookie(PROOF_COOKIE, proof, {
        path: `/p/${token}`, maxAge: config.birthDateBelievedMs / 1_000, httpOnly: true, sameSite: 'lax',
        secure: overTls,
      })
      return redirect(reply, `/p/${token}#history`)
    })

    app.post('/p/:token/choices', {
      config: page,
      schema: {
        operationId: 'tickOptionalItems', tags, params: Token, body: ChoicesBody, response: { 303: SeeBill },
        consumes: ['application/x-www-form-urlencoded'],
        summary: 'Which optional items shall be on the bill, which follows at once',
      },
    }, async (request, reply) => {
      const { token } = request.params
      const linked = await findLinkedPlace(deps, token)
      if (linked === undefined) return sendNotFound(request, reply)
      const { chosen = [], shown = [], ticked = [] } = request.body
      const refused = await findRefusal(chooseOptionalItems(deps, {
        ...linked.place, actor: linkActor(linked.code, request.ip), chosenFeeKindIds: [chosen].flat(),
        shown: shownChoices([shown].flat(), [ticked].flat()),
        limit: {
          perDayMax: config.choiceChangesPerDay,
          onChange: () => assertNotTooOften(countChange, request, 'too many choices from this address; wait a minute'),
        },
      }))
      if (refused !== undefined) return sendBill(request, reply, token, { choices: refused })
      // The tick may have replaced the very bill that this link was made for.
      const code = await findStandingCode(deps, linked)
      return redirect(reply, `${billPath(secretBox, code)}?done=choices#choices`)
    })

    for (const [form, type, draw] of [
      ['svg', 'image/svg+xml', drawQrSvg], ['png', 'image/png', drawQrPng],
    ] as const) {
      app.get(`/p/:token/qr.${form}`, {
        schema: {
          operationId: form === 'svg' ? 'showBillQrSvg' : 'showBillQrPng', tags, params: Token, produces: [type],
          summary: `The QR of the link's own bill, or of the one that replaced it, as ${type}; ` +
            '409 NOTHING_TO_PAY when nothing is open',
          response: {
            200: Type.Unsafe<Buffer | string>({ type: 'string', format: 'binary', description: type }),
            304: Type.Null({ description: 'The ETag still holds' }),
          },
        },
      }, async (request, reply) => {
        const bill = await findLinkedQr(deps, request.params.token) ?? await refuseToken(request)
        const etag = etagOf(bill.payload, form)
        void reply.header('etag', etag).header('cache-control', 'private, no-cache')
        if (isUnchanged(request.headers['if-none-match'], etag)) return reply.code(304).send(null)
        return reply.type(type).send(await draw(bill.payload))
      })
    }

    app.get('/p/:token/events', {
      exposeHeadRoute: false,
      schema: {
        operationId: 'watchBill', tags, params: Token, querystring: EventsQuery, produces: ['text/event-stream'],
        summary: 'Server-sent events: `change` with the new mark whenever money or a bill of the page changes',
        response: { 200: Type.Unsafe<unknown>({ type: 'string', description: 'text/event-stream' }) },
      },
    }, async (request, reply) => {
      const { token } = request.params
      const { place } = await findLinkedPlace(deps, token) ?? await refuseToken(request)
      const resumed = request.headers['last-event-id']
      const mark = typeof resumed === 'string' ? resumed : request.query.mark ?? ''
      const stream = live.open({ place, token, address: request.ip, mark })
      if (stream === undefined) throw new DomainError('TOO_MANY_REQUESTS', 'too many pages listen; reload by hand')
      return reply.type('text/event-stream; charset=utf-8').header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no').send(stream)
    })
  }
}

/** A choice that came too often is no error: the page says so, and goes on showing how to pay. */
async function findRefusal(choosing: Promise<unknown>): Promise<ChoicesOutcome | undefined> {
  try {
    await choosing
    return undefined
  } catch (error) {
    const refused = error instanceof DomainError ? CHOICES_REFUSED.get(error.code) : undefined
    if (refused === undefined) throw error
    return refused
  }
}

function choicesStatus(choices: ChoicesOutcome | undefined): number {
  return choices === undefined || choices === 'saved' ? 200 : 429
}

async function findPayWays(
  { secretBox, config }: Pick<Deps, 'secretBox' | 'config'>, { bills }: BillPage,
): Promise<Map<string, PayWays>> {
  const ways = bills.map(async ({ code, payment }): Promise<[string, PayWays]> => {
    const path = billPath(secretBox, code)
    if (payment.kind !== 'transfer') return [code, { path, svg: undefined, apps: [] }]
    const svg = payment.payload === null ? undefined : await drawQrSvg(payment.payload)
    // The apps' maker is a third party: it must not learn the link, so they lead back to a page without one.
    const apps = payment.payload === null ? [] : bankAppLinks(payment, `${config.publicUrl}/p`)
    return [code, { path, svg, apps }]
  })
  return new Map(await Promise.all(ways))
}
