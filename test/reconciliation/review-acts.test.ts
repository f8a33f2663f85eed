import t from 'tap'
import { randomUUID } from 'node:crypto'
import { decideCallback } from '../../src/reconciliation/decide-callback.js'
import { decideCredit } from '../../src/reconciliation/decide-credit.js'
import { decideEvent, decideRepeat } from '../../src/reconciliation/decide-event.js'
import type { EventRequest } from '../../src/reconciliation/decide-event.js'
import { actsOn, REVIEW_REASONS } from '../../src/reconciliation/review-item.js'
import { closeItem, markNotOurs, reopenItem } from '../../src/reconciliation/set-apart.js'
import { openDesk, openVerifiedWorld, somebody } from './desk.js'
import type { Desk, Item } from './desk.js'

t.test('every reason that an item can have can be cleared, and only as it allows', (t) => {
  for (const reason of [...REVIEW_REASONS, 'SOMETHING_NEW']) {
    t.ok(actsOn({ reason, state: 'open', resolution: null, suspenseVnd: 1 }).length > 0, reason)
    t.same(actsOn({ reason, state: 'resolved', resolution: 'ASSIGNED', suspenseVnd: 0 }), [], reason)
  }
  t.same(actsOn({ reason: 'NO_CODE', state: 'open', resolution: null, suspenseVnd: 0 }), ['close'])
  t.same(actsOn({ reason: 'NO_CODE', state: 'resolved', resolution: 'NOT_OURS', suspenseVnd: 5 }), ['reopen'])
  t.end()
})

