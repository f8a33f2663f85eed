// What else can be decided about an item: each way its own small form with its own words, and only those that the rules
// allow now.
import type { FastifyRequest } from 'fastify'
import type { ComponentChildren } from 'preact'
import type { RefundCandidate } from '../../reconciliation/decide-refund.js'
import type { ShownItem } from '../../reconciliation/read-review.js'
import type { AccountName } from '../../reconciliation/read-transfers.js'
import type { ReviewAct } from '../../reconciliation/review-item.js'
import { Card } from '../components/content.js'
import { Button, Field, PostForm, Select } from '../components/form.js'
import type { Faults } from './form-fields.js'
import { reviewItemPath } from './review-links.js'
import { RefundForm } from './review-refund.js'
import { reviewText } from './review-text.js'

export interface ActsProps {
  request: FastifyRequest
  schoolId: string
  item: ShownItem
  requestId: string
  accounts: readonly AccountName[]
  /** Whose refund it may be, of money out. */
  refunds: readonly RefundCandidate[]
  /** Of the act that was refused. */
  faults: Faults
  note: string
}

export function OtherActs(props: ActsProps) {
  const forms: Readonly<Partial<Record<ReviewAct, (props: ActsProps) => ComponentChildren>>> = {
    not_ours: NotOurs, repeat: Repeat, event: Event, callback: Callback, credit: Credit, refund: RefundForm,
    close: Close, reopen: Reopen,
  }
  return <>{props.item.acts.map((act) => {
    const Form = forms[act]
    return Form && <Form key={act} {...props} />
  })}</>
}

function ActForm({ act, noteNeeded = false, children, ...props }: ActsProps & {
  act: string; noteNeeded?: boolean; children: ComponentChildren
}) {
  const { request, schoolId, item, requestId, faults } = props
  const t = reviewText[request.lang]
  return (
    <PostForm request={request} action={`${reviewItemPath(schoolId, item.id)}/${act}`} class="form">
      <input type="hidden" name="requestId" value={`${requestId}-${act}`} />
      <Field label={t.note} name="note" id={`note-${act}`} value={props.note} fault={faults['note']}
        input={{ maxLength: 500, required: noteNeeded, minLength: 3 }} />
      {children}
    </PostForm>
  )
}

function NotOurs(props: ActsProps) {
  const t = reviewText[props.request.lang]
  return (
    <Card title={t.notOursTitle}>
      <p class="soft small">{t.notOursHint}</p>
      <ActForm {...props} act="not-ours" noteNeeded><Button kind="plain">{t.mark}</Button></ActForm>
    </Card>
  )
}

function Repeat(props: ActsProps) {
  const t = reviewText[props.request.lang]
  return (
    <Card title={t.repeatTitle}>
      <p class="soft small">{t.repeatHint}</p>
      <ActForm {...props} act="repeat">
        <Missing {...props} act="repeat" />
        <Choices main={['copy', t.isCopy]} others={[['new', t.isNew]]} />
      </ActForm>
    </Card>
  )
}

function Event(props: ActsProps) {
  const t = reviewText[props.request.lang]
  return (
    <Card title={t.eventTitle}>
      <p class="soft small">{t.eventHint}</p>
      <ActForm {...props} act="event">
        <Missing {...props} act="event" />
        <Choices main={['post', t.post]} others={[['reject', t.reject]]} />
      </ActForm>
    </Card>
  )
}

/** What has to be said of an event before it can be posted. */
function Missing({ request, item, accounts, faults, act }: ActsProps & { act: string }) {
  const t = reviewText[request.lang]
  return (
    <>
      {item.direction === 'unknown' && (
        <Select label={t.direction} name="direction" fault={faults['direction']} options={[
          { value: '', label: t.choose }, { value: 'in', label: t.in }, { value: 'out', label: t.out },
        ]} />
      )}
      {item.bankAccountId === null && (
        <Select label={t.chooseAccount} name="bankAccountId" fault={faults['bankAccountId']} options={[
          { value: '', label: t.choose },
          ...accounts.map(({ id, accountNumber, accountName }) => ({ value: id, label: `${accountNumber} · ${accountName}` })),
        ]} />
      )}
      {item.event?.timeDoubtful === true && (
        <Field label={t.bankDay} name="bankDay" id={`day-${act}`} type="date" hint={t.bankDayHint}
          fault={faults['bankDay']} />
      )}
    </>
  )
}

function Callback(props: ActsProps) {
  const t = reviewText[props.request.lang]
  return (
    <Card title={t.callbackTitle}>
      <ActForm {...props} act="callback">
        <Choices main={['retry', t.retry]} others={[['set_aside', t.setAside]]} />
      </ActForm>
    </Card>
  )
}

function Credit(props: ActsProps) {
  const t = reviewText[props.request.lang]
  const isOfEarlierYear = props.item.reason === 'CREDIT_OF_EARLIER_YEAR'
  return (
    <Card title={t.creditTitle}>
      <p class="soft small">{isOfEarlierYear ? t.earlierHint : t.creditHint}</p>
      <ActForm {...props} act="credit">
        {isOfEarlierYear
          ? <Choices main={['use', t.use]} others={[['keep', t.keepAside], ['refund', t.refund]]} />
          : <Choices main={['keep', t.keep]} others={[['refund', t.refund]]} />}
      </ActForm>
    </Card>
  )
}

function Close(props: ActsProps) {
  const t = reviewText[props.request.lang]
  return (
    <Card title={t.closeTitle}>
      <ActForm {...props} act="close" noteNeeded><Button>{t.close}</Button></ActForm>
    </Card>
  )
}

function Reopen(props: ActsProps) {
  const t = reviewText[props.request.lang]
  return <Card title={t.reopen}><ActForm {...props} act="reopen"><Button kind="plain">{t.reopen}</Button></ActForm></Card>
}

type Choice = readonly [value: string, label: string]

function Choices({ main, others }: { main: Choice; others: readonly Choice[] }) {
  return (
    <div class="row">
      <Button name="choice" value={main[0]}>{main[1]}</Button>
      {others.map(([value, label]) => <Button key={value} name="choice" value={value} kind="plain">{label}</Button>)}
    </div>
  )
}
