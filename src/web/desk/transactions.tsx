// The list of bank transfers with its filters: what came in or went out, and where the money sits now.
import type { FastifyRequest } from 'fastify'
import type { AccountName, TransactionFilter, TransactionItem } from '../../reconciliation/read-transfers.js'
import { TRANSACTION_STATES } from '../../reconciliation/read-transfers.js'
import { Button, Field, Select } from '../components/form.js'
import { Badge } from '../components/notice.js'
import { Pager, Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { DeskPage } from '../layout.js'
import type { Lang } from '../text.js'
import { ExportLinks } from '../components/export-links.js'
import { accountTransfersText } from './account-transfers-text.js'
import { accountTransfersPath, transactionsPath } from './review-links.js'
import { stateText, transactionsText } from './transactions-text.js'
import { transferColumns } from './transfer-columns.js'

export interface TransactionsProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  filter: TransactionFilter
  accounts: readonly AccountName[]
  items: readonly TransactionItem[]
  nextHref: string | null
}

export function TransactionsPage(props: TransactionsProps) {
  const { request, schoolId, schoolName, filter, items, nextHref } = props
  const t = transactionsText[request.lang]
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.title} current="transactions"
      styles={['review.css']} scripts={['review.js']}>
      <div class="page-head">
        <h1>{t.title}</h1>
        {props.accounts.length > 1 && (
          <a class="small" href={accountTransfersPath(schoolId)}>{accountTransfersText[request.lang].title}</a>
        )}
        <ExportLinks lang={request.lang} href={transactionsPath(schoolId, { ...filter })} />
      </div>
      <Filters {...props} />
      <Table caption={t.title} captionHidden class="review-queue" rows={items} keyOf={({ id }) => id} empty={t.empty}
        columns={columns(props)} />
      <Pager nextHref={nextHref} label={t.more} />
    </DeskPage>
  )
}

function Filters({ request: { lang }, schoolId, filter, accounts }: TransactionsProps) {
  const t = transactionsText[lang]
  return (
    <form class="filters no-print" method="get" action={transactionsPath(schoolId)} aria-label={t.filter}>
      {accounts.length > 1 && (
        <Select label={t.account} name="bankAccountId" value={filter.bankAccountId ?? ''} options={[
          { value: '', label: t.allAccounts },
          ...accounts.map(({ id, accountNumber, accountName }) => ({ value: id, label: `${accountNumber} · ${accountName}` })),
        ]} />
      )}
      <Field label={t.from} name="from" type="date" value={filter.from ?? ''} />
      <Field label={t.to} name="to" type="date" value={filter.to ?? ''} />
      <Select label={t.state} name="state" value={filter.state ?? ''} options={[
        { value: '', label: t.anyState },
        ...TRANSACTION_STATES.map((state) => ({ value: state, label: stateText(t, state) })),
      ]} />
      <Select label={t.direction} name="direction" value={filter.direction ?? ''} options={[
        { value: '', label: t.bothWays }, { value: 'in', label: t.in }, { value: 'out', label: t.out },
      ]} />
      <Button kind="plain">{t.show}</Button>
    </form>
  )
}

function columns({ request: { lang }, schoolId, accounts }: TransactionsProps): Column<TransactionItem>[] {
  const t = transactionsText[lang]
  const numberOf = (id: string) => accounts.find((account) => account.id === id)?.accountNumber ?? ''
  return [
    ...transferColumns(schoolId, t),
    { title: t.state, cell: (item) => <Standing item={item} lang={lang} /> },
    ...(accounts.length > 1
      ? [{ title: t.account, cell: ({ bankAccountId }: TransactionItem) => <span class="number">{numberOf(bankAccountId)}</span> }]
      : []),
  ]
}

/** In one or two words; what is still undecided comes first. */
export function Standing({ item, lang }: { item: TransactionItem; lang: Lang }) {
  const t = transactionsText[lang]
  if (item.direction === 'out') return <Badge tone="plain">{t.out}</Badge>
  if (item.reversedVnd > 0) return <Badge tone="bad">{t.reversed}</Badge>
  if (item.suspenseVnd > 0) return <Badge tone="warn">{t.unallocated}</Badge>
  if (item.refundedVnd > 0) return <Badge tone="plain">{t.refunded}</Badge>
  return item.creditedVnd > 0 ? <Badge tone="info">{t.credited}</Badge> : <Badge tone="good">{t.settled}</Badge>
}
