// Sums to move between the school's own accounts over HTTP, for people: the list, as a file too, and the two words that
// are said of them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import type { Table } from '../../export/table.js'
import { rowsOfPages } from '../../export/table.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { isUuid } from '../../http/id.js'
import { LIMITS } from '../../limits.js'
import { markDue, markMoved } from '../../reconciliation/move-at-bank.js'
import { ACCOUNT_TRANSFER_STATES, listAccountTransfers, listDuePairs } from '../../reconciliation/read-account-transfers.js'
import type { AccountTransferItem, AccountTransferState } from '../../reconciliation/read-account-transfers.js'
import { listAccounts } from '../../reconciliation/read-transfers.js'
import type { AccountName } from '../../reconciliation/read-transfers.js'
import { vietnamDay } from '../../time.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import type { Lang } from '../text.js'
import { accountTransfersText } from './account-transfers-text.js'
import { AccountTransfersPage } from './account-transfers.js'
import { readActorNames } from './actor-queries.js'
import { dayOf, FormBody, textOf, textsOf } from './form-fields.js'
import { refusalOf } from './refusal.js'
import { accountTransfersPath } from './review-links.js'
import { findSchoolName } from './school-name.js'

const ListQuery = Type.Object({
  state: Type.Optional(Type.Enum(ACCOUNT_TRANSFER_STATES)), cursor: Type.Optional(Type.String()),
  done: Type.Optional(Type.String()), format: Type.Optional(Type.Enum(TABLE_FORMATS)),
})

interface Shown {
  schoolId: string
  view?: AccountTransferState | undefined
  cursor?: string | undefined
  done?: string | undefined
  refused?: string | undefined
  status?: number
}

export function accountTransferPages(deps: Deps): FastifyPluginAsyncTypebox {
  const { db, now } = deps
  const write = { scope: 'review:write', page: true } as const
  return async (app) => {
    app.get('/desk/:schoolId/account-transfers', {
      config: { scope: 'review:read', page: true }, schema: { hide: true, params: SchoolParams, querystring: ListQuery },
    }, async (request, reply) => {
      const { params: { schoolId }, query: { state, cursor, done, format }, lang } = request
      if (format === undefined) return send(deps, request, reply, { schoolId, view: state, cursor, done })
      const items = rowsOfPages((from) =>
        listAccountTransfers(db, schoolId, { state }, { limit: LIMITS.pageSizeMax, cursor: from }))
      return sendSchoolTable(request, reply, {
        db, schoolId, format, table: fileOf(items, await listAccounts(db, schoolId), lang),
        audit: { action: 'account_transfer.export', list: 'account_transfers', narrowedBy: { state } },
      })
    })

    app.post('/desk/:schoolId/account-transfers/moved', {
      config: write, schema: { hide: true, params: SchoolParams, body: FormBody },
    }, async (request, reply) => {
      const { params: { schoolId }, body, actor, lang } = request
      const t = accountTransfersText[lang]
      const ids = textsOf(body, 'id').filter(isUuid)
      const movedOn = dayOf(textOf(body, 'movedOn'))
      if (ids.length === 0) return send(deps, request, reply, { schoolId, refused: t.chooseOne, status: 422 })
      if (movedOn === undefined) return send(deps, request, reply, { schoolId, refused: t.dayNeeded, status: 422 })
      const refusal = await refusalOf(lang, () => markMoved(db, actor, { schoolId, ids, movedOn }, now()))
      if (refusal) return send(deps, request, reply, { schoolId, refused: refusal.text, status: refusal.status })
      return redirect(reply, accountTransfersPath(schoolId, { done: 'moved' }))
    })

    app.post('/desk/:schoolId/account-transfers/due', {
      config: write, schema: { hide: true, params: SchoolParams, body: FormBody },
    }, async (request, reply) => {
      const { params: { schoolId }, body, actor, lang } = request
      const ids = textsOf(body, 'id').filter(isUuid)
      const refusal = await refusalOf(lang, () => markDue(db, actor, { schoolId, ids }))
      if (refusal) {
        const { text: refused, status } = refusal
        return send(deps, request, reply, { schoolId, view: 'moved', refused, status })
      }
      return redirect(reply, accountTransfersPath(schoolId, { done: 'due' }))
    })
  }
}

async function send(
  { db, now }: Deps, request: FastifyRequest, reply: FastifyReply,
  { schoolId, view = 'due', cursor, done, refused, status = 200 }: Shown,
): Promise<FastifyReply> {
  const page = { limit: LIMITS.pageSizeMax, cursor }
  const { items, nextCursor } = await listAccountTransfers(db, schoolId, { state: view }, page)
  const nextHref = nextCursor === null ? null : accountTransfersPath(schoolId, { state: view, cursor: nextCursor })
  return sendPage(reply, (
    <AccountTransfersPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)}
      view={view} accounts={await listAccounts(db, schoolId)} items={items} pairs={await listDuePairs(db, schoolId)}
      names={await readActorNames(db, items.map(({ movedBy }) => movedBy))} today={vietnamDay(now())}
      nextHref={nextHref} done={done} refused={refused} />
  ), status)
}

function fileOf(items: AsyncIterable<AccountTransferItem>, accounts: readonly AccountName[], lang: Lang): Table {
  const t = accountTransfersText[lang]
  const numberOf = new Map(accounts.map(({ id, accountNumber }) => [id, accountNumber]))
  async function* rows() {
    for await (const one of items) {
      yield [one.dueOn, numberOf.get(one.fromBankAccountId) ?? null, numberOf.get(one.toBankAccountId) ?? null,
        one.amountVnd, one.reversesId === null ? t.forBill : t.wayBack, one.bankDay, one.memo, t[one.state],
        one.movedOn]
    }
  }
  return {
    fileName: t.title, sheetName: t.due,
    columns: [
      { title: t.dueOn, kind: 'day' }, { title: t.from, kind: 'text' }, { title: t.to, kind: 'text' },
      { title: t.amount, kind: 'vnd' }, { title: t.way, kind: 'text' }, { title: t.bankDay, kind: 'day' },
      { title: t.transfer, kind: 'text' }, { title: t.state, kind: 'text' }, { title: t.movedOn, kind: 'day' },
    ],
    rows: rows(),
  }
}
