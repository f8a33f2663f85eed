// What the tests of the review desk share: a school with transfers that wait, the acts with their defaults, and short
// texts of where money and items stand.
import assert from 'node:assert/strict'
import type { Test } from 'tap'
import { assignTransfer } from '../../src/reconciliation/assign.js'
import type { AskedAssignment } from '../../src/reconciliation/assignment.js'
import type { Asking } from '../../src/reconciliation/take-up.js'
import { undoTransfer } from '../../src/reconciliation/undo-transfer.js'
import { verifyDatabase } from '../../src/verify/verify.js'
import { sepayBody } from '../support/callbacks.js'
import type { SepayBody } from '../support/callbacks.js'
import { openPostingWorld } from '../support/posting.js'
import type { PostingWorld } from '../support/posting.js'
import type { SeededBill, SeededSchool } from '../support/seed-school.js'

export const NOW = new Date('2026-09-20T03:00:00Z')
let lastId = 40_000

/** Somebody at the desk; each call is another request. */
export function somebody(more: Partial<Asking> = {}, name = 'user:accountant'): Asking {
  return { actor: { name, address: null }, note: 'theo giấy báo của phụ huynh', ...more }
}

export interface Item {
  id: string
  reason: string
  state: string
  resolution: string | null
  resolved_by: string | null
  note: string | null
  bank_transaction_id: string
}

export interface Desk extends PostingWorld {
  school: SeededSchool
  bill(at: number): SeededBill
  body(content: string, amountVnd: number, more?: Partial<SepayBody>): Buffer
  /** A transfer without a code: the item it waits in. */
  suspend(amountVnd: number, more?: Partial<SepayBody>): Promise<Item>
  items(state?: 'open' | 'resolved'): Promise<Item[]>
  /** The only open item. */
  open(): Promise<Item>
  assign(item: Item, ask: AskedAssignment, asking?: Asking): ReturnType<typeof assignTransfer>
  undo(transactionId: string, asking?: Asking, now?: Date): ReturnType<typeof undoTransfer>
  /** `allocated+credited/suspense` of a transfer. */
  standing(transactionId: string): Promise<string>
  paid(at: number): Promise<number>
  /** Every sum agrees with its rows. */
  books(): Promise<void>
}

export async function openDesk(world: PostingWorld, students = 4): Promise<Desk> {
  const school = await world.seed({ students })
  const { schoolId, accountNumber } = school
  const items: Desk['items'] = (state = 'open') => world.rows<Item>(
    `SELECT id, reason, state, resolution, resolved_by, note, bank_transaction_id FROM review_item
     WHERE school_id = $1 AND state = $2 ORDER BY id`, [schoolId, state])
  const body: Desk['body'] = (content, amountVnd, more = {}) =>
    sepayBody({ id: ++lastId, accountNumber, content, amountVnd, ...more })
  const open: Desk['open'] = async () => {
    const [item, ...others] = await items()
    assert(item && others.length === 0, 'exactly one item is open')
    return item
  }
  const bill: Desk['bill'] = (at) => {
    const found = school.bills[at]
    assert(found, `the school has a bill ${at}`)
    return found
  }
  return {
    ...world, school, items, body, open, bill,
    async suspend(amountVnd, more) {
      await world.post(school, [body('NGUYEN VAN A chuyen tien', amountVnd, more)])
      const found = (await items()).at(-1)
      assert(found, 'what has no code waits')
      return found
    },
    assign: (item, ask, asking = somebody()) =>
      assignTransfer(world.db, asking, { schoolId, reviewItemId: item.id, ...ask }),
    undo: (transactionId, asking = somebody(), now = NOW) =>
      undoTransfer(world.db, asking, { schoolId, transactionId, now }),
    async standing(transactionId) {
      const [row] = await world.rows<Record<'allocated' | 'credited' | 'suspense', string>>(
        `SELECT allocated_vnd AS allocated, credited_vnd AS credited,
           amount_vnd - allocated_vnd - credited_vnd - refunded_vnd - reversed_vnd AS suspense
         FROM bank_transaction WHERE school_id = $1 AND id = $2`, [schoolId, transactionId])
      return `${row?.allocated}+${row?.credited}/${row?.suspense}`
    },
    async paid(at) {
      const [row] = await world.rows<{ paid: string }>(
        'SELECT paid_vnd AS paid FROM invoice WHERE school_id = $1 AND id = $2', [schoolId, bill(at).invoiceId])
      return Number(row?.paid)
    },
    books: () => world.assertBooks(schoolId),
  }
}

/** A world whose promises are all verified when its tests have ended. */
export async function openVerifiedWorld(t: Test): Promise<PostingWorld & { verify(t: Test): Promise<void> }> {
  const world = await openPostingWorld(t)
  return {
    ...world,
    async verify(t) {
      const reports = await verifyDatabase(world.database.ownerUrl)
      t.same(reports.flatMap(({ promise, faults }) => faults.map(({ fault, ids }) => `${promise} ${fault}: ${ids.join()}`)), [])
    },
  }
}
