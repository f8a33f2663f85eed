// A school whose review desk is full: every reason that a bank can cause, children with names and classes, a
// family, and people who may decide or only look.
import pg from 'pg'
import type { Test } from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { openInbox } from '../../src/banking/inbox.js'
import { LIMITS } from '../../src/limits.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { drainDepsOf } from '../../src/worker.js'
import { openPeopleWorld } from '../access/people-world.js'
import type { PeopleWorld } from '../access/people-world.js'
import { sepayBody } from '../support/callbacks.js'
import type { SepayBody } from '../support/callbacks.js'
import { seedSchool } from '../support/seed-school.js'
import type { SeededBill, SeededSchool } from '../support/seed-school.js'

const NAMES = ['Nguyễn Minh Anh', 'Nguyễn Bảo Anh', 'Trần Đức Huy', 'Lê Thị Thu Hà', 'Phạm Gia Bảo', 'Vũ Ngọc Linh',
  'Đặng Hoàng Nam', 'Bùi Khánh Vy']

export interface ReviewWorld extends PeopleWorld {
  school: SeededSchool
  bill: (at: number) => SeededBill
  receive: (content: string, amountVnd: number, more?: Partial<SepayBody>, proof?: 'good' | 'stale') => Promise<void>
  receiveRaw: (rawBody: Buffer) => Promise<void>
  rows: <Row>(text: string, values?: unknown[]) => Promise<Row[]>
  /** Ids of open items by reason. */
  open: () => Promise<{ id: string, reason: string, transaction_id: string | null }[]>
  /** One of everything that waits. */
  fill: () => Promise<void>
}

export async function openReviewWorld(t: Test): Promise<ReviewWorld> {
  const people = await openPeopleWorld(t)
  people.clock.now = new Date('2026-09-20T03:00:00Z')
  const owner = new pg.Client({ connectionString: people.database.ownerUrl })
  await owner.connect()
  t.teardown(() => owner.end())
  const rows = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await owner.query<Row & pg.QueryResultRow>(text, values)).rows
  const school = await seedSchool(owner, { students: NAMES.length })
  await nameChildren(rows, school)
  const { schoolId, channelId, accountNumber } = school
  const inbox = openInbox(people.db, { maxWaiting: 100, maxBatchRows: 100, shards: LIMITS.shards }, () => undefined)
  const send = async (rawBody: Buffer, proof: 'good' | 'stale') => {
    await inbox.accept({ schoolId, channelId, rawBody, proof, receivedAt: people.clock.now })
    await drainInbox(drainDepsOf(people.deps))
  }
  let lastId = 9_000
  const receive: ReviewWorld['receive'] = (content, amountVnd, more = {}, proof = 'good') =>
    send(sepayBody({ id: ++lastId, accountNumber, content, amountVnd, ...more }), proof)
  const bill = (at: number): SeededBill => {
    const found = school.bills[at]
    if (!found) throw new Error(`the school has no bill ${at}`)
    return found
  }
  return {
    ...people, school, bill, receive, rows,
    receiveRaw: (rawBody) => send(rawBody, 'good'),
    open: () => rows(`SELECT id, reason, bank_transaction_id AS transaction_id FROM review_item
      WHERE school_id = $1 AND state = 'open' ORDER BY id`, [schoolId]),
    async fill() {
      const [a, b, c, d, e] = [bill(0), bill(1), bill(2), bill(3), bill(4)]
      const flipped = d.code.slice(0, -1) + (d.code.endsWith('A') ? 'B' : 'A')
      await receive('NGUYEN THI HOA nop tien cho hai chau Minh Anh va Bao Anh lop 3A', a.payableVnd + b.payableVnd)
      await receive(`CT DEN:0921 MBVCB.88123.${flipped} hoc phi`, d.payableVnd, { day: '2026-09-13' })
      await receive('Tran Duc Huy lop 3A nop hoc phi thang 9', 250_000, { day: '2026-09-14' })
      await receive(`${c.code} ${e.code}`, 500_000, { day: '2026-09-14' })
      await receive(c.code, c.payableVnd, { day: '2026-09-15', time: '08:00:00' })
      await receive(c.code, c.payableVnd, { day: '2026-09-15', time: '09:30:00' })
      await receive(e.code, e.payableVnd, { reference: 'FT26258771' })
      await receive(e.code, e.payableVnd, { reference: 'FT26258771' })
      await receive(bill(5).code, bill(5).payableVnd, { day: '2026-09-16' }, 'stale')
      await receive(bill(6).code, bill(6).payableVnd, { accountNumber: '0000111122223333', day: '2026-09-16' })
      await receive('PHI QUAN LY TAI KHOAN T9', 11_000, { direction: 'out', day: '2026-09-17' })
      await receive('Ung ho quy khuyen hoc - cong ty TNHH Thuan Phat', 5_000_000, { day: '2026-09-18' })
      await send(Buffer.from('{"transferAmount": "ba tram nghin"}'), 'good')
    },
  }
}

async function nameChildren(rows: ReviewWorld['rows'], { schoolId, bills }: SeededSchool): Promise<void> {
  for (const [at, name] of NAMES.entries()) {
    await rows('UPDATE student SET full_name = $3, search_name = plain_text($3) WHERE school_id = $1 AND id = $2',
      [schoolId, bills[at]?.studentId, name])
  }
  await rows(`UPDATE school_profile SET name = 'Trường Tiểu học Nguyễn Văn Tố' WHERE school_id = $1`, [schoolId])
  await rows(`INSERT INTO school_class (school_id, id, school_year, name, grade) VALUES
    ($1, gen_random_uuid(), '2026-2027', '3A', 3), ($1, gen_random_uuid(), '2026-2027', '1B', 1)`, [schoolId])
  await rows(`INSERT INTO enrolment (school_id, id, student_id, class_id, school_year, valid_from)
    SELECT $1, gen_random_uuid(), student.id, class.id, '2026-2027', '2026-08-15' FROM student
    JOIN school_class class ON class.school_id = $1
      AND class.name = CASE WHEN student.full_name ~ 'Minh Anh|Huy|Linh|Nam' THEN '3A' ELSE '1B' END
    WHERE student.school_id = $1`, [schoolId])
  const family = uuidv7()
  await rows("INSERT INTO payment_code VALUES (77, $1, 'family')", [schoolId])
  await rows('INSERT INTO family (school_id, id, payment_code) VALUES ($1, $2, 77)', [schoolId, family])
  await rows('INSERT INTO family_member SELECT $1, $2, unnest($3::uuid[])',
    [schoolId, family, [bills[0]?.studentId, bills[1]?.studentId]])
}
