// The first page of the desk: what to do next, what came in today on each account, and how the open round stands. A
// school that begins sees the steps to its first bill instead.
import type { FastifyRequest } from 'fastify'
import type { AccountChannels } from '../../banking/account-channels.js'
import type { RoundListItem } from '../../invoicing/round-figures.js'
import type { Day } from '../../time.js'
import { Card, Facts, Money } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { ButtonLink } from '../components/form.js'
import { Badge } from '../components/notice.js'
import { dayText, timeText, wholeText } from '../format.js'
import { DeskPage } from '../layout.js'
import { accountsOfToday, accountTitle, activeChannel, HealthBadge } from './channels-page.js'
import { healthText } from './channels-text.js'
import { CollectedBar } from './collected-bar.js'
import { channelPath, channelsPath, deskPath, feesPath, roundPath, roundsPath } from './desk-links.js'
import { mayHere } from './may-here.js'
import { SETUP_STEPS } from './today-queries.js'
import type { AccountDay, CashDay, SetupStep } from './today-queries.js'
import { todayText } from './today-text.js'

interface TodayProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  day: Day
  accounts: readonly AccountChannels[]
  days: readonly AccountDay[]
  cash: CashDay
  openReviews: number
  /** The newest open round, with bills if one has any. */
  round: RoundListItem | undefined
  setup: Record<SetupStep, boolean>
}

export function TodayPage(props: TodayProps) {
  const { request, schoolId, schoolName, day, accounts, round, setup } = props
  const t = todayText[request.lang]
  const isNew = SETUP_STEPS.some((step) => !setup[step])
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.today} current="today"
      styles={['collecting.css']}>
      <div class="page-head">
        <h1>{t.today}, <span class="number">{dayText(day)}</span></h1>
        {accounts.length > 0 && <ExportLinks lang={request.lang} href={deskPath(schoolId)} />}
      </div>
      {isNew ? <Setup {...props} /> : <NextAct {...props} />}
      {accounts.length > 0 && (
        <div class="columns">
          {accountsOfToday(accounts)
            .map((account) => <Account key={account.id} {...props} account={account} />)}
        </div>
      )}
      {(setup.bills || round !== undefined) && (
        <div class="columns columns-wide">
          {round !== undefined && round.invoices > 0 && <Round {...props} round={round} />}
          <Cash {...props} />
        </div>
      )}
    </DeskPage>
  )
}

function NextAct({ request, schoolId, openReviews, round }: TodayProps) {
  const t = todayText[request.lang]
  const act = openReviews > 0
    ? { text: t.reviews(openReviews), href: `${deskPath(schoolId)}/review`, label: t.toReview }
    : round === undefined
      ? { text: t.noRound, href: roundsPath(schoolId), label: t.toRounds }
      : round.invoices === 0
        ? { text: t.roundWithoutBills(round.name), href: `${roundPath(schoolId, round.id)}/preview`, label: t.toIssue }
        : { text: t.allDone, href: `${roundPath(schoolId, round.id)}/bills?view=open`, label: t.toBills }
  return (
    <section class="card next-act" aria-label={t.next}>
      <div class="row">
        <p>{act.text}</p>
        <ButtonLink href={act.href} kind={openReviews > 0 ? 'main' : 'plain'}>{act.label}</ButtonLink>
      </div>
    </section>
  )
}

function Account({ request, schoolId, account, days }: TodayProps & { account: AccountChannels }) {
  const { lang } = request
  const t = todayText[lang]
  const channel = activeChannel(account)
  const today = days.find(({ bankAccountId }) => bankAccountId === account.id)
  return (
    <Card title={accountTitle(account)} action={channel === undefined
      ? <Badge tone="warn">{healthText('untested', lang).word}</Badge>
      : <a href={channelPath(schoolId, channel.id)}><HealthBadge health={channel.health} lang={lang} /></a>}>
      <p>
        <span class="soft">{t.received}: <span class="number">{t.transfers(today?.transfers ?? 0)}</span></span><br />
        <strong class="large"><Money vnd={today?.receivedVnd ?? 0} /></strong>
      </p>
      <Facts items={[
        { name: t.settledAlone, value: <span class="number">{t.transfers(today?.settledAlone ?? 0)}</span> },
        { name: t.waiting, value: account.openReviews === 0
          ? <span class="number">{t.transfers(0)}</span>
          : <a class="number" href={`${deskPath(schoolId)}/review`}>{t.transfers(account.openReviews)}</a> },
        { name: t.lastCall, value: channel?.lastCallAt == null ? t.never : <span class="number">{timeText(channel.lastCallAt)}</span> },
      ]} />
      {channel === undefined
        ? <p>{t.noChannel} <a href={channelsPath(schoolId)}>{t.connect}</a></p>
        : channel.health !== 'live' && <p class="soft">{healthText(channel.health, lang).sentence}</p>}
    </Card>
  )
}

function Round({ request, schoolId, round }: TodayProps & { round: RoundListItem }) {
  const t = todayText[request.lang]
  return (
    <Card title={t.round}>
      <p><a href={roundPath(schoolId, round.id)}>{round.name}</a> <span class="soft">· {t.dueOn} {dayText(round.dueOn)}</span></p>
      <CollectedBar lang={request.lang} billedVnd={round.billedVnd} collectedVnd={round.collectedVnd} />
    </Card>
  )
}

function Cash({ request, schoolId, cash }: TodayProps) {
  const t = todayText[request.lang]
  return (
    <Card title={t.cash}>
      <Facts items={[
        { name: t.taken, value: <Money vnd={cash.takenVnd} /> },
        { name: t.receipts, value: <span class="number">{wholeText(cash.receipts)}</span> },
      ]} />
      {mayHere(request, schoolId, 'invoices:read') && <p><a href={`${deskPath(schoolId)}/cash`}>{t.toCash}</a></p>}
    </Card>
  )
}

function Setup({ request, schoolId, setup, round }: TodayProps) {
  const t = todayText[request.lang]
  const steps: Readonly<Record<SetupStep, { label: string; href: string }>> = {
    students: { label: t.stepStudents, href: `${deskPath(schoolId)}/students/import` },
    account: { label: t.stepAccount, href: channelsPath(schoolId) },
    channel: { label: t.stepChannel, href: channelsPath(schoolId) },
    fees: { label: t.stepFees, href: feesPath(schoolId) },
    round: { label: t.stepRound, href: roundsPath(schoolId) },
    bills: { label: t.stepBills, href: round === undefined ? roundsPath(schoolId) : `${roundPath(schoolId, round.id)}/plan` },
  }
  const next = SETUP_STEPS.find((step) => !setup[step])
  return (
    <Card title={t.setup}>
      <p class="soft">{t.setupNote}</p>
      <ol class="checklist">
        {SETUP_STEPS.map((step, at) => (
          <li key={step} class={setup[step] ? 'step-done' : undefined}>
            <span class="step-sign" aria-hidden="true">{setup[step] ? '✓' : at + 1}</span>
            <span>{steps[step].label}<span class="visually-hidden"> ({setup[step] ? t.done : t.later})</span></span>
            {step === next && <ButtonLink href={steps[step].href} kind="main">{t.do}</ButtonLink>}
          </li>
        ))}
      </ol>
    </Card>
  )
}
