// The page of one student over HTTP, and the taking of cash for one.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { v4 as uuidv4 } from 'uuid'
import type { Deps } from '../../deps.js'
import { noStudent } from '../../directory/get-student.js'
import { StudentParams } from '../../directory/student-schema.js'
import { isUuid } from '../../http/id.js'
import { openVnd } from '../../invoicing/invoice.js'
import { seenSum } from '../../reconciliation/plan-cash.js'
import { previewCash, recordCash, requireCashDay } from '../../reconciliation/record-cash.js'
import type { CashPreview } from '../../reconciliation/record-cash.js'
import { schoolYearOf, vietnamDay } from '../../time.js'
import { wholeText } from '../format.js'
import { redirect, sendPage } from '../page.js'
import { billPath } from '../parent/link.js'
import { readCashForm } from './cash-form.js'
import { CashPreviewPage } from './cash-preview.js'
import { FormBody, textOf } from './form-fields.js'
import type { Faults } from './form-fields.js'
import { refusalOf } from './refusal.js'
import { findSchoolName } from './school-name.js'
import { getDeskStudent } from './student-data.js'
import { CashForm } from './student-forms.js'
import type { OpenBillOption } from './student-forms.js'
import { readStudentHistory } from './student-history.js'
import { receiptPath } from './student-links.js'
import { StudentPage } from './student-page.js'
import {
  readSiblings, readStudentBills, readStudentCredits, readStudentExemptions, readStudentPayments,
} from './student-queries.js'

const DoneQuery = Type.Object({
  done: Type.Optional(Type.String({ maxLength: 20 })), lang: Type.Optional(Type.String({ maxLength: 5 })),
})

export function studentPages(deps: Deps): FastifyPluginAsyncTypebox {
  const { db, now, config, secretBox } = deps
  const linkOf = (code: string): string => new URL(billPath(secretBox, code), config.publicUrl).href

  return async (app) => {
    app.get('/desk/:schoolId/students/:studentId', {
      config: { scope: 'invoices:read', page: true },
      schema: { hide: true, params: StudentParams, querystring: DoneQuery },
    }, async (request, reply) => {
      const { params: { schoolId, studentId }, query: { done } } = request
      const today = vietnamDay(now())
      const student = await getDeskStudent(deps, schoolId, studentId)
      const { familyId } = student
      const read = await db.inSchool(schoolId, async (trx) => ({
        bills: await readStudentBills(trx, schoolId, studentId),
        payments: await readStudentPayments(trx, schoolId, studentId),
        credits: await readStudentCredits(trx, schoolId, studentId),
        exemptions: await readStudentExemptions(trx, schoolId, studentId),
        history: await readStudentHistory(trx, schoolId, studentId),
        siblings: familyId === null
          ? []
          : await readSiblings(trx, schoolId, { familyId, schoolYear: schoolYearOf(today) }),
      }))
      return sendPage(reply, (
        <StudentPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)}
          student={student} {...read} today={today} linkOf={linkOf} done={done} />
      ))
    })

    app.get('/desk/:schoolId/students/:studentId/cash', {
      config: { scope: 'cash:write', page: true }, schema: { hide: true, params: StudentParams },
    }, async (request, reply) => {
      const openBills = await readOpenBills(deps, request.params)
      const openSum = openBills.reduce((sum, bill) => sum + bill.openVnd, 0)
      const draft = { key: uuidv4(), amount: wholeText(openSum), receivedOn: vietnamDay(now()) }
      return sendCash(deps, request, reply, { ...request.params, openBills, draft, faults: {} })
    })

    app.post('/desk/:schoolId/students/:studentId/cash', {
      config: { scope: 'cash:write', page: true }, schema: { hide: true, params: StudentParams, body: FormBody },
    }, async (request, reply) => {
      const { params: { schoolId, studentId }, body, actor, lang } = request
      const openBills = await readOpenBills(deps, request.params)
      const fields = ['key', 'amount', 'invoiceId', 'receivedOn', 'note']
      const draft = Object.fromEntries(fields.map((field) => [field, textOf(body, field)]))
      const shown = { schoolId, studentId, openBills, draft, faults: {}, status: 422 }
      const read = readCashForm(draft, lang)
      if (!read.ok) return sendCash(deps, request, reply, { ...shown, faults: read.faults })
      const { cash } = read
      const seenSplit = textOf(body, 'seen')
      const rest = textOf(body, 'rest')
      if (rest === 'edit') return sendCash(deps, request, reply, { ...shown, status: 200 })
      let receiptId = ''
      let preview: CashPreview | undefined
      const look = async () => {
        requireCashDay(cash.receivedOn, now())
        preview = await previewCash(db, schoolId, { studentId, ...cash })
      }
      const book = async () => {
        const amountVnd = rest === 'change' ? seenSum(seenSplit) : cash.amountVnd
        const asked = { studentId, ...cash, amountVnd, seenSplit, keepRestAsCredit: rest === 'keep' }
        receiptId = (await recordCash(db, schoolId, actor, asked, now())).id
      }
      let refusal = await refusalOf(lang, seenSplit === '' ? look : book)
      // Something was paid since: what would be booked now is shown, with the reason, before anything is.
      const changed = refusal?.code === 'CASH_SPLIT_CHANGED_CONFLICT' || refusal?.code === 'CASH_OVER_OWED' ? refusal : undefined
      if (changed) refusal = await refusalOf(lang, look)
      if (preview) {
        return sendPage(reply, (
          <CashPreviewPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)}
            student={await getDeskStudent(deps, schoolId, studentId)} draft={draft} faults={{}} refused={changed?.text}
            preview={preview} amountVnd={cash.amountVnd} />
        ), changed?.status)
      }
      if (refusal) {
        // Who sends again after that means another receipt.
        const key = refusal.code === 'IDEMPOTENCY_KEY_REUSED' ? uuidv4() : draft['key'] ?? ''
        return sendCash(deps, request, reply,
          { ...shown, draft: { ...draft, key }, refused: refusal.text, status: refusal.status })
      }
      return redirect(reply, `${receiptPath(schoolId, receiptId)}?done=recorded`)
    })
  }
}

interface ShownCash {
  schoolId: string
  studentId: string
  openBills: OpenBillOption[]
  draft: Readonly<Record<string, string>>
  faults: Faults
  refused?: string
  status?: number
}

async function sendCash(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, { schoolId, studentId, status, ...shown }: ShownCash,
): Promise<FastifyReply> {
  const student = await getDeskStudent(deps, schoolId, studentId)
  return sendPage(reply, (
    <CashForm request={request} schoolId={schoolId} schoolName={await findSchoolName(deps.db, schoolId)}
      student={student} {...shown} />
  ), status)
}

/** Oldest first, as cash pays them. */
async function readOpenBills(
  deps: Deps, { schoolId, studentId }: { schoolId: string; studentId: string },
): Promise<OpenBillOption[]> {
  if (!isUuid(studentId)) throw noStudent()
  const bills = await deps.db.inSchool(schoolId, (trx) => readStudentBills(trx, schoolId, studentId))
  return bills.filter((bill) => openVnd(bill) > 0)
    .sort((one, other) => (one.dueOn === other.dueOn ? one.id < other.id ? -1 : 1 : one.dueOn < other.dueOn ? -1 : 1))
    .map((bill) => ({ id: bill.id, roundName: bill.roundName, openVnd: openVnd(bill) }))
}
