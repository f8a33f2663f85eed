// Every route as everybody: what is refused and what is not must be what the table of rights and the route's own scope
// say. The routes come from the application itself, so that none can be forgotten.
import diagnostics from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { SCOPES } from '../../src/access/actor.js'
import type { Grant, Scope } from '../../src/access/actor.js'
import { ROLES, holderKindOf, scopesOf } from '../../src/access/permission.js'
import { MONEY_ROUTES } from './money-routes.js'
import { openPeopleWorld } from './people-world.js'
import type { PeopleWorld } from './people-world.js'

interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  scope: Scope | 'any' | undefined
  page: boolean
}

/** The paths that need no sign-in. Everything else is guarded, or this test has to be told why not. */
const OPEN = new RegExp('^(/|/login(/.*)?|/logout|/check(/.*)?|/p(/.*)?|/assets/.*|/health/(live|ready)|/metrics' +
  '|/openapi\\.json|/docs(/.*)?|/webhooks/.*)$')
/** Their answers never end. */
const STREAMS = /\/events$/
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const routes: Route[] = []
diagnostics.subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', (route: RouteOptions) => {
    const { url, config } = route
    for (const method of METHODS) {
      if ([route.method].flat().includes(method)) {
        routes.push({ method, url, scope: config?.scope, page: config?.page === true })
      }
    }
  })
})

interface Caller {
  name: string
  grants: readonly Grant[]
  headers: Record<string, string>
}

/** Where the parameters of a path point. */
interface Aim {
  name: string
  schoolId: string
  authorityId: string
}

t.test('every route, as everybody', async (t) => {
  const world = await openPeopleWorld(t)
  const guarded = routes.filter(({ url, scope }) => scope !== undefined && !STREAMS.test(url))
  const aims: Aim[] = [
    { name: 'own', schoolId: world.schoolId, authorityId: world.communeId },
    { name: 'other', schoolId: world.otherSchoolId, authorityId: world.otherDepartmentId },
  ]

  t.test('a route without a scope is one of the open ones', async (t) => {
    t.ok(routes.length > 100, `${routes.length} routes`)
    for (const { method, url, scope } of routes) {
      t.equal(scope === undefined, OPEN.test(url), `${method} ${url}`)
    }
  })

  t.test('nobody gets in anywhere', async (t) => {
    const { headers } = await sessionOf(world, await world.makePerson('accountant'), 'password')
    for (const [name, sent] of [['nobody', {}], ['only a password', headers]] as const) {
      for (const route of guarded) {
        const what = `${name}: ${route.method} ${route.url}`
        const { status, wantsSignIn, challenge } = await call(world.app, route, aims[0], sent)
        t.ok(wantsSignIn, what)
        // A program is told how to prove itself; a person is led to the sign-in.
        if (!route.page) t.same([status, challenge], [401, 'Bearer'], what)
      }
    }
  })

  /** Who got into which route of their own place. */
  const opened = new Set<string>()
  for (const caller of await callers(world)) {
    t.test(`${caller.name}`, async (t) => {
      for (const route of guarded) {
        for (const aim of aims) {
          if (aim !== aims[0] && !/:(schoolId|authorityId)/.test(route.url)) continue
          const expected = route.scope === 'any' || caller.grants.some((grant) => reaches(world, grant, route, aim))
          const { status, wantsSignIn } = await call(world.app, route, aim, caller.headers)
          const what = `${route.method} ${route.url} (${aim.name}): ${status}`
          t.notOk(wantsSignIn, what)
          // A page about one's own account refuses a token by itself: it has none.
          if (route.scope === 'any' && caller.headers['authorization'] !== undefined && /account/.test(route.url)) continue
          t.equal(status === 403, !expected, what)
          t.ok(status < 500, what)
          if (status !== 403 && aim === aims[0]) opened.add(`${caller.name} ${route.method} ${route.url}`)
        }
      }
    })
  }

  t.test('what moves money is open to those who are named for it, and to no other role', async (t) => {
    const moving = guarded.filter(({ method, scope }) => method !== 'GET' && MONEY.some((held) => held === scope))
    const named = MONEY_ROUTES.flatMap(({ roles, routes }) => routes.map((route) => ({ route, roles })))
    t.same(named.map(({ route }) => route).sort(), moving.map(({ method, url }) => `${method} ${url}`).sort())
    for (const { route, roles } of named) {
      const open = ROLES.filter((role) => opened.has(`${role} ${route}`))
      t.same(open, ROLES.filter((role) => roles.includes(role)), route)
    }
  })
})

