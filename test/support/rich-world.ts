// A database with everything in it that `verify` looks at, made by the service's own code: payments of every
// outcome, cash, credit that pays, a withdrawn bill, an invoice run with exemptions, all under one
// department.
import assert from 'node:assert/strict'
import type { Test } from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../../src/access/actor.js'
import { foldFacts } from '../../src/adoption/fold.js'
import { issueStudentCode } from '../../src/directory/issue-student-code.js'
import { billStudent } from '../../src/invoicing/bill-student.js'
import { cancelInvoice } from '../../src/invoicing/cancel.js'
import { paymentCodeNumber, paymentCodeText } from '../../src/invoicing/payment-code.js'
import { runInvoices } from '../../src/invoicing/run.js'
import { assignTransfer } from '../../src/reconciliation/assign.js'
import { decideCredit } from '../../src/reconciliation/decide-credit.js'
import { findRefundCandidates, pairRefund } from '../../src/reconciliation/decide-refund.js'
import { deliverNotices } from '../../src/reconciliation/deliver-notices.js'
import { recordCash, reverseCash } from '../../src/reconciliation/record-cash.js'
import { undoTransfer } from '../../src/reconciliation/undo-transfer.js'
import { seedSchool as seedBillable, SAMPLE_NOW } from '../invoicing/school.js'
import type { SampleSchool } from '../invoicing/school.js'
import { sepayBody } from './callbacks.js'
import type { SepayBody } from './callbacks.js'
import type { TestDatabaseOptions } from './database.js'
import { openPostingWorld } from './posting.js'
import type { PostingWorld } from './posting.js'
import type { SeededBill, SeededSchool } from './seed-school.js'

const ACCOUNTANT = { actor: { name: 'user:accountant', address: null }, note: 'chuyển nhầm tài khoản của trường' }
const CASHIER: Actor = { name: 'cashier', grants: [], address: null }
const now = () => SAMPLE_NOW

let lastId = 5_000

function paying(school: SeededSchool, bill: SeededBill | undefined, more: Partial<SepayBody> = {}): Buffer {
  assert(bill, 'the school has this bill')
  const { accountNumber } = school
  return sepayBody({ id: ++lastId, accountNumber, content: `CK ${bill.code} HP`, amountVnd: bill.payableVnd, ...more })
}

export interface RichWorld extends PostingWorld {
  /** The department that all schools report to. */
  authorityId: string
  schoolIds: readonly string[]
}

export async function openRichWorld(t: Test, options: TestDatabaseOptions = {}): Promise<RichWorld> {
  const world = await openPostingWorld(t, options)
  const [here, there] = [await world.seed({ students: 10 }), await world.seed({ students: 2 })]
  const billed = await seedBillable(world.database.ownerUrl, { students: 12, classSize: 6, exemptEvery: 3 })
  await putUnder(world, billed.authorityId, [here, there])
  await receiveEverything(world, here, there)
  await receiveRows(world)
  await giveBack(world, here)
  await foldFacts(world.db)
  await takeCash(world, here)
  await billAndPay(world, billed)
  await deliverNotices(world.db)
  await world.owner.query('ANALYZE')
  const schoolIds = [here, there, billed].map(({ schoolId }) => schoolId)
  return { ...world, authorityId: billed.authorityId, schoolIds }
}

async function putUnder(world: PostingWorld, authorityId: string, schools: readonly SeededSchool[]): Promise<void> {
  for (const { schoolId } of schools) {
    await world.owner.query(`INSERT INTO school_authority (school_id, link, valid_from, authority_id)
      VALUES ($1, 'reporting', '2020-09-01', $2)`, [schoolId, authorityId])
  }
}

async function receiveEverything(world: PostingWorld, here: SeededSchool, there: SeededSchool): Promise<void> {
  const { bills } = here
  await world.post(here, [
    paying(here, bills[0]),
    paying(here, bills[1], { amountVnd: 250_000 }),
    paying(here, bills[2], { amountVnd: 400_000 }),
    paying(here, bills[3], { time: '08:00:00' }),
    paying(here, bills[3], { time: '09:00:00' }),
    paying(here, bills[4], { reference: 'FT-BACK' }),
    paying(here, bills[5], { content: 'NGUYEN VAN A chuyen tien' }),
    paying(here, there.bills[0]),
    paying(here, bills[6], { accountNumber: '0000111122223333' }),
    paying(here, bills[6], { reference: 'FT-TWICE' }),
    Buffer.from('not json'),
  ])
  const again = paying(here, bills[7])
  const changed = Buffer.from(again.toString().replace('CK ', 'Chuyen '))
  await world.post(here, [
    again,
    Buffer.concat([again, Buffer.from(' ')]),
    changed,
    paying(here, bills[6], { reference: 'FT-TWICE' }),
    paying(here, bills[4], { reference: 'FT-BACK', direction: 'out', day: '2026-09-13' }),
    paying(here, bills[5], { reference: 'FT-OUT', direction: 'out', amountVnd: 77_000 }),
  ])
  const late = paying(here, bills[8])
  await world.post(here, [late, paying(here, bills[8])], 'stale')
  await world.post(here, [late])
  await world.post(there, [paying(there, there.bills[0])])
}

