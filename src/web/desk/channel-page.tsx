// One channel: making it, the secret that is shown once, what to paste at the provider, and whether calls arrive.
import type { FastifyRequest } from 'fastify'
import type { ComponentChildren } from 'preact'
import type { AccountChannels, ChannelView } from '../../banking/account-channels.js'
import { PROVIDERS } from '../../banking/provider.js'
import { Card, Copyable, Facts } from '../components/content.js'
import { Button, ButtonLink, Field, PostForm, Select } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { timeText } from '../format.js'
import { DeskPage } from '../layout.js'
import { channelPath, channelsPath } from './desk-links.js'
import { providerName, providerSteps, urlNames } from './channel-steps.js'
import type { ChannelForm } from './channels-form.js'
import { accountTitle, ChannelFacts, HealthBadge } from './channels-page.js'
import { channelsText, healthText } from './channels-text.js'
import type { Faults } from './form-fields.js'
import { mayHere } from './may-here.js'

interface AccountProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  account: AccountChannels
  refused?: string | undefined
}

export function ConnectPage(props: AccountProps & { draft: ChannelForm; faults: Faults }) {
  const { request, schoolId, account, draft, faults } = props
  const t = channelsText[request.lang]
  return (
    <ChannelFrame {...props} title={t.setUp}>
      <Card>
        <PostForm request={request} action={`${channelsPath(schoolId)}/accounts/${account.id}/connect`} class="form">
          <Select label={t.provider} name="provider" value={draft.provider}
            options={PROVIDERS.map((provider) => ({ value: provider, label: providerName(provider) }))} />
          <Select label={t.mode} name="mode" value={draft.mode}
            options={[{ value: 'hmac', label: t.modeHmac }, { value: 'apikey', label: t.modeApikey }]} />
          <SecretField hint={t.secretHint} fault={faults['secret']} label={t.secret} />
          <Field label={t.memoWord} name="memoWord" value={draft.memoWord} hint={t.memoWordHint}
            fault={faults['memoWord']} input={{ maxLength: 12, autocomplete: 'off' }} />
          <div class="row"><Button>{t.connect}</Button></div>
        </PostForm>
      </Card>
    </ChannelFrame>
  )
}

function SecretField({ label, hint, fault }: { label: string; hint: string; fault: string | undefined }) {
  return (
    <Field label={label} name="secret" type="password" hint={hint} fault={fault}
      input={{ autocomplete: 'off', spellcheck: false, maxLength: 512 }} />
  )
}

/** The answer to the act itself, never to a reload: the only page that holds a secret. */
export function SecretPage(props: AccountProps & { channelId: string; secret: string }) {
  const { request, schoolId, channelId, secret } = props
  const t = channelsText[request.lang]
  return (
    <ChannelFrame {...props} title={t.secretOnce}>
      <Notice tone="warn" title={t.secretOnce}>
        <p class="secret"><Copyable value={secret} label={t.copy} /></p>
        <p>{t.secretOnceNote}</p>
      </Notice>
      <ButtonLink href={channelPath(schoolId, channelId)} kind="main">{t.goOn}</ButtonLink>
    </ChannelFrame>
  )
}

interface ChannelProps extends AccountProps {
  channel: ChannelView
  faults: Faults
  done?: string | undefined
}

export function ChannelPage(props: ChannelProps) {
  const { request, schoolId, channel, done } = props
  const { lang } = request
  const t = channelsText[lang]
  const mayWrite = mayHere(request, schoolId, 'banking:write')
  return (
    <ChannelFrame {...props} title={providerName(channel.provider)} scripts={['live-state.js']}>
      <DoneNotice done={done} request={request} />
      <Card title={t.state} action={<HealthBadge health={channel.health} lang={lang} />}>
        <p>{healthText(channel.health, lang).sentence}</p>
        <div data-live={`${channelPath(schoolId, channel.id)}/state`} data-live-state={channelStateText(channel)}
          aria-live="polite">
          <ChannelFacts channel={channel} lang={lang} />
        </div>
        {channel.previousSecretUntil !== null && <p class="soft">{t.previousUntil} {timeText(channel.previousSecretUntil)}</p>}
      </Card>
      {channel.state === 'active' && <SetUp {...props} />}
      {channel.state === 'active' && <TestCard {...props} mayWrite={mayWrite} />}
      {mayWrite && channel.state === 'active' && <Changes {...props} />}
    </ChannelFrame>
  )
}

