// Whose money may it be, and what was typed into the search box: reasons, not scores; each look-up by its index; and
// quick enough for a school of 1,600.
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { openPostingWorld } from '../support/posting.js'
import type { PostingWorld } from '../support/posting.js'
import { findCandidates } from '../../src/reconciliation/find-candidates.js'
import { callPhrases, memoWords, namePhrases, namesClass } from '../../src/reconciliation/memo-words.js'
import { readAmount, readSearch } from '../../src/reconciliation/search-query.js'
import { searchSchool } from '../../src/reconciliation/search-school.js'
import { NOW, openDesk, openVerifiedWorld } from './desk.js'
import type { Desk, Item } from './desk.js'

t.test('words, classes and amounts as people write them', (t) => {
  t.same(memoWords('Nguyễn-Thị.ÁNH lop3A'), ['nguyen', 'thi', 'anh', 'lop', '3a'])
  t.same(namePhrases(['a', 'b', 'c']), ['a b', 'a b c', 'b c'])
  t.same(callPhrases(['a', 'b', 'c']), ['a b', 'b c'])
  for (const [text, name, names] of [
    ['hoc phi lop 3a', 'Lớp 3A', true], ['hp 3A thang 9', '3A', true], ['hp 3 a', '3A', true], ['lop3a1', '3A1', true],
    ['nop 5 thang', '5', false], ['lop 5', '5', true], ['be hoc la 1', 'Lá 1', false], ['lop la 1', 'Lá 1', true],
    ['hp 13a', '3A', false],
  ] as const) t.equal(namesClass(memoWords(text), name), names, `${text} / ${name}`)
  for (const [text, amount] of [
    ['450.000', 450_000], ['450,000 đ', 450_000], ['450000', 450_000], ['1 868 650', 1_868_650], ['450k', 450_000],
    ['1,5tr', 1_500_000], ['1.868.650đ', 1_868_650], ['12', null], ['3A', null], ['minh 450000', null],
  ] as const) t.equal(readAmount(text), amount, text)
  t.match(readSearch('zf23-ABCD'), { codes: [], words: ['abcd'], bankRef: null })
  t.match(readSearch('FT26123456'), { bankRef: 'FT26123456' })
  t.end()
})

/** Names, classes and a family in the seeded school: Minh Anh and Bảo Anh are sisters in 3A and 1B. */
async function nameThem(world: PostingWorld, { school }: Desk): Promise<void> {
  const names = ['Nguyễn Minh Anh', 'Nguyễn Bảo Anh', 'Trần Đức Huy', 'Lê Thị Thu Hà']
  const { schoolId, bills } = school
  for (const [at, name] of names.entries()) {
    await world.owner.query('UPDATE student SET full_name = $3, search_name = plain_text($3) WHERE school_id = $1 AND id = $2',
      [schoolId, bills[at]?.studentId, name])
  }
  await world.owner.query(`INSERT INTO school_class (school_id, id, school_year, name, grade) VALUES
    ($1, gen_random_uuid(), '2026-2027', '3A', 3), ($1, gen_random_uuid(), '2026-2027', '1B', 1)`, [schoolId])
  await world.owner.query(`INSERT INTO enrolment (school_id, id, student_id, class_id, school_year, valid_from)
    SELECT $1, gen_random_uuid(), student.id, class.id, '2026-2027', '2026-08-15' FROM student
    JOIN school_class class ON class.school_id = $1 AND class.name = CASE WHEN student.id = ANY ($2) THEN '3A' ELSE '1B' END
    WHERE student.school_id = $1`, [schoolId, [bills[0]?.studentId, bills[2]?.studentId]])
  const family = '0199bbbb-0000-7000-8000-000000000001'
  await world.owner.query("INSERT INTO payment_code VALUES (77, $1, 'family')", [schoolId])
  await world.owner.query('INSERT INTO family (school_id, id, payment_code) VALUES ($1, $2, 77)', [schoolId, family])
  await world.owner.query('INSERT INTO family_member SELECT $1, $2, unnest($3::uuid[])',
    [schoolId, family, [bills[0]?.studentId, bills[1]?.studentId]])
}

