// What people do at the review desk, drawn at random: whatever waits is decided one way or another, and what was paid
// is undone. Refusals that a busy desk meets are no faults.
import { DomainError } from '../../src/errors.js'
import { assignTransfer } from '../../src/reconciliation/assign.js'
import { decideCredit } from '../../src/reconciliation/decide-credit.js'
import { decideEvent, decideRepeat } from '../../src/reconciliation/decide-event.js'
import { closeItem, markNotOurs, reopenItem } from '../../src/reconciliation/set-apart.js'
import { undoTransfer } from '../../src/reconciliation/undo-transfer.js'
import { sepayBody } from '../support/callbacks.js'
import type { PostingWorld } from '../support/posting.js'
import type { SeededSchool } from '../support/seed-school.js'

export async function ignoring(codes: readonly string[], work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof DomainError) || !codes.includes(error.code)) throw error
  })
}

const asking = { actor: { name: 'user:accountant', address: null }, note: 'theo giấy báo' }
const DECIDED = ['REVIEW_ACT_INVALID', 'NOTHING_IN_SUSPENSE_CONFLICT']

export function deskOperations(
  world: PostingWorld, school: SeededSchool, pick: (below: number) => number, now: Date,
) {
  const { db } = world
  const { schoolId, bills, accountNumber } = school
  let lastStale = 5_000_000
  const any = async (state: 'open' | 'resolved', reasons: string) => {
    const rows = await world.rows<{ id: string }>(
      `SELECT id FROM review_item WHERE school_id = $1 AND state = $2 AND reason ~ $3 ORDER BY id`, [schoolId, state, reasons])
    const chosen = rows[pick(rows.length || 1)]
    return chosen && { schoolId, reviewItemId: chosen.id }
  }
  return {
    async assign() {
      const on = await any('open', '.')
      const [a, b] = [bills[pick(bills.length)], bills[pick(bills.length)]]
      if (!on || !a || !b) return
      const exact = pick(3) === 0 ? { amountVnd: 1 + pick(300_000) } : {}
      const credit = pick(2) === 0 ? { credit: { studentId: b.studentId } } : {}
      const second = a === b ? [] : [{ invoiceId: b.invoiceId }]
      await ignoring([...DECIDED, 'NOTHING_TO_PAY', 'AMOUNT_OVER_OPEN', 'AMOUNT_OVER_SUSPENSE'], assignTransfer(
        db, asking, { ...on, bills: [{ invoiceId: a.invoiceId, ...exact }, ...second], ...credit }))
    },
    async undo() {
      const rows = await world.rows<{ id: string }>(
        'SELECT id FROM bank_transaction WHERE school_id = $1 AND allocated_vnd + credited_vnd > 0 ORDER BY id', [schoolId])
      const chosen = rows[pick(rows.length || 1)]
      if (chosen) await undoTransfer(db, asking, { schoolId, transactionId: chosen.id, now })
    },
    async notOurs() {
      const on = await any('open', '^(NO_CODE|REOPENED|SPLIT)')
      if (on) await ignoring(DECIDED, markNotOurs(db, asking, on))
    },
    async reopen() {
      const on = await any('resolved', '.')
      const settled = ['REVIEW_ACT_INVALID', 'REVIEW_OPEN_CONFLICT', 'NOTHING_LEFT_CONFLICT']
      if (on) await ignoring(settled, reopenItem(db, asking, on))
    },
    async decideCredit() {
      const on = await any('open', '^(POSSIBLE_DOUBLE|WITHDRAWN)')
      if (on) await decideCredit(db, asking, { ...on, choice: pick(2) === 0 ? 'keep' : 'refund' })
    },
    async close() {
      const on = await any('open', '^MONEY_OUT')
      if (on) await closeItem(db, asking, on)
    },
    async stale() {
      const bill = bills[pick(bills.length)]
      if (!bill) return
      const id = ++lastStale
      await world.post(school, [sepayBody({ id, accountNumber, content: bill.code, amountVnd: 1 + pick(bill.payableVnd),
        reference: `ST${id % 4}` })], 'stale')
    },
    async decideEvent() {
      const on = await any('open', '^STALE')
      if (on) await decideEvent(db, asking, { ...on, choice: pick(4) === 0 ? 'reject' : 'post' })
      const held = await any('open', '^POSSIBLE_REPEAT')
      if (held) await decideRepeat(db, asking, { ...held, choice: pick(2) === 0 ? 'copy' : 'new' })
    },
  }
}
