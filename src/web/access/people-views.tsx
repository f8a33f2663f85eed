// How people and their roles look: the list, one person, and the form for a new one; the same for the administration
// and for a school's desk.
import type { FastifyRequest } from 'fastify'
import type { ComponentChildren } from 'preact'
import type { Person } from '../../access/people.js'
import { Card, Copyable, Facts } from '../components/content.js'
import { Button, ButtonLink, Field, PostForm } from '../components/form.js'
import { ExportLinks } from '../components/export-links.js'
import { Badge, Notice } from '../components/notice.js'
import { Pager, Table } from '../components/table.js'
import { dayText } from '../format.js'
import { DeskPage, StaffFrame } from '../layout.js'
import type { NavLink } from '../layout.js'
import { peopleText } from './people-text.js'
import { heldRoleText, roleName } from './role-text.js'
import { tokenText } from './token-text.js'

/** Whose people: those of one school, or everybody. */
export interface Around {
  schoolId: string | null
  schoolName: string
  /** Of the list: `/admin/users`, or `/desk/<school>/people`. */
  base: string
}

export function PeopleFrame({ request, around, title, current, children }: {
  request: FastifyRequest; around: Around; title: string; current: 'people' | 'tokens' | 'audit'; children: ComponentChildren
}) {
  const { schoolId, schoolName } = around
  const shared = { request, title, current, styles: ['access.css'] }
  if (schoolId !== null) {
    return <DeskPage {...shared} schoolId={schoolId} schoolName={schoolName}>{children}</DeskPage>
  }
  const t = peopleText[request.lang]
  const nav: NavLink[] = [
    { key: 'people', href: '/admin/users', label: t.people, scope: 'users:write' },
    { key: 'tokens', href: '/admin/tokens', label: tokenText[request.lang].tokens, scope: 'admin' },
    { key: 'audit', href: '/admin/audit', label: t.audit, scope: 'audit:read' },
  ]
  return <StaffFrame {...shared} place={t.system} at={{}} nav={nav}>{children}</StaffFrame>
}

export function PeopleList({ request, around, people, text, nextHref }: {
  request: FastifyRequest; around: Around; people: readonly Person[]; text: string; nextHref: string | null
}) {
  const t = peopleText[request.lang]
  const { base } = around
  return (
    <PeopleFrame request={request} around={around} title={t.people} current="people">
      <div class="page-head">
        <h1>{t.people}</h1>
        <div class="row">
          <ExportLinks lang={request.lang} href={`${base}?${String(new URLSearchParams({ text }))}`} />
          <ButtonLink kind="main" href={`${base}/new`}>{t.add}</ButtonLink>
        </div>
      </div>
      <form class="filters" method="get" action={base}>
        <Field label={t.search} name="text" type="search" value={text} />
        <Button kind="plain">{t.find}</Button>
      </form>
      <Table class="people-table" caption={t.people} captionHidden rows={people} keyOf={({ id }) => id}
        empty={text === '' ? t.none : t.notFound} columns={[
          { title: t.name, kind: 'head', cell: ({ id, displayName }) => <a href={`${base}/${id}`}>{displayName}</a> },
          { title: t.roles, cell: ({ roles }) => <RoleList request={request} around={around} roles={roles} /> },
          { title: t.loginName, cell: ({ loginName }) => loginName },
          { title: t.app, cell: ({ hasTotp }) => hasTotp ? t.appOn : <span class="soft">{t.appOff}</span> },
          { title: t.state, cell: ({ state }) => <StateBadge request={request} state={state} /> },
        ]} />
      <Pager nextHref={nextHref} label={t.next} />
    </PeopleFrame>
  )
}

function RoleList({ request, around, roles }: { request: FastifyRequest; around: Around; roles: Person['roles'] }) {
  const { lang } = request
  if (roles.length === 0) return <span class="soft">{peopleText[lang].noRole}</span>
  return (
    <ul class="roles">
      {roles.map((held) => (
        <li key={held.id}>{around.schoolId === null ? heldRoleText(held, lang) : roleName(held.role, lang)}</li>
      ))}
    </ul>
  )
}

function StateBadge({ request, state }: { request: FastifyRequest; state: Person['state'] }) {
  const t = peopleText[request.lang]
  return state === 'active' ? <Badge tone="good">{t.active}</Badge> : <Badge tone="bad">{t.locked}</Badge>
}

