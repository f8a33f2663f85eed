// The door at which people are managed: where its pages are, whose people they show, and what there is to choose from.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../../access/access.js'
import type { Target } from '../../access/change-user.js'
import { rolesFor } from '../../access/manage.js'
import { getPerson } from '../../access/people.js'
import { holderKindOf } from '../../access/permission.js'
import type { Role } from '../../access/permission.js'
import { findAuthoritiesFor, findSchools } from '../../access/places.js'
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import { isUuid } from '../../http/id.js'
import { findSchoolName } from '../desk/school-name.js'
import { sendPage } from '../page.js'
import { peopleText } from './people-text.js'
import { PasswordView, PersonView } from './people-views.js'
import type { Around } from './people-views.js'
import { GiveRole, choiceAddress } from './role-form.js'
import type { RoleChoice } from './role-form.js'

const SCHOOLS_SHOWN = 20

export interface PathParams {
  schoolId?: string
  userId?: string
  roleId?: string
}

/** What was chosen so far, in the address. */
export interface ChoiceText {
  role?: Role
  school?: string
}

export interface PersonText extends ChoiceText {
  done?: 'role' | 'app' | 'state'
}

export interface PeopleDoor {
  /** With its parameters, as routes are registered. */
  root: string
  access: Access
  hasOidc: boolean
  aroundOf(params: PathParams): Promise<Around>
  choiceOf(request: FastifyRequest, around: Around, query: ChoiceText): Promise<RoleChoice>
  sendPerson(
    request: FastifyRequest, reply: FastifyReply, params: PathParams, query: PersonText, fault?: string,
  ): Promise<FastifyReply>
  /** The one-time password of somebody who was here before; `note` says why there is one. */
  sendPassword(
    request: FastifyRequest, reply: FastifyReply, params: PathParams, shown: { password: string; note?: string },
  ): Promise<FastifyReply>
}

/** `root`: `/admin/users` for everybody, `/desk/:schoolId/people` for a school. */
export function openPeopleDoor(
  access: Access, { config, db }: Pick<Deps, 'config' | 'db'>, root: string,
): PeopleDoor {
  async function aroundOf({ schoolId }: PathParams): Promise<Around> {
    if (schoolId === undefined) return { schoolId: null, schoolName: '', base: root }
    return { schoolId, schoolName: await findSchoolName(db, schoolId), base: root.replace(':schoolId', schoolId) }
  }

  async function choiceOf(
    { actor }: FastifyRequest, { schoolId }: Around, { role, school = '' }: ChoiceText,
  ): Promise<RoleChoice> {
    const kind = role === undefined || schoolId !== null ? undefined : holderKindOf(role)
    return {
      roles: rolesFor(actor, schoolId), role, schoolText: school,
      schools: kind === 'school' ? await findSchools(access, school, SCHOOLS_SHOWN) : [],
      authorities: kind === 'authority' && role !== undefined ? await findAuthoritiesFor(access, role) : [],
    }
  }

  return {
    root, access, hasOidc: config.oidc !== undefined, aroundOf, choiceOf,
    async sendPerson(request, reply, params, query, fault) {
      const around = await aroundOf(params)
      const person = await getPerson(access, around.schoolId, idOf(params.userId))
      const here = `${around.base}/${person.id}`
      const choice = await choiceOf(request, around, query)
      const done = query.done === undefined ? undefined : peopleText[request.lang][`done_${query.done}`]
      const give = (
        <GiveRole request={request} around={around} choice={choice} here={here}
          action={choiceAddress(`${here}/roles`, choice)} />
      )
      return sendPage(reply, (
        <PersonView request={request} around={around} person={person} done={done} fault={fault} give={give} />
      ), fault === undefined ? 200 : 422)
    },
    async sendPassword(request, reply, params, shown) {
      const around = await aroundOf(params)
      const { id: userId, displayName, loginName } = await getPerson(access, around.schoolId, idOf(params.userId))
      return sendPage(reply, (
        <PasswordView {...shown} request={request} around={around} userId={userId} name={displayName}
          loginName={loginName} />
      ))
    },
  }
}

export function targetOf({ schoolId, userId }: PathParams): Target {
  return { schoolId: schoolId ?? null, userId: idOf(userId) }
}

export function idOf(id: string | undefined): string {
  if (id !== undefined && isUuid(id)) return id
  throw new DomainError('USER_NOT_FOUND', 'there is no such person here')
}
