// The forms that say which role and where: a school is looked up by its name first, an authority is picked from a list,
// and a school's own desk needs neither.
import type { FastifyRequest } from 'fastify'
import type { ComponentChildren } from 'preact'
import { holderKindOf } from '../../access/permission.js'
import type { Role } from '../../access/permission.js'
import type { RolePlace } from '../../access/places.js'
import { Card } from '../components/content.js'
import { Button, Checkbox, Field, PostForm, Select } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { PeopleFrame } from './people-views.js'
import type { Around } from './people-views.js'
import { peopleText } from './people-text.js'
import { roleName } from './role-text.js'

/** What was chosen so far, and what there is to choose from. */
export interface RoleChoice {
  /** That may be given here. */
  roles: readonly Role[]
  role: Role | undefined
  /** Part of a school's name. */
  schoolText: string
  schools: readonly RolePlace[]
  authorities: readonly RolePlace[]
}

interface RoleFormProps {
  request: FastifyRequest
  around: Around
  choice: RoleChoice
  /** Where the choice of a role and the search for a school lead: this same page. */
  here: string
}

/** `path` with the choice in its query, so that a faulty form comes back with the same places to choose from. */
export function choiceAddress(path: string, { role, schoolText }: RoleChoice): string {
  const query = new URLSearchParams({
    ...(role === undefined ? {} : { role }), ...(schoolText === '' ? {} : { school: schoolText }),
  })
  return query.size === 0 ? path : `${path}?${String(query)}`
}

/** First the role (and the school) by GET; true when what is left is to send. */
function isChosen({ around, choice }: Pick<RoleFormProps, 'around' | 'choice'>): boolean {
  if (around.schoolId !== null) return true
  if (choice.role === undefined) return false
  return holderKindOf(choice.role) !== 'school' || choice.schools.length > 0
}

function ChoiceForm({ request, choice, here }: RoleFormProps) {
  const { lang } = request
  const t = peopleText[lang]
  const { role, roles, schoolText, schools } = choice
  const needsSchool = role !== undefined && holderKindOf(role) === 'school'
  const notFound = needsSchool && schoolText !== '' && schools.length === 0 ? t.noSchool : undefined
  return (
    <form class="form" method="get" action={here}>
      <Select label={t.role} name="role" value={role} options={roles.map((value) => ({ value, label: roleName(value, lang) }))} />
      {needsSchool && (
        <Field label={t.findSchool} name="school" type="search" value={schoolText} hint={t.findSchoolHint} fault={notFound} />
      )}
      <Button kind={isChosen({ around: { schoolId: null, schoolName: '', base: '' }, choice }) ? 'plain' : 'main'}>{t.goOn}</Button>
    </form>
  )
}

/** The fields that a role is sent with. */
function PlaceFields({ request, around, choice }: RoleFormProps) {
  const { lang } = request
  const t = peopleText[lang]
  const { role, roles, schools, authorities } = choice
  if (around.schoolId !== null) {
    return <Select label={t.role} name="role" value={role} options={roles.map((value) => ({ value, label: roleName(value, lang) }))} />
  }
  const asOptions = (places: readonly RolePlace[]) => places.map(({ id, name }) => ({ value: id, label: name }))
  return (
    <>
      <input type="hidden" name="role" value={role} />
      {schools.length > 0 && <Select label={t.school} name="schoolId" options={asOptions(schools)} />}
      {authorities.length > 0 && <Select label={t.authority} name="authorityId" options={asOptions(authorities)} />}
    </>
  )
}

/** On the page of a person. */
export function GiveRole(props: RoleFormProps & { action: string }) {
  const t = peopleText[props.request.lang]
  return (
    <div class="stack">
      {props.around.schoolId === null && <ChoiceForm {...props} />}
      {isChosen(props) && (
        <PostForm request={props.request} action={props.action} class="form">
          <PlaceFields {...props} />
          <Button>{t.giveButton}</Button>
        </PostForm>
      )}
    </div>
  )
}

export interface NewPersonDraft {
  displayName: string
  loginName: string
  withoutPassword: boolean
}

export type NewPersonFaults = Partial<Record<'displayName' | 'loginName' | 'form', string>>

export function NewPersonView(props: RoleFormProps & {
  draft: NewPersonDraft; faults: NewPersonFaults; hasOidc: boolean
}) {
  const { request, around, choice, draft, faults, hasOidc } = props
  const t = peopleText[request.lang]
  return (
    <PeopleFrame request={request} around={around} title={t.add} current="people">
      <h1>{t.add}</h1>
      {faults.form !== undefined && <Notice tone="bad"><p>{faults.form}</p></Notice>}
      <div class="columns">
        {around.schoolId === null && <Card title={t.pickRole}><ChoiceForm {...props} /></Card>}
        {isChosen({ around, choice }) && (
          <Card title={around.schoolId === null && choice.role ? roleName(choice.role, request.lang) : undefined}>
            <NewPersonForm {...props}>
              <Field label={t.name} name="displayName" value={draft.displayName} required hint={t.nameHint}
                fault={faults.displayName} input={{ maxLength: 100, autocomplete: 'off' }} />
              <Field label={t.loginName} name="loginName" value={draft.loginName} required hint={t.loginNameHint}
                fault={faults.loginName} input={{ maxLength: 100, autocomplete: 'off', autocapitalize: 'none' }} />
              {hasOidc && <Checkbox label={t.withoutPassword} name="withoutPassword" checked={draft.withoutPassword} />}
            </NewPersonForm>
          </Card>
        )}
      </div>
    </PeopleFrame>
  )
}

function NewPersonForm({ children, ...props }: RoleFormProps & { children: ComponentChildren }) {
  return (
    <PostForm request={props.request} action={choiceAddress(props.here, props.choice)} class="form">
      <PlaceFields {...props} />
      {children}
      <Button>{peopleText[props.request.lang].create}</Button>
    </PostForm>
  )
}
