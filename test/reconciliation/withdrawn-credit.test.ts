// Money that came for a withdrawn bill is a question to a person: it waits for the answer, and nobody is promised a
// refund that nothing is held for.
import t from 'tap'
import { randomUUID } from 'node:crypto'
import { billStudent } from '../../src/invoicing/bill-student.js'
import { cancelInvoice } from '../../src/invoicing/cancel.js'
import { decideCredit } from '../../src/reconciliation/decide-credit.js'
import { reopenItem } from '../../src/reconciliation/set-apart.js'
import type { PostingWorld } from '../support/posting.js'
import { NOW, openDesk, openVerifiedWorld, somebody } from './desk.js'

const accountant = { name: 'user:accountant', grants: [], address: null }

/** A transfer with the code of a bill that was cancelled, and a way to bill the child again. */
async function payCancelled(world: PostingWorld, amountVnd: number) {
  const desk = await openDesk(world, 1)
  const { schoolId, roundId } = desk.school
  const { invoiceId, studentId, code } = desk.bill(0)
  const deps = { db: world.db, now: () => NOW }
  const classId = randomUUID()
  await world.owner.query(`INSERT INTO school_class (school_id, id, school_year, name, grade)
    VALUES ($1, $2, '2026-2027', '3A', 3)`, [schoolId, classId])
  await world.owner.query(`INSERT INTO enrolment (school_id, id, student_id, class_id, school_year, valid_from)
    VALUES ($1, gen_random_uuid(), $2, $3, '2026-2027', '2026-08-15')`, [schoolId, studentId, classId])
  await cancelInvoice(deps, accountant, schoolId, { invoiceId, reason: 'nhầm lớp' })
  await world.post(desk.school, [desk.body(code, amountVnd)])
  const [boarding] = await world.rows<{ id: string }>(
    "SELECT id FROM fee_kind WHERE school_id = $1 AND code = 'BT'", [schoolId])
  const item = await desk.open()
  return {
    ...desk, item, on: { schoolId, reviewItemId: item.id },
    bill: (billedVnd: number) => billStudent(deps, accountant, schoolId, {
      studentId, roundId, lines: [{ feeKindId: boarding?.id ?? '', amountVnd: billedVnd }],
    }),
    held: async () => (await world.rows<{ text: string }>(
      "SELECT kind || ' ' || held_vnd AS text FROM credit WHERE school_id = $1", [schoolId])).map(({ text }) => text),
  }
}

t.test('money for a withdrawn bill', async (t) => {
  const world = await openVerifiedWorld(t)

  t.test('is not spent on the next bill before somebody has said what becomes of it', async (t) => {
    const desk = await payCancelled(world, 300_001)
    t.equal(desk.item.reason, 'WITHDRAWN_INVOICE')
    await desk.bill(120_000)
    t.same(await desk.held(), ['withdrawn_invoice 300001'], 'the bill is open, the money is held')
    await decideCredit(world.db, somebody(), { ...desk.on, choice: 'refund' })
    await desk.bill(130_000)
    t.same(await desk.held(), ['awaiting_refund 300001'])
    await reopenItem(world.db, somebody(), desk.on)
    const again = { ...desk.on, reviewItemId: (await desk.open()).id }
    t.match(await decideCredit(world.db, somebody(), { ...again, choice: 'keep' }), { resolution: 'KEPT_AS_CREDIT' })
    await desk.bill(140_000)
    t.same(await desk.held(), ['surplus 160001'], 'kept, it pays the next bill')
    await desk.books()
  })

  t.test('cannot be left for a refund when it has been spent; keeping it clears the item', async (t) => {
    const desk = await payCancelled(world, 100_000)
    // As it was spent before it waited for an answer.
    await world.owner.query("UPDATE credit SET kind = 'surplus' WHERE school_id = $1", [desk.school.schoolId])
    await desk.bill(120_000)
    t.same(await desk.held(), ['surplus 0'])
    await t.rejects(decideCredit(world.db, somebody(), { ...desk.on, choice: 'refund' }), { code: 'NOTHING_HELD_CONFLICT' })
    t.match(await desk.open(), { id: desk.item.id, state: 'open' }, 'it still waits')
    t.match(await decideCredit(world.db, somebody(), { ...desk.on, choice: 'keep' }), { resolution: 'KEPT_AS_CREDIT' })
    t.same(await desk.items(), [])
    await desk.books()
  })

  await t.test('and every promise holds', (t) => world.verify(t))
})
