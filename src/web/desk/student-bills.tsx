// The bills of one student: what is asked and paid by line, the code, and the way to the parent's page.
import type { FastifyRequest } from 'fastify'
import { openVnd, paymentStatusOf } from '../../invoicing/invoice.js'
import { paymentCodeNumber, paymentCodeText } from '../../invoicing/payment-code.js'
import type { Day } from '../../time.js'
import { Card, Copyable, Facts } from '../components/content.js'
import { ExportLinks } from '../components/export-links.js'
import { Badge, EmptyState } from '../components/notice.js'
import type { Tone } from '../components/notice.js'
import { Table } from '../components/table.js'
import type { Column } from '../components/table.js'
import { dayText, vndText } from '../format.js'
import type { Lang } from '../text.js'
import { roundStudentPath } from './desk-links.js'
import { studentTablePath } from './student-links.js'
import type { StudentBill, StudentBillLine } from './student-queries.js'
import { studentText } from './student-text.js'

interface StudentBillsProps {
  request: FastifyRequest
  schoolId: string
  studentId: string
  bills: readonly StudentBill[]
  today: Day
  /** The parent's page of a bill, as a whole address. */
  linkOf: (paymentCode: string) => string
}

export function StudentBills({ bills, ...props }: StudentBillsProps) {
  const t = studentText[props.request.lang]
  const standing = bills.filter(({ state }) => state === 'issued')
  const withdrawn = bills.filter(({ state }) => state !== 'issued')
  return (
    <section class="stack" aria-label={t.bills}>
      <div class="row row-apart">
        <h2>{t.bills}</h2>
        {bills.length > 0 && <ExportLinks lang={props.request.lang} href={studentTablePath(props.schoolId, props.studentId, 'bills')} />}
      </div>
      {standing.length === 0 && <EmptyState>{t.noBills}</EmptyState>}
      {standing.map((bill) => <Bill key={bill.id} bill={bill} {...props} />)}
      {withdrawn.length > 0 && (
        <details class="card">
          <summary>{t.oldBills} ({withdrawn.length})</summary>
          <ul class="plain-list">
            {withdrawn.map((bill) => <Withdrawn key={bill.id} bill={bill} lang={props.request.lang} />)}
          </ul>
        </details>
      )}
    </section>
  )
}

type BillProps = Omit<StudentBillsProps, 'bills'> & { bill: StudentBill }

function Bill({ request, schoolId, studentId, bill, today, linkOf }: BillProps) {
  const { lang } = request
  const t = studentText[lang]
  const code = codeOf(bill)
  const link = linkOf(code)
  return (
    <Card level={3} title={bill.roundName} action={<BillStatus bill={bill} today={today} lang={lang} />}>
      <Facts items={[
        { name: t.code, value: <Copyable value={code} label={t.copy} /> },
        { name: t.dueOn, value: dayText(bill.dueOn) },
        { name: t.parentPage, value: (
          <Copyable value={link} label={t.copyLink} shown={<a href={new URL(link).pathname}>{t.openLink}</a>} />
        ) },
      ]} />
      <Table caption={bill.roundName} captionHidden columns={lineColumns(bill, lang)} rows={bill.lines}
        keyOf={({ lineNo }) => String(lineNo)} empty="" />
      <p class="row small">
        {openVnd(bill) > 0 && <a href={`${new URL(link).pathname}/qr.png`}>{t.qr}</a>}
        <a href={roundStudentPath(schoolId, bill.roundId, studentId)}>{t.inRound}</a>
      </p>
    </Card>
  )
}

function lineColumns(bill: StudentBill, lang: Lang): Column<StudentBillLine>[] {
  const t = studentText[lang]
  return [
    { title: t.fee, kind: 'head', cell: ({ feeName }) => feeName, foot: t.total },
    ...(bill.exemptedVnd === 0 ? [] : [{
      title: t.exempted, kind: 'number' as const, foot: vndText(bill.exemptedVnd),
      cell: ({ exemptedVnd }: StudentBillLine) => vndText(exemptedVnd),
    }]),
    { title: t.billed, kind: 'number', cell: ({ payableVnd }) => vndText(payableVnd), foot: vndText(bill.payableVnd) },
    { title: t.paid, kind: 'number', cell: ({ paidVnd }) => vndText(paidVnd), foot: vndText(bill.paidVnd) },
    {
      title: t.open, kind: 'number', foot: vndText(bill.payableVnd - bill.paidVnd),
      cell: ({ payableVnd, paidVnd }) => vndText(payableVnd - paidVnd),
    },
  ]
}

export function billStatusOf(bill: StudentBill, lang: Lang): { tone: Tone | 'plain'; label: string } {
  const t = studentText[lang]
  if (bill.state !== 'issued') return { tone: 'plain', label: bill.state === 'cancelled' ? t.cancelled : t.superseded }
  const status = paymentStatusOf(bill)
  const labels: Readonly<Record<typeof status, { tone: Tone | 'plain'; label: string }>> = {
    zero: { tone: 'plain', label: t.zero }, unpaid: { tone: 'info', label: t.unpaid },
    part_paid: { tone: 'info', label: t.partPaid }, paid: { tone: 'good', label: t.settled },
  }
  return labels[status]
}

function BillStatus({ bill, today, lang }: { bill: StudentBill; today: Day; lang: Lang }) {
  const t = studentText[lang]
  const isOverdue = openVnd(bill) > 0 && bill.dueOn < today
  const { tone, label } = billStatusOf(bill, lang)
  return (
    <span class="row">
      {isOverdue && <Badge tone="warn">{t.overdue}</Badge>}
      <Badge tone={tone}>{label}</Badge>
    </span>
  )
}

function Withdrawn({ bill, lang }: { bill: StudentBill; lang: Lang }) {
  const t = studentText[lang]
  return (
    <li class="row row-apart">
      <span>{bill.roundName} · <span class="number">{codeOf(bill)}</span> · {vndText(bill.payableVnd)}</span>
      <span class="row small soft">
        {bill.withdrawnOn !== null && t.withdrawn(dayText(bill.withdrawnOn))}
        <Badge tone="plain">{billStatusOf(bill, lang).label}</Badge>
      </span>
    </li>
  )
}

function codeOf({ codeNumber }: StudentBill): string {
  return paymentCodeText(paymentCodeNumber(codeNumber))
}
