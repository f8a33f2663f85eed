// The check page: one form, and above it the verdict. Green only with an account; amber names what alone is right and
// asks for what is missing; red only where nobody should pay, and then with what to do instead.
import type { FastifyRequest } from 'fastify'
import { paymentCodeText } from '../../invoicing/payment-code.js'
import { findBank } from '../../vietqr/banks.js'
import { Card, Facts } from '../components/content.js'
import { Button, ButtonLink, Field, PostForm, Select } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { OpenPage } from '../layout.js'
import type { Lang } from '../text.js'
import type { Claims } from './question.js'
import { text } from './text.js'
import type { Danger, PublicSchool, SchoolAccount, Verdict } from './verdict.js'

/** What is wrong with a field, so that it stands beside it. */
export type Fault =
  | { field: 'asked', why: 'empty' | 'damaged_code' | 'not_understood' | 'several_codes' }
  | { field: 'amount' }
  | { field: 'account' }
  | { field: 'photo', why: PhotoFault }
export type PhotoFault = 'no_qr' | 'not_an_image' | 'too_large' | 'too_slow' | 'busy'

/** As it was typed. */
export interface Typed {
  asked: string
  account: string
  bank: string
  amount: string
}

export type Outcome = { claims: Claims; verdict: Verdict } | { warning: 'web_address' | 'not_a_transfer' | 'broken_qr' }

interface CheckPageProps {
  request: FastifyRequest
  outcome?: Outcome | undefined
  fault?: Fault | undefined
  /** What was typed; never what a picture held. */
  typed?: Typed | undefined
  /** Where bills live, for the link that is asked about once more. */
  publicUrl: string
}

/** No bank has it: an account at a bank that was not offered is nobody's. */
const ANOTHER_BANK = '000000'

export function CheckPage({ request, outcome, fault, typed, publicUrl }: CheckPageProps) {
  const { lang } = request
  const t = text[lang]
  return (
    <OpenPage request={request} title={t.title} styles={['parent.css']} scripts={['check.js']}>
      <h1>{t.title}</h1>
      {outcome === undefined ? <p>{t.intro}</p> : <Result outcome={outcome} request={request} publicUrl={publicUrl} />}
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
        <AccountField label={t.accountAsked} value={typed?.account ?? ''} fault={at('account')} />
        {typed !== undefined && typed.bank !== '' && <input type="hidden" name="bank" value={typed.bank} />}
        <Field label={t.amount} name="amount" value={typed?.amount ?? ''} fault={at('amount')}
          input={{ autocomplete: 'off', inputMode: 'numeric', maxLength: 20 }} />
        <Field label={t.photo} name="photo" type="file" hint={t.photoHint} fault={at('photo')}
          input={{ accept: 'image/png,image/jpeg' }} />
        <Button>{t.send}</Button>
      </PostForm>
    </Card>
  )
}

function AccountField({ label, value, fault }: { label: string; value?: string; fault?: string | undefined }) {
  return (
    <Field label={label} name="account" value={value ?? ''} fault={fault}
      input={{ autocomplete: 'off', maxLength: 40, spellcheck: false }} />
  )
}

