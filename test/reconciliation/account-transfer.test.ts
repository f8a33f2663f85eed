// The right code paid into another account of the same school: a person puts the money onto its bill, the books move it
// between the accounts at once, and the accountant is shown what to move at the bank.
import assert from 'node:assert/strict'
import t from 'tap'
import type { Test } from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Actor } from '../../src/access/actor.js'
import { billStudent } from '../../src/invoicing/bill-student.js'
import { cancelInvoice } from '../../src/invoicing/cancel.js'
import { paymentCodeNumber, paymentCodeText } from '../../src/invoicing/payment-code.js'
import { assignTransfer } from '../../src/reconciliation/assign.js'
import { markDue, markMoved } from '../../src/reconciliation/move-at-bank.js'
import { listAccountTransfers, listDuePairs } from '../../src/reconciliation/read-account-transfers.js'
import { undoTransfer } from '../../src/reconciliation/undo-transfer.js'
import { SAMPLE_NOW, seedSchool } from '../invoicing/school.js'
import { sepayBody } from '../support/callbacks.js'
import { openVerifiedWorld, somebody } from './desk.js'

const ACCOUNTANT: Actor = { name: 'user:accountant', grants: [], address: null }
const DAY = '2026-11-20'
// What the round plans for everybody, all into the main account.
const MAIN = 1_074_995
const INSURANCE = 631_800
let lastId = 70_000

