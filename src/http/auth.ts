// Who may call which route. Default deny: a guarded route without a scope stops the start, and no handler runs
// before its caller's scope, the school and the caller's right to that school were checked.
import assert from 'node:assert/strict'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { openAccess } from '../access/access.js'
import type { Access } from '../access/access.js'
import type { Actor, Grant, Scope } from '../access/actor.js'
import { createAuthenticator } from '../access/authenticate.js'
import type { Authenticator } from '../access/authenticate.js'
import { createReach } from '../access/reach.js'
import type { Reach } from '../access/reach.js'
import { grantsOf, viewerOf } from '../access/session.js'
import type { Session } from '../access/session.js'
import type { Viewer } from '../access/viewer.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { refuseForgedRequests } from './csrf.js'
import { isUuid } from './id.js'
import { sessionCookie } from './session-cookie.js'

/** `any` asks for a good token or session and nothing more: pure calculations, and a person's own account. */
export type RouteScope = Scope | 'any'

declare module 'fastify' {
  interface FastifyContextConfig {
    scope?: RouteScope
    /**
     * `optional`: a page without a scope that looks at whatever session there is, of the first factor too.
     * `before-password-change`: open to somebody whose one-time password is not changed yet.
     */
    session?: 'optional' | 'before-password-change'
  }
  interface FastifyRequest {
    /** Throws on a route that asks for no scope. */
    readonly actor: Actor
    /** The person who is signed in by a session; null for programs and for nobody. */
    readonly viewer: Viewer | null
    /** Of a person, also before the second factor: for the pages of signing in and of one's own account. */
    readonly session: Session | null
  }
  interface FastifyInstance {
    authenticator: Authenticator
    access: Access
  }
}

export function authenticateRequests(app: FastifyInstance, deps: Deps): void {
  const { db, config: { bootstrapToken, tokenCacheMs, tokenUsedEveryMs, publicUrl }, now } = deps
  const authenticator = createAuthenticator({ db, bootstrapToken, tokenCacheMs, tokenUsedEveryMs, now })
  const access = openAccess(deps)
  const reach = createReach(db, { cacheMs: tokenCacheMs })
  const cookie = sessionCookie(publicUrl)
  const actors = new WeakMap<FastifyRequest, Actor>()
  const sessions = new WeakMap<FastifyRequest, Session>()
  app.decorate('authenticator', authenticator)
  app.decorate('access', access)
  app.decorateRequest('actor', {
    getter(this: FastifyRequest) {
      const actor = actors.get(this)
      assert(actor, `${this.routeOptions.url} asks for no scope and has no actor`)
      return actor
    },
  })
  app.decorateRequest('session', { getter(this: FastifyRequest) { return sessions.get(this) ?? null } })
  app.decorateRequest('viewer', {
    getter(this: FastifyRequest) {
      const session = sessions.get(this)
      return session?.stage === 'full' ? viewerOf(session) : null
    },
  })
  app.addHook('onRoute', ({ url, config }) => { assertGuarded(url, config?.scope) })
  app.addHook('onRequest', async (request, reply) => {
    const { scope, session: sessionUse, page } = request.routeOptions.config
    if (scope === undefined && sessionUse === undefined) return
    const byToken = request.headers.authorization !== undefined
    const session = byToken ? undefined : await findSession(access, cookie.read(request))
    if (session) sessions.set(request, session)
    if (scope === undefined) return
    const elsewhere = byToken ? undefined : whereFirst(request, session)
    if (elsewhere !== undefined && page === true) return reply.redirect(elsewhere.location, 303)
    if (elsewhere !== undefined) throw new DomainError(elsewhere.code, elsewhere.reason)
    const actor = session ? actorOf(session, request.ip) : await findTokenActor(app, authenticator, request)
    await assertMay(reach, actor, request, scope)
    actors.set(request, actor)
  })
  refuseForgedRequests(app, publicUrl)
}

async function findSession(access: Access, token: string | undefined): Promise<Session | undefined> {
  return token === undefined || token === '' ? undefined : access.sessions.find(token)
}

function actorOf(session: Session, address: string): Actor {
  return { name: `user:${session.userId}`, grants: grantsOf(session), address }
}

