// People and their rights, at two doors with the same pages: everybody for a system admin, a school's own people for
// its head.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { resetPassword, resetSecondFactor, setUserState } from '../../access/change-user.js'
import { createUser } from '../../access/create-user.js'
import { listPeople } from '../../access/people.js'
import { ROLES } from '../../access/permission.js'
import { endRole, grantRole } from '../../access/roles.js'
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { LIMITS } from '../../limits.js'
import { peopleTable } from './people-export.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import { refusalText } from '../refusal-text.js'
import { idOf, openPeopleDoor, targetOf } from './people-door.js'
import type { PeopleDoor } from './people-door.js'
import { PasswordView, PeopleList } from './people-views.js'
import { peopleText } from './people-text.js'
import { NewPersonView } from './role-form.js'
import type { NewPersonFaults } from './role-form.js'

const lang = { lang: Type.Optional(Type.String({ maxLength: 5 })) }
const choice = {
  ...lang, role: Type.Optional(Type.Enum([...ROLES])), school: Type.Optional(Type.String({ maxLength: 100 })),
}
const ListQuery = Type.Object({
  ...lang, text: Type.Optional(Type.String({ maxLength: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 1_000 })), format: Type.Optional(Type.Enum(TABLE_FORMATS)),
})
const ChoiceQuery = Type.Object(choice)
const PersonQuery = Type.Object({
  ...choice, done: Type.Optional(Type.Enum(['role', 'app', 'state'])),
})
const place = {
  role: Type.Enum([...ROLES]),
  schoolId: Type.Optional(Type.String({ maxLength: 50 })), authorityId: Type.Optional(Type.String({ maxLength: 50 })),
}
const RoleBody = Type.Object(place)
const PersonBody = Type.Object({
  ...place, displayName: Type.String({ maxLength: 300 }), loginName: Type.String({ maxLength: 300 }),
  withoutPassword: Type.Optional(Type.String()),
})
const params = Type.Object({
  schoolId: Type.Optional(Type.String()), userId: Type.Optional(Type.String()), roleId: Type.Optional(Type.String()),
})

const config = { scope: 'users:write', page: true } as const

/** The same pages under `/admin/users` and under `/desk/:schoolId/people`. */
export function peoplePages(deps: Pick<Deps, 'config' | 'db'>): FastifyPluginAsyncTypebox {
  return async (app) => {
    for (const root of ['/admin/users', '/desk/:schoolId/people']) {
      const door = openPeopleDoor(app.access, deps, root)
      await app.register(listPage(deps, door))
      await app.register(newPersonPages(door))
      await app.register(personPages(door))
      await app.register(signInActs(door))
    }
  }
}

function listPage({ db }: Pick<Deps, 'db'>, { root, access, aroundOf }: PeopleDoor): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(root, { config, schema: { hide: true, params, querystring: ListQuery } }, async (request, reply) => {
      const around = await aroundOf(request.params)
      const { query: { text = '', cursor, format }, lang } = request
      if (format !== undefined) {
        const readPage = (from: string | undefined) =>
          listPeople(access, around.schoolId, { text, cursor: from, limit: LIMITS.pageSizeMax })
        return sendSchoolTable(request, reply, {
          db, schoolId: around.schoolId, format, table: peopleTable(readPage, lang),
          audit: { action: 'user.export', list: 'people', narrowedBy: { text } },
        })
      }
      const limit = LIMITS.pageSizeDefault
      const { items, nextCursor } = await listPeople(access, around.schoolId, { text, cursor, limit })
      const next = nextCursor === null ? null : new URLSearchParams({ text, cursor: nextCursor })
      return sendPage(reply, (
        <PeopleList request={request} around={around} people={items} text={text}
          nextHref={next && `${around.base}?${String(next)}`} />
      ))
    })
  }
}

