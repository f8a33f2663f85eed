// One student in a round over HTTP: the page, taking a bill back, billing anew, and choosing optional items.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { DomainError } from '../../errors.js'
import { listFeeKinds } from '../../fees/fee-kinds.js'
import { billStudent } from '../../invoicing/bill-student.js'
import { cancelInvoice } from '../../invoicing/cancel.js'
import { chooseOptionalItems, listOptionalItems, shownChoices } from '../../invoicing/optional-items.js'
import { listStudentBills } from '../../invoicing/round-figures.js'
import { RoundParams, RoundStudentParams } from '../../invoicing/schema.js'
import { vietnamDay } from '../../time.js'
import { redirect, sendPage } from '../page.js'
import { roundStudentPath } from './desk-links.js'
import { amountOf, FormBody, textOf, textsOf } from './form-fields.js'
import type { Faults, Form } from './form-fields.js'
import { refusalOf } from './refusal.js'
import type { Refusal } from './refusal.js'
import { billsText } from './round-bills-text.js'
import { findNamedStudent, findStudentOfBill } from './round-queries.js'
import { startRoundPage } from './round-read.js'
import { billedByKind, RoundStudentPage } from './round-student.js'
import { roundsText } from './rounds-text.js'

const ROUND = '/desk/:schoolId/rounds/:roundId'
const STUDENT = `${ROUND}/students/:studentId`
const read = { scope: 'invoices:read', page: true } as const
const write = { scope: 'invoices:write', page: true } as const
const DoneQuery = Type.Object({ done: Type.Optional(Type.String({ maxLength: 40 })) })
const BillParams = Type.Object({ ...RoundParams.properties, invoiceId: Type.String({ format: 'uuid' }) })

const REASON_MAX_CHARS = 500
const AMOUNT_END_VND = 500_000_000
// A school has some dozens of fee kinds.
const FEE_KINDS_MAX = 200

interface OfStudent {
  schoolId: string
  roundId: string
  studentId: string
}

export function roundStudentPages(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(STUDENT, { config: read, schema: { hide: true, params: RoundStudentParams, querystring: DoneQuery } },
      async (request, reply) => sendStudent(deps, request, reply, request.params, { done: request.query.done }))

    app.post(`${ROUND}/bills/:invoiceId/cancel`, {
      config: write, schema: { hide: true, params: BillParams, body: FormBody },
    }, async (request, reply) => {
      const { params: { schoolId, roundId, invoiceId }, body, lang, actor } = request
      const bill = { roundId, invoiceId }
      const studentId = await deps.db.inSchool(schoolId, (trx) => findStudentOfBill(trx, schoolId, bill))
      if (studentId === undefined) throw new DomainError('INVOICE_NOT_FOUND', 'this round has no such invoice')
      const of = { schoolId, roundId, studentId }
      const reason = textOf(body, 'reason')
      if (reason === '' || reason.length > REASON_MAX_CHARS) {
        return sendStudent(deps, request, reply, of, { faults: { [invoiceId]: billsText[lang].reasonNeeded } })
      }
      const refusal = await refusalOf(lang, () => cancelInvoice(deps, actor, schoolId, { invoiceId, reason }))
      return answer(deps, request, reply, of, 'cancelled', refusal)
    })

    app.post(`${STUDENT}/items`, {
      config: write, schema: { hide: true, params: RoundStudentParams, body: FormBody },
    }, async (request, reply) => {
      const { params, body, lang, actor } = request
      const refusal = await refusalOf(lang, () =>
        chooseOptionalItems(deps, {
          ...params, actor, chosenFeeKindIds: textsOf(body, 'item'),
          shown: shownChoices(textsOf(body, 'shown'), textsOf(body, 'ticked')),
        }))
      return answer(deps, request, reply, params, 'items', refusal)
    })

    app.post(`${STUDENT}/lines`, {
      config: write, schema: { hide: true, params: RoundStudentParams, body: FormBody },
    }, async (request, reply) => {
      const { params, body, lang, actor } = request
      const { schoolId, roundId, studentId } = params
      const { lines, faults } = readLines(body, billedByKind(await listStudentBills(deps, schoolId, params)), lang)
      if (Object.keys(faults).length > 0) return sendStudent(deps, request, reply, params, { faults })
      const refusal = await refusalOf(lang, () => billStudent(deps, actor, schoolId, { roundId, studentId, lines }))
      return answer(deps, request, reply, params, 'lines', refusal)
    })
  }
}

/**
 * Only what was changed on the page, or differs from the bill when the page did not say what it showed: a fee that is
 * left as it is stays with the plan of the class, also when that has become another since the page was drawn.
 */
function readLines(
  form: Form, billed: ReadonlyMap<string, number>, lang: FastifyRequest['lang'],
): { lines: { feeKindId: string; amountVnd: number }[]; faults: Faults } {
  const lines: { feeKindId: string; amountVnd: number }[] = []
  const faults: Record<string, string> = {}
  for (const name of Object.keys(form)) {
    const feeKindId = /^amount-([0-9a-f-]{36})$/.exec(name)?.[1]
    if (feeKindId === undefined) continue
    const text = textOf(form, name)
    const amountVnd = text === '' ? 0 : amountOf(text)
    const shownVnd = amountOf(textOf(form, `was-${feeKindId}`)) ?? billed.get(feeKindId) ?? 0
    if (amountVnd === undefined || amountVnd >= AMOUNT_END_VND) faults[name] = roundsText[lang].amountFault
    else if (amountVnd !== shownVnd) lines.push({ feeKindId, amountVnd })
  }
  if (lines.length === 0 && Object.keys(faults).length === 0) faults['lines'] = billsText[lang].nothingChanged
  return { lines, faults }
}

function answer(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, of: OfStudent, done: string, refusal: Refusal | undefined,
): FastifyReply | Promise<FastifyReply> {
  if (refusal === undefined) {
    return redirect(reply, `${roundStudentPath(of.schoolId, of.roundId, of.studentId)}?done=${done}`)
  }
  return sendStudent(deps, request, reply, of, { refused: refusal.text, status: refusal.status })
}

interface Outcome {
  done?: string | undefined
  refused?: string
  faults?: Faults
  status?: number
}

async function sendStudent(
  deps: Deps, request: FastifyRequest, reply: FastifyReply, of: OfStudent, { faults = {}, ...outcome }: Outcome,
): Promise<FastifyReply> {
  const { schoolId, studentId } = of
  const start = await startRoundPage(deps, of)
  const { schoolYear } = start.round
  const [student, feeKinds] = await deps.db.inSchool(schoolId, async (trx) => [
    await findNamedStudent(trx, schoolId, { studentId, schoolYear, day: vietnamDay(deps.now()) }),
    await listFeeKinds(trx, schoolId, { limit: FEE_KINDS_MAX }),
  ] as const)
  if (student === undefined) throw new DomainError('STUDENT_NOT_FOUND', 'this school has no such student')
  const status = outcome.status ?? (Object.keys(faults).length > 0 ? 422 : 200)
  return sendPage(reply, (
    <RoundStudentPage request={request} {...start} studentId={studentId} student={student} feeKinds={feeKinds}
      bills={await listStudentBills(deps, schoolId, of)} items={await listOptionalItems(deps, of)} faults={faults}
      done={outcome.done} refused={outcome.refused} />
  ), status)
}
