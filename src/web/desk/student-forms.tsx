// The forms about one student, each on a page of its own: what was typed stands there again when it cannot be done,
// with the reason beside the field.
import type { FastifyRequest } from 'fastify'
import type { ComponentChildren } from 'preact'
import { Card } from '../components/content.js'
import { Button, Field, PostForm, Select, TextArea } from '../components/form.js'
import { Notice } from '../components/notice.js'
import { vndText } from '../format.js'
import { DeskPage } from '../layout.js'
import type { Faults } from './form-fields.js'
import type { ClassOption } from './round-queries.js'
import { studentPath } from './student-links.js'
import { formsText } from './student-forms-text.js'
import type { FeeKindOption, StudentExemption } from './student-queries.js'
import { periodText, sizeText } from './student-tables.js'

export interface StudentFormProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  student: { id: string; fullName: string; className: string | null }
  /** What stands in the fields, by name. */
  draft: Readonly<Record<string, string>>
  faults: Faults
  /** Why it was not done. */
  refused?: string | undefined
}

export function FormFrame({ title, hint, children, ...props }: StudentFormProps & {
  title: string; hint?: string; children: ComponentChildren
}) {
  const { request, schoolId, schoolName, student, refused } = props
  const name = student.className === null ? student.fullName : `${student.fullName} · ${student.className}`
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={title} current="students"
      styles={['students.css']}>
      <div>
        <p class="small"><a href={studentPath(schoolId, student.id)}>{name}</a></p>
        <h1>{title}</h1>
      </div>
      {refused !== undefined && <Notice tone="bad"><p>{refused}</p></Notice>}
      <Card>
        {hint !== undefined && <p class="soft">{hint}</p>}
        {children}
      </Card>
    </DeskPage>
  )
}

export interface OpenBillOption {
  id: string
  roundName: string
  openVnd: number
}

export function CashForm({ openBills, ...props }: StudentFormProps & { openBills: readonly OpenBillOption[] }) {
  const { request, schoolId, student, draft, faults } = props
  const t = formsText[request.lang]
  const openVnd = openBills.reduce((sum, bill) => sum + bill.openVnd, 0)
  if (openBills.length === 0) return <FormFrame {...props} title={t.cash}><p>{t.nothingOpen}</p></FormFrame>
  return (
    <FormFrame {...props} title={t.cash} hint={t.openNow(vndText(openVnd))}>
      <PostForm request={request} action={`${studentPath(schoolId, student.id)}/cash`} class="form">
        <input type="hidden" name="key" value={draft['key']} />
        <Field label={t.amount} name="amount" value={draft['amount'] ?? ''} hint={t.amountHint} fault={faults['amount']}
          required input={{ inputMode: 'numeric', autocomplete: 'off', maxLength: 20 }} />
        {openBills.length > 1 && (
          <Select label={t.forBill} name="invoiceId" value={draft['invoiceId']} fault={faults['invoiceId']}
            options={[{ value: '', label: t.oldestFirst }, ...openBills.map((bill) => (
              { value: bill.id, label: t.billOption(bill.roundName, vndText(bill.openVnd)) }
            ))]} />
        )}
        <Field label={t.receivedOn} name="receivedOn" type="date" value={draft['receivedOn'] ?? ''} required
          fault={faults['receivedOn']} />
        <TextArea label={t.note} name="note" value={draft['note'] ?? ''} rows={2} hint={t.noteHint}
          fault={faults['note']} />
        <Button>{t.previewCash}</Button>
      </PostForm>
    </FormFrame>
  )
}

export function EditForm(props: StudentFormProps) {
  const { request, schoolId, student, draft, faults } = props
  const t = formsText[request.lang]
  const genders = [{ value: '', label: t.unknown }, { value: 'male', label: t.male }, { value: 'female', label: t.female }]
  const text = (name: 'moetStudentId' | 'personalId' | 'schoolCode') => (
    <Field label={t[name]} name={name} value={draft[name] ?? ''} fault={faults[name]}
      input={{ maxLength: 30, autocomplete: 'off' }} />
  )
  return (
    <FormFrame {...props} title={t.edit} hint={t.editHint}>
      <PostForm request={request} action={`${studentPath(schoolId, student.id)}/edit`} class="form">
        <Field label={t.fullName} name="fullName" value={draft['fullName'] ?? ''} fault={faults['fullName']} required
          input={{ maxLength: 120, autocomplete: 'off' }} />
        <Field label={t.birthOn} name="birthOn" value={draft['birthOn'] ?? ''} hint={t.birthOnHint}
          fault={faults['birthOn']} input={{ maxLength: 10, autocomplete: 'off' }} />
        <Select label={t.gender} name="gender" value={draft['gender'] ?? ''} options={genders} />
        {text('moetStudentId')}
        {text('personalId')}
        {text('schoolCode')}
        <Button>{t.save}</Button>
      </PostForm>
    </FormFrame>
  )
}

