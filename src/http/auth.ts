// Who may call which route. Default deny: a route under /api without a scope stops the start, and no handler
// runs before its caller's scope, the school and the caller's right to that school were checked.
import assert from 'node:assert/strict'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Actor, Scope } from '../access/actor.js'
import { createAuthenticator } from '../access/authenticate.js'
import type { Authenticator } from '../access/authenticate.js'
import { createReach } from '../access/reach.js'
import type { Reach } from '../access/reach.js'
import type { Deps } from '../deps.js'
import { DomainError } from '../errors.js'
import { isUuid } from './id.js'

/** `any` asks for a good token and nothing more: pure calculations that read nobody's rows. */
export type RouteScope = Scope | 'any'

declare module 'fastify' {
  interface FastifyContextConfig {
    scope?: RouteScope
  }
  interface FastifyRequest {
    /** Throws on a route that asks for no scope. */
    readonly actor: Actor
  }
  interface FastifyInstance {
    authenticator: Authenticator
  }
}

export function authenticateRequests(app: FastifyInstance, deps: Deps): void {
  const { db, config: { bootstrapToken, tokenCacheMs }, now } = deps
  const authenticator = createAuthenticator({ db, bootstrapToken, tokenCacheMs, now })
  const reach = createReach(db, { cacheMs: tokenCacheMs })
  const actors = new WeakMap<FastifyRequest, Actor>()
  app.decorate('authenticator', authenticator)
  app.decorateRequest('actor', {
    getter(this: FastifyRequest) {
      const actor = actors.get(this)
      assert(actor, `${this.routeOptions.url} asks for no scope and has no actor`)
      return actor
    },
  })
  app.addHook('onRoute', ({ url, config }) => { assertGuarded(url, config?.scope) })
  app.addHook('onRequest', async (request) => {
    const { scope } = request.routeOptions.config
    if (scope === undefined) return
    const actor = await findActor(app, authenticator, request)
    assertScope(actor, scope)
    await assertReach(reach, actor, request, scope)
    actors.set(request, actor)
  })
}

/** The names of these two parameters are what the reach of a token is checked by. */
function assertGuarded(url: string, scope: RouteScope | undefined): void {
  if (!/^\/api(\/|$)/.test(url)) return
  assert(scope !== undefined, `${url} needs config.scope`)
  for (const [, folder, parameter] of url.matchAll(/\/(schools|authorities)\/:(\w+)/g)) {
    const wanted = folder === 'schools' ? 'schoolId' : 'authorityId'
    assert(parameter === wanted, `${url}: call the parameter :${wanted}`)
  }
}

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i

async function findActor(app: FastifyInstance, authenticator: Authenticator, request: FastifyRequest): Promise<Actor> {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) {
    throw new DomainError('UNAUTHENTICATED', 'send Authorization: Bearer <token>')
  }
  const actor = await authenticator.findActor(token, request.ip)
  if (actor) return actor
  await app.countFailedProof(request)
  throw new DomainError('UNAUTHENTICATED', 'the token is unknown, expired or revoked')
}

function assertScope({ scopes }: Actor, scope: RouteScope): void {
  if (scope === 'any' || scopes.includes('admin') || scopes.includes(scope)) return
  throw new DomainError('FORBIDDEN', `this needs a token with the scope ${scope}`)
}

async function assertReach(reach: Reach, actor: Actor, request: FastifyRequest, scope: RouteScope): Promise<void> {
  const { schoolId, authorityId } = parametersOf(request)
  const bound = actor.schoolId !== null || actor.authorityId !== null
  if (bound && scope !== 'any' && !await reaches(reach, actor, schoolId, authorityId)) {
    throw new DomainError('FORBIDDEN', 'the token is bound to another school or authority')
  }
  if (schoolId !== undefined && !(isUuid(schoolId) && await reach.schoolExists(schoolId))) {
    throw new DomainError('SCHOOL_NOT_FOUND', 'there is no such school')
  }
}

/** A bound token reaches only paths that name what it is bound to, or what lies under that. */
async function reaches(
  reach: Reach, actor: Actor, schoolId: string | undefined, authorityId: string | undefined,
): Promise<boolean> {
  if (actor.schoolId !== null) return schoolId === actor.schoolId
  if (actor.authorityId === null) return true
  if (schoolId !== undefined) return isUuid(schoolId) && reach.schoolIsUnder(schoolId, actor.authorityId)
  return authorityId !== undefined && isUuid(authorityId) && reach.authorityIsUnder(authorityId, actor.authorityId)
}

function parametersOf({ params }: FastifyRequest): { schoolId?: string; authorityId?: string } {
  if (typeof params !== 'object' || params === null) return {}
  return {
    ...('schoolId' in params && typeof params.schoolId === 'string' ? { schoolId: params.schoolId } : {}),
    ...('authorityId' in params && typeof params.authorityId === 'string' ? { authorityId: params.authorityId } : {}),
  }
}
