// The review queue over HTTP, for people: the list, one item, and the forms that decide it. A refused act shows the
// same page again with the reason and with what was typed.
import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { DomainError } from '../../errors.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { isUuid } from '../../http/id.js'
import { LIMITS } from '../../limits.js'
import { findRefundCandidates } from '../../reconciliation/decide-refund.js'
import { findCandidates, readChosenStudents } from '../../reconciliation/find-candidates.js'
import type { CandidateItem } from '../../reconciliation/find-candidates.js'
import { countQueue, getReviewItem, listQueue } from '../../reconciliation/read-review.js'
import type { ShownItem } from '../../reconciliation/read-review.js'
import { listAccounts } from '../../reconciliation/read-transfers.js'
import { searchSchool } from '../../reconciliation/search-school.js'
import { vietnamDay } from '../../time.js'
import { wholeText } from '../format.js'
import { redirect, sendPage } from '../page.js'
import { refusalText } from '../refusal-text.js'
import { sendSchoolTable } from '../school-table.js'
import { readActorNames } from './actor-queries.js'
import { FormBody, textOf, textsOf } from './form-fields.js'
import type { Faults, Form } from './form-fields.js'
import { refusalOf } from './refusal.js'
import type { Refusal } from './refusal.js'
import type { AssignProps } from './review-assign.js'
import { queueTable } from './review-export.js'
import { amountsIn, askingOf, carryOut, fieldOf, FORM_ACTS } from './review-form.js'
import type { FormAct } from './review-form.js'
import { ReviewItemPage } from './review-item.js'
import { proposedSplitIn } from './review-evidence.js'
import { reviewItemPath, reviewPath } from './review-links.js'
import { prefillAmounts } from './review-prefill.js'
import { reviewText } from './review-text.js'
import { ReviewQueuePage } from './review.js'
import { findSchoolName } from './school-name.js'

const ROWS_A_PAGE = 20
const STUDENTS_SHOWN = 8
const QUERY_MAX_CHARS = 200
const read = { scope: 'review:read', page: true } as const
const write = { scope: 'review:write', page: true } as const
const VIEWS = ['open', 'resolved', 'not_ours'] as const
const QueueQuery = Type.Object({
  view: Type.Optional(Type.Enum(VIEWS)),
  reason: Type.Optional(Type.String({ pattern: '^[A-Z_]{1,50}$' })),
  cursor: Type.Optional(Type.String()),
  done: Type.Optional(Type.String()),
  format: Type.Optional(Type.Enum(TABLE_FORMATS)),
})
const ItemParams = Type.Object({ ...SchoolParams.properties, reviewItemId: Type.String({ format: 'uuid' }) })
const ItemQuery = Type.Object({
  student: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  q: Type.Optional(Type.String({ maxLength: QUERY_MAX_CHARS })),
  done: Type.Optional(Type.String()),
})

export function reviewPages(deps: Deps): FastifyPluginAsyncTypebox {
  const { db } = deps
  return async (app) => {
    app.get('/desk/:schoolId/review', {
      config: read, schema: { hide: true, params: SchoolParams, querystring: QueueQuery },
    }, async (request, reply) => {
      const { params: { schoolId }, query: { view = 'open', reason, cursor, done, format }, lang } = request
      if (format !== undefined) {
        const readPage = (from: string | undefined) =>
          listQueue(db, schoolId, { view, reason, bare: true }, { limit: LIMITS.pageSizeMax, cursor: from })
        return sendSchoolTable(request, reply, {
          db, schoolId, format, table: queueTable(db, readPage, lang),
          audit: { action: 'review.export', list: 'review', narrowedBy: { state: view, reason } },
        })
      }
      const { items, nextCursor } = await listQueue(db, schoolId, { view, reason }, { limit: ROWS_A_PAGE, cursor })
      const nextHref = nextCursor === null ? null : reviewPath(schoolId, { view, reason, cursor: nextCursor })
      return sendPage(reply, (
        <ReviewQueuePage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)}
          view={view} reason={reason} counts={await countQueue(db, schoolId)} items={items} nextHref={nextHref}
          done={done}
          names={await readActorNames(db, items.map(({ resolvedBy }) => resolvedBy))} />
      ))
    })

    app.get('/desk/:schoolId/review/:reviewItemId', {
      config: read, schema: { hide: true, params: ItemParams, querystring: ItemQuery },
    }, async (request, reply) => {
      const { params, query: { student = [], q = '', done } } = request
      const chosenIds = studentIdsIn(typeof student === 'string' ? [student] : student)
      return sendItem(deps, request, reply, { ...params, chosenIds, query: q, done })
    })

    // The assignment as it stands in the form, with a student found or added: nothing is booked, nothing typed is lost.
    app.post('/desk/:schoolId/review/:reviewItemId/look', {
      config: write, schema: { hide: true, params: ItemParams, body: FormBody },
    }, async (request, reply) => {
      const { params, body } = request
      const chosenIds = studentIdsIn(textsOf(body, 'student'))
      const query = textOf(body, 'q').slice(0, QUERY_MAX_CHARS)
      return sendItem(deps, request, reply, { ...params, chosenIds, query, act: 'look', form: body })
    })

    // Where a link on that page leads to, such as the one to the other language.
    app.get('/desk/:schoolId/review/:reviewItemId/look', {
      config: read, schema: { hide: true, params: ItemParams },
    }, async ({ params: { schoolId, reviewItemId } }, reply) => redirect(reply, reviewItemPath(schoolId, reviewItemId)))

    app.post('/desk/:schoolId/review/:reviewItemId/:act', {
      config: write,
      schema: {
        hide: true, params: Type.Object({ ...ItemParams.properties, act: Type.Enum(FORM_ACTS) }), body: FormBody,
      },
    }, async (request, reply) => {
      const { params: { schoolId, reviewItemId, act }, body, lang } = request
      let resolved = false
      const refusal = await refusalOf(lang, async () => {
        const outcome = await carryOut(deps, act, askingOf(request, body), { schoolId, reviewItemId }, body)
        resolved = outcome.resolution !== null
      })
      if (refusal) {
        const chosenIds = studentIdsIn(textsOf(body, 'student'))
        return sendItem(deps, request, reply, { schoolId, reviewItemId, chosenIds, query: '', act, refusal, form: body })
      }
      if (act === 'assign' && !resolved) return redirect(reply, `${reviewItemPath(schoolId, reviewItemId)}?done=part`)
      return redirect(reply, reviewPath(schoolId, { done: doneOf(act) }))
    })
  }
}

