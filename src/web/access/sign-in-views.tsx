// The pages of the way in, as they look.
import type { FastifyRequest } from 'fastify'
import type { ComponentChildren } from 'preact'
import type { Enrolment } from '../../access/second-factor.js'
import { Card } from '../components/content.js'
import { Button, ButtonLink, Field, PostForm } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { OpenPage } from '../layout.js'
import { text } from './text.js'

/** What went wrong with the attempt before. */
export type Fault = { kind: 'refused' } | { kind: 'wait'; waitMs: number } | { kind: 'oidc_unknown' } | { kind: 'oidc_refused' }

interface SignInViewProps {
  request: FastifyRequest
  next: string
  loginName?: string
  fault?: Fault | undefined
  /** Name of the organisation's own sign-in, when there is one. */
  provider: string | undefined
}

export function SignInView({ request, next, loginName = '', fault, provider }: SignInViewProps) {
  const t = text[request.lang]
  return (
    <OpenPage request={request} title={t.signIn} styles={['access.css']}>
      <h1>{t.signIn}</h1>
      {fault !== undefined && <Notice tone="bad"><p>{faultText(fault, request)}</p></Notice>}
      <Card>
        <PostForm request={request} action={withNext('/login', next)} class="sign-in-form">
          <Field label={t.loginName} name="loginName" value={loginName} required hint={t.loginNameHint}
            input={{ autocomplete: 'username', autocapitalize: 'none', spellcheck: false, autofocus: loginName === '' }} />
          <Field label={t.password} name="password" type="password" required
            input={{ autocomplete: 'current-password', maxLength: 512, autofocus: loginName !== '' }} />
          <Button>{t.signIn}</Button>
        </PostForm>
        {provider !== undefined && (
          <>
            <p class="soft">{t.or}</p>
            <ButtonLink href={withNext('/login/oidc', next)}>{t.signInWith(provider)}</ButtonLink>
          </>
        )}
      </Card>
      <p class="soft small">{t.signInIntro}</p>
    </OpenPage>
  )
}

function faultText(fault: Fault, { lang }: FastifyRequest): string {
  const t = text[lang]
  switch (fault.kind) {
    case 'refused': return t.refused
    case 'wait': return t.wait(Math.ceil(fault.waitMs / 60_000))
    case 'oidc_unknown': return t.oidcUnknown
    case 'oidc_refused': return t.oidcRefused
  }
}

/** Carries on where the person wanted to go. */
export function withNext(path: string, next: string): string {
  return next === '/' ? path : `${path}?next=${encodeURIComponent(next)}`
}

interface StepProps {
  request: FastifyRequest
  next: string
  fault?: string | undefined
}

export function SecondFactorView({ request, next, fault }: StepProps) {
  const t = text[request.lang]
  return (
    <OpenPage request={request} title={t.secondFactor} styles={['access.css']}>
      <h1>{t.secondFactor}</h1>
      <Card>
        <SessionForm request={request} action={withNext('/login/second-factor', next)}>
          <p>{t.secondFactorIntro}</p>
          <Field label={t.code} name="code" required hint={t.codeHint} fault={fault}
            input={{ autocomplete: 'one-time-code', maxLength: 20, autofocus: true, autocapitalize: 'characters' }} />
          <Button>{t.confirm}</Button>
        </SessionForm>
      </Card>
      <LeaveForm request={request} />
    </OpenPage>
  )
}

/** Before the second factor there is no viewer yet, but the session's proof goes with the form all the same. */
function SessionForm({ request, action, children }: {
  request: FastifyRequest; action: string; children: ComponentChildren
}) {
  const { session, viewer } = request
  return (
    <PostForm request={request} action={action} class="sign-in-form">
      {viewer === null && session !== null && <input type="hidden" name="_csrf" value={session.csrfToken} />}
      {children}
    </PostForm>
  )
}

function LeaveForm({ request }: { request: FastifyRequest }) {
  return (
    <SessionForm request={request} action="/logout">
      <button class="link-button" type="submit">{text[request.lang].cancel}</button>
    </SessionForm>
  )
}

interface EnrolViewProps extends StepProps {
  enrolment: Enrolment
  /** Our own drawing. */
  qrSvg: string
}

export function EnrolView({ request, next, fault, enrolment, qrSvg }: EnrolViewProps) {
  const t = text[request.lang]
  return (
    <OpenPage request={request} title={t.enrol} styles={['access.css']}>
      <h1>{t.enrol}</h1>
      <p>{t.enrolIntro}</p>
      <Card>
        <SessionForm request={request} action={withNext('/login/enrol', next)}>
          <ol class="steps">
            <li>{t.enrolStep1}</li>
            <li>
              {t.enrolStep2}
              <div class="enrol-qr" role="img" aria-label={t.qrLabel} dangerouslySetInnerHTML={{ __html: qrSvg }} />
              <p class="small soft">{t.enrolByHand}</p>
              <p class="enrol-key">{(enrolment.secret.match(/.{1,4}/g) ?? []).join(' ')}</p>
            </li>
            <li>
              {t.enrolStep3}
              <Field label={t.code} name="code" required fault={fault}
                input={{ autocomplete: 'one-time-code', inputMode: 'numeric', maxLength: 10 }} />
            </li>
          </ol>
          <Button>{t.confirm}</Button>
        </SessionForm>
      </Card>
      {request.viewer === null && <LeaveForm request={request} />}
    </OpenPage>
  )
}

export function RecoveryView({ request, next, codes }: {
  request: FastifyRequest; next: string; codes: readonly string[]
}) {
  const t = text[request.lang]
  return (
    <OpenPage request={request} title={t.recovery} styles={['access.css']}>
      <h1>{t.recovery}</h1>
      <Notice tone="good"><p>{t.enrolDone}</p></Notice>
      <Card>
        <p>{t.recoveryIntro}</p>
        <ul class="recovery-codes">{codes.map((code) => <li key={code}>{code}</li>)}</ul>
      </Card>
      <ButtonLink kind="main" href={next}>{t.recoverySaved}</ButtonLink>
    </OpenPage>
  )
}