/** Scopes with which money is moved, or is led elsewhere. */
const MONEY = ['fees:write', 'invoices:write', 'cash:write', 'review:write', 'banking:write']

/** Said once more, in the words of the contract: a grant holds the scope, and the path names what it is bound to. */
function reaches(world: PeopleWorld, grant: Grant, { url, scope }: Route, aim: Aim): boolean {
  if (scope === undefined || scope === 'any' || !grant.scopes.includes(scope)) return false
  const [ofSchool, ofAuthority] = [url.includes(':schoolId'), url.includes(':authorityId')]
  if (grant.schoolId !== null) return ofSchool && !ofAuthority && aim.schoolId === grant.schoolId
  if (grant.authorityId === null) return true
  if (!ofSchool && !ofAuthority) return false
  return (!ofSchool || aim.schoolId === world.schoolId) && (!ofAuthority || aim.authorityId === world.communeId)
}

async function callers(world: PeopleWorld): Promise<Caller[]> {
  const { schoolId, departmentId, communeId, asAdmin } = world
  const people = await Promise.all(ROLES.map(async (role): Promise<Caller> => {
    const { headers } = await sessionOf(world, await world.makePerson(role), 'full')
    const kind = holderKindOf(role)
    const at = {
      schoolId: kind === 'school' ? schoolId : null,
      authorityId: kind !== 'authority' ? null : role === 'commune_officer' ? communeId : departmentId,
    }
    return { name: role, headers, grants: [{ scopes: scopesOf(role), ...at }] }
  }))
  const token = async (name: string, scopes: readonly Scope[], bound: { schoolId?: string; authorityId?: string }) => {
    const made = (await asAdmin('POST', '/api/v1/tokens', { name, scopes, ...bound })).json<{ token: string }>()
    const at = { schoolId: bound.schoolId ?? null, authorityId: bound.authorityId ?? null }
    const held = scopes.includes('admin') ? SCOPES : scopes
    return { name, headers: { authorization: `Bearer ${made.token}` }, grants: [{ scopes: held, ...at }] }
  }
  return [
    ...people,
    await token('a token of an admin', ['admin'], {}),
    await token('a token of a school', ['fees:read', 'invoices:write', 'users:write'], { schoolId }),
    await token('a token of an authority', ['reports:read'], { authorityId: departmentId }),
  ]
}

async function sessionOf(
  { app, db }: PeopleWorld, { userId }: { userId: string }, stage: 'password' | 'full',
): Promise<{ headers: Record<string, string> }> {
  const { sessions } = app.access
  const { token } = await db.asService((trx) => sessions.start(trx, userId, stage, { address: null, agent: null }))
  const session = await sessions.find(token)
  return { headers: { cookie: `session=${token}`, 'x-csrf-token': session?.csrfToken ?? '' } }
}

async function call(
  app: FastifyInstance, { method, url }: Route, aim: Aim | undefined, headers: Record<string, string>,
): Promise<{ status: number; wantsSignIn: boolean; challenge: string | undefined }> {
  const path = url.replace(':schoolId', aim?.schoolId ?? '').replace(':authorityId', aim?.authorityId ?? '')
    .replace(/:\w+/g, () => uuidv7()).replace('*', 'x')
  const { statusCode: status, headers: { location, ...answered } } = await app.inject({ method, url: path, headers })
  const challenge = answered['www-authenticate']?.toString()
  return { status, challenge, wantsSignIn: status === 401 || (status === 303 && /^\/login/.test(location ?? '')) }
}
