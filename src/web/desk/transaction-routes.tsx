// Bank transfers over HTTP, for people: the list with its filters and as a file, one transfer, and undoing it.
import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Database } from '../../db/tenancy.js'
import type { Deps } from '../../deps.js'
import { SchoolParams } from '../../directory/schema.js'
import { TABLE_FORMATS } from '../../export/table-file.js'
import { rowsOfPages } from '../../export/table.js'
import { isUuid } from '../../http/id.js'
import { LIMITS } from '../../limits.js'
import {
  getTransfer, listAccounts, listTransfers, TRANSACTION_STATES,
} from '../../reconciliation/read-transfers.js'
import type { ShownTransfer, TransactionFilter } from '../../reconciliation/read-transfers.js'
import { undoTransfer } from '../../reconciliation/undo-transfer.js'
import { redirect, sendPage } from '../page.js'
import { sendSchoolTable } from '../school-table.js'
import type { ExportAudit } from '../school-table.js'
import { readActorNames } from './actor-queries.js'
import { dayOf, FormBody, textOf } from './form-fields.js'
import { refusalOf } from './refusal.js'
import type { Refusal } from './refusal.js'
import { askingOf } from './review-form.js'
import { transactionPath, transactionsPath } from './review-links.js'
import { findSchoolName } from './school-name.js'
import { decisionsTable, journalTable, transferTable } from './transaction-export.js'
import { TransactionPage } from './transaction.js'
import { TransactionsPage } from './transactions.js'
import { transactionsText } from './transactions-text.js'

const ROWS_A_PAGE = 50
const Text = Type.Optional(Type.String({ maxLength: 200 }))
/** An empty field of the filter form filters nothing. */
const ListQuery = Type.Object({
  bankAccountId: Text, from: Text, to: Text, state: Text, direction: Text, cursor: Type.Optional(Type.String()),
  format: Type.Optional(Type.Enum(TABLE_FORMATS)),
})
const OneParams = Type.Object({ ...SchoolParams.properties, transactionId: Type.String({ format: 'uuid' }) })
const OneQuery = Type.Object({ done: Type.Optional(Type.String()) })

export function transactionPages(deps: Deps): FastifyPluginAsyncTypebox {
  const { db, now } = deps
  return async (app) => {
    app.get('/desk/:schoolId/transactions', {
      config: { scope: 'review:read', page: true }, schema: { hide: true, params: SchoolParams, querystring: ListQuery },
    }, async (request, reply) => {
      const { params: { schoolId }, query: { cursor, format, ...asked }, lang } = request
      const filter = filterOf(asked)
      const accounts = await listAccounts(db, schoolId)
      if (format !== undefined) {
        const items = rowsOfPages((from) =>
          listTransfers(db, schoolId, filter, { limit: LIMITS.pageSizeMax, cursor: from }))
        return sendSchoolTable(request, reply, {
          db, schoolId, format, table: transferTable(items, accounts, lang),
          audit: { action: 'transaction.export', list: 'transfers', narrowedBy: kindsOf(filter) },
        })
      }
      const { items, nextCursor } = await listTransfers(db, schoolId, filter, { limit: ROWS_A_PAGE, cursor })
      const nextHref = nextCursor === null ? null : transactionsPath(schoolId, { ...filter, cursor: nextCursor })
      return sendPage(reply, (
        <TransactionsPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)}
          filter={filter} accounts={accounts} items={items} nextHref={nextHref} />
      ))
    })

    app.get('/desk/:schoolId/transactions/:transactionId', {
      config: { scope: 'review:read', page: true }, schema: { hide: true, params: OneParams, querystring: OneQuery },
    }, async (request, reply) => sendTransfer(deps, request, reply, { ...request.params, done: request.query.done }))

    for (const [list, tableOf] of [['journal', journalTable], ['decisions', decisionsTable]] as const) {
      app.get(`/desk/:schoolId/transactions/:transactionId/export/${list}`, {
        config: { scope: 'review:read', page: true },
        schema: { hide: true, params: OneParams, querystring: Type.Object({ format: Type.Enum(TABLE_FORMATS) }) },
      }, async (request, reply) => {
        const { params: { schoolId, transactionId }, query: { format }, lang } = request
        const transfer = await getTransfer(db, schoolId, transactionId)
        return sendSchoolTable(request, reply, {
          db, schoolId, format, table: tableOf({ schoolId, transfer, names: await readNames(db, transfer) }, lang),
          audit: { action: 'transaction.export', list, of: { kind: 'bank_transaction', id: transactionId } },
        })
      })
    }

    app.post('/desk/:schoolId/transactions/:transactionId/undo', {
      config: { scope: 'review:write', page: true }, schema: { hide: true, params: OneParams, body: FormBody },
    }, async (request, reply) => {
      const { params, params: { schoolId, transactionId }, body, lang } = request
      const refusal = await refusalOf(lang, () =>
        undoTransfer(db, askingOf(request, body), { schoolId, transactionId, now: now() }))
      if (refusal) return sendTransfer(deps, request, reply, { ...params, refusal, note: textOf(body, 'note') })
      return redirect(reply, `${transactionPath(schoolId, transactionId)}?done=undone`)
    })
  }
}

type Asked = Readonly<Partial<Record<'bankAccountId' | 'from' | 'to' | 'state' | 'direction', string | undefined>>>

function filterOf({ bankAccountId = '', from = '', to = '', state, direction }: Asked): TransactionFilter {
  const chosen = TRANSACTION_STATES.find((one) => one === state)
  const way = (['in', 'out'] as const).find((one) => one === direction)
  return {
    ...(isUuid(bankAccountId) && { bankAccountId }),
    ...(dayOf(from) !== undefined && { from }),
    ...(dayOf(to) !== undefined && { to }),
    ...(chosen && { state: chosen }),
    ...(way && { direction: way }),
  }
}

function kindsOf({ bankAccountId, from, to, state, direction }: TransactionFilter): NonNullable<ExportAudit['narrowedBy']> {
  return { account: bankAccountId, days: from ?? to, state, direction }
}

/** Of everybody who did something to it. */
async function readNames(
  db: Database, { acts, entries, decisions }: ShownTransfer,
): Promise<ReadonlyMap<string, string>> {
  return readActorNames(db, [...acts, ...entries, ...decisions].map(({ actor }) => actor))
}

interface Shown {
  schoolId: string
  transactionId: string
  done?: string | undefined
  refusal?: Refusal
  note?: string
}

async function sendTransfer(
  { db }: Deps, request: FastifyRequest, reply: FastifyReply, { schoolId, transactionId, done, refusal, note = '' }: Shown,
): Promise<FastifyReply> {
  const transfer = await getTransfer(db, schoolId, transactionId)
  const accounts = await listAccounts(db, schoolId)
  const noteFault = refusal?.code === 'NOTE_REQUIRED' ? transactionsText[request.lang].noteNeeded : undefined
  return sendPage(reply, (
    <TransactionPage request={request} schoolId={schoolId} schoolName={await findSchoolName(db, schoolId)}
      transfer={transfer} account={accounts.find(({ id }) => id === transfer.bankAccountId)} requestId={randomUUID()}
      names={await readNames(db, transfer)} done={done} refused={refusal?.text} note={note} noteFault={noteFault} />
  ), refusal?.status ?? 200)
}
