// The door of the organisation's own provider: there and back again. What has to come back to the same browser travels
// sealed in a cookie that lives for minutes.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { OidcFlow } from '../../access/oidc.js'
import { createOidc } from '../../access/oidc.js'
import { signInByOidc } from '../../access/oidc-sign-in.js'
import type { OidcConfig } from '../../config.js'
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import { sessionCookie } from '../../http/session-cookie.js'
import { redirect, sendPage } from '../page.js'
import { safeNext } from './door.js'
import { SignInView } from './sign-in-views.js'
import type { Fault } from './sign-in-views.js'
import { callerOf, enter } from './sign-in-pages.js'

const FLOW_COOKIE = 'oidc-flow'
const FLOW_SECONDS = 600
const FLOW_CONTEXT = 'oidc flow'
const CALLBACK = '/login/oidc/callback'
const config = { page: true, session: 'optional' } as const

const NextQuery = Type.Object({
  next: Type.Optional(Type.String({ maxLength: 2_000 })), lang: Type.Optional(Type.String({ maxLength: 5 })),
})

export function oidcPages(
  { config: { publicUrl }, secretBox, log }: Pick<Deps, 'config' | 'secretBox' | 'log'>, provider: OidcConfig,
): FastifyPluginAsyncTypebox {
  const oidc = createOidc(provider, publicUrl + CALLBACK)
  const cookie = sessionCookie(publicUrl)
  const flowCookie = {
    path: '/login/oidc', httpOnly: true, sameSite: 'lax', secure: publicUrl.startsWith('https:'),
  } as const

  return async (app) => {
    app.get('/login/oidc', { config, schema: { hide: true, querystring: NextQuery } }, async (request, reply) => {
      const next = safeNext(request.query.next)
      try {
        const { url, flow } = await oidc.begin(next)
        const sealed = secretBox.seal(JSON.stringify(flow), FLOW_CONTEXT).toString('base64url')
        void reply.setCookie(FLOW_COOKIE, sealed, { ...flowCookie, maxAge: FLOW_SECONDS })
        return redirect(reply, url)
      } catch (error) {
        return sendRefusal(request, reply, next, error)
      }
    })

    app.get(CALLBACK, { config, schema: { hide: true } }, async (request, reply) => {
      const flow = readFlow(request.cookies[FLOW_COOKIE])
      void reply.clearCookie(FLOW_COOKIE, flowCookie)
      const next = safeNext(flow?.next)
      if (flow === undefined) return sendFault(request, reply, next, { kind: 'oidc_refused' })
      try {
        const identity = await oidc.finish(new URL(request.url, publicUrl), flow)
        const result = await signInByOidc(app.access, identity, callerOf(request))
        if (result.kind === 'unknown_person') return await sendFault(request, reply, next, { kind: 'oidc_unknown' })
        return await enter(app.access, cookie, request, reply, { ...result, next })
      } catch (error) {
        return sendRefusal(request, reply, next, error)
      }
    })
  }

  function readFlow(sealed: string | undefined): OidcFlow | undefined {
    if (sealed === undefined) return undefined
    try {
      const flow: unknown = JSON.parse(secretBox.open(Buffer.from(sealed, 'base64url'), FLOW_CONTEXT))
      return isFlow(flow) ? flow : undefined
    } catch {
      return undefined // of another browser, another key, or made up
    }
  }

  function sendRefusal(request: FastifyRequest, reply: FastifyReply, next: string, error: unknown): FastifyReply {
    if (!(error instanceof DomainError) || error.code !== 'OIDC_REFUSED') throw error
    log.warn({ err: error }, 'a sign-in through OIDC failed')
    return sendFault(request, reply, next, { kind: 'oidc_refused' })
  }

  function sendFault(request: FastifyRequest, reply: FastifyReply, next: string, fault: Fault): FastifyReply {
    void reply.header('referrer-policy', 'same-origin')
    return sendPage(reply, <SignInView request={request} next={next} fault={fault} provider={oidc.name} />, 422)
  }
}

function isFlow(value: unknown): value is OidcFlow {
  return typeof value === 'object' && value !== null && ['state', 'nonce', 'codeVerifier', 'next']
    .every((name) => typeof Object.getOwnPropertyDescriptor(value, name)?.value === 'string')
}