t.test('money in another account of the school', async (t) => {
  const world = await openVerifiedWorld(t)
  const { db } = world
  const deps = { db, now: () => SAMPLE_NOW }

  /** One child with a bill of the main account and one of the insurance account; money comes to the main one. */
  async function open() {
    const school = await seedSchool(world.database.ownerUrl, { students: 1 })
    const { schoolId, roundId, mainAccountId, insuranceAccountId } = school
    const [studentId = ''] = school.studentIds
    await billStudent(deps, ACCOUNTANT, schoolId, { studentId, roundId, lines: [] })
    const channelId = uuidv7()
    await world.owner.query(`INSERT INTO channel (school_id, id, bank_account_id, provider, mode, sealed_secret, active_from)
      VALUES ($1, $2, $3, 'sepay', 'hmac', 'none', '2026-09-01')`, [schoolId, channelId, mainAccountId])
    const rows = await world.rows<{ id: string; code: string; account: string }>(
      `SELECT id, payment_code AS code, bank_account_id AS account FROM invoice WHERE school_id = $1`, [schoolId])
    const billAt = (account: string) => {
      const bill = rows.find((row) => row.account === account)
      assert(bill)
      return { id: bill.id, code: paymentCodeText(paymentCodeNumber(Number(bill.code))) }
    }
    const accountNumber = '0011004567890'
    const seeded = { schoolId, channelId, accountNumber, bankAccountId: mainAccountId, roundId, bills: [] }
    const item = async () => {
      const [found] = await world.rows<{ id: string; reason: string; transfer: string; split: unknown }>(
        `SELECT id, reason, bank_transaction_id AS transfer, evidence->'proposedSplit' AS split FROM review_item
         WHERE school_id = $1 AND state = 'open'`, [schoolId])
      assert(found, 'something waits')
      return found
    }
    return {
      schoolId, main: billAt(mainAccountId), insurance: billAt(insuranceAccountId), item,
      receive: (content: string, amountVnd: number, more: object = {}) => world.post(seeded,
        [sepayBody({ id: ++lastId, accountNumber, content, amountVnd, day: DAY, ...more })]),
      async assign(bills: { invoiceId: string; amountVnd?: number }[]) {
        return assignTransfer(db, somebody(), { schoolId, reviewItemId: (await item()).id, bills })
      },
      undo: async (transactionId: string) => undoTransfer(db, somebody(), { schoolId, transactionId, now: SAMPLE_NOW }),
      async list() {
        const { items } = await listAccountTransfers(db, schoolId, {}, { limit: 50 })
        const name = (id: string) => (id === mainAccountId ? 'main' : 'insurance')
        return items.map((one) =>
          `${name(one.fromBankAccountId)}->${name(one.toBankAccountId)} ${one.amountVnd} ${one.state}`)
      },
      ids: async () => (await listAccountTransfers(db, schoolId, {}, { limit: 50 })).items.map(({ id }) => id),
      /** Balance of the two accounts in the ledger. */
      async balances() {
        const [row] = await world.rows<{ main: string; insurance: string }>(`
          SELECT coalesce(sum(CASE 1000 WHEN debit_no THEN amount_vnd WHEN credit_no THEN -amount_vnd END), 0) AS main,
            coalesce(sum(CASE 1001 WHEN debit_no THEN amount_vnd WHEN credit_no THEN -amount_vnd END), 0) AS insurance
          FROM posting WHERE school_id = $1`, [schoolId])
        return [Number(row?.main), Number(row?.insurance)]
      },
      async paid() {
        const bills = await world.rows<{ paid: string }>(
          'SELECT paid_vnd AS paid FROM invoice WHERE school_id = $1 ORDER BY payable_vnd', [schoolId])
        return bills.map(({ paid }) => Number(paid))
      },
      async sound(t: Test) {
        await world.assertBooks(schoolId)
        await world.verify(t)
      },
    }
  }

  t.test('its bill is paid, the books move it, and a person says that the bank did', async (t) => {
    const desk = await open()
    await desk.receive(desk.insurance.code, INSURANCE)
    const { reason, split, transfer } = await desk.item()
    t.same([reason, split], ['OTHER_ACCOUNT', [{ invoiceId: desk.insurance.id, amountVnd: INSURANCE }]])
    await desk.assign([{ invoiceId: desk.insurance.id }])
    t.same(await desk.paid(), [INSURANCE, 0])
    t.same(await desk.list(), [`main->insurance ${INSURANCE} due`])
    t.same(await desk.balances(), [0, INSURANCE])
    t.match(await listDuePairs(db, desk.schoolId), [{ count: 1, amountVnd: INSURANCE }])
    const { items: [one] } = await listAccountTransfers(db, desk.schoolId, { state: 'due' }, { limit: 5 })
    t.match(one, { bankTransactionId: transfer, dueOn: DAY, memo: desk.insurance.code, reversesId: null })
    t.type(one?.reviewActId, 'string')
    await desk.sound(t)

    const asked = { schoolId: desk.schoolId, ids: await desk.ids() }
    await t.rejects(markMoved(db, ACCOUNTANT, { ...asked, movedOn: '2026-11-21' }, SAMPLE_NOW), { code: 'MOVED_DAY_INVALID' })
    await t.rejects(markMoved(db, ACCOUNTANT, { ...asked, ids: [uuidv7()], movedOn: DAY }, SAMPLE_NOW),
      { code: 'ACCOUNT_TRANSFER_NOT_FOUND' })
    await markMoved(db, ACCOUNTANT, { ...asked, movedOn: DAY }, SAMPLE_NOW)
    t.same(await desk.list(), [`main->insurance ${INSURANCE} moved`])
    await t.rejects(markMoved(db, ACCOUNTANT, { ...asked, movedOn: DAY }, SAMPLE_NOW),
      { code: 'ACCOUNT_TRANSFER_NOT_DUE_CONFLICT' })
    await markDue(db, ACCOUNTANT, asked)
    await t.rejects(markDue(db, ACCOUNTANT, asked), { code: 'ACCOUNT_TRANSFER_NOT_MOVED_CONFLICT' })
    t.same(await desk.list(), [`main->insurance ${INSURANCE} due`])
    const log = await world.rows(
      "SELECT action FROM audit_log WHERE school_id = $1 AND object_kind = 'account_transfer' ORDER BY id", [desk.schoolId])
    t.same(log, [{ action: 'account_transfer.moved' }, { action: 'account_transfer.due' }])
    await desk.sound(t)
  })

  t.test('one transfer with codes of two accounts pays both bills', async (t) => {
    const desk = await open()
    await desk.receive(`${desk.main.code} ${desk.insurance.code}`, MAIN + INSURANCE)
    const { split } = await desk.item()
    t.same(split, [
      { invoiceId: desk.main.id, amountVnd: MAIN }, { invoiceId: desk.insurance.id, amountVnd: INSURANCE },
    ])
    await desk.assign([
      { invoiceId: desk.main.id, amountVnd: MAIN }, { invoiceId: desk.insurance.id, amountVnd: INSURANCE },
    ])
    t.same(await desk.paid(), [INSURANCE, MAIN])
    t.same(await desk.list(), [`main->insurance ${INSURANCE} due`], 'only what lies in the wrong account is moved')
    t.same(await desk.balances(), [MAIN, INSURANCE])
    await desk.sound(t)
  })

  t.test('undone before anybody moved it, nothing is due; and it can be put onto the bill again', async (t) => {
    const desk = await open()
    await desk.receive(desk.insurance.code, INSURANCE)
    const { transfer } = await desk.item()
    await desk.assign([{ invoiceId: desk.insurance.id }])
    await desk.undo(transfer)
    t.same(await desk.list(), [`main->insurance ${INSURANCE} cancelled`, `insurance->main ${INSURANCE} cancelled`])
    t.same(await desk.balances(), [INSURANCE, 0])
    t.same(await listDuePairs(db, desk.schoolId), [])
    await desk.sound(t)
    await desk.assign([{ invoiceId: desk.insurance.id, amountVnd: 600_000 }])
    t.same((await desk.list()).slice(2), ['main->insurance 600000 due'])
    await desk.sound(t)
  })

  t.test('undone after it was moved, the sum is due the other way', async (t) => {
    const desk = await open()
    await desk.receive(desk.insurance.code, INSURANCE)
    const { transfer } = await desk.item()
    await desk.assign([{ invoiceId: desk.insurance.id }])
    const asked = { schoolId: desk.schoolId, ids: await desk.ids() }
    await markMoved(db, ACCOUNTANT, { ...asked, movedOn: DAY }, SAMPLE_NOW)
    await desk.undo(transfer)
    t.same(await desk.list(), [`main->insurance ${INSURANCE} moved`, `insurance->main ${INSURANCE} due`])
    t.same(await desk.balances(), [INSURANCE, 0])
    await t.rejects(markDue(db, ACCOUNTANT, asked), { code: 'ACCOUNT_TRANSFER_REVERSED_CONFLICT' })
    await desk.sound(t)
  })

  t.test('the bank takes the transfer back: so do the books, between the accounts as well', async (t) => {
    const desk = await open()
    await desk.receive(desk.insurance.code, INSURANCE, { reference: 'FT-BACK' })
    await desk.assign([{ invoiceId: desk.insurance.id }])
    await desk.receive(desk.insurance.code, INSURANCE, { reference: 'FT-BACK', direction: 'out' })
    t.same(await desk.paid(), [0, 0])
    t.same(await desk.list(), [`main->insurance ${INSURANCE} cancelled`, `insurance->main ${INSURANCE} cancelled`])
    t.same(await desk.balances(), [0, 0])
    await desk.sound(t)
  })

  t.test('a bill that is withdrawn leaves its money in its own account, for the bill that follows', async (t) => {
    const desk = await open()
    await desk.receive(desk.insurance.code, INSURANCE)
    const { transfer } = await desk.item()
    await desk.assign([{ invoiceId: desk.insurance.id }])
    await cancelInvoice(deps, ACCOUNTANT, desk.schoolId, { invoiceId: desk.insurance.id, reason: 'có thẻ rồi' })
    t.same(await desk.list(), [`main->insurance ${INSURANCE} due`])
    await desk.sound(t)
    await desk.undo(transfer)
    t.same(await desk.list(), [`main->insurance ${INSURANCE} cancelled`, `insurance->main ${INSURANCE} cancelled`],
      'and taken out of the credit it lies where it came')
    await desk.sound(t)
  })
})
