import t from 'tap'
import { sepayBody } from '../support/callbacks.js'
import type { SepayBody } from '../support/callbacks.js'
import { recordCash, reverseCash } from '../../src/reconciliation/record-cash.js'
import { releaseAllocations } from '../../src/reconciliation/release-allocations.js'
import { lockStudents } from '../../src/ledger/lock-students.js'
import type { Actor } from '../../src/access/actor.js'
import { openPostingWorld } from '../support/posting.js'
import type { PostingWorld } from '../support/posting.js'
import type { SeededBill, SeededSchool } from '../support/seed-school.js'

const NOW = new Date('2026-09-20T03:00:00Z')
const cashier: Actor = { name: 'token:test', grants: [], address: null }
let nextId = 1000

function paying(school: SeededSchool, bill: SeededBill, more: Partial<SepayBody> = {}): Buffer {
  const id = ++nextId
  return sepayBody({
    id,
    accountNumber: school.accountNumber,
    content: `MBVCB.1234.${bill.code}.CT tu 0011 NGUYEN VAN A`,
    amountVnd: bill.payableVnd,
    ...more,
  })
}

function billAt(school: SeededSchool, at: number): SeededBill {
  const bill = school.bills[at]
  if (!bill) throw new Error(`the seeded school has no bill ${at}`)
  return bill
}

interface Placed {
  amount_vnd: string
  allocated_vnd: string
  credited_vnd: string
  reversed_vnd: string
  outcome: string | null
}

async function placed(world: PostingWorld, school: SeededSchool): Promise<string[]> {
  const rows = await world.rows<Placed>(
    `SELECT b.amount_vnd, b.allocated_vnd, b.credited_vnd, b.reversed_vnd, d.outcome FROM bank_transaction b
     LEFT JOIN matching_decision d ON d.school_id = b.school_id AND d.bank_transaction_id = b.id
     WHERE b.school_id = $1 ORDER BY b.recorded_at, b.occurred_at, b.id`, [school.schoolId])
  return rows.map((row) =>
    `${row.outcome} ${row.amount_vnd}=${row.allocated_vnd}+${row.credited_vnd}-${row.reversed_vnd}`)
}

async function reasons(world: PostingWorld, school: SeededSchool): Promise<string[]> {
  const rows = await world.rows<{ reason: string }>(
    "SELECT reason FROM review_item WHERE school_id = $1 AND state = 'open' ORDER BY id", [school.schoolId])
  return rows.map(({ reason }) => reason)
}