function faultText(fault: Fault, lang: Lang): string {
  const t = text[lang]
  if (fault.field === 'amount') return t.amountUnreadable
  if (fault.field === 'account') return t.accountUnreadable
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

interface ResultProps<Shown extends Outcome> {
  outcome: Shown
  request: FastifyRequest
  publicUrl: string
}

function Result({ outcome, request, publicUrl }: ResultProps<Outcome>) {
  const { lang } = request
  const t = text[lang]
  if ('warning' in outcome) {
    const said = { web_address: t.webAddress, not_a_transfer: t.notATransfer, broken_qr: t.brokenQr }
    return <DoNotPay reason={said[outcome.warning]} lang={lang} />
  }
  const { claims, verdict } = outcome
  switch (verdict.kind) {
    case 'danger':
      return <DoNotPay reason={dangerText(verdict.danger, lang)} lang={lang} {...verdict} />
    case 'over': {
      const isPaid = verdict.over === 'paid'
      return (
        <>
          <Notice tone="warn" title={isPaid ? t.paid : t.replaced}><p>{isPaid ? t.paidBody : t.replacedBody}</p></Notice>
          <School school={verdict.school} lang={lang} />
        </>
      )
    }
    case 'incomplete':
      return <Incomplete claims={claims} verdict={verdict} request={request} publicUrl={publicUrl} />
    case 'good':
      return <Good verdict={verdict} lang={lang} />
  }
}

function Good({ verdict, lang }: { verdict: Verdict & { kind: 'good' }; lang: Lang }) {
  const t = text[lang]
  const { account, isBillOpen, isAmountRight, hasCode } = verdict
  return (
    <>
      <Notice tone="good" title={t.good}>
        <p>{t.goodAccount(bankName(account), account.accountName)}</p>
        {isBillOpen && <p>{t.goodOpen}</p>}
        {isAmountRight && <p>{t.goodFits}</p>}
        {!hasCode && <p>{t.noCode}</p>}
      </Notice>
      <Accounts accounts={[account]} lang={lang} />
    </>
  )
}

/** What alone is right, and the one thing that has to be said before anybody can know. */
function Incomplete(
  { claims, verdict, request, publicUrl }:
  { claims: Claims; verdict: Verdict & { kind: 'incomplete' }; request: FastifyRequest; publicUrl: string },
) {
  const { lang } = request
  const t = text[lang]
  const { missing, accounts } = verdict
  const said = {
    account: { title: t.accountMissing(accounts[0]?.school.schoolName ?? ''), body: t.accountMissingBody },
    bank: { title: t.bankMissing, body: t.bankMissingBody },
    code_for_amount: { title: t.amountUnchecked, body: t.amountUncheckedBody },
  }[missing]
  return (
    <>
      <Notice tone="warn" title={said.title}>
        <p>{said.body}</p>
        {missing === 'account' && <p><strong>{t.onlyHere(accounts.length)}</strong></p>}
      </Notice>
      <Accounts accounts={accounts} lang={lang} />
      <Card>
        <PostForm request={request} action="/check" class="stack">
          <Given claims={missing === 'code_for_amount' ? { ...claims, code: null, link: null } : claims} publicUrl={publicUrl} />
          {missing === 'account' && <AccountField label={t.accountMissingAsk} />}
          {missing === 'bank' && (
            <Select label={t.bankMissingAsk} name="bank" options={[
              ...accounts.map((one) => ({ value: one.bankBin, label: bankName(one) })),
              { value: ANOTHER_BANK, label: t.anotherBank },
            ]} />
          )}
          {missing === 'code_for_amount' && (
            <Field label={t.codeAsk} name="asked" input={{ autocomplete: 'off', maxLength: 100, spellcheck: false }} />
          )}
          <Button>{t.send}</Button>
        </PostForm>
      </Card>
    </>
  )
}

/** What was said already goes along with what is added, so that all of it is judged together. */
function Given({ claims, publicUrl }: { claims: Claims; publicUrl: string }) {
  const { code, link, accounts, amountsVnd } = claims
  const asked = link !== null ? `${publicUrl}/p/${link}` : code === null ? undefined : paymentCodeText(code)
  const values = {
    asked,
    account: accounts[0]?.accountNumber,
    bank: accounts.flatMap(({ bankBin }) => bankBin ?? [])[0],
    amount: amountsVnd[0],
  }
  return (
    <>
      {Object.entries(values).map(([name, value]) =>
        value !== undefined && <input key={name} type="hidden" name={name} value={value} />)}
    </>
  )
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
    accounts_differ: t.accountsDiffer,
    amounts_differ: t.amountsDiffer,
    bills_differ: t.billsDiffer,
    amount_wrong: t.amountWrong,
    cancelled: t.cancelled,
    no_account: t.noAccount,
  }
  return texts[danger]
}

function DoNotPay({ reason, lang, school = null, right = [] }: {
  reason: string; lang: Lang; school?: PublicSchool | null; right?: readonly SchoolAccount[]
}) {
  const t = text[lang]
  return (
    <>
      <Notice tone="bad" title={t.doNotPay}>
        <p>{reason}</p>
        {right.length > 0 && <p>{t.onlyHere(right.length)}</p>}
      </Notice>
      {right.length > 0
        ? <Accounts accounts={right} lang={lang} />
        : school !== null && <School school={school} lang={lang} />}
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

function School({ school, lang }: { school: PublicSchool; lang: Lang }) {
  return <Card><Facts items={schoolFacts(school, lang)} /></Card>
}

function schoolFacts({ schoolName, authorityName }: PublicSchool, lang: Lang) {
  const t = text[lang]
  return [
    { name: t.school, value: schoolName },
    ...(authorityName === null ? [] : [{ name: t.authority, value: authorityName }]),
  ]
}

function Accounts({ accounts, lang }: { accounts: readonly SchoolAccount[]; lang: Lang }) {
  const t = text[lang]
  return (
    <Card>
      {accounts.map((account) => (
        <Facts key={`${account.bankBin} ${account.accountNumber}`} items={[
          ...schoolFacts(account.school, lang),
          { name: t.bank, value: bankName(account) },
          { name: t.account, value: <span class="number">{account.accountNumber}</span> },
          { name: t.holder, value: account.accountName },
        ]} />
      ))}
      <p class="small soft">{t.compare}</p>
    </Card>
  )
}

function bankName({ bankBin }: { bankBin: string }): string {
  return findBank(bankBin)?.shortName ?? bankBin
}