export function TransferForm({ classes, ...props }: StudentFormProps & { classes: readonly ClassOption[] }) {
  const { request, schoolId, student, draft, faults } = props
  const t = formsText[request.lang]
  return (
    <FormFrame {...props} title={t.move} hint={t.moveHint}>
      <PostForm request={request} action={`${studentPath(schoolId, student.id)}/transfer`} class="form">
        <Select label={t.toClass} name="toClass" value={draft['toClass']} fault={faults['toClass']}
          options={[...classes.map(({ id, name }) => ({ value: id, label: name })), { value: 'none', label: t.leaves }]} />
        <Field label={t.from} name="on" type="date" value={draft['on'] ?? ''} required fault={faults['on']} />
        <Button>{t.moveButton}</Button>
      </PostForm>
    </FormFrame>
  )
}

export function ExemptionForm({ fees, standing, ...props }: StudentFormProps & {
  fees: readonly FeeKindOption[]; standing: readonly StudentExemption[]
}) {
  const { request, schoolId, student, draft, faults } = props
  const t = formsText[request.lang]
  const path = `${studentPath(schoolId, student.id)}/exemptions`
  if (fees.length === 0) return <FormFrame {...props} title={t.exempt}><p>{t.noFees}</p></FormFrame>
  return (
    <FormFrame {...props} title={t.exempt} hint={t.exemptHint}>
      <PostForm request={request} action={path} class="form">
        <Select label={t.fee} name="feeKindId" value={draft['feeKindId']} fault={faults['feeKindId']}
          options={fees.map(({ id, name }) => ({ value: id, label: name }))} />
        <Field label={t.size} name="size" value={draft['size'] ?? ''} hint={t.sizeHint} fault={faults['size']} required
          input={{ maxLength: 20, autocomplete: 'off' }} />
        <Select label={t.payer} name="payer" value={draft['payer']} fault={faults['payer']}
          options={[{ value: 'budget', label: t.budget }, { value: 'nobody', label: t.nobody }]} />
        <Field label={t.legalBasis} name="legalBasis" value={draft['legalBasis'] ?? ''} hint={t.legalBasisHint}
          fault={faults['legalBasis']} required input={{ maxLength: 300 }} />
        <Field label={t.decision} name="decisionNumber" value={draft['decisionNumber'] ?? ''}
          fault={faults['decisionNumber']} required input={{ maxLength: 100, autocomplete: 'off' }} />
        <Field label={t.from} name="validFrom" type="date" value={draft['validFrom'] ?? ''} required
          fault={faults['validFrom']} />
        <Field label={t.until} name="validTo" type="date" value={draft['validTo'] ?? ''} hint={t.untilHint}
          fault={faults['validTo']} />
        <Button>{t.grant}</Button>
      </PostForm>
      <Standing {...props} standing={standing} path={path} />
    </FormFrame>
  )
}

function Standing({ request, standing, path, draft, faults }: StudentFormProps & {
  standing: readonly StudentExemption[]; path: string
}) {
  const t = formsText[request.lang]
  const open = standing.filter(({ validTo }) => validTo === null)
  if (open.length === 0) return null
  return (
    <section class="stack">
      <h2>{t.standing}</h2>
      {open.map((granted) => (
        <PostForm key={granted.id} request={request} action={`${path}/${granted.id}/end`} class="filters">
          <p>{granted.feeName}: {sizeText(granted)} <span class="soft small">{periodText(granted, request.lang)}</span></p>
          <Field label={t.endOn} name="validTo" id={`end-${granted.id}`} type="date" required
            value={draft['ended'] === granted.id ? draft['endOn'] ?? '' : ''}
            fault={draft['ended'] === granted.id ? faults['endOn'] : undefined} />
          <Button kind="danger">{t.end}</Button>
        </PostForm>
      ))}
    </section>
  )
}