t.test('deciding at the review desk', async (t) => {
  const world = await openVerifiedWorld(t)
  const on = (desk: Desk, item: Item) => ({ schoolId: desk.school.schoolId, reviewItemId: item.id })
  const repeat = (desk: Desk, item: Item, choice: 'copy' | 'new') =>
    decideRepeat(world.db, somebody(), { ...on(desk, item), choice })
  const event = (desk: Desk, item: Item, ask: Pick<EventRequest, 'choice' | 'direction' | 'bankAccountId'>) =>
    decideEvent(world.db, somebody(), { ...on(desk, item), ...ask })
  const transfers = (desk: Desk) => world.rows<{ direction: string, occurrence: number, allocated: number }>(
    `SELECT direction, occurrence, allocated_vnd::int AS allocated FROM bank_transaction
     WHERE school_id = $1 ORDER BY id`, [desk.school.schoolId])

  t.test('not ours: the money stays in suspense, apart; opened again it can be assigned', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(2_000_000)
    await t.rejects(markNotOurs(world.db, somebody({ note: '' }), on(desk, item)), { code: 'NOTE_REQUIRED' })
    t.match(await markNotOurs(world.db, somebody({ note: 'tài trợ, chờ trả lại' }), on(desk, item)),
      { resolution: 'NOT_OURS', suspenseVnd: 2_000_000 })
    t.equal(await desk.standing(item.bank_transaction_id), '0+0/2000000')
    t.match(await desk.items('resolved'), [{ resolution: 'NOT_OURS', note: 'tài trợ, chờ trả lại' }])
    await t.rejects(markNotOurs(world.db, somebody(), on(desk, item)), { code: 'REVIEW_RESOLVED_CONFLICT' })
    await reopenItem(world.db, somebody(), on(desk, item))
    await t.rejects(reopenItem(world.db, somebody(), on(desk, item)), { code: 'REVIEW_OPEN_CONFLICT' })
    const again = await desk.open()
    t.equal(again.reason, 'REOPENED')
    const { invoiceId, studentId } = desk.bill(0)
    await desk.assign(again, { bills: [{ invoiceId }], credit: { studentId } })
    await t.rejects(reopenItem(world.db, somebody(), on(desk, item)), { code: 'NOTHING_LEFT_CONFLICT' })
    await desk.books()
  })

  t.test('what the bank took back leaves the desk by itself', async (t) => {
    const desk = await openDesk(world)
    await desk.suspend(50_000, { reference: 'FT-BACK' })
    await world.post(desk.school, [desk.body('tra', 50_000, { reference: 'FT-BACK', direction: 'out' })])
    t.same(await desk.items(), [])
    t.match(await desk.items('resolved'), [{ resolution: 'TAKEN_BACK' }])
    await desk.books()
  })

  t.test('money that left and nobody asked for is noted, and that is all', async (t) => {
    const desk = await openDesk(world)
    await world.post(desk.school, [desk.body('phi quan ly tai khoan', 11_000, { direction: 'out' })])
    const item = await desk.open()
    await t.rejects(markNotOurs(world.db, somebody(), on(desk, item)), { code: 'REVIEW_ACT_INVALID' })
    t.match(await closeItem(world.db, somebody({ note: 'phí ngân hàng tháng 9' }), on(desk, item)), { resolution: 'CLOSED' })
    await desk.books()
  })

  const twice = async (students = 2) => {
    const desk = await openDesk(world, students)
    const { code, payableVnd } = desk.bill(0)
    const send = () => desk.body(code, payableVnd, { reference: 'FT777' })
    await world.post(desk.school, [send(), send()])
    return { desk, item: await desk.open() }
  }

  t.test('a possible repeat that is a copy stays an event of that transfer and posts nothing', async (t) => {
    const { desk, item } = await twice()
    t.match(await repeat(desk, item, 'copy'), { resolution: 'COPY' })
    t.same(await transfers(desk), [{ direction: 'in', occurrence: 1, allocated: 300_001 }])
    const [event] = await world.rows(
      'SELECT copy_of IS NOT NULL AS copied, bank_transaction_id FROM bank_event WHERE school_id = $1 ORDER BY bank_transaction_id NULLS FIRST LIMIT 1',
      [desk.school.schoolId])
    t.same(event, { copied: true, bank_transaction_id: null })
    await reopenItem(world.db, somebody(), on(desk, item))
    t.match(await repeat(desk, await desk.open(), 'new'), { resolution: 'POSTED' })
    await desk.books()
  })

  t.test('one that is new becomes the next occurrence and is matched by the rules: here a double payment', async (t) => {
    const { desk, item } = await twice()
    const outcome = await repeat(desk, item, 'new')
    t.match(outcome, { resolution: 'POSTED' })
    t.same((await transfers(desk)).map(({ occurrence }) => occurrence), [1, 2])
    t.match(await desk.open(), { id: outcome.openedItemId, reason: 'POSSIBLE_DOUBLE_PAYMENT' })
    await desk.books()
  })

  t.test('a repeat of money out that is new takes the next equal transfer back', async (t) => {
    const { desk, item } = await twice()
    await repeat(desk, item, 'new')
    const out = () => desk.body('tra', desk.bill(0).payableVnd, { reference: 'FT777', direction: 'out' })
    await world.post(desk.school, [out(), out()])
    const [again] = (await desk.items()).filter(({ reason }) => reason === 'POSSIBLE_REPEAT')
    t.ok(again, 'the second is held')
    if (again) await repeat(desk, again, 'new')
    t.equal(await desk.paid(0), 0)
    t.same(await desk.items(), [], 'both were taken back; nothing is left to decide')
    await desk.books()
  })

  t.test('two people decide one repeat: it becomes one transfer', async (t) => {
    const { desk, item } = await twice()
    const both = await Promise.allSettled([repeat(desk, item, 'new'), repeat(desk, item, 'new')])
    t.same(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    t.equal((await transfers(desk)).length, 2)
    await desk.books()
  })

  t.test('a stale event is posted when a person confirms it, and not when it is rejected', async (t) => {
    const desk = await openDesk(world)
    const [a, b] = [desk.bill(0), desk.bill(1)]
    await world.post(desk.school, [desk.body(a.code, a.payableVnd, { time: '08:00:00' }), desk.body(b.code, b.payableVnd)], 'stale')
    const [first, second] = await desk.items()
    t.same([first?.reason, second?.reason], ['STALE_SIGNATURE', 'STALE_SIGNATURE'])
    if (!first || !second) return
    t.match(await event(desk, first, { choice: 'post' }), { resolution: 'POSTED' })
    t.match(await event(desk, second, { choice: 'reject' }), { resolution: 'REJECTED' })
    t.same([await desk.paid(0), await desk.paid(1)], [300_001, 0])
    await reopenItem(world.db, somebody(), on(desk, second))
    t.match(await event(desk, await desk.open(), { choice: 'post' }), { resolution: 'POSTED' })
    t.equal(await desk.paid(1), b.payableVnd)
    await desk.books()
  })

  t.test('a stale event whose equal is in the books is one more question, never a guess', async (t) => {
    const desk = await openDesk(world)
    const { code, payableVnd } = desk.bill(0)
    await world.post(desk.school, [desk.body(code, payableVnd, { reference: 'FT9' })])
    await world.post(desk.school, [desk.body(code, payableVnd, { reference: 'FT9' })], 'stale')
    t.match(await event(desk, await desk.open(), { choice: 'post' }), { resolution: 'REPEATS' })
    const question = await desk.open()
    t.equal(question.reason, 'POSSIBLE_REPEAT')
    t.match(await repeat(desk, question, 'copy'), { resolution: 'COPY' })
    await desk.books()
  })

  t.test('what a person said of an event still holds when it turns out to be a possible repeat', async (t) => {
    const desk = await openDesk(world)
    const { code, payableVnd } = desk.bill(0)
    await world.post(desk.school, [desk.body(code, payableVnd, { reference: 'FT10' })])
    await world.post(desk.school, [desk.body(code, payableVnd, { reference: 'FT10', accountNumber: '0000111122223333' })])
    const ask = { choice: 'post', bankAccountId: desk.school.bankAccountId } as const
    t.match(await event(desk, await desk.open(), ask), { resolution: 'REPEATS' })
    t.match(await repeat(desk, await desk.open(), 'new'), { resolution: 'POSTED' })
    t.same((await transfers(desk)).map(({ occurrence }) => occurrence), [1, 2])
    await desk.books()
  })

  t.test('an unknown account and an unknown direction are said by a person', async (t) => {
    const desk = await openDesk(world)
    const { bankAccountId } = desk.school
    const [a, b] = [desk.bill(0), desk.bill(1)]
    const noDirection = Buffer.from(desk.body(b.code, b.payableVnd, { reference: 'FT8' }).toString()
      .replace('"transferType":"in"', '"transferType":"?"'))
    await world.post(desk.school, [desk.body(a.code, a.payableVnd, { accountNumber: '0000111122223333' })])
    const item = await desk.open()
    t.equal(item.reason, 'ACCOUNT_UNKNOWN')
    await t.rejects(event(desk, item, { choice: 'post' }), { code: 'BANK_ACCOUNT_REQUIRED' })
    await t.rejects(event(desk, item, { choice: 'post', bankAccountId: randomUUID() }), { code: 'BANK_ACCOUNT_NOT_FOUND' })
    t.match(await event(desk, item, { choice: 'post', bankAccountId }), { resolution: 'POSTED' })
    t.equal(await desk.paid(0), a.payableVnd)
    await world.post(desk.school, [noDirection])
    const [waiting] = await desk.items()
    if (waiting?.reason === 'DIRECTION_UNKNOWN') {
      await t.rejects(event(desk, waiting, { choice: 'post' }), { code: 'DIRECTION_REQUIRED' })
      await event(desk, waiting, { choice: 'post', direction: 'in' })
      t.equal(await desk.paid(1), b.payableVnd)
      await world.post(desk.school, [Buffer.concat([noDirection, Buffer.from(' ')])])
      t.same(await desk.items(), [], 'the same row again changes nothing')
    } else t.equal(waiting?.reason, 'NOT_UNDERSTOOD')
    await desk.books()
  })

  t.test('a call that could not be read is tried again, or set aside with a note', async (t) => {
    const desk = await openDesk(world)
    await world.post(desk.school, [Buffer.from('not json')])
    const rung: number[] = []
    const deps = { db: world.db, ring: (shard: number) => { rung.push(shard) } }
    const item = await desk.open()
    const asking = somebody({ requestId: 'again' })
    const retried = await decideCallback(deps, asking, { ...on(desk, item), choice: 'retry' })
    t.same([retried.resolution, rung.length], ['RETRIED', 1])
    t.same(await decideCallback(deps, asking, { ...on(desk, item), choice: 'retry' }), retried)
    t.equal(rung.length, 1, 'the second request rings nobody')
    await world.drain()
    const again = await desk.open()
    t.equal(again.reason, 'NOT_UNDERSTOOD')
    await t.rejects(decideCallback(deps, somebody({ note: '' }), { ...on(desk, again), choice: 'set_aside' }), { code: 'NOTE_REQUIRED' })
    await decideCallback(deps, somebody(), { ...on(desk, again), choice: 'set_aside' })
    t.same(await desk.items(), [])
    await reopenItem(world.db, somebody(), on(desk, again))
    t.equal((await desk.open()).reason, 'NOT_UNDERSTOOD')
  })

  t.test('a possible double payment stays as credit for the next bill, or waits for its refund', async (t) => {
    const desk = await openDesk(world)
    const { code, payableVnd, studentId } = desk.bill(0)
    await world.post(desk.school, [desk.body(code, payableVnd, { time: '08:00:00' }), desk.body(code, payableVnd)])
    const kinds = () => world.rows<{ kind: string, held: number }>(
      'SELECT kind, held_vnd::int AS held FROM credit WHERE school_id = $1 AND student_id = $2', [desk.school.schoolId, studentId])
    const item = await desk.open()
    await decideCredit(world.db, somebody(), { ...on(desk, item), choice: 'refund' })
    t.same(await kinds(), [{ kind: 'awaiting_refund', held: 300_001 }])
    await reopenItem(world.db, somebody(), on(desk, item))
    t.match(await decideCredit(world.db, somebody(), { ...on(desk, await desk.open()), choice: 'keep' }),
      { resolution: 'KEPT_AS_CREDIT' })
    t.same(await kinds(), [{ kind: 'surplus', held: 300_001 }], 'and jumps onto no bill that is open')
    await desk.books()
  })

  await t.test('and every promise holds', (t) => world.verify(t))
})
