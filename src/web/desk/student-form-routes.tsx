// Correcting a student, the change of class and exemptions over HTTP: read the form, do it, and show the student again;
// or show the form again with what is wrong.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { correctStudent } from '../../directory/correct-student.js'
import type { StudentCorrection } from '../../directory/correct-student.js'
import type { Student } from '../../directory/get-student.js'
import { StudentParams } from '../../directory/student-schema.js'
import { transferStudent } from '../../directory/transfer-student.js'
import { DomainError } from '../../errors.js'
import { endExemption, grantExemption } from '../../fees/exemptions.js'
import { isUuid } from '../../http/id.js'
import { schoolYearOf, vietnamDay } from '../../time.js'
import { dayText } from '../format.js'
import { redirect, sendPage } from '../page.js'
import { dayOf, FormBody, textOf } from './form-fields.js'
import type { Faults, Form } from './form-fields.js'
import { faultText } from './import-fault-text.js'
import { refusalOf } from './refusal.js'
import type { Refusal } from './refusal.js'
import { readClassesOf } from './round-queries.js'
import { findSchoolName } from './school-name.js'
import { getDeskStudent } from './student-data.js'
import { readExemption } from './student-exemption-form.js'
import { EditForm, ExemptionForm, TransferForm } from './student-forms.js'
import type { StudentFormProps } from './student-forms.js'
import { formsText } from './student-forms-text.js'
import { studentPath } from './student-links.js'
import { readFeeKinds, readStudentExemptions } from './student-queries.js'

const EDIT_FIELDS = ['fullName', 'birthOn', 'gender', 'moetStudentId', 'personalId', 'schoolCode'] as const
const EXEMPTION_FIELDS = ['feeKindId', 'size', 'payer', 'legalBasis', 'decisionNumber', 'validFrom', 'validTo'] as const
const ExemptionParams = Type.Object({ ...StudentParams.properties, exemptionId: Type.String() })

interface Shown {
  draft: Readonly<Record<string, string>>
  faults?: Faults
  refused?: string
  status?: number
}

export function studentFormPages(deps: Deps): FastifyPluginAsyncTypebox {
  const today = () => vietnamDay(deps.now())

  return async (app) => {
    const directory = { config: { scope: 'directory:write', page: true } } as const
    const fees = { config: { scope: 'fees:write', page: true } } as const

    app.get('/desk/:schoolId/students/:studentId/edit', { ...directory, schema: { hide: true, params: StudentParams } },
      async (request, reply) => sendEdit(deps, request, reply, request.params))

    app.post('/desk/:schoolId/students/:studentId/edit', {
      ...directory, schema: { hide: true, params: StudentParams, body: FormBody },
    }, async (request, reply) => {
      const { params, params: { schoolId, studentId }, body, actor, lang } = request
      await getDeskStudent(deps, schoolId, studentId)
      const draft = draftOf(body, EDIT_FIELDS)
      const refusal = await refusalOf(lang, () => correctStudent(deps, actor, schoolId, studentId, correctionOf(draft)))
      if (refusal === undefined) return redirect(reply, `${studentPath(schoolId, studentId)}?done=corrected`)
      const faults = faultsOf(refusal.cause, request)
      const refused = Object.keys(faults).length === 0 ? { refused: refusal.text } : {}
      return sendEdit(deps, request, reply, params, { draft, faults, status: refusal.status, ...refused })
    })

    app.get('/desk/:schoolId/students/:studentId/transfer', {
      ...directory, schema: { hide: true, params: StudentParams },
    }, async (request, reply) => sendTransfer(deps, request, reply, request.params, { draft: { on: today() } }))

    app.post('/desk/:schoolId/students/:studentId/transfer', {
      ...directory, schema: { hide: true, params: StudentParams, body: FormBody },
    }, async (request, reply) => {
      const { params, params: { schoolId, studentId }, body, actor, lang } = request
      await getDeskStudent(deps, schoolId, studentId)
      const draft = draftOf(body, ['toClass', 'on'])
      const on = dayOf(draft['on'] ?? '')
      const toClassId = draft['toClass'] === 'none' ? null : draft['toClass'] ?? ''
      if (on === undefined || (toClassId !== null && !isUuid(toClassId))) {
        const t = formsText[lang]
        const faults: Faults = on === undefined ? { on: t.fromNeeded } : { toClass: t.needed }
        return sendTransfer(deps, request, reply, params, { draft, faults, status: 422 })
      }
      const refusal = await refusalOf(lang, () => transferStudent(deps, actor, schoolId, studentId, { toClassId, on }))
      if (refusal) return sendTransfer(deps, request, reply, params, { draft, ...refusedAs(refusal) })
      return redirect(reply, `${studentPath(schoolId, studentId)}?done=${toClassId === null ? 'left' : 'moved'}`)
    })

    app.get('/desk/:schoolId/students/:studentId/exemptions', { ...fees, schema: { hide: true, params: StudentParams } },
      async (request, reply) => sendExemptions(deps, request, reply, request.params, { draft: { validFrom: today() } }))

    app.post('/desk/:schoolId/students/:studentId/exemptions', {
      ...fees, schema: { hide: true, params: StudentParams, body: FormBody },
    }, async (request, reply) => {
      const { params, params: { schoolId, studentId }, body, actor, lang } = request
      await getDeskStudent(deps, schoolId, studentId)
      const draft = draftOf(body, EXEMPTION_FIELDS)
      const read = readExemption(draft, lang)
      if (!read.ok) return sendExemptions(deps, request, reply, params, { draft, faults: read.faults, status: 422 })
      const refusal = await refusalOf(lang, () =>
        grantExemption(deps, actor, schoolId, { studentId, ...read.exemption }))
      if (refusal) return sendExemptions(deps, request, reply, params, { draft, ...refusedAs(refusal) })
      return redirect(reply, `${studentPath(schoolId, studentId)}?done=exempted`)
    })

    app.post('/desk/:schoolId/students/:studentId/exemptions/:exemptionId/end', {
      ...fees, schema: { hide: true, params: ExemptionParams, body: FormBody },
    }, async (request, reply) => {
      const { params, params: { schoolId, studentId, exemptionId }, body, actor, lang } = request
      const { exemptions } = await readExemptionPage(deps, schoolId, studentId)
      if (!exemptions.some(({ id }) => id === exemptionId)) {
        throw new DomainError('EXEMPTION_NOT_FOUND', 'this student has no such exemption')
      }
      const typed = textOf(body, 'validTo')
      const draft = { ended: exemptionId, endOn: typed, validFrom: today() }
      const validTo = dayOf(typed)
      const faults = { endOn: formsText[lang].dayInvalid }
      if (validTo === undefined) return sendExemptions(deps, request, reply, params, { draft, faults, status: 422 })
      const refusal = await refusalOf(lang, () => endExemption(deps, actor, schoolId, { exemptionId, validTo }))
      if (refusal) return sendExemptions(deps, request, reply, params, { draft, ...refusedAs(refusal) })
      return redirect(reply, `${studentPath(schoolId, studentId)}?done=ended`)
    })
  }
}