export interface PersonViewProps {
  request: FastifyRequest
  around: Around
  person: Person
  /** Green notice. */
  done?: string | undefined
  fault?: string | undefined
  /** The form that gives another role. */
  give: ComponentChildren
}

export function PersonView({ request, around, person, done, fault, give }: PersonViewProps) {
  const t = peopleText[request.lang]
  const path = `${around.base}/${person.id}`
  const isSelf = request.viewer?.userId === person.id
  return (
    <PeopleFrame request={request} around={around} title={person.displayName} current="people">
      <div class="page-head">
        <h1>{person.displayName}</h1>
        <StateBadge request={request} state={person.state} />
      </div>
      {done !== undefined && <Notice tone="good"><p>{done}</p></Notice>}
      {fault !== undefined && <Notice tone="bad"><p>{fault}</p></Notice>}
      {isSelf && <Notice tone="info"><p>{t.self}</p></Notice>}
      <Card title={t.roles}>
        <Table caption={t.roles} captionHidden rows={person.roles} keyOf={({ id }) => id} empty={t.noRole} columns={[
          { title: t.role, kind: 'head', cell: ({ role }) => roleName(role, request.lang) },
          { title: t.place, cell: ({ schoolName, authorityName, validFrom }) => (
            <>
              {schoolName ?? authorityName ?? t.wholeSystem}
              <p class="small soft">{t.since(dayText(validFrom))}</p>
            </>
          ) },
          ...(isSelf ? [] : [{ title: t.actions, cell: ({ id }: { id: string }) => (
            <PostForm request={request} action={`${path}/roles/${id}/end`} class="row-form" confirm={t.endAsk}>
              <Button kind="plain">{t.end}</Button>
            </PostForm>
          ) }]),
        ]} />
      </Card>
      {!isSelf && (
        <div class="columns">
          <Card title={t.give}>{give}</Card>
          <Card title={t.signIn}>
            {around.schoolId !== null && person.roles.length === 0
              ? <p class="soft">{t.hasLeft}</p>
              : <SignInActs request={request} person={person} path={path} />}
          </Card>
        </div>
      )}
    </PeopleFrame>
  )
}

function SignInActs({ request, person, path }: { request: FastifyRequest; person: Person; path: string }) {
  const t = peopleText[request.lang]
  const isActive = person.state === 'active'
  const act = (name: string, label: string, confirm: string | undefined, kind: 'plain' | 'danger') => (
    <PostForm request={request} action={`${path}/${name}`} class="row-form" {...(confirm === undefined ? {} : { confirm })}>
      <Button kind={kind}>{label}</Button>
    </PostForm>
  )
  return (
    <>
      <Facts items={[
        { name: t.loginName, value: person.loginName },
        { name: t.app, value: person.hasTotp ? t.appOn : t.appOff },
      ]} />
      <div class="person-acts">
        {act('reset-password', t.resetPassword, t.resetPasswordAsk, 'plain')}
        {person.hasTotp && act('reset-second-factor', t.resetApp, t.resetAppAsk, 'plain')}
        {isActive ? act('lock', t.lock, t.lockAsk, 'danger') : act('unlock', t.unlock, undefined, 'plain')}
      </div>
    </>
  )
}

/** The one-time password, on the only page that ever shows it. */
export function PasswordView({ request, around, userId, name, loginName, password, note }: {
  request: FastifyRequest; around: Around; userId: string; name: string; loginName: string; password: string | null
  note?: string
}) {
  const t = peopleText[request.lang]
  return (
    <PeopleFrame request={request} around={around} title={name} current="people">
      <h1>{name}</h1>
      {note !== undefined && <Notice tone="good"><p>{note}</p></Notice>}
      <Card>
        <Facts items={[
          { name: t.loginName, value: loginName },
          ...(password === null ? [] : [{
            name: t.oneTimePassword,
            value: <Copyable value={password} shown={<span class="one-time">{password}</span>} label={t.copy} />,
          }]),
        ]} />
        {password !== null && <p class="soft">{t.oneTimeHint}</p>}
      </Card>
      <ButtonLink kind="main" href={`${around.base}/${userId}`}>{t.toPerson}</ButtonLink>
    </PeopleFrame>
  )
}
