import t from 'tap'
import { randomUUID } from 'node:crypto'
import type { DomainError } from '../../src/errors.js'
import { assignTransfer } from '../../src/reconciliation/assign.js'
import { releaseAllocations } from '../../src/reconciliation/release-allocations.js'
import { lockStudents } from '../../src/ledger/lock-students.js'
import { openDesk, openVerifiedWorld, somebody } from './desk.js'

t.test('assigning what is in suspense', async (t) => {
  const world = await openVerifiedWorld(t)

  t.test('one bill: it is paid line by line, the item ends with who and why, the payment counts on its bank day', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(desk.bill(0).payableVnd)
    const outcome = await desk.assign(item, { bills: [{ invoiceId: desk.bill(0).invoiceId }] })
    t.match(outcome, { resolution: 'ASSIGNED', allocatedVnd: 300_001, creditedVnd: 0, suspenseVnd: 0 })
    t.equal(await desk.standing(item.bank_transaction_id), '300001+0/0')
    t.equal(await desk.paid(0), 300_001)
    t.match(await desk.items('resolved'), [{
      id: item.id, resolution: 'ASSIGNED', resolved_by: 'user:accountant', note: 'theo giấy báo của phụ huynh',
    }])
    const facts = await world.rows(
      `SELECT counted_on::text, sum(source_payments)::int AS payments, sum(paid_vnd)::int AS paid FROM adoption_fact
       WHERE school_id = $1 GROUP BY counted_on`, [desk.school.schoolId])
    t.same(facts, [{ counted_on: '2026-09-12', payments: 1, paid: 300_001 }])
    await desk.books()
  })

  t.test('a siblings\' transfer is split over their bills, and the rest is one child\'s credit', async (t) => {
    const desk = await openDesk(world)
    const [a, b] = [desk.bill(0), desk.bill(1)]
    const item = await desk.suspend(650_000)
    const outcome = await desk.assign(item, {
      bills: [{ invoiceId: a.invoiceId }, { invoiceId: b.invoiceId, amountVnd: 300_000 }],
      credit: { studentId: b.studentId },
    })
    t.match(outcome, { resolution: 'ASSIGNED', allocatedVnd: 600_001, creditedVnd: 49_999, suspenseVnd: 0 })
    t.same([await desk.paid(0), await desk.paid(1)], [300_001, 300_000])
    const credits = await world.rows(
      'SELECT student_id, kind, held_vnd::int AS held, school_year FROM credit WHERE school_id = $1', [desk.school.schoolId])
    t.same(credits, [{ student_id: b.studentId, kind: 'surplus', held: 49_999, school_year: '2026-2027' }])
    await desk.books()
  })

  t.test('in part: the item stays open with what is left, until that is placed too', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(500_000)
    const first = await desk.assign(item, { bills: [{ invoiceId: desk.bill(0).invoiceId, amountVnd: 250_000 }] })
    t.match(first, { resolution: null, suspenseVnd: 250_000 })
    t.equal((await desk.open()).id, item.id)
    await desk.books()
    const second = await desk.assign(item, {
      bills: [{ invoiceId: desk.bill(0).invoiceId }], credit: { studentId: desk.bill(2).studentId },
    })
    t.match(second, { resolution: 'ASSIGNED', allocatedVnd: 50_001, creditedVnd: 199_999 })
    const [payments] = await world.rows<{ count: number }>(
      'SELECT sum(source_payments)::int AS count FROM adoption_fact WHERE school_id = $1', [desk.school.schoolId])
    t.equal(payments?.count, 1, 'however often it is touched, it is one payment')
    await desk.books()
  })

  t.test('what exceeds is refused whole, with the field: more than is open, more than is there, nothing at all', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(400_000)
    const [a, b] = [desk.bill(0).invoiceId, desk.bill(1).invoiceId]
    const refusals = [
      [{ bills: [{ invoiceId: a, amountVnd: 300_002 }] }, 'AMOUNT_OVER_OPEN', 'bills/0/amountVnd'],
      [{ bills: [{ invoiceId: a }, { invoiceId: b, amountVnd: 100_000 }] }, 'AMOUNT_OVER_SUSPENSE', 'bills/1/amountVnd'],
      [{ bills: [{ invoiceId: a }], credit: { studentId: desk.bill(0).studentId, amountVnd: 100_000 } },
        'AMOUNT_OVER_SUSPENSE', 'credit/amountVnd'],
      [{ bills: [] }, 'NOTHING_TO_ASSIGN', 'bills'],
      [{ bills: [{ invoiceId: a, amountVnd: 1 }, { invoiceId: a, amountVnd: 1 }] }, 'INVOICE_TWICE', 'bills/1/invoiceId'],
      [{ bills: [{ invoiceId: randomUUID() }] }, 'INVOICE_NOT_FOUND', 'bills/0/invoiceId'],
    ] as const
    for (const [ask, code, field] of refusals) {
      await t.rejects(desk.assign(item, ask), { code, errors: [{ field }] }, code)
    }
    await t.rejects(desk.assign(item, { bills: [], credit: { studentId: randomUUID() } }), { code: 'STUDENT_NOT_FOUND' })
    t.equal(await desk.standing(item.bank_transaction_id), '0+0/400000', 'nothing moved')
    await desk.books()
  })

  t.test('a paid bill and a cancelled one take nothing', async (t) => {
    const desk = await openDesk(world)
    const [paid, gone] = [desk.bill(0), desk.bill(1)]
    await world.post(desk.school, [desk.body(paid.code, paid.payableVnd)])
    await withdraw(gone.invoiceId)
    const item = await desk.suspend(1_000)
    await t.rejects(desk.assign(item, { bills: [{ invoiceId: paid.invoiceId }] }), { code: 'NOTHING_TO_PAY' })
    await t.rejects(desk.assign(item, { bills: [{ invoiceId: gone.invoiceId }] }), { code: 'INVOICE_WITHDRAWN_CONFLICT' })
    await desk.books()

    async function withdraw(invoiceId: string): Promise<void> {
      const { schoolId } = desk.school
      await world.owner.query(`UPDATE invoice SET state = 'cancelled', withdrawn_on = '2026-09-15',
        withdrawn_reason = 'test' WHERE school_id = $1 AND id = $2`, [schoolId, invoiceId])
      await world.owner.query(`WITH back AS (INSERT INTO entry (school_id, id, kind, bank_day, counted_on, actor, invoice_id,
          reverses_id) VALUES ($1, uuidv7(), 'invoice_withdrawn', '2026-09-15', '2026-09-15', 'test', $2, $2) RETURNING id)
        INSERT INTO posting (school_id, entry_id, line_no, debit_no, credit_no, amount_vnd, student_id)
        SELECT $1, back.id, line_no, credit_no, debit_no, amount_vnd, student_id FROM posting, back
        WHERE school_id = $1 AND entry_id = $2`, [schoolId, invoiceId])
    }
  })

  t.test('a bill of another account takes a transfer between the two, unless one took the other\'s place', async (t) => {
    const desk = await openDesk(world)
    const { schoolId, bankAccountId } = desk.school
    const old = randomUUID()
    await world.owner.query(`INSERT INTO ledger_account (school_id, account_no, kind, name)
      VALUES ($1, 1001, 'bank', 'cũ')`, [schoolId])
    await world.owner.query(`INSERT INTO bank_account (school_id, id, bank_bin, account_number, account_name, ledger_no)
      VALUES ($1, $2, '970436', '0011223344', 'TRUONG', 1001)`, [schoolId, old])
    await world.owner.query('UPDATE invoice SET bank_account_id = $2 WHERE school_id = $1 AND id = $3',
      [schoolId, old, desk.bill(0).invoiceId])
    const item = await desk.suspend(300_001)
    const ask = { bills: [{ invoiceId: desk.bill(0).invoiceId }] }
    const moved = () => world.rows<{ amount_vnd: string; state: string }>('SELECT amount_vnd, state FROM account_transfer WHERE school_id = $1', [schoolId])
    t.match(await desk.assign(item, ask), { allocatedVnd: 300_001 })
    t.same(await moved(), [{ amount_vnd: '300001', state: 'due' }])
    await desk.undo(item.bank_transaction_id)
    await world.owner.query("UPDATE bank_account SET state = 'closed', replaced_by = $3 WHERE school_id = $1 AND id = $2",
      [schoolId, old, bankAccountId])
    t.match(await desk.assign(await desk.open(), ask), { allocatedVnd: 300_001 })
    t.equal((await moved()).filter((row) => row.state === 'due').length, 0)
    await desk.books()
  })

  t.test('the same request again is the same act; another act on an item that was decided is refused', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(300_001)
    const ask = { bills: [{ invoiceId: desk.bill(0).invoiceId }] }
    const asking = somebody({ requestId: 'form-1' })
    const first = await desk.assign(item, ask, asking)
    t.same(await desk.assign(item, ask, asking), first)
    t.equal(await desk.standing(item.bank_transaction_id), '300001+0/0')
    await t.rejects(desk.assign(item, { bills: [{ invoiceId: desk.bill(1).invoiceId }] }, asking), { code: 'IDEMPOTENCY_KEY_REUSED' })
    await t.rejects(desk.assign(item, ask), { code: 'REVIEW_RESOLVED_CONFLICT' })
    const [log] = await world.rows<{ count: string }>(
      "SELECT count(*) FROM audit_log WHERE school_id = $1 AND action = 'review.assign'", [desk.school.schoolId])
    t.equal(log?.count, '1')
    await desk.books()
  })

  t.test('two people assign one transfer at the same moment: one does, the other is told', async (t) => {
    for (let round = 0; round < 5; round++) {
      const desk = await openDesk(world)
      const item = await desk.suspend(300_001)
      const both = await Promise.allSettled([0, 1].map((at) => desk.assign(
        item, { bills: [{ invoiceId: desk.bill(at).invoiceId, amountVnd: 300_001 }] }, somebody({}, `user:${at}`))))
      t.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
      const lost = both.find((one): one is PromiseRejectedResult => one.status === 'rejected')
      t.equal((lost?.reason as DomainError).code, 'REVIEW_RESOLVED_CONFLICT')
      t.equal(await desk.standing(item.bank_transaction_id), '300001+0/0')
      await desk.books()
    }
  })

  t.test('the bank pays the bill while it is being assigned: nothing is paid twice', async (t) => {
    const desk = await openDesk(world)
    const { code, invoiceId, payableVnd } = desk.bill(0)
    const item = await desk.suspend(payableVnd)
    await world.store(desk.school, [desk.body(code, payableVnd)])
    const [, assigned] = await Promise.allSettled([world.drain(), desk.assign(item, { bills: [{ invoiceId }] })])
    t.equal(await desk.paid(0), payableVnd)
    if (assigned.status === 'rejected') t.match(assigned.reason, { code: 'NOTHING_TO_PAY' })
    await desk.books()
  })

  t.test('another school can neither act on the item nor pay its bills with it', async (t) => {
    const [desk, other] = [await openDesk(world), await openDesk(world)]
    const item = await desk.suspend(300_001)
    await t.rejects(assignTransfer(world.db, somebody(), {
      schoolId: other.school.schoolId, reviewItemId: item.id, bills: [{ invoiceId: other.bill(0).invoiceId }],
    }), { code: 'REVIEW_ITEM_NOT_FOUND' })
    await t.rejects(desk.assign(item, { bills: [{ invoiceId: other.bill(0).invoiceId }] }), { code: 'INVOICE_NOT_FOUND' })
    await t.rejects(desk.assign(item, { bills: [], credit: { studentId: other.bill(0).studentId } }), { code: 'STUDENT_NOT_FOUND' })
  })

  t.test('in a closed period the money counts on the first open day', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(300_001)
    await world.owner.query("INSERT INTO period_close (school_id, closed_through, actor) VALUES ($1, '2026-09-30', 'test')",
      [desk.school.schoolId])
    await desk.assign(item, { bills: [{ invoiceId: desk.bill(0).invoiceId }] })
    const days = await world.rows('SELECT DISTINCT counted_on::text AS day FROM allocation WHERE school_id = $1',
      [desk.school.schoolId])
    t.same(days, [{ day: '2026-10-01' }])
    await desk.undo(item.bank_transaction_id)
    await desk.books()
  })

  t.test('a bill withdrawn after it was assigned frees the money like any other', async (t) => {
    const desk = await openDesk(world)
    const item = await desk.suspend(300_001)
    const { studentId, invoiceId } = desk.bill(0)
    await desk.assign(item, { bills: [{ invoiceId }] })
    await world.db.inSchool(desk.school.schoolId, async (trx) => {
      await lockStudents(trx, desk.school.schoolId, [studentId])
      await releaseAllocations(trx, { schoolId: desk.school.schoolId, invoiceIds: [invoiceId], actor: 'test', today: '2026-09-20' })
    })
    t.equal(await desk.standing(item.bank_transaction_id), '0+300001/0')
    await desk.books()
  })

  await t.test('and every promise holds', (t) => world.verify(t))
})