t.test('settling callbacks', async (t) => {
  const world = await openPostingWorld(t)

  t.test('an exact payment settles the bill, line by line, and counts as one cashless payment', async (t) => {
    const school = await world.seed({ students: 1 })
    const bill = billAt(school, 0)
    await world.post(school, [paying(school, bill)])
    t.same(await placed(world, school), ['SETTLED 300001=300001+0-0'])
    const facts = await world.rows(
      `SELECT fee_group, payment_class, paid_vnd, source_payments, group_payments, issued_on::text FROM adoption_fact
       WHERE school_id = $1 ORDER BY fee_group`, [school.schoolId])
    t.same(facts.map((fact) => Object.values(fact as object).join(' ')), [
      'pass_through direct 100001 0 1 2026-09-10',
      'service direct 200000 1 1 2026-09-10',
    ])
    t.same(await reasons(world, school), [])
    await world.assertBooks(school.schoolId)
  })

  t.test('a part payment fills lines by priority; the rest settles; a third payment is a possible double', async (t) => {
    const school = await world.seed({ students: 1 })
    const bill = billAt(school, 0)
    await world.post(school, [paying(school, bill, { amountVnd: 250_000 })])
    const lines = await world.rows<{ paid_vnd: string }>(
      'SELECT paid_vnd FROM invoice_line WHERE school_id = $1 ORDER BY line_no', [school.schoolId])
    t.same(lines.map((line) => line.paid_vnd), ['200000', '50000'])
    await world.post(school, [paying(school, bill, { amountVnd: 50_001 })])
    await world.post(school, [paying(school, bill)])
    t.same(await placed(world, school), [
      'PART_PAID 250000=250000+0-0',
      'SETTLED 50001=50001+0-0',
      'POSSIBLE_DOUBLE_PAYMENT 300001=0+300001-0',
    ])
    t.same(await reasons(world, school), ['POSSIBLE_DOUBLE_PAYMENT'])
    await world.assertBooks(school.schoolId)
  })

  t.test('an over-payment settles and its surplus is the student\'s credit', async (t) => {
    const school = await world.seed({ students: 1 })
    await world.post(school, [paying(school, billAt(school, 0), { amountVnd: 400_000 })])
    t.same(await placed(world, school), ['OVERPAID 400000=300001+99999-0'])
    await world.assertBooks(school.schoolId)
  })

  t.test('two codes with the exact sum are split; with another sum they wait with the proposed split', async (t) => {
    const school = await world.seed({ students: 4 })
    const [a, b, c, d] = [billAt(school, 0), billAt(school, 1), billAt(school, 2), billAt(school, 3)]
    await world.post(school, [
      paying(school, a, { content: `${a.code} ${b.code}`, amountVnd: a.payableVnd + b.payableVnd, time: '08:00:00' }),
      paying(school, c, { content: `${c.code} ${d.code}`, amountVnd: 500_000, time: '09:00:00' }),
    ])
    t.same(await placed(world, school), ['SPLIT 600003=600003+0-0', 'SUSPENSE 500000=0+0-0'])
    t.same(await reasons(world, school), ['SPLIT_AMOUNT_DIFFERS'])
    await world.assertBooks(school.schoolId)
  })

  t.test('no code, a damaged code, an unknown code: suspense with a reason, never a guess', async (t) => {
    const school = await world.seed({ students: 1 })
    const bill = billAt(school, 0)
    const flipped = bill.code.slice(0, -1) + (bill.code.endsWith('A') ? 'B' : 'A')
    await world.post(school, [
      paying(school, bill, { content: 'NGUYEN VAN A chuyen tien', time: '08:00:00' }),
      paying(school, bill, { content: flipped, time: '08:00:01' }),
    ])
    t.same(await placed(world, school), ['SUSPENSE 300001=0+0-0', 'SUSPENSE 300001=0+0-0'])
    t.same((await reasons(world, school)).sort(), ['DAMAGED_CODE', 'NO_CODE'])
    await world.assertBooks(school.schoolId)
  })

  t.test('the same event twice, in one body or two, posts once', async (t) => {
    const school = await world.seed({ students: 1 })
    const body = paying(school, billAt(school, 0))
    const again = Buffer.concat([body, Buffer.from(' ')])
    await world.post(school, [body, body, again])
    await world.post(school, [body, again])
    t.same(await placed(world, school), ['SETTLED 300001=300001+0-0'])
    await world.assertBooks(school.schoolId)
  })

  t.test('an equal transfer under another event id is a possible repeat, not a second posting', async (t) => {
    const school = await world.seed({ students: 1 })
    const bill = billAt(school, 0)
    await world.post(school, [paying(school, bill, { reference: 'FT777' }), paying(school, bill, { reference: 'ft777\\BNK' })])
    t.same(await placed(world, school), ['SETTLED 300001=300001+0-0'])
    t.same(await reasons(world, school), ['POSSIBLE_REPEAT'])
    await world.assertBooks(school.schoolId)
  })

  t.test('the bank takes the money back: allocations are reversed and the bill is open again', async (t) => {
    const school = await world.seed({ students: 1 })
    const bill = billAt(school, 0)
    await world.post(school, [paying(school, bill, { amountVnd: 400_000, reference: 'FT1' })])
    await world.post(school, [paying(school, bill, { amountVnd: 400_000, reference: 'FT1', direction: 'out', day: '2026-09-13' })])
    t.same(await placed(world, school), ['OVERPAID 400000=0+0-400000', 'null 400000=0+0-0'])
    const [invoice] = await world.rows<{ paid_vnd: string }>(
      'SELECT paid_vnd FROM invoice WHERE school_id = $1', [school.schoolId])
    t.equal(invoice?.paid_vnd, '0')
    const [net] = await world.rows<{ payments: string }>(
      'SELECT sum(source_payments) AS payments FROM adoption_fact WHERE school_id = $1', [school.schoolId])
    t.equal(net?.payments, '0')
    t.same(await reasons(world, school), [])
    await world.assertBooks(school.schoolId)
  })

  t.test('a reversal that arrives before its payment, or with it, ends in the same books', async (t) => {
    const school = await world.seed({ students: 2 })
    const [first, second] = [billAt(school, 0), billAt(school, 1)]
    await world.post(school, [paying(school, first, { reference: 'FT2', direction: 'out' })])
    t.same(await reasons(world, school), ['MONEY_OUT'])
    await world.assertBooks(school.schoolId)
    await world.post(school, [paying(school, first, { reference: 'FT2' })])
    t.same(await reasons(world, school), [])
    await world.assertBooks(school.schoolId)
    await world.post(school, [
      paying(school, second, { reference: 'FT3', direction: 'out' }),
      paying(school, second, { reference: 'FT3' }),
    ])
    const [paid] = await world.rows<{ sum: string }>(
      'SELECT sum(paid_vnd) FROM invoice WHERE school_id = $1', [school.schoolId])
    t.equal(paid?.sum, '0')
    await world.assertBooks(school.schoolId)
  })

  t.test('money with another school\'s code is held, and that school is told an amount and a day', async (t) => {
    const [here, there] = [await world.seed({ students: 1 }), await world.seed({ students: 1 })]
    await world.post(here, [paying(here, billAt(there, 0))])
    t.same(await placed(world, here), ['SUSPENSE 300001=0+0-0'])
    t.same(await reasons(world, here), ['WRONG_SCHOOL'])
    const { deliverNotices } = await import('../../src/reconciliation/deliver-notices.js')
    t.equal(await deliverNotices(world.db), 1)
    t.equal(await deliverNotices(world.db), 0)
    t.same(await reasons(world, there), ['PAID_TO_OTHER_SCHOOL'])
    t.same(await placed(world, there), [])
    await world.assertBooks(here.schoolId)
  })

  t.test('an account that is not the school\'s, an unreadable body, no direction: kept for a person', async (t) => {
    const school = await world.seed({ students: 1 })
    const bill = billAt(school, 0)
    await world.post(school, [
      paying(school, bill, { accountNumber: '0000111122223333' }),
      Buffer.from('{"id": 5, "transferAmount": 1.5}'),
      Buffer.from('not json'),
    ])
    t.same(await placed(world, school), [])
    t.same((await reasons(world, school)).sort(), ['ACCOUNT_UNKNOWN', 'NOT_UNDERSTOOD', 'NOT_UNDERSTOOD'])
    const states = await world.rows<{ state: string }>(
      'SELECT state FROM bank_callback WHERE school_id = $1 ORDER BY state', [school.schoolId])
    t.same(states.map(({ state }) => state), ['done', 'review', 'review'])
  })

  t.test('a stale signature is held, and posts when the same call comes again in time', async (t) => {
    const school = await world.seed({ students: 1 })
    const body = paying(school, billAt(school, 0))
    await world.post(school, [body], 'stale')
    t.same(await placed(world, school), [])
    t.same(await reasons(world, school), ['STALE_SIGNATURE'])
    await world.post(school, [body], 'good')
    t.same(await placed(world, school), ['SETTLED 300001=300001+0-0'])
    t.same(await reasons(world, school), [])
    await world.assertBooks(school.schoolId)
  })

  t.test('one account number at two banks of a school means the account of the channel', async (t) => {
    const school = await world.seed({ students: 1 })
    await world.owner.query(
      `WITH no AS (INSERT INTO ledger_account VALUES ($1, 1001, 'bank', 'twin') RETURNING account_no)
       INSERT INTO bank_account (school_id, id, bank_bin, account_number, account_name, ledger_no)
       SELECT $1, uuidv7(), '970436', $2, 'TWIN', account_no FROM no`, [school.schoolId, school.accountNumber])
    await world.post(school, [paying(school, billAt(school, 0))])
    t.same(await placed(world, school), ['SETTLED 300001=300001+0-0'])
    await world.assertBooks(school.schoolId)
  })

  t.test('an event held for its unknown account posts when the account is known and the bank repeats it', async (t) => {
    const school = await world.seed({ students: 1 })
    const body = paying(school, billAt(school, 0), { accountNumber: '5550001112223' })
    await world.post(school, [body])
    t.same(await reasons(world, school), ['ACCOUNT_UNKNOWN'])
    await world.owner.query(
      "UPDATE bank_account SET account_number = '5550001112223' WHERE school_id = $1", [school.schoolId])
    await world.post(school, [Buffer.concat([body, Buffer.from(' ')])])
    t.same(await placed(world, school), ['SETTLED 300001=300001+0-0'])
    t.same(await reasons(world, school), [])
    const [event] = await world.rows<{ same: boolean }>(
      'SELECT bank_account_id = $2 AS same FROM bank_event WHERE school_id = $1', [school.schoolId, school.bankAccountId])
    t.ok(event?.same)
  })

  t.test('the same key of the same cashier is one receipt, whatever became of the first answer', async (t) => {
    const school = await world.seed({ students: 1 })
    const { studentId } = billAt(school, 0)
    const cash = {
      studentId, amountVnd: 350_000, receivedOn: '2026-09-15', idempotencyKey: 'ca sáng 1', keepRestAsCredit: true,
    }
    const first = await recordCash(world.db, school.schoolId, cashier, cash, NOW)
    const again = await recordCash(world.db, school.schoolId, cashier, cash, NOW)
    t.same(again, first)
    t.match(first, { number: 1, creditVnd: 49_999 })
    for (const other of [{ amountVnd: 300_000 }, { receivedOn: '2026-09-14' }, { note: 'lần hai' }]) {
      await t.rejects(recordCash(world.db, school.schoolId, cashier, { ...cash, ...other }, NOW),
        { code: 'IDEMPOTENCY_KEY_REUSED' }, 'other cash under the same key is not called recorded')
    }
    await t.rejects(recordCash(world.db, school.schoolId, cashier, { ...cash, receivedOn: '0001-01-01' }, NOW),
      { code: 'CASH_DAY_INVALID' })
    await reverseCash(world.db, school.schoolId, cashier, first.id, 'nhầm', NOW)
    await t.rejects(reverseCash(world.db, school.schoolId, cashier, first.id, 'nhầm', NOW),
      { code: 'CASH_RECEIPT_REVERSED_CONFLICT' })
    await world.assertBooks(school.schoolId)
  })

  t.test('bills of one transfer that are withdrawn at the same moment count it once less', async () => {
    const school = await world.seed({ students: 20 })
    const pairOf = (at: number) => [billAt(school, 2 * at), billAt(school, 2 * at + 1)] as const
    const pairs = Array.from({ length: 10 }, (_pair, at) => pairOf(at))
    await world.post(school, pairs.map(([a, b]) =>
      paying(school, a, { content: `${a.code} ${b.code}`, amountVnd: a.payableVnd + b.payableVnd })))
    await Promise.all(school.bills.map(({ studentId, invoiceId }) => world.db.inSchool(school.schoolId, async (trx) => {
      await lockStudents(trx, school.schoolId, [studentId])
      const release = { schoolId: school.schoolId, invoiceIds: [invoiceId], actor: 'test', today: '2026-09-20' }
      await releaseAllocations(trx, release)
    })))
    await world.assertBooks(school.schoolId)
  })

  t.test('a batch of hundreds with two payments of one bill lets each decision see the one before', async (t) => {
    const school = await world.seed({ students: 300 })
    const bodies = school.bills.flatMap((bill) => [
      paying(school, bill, { time: '08:00:00' }),
      paying(school, bill, { time: '09:00:00' }),
    ])
    await world.post(school, bodies.reverse())
    const counts = await world.rows<{ outcome: string; count: string }>(
      'SELECT outcome, count(*) FROM matching_decision WHERE school_id = $1 GROUP BY 1 ORDER BY 1', [school.schoolId])
    t.same(counts.map(({ outcome, count }) => `${outcome} ${count}`), ['POSSIBLE_DOUBLE_PAYMENT 300', 'SETTLED 300'])
    await world.assertBooks(school.schoolId)
  })
})