t.test('candidates and search', async (t) => {
  const world = await openVerifiedWorld(t)
  const desk = await openDesk(world)
  await nameThem(world, desk)
  const { schoolId } = desk.school
  const [a, b, c, d] = [desk.bill(0), desk.bill(1), desk.bill(2), desk.bill(3)]
  const send = async (content: string, amountVnd: number, payer?: string): Promise<Item> => {
    await world.post(desk.school, [desk.body(content, amountVnd)])
    const item = (await desk.items()).at(-1)
    if (!item) throw new Error('it did not wait')
    if (payer !== undefined) {
      await world.owner.query('UPDATE bank_transaction SET counter_account = $2 WHERE id = $1', [item.bank_transaction_id, payer])
    }
    return item
  }
  const names = async (item: Item) => {
    const { items } = await findCandidates(world.db, schoolId, item.id)
    return items.map(({ fullName, reasons }) => `${fullName}: ${reasons.join(' ')}`)
  }

  await t.test('a whole name in the content stands first; siblings, class and amount add to it', async (t) => {
    t.same(await names(await send('nguyen minh anh nop tien lop 3a', a.payableVnd)), [
      'Nguyễn Minh Anh: NAME_IN_CONTENT CALLED_IN_CONTENT CLASS_IN_CONTENT SAME_AMOUNT',
      'Nguyễn Bảo Anh: SIBLING',
    ])
  })

  await t.test('the sum of a family\'s bills points to the whole family', async (t) => {
    t.same(await names(await send('me chau Minh Anh chuyen', a.payableVnd + b.payableVnd)), [
      'Nguyễn Minh Anh: FAMILY_AMOUNT CALLED_IN_CONTENT', 'Nguyễn Bảo Anh: FAMILY_AMOUNT SIBLING',
    ])
  })

  await t.test('a damaged code shows the codes near it that were issued', async (t) => {
    const flipped = d.code.slice(0, -1) + (d.code.endsWith('A') ? 'B' : 'A')
    const item = await send(`CK ${flipped}`, 1_000)
    t.match(await names(item), ['Lê Thị Thu Hà: NEAR_CODE'])
    const { codes } = await findCandidates(world.db, schoolId, item.id)
    t.match(codes.filter(({ near }) => near), [{ seen: flipped, code: d.code, studentIds: [d.studentId] }])
  })

  await t.test('a payer is remembered by what was placed for whom, and forgotten when it was undone', async (t) => {
    const first = await send('chuyen khoan', 1_234, '0123')
    await desk.assign(first, { bills: [{ invoiceId: c.invoiceId, amountVnd: 1_234 }] })
    const second = await send('ck tiep', 2_000, '0123')
    t.same(await names(second), ['Trần Đức Huy: PAYER_BEFORE'])
    await desk.undo(first.bank_transaction_id)
    t.same(await names(second), [])
  })

  await t.test('search: part of a name without accents, a class, both, a code, an amount, content, a reference', async (t) => {
    const search = (text: string) => searchSchool(world.db, schoolId, text, NOW)
    const students = async (text: string) => (await search(text)).students.map(({ fullName }) => fullName)
    t.same(await students('anh ngu'), ['Nguyễn Bảo Anh', 'Nguyễn Minh Anh'])
    t.same(await students('Đức'), ['Trần Đức Huy'])
    t.same(await students('lớp 3a'), ['Nguyễn Minh Anh', 'Trần Đức Huy'])
    t.same(await students('huy 3A'), ['Trần Đức Huy'])
    t.same(await students('uyen'), [], 'a word is found from its beginning')
    const spaced = `${c.code.slice(0, 4)} ${c.code.slice(4, 8)}-${c.code.slice(8).toLowerCase()}`
    const byCode = await search(spaced)
    t.match(byCode, { students: [{ id: c.studentId }], bills: [{ id: c.invoiceId }] })
    t.match(await search('300.002'), { bills: [{ id: b.invoiceId }], students: [] })
    t.match(await search('1.234'), { transfers: [{ amountVnd: 1_234, suspenseVnd: 1_234 }] })
    t.match((await search('me chau minh')).transfers, [{ memo: 'me chau Minh Anh chuyen' }])
    const [row] = await world.rows<{ bank_ref: string }>('SELECT bank_ref FROM bank_transaction WHERE school_id = $1 LIMIT 1', [schoolId])
    t.equal((await search(row?.bank_ref.toLowerCase() ?? '')).transfers.length, 1)
    const other = await openDesk(world, 1)
    t.match(await searchSchool(world.db, other.school.schoolId, 'me chau minh', NOW), { students: [], transfers: [] })
  })

  await t.test('a student is found by school code, ministry number, personal number and birth date, in this school only', async (t) => {
    const other = await openDesk(world, 1)
    const number = (of: string, studentId: string, at: number) => world.owner.query(`UPDATE student
      SET school_code = $3, moet_student_id = $4, personal_id = $5, birth_on = $6 WHERE school_id = $1 AND id = $2`,
    [of, studentId, ['0012', '0045'][at], ['0123456789', '0123456780'][at], ['079314000001', '079314000002'][at], ['2014-09-05', '2014-05-09'][at]])
    await number(schoolId, c.studentId, 0)
    await number(schoolId, d.studentId, 1)
    await number(other.school.schoolId, other.bill(0).studentId, 0)
    const found = async (text: string) =>
      (await searchSchool(world.db, schoolId, text, NOW)).students.map(({ id }) => id)
    for (const text of ['0012', ' 0012 ', '12', '0123456789', '123456789', '079314000001', '79314000001', '079 314 000 001',
      '05/09/2014', '5/9/2014', '5-9-2014', '5.9.2014', '2014-09-05']) t.same(await found(text), [c.studentId], text)
    t.same(await found('09/05/2014'), [d.studentId], 'the day stands first')
    for (const text of ['0013', '120', '31/02/2014', '06/09/2014', '0123456788']) t.same(await found(text), [], text)
  })

  await t.test('the school\'s own code in the content suggests its student first, and books nothing', async (t) => {
    for (const content of ['hoc phi 0012', 'HP ma HS 0012 thang 9', 'nop tien 079314000001', 'nop 0123456789']) {
      const item = await send(content, c.payableVnd)
      t.match((await names(item))[0], /^Trần Đức Huy: STUDENT_CODE_IN_CONTENT/, content)
      t.equal(await desk.standing(item.bank_transaction_id), `0+0/${c.payableVnd}`, content)
    }
    t.match(await names(await send('be Le Thi Thu Ha ma 0012', 3_000)),
      [/^Trần Đức Huy: STUDENT_CODE/, /^Lê Thị Thu Hà: NAME_IN_CONTENT/], 'a name that is another\'s is shown beside it')
    t.notMatch((await names(await send('hoc phi 12 thang', 3_000))).join(), 'STUDENT_CODE', 'a short number is none by itself')
  })

  await t.test('1,600 pupils and 16,000 transfers: each answer within 50 ms, each look-up by its index', async (t) => {
    const world = await openPostingWorld(t, {
      breaks: {
        promises: ['P2', 'P3', 'P4', 'P6'],
        because: 'the many transfers are put in without calls, entries and decisions',
      },
    })
    const big = await openDesk(world, 1_600)
    const of = big.school.schoolId
    await world.owner.query(`INSERT INTO bank_transaction (school_id, id, bank_account_id, bank_ref, direction, amount_vnd,
        bank_day, occurred_at, memo, counter_name, counter_account, credited_vnd)
      SELECT $1, uuidv7(), $2, 'B' || n, 'in', 1000 + n, '2026-09-12', now(), 'HOC PHI ' || (CASE n % 7 WHEN 0 THEN 'LE VAN BAO'
        ELSE 'TRAN THI HOA' END) || ' THANG ' || n % 12, 'PHAM ' || chr(65 + n % 26), 'ACC' || n % 900, 1000 + n
      FROM generate_series(1, 16000) AS n`, [of, big.school.bankAccountId])
    await world.owner.query('ANALYZE')
    const item = await big.suspend(big.bill(800).payableVnd)
    await world.owner.query("UPDATE bank_transaction SET counter_account = 'ACC7', memo = 'hoc sinh 801 lop 3a' WHERE id = $1",
      [item.bank_transaction_id])
    const timed = async (what: string, work: () => Promise<unknown>) => {
      await work()
      let bestMs = Infinity
      // The best of some, with rests between: how busy the machine is must not decide a test.
      for (let round = 0; round < 200 && bestMs >= 50; round++) {
        const from = performance.now()
        await work()
        bestMs = Math.min(bestMs, performance.now() - from)
        if (bestMs >= 50) await delay(100)
      }
      t.ok(bestMs < 50, `${what}: ${bestMs.toFixed(1)} ms`)
    }
    await timed('candidates', () => findCandidates(world.db, of, item.id))
    for (const text of ['le van', 'hoc 80', 'tran thi hoa', '300.801', big.bill(5).code, 'B777']) {
      await timed(text, () => searchSchool(world.db, of, text, NOW))
    }
    const { transfers } = await searchSchool(world.db, of, 'le van bao', NOW)
    t.equal(transfers.length, 20)
    for (const [query, index] of [
      [`SELECT id FROM student WHERE search_words(school_id, search_name) @@ '${of.slice(-12)}hoc:*'`, 'student_words'],
      [`SELECT id FROM bank_transaction WHERE school_id = '${of}' AND amount_vnd = 5000`, 'bank_transaction_amount'],
      [`SELECT id FROM bank_transaction WHERE school_id = '${of}' AND counter_account = 'ACC7' AND direction = 'in'`, 'bank_transaction_payer'],
      [`SELECT id FROM student WHERE school_id = '${of}' AND school_code = ANY ('{0012,12}')`, 'student_school_code_key'],
      [`SELECT id FROM student WHERE school_id = '${of}' AND moet_student_id = ANY ('{0012,12}')`, 'student_moet_student_id_key'],
      [`SELECT id FROM student WHERE school_id = '${of}' AND personal_id = ANY ('{0012,12}')`, 'student_personal_id_key'],
      [`SELECT id FROM student WHERE school_id = '${of}' AND birth_on = '2014-09-05'`, /Index Cond: .*school_id = /],
      [`SELECT id FROM invoice WHERE school_id = '${of}' AND payable_vnd = 300801 AND state = 'issued'`, 'invoice_payable'],
      [`SELECT id FROM bank_transaction WHERE search_words(school_id, memo || ' ' || coalesce(counter_name, ''))
        @@ ('''${of.slice(-12)}pham'':* & ''${of.slice(-12)}z'':*')::tsquery`, 'bank_transaction_words'],
    ] as const) {
      await world.owner.query('SET enable_seqscan = off')
      const plan = await world.rows<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`)
      t.match(plan.map((line) => line['QUERY PLAN']).join('\n'), index, String(index))
    }
  })
})
