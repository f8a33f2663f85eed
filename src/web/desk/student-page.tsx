// One student: what is asked, what was paid and by whom, what is held, and what happened; the acts that an accountant
// does for one family start here.
import type { FastifyRequest } from 'fastify'
import type { Student } from '../../directory/get-student.js'
import type { Day } from '../../time.js'
import { Card, Facts } from '../components/content.js'
import { ButtonLink } from '../components/form.js'
import { Badge, Notice } from '../components/notice.js'
import { dayText, vndText } from '../format.js'
import { DeskPage } from '../layout.js'
import { mayHere } from './may-here.js'
import { StudentBills } from './student-bills.js'
import type { HistoryEvent } from './student-history.js'
import { studentPath, studentsPath } from './student-links.js'
import type { Sibling, StudentBill, StudentCredit, StudentExemption, StudentPayment } from './student-queries.js'
import { Credits, Exemptions, History, Payments } from './student-tables.js'
import { studentText } from './student-text.js'

export interface StudentPageProps {
  request: FastifyRequest
  schoolId: string
  schoolName: string
  student: Student
  bills: readonly StudentBill[]
  payments: readonly StudentPayment[]
  credits: readonly StudentCredit[]
  exemptions: readonly StudentExemption[]
  siblings: readonly Sibling[]
  history: readonly HistoryEvent[]
  today: Day
  linkOf: (paymentCode: string) => string
  done: string | undefined
}

export function StudentPage(props: StudentPageProps) {
  const { request, schoolId, schoolName, student, bills, done } = props
  const place = { request, schoolId, studentId: student.id }
  return (
    <DeskPage request={request} schoolId={schoolId} schoolName={schoolName} title={student.fullName} current="students"
      styles={['students.css']}>
      <Head {...props} />
      {done !== undefined && <Notice tone="good"><p>{doneText(request, done)}</p></Notice>}
      <Summary {...props} />
      <div class="student-layout">
        <div class="stack">
          <StudentBills {...place} bills={bills} today={props.today} linkOf={props.linkOf} />
          <Payments {...place} payments={props.payments} />
          <Credits {...place} credits={props.credits} />
          <History {...place} events={props.history} />
        </div>
        <div class="stack">
          <Details {...props} />
          <Exemptions {...place} exemptions={props.exemptions} />
          <Family {...props} />
        </div>
      </div>
    </DeskPage>
  )
}

function Head({ request, schoolId, student }: StudentPageProps) {
  const t = studentText[request.lang]
  return (
    <div class="page-head">
      <div>
        <p class="small"><a href={studentsPath(schoolId)}>{t.backToList}</a></p>
        <h1>{student.fullName}</h1>
      </div>
      <div class="row">
        {student.className === null
          ? <Badge tone="warn">{t.noClass}</Badge>
          : <Badge tone="plain">{t.classOf(student.className)}</Badge>}
        {mayHere(request, schoolId, 'cash:write') && (
          <ButtonLink href={`${studentPath(schoolId, student.id)}/cash`} kind="main">{t.takeCash}</ButtonLink>
        )}
      </div>
    </div>
  )
}

function doneText({ lang }: FastifyRequest, done: string): string {
  const t = studentText[lang]
  const known: Readonly<Record<string, string>> = {
    corrected: t.doneCorrected, moved: t.doneMoved, left: t.doneLeft, exempted: t.doneExempted,
    ended: t.doneExemptionEnded,
  }
  return known[done] ?? t.done
}

function Summary({ request, bills, credits }: StudentPageProps) {
  const t = studentText[request.lang]
  const standing = bills.filter(({ state }) => state === 'issued')
  const billedVnd = standing.reduce((sum, { payableVnd }) => sum + payableVnd, 0)
  const paidVnd = standing.reduce((sum, bill) => sum + bill.paidVnd, 0)
  const heldVnd = credits.reduce((sum, credit) => sum + credit.heldVnd, 0)
  const figures = [
    { name: t.billed, vnd: billedVnd }, { name: t.paid, vnd: paidVnd }, { name: t.open, vnd: billedVnd - paidVnd },
    ...(heldVnd > 0 ? [{ name: t.held, vnd: heldVnd }] : []),
  ]
  return (
    <dl class="figures">
      {figures.map(({ name, vnd }) => (
        <div key={name}><dt>{name}</dt><dd class="number">{vndText(vnd)}</dd></div>
      ))}
    </dl>
  )
}

function Details({ request, schoolId, student }: StudentPageProps) {
  const t = studentText[request.lang]
  const path = studentPath(schoolId, student.id)
  const maySee = (text: string | null): string => text ?? '—'
  return (
    <Card title={t.details}>
      <Facts items={[
        { name: t.birthOn, value: student.birthOn === null ? '—' : dayText(student.birthOn) },
        { name: t.gender, value: student.gender === null ? '—' : t[student.gender] },
        { name: t.moetStudentId, value: maySee(student.moetStudentId) },
        { name: t.personalId, value: maySee(student.personalId) },
        { name: t.schoolCode, value: maySee(student.schoolCode) },
        ...(student.paymentCode === null ? [] : [{ name: t.ownCode, value: student.paymentCode }]),
        { name: t.enrolments, value: (
          <ul class="plain-list">
            {student.enrolments.map((row) => (
              <li key={row.id}>
                {row.className} · {row.schoolYear}
                <span class="soft small"> {row.validTo === null
                  ? t.validFrom(dayText(row.validFrom))
                  : `${dayText(row.validFrom)} – ${dayText(row.validTo)}`}</span>
              </li>
            ))}
          </ul>
        ) },
      ]} />
      {mayHere(request, schoolId, 'directory:write') && (
        <p class="row">
          <ButtonLink href={`${path}/edit`}>{t.edit}</ButtonLink>
          <ButtonLink href={`${path}/transfer`}>{t.move}</ButtonLink>
        </p>
      )}
    </Card>
  )
}

function Family({ request, schoolId, student, siblings }: StudentPageProps) {
  const t = studentText[request.lang]
  const others = siblings.filter(({ id }) => id !== student.id)
  if (others.length === 0) return null
  return (
    <Card title={t.family}>
      <ul class="plain-list">
        {others.map(({ id, fullName, className }) => (
          <li key={id}>
            <a href={studentPath(schoolId, id)}>{fullName}</a>
            <span class="soft"> {className === null ? t.noClass : t.classOf(className)}</span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