function newPersonPages({ root, access, hasOidc, aroundOf, choiceOf }: PeopleDoor): FastifyPluginAsyncTypebox {
  const schema = { hide: true, params, querystring: ChoiceQuery }
  return async (app) => {
    app.get(`${root}/new`, { config, schema }, async (request, reply) => {
      const around = await aroundOf(request.params)
      const chosen = await choiceOf(request, around, request.query)
      const draft = { displayName: '', loginName: '', withoutPassword: false }
      return sendPage(reply, (
        <NewPersonView request={request} around={around} choice={chosen} here={`${around.base}/new`} draft={draft}
          faults={{}} hasOidc={hasOidc} />
      ))
    })

    app.post(`${root}/new`, { config, schema: { ...schema, body: PersonBody } }, async (request, reply) => {
      const around = await aroundOf(request.params)
      const { actor, body, query } = request
      const withoutPassword = body.withoutPassword === 'yes'
      const here = around.schoolId === null ? {} : { schoolId: around.schoolId }
      try {
        const made = await createUser(access, actor, around.schoolId, { ...body, ...here, withoutPassword })
        return await sendPage(reply, (
          <PasswordView {...made} request={request} around={around} name={body.displayName}
            note={peopleText[request.lang].created(body.displayName)} />
        ))
      } catch (error) {
        const faults = faultsOf(error, request)
        const chosen = await choiceOf(request, around, { ...query, role: body.role })
        return sendPage(reply, (
          <NewPersonView request={request} around={around} choice={chosen} here={`${around.base}/new`} faults={faults}
            draft={{ ...body, withoutPassword }} hasOidc={hasOidc} />
        ), 422)
      }
    })
  }
}

function personPages({ root, access, aroundOf, sendPerson, sendPassword }: PeopleDoor): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(`${root}/:userId`, { config, schema: { hide: true, params, querystring: PersonQuery } },
      async (request, reply) => sendPerson(request, reply, request.params, request.query))

    app.post(`${root}/:userId/roles`, {
      config, schema: { hide: true, params, querystring: ChoiceQuery, body: RoleBody },
    }, async (request, reply) => {
      const { actor, body, query } = request
      const target = targetOf(request.params)
      const here = target.schoolId === null ? {} : { schoolId: target.schoolId }
      try {
        const { password } = await grantRole(access, actor, target, { ...body, ...here })
        const around = await aroundOf(request.params)
        if (password === null) return await redirect(reply, `${around.base}/${target.userId}?done=role`)
        return await sendPassword(request, reply, request.params, { password, note: peopleText[request.lang].renewed })
      } catch (error) {
        const [fault] = Object.values(faultsOf(error, request))
        return sendPerson(request, reply, request.params, { ...query, role: body.role }, fault)
      }
    })

    app.post(`${root}/:userId/roles/:roleId/end`, { config, schema: { hide: true, params } }, async (request, reply) => {
      const target = targetOf(request.params)
      await endRole(access, request.actor, target, idOf(request.params.roleId))
      return redirect(reply, `${(await aroundOf(request.params)).base}/${target.userId}?done=role`)
    })
  }
}

function signInActs({ root, access, aroundOf, sendPassword }: PeopleDoor): FastifyPluginAsyncTypebox {
  const schema = { hide: true, params }
  return async (app) => {
    app.post(`${root}/:userId/reset-password`, { config, schema }, async (request, reply) => {
      const password = await resetPassword(access, request.actor, targetOf(request.params))
      return sendPassword(request, reply, request.params, { password })
    })

    app.post(`${root}/:userId/reset-second-factor`, { config, schema }, async (request, reply) => {
      const target = targetOf(request.params)
      await resetSecondFactor(access, request.actor, target)
      return redirect(reply, `${(await aroundOf(request.params)).base}/${target.userId}?done=app`)
    })

    for (const [act, state] of [['lock', 'locked'], ['unlock', 'active']] as const) {
      app.post(`${root}/:userId/${act}`, { config, schema }, async (request, reply) => {
        const target = targetOf(request.params)
        await setUserState(access, request.actor, target, state)
        return redirect(reply, `${(await aroundOf(request.params)).base}/${target.userId}?done=state`)
      })
    }
  }
}

/** Beside the field that is at fault, or over the form; what is no refusal of the input is thrown on. */
function faultsOf(error: unknown, { lang: reader }: FastifyRequest): NewPersonFaults {
  if (!(error instanceof DomainError)) throw error
  const t = peopleText[reader]
  switch (error.code) {
    case 'LOGIN_NAME_EXISTS':
    case 'LOGIN_NAME_INVALID': return { loginName: t[error.code] }
    case 'DISPLAY_NAME_INVALID': return { displayName: t[error.code] }
    case 'ROLE_HOLDER_INVALID':
    case 'ROLE_EXISTS':
    case 'TOO_MANY_ROLES':
    case 'AUTHORITY_NOT_FOUND': return { form: t[error.code] }
    case 'FORBIDDEN':
    case 'ROLE_REFUSED':
    case 'SELF_CHANGE_REFUSED':
    case 'USER_NOT_FOUND': throw error
    default: return { form: refusalText(error.code, reader) }
  }
}
