// One student in one round: each bill with its lines, taking one back with a reason, changing what this student alone
// pays, and the optional items.
import type { FastifyRequest } from 'fastify'
import { Fragment } from 'preact'
import type { FeeKind } from '../../fees/fee-kinds.js'
import { REASON_CHANGED } from '../../invoicing/bill.js'
import type { OptionalItems } from '../../invoicing/optional-items.js'
import type { InvoiceDetail } from '../../invoicing/round-figures.js'
import { Card } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Button, Field, PostForm } from '../components/form.js'
import { EmptyState } from '../components/notice.js'
import { Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { vndText, wholeText } from '../format.js'
import { deskPath, roundPath, roundStudentPath } from './desk-links.js'
import type { Faults } from './form-fields.js'
import { BillStatus } from './round-bill-status.js'
import { billsText } from './round-bills-text.js'
import { mayHere } from './may-here.js'
import { RoundFrame } from './round-frame.js'
import type { ShownRound } from './round-frame.js'
import { StudentItems } from './round-items.js'
import type { NamedStudent } from './round-queries.js'
import { roundsText } from './rounds-text.js'
import { studentTablePath } from './student-links.js'

interface RoundStudentProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  round: ShownRound
  studentId: string
  student: NamedStudent
  bills: readonly InvoiceDetail[]
  items: OptionalItems
  feeKinds: readonly FeeKind[]
  faults: Faults
  done?: string | undefined
  refused?: string | undefined
}

export function RoundStudentPage(props: RoundStudentProps) {
  const { request, schoolId, round, studentId, student, bills } = props
  const t = billsText[request.lang]
  const mayChange = round.state === 'open' && mayHere(request, schoolId, 'invoices:write')
  return (
    <RoundFrame {...props} tab={null}>
      <h2 class="student-name">
        <a href={`${deskPath(schoolId)}/students/${studentId}`}>{student.name}</a>{' '}
        <span class="soft">{placeText(student, request)}</span>
      </h2>
      {bills.length > 0 && <ExportLinks lang={request.lang} href={studentTablePath(schoolId, studentId, 'bills')} />}
      {bills.length === 0 && <EmptyState>{t.noBillYet}</EmptyState>}
      {bills.map((bill) => <Bill key={bill.id} {...props} bill={bill} />)}
      <StudentItems {...props} editable={mayChange} />
      {mayChange && <OwnLines {...props} />}
    </RoundFrame>
  )
}

function placeText({ className }: NamedStudent, { lang }: FastifyRequest): string {
  return className === null ? billsText[lang].notEnrolled : roundsText[lang].classNamed(className)
}

type Line = InvoiceDetail['lines'][number]

function Bill({ request, schoolId, round, bill, faults }: RoundStudentProps & { bill: InvoiceDetail }) {
  const { lang } = request
  const t = billsText[lang]
  const reason = bill.withdrawnReason === REASON_CHANGED ? t.planChanged : bill.withdrawnReason
  const isOut = bill.state === 'issued'
  return (
    <Card title={t.billTitle(bill.paymentCode)} action={<BillStatus bill={bill} lang={lang} />}>
      {reason !== null && <p class="soft">{t.withdrawnBecause(reason)}</p>}
      <Table caption={t.billTitle(bill.paymentCode)} captionHidden columns={lineColumns(bill, request)}
        rows={bill.lines} keyOf={({ lineNo }) => String(lineNo)} empty={t.none} />
      {isOut && mayHere(request, schoolId, 'invoices:write') && (
        <details open={faults[bill.id] !== undefined}>
          <summary>{t.cancel}</summary>
          <PostForm request={request} action={`${roundPath(schoolId, round.id)}/bills/${bill.id}/cancel`} class="form"
            confirm={t.cancelConfirm}>
            <Field label={t.cancelReason} name="reason" id={`reason-${bill.id}`} hint={t.cancelHint} required
              fault={faults[bill.id]} input={{ maxLength: 500 }} />
            <div class="row"><Button kind="danger">{t.cancel}</Button></div>
          </PostForm>
        </details>
      )}
    </Card>
  )
}

function lineColumns(bill: InvoiceDetail, { lang }: FastifyRequest): Column<Line>[] {
  const t = billsText[lang]
  return [
    { title: roundsText[lang].fee, kind: 'head', cell: ({ feeName }) => feeName, foot: roundsText[lang].total },
    { title: t.payable, kind: 'number', cell: (line) => vndText(line.payableVnd), foot: vndText(bill.payableVnd) },
    { title: t.paid, kind: 'number', cell: ({ paidVnd }) => vndText(paidVnd), foot: vndText(bill.paidVnd) },
    { title: t.gross, kind: 'number', cell: ({ grossVnd }) => vndText(grossVnd), foot: vndText(bill.grossVnd) },
    { title: t.exempted, kind: 'number', cell: (line) => vndText(line.exemptedVnd), foot: vndText(bill.exemptedVnd) },
    { title: t.basis, foot: '',
      cell: (line) => <span class="small basis">{line.exemption?.legalBasis ?? line.legalBasis}</span> },
  ]
}

/** What is billed now, by fee kind. */
export function billedByKind(bills: readonly InvoiceDetail[]): Map<string, number> {
  return new Map(bills.filter(({ state }) => state === 'issued')
    .flatMap(({ lines }) => lines.map((line): [string, number] => [line.feeKindId, line.grossVnd])))
}

function OwnLines({ request, schoolId, round, studentId, bills, feeKinds, faults }: RoundStudentProps) {
  const t = billsText[request.lang]
  const billed = billedByKind(bills)
  return (
    <Card>
      <details open={faults['lines'] !== undefined}>
        <summary>{t.lines}</summary>
        <PostForm request={request} action={`${roundStudentPath(schoolId, round.id, studentId)}/lines`} class="form">
          <p class="soft small">{t.linesHint}</p>
          {faults['lines'] !== undefined && <p class="field-fault">{faults['lines']}</p>}
          {[...feeKinds].sort((one, other) => one.priority - other.priority).map(({ id, name }) => (
            <Fragment key={id}>
              <input type="hidden" name={`was-${id}`} value={billed.get(id) ?? 0} />
              <Field label={name} name={`amount-${id}`} class="field-inline" fault={faults[`amount-${id}`]}
                value={billed.has(id) ? wholeText(billed.get(id) ?? 0) : ''}
                input={{ inputMode: 'numeric', autocomplete: 'off', class: 'number' }} />
            </Fragment>
          ))}
          <div class="row"><Button>{t.saveLines}</Button></div>
        </PostForm>
      </details>
    </Card>
  )
}