/** What `live-state.js` compares: another text, and the page is loaded again. */
export function channelStateText({ lastTestAt, lastCallAt, waitingCalls }: ChannelView): string {
  return [lastTestAt?.toISOString(), lastCallAt?.toISOString(), waitingCalls].join(' ')
}

function DoneNotice({ done, request }: { done: string | undefined; request: FastifyRequest }) {
  const t = channelsText[request.lang]
  if (done === undefined) return null
  const failed = /^self-test-failed-(\d{3})$/.exec(done)?.[1]
  if (failed !== undefined) return <Notice tone="bad"><p>{t.selfTestFailed(failed)}</p></Notice>
  const texts: Readonly<Record<string, string>> = {
    'self-test': t.selfTestPassed, 'rotated': t.rotated, 'closed': t.closed, 'connected': t.connected,
  }
  const text = texts[done]
  return text === undefined ? null : <Notice tone="good"><p>{text}</p></Notice>
}

function SetUp({ request, channel }: ChannelProps) {
  const { lang } = request
  const t = channelsText[lang]
  const names = urlNames(channel.provider, lang)
  return (
    <div class="columns columns-wide">
      <Card title={t.steps}>
        <ol class="steps">
          {providerSteps(channel.provider, channel.mode, lang).steps.map((step) => <li key={step}>{step}</li>)}
        </ol>
      </Card>
      <Card title={t.paste}>
        <Facts items={[
          ...channel.setup.urls.map(({ url }, at) =>
            ({ name: names[at] ?? url, value: <Copyable value={url} label={t.copy} shown={<span class="url">{url}</span>} /> })),
          { name: t.secret, value: t.secretMasked },
          ...(channel.setup.headers.length === 0 ? [] : [{
            name: t.headers,
            value: <>{channel.setup.headers.map((header) => <code key={header} class="url">{header} </code>)}</>,
          }]),
        ]} />
      </Card>
    </div>
  )
}

function TestCard({ request, schoolId, channel, mayWrite }: ChannelProps & { mayWrite: boolean }) {
  const t = channelsText[request.lang]
  return (
    <Card title={t.testTitle}>
      <p>{providerSteps(channel.provider, channel.mode, request.lang).test}</p>
      <p class="soft small">{t.liveNote} <a href={channelPath(schoolId, channel.id)}>{t.reload}</a></p>
      {mayWrite && (
        <PostForm request={request} action={`${channelPath(schoolId, channel.id)}/self-test`} class="stack">
          <p class="soft small">{t.selfTestNote}</p>
          <Button kind="plain">{t.selfTest}</Button>
        </PostForm>
      )}
    </Card>
  )
}

function Changes({ request, schoolId, channel, faults }: ChannelProps) {
  const t = channelsText[request.lang]
  const path = channelPath(schoolId, channel.id)
  return (
    <div class="columns columns-wide">
      <Card title={t.rotate}>
        <PostForm request={request} action={`${path}/rotate`} class="form">
          <SecretField label={t.secret} hint={t.rotateHint} fault={faults['secret']} />
          <div class="row"><Button kind="plain">{t.rotate}</Button></div>
        </PostForm>
      </Card>
      <Card title={t.closing}>
        <PostForm request={request} action={`${path}/close`} class="stack" confirm={t.closeConfirm}>
          <p class="soft">{t.closeNote}</p>
          <Button kind="danger">{t.closing}</Button>
        </PostForm>
      </Card>
    </div>
  )
}

interface ChannelFrameProps extends AccountProps {
  title: string
  scripts?: readonly string[]
  children: ComponentChildren
}

function ChannelFrame({ request, schoolId, schoolName, account, title, refused, ...props }: ChannelFrameProps) {
  const { scripts = [], children } = props
  const t = channelsText[request.lang]
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={title} current="channels"
      styles={['collecting.css']} scripts={scripts}>
      <div>
        <p class="small"><a href={channelsPath(schoolId)}>{t.banks}</a> · {accountTitle(account)}</p>
        <h1>{title}</h1>
      </div>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      {children}
    </DeskPage>
  )
}