/** Where a person has to go before this route opens: what a browser follows, and what a program is told. */
function whereFirst(
  { method, url, routeOptions: { config } }: FastifyRequest, session: Session | undefined,
): { location: string; code: string; reason: string } | undefined {
  if (session === undefined) {
    const next = method === 'GET' ? `?next=${encodeURIComponent(url)}` : ''
    return {
      location: `/login${next}`, code: 'UNAUTHENTICATED', reason: 'send Authorization: Bearer <token>, or sign in',
    }
  }
  if (session.stage !== 'full') {
    return {
      location: secondFactorPath(session), code: 'UNAUTHENTICATED', reason: 'the second factor is still missing',
    }
  }
  if (!session.mustChangePassword || config.session === 'before-password-change') return undefined
  return {
    location: '/account/password', code: 'PASSWORD_CHANGE_REQUIRED', reason: 'change the one-time password first',
  }
}

/** The page on which a session of the first factor goes on. */
export function secondFactorPath({ hasTotp }: Pick<Session, 'hasTotp'>): string {
  return hasTotp ? '/login/second-factor' : '/login/enrol'
}

const GUARDED = /^\/(api|desk|province|admin|account)(\/|$)/
/** The names of these parameters are what the reach of a grant is checked by. */
const HOLDER_PARAMETERS: Readonly<Record<string, string>> = {
  schools: 'schoolId', desk: 'schoolId', authorities: 'authorityId', province: 'authorityId',
}

function assertGuarded(url: string, scope: RouteScope | undefined): void {
  if (!GUARDED.test(url)) return
  assert(scope !== undefined, `${url} needs config.scope`)
  for (const [, folder = '', parameter] of url.matchAll(/\/(schools|desk|authorities|province)\/:(\w+)/g)) {
    const wanted = HOLDER_PARAMETERS[folder]
    assert(parameter === wanted, `${url}: call the parameter :${wanted}`)
  }
}

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i

async function findTokenActor(
  app: FastifyInstance, authenticator: Authenticator, request: FastifyRequest,
): Promise<Actor> {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) {
    throw new DomainError('UNAUTHENTICATED', 'send Authorization: Bearer <token>')
  }
  const actor = await authenticator.findActor(token, request.ip)
  if (actor) return actor
  await app.countFailedProof(request)
  throw new DomainError('UNAUTHENTICATED', 'the token is unknown, expired or revoked')
}

/** One grant must hold the scope and reach the path: a right here and a reach there do not add up. */
async function assertMay(reach: Reach, { grants }: Actor, request: FastifyRequest, scope: RouteScope): Promise<void> {
  const path = parametersOf(request)
  if (scope !== 'any') {
    const holding = grants.filter(({ scopes }) => scopes.includes(scope))
    if (holding.length === 0) throw new DomainError('FORBIDDEN', `this needs the scope ${scope}`)
    if (!await someReaches(reach, holding, path)) {
      throw new DomainError('FORBIDDEN', 'the right is bound to another school or authority')
    }
  }
  const { schoolId, authorityId } = path
  if (authorityId !== undefined && !isUuid(authorityId)) {
    throw new DomainError('AUTHORITY_NOT_FOUND', 'there is no such authority')
  }
  if (schoolId !== undefined && !(isUuid(schoolId) && await reach.schoolExists(schoolId))) {
    throw new DomainError('SCHOOL_NOT_FOUND', 'there is no such school')
  }
}

interface HolderPath {
  schoolId?: string
  authorityId?: string
}

async function someReaches(reach: Reach, grants: readonly Grant[], path: HolderPath): Promise<boolean> {
  for (const grant of grants) if (await reaches(reach, grant, path)) return true
  return false
}

/** A bound grant reaches only paths that name what it is bound to, or what lies under that. */
async function reaches(reach: Reach, grant: Grant, { schoolId, authorityId }: HolderPath): Promise<boolean> {
  if (grant.schoolId !== null) return schoolId === grant.schoolId && authorityId === undefined
  if (grant.authorityId === null) return true
  // A path that names both shows the school as that authority sees it: both have to be within reach.
  if (schoolId === undefined && authorityId === undefined) return false
  return (authorityId === undefined ||
      (isUuid(authorityId) && await reach.authorityIsUnder(authorityId, grant.authorityId))) &&
    (schoolId === undefined || (isUuid(schoolId) && await reach.schoolIsUnder(schoolId, grant.authorityId)))
}

function parametersOf({ params }: FastifyRequest): HolderPath {
  if (typeof params !== 'object' || params === null) return {}
  return {
    ...('schoolId' in params && typeof params.schoolId === 'string' ? { schoolId: params.schoolId } : {}),
    ...('authorityId' in params && typeof params.authorityId === 'string' ? { authorityId: params.authorityId } : {}),
  }
}
