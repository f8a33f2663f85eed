// Random sequences of everything that moves money, with every sum checked against its rows after each step.
import t from 'tap'
import type { Actor } from '../../src/access/actor.js'
import { applyCredits } from '../../src/reconciliation/apply-credits.js'
import { recordCash, reverseCash } from '../../src/reconciliation/record-cash.js'
import { releaseAllocations } from '../../src/reconciliation/release-allocations.js'
import { lockStudents } from '../../src/ledger/lock-students.js'
import { sepayBody } from '../support/callbacks.js'
import { openPostingWorld } from '../support/posting.js'
import type { PostingWorld } from '../support/posting.js'
import type { SeededSchool } from '../support/seed-school.js'
import { verifyDatabase } from '../../src/verify/verify.js'
import { deskOperations, ignoring } from './desk-operations.js'

const STEPS = 160
const NOW = new Date('2026-09-20T03:00:00Z')
const cashier: Actor = { name: 'token:test', grants: [], address: null }

/** mulberry32: small, seeded, good enough to pick operations. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

interface Sent {
  id: number
  content: string
  amountVnd: number
}

function operations(world: PostingWorld, school: SeededSchool, pick: (below: number) => number) {
  const { schoolId, accountNumber } = school
  const sent: Sent[] = []
  let nextId = 1
  const bill = () => {
    const found = school.bills[pick(school.bills.length)]
    if (!found) throw new Error('a school without bills')
    return found
  }
  const body = (one: Sent, direction: 'in' | 'out' = 'in', id = one.id) =>
    sepayBody({ id, accountNumber, content: one.content, amountVnd: one.amountVnd, reference: `FT${one.id}`, direction })
  const fresh = (content: string, amountVnd: number): Sent => {
    const one = { id: nextId++, content, amountVnd }
    sent.push(one)
    return one
  }
  return {
    async pay() {
      const { code, payableVnd } = bill()
      const amount = [payableVnd, payableVnd - pick(250_000), payableVnd + pick(90_000), 1 + pick(1_000)][pick(4)] ?? 1
      await world.post(school, [body(fresh(`MOMO ${code} chuyen tien`, amount))])
    },
    async payTwo() {
      const [a, b] = [bill(), bill()]
      const exact = pick(2) === 0 ? a.payableVnd + b.payableVnd : 500_000
      await world.post(school, [body(fresh(`${a.code}${b.code}`, exact))])
    },
    async unknown() {
      await world.post(school, [body(fresh('khong co ma', 1 + pick(900_000)))])
    },
    async repeat() {
      const one = sent[pick(sent.length)]
      if (one) await world.post(school, [body(one)])
    },
    async takeBack() {
      const one = sent[pick(sent.length)]
      if (one) await world.post(school, [body(one, 'out', 1_000_000 + nextId++)])
    },
    async burst() {
      const bodies = Array.from({ length: 12 }, () => {
        const { code, payableVnd } = bill()
        return body(fresh(code, payableVnd - pick(3) * 1_000))
      })
      await world.store(school, bodies)
      await Promise.all([world.drain(), world.drain()])
    },
    async cash() {
      const { studentId, invoiceId } = bill()
      const amountVnd = 1 + pick(400_000)
      const named = pick(2) === 0 ? { invoiceId } : {}
      const keepRestAsCredit = pick(3) > 0
      await ignoring(['NOTHING_TO_PAY', 'CASH_OVER_OWED'], recordCash(
        world.db, schoolId, cashier, { studentId, amountVnd, receivedOn: '2026-09-15', keepRestAsCredit, ...named }, NOW))
    },
    async cashBack() {
      const receipts = await world.rows<{ id: string }>(
        'SELECT id FROM cash_receipt WHERE school_id = $1 AND reversed_vnd = 0', [schoolId])
      const receipt = receipts[pick(receipts.length)]
      if (receipt) await reverseCash(world.db, schoolId, cashier, receipt.id, 'nhầm học sinh', NOW)
    },
    async release() {
      const { studentId, invoiceId } = bill()
      await world.db.inSchool(schoolId, async (trx) => {
        await lockStudents(trx, schoolId, [studentId])
        await releaseAllocations(trx, { schoolId, invoiceIds: [invoiceId], actor: 'test', today: '2026-09-20' })
      })
    },
    async spendCredit() {
      const studentIds = [bill().studentId, bill().studentId].sort()
      await world.db.inSchool(schoolId, (trx) =>
        applyCredits(trx, { schoolId, studentIds, actor: 'test', today: '2026-09-20' }))
    },
  }
}

t.test('any sequence of operations leaves books that agree with their rows', async (t) => {
  const world = await openPostingWorld(t)
  for (const seed of [20_260_901, 20_260_902, 20_260_903]) {
    const school = await world.seed({ students: 8 })
    const pick = randomFrom(seed)
    const steps = Object.entries({ ...operations(world, school, pick), ...deskOperations(world, school, pick, NOW) })
    const done: string[] = []
    for (let step = 0; step < STEPS; step++) {
      const [name, work] = steps[pick(steps.length)] ?? []
      if (!name || !work) continue
      done.push(name)
      await work()
      await world.assertBooks(school.schoolId).catch((error: unknown) => {
        throw new Error(`seed ${seed}, after ${done.slice(-5).join(', ')}`, { cause: error })
      })
    }
    const [moved] = await world.rows<{ count: string }>(
      'SELECT count(*) FROM allocation WHERE school_id = $1', [school.schoolId])
    t.ok(Number(moved?.count) > STEPS / 4, `seed ${seed} moved money: ${moved?.count} allocations in ${STEPS} steps`)
    t.equal(new Set(done).size, steps.length, 'every operation was drawn')
  }
  const faults = (await verifyDatabase(world.database.ownerUrl)).flatMap((report) => report.faults)
  t.same(faults, [], 'every promise holds')
})