function refusedAs({ text, status }: Refusal): Pick<Shown, 'refused' | 'status'> {
  return { refused: text, status }
}

interface Place {
  schoolId: string
  studentId: string
}

async function frameOf(
  deps: Deps, request: FastifyRequest, { schoolId, studentId }: Place, { draft, faults = {}, refused }: Shown,
): Promise<StudentFormProps> {
  const student = await getDeskStudent(deps, schoolId, studentId)
  return { request, schoolId, schoolName: await findSchoolName(deps.db, schoolId), student, draft, faults, refused }
}

async function sendEdit(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, place: Place, shown?: Shown,
): Promise<FastifyReply> {
  const student = await getDeskStudent(deps, place.schoolId, place.studentId)
  const frame = await frameOf(deps, request, place, shown ?? { draft: asTyped(student) })
  return sendPage(reply, <EditForm {...frame} />, shown?.status)
}

async function sendTransfer(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, place: Place, shown: Shown,
): Promise<FastifyReply> {
  const year = schoolYearOf(vietnamDay(deps.now()))
  const classes = await deps.db.inSchool(place.schoolId, (trx) => readClassesOf(trx, place.schoolId, year))
  const frame = await frameOf(deps, request, place, shown)
  return sendPage(reply, <TransferForm {...frame} classes={classes} />, shown.status)
}

async function sendExemptions(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, place: Place, shown: Shown,
): Promise<FastifyReply> {
  const frame = await frameOf(deps, request, place, shown)
  const { fees, exemptions } = await readExemptionPage(deps, place.schoolId, place.studentId)
  return sendPage(reply, <ExemptionForm {...frame} fees={fees} standing={exemptions} />, shown.status)
}

async function readExemptionPage({ db }: Deps, schoolId: string, studentId: string) {
  if (!isUuid(studentId)) throw new DomainError('STUDENT_NOT_FOUND', 'there is no such student in this school')
  return db.inSchool(schoolId, async (trx) => ({
    fees: await readFeeKinds(trx, schoolId), exemptions: await readStudentExemptions(trx, schoolId, studentId),
  }))
}

function draftOf(form: Form, fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, textOf(form, field)]))
}

function asTyped(student: Student): Record<string, string> {
  return {
    fullName: student.fullName, birthOn: student.birthOn === null ? '' : dayText(student.birthOn),
    gender: student.gender ?? '', moetStudentId: student.moetStudentId ?? '', personalId: student.personalId ?? '',
    schoolCode: student.schoolCode ?? '',
  }
}

function correctionOf(draft: Readonly<Record<string, string>>): StudentCorrection {
  const { gender } = draft
  const text = (field: string): string => draft[field] ?? ''
  return {
    fullName: text('fullName'), birthOn: text('birthOn'), gender: gender === 'male' || gender === 'female' ? gender : null,
    moetStudentId: text('moetStudentId'), personalId: text('personalId'), schoolCode: text('schoolCode'),
  }
}

function faultsOf(cause: unknown, { lang }: FastifyRequest): Faults {
  if (!(cause instanceof DomainError)) return {}
  return Object.fromEntries(cause.errors.map(({ field, code }) =>
    [field, code === undefined ? formsText[lang].isOther : faultText({ code }, lang)]))
}
