// Cash at the counter knows no bank account: it pays the bills of every account, oldest first, and what is over is
// asked about. The school has bills of two accounts.
import t from 'tap'
import type { Actor } from '../../src/access/actor.js'
import { billStudent } from '../../src/invoicing/bill-student.js'
import { cancelInvoice } from '../../src/invoicing/cancel.js'
import { applyCredits } from '../../src/reconciliation/apply-credits.js'
import { previewCash, recordCash, reverseCash } from '../../src/reconciliation/record-cash.js'
import type { CashReceiptInput } from '../../src/reconciliation/record-cash.js'
import { SAMPLE_NOW, seedSchool } from '../invoicing/school.js'
import { openPostingWorld } from '../support/posting.js'

const CASHIER: Actor = { name: 'user:cashier', grants: [], address: null }
const DAY = '2026-11-20'
// What the round plans for everybody, all into the main account.
const MAIN = 1_074_995
const INSURANCE = 631_800

t.test('cash', async (t) => {
  const world = await openPostingWorld(t)
  const { db } = world
  const deps = { db, now: () => SAMPLE_NOW }

  async function open(): Promise<Counter> {
    const school = await seedSchool(world.database.ownerUrl, { students: 1 })
    const { schoolId, roundId, feeKindIds } = school
    const [studentId = ''] = school.studentIds
    await billStudent(deps, CASHIER, schoolId, { studentId, roundId, lines: [] })
    const bills = await world.rows<{ id: string; vnd: string }>(
      'SELECT id, payable_vnd AS vnd FROM invoice WHERE school_id = $1 ORDER BY due_on, id', [schoolId])
    const idOf = (vnd: number) => bills.find((bill) => Number(bill.vnd) === vnd)?.id ?? ''
    return {
      schoolId, studentId, roundId, feeKindIds, main: idOf(MAIN), insurance: idOf(INSURANCE),
      take: (more) =>
        recordCash(db, schoolId, CASHIER, { studentId, amountVnd: 1, receivedOn: DAY, ...more }, SAMPLE_NOW),
      async paid() {
        const rows = await world.rows<{ paid: string }>(
          `SELECT paid_vnd AS paid FROM invoice WHERE school_id = $1 AND state = 'issued' ORDER BY payable_vnd`, [schoolId])
        return rows.map(({ paid }) => Number(paid))
      },
      books: () => world.assertBooks(schoolId),
    }
  }

  t.test('one receipt pays the bills of two accounts, and nothing is left over', async (t) => {
    const counter = await open()
    const receipt = await counter.take({ amountVnd: MAIN + INSURANCE })
    t.equal(receipt.creditVnd, 0)
    t.same(await counter.paid(), [INSURANCE, MAIN])
    await counter.books()
    await reverseCash(db, counter.schoolId, CASHIER, receipt.id, 'ghi nhầm', SAMPLE_NOW)
    t.same(await counter.paid(), [0, 0], 'and taking it back frees both')
    await counter.books()
  })

  t.test('a part of what is owed pays the oldest bill first', async (t) => {
    const counter = await open()
    await counter.take({ amountVnd: 5_000 })
    t.equal((await counter.paid()).reduce((a, b) => a + b), 5_000)
    const { schoolId, studentId } = counter
    const { bills, restVnd } = await previewCash(db, schoolId, { studentId, amountVnd: 2_000_000 })
    t.same([bills.length, bills.reduce((sum, bill) => sum + bill.openVnd, 0), restVnd],
      [2, MAIN + INSURANCE - 5_000, 2_000_000 - MAIN - INSURANCE + 5_000], 'both bills, and what would be over')
    await counter.books()
  })

  t.test('more than is owed is refused with the rest, and kept only where that was said', async (t) => {
    const counter = await open()
    const amountVnd = MAIN + INSURANCE + 50_000
    await t.rejects(counter.take({ amountVnd }), { code: 'CASH_OVER_OWED', message: /^50000 đồng more/ })
    t.same(await counter.paid(), [0, 0])
    const receipt = await counter.take({ amountVnd, keepRestAsCredit: true })
    t.equal(receipt.creditVnd, 50_000)
    await counter.books()
    const [row] = await world.rows('SELECT bank_account_id, kept_vnd FROM cash_receipt WHERE school_id = $1', [counter.schoolId])
    t.same(row, { bank_account_id: null, kept_vnd: '50000' })
  })

  t.test('a named bill is the one that is meant, and the rest is asked about', async (t) => {
    const counter = await open()
    const named = { invoiceId: counter.main, amountVnd: MAIN + 1_000 }
    await t.rejects(counter.take(named), { code: 'CASH_OVER_OWED' })
    await counter.take({ ...named, amountVnd: MAIN })
    t.same(await counter.paid(), [0, MAIN])
    await t.rejects(counter.take({ ...named, amountVnd: 1 }), { code: 'NOTHING_TO_PAY' })
    await counter.books()
  })

  t.test('what was kept pays the next bill of whichever account', async (t) => {
    const counter = await open()
    await counter.take({ invoiceId: counter.main, amountVnd: MAIN + 30_000, keepRestAsCredit: true })
    await spend(counter)
    t.same(await counter.paid(), [30_000, MAIN], 'here of the other account')
    await counter.books()
  })

  t.test('a receipt of before, with an account, pays any account\'s bills as well', async (t) => {
    const counter = await open()
    await counter.take({ invoiceId: counter.main, amountVnd: MAIN + 30_000, keepRestAsCredit: true })
    await world.owner.query(`UPDATE credit SET bank_account_id = (SELECT bank_account_id FROM invoice WHERE school_id = $1
      AND id = $2) WHERE school_id = $1`, [counter.schoolId, counter.main])
    await world.owner.query('UPDATE cash_receipt SET kept_vnd = NULL WHERE school_id = $1', [counter.schoolId])
    await spend(counter)
    t.same(await counter.paid(), [30_000, MAIN])
    await counter.books()
  })

  t.test('cash of a bill that is withdrawn is held for the child, in no account', async (t) => {
    const counter = await open()
    await counter.take({ amountVnd: MAIN + INSURANCE })
    await cancelInvoice(deps, CASHIER, counter.schoolId, { invoiceId: counter.insurance, reason: 'có thẻ của quân đội' })
    const credits = await world.rows('SELECT bank_account_id, held_vnd FROM credit WHERE school_id = $1', [counter.schoolId])
    t.same(credits, [{ bank_account_id: null, held_vnd: String(INSURANCE) }])
    await counter.books()
  })

  t.test('a split that changed since it was seen is not booked', async (t) => {
    const counter = await open()
    const { studentId, schoolId } = counter
    const seen = await previewCash(db, schoolId, { studentId, amountVnd: MAIN + INSURANCE })
    await counter.take({ invoiceId: counter.main, amountVnd: 5_000 })
    await t.rejects(counter.take({ amountVnd: MAIN + INSURANCE, seenSplit: seen.splitMark }),
      { code: 'CASH_SPLIT_CHANGED_CONFLICT' })
    await counter.books()
  })

  async function spend({ schoolId, studentId }: Counter): Promise<void> {
    await db.inSchool(schoolId, (trx) => applyCredits(trx, { schoolId, studentIds: [studentId], actor: 'run', today: DAY }))
  }
})

interface Counter {
  schoolId: string
  studentId: string
  roundId: string
  feeKindIds: Record<string, string>
  main: string
  insurance: string
  take(more: Partial<CashReceiptInput>): ReturnType<typeof recordCash>
  /** Of the issued bills, the smaller first. */
  paid(): Promise<number[]>
  books(): Promise<void>
}
