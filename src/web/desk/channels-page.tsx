// The bank accounts of a school, how the channel of each does, and the form that registers another.
import type { FastifyRequest } from 'fastify'
import type { AccountChannels, ChannelView } from '../../banking/account-channels.js'
import type { ChannelHealth } from '../../banking/channel-health.js'
import { banks } from '../../vietqr/banks.js'
import { Card, Facts } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Button, ButtonLink, Field, PostForm, Select } from '../components/form.js'
import { Badge, EmptyState, Notice } from '../components/notice.js'
import type { Tone } from '../components/notice.js'
import { timeText } from '../format.js'
import { DeskPage } from '../layout.js'
import type { Lang } from '../text.js'
import { channelPath, channelsPath, deskPath } from './desk-links.js'
import { providerName } from './channel-steps.js'
import type { AccountDraft } from './channels-form.js'
import { channelsText, healthText } from './channels-text.js'
import type { Faults } from './form-fields.js'
import { mayHere } from './may-here.js'

interface ChannelsProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  accounts: readonly AccountChannels[]
  draft: AccountDraft
  faults: Faults
  done: boolean
  refused?: string | undefined
}

export function ChannelsPage(props: ChannelsProps) {
  const { request, schoolId, schoolName, accounts, done, refused } = props
  const t = channelsText[request.lang]
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.banks} current="channels"
      styles={['collecting.css']}>
      <div class="page-head">
        <h1>{t.banks}</h1>
        {accounts.length > 0 && <ExportLinks lang={request.lang} href={channelsPath(schoolId)} />}
      </div>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      {done && <Notice tone="good"><p>{t.registered}</p></Notice>}
      {accounts.length === 0 && <EmptyState>{t.none}</EmptyState>}
      <div class="columns">
        {accounts.map((account) => <Account key={account.id} {...props} account={account} />)}
      </div>
      {mayHere(request, schoolId, 'banking:write') && <NewAccount {...props} />}
    </DeskPage>
  )
}

const TONES: Readonly<Record<ChannelHealth, Tone | 'plain'>> = {
  live: 'good', tested: 'good', untested: 'warn', quiet: 'warn', late: 'warn', closed: 'plain',
}

export function HealthBadge({ health, lang }: { health: ChannelHealth; lang: Lang }) {
  return <Badge tone={TONES[health]}>{healthText(health, lang).word}</Badge>
}

export function accountTitle({ bankName, accountNumber }: Pick<AccountChannels, 'bankName' | 'accountNumber'>): string {
  return `${bankName} ${accountNumber}`
}

/** An account that is closed is shown while something waits on it. */
export function accountsOfToday(accounts: readonly AccountChannels[]): AccountChannels[] {
  return accounts.filter(({ state, openReviews }) => state === 'active' || openReviews > 0)
}

export function activeChannel({ channels }: Pick<AccountChannels, 'channels'>): ChannelView | undefined {
  return channels.find(({ state }) => state === 'active')
}

function Account({ request, schoolId, account }: ChannelsProps & { account: AccountChannels }) {
  const { lang } = request
  const t = channelsText[lang]
  const channel = activeChannel(account)
  const closed = account.state === 'closed'
  return (
    <Card title={accountTitle(account)} action={closed
      ? <Badge tone="plain">{t.closedAccount}</Badge>
      : channel === undefined ? <Badge tone="warn">{healthText('untested', lang).word}</Badge> : <HealthBadge health={channel.health} lang={lang} />}>
      <p class="soft">{account.accountName}</p>
      {channel === undefined
        ? !closed && <p>{t.noChannel}</p>
        : <><p>{healthText(channel.health, lang).sentence}</p><ChannelFacts channel={channel} lang={lang} /></>}
      {account.openReviews > 0 &&
        <p><a href={`${deskPath(schoolId)}/review`}>{t.reviews}: {t.items(account.openReviews)}</a></p>}
      <div class="row">
        {account.channels.map((one) => (
          <ButtonLink key={one.id} href={channelPath(schoolId, one.id)}>
            {one.state === 'active' ? t.open : `${providerName(one.provider)} · ${healthText('closed', lang).word}`}
          </ButtonLink>
        ))}
        {channel === undefined && !closed && mayHere(request, schoolId, 'banking:write') && (
          <ButtonLink href={`${channelsPath(schoolId)}/accounts/${account.id}/connect`} kind="main">{t.setUp}</ButtonLink>
        )}
      </div>
    </Card>
  )
}

export function ChannelFacts({ channel, lang }: { channel: ChannelView; lang: Lang }) {
  const t = channelsText[lang]
  const when = (at: Date | null) => <span class="number">{at === null ? t.never : timeText(at)}</span>
  return (
    <Facts items={[
      { name: t.provider, value: providerName(channel.provider) },
      { name: t.lastCall, value: when(channel.lastCallAt) },
      { name: t.lastTest, value: when(channel.lastTestAt) },
      ...(channel.waitingCalls > 0 ? [{ name: t.waiting, value: t.messages(channel.waitingCalls) }] : []),
      { name: t.memoWord, value: channel.memoWord ?? t.noMemoWord },
    ]} />
  )
}

function NewAccount({ request, schoolId, accounts, draft, faults }: ChannelsProps) {
  const t = channelsText[request.lang]
  const replaceable = accounts.filter(({ state }) => state === 'active')
  return (
    <Card title={t.register}>
      <PostForm request={request} action={`${channelsPath(schoolId)}/accounts`} class="form">
        <Select label={t.bank} name="bankBin" value={draft.bankBin} fault={faults['bankBin']}
          options={[{ value: '', label: t.chooseBank }, ...banks.map(({ bin, shortName, name }) =>
            ({ value: bin, label: `${shortName} · ${name}` }))]} />
        <Field label={t.number} name="accountNumber" value={draft.accountNumber} hint={t.numberHint} required
          fault={faults['accountNumber']} input={{ autocomplete: 'off', inputMode: 'text' }} />
        <Field label={t.holder} name="accountName" value={draft.accountName} hint={t.holderHint} required
          fault={faults['accountName']} input={{ maxLength: 140 }} />
        {replaceable.length > 0 && (
          <Select label={t.replaces} name="replaces" value={draft.replaces} hint={t.replacesHint} options={[
            { value: '', label: t.replacesNone },
            ...replaceable.map((account) => ({ value: account.id, label: accountTitle(account) })),
          ]} />
        )}
        <div class="row"><Button>{t.register}</Button></div>
      </PostForm>
    </Card>
  )
}
