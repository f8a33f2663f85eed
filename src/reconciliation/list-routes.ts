// What the accountant reads: transfers, what waits for a person, cash receipts, one student's money, the balances
// of the books. It changes nothing.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.js'
import { SchoolParams } from '../directory/schema.js'
import { StudentParams } from '../directory/student-schema.js'
import { DomainError } from '../errors.js'
import { isUuid } from '../http/id.js'
import { decodeCursor, decodeIdCursor, Page, toPage } from '../http/paging.js'
import { paymentCodeNumber, paymentCodeText } from '../invoicing/payment-code.js'
import { LIMITS } from '../limits.js'
import { sumVnd } from '../money.js'
import { vietnamDay } from '../time.js'
import {
  BalancesQuery, BalancesReply, CashReceiptQuery, CashReceiptReply, ReviewDetailReply, ReviewParams, ReviewQuery,
  ReviewReply, StudentAccountReply, TransactionDetailReply, TransactionParams, TransactionQuery, TransactionReply,
} from './lists-schema.js'
import { selectCashReceipts } from './queries/cash-receipts.js'
import { selectLedgerBalances } from './queries/ledger-balances.js'
import { selectReviewItems } from './queries/review.js'
import { selectStudentAccount } from './queries/student-account.js'
import type { StudentAccount } from './queries/student-account.js'
import { selectTransaction, selectTransactions } from './queries/transactions.js'
import type { TransactionKey } from './queries/transactions.js'
import { getReviewItem } from './read-review.js'
import { actsOn } from './review-item.js'

const SCHOOL = '/api/v1/schools/:schoolId'
const bankingRead = { scope: 'banking:read' } as const
const reviewRead = { scope: 'review:read' } as const
const invoicesRead = { scope: 'invoices:read' } as const

export function reconciliationListRoutes(deps: Deps): FastifyPluginAsyncTypebox {
  return async (app) => {
    await app.register(transactionRoutes(deps))
    await app.register(reviewRoutes(deps))
    await app.register(bookRoutes(deps))
  }
}

function transactionRoutes({ db }: Deps): FastifyPluginAsyncTypebox {
  const tags = ['transactions']
  return async (app) => {
    app.get(`${SCHOOL}/transactions`, {
      config: bankingRead,
      schema: {
        operationId: 'listTransactions', tags,
        summary: 'Bank transactions and where their money sits, newest day first',
        params: SchoolParams, querystring: TransactionQuery, response: { 200: Page(TransactionReply) },
      },
    }, async ({ params: { schoolId }, query: { limit = LIMITS.pageSizeDefault, cursor, ...filter } }) => {
      const query = selectTransactions(schoolId, filter, limit + 1, readTransactionCursor(cursor))
      const { rows } = await db.inSchool(schoolId, (trx) => query.execute(trx))
      return toPage(rows, limit, ({ bankDay, id }) => [bankDay, id])
    })

    app.get(`${SCHOOL}/transactions/:transactionId`, {
      config: bankingRead,
      schema: {
        operationId: 'getTransaction', tags,
        summary: 'A bank transaction with its decisions, allocations and entries',
        params: TransactionParams, response: { 200: TransactionDetailReply },
      },
    }, async ({ params: { schoolId, transactionId } }) => {
      const [found] = isUuid(transactionId)
        ? (await db.inSchool(schoolId, (trx) => selectTransaction(schoolId, transactionId).execute(trx))).rows
        : []
      return found ?? notFound('TRANSACTION', 'bank transaction')
    })
  }
}

