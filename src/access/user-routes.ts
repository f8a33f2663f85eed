// People over HTTP, for programs: everybody's for a system admin, a school's for its head, and one's own sessions.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { DomainError } from '../errors.js'
import { isUuid } from '../http/id.js'
import { Page } from '../http/paging.js'
import { LIMITS } from '../limits.js'
import { resetPassword, resetSecondFactor } from './change-user.js'
import { createUser } from './create-user.js'
import { listOwnSessions } from './own-account.js'
import { getPerson, listPeople } from './people.js'
import type { Person } from './people.js'
import { endRole, grantRole } from './roles.js'
import {
  GrantReply, NewUserReply, PasswordReply, PeopleQuery, RoleBody, RoleParams, SchoolParams, SchoolRoleBody,
  SchoolRoleParams, SchoolUserBody, SchoolUserParams, SessionParams, SessionReply, UserBody, UserParams, UserReply,
} from './schema.js'
import type { Session } from './session.js'
import { endSessions } from './sign-in.js'

const tags = ['access']
const people = { scope: 'users:write' } as const
const own = { scope: 'any' } as const

export const userRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { access } = app

  app.get('/api/v1/users', {
    config: people,
    schema: {
      operationId: 'listUsers', tags, summary: 'People and the roles they hold today', querystring: PeopleQuery,
      response: { 200: Page(UserReply) },
    },
  }, async ({ query: { limit = LIMITS.pageSizeDefault, ...query } }) => toPageReply(
    await listPeople(access, null, { ...query, limit })))

  app.post('/api/v1/users', {
    config: people,
    schema: {
      operationId: 'createUser', tags, summary: 'Make a person with a first role and a one-time password',
      body: UserBody, response: { 201: NewUserReply },
    },
  }, async ({ actor, body }, reply) => reply.code(201).send(await createUser(access, actor, null, body)))

  app.post('/api/v1/users/:userId/roles', {
    config: people,
    schema: {
      operationId: 'grantRole', tags, summary: 'Give a person a role from today on', params: UserParams,
      body: RoleBody, response: { 200: GrantReply },
    },
  }, async ({ actor, params, body }) => {
    const target = { schoolId: null, userId: checkedId(params.userId) }
    const { password } = await grantRole(access, actor, target, body)
    return { ...toReply(await getPerson(access, null, target.userId)), password }
  })

  app.post('/api/v1/users/:userId/roles/:roleId/end', {
    config: people,
    schema: {
      operationId: 'endRole', tags, summary: 'End a role today', params: RoleParams, response: { 200: UserReply },
    },
  }, async ({ actor, params }) => {
    const target = { schoolId: null, userId: checkedId(params.userId) }
    await endRole(access, actor, target, checkedId(params.roleId))
    return toReply(await getPerson(access, null, target.userId))
  })

  app.post('/api/v1/users/:userId/reset-password', {
    config: people,
    schema: {
      operationId: 'resetPassword', tags, summary: 'Make a new one-time password; every session of the person ends',
      params: UserParams, response: { 200: PasswordReply },
    },
  }, async ({ actor, params }) =>
    ({ password: await resetPassword(access, actor, { schoolId: null, userId: checkedId(params.userId) }) }))

  app.post('/api/v1/users/:userId/reset-second-factor', {
    config: people,
    schema: {
      operationId: 'resetSecondFactor', tags, summary: 'Take the authenticator app and the recovery codes away',
      params: UserParams, response: { 204: Type.Null() },
    },
  }, async ({ actor, params }, reply) => {
    await resetSecondFactor(access, actor, { schoolId: null, userId: checkedId(params.userId) })
    return reply.code(204).send(null)
  })

  await app.register(schoolUserRoutes)
  await app.register(ownSessionRoutes)
}

const schoolUserRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { access } = app

  app.get('/api/v1/schools/:schoolId/users', {
    config: people,
    schema: {
      operationId: 'listSchoolUsers', tags, summary: 'People of a school', params: SchoolParams,
      querystring: PeopleQuery, response: { 200: Page(UserReply) },
    },
  }, async ({ params, query: { limit = LIMITS.pageSizeDefault, ...query } }) => toPageReply(
    await listPeople(access, params.schoolId, { ...query, limit })))

  app.post('/api/v1/schools/:schoolId/users', {
    config: people,
    schema: {
      operationId: 'createSchoolUser', tags, summary: 'Make a person of a school: its accountant, cashier or auditor',
      params: SchoolParams, body: SchoolUserBody, response: { 201: NewUserReply },
    },
  }, async ({ actor, params: { schoolId }, body }, reply) =>
    reply.code(201).send(await createUser(access, actor, schoolId, { ...body, schoolId })))

  app.post('/api/v1/schools/:schoolId/users/:userId/roles', {
    config: people,
    schema: {
      operationId: 'grantSchoolRole', tags, summary: 'Give a person of a school another role there',
      params: SchoolUserParams, body: SchoolRoleBody, response: { 200: GrantReply },
    },
  }, async ({ actor, params: { schoolId, userId }, body: { role } }) => {
    const { password } = await grantRole(access, actor, { schoolId, userId: checkedId(userId) }, { role, schoolId })
    return { ...toReply(await getPerson(access, schoolId, userId)), password }
  })

  app.post('/api/v1/schools/:schoolId/users/:userId/roles/:roleId/end', {
    config: people,
    schema: {
      operationId: 'endSchoolRole', tags, summary: 'End a role at a school today', params: SchoolRoleParams,
      response: { 200: UserReply },
    },
  }, async ({ actor, params: { schoolId, userId, roleId } }) => {
    await endRole(access, actor, { schoolId, userId: checkedId(userId) }, checkedId(roleId))
    return toReply(await getPerson(access, schoolId, userId))
  })
}

const ownSessionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const { access } = app

  app.get('/api/v1/account/sessions', {
    config: own,
    schema: {
      operationId: 'listOwnSessions', tags, summary: 'Where the person who asks is signed in',
      response: { 200: Type.Object({ items: Type.Array(SessionReply) }) },
    },
  }, async (request) => {
    const items = await listOwnSessions(access, sessionOf(request))
    return {
      items: items.map(({ id, address, agent, current, createdAt, lastSeenAt, expiresAt }) => ({
        id, address, agent, current,
        createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt.toISOString(), expiresAt: expiresAt.toISOString(),
      })),
    }
  })

  app.post('/api/v1/account/sessions/:sessionId/end', {
    config: own,
    schema: {
      operationId: 'endOwnSession', tags, summary: 'End one of one\'s own sessions', params: SessionParams,
      response: { 204: Type.Null() },
    },
  }, async (request, reply) => {
    const { userId } = sessionOf(request)
    const onlyId = checkedId(request.params.sessionId)
    if (await endSessions(access, userId, request.ip, { onlyId }) === 0) {
      throw new DomainError('SESSION_NOT_FOUND', 'there is no such session of yours')
    }
    return reply.code(204).send(null)
  })
}

/** A token is nobody's session. */
function sessionOf({ session }: FastifyRequest): Session {
  if (session === null) throw new DomainError('FORBIDDEN', 'this is for people who signed in, not for tokens')
  return session
}

function checkedId(id: string): string {
  if (isUuid(id)) return id
  throw new DomainError('USER_NOT_FOUND', 'there is no such person here')
}

function toPageReply({ items, nextCursor }: { items: Person[]; nextCursor: string | null }) {
  return { items: items.map(toReply), nextCursor }
}

function toReply({ roles, ...person }: Person) {
  return {
    ...person,
    roles: roles.map(({ id, role, schoolId, schoolName, authorityId, authorityName, validFrom }) =>
      ({ id, role, schoolId, schoolName, authorityId, authorityName, validFrom })),
  }
}
