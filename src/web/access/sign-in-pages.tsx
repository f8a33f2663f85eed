// The way in and out: password, second factor, setting up an app, and the door of the organisation's own provider.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Access } from '../../access/access.js'
import { deviceName } from '../../access/device-name.js'
import { beginEnrolment, confirmEnrolment, proveSecondFactor } from '../../access/second-factor.js'
import type { Caller, Session } from '../../access/session.js'
import { signIn, signOut } from '../../access/sign-in.js'
import type { Deps } from '../../deps.js'
import { secondFactorPath } from '../../http/auth.js'
import { sessionCookie } from '../../http/session-cookie.js'
import type { SessionCookie } from '../../http/session-cookie.js'
import { drawQrSvg } from '../../vietqr/image.js'
import { redirect, sendPage } from '../page.js'
import { safeNext } from './door.js'
import { EnrolView, RecoveryView, SecondFactorView, SignInView, withNext } from './sign-in-views.js'
import { text } from './text.js'

const NextQuery = Type.Object({
  next: Type.Optional(Type.String({ maxLength: 2_000 })), lang: Type.Optional(Type.String({ maxLength: 5 })),
})
const SignInBody = Type.Object({
  loginName: Type.String({ maxLength: 200 }), password: Type.String({ maxLength: 1_000 }),
})
const CodeBody = Type.Object({ code: Type.String({ maxLength: 50 }) })

/** Any stage of a session, or none: these pages lead from one to the next. */
const config = { page: true, session: 'optional' } as const

export function signInPages({ config: { publicUrl, oidc } }: Pick<Deps, 'config'>): FastifyPluginAsyncTypebox {
  const cookie = sessionCookie(publicUrl)
  return async (app) => {
    const { access } = app

    app.get('/login', { config, schema: { hide: true, querystring: NextQuery } }, async (request, reply) => {
      const next = safeNext(request.query.next)
      const onward = onwardOf(request.session, next)
      if (onward !== undefined) return redirect(reply, onward)
      return sendSignIn(reply, <SignInView request={request} next={next} provider={oidc?.name} />)
    })

    app.post('/login', {
      config: { ...config, csrf: 'origin-only' }, schema: { hide: true, querystring: NextQuery, body: SignInBody },
    }, async (request, reply) => {
      const next = safeNext(request.query.next)
      const { loginName, password } = request.body
      const result = await signIn(access, { loginName, password }, callerOf(request))
      if (result.kind !== 'signed_in') {
        if (result.kind === 'wait') void reply.header('retry-after', Math.ceil(result.waitMs / 1_000))
        return sendSignIn(reply, (
          <SignInView request={request} next={next} loginName={loginName} fault={result} provider={oidc?.name} />
        ), result.kind === 'wait' ? 429 : 422)
      }
      return enter(access, cookie, request, reply, { ...result, next })
    })

    app.get('/login/second-factor', { config, schema: { hide: true, querystring: NextQuery } }, async (request, reply) => {
      const next = safeNext(request.query.next)
      const { session } = request
      if (session?.stage === 'password' && session.hasTotp) {
        return sendPage(reply, <SecondFactorView request={request} next={next} />)
      }
      return redirect(reply, onwardOf(session, next) ?? withNext('/login', next))
    })

    app.post('/login/second-factor', {
      config, schema: { hide: true, querystring: NextQuery, body: CodeBody },
    }, async (request, reply) => {
      const next = safeNext(request.query.next)
      const { session, lang } = request
      if (session?.stage !== 'password') return redirect(reply, onwardOf(session, next) ?? withNext('/login', next))
      const result = await proveSecondFactor(access, session, request.body.code, callerOf(request))
      if (result.kind === 'signed_in') {
        cookie.set(reply, result.token)
        return redirect(reply, next)
      }
      const isWait = result.kind === 'wait'
      const fault = isWait ? text[lang].wait(Math.ceil(result.waitMs / 60_000)) : text[lang].codeWrong
      return sendPage(reply, <SecondFactorView request={request} next={next} fault={fault} />, isWait ? 429 : 422)
    })

    app.get('/login/enrol', { config, schema: { hide: true, querystring: NextQuery } }, async (request, reply) => {
      const next = safeNext(request.query.next)
      const { session } = request
      if (session === null || session.hasTotp) return redirect(reply, onwardOf(session, next) ?? withNext('/login', next))
      return sendEnrolment(request, reply, session, next)
    })

    app.post('/login/enrol', {
      config, schema: { hide: true, querystring: NextQuery, body: CodeBody },
    }, async (request, reply) => {
      const next = safeNext(request.query.next)
      const { session } = request
      if (session === null || session.hasTotp) return redirect(reply, onwardOf(session, next) ?? withNext('/login', next))
      const done = await confirmEnrolment(access, session, request.body.code, callerOf(request))
      if (done === undefined) return sendEnrolment(request, reply, session, next, text[request.lang].codeWrong)
      cookie.set(reply, done.token)
      return sendPage(reply, <RecoveryView request={request} next={next} codes={done.recoveryCodes} />)
    })

    app.post('/logout', { config, schema: { hide: true } }, async (request, reply) => {
      if (request.session !== null) await signOut(access, request.session, request.ip)
      cookie.clear(reply)
      return redirect(reply, '/login')
    })

    async function sendEnrolment(
      request: FastifyRequest, reply: FastifyReply, session: Session, next: string, fault?: string,
    ): Promise<FastifyReply> {
      const enrolment = await beginEnrolment(access, session)
      const qrSvg = await drawQrSvg(enrolment.uri)
      return sendPage(reply, (
        <EnrolView request={request} next={next} fault={fault} enrolment={enrolment} qrSvg={qrSvg} />
      ), fault === undefined ? 200 : 422)
    }
  }
}

/** The form without a session is proved by its origin, which browsers tell only under this policy. */
function sendSignIn(reply: FastifyReply, ...page: [Parameters<typeof sendPage>[1], number?]): FastifyReply {
  return sendPage(reply.header('referrer-policy', 'same-origin'), ...page)
}

/** Where somebody with a session belongs instead of the sign-in; undefined without one. */
function onwardOf(session: Session | null, next: string): string | undefined {
  if (session === null) return undefined
  return session.stage === 'full' ? next : withNext(secondFactorPath(session), next)
}

/** On with a session that has just begun. The one that the browser carried before ends: nobody else would end it. */
export async function enter(
  access: Access, cookie: SessionCookie, request: FastifyRequest, reply: FastifyReply,
  { token, stage, next }: { token: string; stage: Session['stage']; next: string },
): Promise<FastifyReply> {
  if (request.session !== null) await signOut(access, request.session, request.ip)
  cookie.set(reply, token)
  return redirect(reply, stage === 'full' ? next : withNext('/login/second-factor', next))
}

export function callerOf({ ip, headers }: FastifyRequest): Caller {
  return { address: ip, agent: deviceName(headers['user-agent']) }
}