/** Two rows of one call that wait for a person, and one that is posted. */
async function receiveRows(world: PostingWorld): Promise<void> {
  const school = await world.seed({ students: 2, provider: 'casso-v1' })
  const row = (id: string, bill: SeededBill | undefined) => ({
    id, tid: `CV${++lastId}`, amount: bill?.payableVnd, description: bill?.code, when: '2026-09-12 08:00:00',
    subAccId: school.accountNumber, cusum_balance: lastId,
  })
  const data = [row('', school.bills[0]), row('', school.bills[0]), row('77', school.bills[1])]
  await world.post(school, [Buffer.from(JSON.stringify({ error: 0, data }))])
}

/** Paid twice, and refunded by a transfer that the bank gave a reference of its own. */
async function giveBack(world: PostingWorld, here: SeededSchool): Promise<void> {
  const [bill] = here.bills
  const { schoolId } = here
  assert(bill)
  const asking = { actor: CASHIER, note: 'trả lại người chuyển' }
  const waiting = async (reason: string, amountVnd: number): Promise<string> => {
    const [item] = await world.rows<{ id: string }>(`SELECT id FROM review_item
      WHERE school_id = $1 AND state = 'open' AND reason = $2 AND amount_vnd = $3 ORDER BY id DESC`, [schoolId, reason, amountVnd])
    return item?.id ?? ''
  }
  await world.post(here, [paying(here, bill, { amountVnd: bill.payableVnd + 1, time: '10:00:00' })])
  const twice = await waiting('POSSIBLE_DOUBLE_PAYMENT', bill.payableVnd + 1)
  await decideCredit(world.db, asking, { schoolId, reviewItemId: twice, choice: 'refund' })
  await world.post(here, [paying(here, bill, { content: 'HOAN TIEN', reference: 'FT-REFUND', direction: 'out',
    amountVnd: bill.payableVnd + 1, day: '2026-09-14' })])
  const reviewItemId = await waiting('MONEY_OUT', bill.payableVnd + 1)
  const [candidate] = await findRefundCandidates(world.db, schoolId, reviewItemId)
  await pairRefund(world.db, asking, { schoolId, reviewItemId, creditIds: candidate?.creditIds ?? [] })
}

async function takeCash(world: PostingWorld, { schoolId, bills }: SeededSchool): Promise<void> {
  const [part, whole] = [bills[1], bills[9]]
  assert(part && whole)
  const take = (studentId: string, amountVnd: number) =>
    recordCash(world.db, schoolId, CASHIER, { studentId, amountVnd, receivedOn: '2026-09-20', keepRestAsCredit: true }, SAMPLE_NOW)
  await take(part.studentId, 60_000)
  const { id } = await take(whole.studentId, whole.payableVnd)
  await reverseCash(world.db, schoolId, CASHIER, id, 'counted twice', SAMPLE_NOW)
}

/** A run; one student overpays and is billed again, so that credit pays; one paid bill is cancelled. */
async function billAndPay(world: PostingWorld, billed: SampleSchool): Promise<void> {
  const { schoolId, roundId, studentIds, feeKindIds } = billed
  const deps = { db: world.db, now }
  const runId = uuidv7()
  await world.owner.query('INSERT INTO invoice_run (school_id, id, round_id, actor) VALUES ($1, $2, $3, $4)',
    [schoolId, runId, roundId, 'test'])
  await runInvoices(deps, schoolId, runId)
  const school = await openChannel(world, billed)
  const [first, second] = school.bills
  assert(first && second)
  await world.post(school, [
    paying(school, first, { amountVnd: first.payableVnd + 90_000, day: '2026-11-20' }),
    paying(school, second, { day: '2026-11-20' }),
  ])
  const [studentId] = studentIds
  assert.equal(studentId, first.studentId)
  await billStudent(deps, CASHIER, schoolId,
    { studentId: first.studentId, roundId, lines: [{ feeKindId: feeKindIds.CLUB, amountVnd: 150_000 }] })
  await cancelInvoice(deps, CASHIER, schoolId, { invoiceId: second.invoiceId, reason: 'left the school' })
  await leaveCredit(world, billed, school)
  await payElsewhere(world, billed, school)
}

