// The queue of the desk: what each row suggests is what its own page says, and a page of many rows asks the database no
// more often than a page of one.
import t from 'tap'
import pg from 'pg'
import { findCandidates } from '../../src/reconciliation/find-candidates.js'
import { listQueue } from '../../src/reconciliation/read-review.js'
import type { Database } from '../../src/db/tenancy.js'
import { openDesk, openVerifiedWorld } from './desk.js'

t.test('a page of the review queue', async (t) => {
  const world = await openVerifiedWorld(t)
  const desk = await openDesk(world, 12)
  const { schoolId, bills } = desk.school
  await world.rows(`UPDATE student SET full_name = 'Trần Gia Bảo', search_name = 'tran gia bao'
    WHERE school_id = $1 AND id = ANY ($2)`, [schoolId, [bills[0]?.studentId, bills[1]?.studentId]])
  const [first, second] = [desk.bill(0), desk.bill(1)]
  const damaged = first.code.slice(0, -1) + (first.code.endsWith('A') ? 'B' : 'A')
  const contents = ['tran gia bao nop tien', `CK ${damaged}`, `${first.code} ${second.code}`, 'chuyen khoan', 'khong ro']
  for (let at = 0; at < 15; at++) {
    await world.post(desk.school, [desk.body(contents[at % contents.length] ?? '', at % 4 === 0 ? second.payableVnd : 5_000 + at)])
  }
  await world.rows("UPDATE bank_transaction SET counter_account = '0123' WHERE school_id = $1 AND memo = 'khong ro'", [schoolId])
  const [known] = (await desk.items()).slice(4)
  if (known) await desk.assign(known, { bills: [{ invoiceId: desk.bill(5).invoiceId, amountVnd: 1 }] })
  const page = (limit: number, db: Database = world.db) => listQueue(db, schoolId, { view: 'open' }, { limit })

  await t.test('suggests for each row what the row\'s own page puts first', async (t) => {
    const { items } = await page(20)
    t.equal(items.length, 15)
    const seen = new Set<string>()
    for (const { id, best } of items) {
      const [alone] = (await findCandidates(world.db, schoolId, id)).items
      t.same(best, alone ?? null)
      for (const reason of best?.reasons ?? []) seen.add(reason)
    }
    t.same([...seen].sort(), ['CALLED_IN_CONTENT', 'NAMED_CODE', 'NAME_IN_CONTENT', 'NEAR_CODE', 'PAYER_BEFORE', 'SAME_AMOUNT'])
  })

  await t.test('asks as often for fifteen rows as for five', async (t) => {
    const [few, many] = [await statementsOf(() => page(5)), await statementsOf(() => page(15))]
    t.ok(few > 5, `${few} were counted`)
    t.equal(many, few)
    t.ok(await statementsOf(() => page(1)) <= few)
  })

  await t.test('and every promise holds', (t) => world.verify(t))
})

/** How many statements the service sent meanwhile. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const { query } = pg.Client.prototype
  let sent = 0
  pg.Client.prototype.query = new Proxy(query, {
    apply(target, client, given: unknown[]): unknown {
      sent++
      return Reflect.apply(target, client, given)
    },
  })
  try {
    await work()
  } finally {
    pg.Client.prototype.query = query
  }
  return sent
}
