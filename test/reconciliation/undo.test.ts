import t from 'tap'
import { applyCredits } from '../../src/reconciliation/apply-credits.js'
import { undoTransfer } from '../../src/reconciliation/undo-transfer.js'
import { NOW, openDesk, openVerifiedWorld, somebody } from './desk.js'
import type { Desk } from './desk.js'

async function transferOf(desk: Desk): Promise<string> {
  const [row] = await desk.rows<{ id: string }>(
    "SELECT id FROM bank_transaction WHERE school_id = $1 AND direction = 'in' ORDER BY id", [desk.school.schoolId])
  return row?.id ?? ''
}

t.test('undoing what a transfer paid', async (t) => {
  const world = await openVerifiedWorld(t)

  t.test('what a rule settled goes back to suspense by reversal rows, and waits for a person', async (t) => {
    const desk = await openDesk(world)
    const { code, payableVnd } = desk.bill(0)
    await world.post(desk.school, [desk.body(code, payableVnd + 50_000)])
    const id = await transferOf(desk)
    t.equal(await desk.standing(id), '300001+50000/0')
    const outcome = await desk.undo(id)
    t.match(outcome, { allocatedVnd: -300_001, creditedVnd: -50_000, suspenseVnd: 350_001 })
    t.equal(await desk.standing(id), '0+0/350001')
    t.equal(await desk.paid(0), 0)
    t.match(await desk.open(), { id: outcome.openedItemId, reason: 'REOPENED' })
    const rows = await world.rows<{ amounts: string[] }>(
      `SELECT array_agg(amount_vnd::text ORDER BY id) AS amounts FROM allocation WHERE school_id = $1`, [desk.school.schoolId])
    t.equal(rows[0]?.amounts.length, 4, 'nothing was deleted: two rows that paid, two that took it back')
    const [counted] = await world.rows(
      'SELECT sum(source_payments)::int AS payments, sum(paid_vnd)::int AS paid FROM adoption_fact WHERE school_id = $1',
      [desk.school.schoolId])
    t.same(counted, { payments: 0, paid: 0 }, 'it counts no longer')
    await desk.books()
  })

  t.test('a split is undone whole and given to the right children', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(600_003)
    await desk.assign(item, { bills: [{ invoiceId: desk.bill(0).invoiceId }, { invoiceId: desk.bill(1).invoiceId }] })
    await desk.undo(item.bank_transaction_id)
    await desk.books()
    const again = await desk.open()
    const [{ invoiceId }, { studentId }] = [desk.bill(2), desk.bill(3)]
    await desk.assign(again, { bills: [{ invoiceId }], credit: { studentId } })
    t.same([await desk.paid(0), await desk.paid(1), await desk.paid(2)], [0, 0, 300_003])
    t.equal(await desk.standing(item.bank_transaction_id), '300003+300000/0')
    await desk.books()
  })

  t.test('credit that paid elsewhere meanwhile is taken back from there too', async (t) => {
    const desk = await openDesk(world)
    const { schoolId } = desk.school
    const { studentId, invoiceId } = desk.bill(0)
    const item = await desk.suspend(200_000)
    await desk.assign(item, { bills: [], credit: { studentId } })
    await world.db.inSchool(schoolId, (trx) =>
      applyCredits(trx, { schoolId, studentIds: [studentId], actor: 'rule:1', today: '2026-09-20' }))
    t.equal(await desk.standing(item.bank_transaction_id), '200000+0/0', 'the credit paid the bill')
    t.match(await desk.undo(item.bank_transaction_id), { allocatedVnd: -200_000, suspenseVnd: 200_000 })
    t.equal(await desk.paid(0), 0)
    await desk.books()
    await desk.assign(await desk.open(), { bills: [{ invoiceId, amountVnd: 150_000 }], credit: { studentId } })
    t.equal(await desk.standing(item.bank_transaction_id), '150000+50000/0')
    await desk.books()
  })

  t.test('a possible double payment is undone and becomes the sibling\'s', async (t) => {
    const desk = await openDesk(world)
    const { code, payableVnd } = desk.bill(0)
    await world.post(desk.school, [desk.body(code, payableVnd, { time: '08:00:00' }), desk.body(code, payableVnd, { time: '09:00:00' })])
    const item = await desk.open()
    t.equal(item.reason, 'POSSIBLE_DOUBLE_PAYMENT')
    await desk.undo(item.bank_transaction_id)
    t.match(await desk.items('resolved'), [{ id: item.id, resolution: 'UNDONE' }])
    await desk.assign(await desk.open(), { bills: [{ invoiceId: desk.bill(1).invoiceId, amountVnd: payableVnd }] })
    t.same([await desk.paid(0), await desk.paid(1)], [300_001, 300_001])
    await desk.books()
  })

  t.test('a transfer in part in suspense keeps its one open item', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(500_000)
    await desk.assign(item, { bills: [{ invoiceId: desk.bill(0).invoiceId, amountVnd: 1 }] })
    t.match(await desk.undo(item.bank_transaction_id), { openedItemId: null, suspenseVnd: 500_000 })
    t.equal((await desk.open()).id, item.id)
    await desk.books()
  })

  t.test('refused: nothing to undo, taken back by the bank, refunded, another school\'s, without a note', async (t) => {
    const [desk, other] = [await openDesk(world), await openDesk(world)]
    const item = await desk.suspend(300_001, { reference: 'FT-GONE' })
    const id = item.bank_transaction_id
    await t.rejects(desk.undo(id), { code: 'NOTHING_TO_UNDO_CONFLICT' })
    await t.rejects(desk.undo(id, somebody({ note: ' ' })), { code: 'NOTE_REQUIRED' })
    const elsewhere = { schoolId: other.school.schoolId, transactionId: id, now: NOW }
    await t.rejects(undoTransfer(world.db, somebody(), elsewhere),
      { code: 'TRANSACTION_NOT_FOUND' })
    await desk.assign(item, { bills: [{ invoiceId: desk.bill(0).invoiceId }] })
    await world.post(desk.school, [desk.body('tra lai', 300_001, { reference: 'FT-GONE', direction: 'out', day: '2026-09-13' })])
    await t.rejects(desk.undo(id), { code: 'TRANSFER_REVERSED_CONFLICT' })
    await desk.books()
    const refunded = await openDesk(world)
    const { bank_transaction_id: partly } = await refunded.suspend(10)
    const trx = world.owner
    await trx.query('BEGIN')
    await trx.query('UPDATE bank_transaction SET refunded_vnd = 1 WHERE id = $1', [partly])
    await trx.query('COMMIT')
    await t.rejects(refunded.undo(partly), { code: 'TRANSFER_REFUNDED_CONFLICT' })
    await trx.query('UPDATE bank_transaction SET refunded_vnd = 0 WHERE id = $1', [partly])
  })

  t.test('the same request undoes once; two people undo once', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(300_001)
    await desk.assign(item, { bills: [{ invoiceId: desk.bill(0).invoiceId }] })
    const asking = somebody({ requestId: 'undo-1' })
    const first = await desk.undo(item.bank_transaction_id, asking)
    t.same(await desk.undo(item.bank_transaction_id, asking), first)
    await desk.assign(await desk.open(), { bills: [{ invoiceId: desk.bill(1).invoiceId, amountVnd: 300_001 }] })
    const both = await Promise.allSettled([desk.undo(item.bank_transaction_id), desk.undo(item.bank_transaction_id)])
    t.same(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    await desk.books()
  })

  t.test('undone next month, the payment leaves that month and comes back with what it pays next', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(300_001)
    await desk.assign(item, { bills: [{ invoiceId: desk.bill(0).invoiceId }] })
    await desk.undo(item.bank_transaction_id, somebody(), new Date('2026-10-05T03:00:00Z'))
    await desk.assign(await desk.open(), { bills: [{ invoiceId: desk.bill(1).invoiceId, amountVnd: 300_001 }] })
    const days = await world.rows(`SELECT counted_on::text AS day, sum(source_payments)::int AS payments,
        sum(paid_vnd)::int AS paid FROM adoption_fact WHERE school_id = $1 GROUP BY counted_on ORDER BY 1`,
    [desk.school.schoolId])
    t.same(days, [{ day: '2026-09-12', payments: 1, paid: 300_001 }, { day: '2026-10-05', payments: 0, paid: 0 }])
    await desk.books()
  })

  await t.test('and every promise holds', (t) => world.verify(t))
})