function doneOf(act: string): string {
  return act === 'assign' ? 'assigned' : act === 'reopen' ? 'reopened' : 'decided'
}

function studentIdsIn(texts: readonly string[]): string[] {
  return [...new Set(texts.filter(isUuid))].slice(0, STUDENTS_SHOWN)
}

interface Shown {
  schoolId: string
  reviewItemId: string
  chosenIds: readonly string[]
  query: string
  done?: string | undefined
  /** The act that was refused, why, and what was typed for it. */
  act?: FormAct | 'look'
  refusal?: Refusal
  form?: Form | undefined
}

async function sendItem(deps: Deps, request: FastifyRequest, reply: FastifyReply, shown: Shown): Promise<FastifyReply> {
  const { db } = deps
  const { schoolId, reviewItemId, act, refusal, form = {}, done } = shown
  const item = await getReviewItem(db, schoolId, reviewItemId)
  const candidates = await findCandidates(db, schoolId, reviewItemId)
  const faults = refusal ? faultsOf(request, refusal, form) : {}
  const isAssign = act === 'assign' || act === 'look'
  const accounts = await listAccounts(db, schoolId)
  const refunds = item.acts.includes('refund') ? await findRefundCandidates(db, schoolId, reviewItemId) : []
  const assign = item.acts.includes('assign') && item.suspenseVnd !== null
    ? await readAssign(deps, request, isAssign ? shown : { ...shown, form: undefined }, item, candidates.items)
    : null
  const names = await readActorNames(db, item.history.map(({ actor }) => actor))
  return sendPage(reply, (
    <ReviewItemPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)} item={item}
      candidates={candidates} accounts={accounts} names={names} done={done} refused={refusal?.text}
      assign={assign && {
        ...assign, accounts, amountSaysNothing: candidates.amountSaysNothing,
        draft: { ...assign.draft, faults: isAssign ? faults : {} },
      }}
      acts={{
        request, schoolId, item, accounts, refunds, requestId: randomUUID(),
        ...(isAssign ? { faults: {}, note: '' } : { faults, note: textOf(form, 'note') }),
      }} />
  ), refusal?.status ?? 200)
}

async function readAssign(
  { db, now }: Deps, request: FastifyRequest, { schoolId, chosenIds, query, act, form = {} }: Shown, item: ShownItem,
  candidates: readonly CandidateItem[],
): Promise<Omit<AssignProps, 'accounts'>> {
  const at = { bankAccountId: item.bankAccountId, bankDay: item.bankDay ?? vietnamDay(now()) }
  const added = chosenIds.filter((id) => !candidates.some(({ studentId }) => studentId === id))
  const students = [...await readChosenStudents(db, schoolId, added, at), ...candidates].slice(0, STUDENTS_SHOWN)
  const suspenseVnd = item.suspenseVnd ?? 0
  const typed = new Map(amountsIn(form).map(({ invoiceId, text }) => [invoiceId, text]))
  const clues = { memo: item.memo, proposedSplit: proposedSplitIn(item.evidence) }
  const drafted = prefillAmounts(suspenseVnd, students, chosenIds, clues)
  // What was refused stands as it was typed, also where that is nothing.
  const isTyped = typed.size > 0 || act === 'assign'
  const amounts = isTyped ? typed : new Map([...drafted].map(([id, vnd]) => [id, wholeText(vnd)]))
  const found = query.trim() === '' ? null : (await searchSchool(db, schoolId, query, now())).students
    .filter(({ id }) => !students.some(({ studentId }) => studentId === id)).slice(0, STUDENTS_SHOWN)
  return {
    request, schoolId, reviewItemId: item.id, requestId: randomUUID(), suspenseVnd, bankAccountId: item.bankAccountId,
    students, chosenIds, found, query, amountSaysNothing: false,
    draft: { amounts, creditStudentId: textOf(form, 'creditStudentId'), note: textOf(form, 'note'), faults: {} },
  }
}

/** A message beside each field that the refusal names. */
function faultsOf({ lang }: FastifyRequest, { cause }: Refusal, form: Form): Faults {
  const t = reviewText[lang]
  if (!(cause instanceof DomainError)) return {}
  return Object.fromEntries(cause.errors.map(({ field, code = cause.code }) => {
    if (code === 'AMOUNT_INVALID') return [field, t.amountInvalid]
    if (cause.code === 'NOTE_REQUIRED') return ['note', t.noteNeeded]
    return [fieldOf(field, form), refusalText(code, lang)]
  }))
}
