// One transfer: what the bank said, where each đồng of it sits, and what happened to it, entry by entry, with who
// decided it and why. From here it is undone.
import type { FastifyRequest } from 'fastify'
import { Fragment } from 'preact'
import type { AccountName, ShownTransfer } from '../../reconciliation/read-transfers.js'
import { Card, Facts } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Button, ButtonLink, Field, PostForm } from '../components/form.js'
import { Badge, Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import { dayText, timeText, vndText } from '../format.js'
import { DeskPage } from '../layout.js'
import type { Lang } from '../text.js'
import { actorText } from './actor-queries.js'
import { Journal } from './transaction-journal.js'
import type { OfTransfer } from './transaction-journal.js'
import { reviewItemPath, transactionPath, transactionsPath } from './review-links.js'
import { actText, reasonText, resolutionText } from './review-reason-text.js'
import { mayHere } from './may-here.js'
import { outcomeText, transactionsText, wordOf } from './transactions-text.js'
import { Standing } from './transactions.js'

export interface TransactionProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  transfer: ShownTransfer
  account: AccountName | undefined
  names: ReadonlyMap<string, string>
  requestId: string
  done: string | undefined
  refused: string | undefined
  note: string
  noteFault: string | undefined
}

export function TransactionPage(props: TransactionProps) {
  const { request, schoolId, schoolName, transfer, done, refused } = props
  const { lang } = request
  const t = transactionsText[lang]
  const may = mayHere(request, schoolId, 'review:write')
  const waiting = transfer.reviewItems.find(({ state }) => state === 'open')
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.one} current="transactions"
      styles={['review.css']}>
      <div class="page-head">
        <div>
          <p class="small"><a href={transactionsPath(schoolId)}>{t.back}</a></p>
          <h1><span class="number">{vndText(transfer.amountVnd)}</span> · {dayText(transfer.bankDay)}</h1>
        </div>
        <div class="row">
          <Standing item={transfer} lang={lang} />
          {may && waiting && transfer.suspenseVnd > 0 &&
            <ButtonLink kind="main" href={reviewItemPath(schoolId, waiting.id)} shortcut="g">{t.assign}</ButtonLink>}
        </div>
      </div>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      {refused === undefined && done !== undefined && <Notice tone="good"><p>{t.undone}</p></Notice>}
      <div class="columns columns-wide">
        <Card title={t.facts}><BankFacts {...props} /></Card>
        <Card title={t.where}><Where {...props} /></Card>
      </div>
      <Card title={t.steps} action={transfer.entries.length > 0 && <Files {...props} name="journal" />}><Journal {...props} /></Card>
      <Card title={t.decisions} action={<Files {...props} name="decisions" />}><Decisions {...props} /></Card>
      {may && canUndo(transfer) && <Undo {...props} />}
    </DeskPage>
  )
}

function canUndo({ direction, allocatedVnd, creditedVnd, refundedVnd, reversedVnd }: ShownTransfer): boolean {
  return direction === 'in' && allocatedVnd + creditedVnd > 0 && refundedVnd === 0 && reversedVnd === 0
}

function BankFacts({ request: { lang }, schoolId, transfer, account }: TransactionProps) {
  const t = transactionsText[lang]
  const { counterName, counterAccount, reversesId, occurrence } = transfer
  return (
    <Facts items={[
      { name: t.memo, value: <span class="review-memo">{transfer.memo || t.noMemo}</span> },
      ...(counterName === null ? [] : [{ name: t.payer, value: counterName }]),
      ...(counterAccount === null ? [] : [{ name: t.payerAccount, value: counterAccount }]),
      { name: t.direction, value: transfer.direction === 'in' ? t.in : t.out },
      ...(account === undefined ? [] : [{ name: t.account, value: `${account.accountNumber} · ${account.accountName}` }]),
      { name: t.time, value: <span class="number">{timeText(transfer.occurredAt)}</span> },
      { name: t.reference, value: <span class="review-code">{transfer.bankRef}</span> },
      ...(occurrence === 1 ? [] : [{ name: t.occurrence, value: String(occurrence) }]),
      { name: t.toldBy, value: t.toldCount(transfer.events.length, transfer.copies) },
      ...(reversesId === null ? []
        : [{ name: t.reversesOther, value: <a href={transactionPath(schoolId, reversesId)}>{t.one}</a> }]),
    ]} />
  )
}