function reviewRoutes({ db }: Deps): FastifyPluginAsyncTypebox {
  const tags = ['review']
  return async (app) => {
    app.get(`${SCHOOL}/review`, {
      config: reviewRead,
      schema: {
        operationId: 'listReviewItems', tags, summary: 'What waits for a person, longest first, with its evidence',
        params: SchoolParams, querystring: ReviewQuery, response: { 200: Page(ReviewReply) },
      },
    }, async ({ params: { schoolId }, query: { limit = LIMITS.pageSizeDefault, cursor, ...filter } }) => {
      const { state = 'open', reason } = filter
      const query = selectReviewItems(schoolId, { state, reason }, limit + 1, decodeIdCursor(cursor))
      const { rows } = await db.inSchool(schoolId, (trx) => query.execute(trx))
      return toPage(rows.map((row) => ({ ...row, acts: [...actsOn(row)] })), limit, ({ id }) => [id])
    })

    app.get(`${SCHOOL}/review/:reviewId`, {
      config: reviewRead,
      schema: {
        operationId: 'getReviewItem', tags, summary: 'What waits for a person, with the event or the call behind it',
        params: ReviewParams, response: { 200: ReviewDetailReply },
      },
    }, async ({ params: { schoolId, reviewId } }) => {
      const { callbackBody, acts, ...item } = await getReviewItem(db, schoolId, reviewId)
      return { ...item, acts: [...acts], callbackText: callbackBody?.toString('utf8') ?? null }
    })
  }
}

function bookRoutes({ db, now }: Deps): FastifyPluginAsyncTypebox {
  const tags = ['books']
  return async (app) => {
    app.get(`${SCHOOL}/cash-receipts`, {
      config: bankingRead,
      schema: {
        operationId: 'listCashReceipts', tags, summary: 'Cash receipts, newest number first',
        params: SchoolParams, querystring: CashReceiptQuery, response: { 200: Page(CashReceiptReply) },
      },
    }, async ({ params: { schoolId }, query: { limit = LIMITS.pageSizeDefault, cursor, ...filter } }) => {
      const before = readNumberCursor(cursor)
      const rows = await db.inSchool(schoolId, (trx) =>
        selectCashReceipts(trx, schoolId, filter, limit + 1, before).execute())
      const { items, nextCursor } = toPage(rows, limit, ({ number }) => [number])
      const toReply = ({ recordedAt, ...item }: typeof rows[number]) =>
        ({ ...item, recordedAt: recordedAt.toISOString() })
      return { items: items.map(toReply), nextCursor }
    })

    app.get(`${SCHOOL}/students/:studentId/account`, {
      config: invoicesRead,
      schema: {
        operationId: 'getStudentAccount', tags,
        summary: 'The whole money history of a student: bills, payments, credit',
        params: StudentParams, response: { 200: StudentAccountReply },
      },
    }, async ({ params: { schoolId, studentId } }) => {
      const [found] = isUuid(studentId)
        ? (await db.inSchool(schoolId, (trx) => selectStudentAccount(schoolId, studentId).execute(trx))).rows
        : []
      return found ? toAccountReply(found) : notFound('STUDENT', 'student')
    })

    app.get(`${SCHOOL}/ledger/balances`, {
      config: bankingRead,
      schema: {
        operationId: 'getLedgerBalances', tags, summary: 'Balance of each ledger account, recounted as of a day',
        params: SchoolParams, querystring: BalancesQuery, response: { 200: BalancesReply },
      },
    }, async ({ params: { schoolId }, query: { asOf = vietnamDay(now()) } }) => {
      const { rows } = await db.inSchool(schoolId, (trx) => selectLedgerBalances(schoolId, asOf).execute(trx))
      const debitVnd = sumVnd(rows.map((row) => row.debitVnd))
      const creditVnd = sumVnd(rows.map((row) => row.creditVnd))
      return { asOf, debitVnd, creditVnd, accounts: rows }
    })
  }
}

function toAccountReply({ bills, ...account }: StudentAccount) {
  const openVnd = account.billedVnd - account.paidVnd
  return {
    ...account,
    openVnd,
    balanceVnd: account.creditVnd - openVnd,
    bills: bills.map((bill) => ({ ...bill, paymentCode: paymentCodeText(paymentCodeNumber(bill.paymentCode)) })),
  }
}

function notFound(kind: string, words: string): never {
  throw new DomainError(`${kind}_NOT_FOUND`, `this school has no such ${words}`)
}

function readTransactionCursor(cursor: string | undefined): TransactionKey | undefined {
  if (cursor === undefined) return undefined
  const [bankDay, id] = decodeCursor(cursor, 'day', 'id')
  return { bankDay, id }
}

function readNumberCursor(cursor: string | undefined): number | undefined {
  return cursor === undefined ? undefined : Number(decodeCursor(cursor, 'bigint')[0])
}
