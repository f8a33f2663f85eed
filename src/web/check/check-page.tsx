// The check page: one form, and above it the answer to what was asked. Red only where nobody should pay, and then with
// what to do instead.
import type { FastifyRequest } from 'fastify'
import { findBank } from '../../vietqr/banks.js'
import { Card, Facts } from '../components/content.js'
import { Button, ButtonLink, Field, PostForm } from '../components/form.js'
import { Notice } from '../components/notice.js'
import type { Tone } from '../components/notice.js'
import { OpenPage } from '../layout.js'
import type { Lang } from '../text.js'
import type { Answer, Danger, KnownSchool } from './look-up.js'
import { text } from './text.js'

/** What is wrong with a field, so that it stands beside it. */
export type Fault =
  | { field: 'asked', why: 'empty' | 'damaged_code' | 'not_understood' | 'several_codes' }
  | { field: 'amount' }
  | { field: 'photo', why: PhotoFault }
export type PhotoFault = 'no_qr' | 'not_an_image' | 'too_large' | 'too_slow' | 'busy'

export type Outcome = { answer: Answer } | { warning: 'web_address' | 'not_a_transfer' | 'broken_qr' }

interface CheckPageProps {
  request: FastifyRequest
  outcome?: Outcome | undefined
  fault?: Fault | undefined
  /** What was typed; never what a picture held. */
  typed?: { asked: string, amount: string } | undefined
}

export function CheckPage({ request, outcome, fault, typed }: CheckPageProps) {
  const { lang } = request
  const t = text[lang]
  return (
    <OpenPage request={request} title={t.title} styles={['parent.css']} scripts={['check.js']}>
      <h1>{t.title}</h1>
      {outcome === undefined ? <p>{t.intro}</p> : <Result outcome={outcome} lang={lang} />}
      {outcome === undefined
        ? <CheckForm request={request} fault={fault} typed={typed} />
        : <ButtonLink href="/check">{t.again}</ButtonLink>}
      <p class="small soft">{t.neverAsked}</p>
    </OpenPage>
  )
}

function CheckForm({ request, fault, typed }: Pick<CheckPageProps, 'request' | 'fault' | 'typed'>) {
  const t = text[request.lang]
  const said = fault && faultText(fault, request.lang)
  const at = (field: Fault['field']) => (fault?.field === field ? said : undefined)
  return (
    <Card>
      <PostForm request={request} action="/check" multipart class="stack">
        <Field label={t.asked} name="asked" value={typed?.asked ?? ''} fault={at('asked')}
          input={{ autocomplete: 'off', maxLength: 2_000, spellcheck: false }} />
        <Field label={t.amount} name="amount" value={typed?.amount ?? ''} fault={at('amount')}
          input={{ autocomplete: 'off', inputMode: 'numeric', maxLength: 20 }} />
        <Field label={t.photo} name="photo" type="file" hint={t.photoHint} fault={at('photo')}
          input={{ accept: 'image/png,image/jpeg' }} />
        <Button>{t.send}</Button>
      </PostForm>
    </Card>
  )
}

function faultText(fault: Fault, lang: Lang): string {
  const t = text[lang]
  if (fault.field === 'amount') return t.amountUnreadable
  const texts = {
    empty: t.empty,
    damaged_code: t.damagedCode,
    not_understood: t.notUnderstood,
    several_codes: t.severalCodes,
    no_qr: t.noQrInPhoto,
    not_an_image: t.notAnImage,
    too_large: t.photoTooLarge,
    too_slow: t.photoTooSlow,
    busy: t.busy,
  }
  return texts[fault.why]
}

function Result({ outcome, lang }: { outcome: Outcome; lang: Lang }) {
  const t = text[lang]
  if ('warning' in outcome) {
    const said = { web_address: t.webAddress, not_a_transfer: t.notATransfer, broken_qr: t.brokenQr }
    return <DoNotPay reason={said[outcome.warning]} lang={lang} />
  }
  const { answer } = outcome
  if (answer.kind === 'danger') return <DoNotPay reason={dangerText(answer.danger, lang)} lang={lang} />
  if (answer.bill === 'cancelled') return <DoNotPay reason={t.cancelled} lang={lang} schools={answer.schools} />
  if (answer.amountFits === false) return <DoNotPay reason={t.amountDiffers} lang={lang} schools={answer.schools} />
  const { tone, title, lines } = knownText(answer, t)
  return (
    <>
      <Notice tone={tone} title={title}>{lines.map((line) => <p key={line}>{line}</p>)}</Notice>
      <Schools schools={answer.schools} lang={lang} />
    </>
  )
}

type KnownAnswer = Answer & { kind: 'known' }

function knownText(
  { bill, amountFits, hasCode, schools }: KnownAnswer, t: (typeof text)[Lang],
): { tone: Tone; title: string; lines: string[] } {
  if (bill === 'paid') return { tone: 'warn', title: t.paid, lines: [t.paidBody] }
  if (bill === 'replaced') return { tone: 'warn', title: t.replaced, lines: [t.replacedBody] }
  return {
    tone: 'good',
    title: t.good,
    lines: [
      schools.some(({ account }) => account !== null) ? t.goodAccount : t.goodCode,
      ...(bill === 'open' ? [t.goodOpen] : []),
      ...(amountFits === true ? [t.goodFits] : []),
      ...(hasCode ? [] : [t.noCode]),
    ],
  }
}

function dangerText(danger: Danger, lang: Lang): string {
  const t = text[lang]
  const texts: Readonly<Record<Danger, string>> = {
    unknown_account: t.unknownAccount,
    closed_account: t.closedAccount,
    unknown_code: t.unknownCode,
    schools_differ: t.schoolsDiffer,
    other_account: t.otherAccount,
    unknown_link: t.unknownLink,
  }
  return texts[danger]
}

function DoNotPay({ reason, lang, schools = [] }: { reason: string; lang: Lang; schools?: readonly KnownSchool[] }) {
  const t = text[lang]
  return (
    <>
      <Notice tone="bad" title={t.doNotPay}><p>{reason}</p></Notice>
      <Schools schools={schools} lang={lang} />
      <Card title={t.whatToDo}>
        <ul class="plain-list">
          <li>{t.adviceBill}</li>
          <li>{t.adviceAsk}</li>
          <li>{t.advicePaid}</li>
        </ul>
      </Card>
    </>
  )
}

function Schools({ schools, lang }: { schools: readonly KnownSchool[]; lang: Lang }) {
  const t = text[lang]
  if (schools.length === 0) return null
  return (
    <Card>
      {schools.map(({ schoolName, authorityName, account }) => (
        <Facts key={`${schoolName} ${account?.bankBin}`} items={[
          { name: t.school, value: schoolName },
          ...(authorityName === null ? [] : [{ name: t.authority, value: authorityName }]),
          ...(account === null ? [] : [
            { name: t.bank, value: findBank(account.bankBin)?.shortName ?? account.bankBin },
            { name: t.account, value: <span class="number">{account.accountNumber}</span> },
          ]),
        ]} />
      ))}
      <p class="small soft">{t.compare}</p>
    </Card>
  )
}
