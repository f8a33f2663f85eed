// The form that divides money in suspense over bills: one row a bill, amounts drafted, the running rest beside the
// button, and a search that adds a student. One plain form, which the search sends to the page itself, so that nothing
// that was typed is lost; a script only keeps the sums up to date.
import type { FastifyRequest } from 'fastify'
import type { CandidateItem } from '../../reconciliation/find-candidates.js'
import type { AccountName } from '../../reconciliation/read-transfers.js'
import { Card } from '../components/content.js'
import { Button, Field, PostForm, Select } from '../components/form.js'
import { EmptyState } from '../components/notice.js'
import { dayText, vndText, wholeText } from '../format.js'
import { amountOf } from './form-fields.js'
import type { Faults } from './form-fields.js'
import { reviewItemPath, studentPath } from './review-links.js'
import { ReasonList } from './review.js'
import { reviewText } from './review-text.js'

export interface AssignDraft {
  /** As it stands in the field, by invoice id. */
  amounts: ReadonlyMap<string, string>
  creditStudentId: string
  note: string
  faults: Faults
}

export interface FoundStudent {
  id: string
  fullName: string
  className: string | null
}

export interface AssignProps {
  request: FastifyRequest
  schoolId: string
  reviewItemId: string
  requestId: string
  suspenseVnd: number
  /** Where the money lies; null when no account is known. */
  bankAccountId: string | null
  accounts: readonly AccountName[]
  students: readonly CandidateItem[]
  chosenIds: readonly string[]
  draft: AssignDraft
  amountSaysNothing: boolean
  /** Null before anything was searched. */
  found: readonly FoundStudent[] | null
  query: string
}

export function AssignCard(props: AssignProps) {
  const { request, schoolId, reviewItemId, students, draft, amountSaysNothing } = props
  const t = reviewText[request.lang]
  const path = reviewItemPath(schoolId, reviewItemId)
  return (
    <Card title={t.assignTitle}>
      <p class="soft small">{t.assignHint}{amountSaysNothing && ` ${t.amountSaysNothing}`}</p>
      <PostForm request={request} action={`${path}/assign`} class="stack">
        {/* The first button of a form is the one that Enter presses: in no field may that book anything. */}
        <button type="submit" hidden formAction={`${path}/look`}>{t.find}</button>
        <input type="hidden" name="requestId" value={props.requestId} />
        {props.chosenIds.map((id) => <input key={id} type="hidden" name="student" value={id} />)}
        {students.length === 0 ? <EmptyState>{t.noStudents}</EmptyState> : (
          <>
            <ul class="assign-list">
              {students.map((student) => <StudentBills key={student.studentId} student={student} {...props} />)}
            </ul>
            <div class="review-finish">
              <Select label={t.restTo} name="creditStudentId" value={draft.creditStudentId} options={[
                { value: '', label: t.staysInSuspense },
                ...students.map(({ studentId, fullName }) => ({ value: studentId, label: t.creditOf(fullName) })),
              ]} />
              <Field label={t.note} name="note" id="assign-note" value={draft.note} fault={draft.faults['note']}
                input={{ maxLength: 500 }} />
              <Rest {...props} />
              <Button shortcut="g">{t.assign}</Button>
            </div>
          </>
        )}
        <AddStudent {...props} path={path} />
      </PostForm>
    </Card>
  )
}

type ShownBill = CandidateItem['bills'][number]

function StudentBills({ student, ...props }: AssignProps & { student: CandidateItem }) {
  const { request: { lang }, schoolId } = props
  const { studentId, fullName, className, reasons, bills } = student
  return (
    <li class="assign-student">
      <div>
        <a class="review-name" href={studentPath(schoolId, studentId)}>{fullName}</a>
        {className !== null && <span class="soft"> · {className}</span>}
        <ReasonList reasons={reasons} lang={lang} />
      </div>
      {bills.length === 0 ? <p class="soft">{reviewText[lang].nothingOpen}</p> : (
        <div class="assign-bills">
          {bills.map((bill) => <BillAmount key={bill.invoiceId} bill={bill} fullName={fullName} {...props} />)}
        </div>
      )}
    </li>
  )
}

function BillAmount({ bill, fullName, ...props }: AssignProps & { bill: ShownBill; fullName: string }) {
  const { request: { lang }, draft } = props
  const t = reviewText[lang]
  const { invoiceId, roundName, dueOn, openVnd } = bill
  const id = `amount-${invoiceId}`
  const fault = draft.faults[`amount:${invoiceId}`]
  return (
    <div class="assign-bill">
      <label for={id}>
        {roundName}<span class="soft small"> · {t.due(dayText(dueOn))}</span>
        <span class="visually-hidden"> · {t.assignTo(fullName)}</span>
      </label>
      <span class="number">{t.openAmount(vndText(openVnd))}</span>
      <div class="field review-amount">
        <input id={id} name={`amount:${invoiceId}`} value={draft.amounts.get(invoiceId) ?? ''} inputMode="numeric"
          autocomplete="off" data-part aria-invalid={fault !== undefined} aria-describedby={fault && `${id}-fault`} />
        {fault !== undefined && <p class="field-fault" id={`${id}-fault`}>{fault}</p>}
      </div>
      {!bill.fitsAccount && <ToMove {...props} bill={bill} />}
    </div>
  )
}

/** Said before it is booked: what is put onto this bill lies in another account than the bill's. */
function ToMove({ request: { lang }, accounts, bankAccountId, bill, draft }: AssignProps & { bill: ShownBill }) {
  const numberOf = (id: string | null) => accounts.find((account) => account.id === id)?.accountNumber ?? ''
  const amountVnd = amountOf(draft.amounts.get(bill.invoiceId) ?? '') ?? 0
  return (
    <p class="small assign-move">
      <output class="number" data-amount-of={`amount-${bill.invoiceId}`}>{vndText(amountVnd)}</output>{' '}
      {reviewText[lang].toMove(numberOf(bankAccountId), numberOf(bill.bankAccountId))}
    </p>
  )
}

function Rest({ request: { lang }, suspenseVnd, draft }: AssignProps) {
  const t = reviewText[lang]
  let restVnd = suspenseVnd
  for (const text of draft.amounts.values()) restVnd -= amountOf(text) ?? 0
  return (
    <p class="review-rest">
      <span class="soft small">{t.rest}</span>{' '}
      <output class="number" data-rest-of={suspenseVnd} data-over={t.over}>
        {restVnd < 0 ? t.over : `${wholeText(restVnd)} đ`}
      </output>
    </p>
  )
}

function AddStudent({ request: { lang }, found, query, path }: AssignProps & { path: string }) {
  const t = reviewText[lang]
  const look = `${path}/look`
  return (
    <section class="stack" aria-label={t.addStudent}>
      <div class="filters">
        <Field label={t.addStudent} name="q" id="add-student" type="search" value={query} input={{ placeholder: t.addHint }} />
        <button class="button button-plain" type="submit" formAction={look}>{t.find}</button>
      </div>
      {found !== null && (found.length === 0 ? <p class="soft">{t.nobodyFound}</p> : (
        <div class="review-found">
          {found.map(({ id, fullName, className }) => (
            <button key={id} class="button button-plain" type="submit" formAction={look} name="student" value={id}>
              + {fullName}{className !== null && ` · ${className}`}
            </button>
          ))}
        </div>
      ))}
    </section>
  )
}