function Where({ request: { lang }, transfer }: TransactionProps) {
  const t = transactionsText[lang]
  const parts = [
    [t.allocated, transfer.allocatedVnd], [t.credited, transfer.creditedVnd], [t.unallocated, transfer.suspenseVnd],
    [t.refunded, transfer.refundedVnd], [t.reversed, transfer.reversedVnd],
  ] as const
  const shown = parts.filter(([, vnd]) => vnd > 0)
  if (shown.length === 0) return <p class="soft">{t.out}</p>
  return (
    <dl class="journal-lines">
      {shown.map(([name, vnd]) => <Fragment key={name}><dt>{name}</dt><dd class="number">{vndText(vnd)}</dd></Fragment>)}
    </dl>
  )
}

function Files({ request: { lang }, schoolId, transfer, name }: TransactionProps & { name: 'journal' | 'decisions' }) {
  return <ExportLinks lang={lang} href={`${transactionPath(schoolId, transfer.id)}/export/${name}`} />
}

interface Decided {
  key: string
  at: string
  who: string
  what: string
  note: string
}

/** What the rules and what people decided, in one line of time. */
export function decidedOf({ transfer, names }: Omit<OfTransfer, 'schoolId'>, lang: Lang): Decided[] {
  const t = transactionsText[lang]
  return [
    ...transfer.decisions.map(({ recordedAt, actor, outcome, ruleVersion }, at) => ({
      key: `rule ${at}`, at: recordedAt, note: '', what: wordOf(outcomeText[lang], outcome),
      who: actor.startsWith('rule:') ? t.rule(ruleVersion) : actorText(actor, names, lang),
    })),
    ...transfer.acts.map(({ id, recordedAt, actor, kind, resolution, note }) => ({
      key: id, at: recordedAt, note: note ?? '', who: actorText(actor, names, lang),
      what: [actText(kind, lang), resolutionText(resolution, lang)].filter((text) => text !== '').join(': '),
    })),
  ].sort((a, b) => (a.at < b.at ? -1 : 1))
}

function Decisions(props: TransactionProps) {
  const { request: { lang }, schoolId, transfer } = props
  const t = transactionsText[lang]
  return (
    <>
      <Table caption={t.decisions} captionHidden rows={decidedOf(props, lang)} keyOf={({ key }) => key}
        empty={t.noSteps} columns={[
        { title: t.when, cell: ({ at }) => <span class="number">{timeText(at)}</span> },
        { title: t.who, cell: ({ who }) => who },
        { title: t.what, cell: ({ what }) => what },
        { title: t.note, kind: 'wide', cell: ({ note }) => note },
      ]} />
      {transfer.reviewItems.length > 0 && (
        <p class="row">
          <span class="soft">{t.reviews}:</span>
          {transfer.reviewItems.map(({ id, reason, state }) => (
            <span key={id}>
              <a href={reviewItemPath(schoolId, id)}>{reasonText(reason, lang).short}</a>{' '}
              <Badge tone={state === 'open' ? 'warn' : 'plain'}>{state === 'open' ? t.open : t.resolved}</Badge>
            </span>
          ))}
        </p>
      )}
    </>
  )
}

function Undo({ request, schoolId, transfer, requestId, note, noteFault }: TransactionProps) {
  const t = transactionsText[request.lang]
  return (
    <Card title={t.undoTitle}>
      <p class="soft small">{t.undoHint}</p>
      <PostForm request={request} action={`${transactionPath(schoolId, transfer.id)}/undo`} class="form" confirm={t.undoConfirm}>
        <input type="hidden" name="requestId" value={requestId} />
        <Field label={t.note} name="note" value={note} fault={noteFault} required input={{ minLength: 3, maxLength: 500 }} />
        <Button kind="danger">{t.undo}</Button>
      </PostForm>
    </Card>
  )
}