/** One student has credit left when the next year is billed; one pays by student code when nothing is open. */
async function leaveCredit(world: PostingWorld, billed: SampleSchool, school: SeededSchool): Promise<void> {
  const { schoolId, feeKindIds } = billed
  const [, , left, early] = school.bills
  assert(left && early)
  const code = await issueStudentCode({ db: world.db, now }, CASHIER, schoolId, early.studentId)
  await world.post(school, [
    paying(school, left, { amountVnd: left.payableVnd + 12_000, day: '2026-11-20' }),
    paying(school, early, { day: '2026-11-20', time: '08:00:00' }),
    paying(school, early, { content: code, amountVnd: 34_000, day: '2026-11-20', time: '09:00:00' }),
  ])
  const [classId, roundId] = [uuidv7(), uuidv7()]
  await world.owner.query(`INSERT INTO school_class (school_id, id, school_year, name, grade)
    VALUES ($1, $2, '2027-2028', 'Lớp 0', 2)`, [schoolId, classId])
  await world.owner.query(`INSERT INTO enrolment (school_id, id, student_id, class_id, school_year, valid_from)
    VALUES ($1, uuidv7(), $2, $3, '2027-2028', '2027-08-01')`, [schoolId, left.studentId, classId])
  await world.owner.query(`INSERT INTO collection_round (school_id, id, school_year, name, due_on)
    VALUES ($1, $2, '2027-2028', 'Tháng 8', '2027-08-31')`, [schoolId, roundId])
  await billStudent({ db: world.db, now }, CASHIER, schoolId,
    { studentId: left.studentId, roundId, lines: [{ feeKindId: feeKindIds.WATER, amountVnd: 20_000 }] })
}

/** Two transfers to the main account with codes of the insurance account; one of them is undone again. */
async function payElsewhere(world: PostingWorld, billed: SampleSchool, school: SeededSchool): Promise<void> {
  const { schoolId, insuranceAccountId } = billed
  const [first, second] = await readBills(world, schoolId, insuranceAccountId)
  assert(first && second)
  await world.post(school, [paying(school, first, { day: '2026-11-20' }), paying(school, second, { day: '2026-11-20' })])
  const items = await world.rows<{ id: string; bank_transaction_id: string; invoice_id: string }>(
    `SELECT id, bank_transaction_id, evidence->'proposedSplit'->0->>'invoiceId' AS invoice_id FROM review_item
     WHERE school_id = $1 AND reason = 'OTHER_ACCOUNT' ORDER BY id`, [schoolId])
  assert.equal(items.length, 2)
  for (const { id, invoice_id: invoiceId } of items) {
    await assignTransfer(world.db, ACCOUNTANT, { schoolId, reviewItemId: id, bills: [{ invoiceId }] })
  }
  const undone = items[1]?.bank_transaction_id ?? ''
  await undoTransfer(world.db, ACCOUNTANT, { schoolId, transactionId: undone, now: SAMPLE_NOW })
}

async function openChannel(world: PostingWorld, billed: SampleSchool): Promise<SeededSchool> {
  const { schoolId, roundId, mainAccountId: bankAccountId } = billed
  const channelId = uuidv7()
  await world.owner.query(
    `INSERT INTO channel (school_id, id, bank_account_id, provider, mode, sealed_secret, active_from)
    VALUES ($1, $2, $3, 'sepay', 'hmac', 'none', '2026-09-01')`, [schoolId, channelId, bankAccountId])
  const bills = await readBills(world, schoolId, bankAccountId)
  return { schoolId, bankAccountId, accountNumber: '0011004567890', channelId, roundId, bills }
}

async function readBills(world: PostingWorld, schoolId: string, bankAccountId: string): Promise<SeededBill[]> {
  const invoices = await world.rows<{ id: string; student_id: string; code: string; payable: string }>(
    `SELECT id, student_id, payment_code AS code, payable_vnd AS payable FROM invoice
     WHERE school_id = $1 AND bank_account_id = $2 ORDER BY student_id`, [schoolId, bankAccountId])
  return invoices.map(({ id, student_id, code, payable }) => ({
    invoiceId: id, studentId: student_id, payableVnd: Number(payable),
    code: paymentCodeText(paymentCodeNumber(Number(code))),
  }))
}
