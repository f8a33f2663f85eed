// What the worker does when something goes wrong: a row that always throws, a worker that dies, a queue that is
// gone, two workers at once.
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { openDatabase } from '../../src/db/tenancy.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { startSweep } from '../../src/queue/sweep.js'
import { sepayBody } from '../support/callbacks.js'
import { openPostingWorld, silentLog } from '../support/posting.js'
import type { SeededSchool } from '../support/seed-school.js'

const POISON = `
  CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.event_id LIKE '666%' THEN RAISE EXCEPTION 'poison'; END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER poison BEFORE INSERT ON bank_event FOR EACH ROW EXECUTE FUNCTION refuse_poison()`

function bodies(school: SeededSchool, firstId: number): Buffer[] {
  const { accountNumber } = school
  return school.bills.map(({ code, payableVnd }, at) =>
    sepayBody({ id: firstId + at, accountNumber, content: code, amountVnd: payableVnd }))
}

t.test('the worker', async (t) => {
  const world = await openPostingWorld(t)
  const paidBills = async ({ schoolId }: SeededSchool): Promise<number> =>
    (await world.rows('SELECT FROM invoice WHERE school_id = $1 AND paid_vnd = payable_vnd', [schoolId])).length
  const makeDue = () => world.owner.query("UPDATE bank_callback SET due_at = now() WHERE state = 'waiting'")
  await world.owner.query(POISON)

  await t.test('one row that always throws holds up no other, is put off, and ends in front of a person', async (t) => {
    const school = await world.seed({ students: 40 })
    await world.store(school, [
      ...bodies(school, 1_000),
      sepayBody({ id: 6_660, accountNumber: school.accountNumber, content: 'x', amountVnd: 5_000 }),
    ])
    await world.drain()
    t.equal(await paidBills(school), 40)
    const waiting = await world.rows<{ attempts: number; late: boolean; last_error: string }>(
      "SELECT attempts, due_at > now() AS late, last_error FROM bank_callback WHERE state = 'waiting'")
    t.match(waiting, [{ attempts: 1, late: true, last_error: /poison/ }])
    for (let attempt = 2; attempt <= 8; attempt++) {
      await makeDue()
      await world.drain()
    }
    const reviews = await world.rows<{ reason: string; evidence: object }>(
      'SELECT reason, evidence FROM review_item WHERE school_id = $1', [school.schoolId])
    t.match(reviews, [{ reason: 'PROCESSING_FAILED', evidence: { attempts: 8, reason: /poison/ } }])
    t.equal(await world.drain(), 0, 'and is not tried again')
    await world.assertBooks(school.schoolId)
  })

  await t.test('a school whose rows are locked holds up no other, and loses no attempt by it', async (t) => {
    const [locked, free] = [await world.seed({ students: 1 }), await world.seed({ students: 1 })]
    await Promise.all([world.store(locked, bodies(locked, 7_000)), world.store(free, bodies(free, 7_500))])
    const hurried = openDatabase(world.pool, { statementTimeoutMs: 60_000, lockTimeoutMs: 100, retries: 0 })
    await world.owner.query('BEGIN')
    await world.owner.query('SELECT FROM student_account WHERE school_id = $1 FOR UPDATE', [locked.schoolId])
    for (let round = 0; round < 10; round++) {
      await drainInbox({ ...world.drainDeps, db: hurried, limits: { ...world.drainDeps.limits, retryBaseMs: 20 } })
      await delay(30)
    }
    await world.owner.query('COMMIT')
    t.equal(await paidBills(free), 1)
    t.match(await world.rows("SELECT attempts FROM bank_callback WHERE state = 'waiting'"), [{ attempts: 0 }])
    await makeDue()
    await world.drain()
    t.equal(await paidBills(locked), 1)
  })

  await t.test('a duplicate of a call that is being posted does not hold up the calls of others', async (t) => {
    const school = await world.seed({ students: 2 })
    const [first, second] = bodies(school, 8_000)
    if (!first || !second) throw new Error('two bills')
    await world.store(school, [first])
    await world.owner.query('BEGIN')
    await world.owner.query('SELECT FROM bank_callback WHERE school_id = $1 FOR UPDATE', [school.schoolId])
    await world.store(school, [first, second])
    await world.owner.query('COMMIT')
    await world.drain()
    t.equal(await paidBills(school), 2)
  })

  await t.test('a worker that dies gives its rows back when the lease ends', async (t) => {
    const school = await world.seed({ students: 3 })
    await world.store(school, bodies(school, 2_000))
    // The claim of a worker that was killed right after it.
    await world.owner.query(
      "UPDATE bank_callback SET attempts = 1, due_at = now() + interval '20 s' WHERE state = 'waiting'")
    t.equal(await world.drain(), 0, 'a lease is respected')
    await makeDue()
    t.equal(await world.drain(), 3)
    t.equal(await paidBills(school), 3)
  })

  await t.test('a row on which workers keep dying is parked without being touched again', async (t) => {
    const school = await world.seed({ students: 1 })
    await world.store(school, bodies(school, 3_000))
    await world.owner.query("UPDATE bank_callback SET attempts = 23, due_at = now() WHERE state = 'waiting'")
    await world.drain()
    t.equal(await paidBills(school), 0)
    const [review] = await world.rows<{ reason: string }>(
      'SELECT reason FROM review_item WHERE school_id = $1', [school.schoolId])
    t.equal(review?.reason, 'PROCESSING_FAILED')
  })

  await t.test('with the whole queue gone the sweep posts what was accepted', async (t) => {
    const school = await world.seed({ students: 5 })
    await world.store(school, bodies(school, 4_000))
    const swept = new Promise<void>((resolve) => {
      const sweep = startSweep({
        log: silentLog,
        intervalMs: 20,
        async drain() {
          if (await drainInbox(world.drainDeps) > 0) void sweep.close().then(resolve)
        },
      })
    })
    await swept
    t.equal(await paidBills(school), 5)
  })

  await t.test('four workers on the same schools post everything once', async (t) => {
    const schools = [await world.seed({ students: 120 }), await world.seed({ students: 120 })]
    for (const [at, school] of schools.entries()) {
      const once = bodies(school, 10_000 * (at + 1))
      await world.store(school, [...once, ...once.map((body) => Buffer.concat([body, Buffer.from('\n')]))])
    }
    const small = { ...world.drainDeps, limits: { ...world.drainDeps.limits, batchRows: 7 } }
    await Promise.all([1, 2, 3, 4].map(() => drainInbox(small)))
    await world.drain()
    for (const school of schools) {
      t.equal(await paidBills(school), 120)
      const events = await world.rows('SELECT FROM bank_event WHERE school_id = $1', [school.schoolId])
      t.equal(events.length, 120)
      await world.assertBooks(school.schoolId)
    }
  })
})
