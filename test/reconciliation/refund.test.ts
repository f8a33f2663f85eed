// Money that left as a refund under a reference of its own is paired with what waited for it, to the đồng and once.
import t from 'tap'
import { decideCredit } from '../../src/reconciliation/decide-credit.js'
import { findRefundCandidates, pairRefund } from '../../src/reconciliation/decide-refund.js'
import { closeItem } from '../../src/reconciliation/set-apart.js'
import { openDesk, openVerifiedWorld, somebody } from './desk.js'
import type { Desk, Item } from './desk.js'

t.test('refunds', async (t) => {
  const world = await openVerifiedWorld(t)
  const on = (desk: Desk, item: Item) => ({ schoolId: desk.school.schoolId, reviewItemId: item.id })

  /** Pays the bill twice and leaves the second payment for a refund. */
  async function awaiting(
    desk: Desk, at: number, counterAccount = '0123456789', amountVnd = desk.bill(at).payableVnd,
  ): Promise<Item> {
    const { code, payableVnd } = desk.bill(at)
    await world.post(desk.school, [desk.body(code, payableVnd), desk.body(code, amountVnd, { time: `1${at}:00:00` })])
    const item = await desk.open()
    await decideCredit(world.db, somebody(), { ...on(desk, item), choice: 'refund' })
    await world.owner.query('UPDATE bank_transaction SET counter_account = $2 WHERE id = $1',
      [item.bank_transaction_id, counterAccount])
    return item
  }
  async function gone(desk: Desk, amountVnd: number, counterAccount: string | null = null): Promise<Item> {
    await world.post(desk.school, [desk.body('HOAN TIEN', amountVnd, { direction: 'out', day: '2026-09-15' })])
    const item = (await desk.items()).at(-1)
    if (!item) throw new Error('money out waits')
    await world.owner.query('UPDATE bank_transaction SET counter_account = $2 WHERE id = $1',
      [item.bank_transaction_id, counterAccount])
    return item
  }
  const candidates = (desk: Desk, item: Item) => findRefundCandidates(world.db, desk.school.schoolId, item.id)
  const pair = (desk: Desk, item: Item, creditIds: readonly string[], asking = somebody()) =>
    pairRefund(world.db, asking, { ...on(desk, item), creditIds })
  const heldOf = async (desk: Desk) => (await world.rows<{ held: number }>(
    'SELECT held_vnd::int AS held FROM credit WHERE school_id = $1 ORDER BY id', [desk.school.schoolId])).map(({ held }) => held)

  t.test('the credit no longer waits, its source remembers, and the same request is the same act', async (t) => {
    const desk = await openDesk(world)
    const twice = await awaiting(desk, 0)
    const { payableVnd, studentId } = desk.bill(0)
    const out = await gone(desk, payableVnd)
    const [found, ...others] = await candidates(desk, out)
    t.match([found, others.length], [{ studentId, isSamePayer: false }, 0])
    const asking = somebody({ requestId: 'one' })
    const outcome = await pair(desk, out, found?.creditIds ?? [], asking)
    t.match(outcome, { act: 'refund', resolution: 'REFUNDED', creditedVnd: -payableVnd, transactionId: out.bank_transaction_id })
    t.same(await pair(desk, out, found?.creditIds ?? [], asking), outcome)
    t.same(await heldOf(desk), [0])
    t.equal(await desk.standing(twice.bank_transaction_id), '0+0/0')
    const [row] = await world.rows<{ refunded: number }>(
      'SELECT refunded_vnd::int AS refunded FROM bank_transaction WHERE id = $1', [twice.bank_transaction_id])
    t.equal(row?.refunded, payableVnd)
    t.same(await desk.items(), [])
    await t.rejects(desk.undo(twice.bank_transaction_id), { code: 'TRANSFER_REFUNDED_CONFLICT' })
    await t.rejects(pair(desk, out, found?.creditIds ?? []), { code: 'REVIEW_RESOLVED_CONFLICT' })
  })

  t.test('only what holds exactly the amount, waits for a refund and is this school\'s', async (t) => {
    const desk = await openDesk(world)
    await awaiting(desk, 0)
    const out = await gone(desk, desk.bill(0).payableVnd + 1)
    t.same(await candidates(desk, out), [], '1 đồng matters')
    const [{ id = '' } = {}] = await world.rows<{ id: string }>('SELECT id FROM credit WHERE school_id = $1', [desk.school.schoolId])
    await t.rejects(pair(desk, out, [id]), { code: 'REFUND_AMOUNT_CONFLICT' })
    await t.rejects(pair(desk, out, [desk.bill(0).invoiceId]), { code: 'REFUND_CREDITS_INVALID' })
    await t.rejects(pair(desk, out, []), { code: 'REFUND_CREDITS_INVALID' })
    const other = await openDesk(world)
    await awaiting(other, 0)
    const otherOut = await gone(other, other.bill(0).payableVnd)
    await t.rejects(pair(other, otherOut, [id]), { code: 'REFUND_CREDITS_INVALID' })
    await closeItem(world.db, somebody(), on(desk, out))
    t.same(await heldOf(desk), [desk.bill(0).payableVnd], 'noted only: it still waits')
  })

  t.test('the same payer is named first, and what was refunded is offered no more', async (t) => {
    const desk = await openDesk(world)
    const payableVnd = 5_000_000
    await awaiting(desk, 0, '111', payableVnd)
    await awaiting(desk, 1, '222', payableVnd)
    const out = await gone(desk, payableVnd, '222')
    const found = await candidates(desk, out)
    t.match(found, [{ studentId: desk.bill(1).studentId, isSamePayer: true }, { studentId: desk.bill(0).studentId }])
    await pair(desk, out, found[0]?.creditIds ?? [])
    const next = await gone(desk, payableVnd)
    const left = await candidates(desk, next)
    t.match(left, [{ studentId: desk.bill(0).studentId }], 'what was refunded is offered no more')
    await pair(desk, next, left[0]?.creditIds ?? [])
    t.same(await heldOf(desk), [0, 0])
  })

  t.test('a refund that comes back is new money, and nothing is booked away', async (t) => {
    const desk = await openDesk(world)
    await awaiting(desk, 0)
    const { payableVnd } = desk.bill(0)
    await world.post(desk.school, [desk.body('HOAN', payableVnd, { direction: 'out', reference: 'FT-R', day: '2026-09-15' })])
    const out = await desk.open()
    await pair(desk, out, (await candidates(desk, out))[0]?.creditIds ?? [])
    await world.post(desk.school, [desk.body('tra lai', payableVnd, { reference: 'FT-R', day: '2026-09-16' })])
    const back = await desk.open()
    t.equal(back.reason, 'NO_CODE')
    t.equal(await desk.standing(back.bank_transaction_id), `0+0/${payableVnd}`)
    t.same(await candidates(desk, back), [])
  })

  t.test('of two who pair at once one is told that it is done', async (t) => {
    const desk = await openDesk(world)
    await awaiting(desk, 0)
    const out = await gone(desk, desk.bill(0).payableVnd)
    const ids = (await candidates(desk, out))[0]?.creditIds ?? []
    const results = await Promise.allSettled([pair(desk, out, ids), pair(desk, out, ids, somebody({}, 'user:other'))])
    t.same(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    t.same(await heldOf(desk), [0])
  })

  await world.verify(t)
})
