// One's own account: the password, the authenticator app, and the devices that are signed in.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Static } from 'typebox'
import { changePassword } from '../../access/change-user.js'
import { readOwnAccount } from '../../access/own-account.js'
import type { OwnAccount } from '../../access/own-account.js'
import type { Session } from '../../access/session.js'
import { endSessions } from '../../access/sign-in.js'
import { DomainError } from '../../errors.js'
import { isUuid } from '../../http/id.js'
import { Card, Facts } from '../components/content.js'
import { Button, ButtonLink, Field, PostForm } from '../components/form.js'
import { Badge, Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import { timeText } from '../format.js'
import { OpenPage, StaffFrame } from '../layout.js'
import { redirect, sendPage } from '../page.js'
import { heldRoleText } from './role-text.js'
import { text } from './text.js'

const config = { scope: 'any', page: true } as const
const passwordConfig = { ...config, session: 'before-password-change' } as const
const DoneQuery = Type.Object({
  done: Type.Optional(Type.String()), lang: Type.Optional(Type.String({ maxLength: 5 })),
})
const PasswordBody = Type.Object({
  current: Type.String({ maxLength: 1_000 }), wanted: Type.String({ maxLength: 1_000 }),
  again: Type.String({ maxLength: 1_000 }),
})
const EndBody = Type.Object({ sessionId: Type.String({ maxLength: 50 }) })

type PasswordFaults = Partial<Record<keyof (typeof PasswordBody)['properties'], string>>

export const accountPages: FastifyPluginAsyncTypebox = async (app) => {
  const { access } = app

  app.get('/account', { config, schema: { hide: true, querystring: DoneQuery } }, async (request, reply) => {
    const account = await readOwnAccount(access, sessionOf(request))
    return sendPage(reply, <AccountPage request={request} account={account} done={request.query.done} />)
  })

  app.get('/account/password', { config: passwordConfig, schema: { hide: true } }, async (request, reply) =>
    sendPage(reply, <PasswordPage request={request} session={sessionOf(request)} faults={{}} />))

  app.post('/account/password', {
    config: passwordConfig, schema: { hide: true, body: PasswordBody },
  }, async (request, reply) => {
    const session = sessionOf(request)
    const faults = await tryChange(request, session, request.body)
    if (faults === undefined) return redirect(reply, session.mustChangePassword ? '/' : '/account?done=password')
    return sendPage(reply, <PasswordPage request={request} session={session} faults={faults} />, 422)
  })

  app.post('/account/sessions/end', { config, schema: { hide: true, body: EndBody } }, async (request, reply) => {
    const session = sessionOf(request)
    const { sessionId } = request.body
    const which = sessionId === 'others' ? { exceptId: session.id } : { onlyId: sessionId }
    if (sessionId === 'others' || isUuid(sessionId)) await endSessions(access, session.userId, request.ip, which)
    return redirect(reply, '/account?done=session')
  })

  async function tryChange(
    { lang, ip }: FastifyRequest, session: Session, { current, wanted, again }: Static<typeof PasswordBody>,
  ): Promise<PasswordFaults | undefined> {
    const t = text[lang]
    if (wanted !== again) return { again: t.passwordDiffers }
    const result = await changePassword(access, session, { current, wanted }, ip)
    switch (result.kind) {
      case 'changed': return undefined
      case 'wrong_password': return { current: t.passwordWrong }
      case 'wait': return { current: t.wait(Math.ceil(result.waitMs / 60_000)) }
      case 'unfit': return { wanted: t[result.fault] }
    }
  }
}

function sessionOf({ session }: FastifyRequest): Session {
  if (session === null) throw new DomainError('FORBIDDEN', 'this page is for people who signed in')
  return session
}

function AccountPage({ request, account, done }: {
  request: FastifyRequest; account: OwnAccount; done: string | undefined
}) {
  const t = text[request.lang]
  const { hasPassword, hasTotp, recoveryCodes, roles, sessions, loginName } = account
  return (
    <StaffFrame request={request} title={t.account} place={t.account} nav={[]} current="" at={{}} styles={['access.css']}>
      <div>
        <p class="small"><a href="/">{t.toWork}</a></p>
        <h1>{t.account}</h1>
      </div>
      {done === 'password' && <Notice tone="good"><p>{t.passwordChanged}</p></Notice>}
      {done === 'session' && <Notice tone="good"><p>{t.sessionEnded}</p></Notice>}
      <div class="columns">
        <Card title={request.viewer?.displayName} action={hasPassword && (
          <ButtonLink href="/account/password">{t.changePassword}</ButtonLink>
        )}>
          <Facts items={[
            { name: t.loginName, value: loginName },
            { name: t.roles, value: roles.length === 0 ? t.noRoles : (
              <ul class="roles">{roles.map((role) => <li key={role.id}>{heldRoleText(role, request.lang)}</li>)}</ul>
            ) },
          ]} />
        </Card>
        <Card title={t.app} action={!hasTotp && <ButtonLink href="/login/enrol?next=/account">{t.enrol}</ButtonLink>}>
          <p class="row">
            <Badge tone={hasTotp ? 'good' : 'plain'}>{hasTotp ? t.appOn : t.appOff}</Badge>
            {hasTotp && <span class="soft">{t.codesLeft(recoveryCodes)}</span>}
          </p>
        </Card>
      </div>
      <Card title={t.sessions} action={sessions.length > 1 && (
        <SessionEnd request={request} sessionId="others" label={t.endOthers} />
      )}>
        <Table class="people-table" caption={t.sessions} captionHidden rows={sessions} keyOf={({ id }) => id}
          empty={t.unknownDevice} columns={[
          { title: t.device, kind: 'head', cell: ({ agent }) => agent ?? t.unknownDevice },
          { title: t.address, cell: ({ address }) => address },
          { title: t.since, kind: 'number', cell: ({ createdAt }) => timeText(createdAt) },
          { title: t.lastSeen, kind: 'number', cell: ({ lastSeenAt }) => timeText(lastSeenAt) },
          { title: t.actions, cell: ({ id, current }) => current
            ? <Badge tone="info">{t.thisSession}</Badge>
            : <SessionEnd request={request} sessionId={id} label={t.endSession} /> },
        ]} />
      </Card>
    </StaffFrame>
  )
}

function SessionEnd({ request, sessionId, label }: { request: FastifyRequest; sessionId: string; label: string }) {
  return (
    <PostForm request={request} action="/account/sessions/end" class="row-form">
      <Button kind="plain" name="sessionId" value={sessionId}>{label}</Button>
    </PostForm>
  )
}

function PasswordPage({ request, session, faults }: {
  request: FastifyRequest; session: Session; faults: PasswordFaults
}) {
  const t = text[request.lang]
  const newPassword = { autocomplete: 'new-password', minLength: 10, maxLength: 512 } as const
  return (
    <OpenPage request={request} title={t.changePassword} styles={['access.css']}>
      <h1>{t.changePassword}</h1>
      {session.mustChangePassword && <Notice tone="info"><p>{t.mustChange}</p></Notice>}
      <Card>
        <PostForm request={request} action="/account/password" class="sign-in-form">
          {/* For password managers, which keep the new password under this name. */}
          <input type="text" name="username" autocomplete="username" value={session.loginName} readOnly hidden />
          <Field label={t.currentPassword} name="current" type="password" required fault={faults.current}
            input={{ autocomplete: 'current-password' }} />
          <Field label={t.newPassword} name="wanted" type="password" required fault={faults.wanted}
            hint={t.newPasswordHint} input={newPassword} />
          <Field label={t.repeatPassword} name="again" type="password" required fault={faults.again} input={newPassword} />
          <Button>{t.save}</Button>
        </PostForm>
      </Card>
      {!session.mustChangePassword && <p><a href="/account">{t.account}</a></p>}
    </OpenPage>
  )
}
