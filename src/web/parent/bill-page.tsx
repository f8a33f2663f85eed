// The parent's page as a whole. What money can change stands in `#bill`, which the script swaps for a fresh one; all
// else stays as it is while somebody reads or types. Everything works without the script.
import type { FastifyRequest } from 'fastify'
import type { ComponentChildren } from 'preact'
import type { BankAppLink } from '../../vietqr/bank-apps.js'
import { Card } from '../components/content.js'
import { Button, Field, PostForm } from '../components/form.js'
import { timeText } from '../format.js'
import { OpenPage } from '../layout.js'
import type { Lang } from '../text.js'
import type { BillPage } from './bill.js'
import { BillStatus, statusTitle } from './bill-status.js'
import { History, LinesCard, ReceivedCard } from './bill-tables.js'
import { PayCard } from './pay-card.js'
import { meansOf, payViewsOf, takesMoney } from './pay-way.js'
import type { PageMeans } from './pay-way.js'
import type { ChildHistory } from './queries.js'
import { text } from './text.js'

export type ProofFault = 'wrong' | 'too_many' | 'unreadable'

/** What a bill needs beside its row to be paid. */
export interface PayWays {
  path: string
  svg: string | undefined
  apps: readonly BankAppLink[]
}

interface BillPageProps {
  request: FastifyRequest
  /** `/p/{token}` of the link that was opened. */
  path: string
  page: BillPage
  payWays: ReadonlyMap<string, PayWays>
  history: ChildHistory | null
  proofFault: ProofFault | undefined
  /** What the parent may choose in this round, where the school offers something. */
  choices?: ComponentChildren
  now: Date
}

export function BillPageView(props: BillPageProps) {
  const { request, path, page, payWays, history, proofFault, choices, now } = props
  const { lang } = request
  const t = text[lang]
  const views = payViewsOf(page)
  // Under a fold nobody would read them.
  const hinted = views.find(({ way, isCovered }) => way.kind === 'scan' && !isCovered) ?? views.find(({ way }) => takesMoney(way))
  return (
    <OpenPage request={request} title={`${t.title(page.roundName)} · ${page.schoolName}`}
      styles={['parent.css']} scripts={['parent.js']}>
      <BillHead page={page} fullName={history?.fullName} lang={lang} />
      <p id="news" class="visually-hidden" role="status" />
      <div id="bill" class="bill" data-page={path} data-events={`${path}/events?mark=${page.mark}`}
        data-news={statusTitle(page, lang)}>
        <BillStatus page={page} lang={lang} />
        <p class="small soft no-print">
          <span data-live hidden>{t.live} </span>
          <span>{t.asOf(timeText(now))} </span>
          <a class="language" href={path}>{t.reload}</a>
        </p>
        {page.bills.map((bill, at) => {
          const view = views[at]
          if (view === undefined) return null
          const ways = payWays.get(bill.code)
          const part = page.bills.length > 1 ? { part: { no: at + 1, of: page.bills.length } } : {}
          return (
            <PayCard key={bill.code} bill={bill} view={view} lang={lang} {...part} withHints={view === hinted}
              svg={ways?.svg} path={ways?.path ?? path} apps={ways?.apps ?? []} />
          )
        })}
        {page.bills.length > 0 && <LinesCard bills={page.bills} lang={lang} />}
        <ReceivedCard bills={page.bills} lang={lang} />
      </div>
      {choices}
      {history === null
        ? page.hasBirthDate && <ProofForm request={request} path={path} fault={proofFault} />
        : <div id="history" class="bill"><History history={history} lang={lang} /></div>}
      <OtherWays page={page} means={meansOf(views)} lang={lang} />
      <Safety lang={lang} />
    </OpenPage>
  )
}

function BillHead({ page, fullName, lang }: { page: BillPage; fullName: string | undefined; lang: Lang }) {
  const t = text[lang]
  const { schoolName, roundName, schoolYear, childName, className } = page
  return (
    <header class="bill-head">
      <p class="soft">{schoolName}</p>
      <h1>{t.title(roundName)}</h1>
      <p>
        <span class="soft">{t.child}: </span>
        <strong>{fullName ?? childName}</strong>
        {className !== null && ` · ${className}`}
      </p>
      <p class="small soft">{t.schoolYear(schoolYear)}</p>
    </header>
  )
}

function ProofForm({ request, path, fault }: { request: FastifyRequest; path: string; fault: ProofFault | undefined }) {
  const t = text[request.lang]
  const said = { wrong: t.proofWrong, too_many: t.proofTooMany, unreadable: t.proofUnreadable }
  return (
    <div id="proof" class="no-print">
      <Card title={t.proofTitle}>
        <PostForm request={request} action={`${path}/birth-date`} class="stack">
          <Field label={t.birthDate} name="birthDate" hint={t.proofHint} fault={fault && said[fault]}
            input={{ inputMode: 'numeric', autocomplete: 'off', maxLength: 20 }} />
          <Button kind="plain">{t.proofSend}</Button>
        </PostForm>
      </Card>
    </div>
  )
}

function OtherWays({ page, means, lang }: { page: BillPage; means: PageMeans; lang: Lang }) {
  const t = text[lang]
  return (
    <div class="bill no-print">
      {means.canPay && (
        <Card title={t.otherWays}>
          <ul class="plain-list">
            <li>{means.hasQr ? t.otherPerson : t.otherPersonByLink}</li>
            {means.hasQr && <li>{t.paper}</li>}
            <li>{t.counter}</li>
          </ul>
        </Card>
      )}
      <Card title={t.ask}>
        <p>{t.askBody(page.schoolName)} <strong class="pay-code">{page.linked.code}</strong></p>
      </Card>
    </div>
  )
}

function Safety({ lang }: { lang: Lang }) {
  const t = text[lang]
  return (
    <Card title={t.safety}>
      <ul class="plain-list">
        <li>{t.safetyAsk}</li>
        <li>{t.safetyRefund}</li>
        <li>{t.safetyNames}</li>
      </ul>
      <p><a class="language" href="/check">{t.safetyCheck}</a></p>
    </Card>
  )
}
