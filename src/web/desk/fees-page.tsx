// The fee kinds of a school and the form that makes or changes one.
import type { FastifyRequest } from 'fastify'
import type { BankAccount } from '../../banking/account-channels.js'
import type { FeeKind } from '../../fees/fee-kinds.js'
import { FEE_GROUPS } from '../../ledger/account.js'
import type { FeeGroup } from '../../ledger/account.js'
import { Card } from '../components/content.js'
import { Button, ButtonLink, Checkbox, Field, PostForm, Select } from '../components/form.js'
import { Badge, EmptyState, Notice } from '../components/notice.js'
import { Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { DeskPage } from '../layout.js'
import type { Lang } from '../text.js'
import { channelsPath, feesPath } from './desk-links.js'
import { ExportLinks } from '../components/export-links.js'
import type { FeeDraft } from './fees-form.js'
import { feesText } from './fees-text.js'
import type { Faults } from './form-fields.js'
import { mayHere } from './may-here.js'

export type NamedAccount = BankAccount & { bankName: string }

interface FeesProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  accounts: readonly NamedAccount[]
  draft: FeeDraft
  faults: Faults
  refused?: string | undefined
}

export function FeesPage(props: FeesProps & { feeKinds: readonly FeeKind[]; done: boolean }) {
  const { request, schoolId, schoolName, feeKinds, accounts, refused, done } = props
  const t = feesText[request.lang]
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={t.fees} current="fees">
      <div class="page-head"><h1>{t.fees}</h1><ExportLinks lang={request.lang} href={feesPath(schoolId)} /></div>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      {done && <Notice tone="good"><p>{t.saved}</p></Notice>}
      <Table caption={t.fees} captionHidden columns={columns(request, schoolId, accounts)} rows={feeKinds}
        keyOf={({ id }) => id} empty={t.none} />
      {mayHere(request, schoolId, 'fees:write') && (
        <Card title={t.add}>
          {accounts.some(({ state }) => state === 'active')
            ? <FeeForm {...props} action={feesPath(schoolId)} feeKind={undefined} />
            : <EmptyState><p>{t.noAccounts}</p><p><ButtonLink href={channelsPath(schoolId)} kind="main">{t.toAccounts}</ButtonLink></p></EmptyState>}
          <p class="soft small">{t.neverBilled}</p>
        </Card>
      )}
    </DeskPage>
  )
}

export function FeeKindPage(props: FeesProps & { feeKind: FeeKind }) {
  const { request, schoolId, schoolName, feeKind, refused } = props
  const t = feesText[request.lang]
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={feeKind.name} current="fees">
      <p class="small"><a href={feesPath(schoolId)}>{t.back}</a></p>
      <h1>{feeKind.name}</h1>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      <Card title={t.edit}>
        <p class="soft small">{t.holds}</p>
        <FeeForm {...props} action={`${feesPath(schoolId)}/${feeKind.id}`} feeKind={feeKind} />
      </Card>
    </DeskPage>
  )
}

function columns(request: FastifyRequest, schoolId: string, accounts: readonly NamedAccount[]): Column<FeeKind>[] {
  const { lang } = request
  const t = feesText[lang]
  const mayEdit = mayHere(request, schoolId, 'fees:write')
  const accountOf = (id: string) => accounts.find((account) => account.id === id)
  return [
    { title: t.name, kind: 'head',
      cell: ({ id, name }) => mayEdit ? <a href={`${feesPath(schoolId)}/${id}`}>{name}</a> : name },
    { title: t.code, cell: ({ code }) => code },
    { title: t.group, cell: ({ feeGroup }) => groupText(feeGroup, lang) },
    { title: t.legalBasis, cell: ({ legalBasis }) => legalBasis },
    { title: t.account, cell: ({ bankAccountId }) => accountText(accountOf(bankAccountId)) },
    { title: t.priority, kind: 'number', cell: ({ priority }) => priority },
    { title: t.optional, cell: ({ optional }) => optional ? <Badge tone="info">{t.yes}</Badge> : '' },
  ]
}

export function accountText(account: NamedAccount | undefined): string {
  return account === undefined ? '' : `${account.bankName} ${account.accountNumber}`
}

export function groupText(group: FeeGroup, lang: Lang): string {
  const t = feesText[lang]
  return { tuition: t.tuition, service: t.service, pass_through: t.passThrough, personal: t.personal }[group]
}

function FeeForm({ request, accounts, draft, faults, action, feeKind }: FeesProps & {
  action: string; feeKind: FeeKind | undefined
}) {
  const t = feesText[request.lang]
  const open = accounts.filter(({ state, id }) => state === 'active' || id === feeKind?.bankAccountId)
  return (
    <PostForm request={request} action={action} class="form">
      {feeKind === undefined && (
        <>
          <Field label={t.code} name="code" value={draft.code} hint={t.codeHint} fault={faults['code']} required
            input={{ maxLength: 30, autocomplete: 'off' }} />
          <Select label={t.group} name="feeGroup" value={draft.feeGroup} hint={t.groupHint}
            options={FEE_GROUPS.map((group) => ({ value: group, label: groupText(group, request.lang) }))} />
        </>
      )}
      <Field label={t.name} name="name" value={draft.name} fault={faults['name']} required input={{ maxLength: 200 }} />
      <Field label={t.legalBasis} name="legalBasis" value={draft.legalBasis} hint={t.legalBasisHint}
        fault={faults['legalBasis']} required input={{ maxLength: 300 }} />
      <Select label={t.account} name="bankAccountId" value={draft.bankAccountId} fault={faults['bankAccountId']}
        options={open.map((account) => ({ value: account.id, label: accountText(account) }))} />
      <Field label={t.priority} name="priority" value={draft.priority} hint={t.priorityHint} fault={faults['priority']}
        input={{ inputMode: 'numeric' }} />
      <Checkbox label={t.optionalLabel} name="optional" checked={draft.optional} />
      <div class="row"><Button>{feeKind === undefined ? t.add : t.save}</Button></div>
    </PostForm>
  )
}
