// What has to be moved at the bank between two accounts of the school, pair by pair with its total, and what was moved.
import type { FastifyRequest } from 'fastify'
import type { AccountTransferItem, AccountTransferState, DuePair } from '../../reconciliation/read-account-transfers.js'
import type { AccountName } from '../../reconciliation/read-transfers.js'
import type { Day } from '../../time.js'
import { Card } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Button, Field, PostForm } from '../components/form.js'
import { EmptyState, Notice } from '../components/notice.js'
import { Pager, Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { dayText, vndText } from '../format.js'
import { DeskPage } from '../layout.js'
import { accountTransfersText } from './account-transfers-text.js'
import { actorText } from './actor-queries.js'
import { mayHere } from './may-here.js'
import { accountTransfersPath, transactionPath } from './review-links.js'

const VIEWS = ['due', 'moved', 'cancelled'] as const

export interface AccountTransfersProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  view: AccountTransferState
  accounts: readonly AccountName[]
  items: readonly AccountTransferItem[]
  pairs: readonly DuePair[]
  names: ReadonlyMap<string, string>
  today: Day
  nextHref: string | null
  done?: string | undefined
  refused?: string | undefined
}

export function AccountTransfersPage(props: AccountTransfersProps) {
  const { request, schoolId, schoolName, view, items, nextHref, done, refused } = props
  const t = accountTransfersText[request.lang]
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.title} current="transactions"
      styles={['review.css']}>
      <div class="page-head">
        <h1>{t.title}</h1>
        <ExportLinks lang={request.lang} href={accountTransfersPath(schoolId, { state: view })} />
      </div>
      <p class="soft">{t.intro}</p>
      <nav class="row no-print" aria-label={t.views}>
        {VIEWS.map((one) => (
          <a key={one} href={accountTransfersPath(schoolId, { state: one })} aria-current={one === view ? 'page' : undefined}>
            {t[one]}
          </a>
        ))}
      </nav>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      {refused === undefined && done === 'moved' && <Notice tone="good"><p>{t.doneMoved}</p></Notice>}
      {refused === undefined && done === 'due' && <Notice tone="good"><p>{t.doneDue}</p></Notice>}
      {view === 'due' ? <DuePairs {...props} /> : (
        <Table caption={t[view]} captionHidden rows={items} keyOf={({ id }) => id} empty={t.none}
          columns={endedColumns(props)} />
      )}
      <Pager nextHref={nextHref} label={t.more} />
    </DeskPage>
  )
}

function DuePairs(props: AccountTransfersProps) {
  const { request: { lang }, pairs, items } = props
  if (pairs.length === 0) return <EmptyState>{accountTransfersText[lang].noneDue}</EmptyState>
  return <>{pairs.map((pair) => (
    <Pair key={`${pair.fromBankAccountId} ${pair.toBankAccountId}`} {...props} pair={pair} items={items.filter((one) =>
      one.fromBankAccountId === pair.fromBankAccountId && one.toBankAccountId === pair.toBankAccountId)} />
  ))}</>
}

function Pair({ pair, ...props }: AccountTransfersProps & { pair: DuePair }) {
  const { request, schoolId, items, today } = props
  const t = accountTransfersText[request.lang]
  const may = mayHere(request, schoolId, 'review:write')
  const title = t.pair(accountText(props, pair.fromBankAccountId), accountText(props, pair.toBankAccountId))
  const table = (
    <Table caption={title} captionHidden rows={items} keyOf={({ id }) => id} empty={t.none}
      columns={[...(may ? [chooseColumn(props)] : []), ...columns(props)]} />
  )
  return (
    <Card title={title}>
      <p><strong class="number">{t.pairTotal(vndText(pair.amountVnd), pair.count)}</strong></p>
      {may && items.length > 0 ? (
        <PostForm request={request} action={`${accountTransfersPath(schoolId)}/moved`} class="stack" confirm={t.markMovedConfirm}>
          {table}
          <div class="filters">
            <Field label={t.movedOn} name="movedOn" id={`moved-${items[0]?.id}`} type="date" value={today} required
              input={{ max: today }} />
            <Button>{t.markMoved}</Button>
          </div>
        </PostForm>
      ) : table}
    </Card>
  )
}

function chooseColumn({ request: { lang } }: AccountTransfersProps): Column<AccountTransferItem> {
  const t = accountTransfersText[lang]
  return {
    title: t.choose,
    cell: ({ id, amountVnd, dueOn }) => (
      <input type="checkbox" name="id" value={id} checked aria-label={t.chooseOf(vndText(amountVnd), dayText(dueOn))} />
    ),
  }
}

function columns({ request: { lang }, schoolId, items }: AccountTransfersProps): Column<AccountTransferItem>[] {
  const t = accountTransfersText[lang]
  return [
    { title: t.dueOn, cell: ({ dueOn }) => <span class="number">{dayText(dueOn)}</span>, foot: t.total },
    {
      title: t.amount, kind: 'number', cell: ({ amountVnd }) => vndText(amountVnd),
      foot: vndText(items.reduce((sum, { amountVnd }) => sum + amountVnd, 0)),
    },
    { title: t.way, cell: ({ reversesId }) => (reversesId === null ? t.forBill : t.wayBack) },
    { title: t.bankDay, cell: ({ bankDay }) => <span class="number">{dayText(bankDay)}</span> },
    { title: t.transfer, kind: 'wide', cell: ({ bankTransactionId, memo }) => (
      <a href={transactionPath(schoolId, bankTransactionId)}>{memo === '' ? t.transfer : memo}</a>
    ) },
  ]
}

function endedColumns(props: AccountTransfersProps): Column<AccountTransferItem>[] {
  const { request, schoolId, view, names } = props
  const t = accountTransfersText[request.lang]
  const may = mayHere(request, schoolId, 'review:write')
  return [
    { title: t.from, cell: ({ fromBankAccountId }) => accountText(props, fromBankAccountId) },
    { title: t.to, cell: ({ toBankAccountId }) => accountText(props, toBankAccountId) },
    ...columns(props),
    ...(view === 'moved' ? [
      { title: t.movedOn, cell: ({ movedOn }: AccountTransferItem) => <span class="number">{movedOn === null ? '' : dayText(movedOn)}</span> },
      { title: t.movedBy, cell: ({ movedBy }: AccountTransferItem) => actorText(movedBy, names, request.lang) },
    ] : []),
    ...(view === 'moved' && may ? [{ title: t.act, cell: ({ id }: AccountTransferItem) => (
      <PostForm request={request} action={`${accountTransfersPath(schoolId)}/due`}>
        <input type="hidden" name="id" value={id} />
        <Button kind="quiet">{t.markDue}</Button>
      </PostForm>
    ) }] : []),
  ]
}

function accountText({ accounts }: Pick<AccountTransfersProps, 'accounts'>, id: string): string {
  return accounts.find((account) => account.id === id)?.accountNumber ?? ''
}
