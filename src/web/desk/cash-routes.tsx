// Cash over HTTP: the receipts of a day, one receipt, taking it back, and the file of a period.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { DomainError } from '../../errors.js'
import { rowsOfPages } from '../../export/table.js'
import type { Table, TableRow } from '../../export/table.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { isUuid } from '../../http/id.js'
import { LIMITS } from '../../limits.js'
import { reverseCash } from '../../reconciliation/record-cash.js'
import { formatDay, isDay, vietnamDay } from '../../time.js'
import type { Day } from '../../time.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import type { Lang } from '../text.js'
import { CashPage } from './cash-page.js'
import { findCashReceipt, readCashRows, readCashTotals } from './cash-queries.js'
import type { CashFilter, CashReceiptDetail } from './cash-queries.js'
import { ReceiptPage } from './cash-receipt.js'
import { cashText } from './cash-text.js'
import { FormBody, textOf } from './form-fields.js'
import { refusalOf } from './refusal.js'
import { findSchoolName } from './school-name.js'
import { receiptPath } from './student-links.js'

const lang = Type.Optional(Type.String({ maxLength: 5 }))
const DayQueryText = Type.Optional(Type.String({ maxLength: 10 }))
const DayQuery = Type.Object({ day: DayQueryText, cursor: Type.Optional(Type.String({ maxLength: 16 })), lang })
const FileQuery = Type.Object({ from: DayQueryText, to: DayQueryText, lang })
const ReceiptParams = Type.Object({ ...SchoolParams.properties, receiptId: Type.String() })
const DoneQuery = Type.Object({ done: Type.Optional(Type.String({ maxLength: 20 })), lang })

export function cashPages(deps: Deps): FastifyPluginAsyncTypebox {
  const { db, now } = deps
  return async (app) => {
    app.get('/desk/:schoolId/cash', {
      config: { scope: 'invoices:read', page: true },
      schema: { hide: true, params: SchoolParams, querystring: DayQuery },
    }, async (request, reply) => {
      const { params: { schoolId }, query: { day: asked, cursor } } = request
      const today = vietnamDay(now())
      const day = dayOr(asked, today)
      const filter = { from: day, to: day }
      const read = await db.inSchool(schoolId, async (trx) => ({
        page: await readCashRows(trx, schoolId, filter, LIMITS.pageSizeDefault, numberOf(cursor)),
        totals: await readCashTotals(trx, schoolId, filter),
      }))
      return sendPage(reply, (
        <CashPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)} day={day}
          today={today} receipts={read.page.items} totals={read.totals} nextCursor={read.page.nextCursor} />
      ))
    })

    for (const format of TABLE_FORMATS) {
      app.get(`/desk/:schoolId/cash.${format}`, {
        config: { scope: 'invoices:read', page: true },
        schema: { hide: true, params: SchoolParams, querystring: FileQuery },
      }, async (request, reply) => {
        const { params: { schoolId }, query } = request
        const today = vietnamDay(now())
        const from = dayOr(query.from, today)
        return sendSchoolTable(request, reply, {
          db, schoolId, format, table: cashTable(deps, schoolId, { from, to: dayOr(query.to, from) }, request.lang),
          audit: { action: 'cash_receipt.export', list: 'cash', narrowedBy: { days: from } },
        })
      })
    }

    app.get('/desk/:schoolId/cash/:receiptId', {
      config: { scope: 'invoices:read', page: true },
      schema: { hide: true, params: ReceiptParams, querystring: DoneQuery },
    }, async (request, reply) => {
      const { params: { schoolId, receiptId }, query: { done } } = request
      return sendPage(reply, (
        <ReceiptPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)}
          receipt={await getReceipt(deps, schoolId, receiptId)} done={done} />
      ))
    })

    app.post('/desk/:schoolId/cash/:receiptId/reverse', {
      config: { scope: 'cash:write', page: true }, schema: { hide: true, params: ReceiptParams, body: FormBody },
    }, async (request, reply) => {
      const { params: { schoolId, receiptId }, body, actor } = request
      const receipt = await getReceipt(deps, schoolId, receiptId)
      const reason = textOf(body, 'reason')
      const isReason = reason.length >= REASON_CHARS.min && reason.length <= REASON_CHARS.max
      const refusal = isReason
        ? await refusalOf(request.lang, () => reverseCash(db, schoolId, actor, receiptId, reason, now()))
        : undefined
      if (isReason && refusal === undefined) return redirect(reply, `${receiptPath(schoolId, receiptId)}?done=reversed`)
      return sendPage(reply, (
        <ReceiptPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)}
          receipt={receipt} refused={refusal?.text} reason={reason}
          reasonFault={isReason ? undefined : cashText[request.lang].reasonNeeded} />
      ), refusal?.status ?? 422)
    })
  }
}

const REASON_CHARS = { min: 3, max: 500 }

function dayOr(text: string | undefined, otherwise: Day): Day {
  return text !== undefined && isDay(text) ? text : otherwise
}

function numberOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw new DomainError('CURSOR_INVALID', 'cursor is not one that this list gave')
}

/** Throws `CASH_RECEIPT_NOT_FOUND`. */
async function getReceipt({ db }: Pick<Deps, 'db'>, schoolId: string, receiptId: string): Promise<CashReceiptDetail> {
  const receipt = isUuid(receiptId)
    ? await db.inSchool(schoolId, (trx) => findCashReceipt(trx, schoolId, receiptId))
    : undefined
  if (receipt !== undefined) return receipt
  throw new DomainError('CASH_RECEIPT_NOT_FOUND', 'there is no such receipt in this school')
}

function cashTable({ db }: Pick<Deps, 'db'>, schoolId: string, filter: CashFilter, language: Lang): Table {
  const t = cashText[language]
  async function* rows(): AsyncGenerator<TableRow> {
    const pages = rowsOfPages((cursor) => db.inSchool(schoolId, (trx) =>
      readCashRows(trx, schoolId, filter, LIMITS.exportPageRows, numberOf(cursor))))
    for await (const row of pages) {
      yield [
        row.number, row.receivedOn, row.className, row.fullName, row.amountVnd, row.allocatedVnd, row.creditedVnd,
        row.isReversed ? t.reversed : t.valid, row.note, row.actorName, row.recordedAt,
      ]
    }
  }
  return {
    fileName: `${t.file} ${t.fileOf(formatDay(filter.from), formatDay(filter.to))}`,
    sheetName: t.file,
    columns: [
      { title: t.number, kind: 'integer' }, { title: t.receivedOn, kind: 'day' }, { title: t.class, kind: 'text' },
      { title: t.student, kind: 'text' }, { title: t.amount, kind: 'vnd' }, { title: t.onBills, kind: 'vnd' },
      { title: t.held, kind: 'vnd' }, { title: t.state, kind: 'text' }, { title: t.note, kind: 'text' },
      { title: t.by, kind: 'text' }, { title: t.recordedAt, kind: 'instant' },
    ],
    rows: rows(),
  }
}
