// The accountant's lists over HTTP: every amount agrees with the rows, pages neither repeat nor hide, another
// school's rows stay unseen, and each query is served by the index it names.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import pg from 'pg'
import { paymentCodeNumber, paymentCodeText } from '../../src/invoicing/payment-code.js'
import { selectReviewItems } from '../../src/reconciliation/queries/review.js'
import { selectStudentAccount } from '../../src/reconciliation/queries/student-account.js'
import { selectTransaction, selectTransactions } from '../../src/reconciliation/queries/transactions.js'
import { selectCashReceipts } from '../../src/reconciliation/queries/cash-receipts.js'
import { SAMPLE_YEAR, seedSchool } from '../invoicing/school.js'
import { buildTestApp } from '../support/app.js'

interface Listed {
  items: ({ id: string, number: number } & Record<string, unknown>)[]
  nextCursor: string | null
}

const { asAdmin, app, db, database } = await buildTestApp(t, {
  now: () => new Date('2026-11-22T02:00:00Z'),
  breaks: {
    promises: ['P1', 'P2', 'P3', 'P4', 'P6', 'P7', 'P9'],
    because: 'the rows that lists show are put in without what the service writes beside them',
  },
})
const school = await seedSchool(database.ownerUrl, { students: 500 })
const other = await seedSchool(database.ownerUrl, { students: 1 })
const [studentId = '', siblingId = ''] = school.studentIds
const { schoolId, mainAccountId, insuranceAccountId, roundId } = school
const path = `/api/v1/schools/${schoolId}`
const owner = new pg.Client({ connectionString: database.ownerUrl })
await owner.connect()
t.teardown(() => owner.end())

const get = async (url: string) => {
  const reply = await asAdmin('GET', url)
  return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() }
}
const list = async (url: string) => (await asAdmin('GET', url)).json<Listed>()
const idsOf = ({ items }: Listed) => items.map(({ id }) => id)

/** Ids in the order in which they are asked for, as UUIDv7 are. */
let made = 0
const nextId = () => `0199aaaa-0000-7000-8000-${String(++made).padStart(12, '0')}`

async function insert(table: string, row: Record<string, unknown>, of = schoolId): Promise<string> {
  const record = { school_id: of, id: nextId(), ...row }
  await owner.query(`INSERT INTO ${table} (${Object.keys(record).join(', ')})
    SELECT ${Object.keys(record).join(', ')} FROM jsonb_populate_record(NULL::${table}, $1)`, [JSON.stringify(record)])
  return record.id
}

const transfer = (bankDay: string, amountVnd: number, more: Record<string, unknown> = {}, of = school) => insert(
  'bank_transaction', {
    bank_account_id: of.mainAccountId, bank_ref: `FT${made}`, direction: 'in', amount_vnd: amountVnd, occurrence: 1,
    bank_day: bankDay, occurred_at: `${bankDay}T03:00:00Z`, memo: 'hoc phi', counter_name: 'NGUYEN VAN A',
    payment_class: 'direct', allocated_vnd: 0, credited_vnd: 0, refunded_vnd: 0, reversed_vnd: 0,
    recorded_at: `${bankDay}T03:00:01Z`, ...more,
  }, of.schoolId)

const entry = async (day: string, kind: string, postings: [number, number, number][], more: object = {}) => {
  const id = await insert('entry', {
    kind, bank_day: day, counted_on: day, actor: 'rule:1', recorded_at: `${day}T03:00:01Z`, ...more,
  })
  for (const [at, [debit_no, credit_no, amount_vnd]] of postings.entries()) {
    await owner.query(`INSERT INTO posting (school_id, entry_id, line_no, debit_no, credit_no, amount_vnd, student_id)
      VALUES ($1, $2, $3, $4, $5, $6, $7)`, [schoolId, id, at + 1, debit_no, credit_no, amount_vnd, studentId])
  }
  return id
}

/** A bill of one line. */
async function bill(student: string, code: number, gross: number, exempted: number, paid: number): Promise<string> {
  await owner.query("INSERT INTO payment_code (code, school_id, kind) VALUES ($1, $2, 'invoice')", [code, schoolId])
  const sums = { gross_vnd: gross, exempted_vnd: exempted, payable_vnd: gross - exempted, paid_vnd: paid }
  const id = await insert('invoice', {
    round_id: roundId, student_id: student, bank_account_id: mainAccountId, payment_code: code, ...sums,
    school_year: SAMPLE_YEAR, state: 'issued', due_on: '2026-12-15', issued_on: '2026-11-01',
    issued_at: '2026-11-01T03:00:00Z',
  })
  await owner.query(`INSERT INTO invoice_line (school_id, invoice_id, line_no, fee_kind_id, fee_group, priority,
      legal_basis, gross_vnd, exempted_vnd, payable_vnd, paid_vnd, exempted_payer)
    VALUES ($1, $2, 1, $3, 'tuition', 10, 'NQ', $4, $5, $6, $7, $8)`,
  [schoolId, id, school.feeKindIds.TUITION, ...Object.values(sums), exempted > 0 ? 'budget' : null])
  return id
}

// A bill of 100,000, paid 60,000 + 40,000 by a transfer of 70,000 (10,000 over, held as credit) and by cash. -------
const CODE = 123_456_789
const invoiceId = await bill(studentId, CODE, 120_000, 20_000, 100_000)
await entry('2026-11-01', 'invoice_issued', [[200, 501, 100_000], [210, 501, 20_000]], { invoice_id: invoiceId })

const paid = await transfer('2026-11-10', 70_000, { allocated_vnd: 60_000, credited_vnd: 10_000 })
const paidEntry = await entry('2026-11-10', 'money_in', [[1000, 200, 60_000], [1000, 300, 10_000]],
  { bank_transaction_id: paid })
const allocation = (more: object) => insert('allocation', {
  student_id: studentId, invoice_id: invoiceId, line_no: 1, fee_group: 'tuition', counted_on: '2026-11-10',
  recorded_at: '2026-11-10T03:00:01Z', ...more,
})
await allocation({ bank_transaction_id: paid, payment_class: 'direct', amount_vnd: 35_000, entry_id: paidEntry })
await allocation({ bank_transaction_id: paid, payment_class: 'direct', amount_vnd: 25_000, entry_id: paidEntry })
await insert('credit', {
  bank_transaction_id: paid, student_id: studentId, bank_account_id: mainAccountId, school_year: SAMPLE_YEAR,
  kind: 'surplus', amount_vnd: 10_000, held_vnd: 10_000, recorded_at: '2026-11-10T03:00:01Z',
})
for (const outcome of ['SUSPENSE', 'OVERPAID']) {
  await insert('matching_decision', {
    bank_transaction_id: paid, outcome, rule_version: 1, evidence: { reading: 'memo', codes: ['ZF'] },
    actor: 'rule:1', recorded_at: '2026-11-10T03:00:01Z',
  })
}
const receipt = (number: number, student: string, more: object) => insert('cash_receipt', {
  number, student_id: student, bank_account_id: mainAccountId, amount_vnd: 40_000, received_on: '2026-11-12',
  allocated_vnd: 0, credited_vnd: 0, refunded_vnd: 0, reversed_vnd: 0, actor: 'bootstrap',
  recorded_at: '2026-11-12T03:00:00Z', ...more,
})
const cash = await receipt(1, studentId, { allocated_vnd: 40_000, note: 'bà nội nộp' })
const cashEntry = await entry('2026-11-12', 'cash_in', [[100, 200, 40_000]], { cash_receipt_id: cash })
await allocation({ cash_receipt_id: cash, payment_class: 'cash', amount_vnd: 40_000, entry_id: cashEntry })

const lost = await transfer('2026-11-20', 5_000, { bank_account_id: insuranceAccountId, memo: 'ung ho' })
await entry('2026-11-20', 'money_in', [[1001, 310, 5_000]], { bank_transaction_id: lost })
const out = await transfer('2026-11-21', 1_000, { direction: 'out' })
await transfer('2026-11-20', 9_000, {}, other)
const review = (reason: string, more: object = {}) => insert('review_item', {
  reason, state: 'open', evidence: { outcome: 'SUSPENSE', damaged: [] }, recorded_at: '2026-11-20T03:00:02Z', ...more,
})
const noCode = await review('NO_CODE', { bank_transaction_id: lost, amount_vnd: 5_000, bank_day: '2026-11-20' })
const resolved = await review('NO_CODE', { state: 'resolved', resolved_at: '2026-11-21T00:00:00Z', resolution: 'not ours' })

t.test('transactions are listed newest day first, with where their money sits and why', async (t) => {
  const all = await list(`${path}/transactions`)
  t.strictSame(idsOf(all), [out, lost, paid])
  t.equal(all.nextCursor, null)
  t.match(all.items, [
    { direction: 'out', amountVnd: 1_000, suspenseVnd: 0, decision: null },
    { suspenseVnd: 5_000, allocatedVnd: 0, memo: 'ung ho', counterName: 'NGUYEN VAN A', bankDay: '2026-11-20' },
    { amountVnd: 70_000, allocatedVnd: 60_000, creditedVnd: 10_000, suspenseVnd: 0, recordedAt: '2026-11-10T03:00:01.000Z',
      decision: { outcome: 'OVERPAID', ruleVersion: 1, evidence: { reading: 'memo', codes: ['ZF'] } } },
  ])
  const cases: [string, string[]][] = [
    ['from=2026-11-20', [out, lost]], ['to=2026-11-20', [lost, paid]], ['from=2026-11-11&to=2026-11-20', [lost]],
    [`bankAccountId=${insuranceAccountId}`, [lost]], ['direction=out', [out]], ['state=unallocated', [lost]],
    ['state=allocated', [paid]], ['state=credited', [paid]], ['state=reversed', []], ['state=unallocated&direction=out', []],
  ]
  for (const [query, ids] of cases) t.strictSame(idsOf(await list(`${path}/transactions?${query}`)), ids, query)
  for (const query of ['state=lost', 'from=2026-02-30', 'bankAccountId=1', 'limit=201', 'cursor=x', 'page=2']) {
    t.equal((await get(`${path}/transactions?${query}`)).status, 422, query)
  }
})

t.test('pages hold each transaction once, also when days are equal and rows come in between', async (t) => {
  const same = []
  for (let row = 0; row < 5; row += 1) same.push(await transfer('2026-10-01', 2_000 + row))
  const first = await list(`${path}/transactions?to=2026-10-31&limit=2`)
  await transfer('2026-10-02', 3_000)
  const second = await list(`${path}/transactions?to=2026-10-31&limit=2&cursor=${first.nextCursor}`)
  const third = await list(`${path}/transactions?to=2026-10-31&limit=2&cursor=${second.nextCursor}`)
  t.strictSame([first, second, third].flatMap(idsOf), same.reverse())
  t.equal(third.nextCursor, null)
})

t.test('a transaction shows its decisions, allocations, credit, entries and who told of it', async (t) => {
  const { status, body } = await get(`${path}/transactions/${paid}`)
  t.equal(status, 200)
  t.match(body, {
    id: paid,
    decision: { outcome: 'OVERPAID' },
    decisions: [{ outcome: 'SUSPENSE' }, { outcome: 'OVERPAID' }],
    allocations: [{ amountVnd: 35_000, invoiceId, entryId: paidEntry, countedOn: '2026-11-10' }, { amountVnd: 25_000 }],
    credits: [{ kind: 'surplus', heldVnd: 10_000, studentId }],
    entries: [{ kind: 'money_in', postings: [{ debitNo: 1000, creditNo: 200, amountVnd: 60_000 }, { creditNo: 300 }] }],
    events: [],
    reviewItems: [],
  })
  t.match((await get(`${path}/transactions/${lost}`)).body, { reviewItems: [{ id: noCode, reason: 'NO_CODE', state: 'open' }] })
  for (const id of [randomUUID(), 'nonsense']) {
    t.match(await get(`${path}/transactions/${id}`), { status: 404, body: { code: 'TRANSACTION_NOT_FOUND' } })
  }
})

t.test('another school sees none of it', async (t) => {
  const elsewhere = `/api/v1/schools/${other.schoolId}`
  t.equal((await list(`${elsewhere}/transactions`)).items.length, 1)
  t.strictSame((await list(`${elsewhere}/review`)).items, [])
  t.strictSame((await list(`${elsewhere}/cash-receipts`)).items, [])
  for (const [url, code] of [
    [`transactions/${paid}`, 'TRANSACTION_NOT_FOUND'], [`review/${noCode}`, 'REVIEW_ITEM_NOT_FOUND'],
    [`students/${studentId}/account`, 'STUDENT_NOT_FOUND'],
  ]) t.match(await get(`${elsewhere}/${url}`), { status: 404, body: { code } })
})

t.test('each list needs its own scope', async (t) => {
  const read = async (scope: string, url: string) => {
    const token = (await asAdmin('POST', '/api/v1/tokens', { name: scope, scopes: [scope], schoolId })).json<{ token: string }>()
    return (await app.inject({ url: `${path}/${url}`, headers: { authorization: `Bearer ${token.token}` } })).statusCode
  }
  t.equal(await read('banking:read', 'transactions'), 200)
  t.equal(await read('banking:read', 'review'), 403)
  t.equal(await read('review:read', 'review'), 200)
  t.equal(await read('reports:read', 'ledger/balances'), 403)
})

t.test('the review desk shows what waits, longest first, with what is behind it', async (t) => {
  const damaged = await review('DAMAGED_CODE')
  const open = await list(`${path}/review`)
  t.strictSame(idsOf(open), [noCode, damaged])
  t.match(open.items[0], {
    reason: 'NO_CODE', memo: 'ung ho', counterName: 'NGUYEN VAN A', direction: 'in', suspenseVnd: 5_000,
    bankAccountId: insuranceAccountId, evidence: { outcome: 'SUSPENSE', damaged: [] }, resolvedAt: null,
  })
  t.match(open.items[1], { memo: null, suspenseVnd: null, bankTransactionId: null })
  t.strictSame(idsOf(await list(`${path}/review?reason=DAMAGED_CODE`)), [damaged])
  t.strictSame(idsOf(await list(`${path}/review?state=resolved`)), [resolved])
  const first = await list(`${path}/review?limit=1`)
  t.strictSame(idsOf(await list(`${path}/review?limit=1&cursor=${first.nextCursor}`)), [damaged])
  t.match((await get(`${path}/review/${resolved}`)).body, {
    state: 'resolved', resolvedAt: '2026-11-21T00:00:00.000Z', resolution: 'not ours', event: null, callback: null,
  })
})

t.test('a call that nobody understood is shown as it came', async (t) => {
  const channelId = await insert('channel', {
    bank_account_id: mainAccountId, provider: 'sepay', mode: 'hmac', sealed_secret: '\\x00', state: 'active',
    active_from: '2026-09-01', created_at: '2026-09-01T00:00:00Z',
  })
  const callId = await insert('bank_callback', {
    channel_id: channelId, shard: 0, body: `\\x${Buffer.from('{"học phí"').toString('hex')}`,
    body_sha256: `\\x${'00'.repeat(32)}`, proof: 'good', state: 'review', attempts: 1,
    due_at: '2026-11-20T03:00:00Z', received_at: '2026-11-20T03:00:00Z', processed_at: '2026-11-20T03:00:01Z',
  })
  const id = await review('NOT_UNDERSTOOD', { bank_callback_id: callId })
  t.match((await get(`${path}/review/${id}`)).body, {
    callbackText: '{"học phí"', callback: { channelId, proof: 'good', receivedAt: '2026-11-20T03:00:00.000Z' }, event: null,
  })
})

t.test('cash receipts come newest number first, of the school or of one student', async (t) => {
  await receipt(2, siblingId, {})
  await receipt(3, studentId, {})
  t.strictSame((await list(`${path}/cash-receipts`)).items.map(({ number }) => number), [3, 2, 1])
  const own = await list(`${path}/cash-receipts?studentId=${studentId}&limit=1`)
  t.strictSame(own.items.map(({ number }) => number), [3])
  const last = await list(`${path}/cash-receipts?studentId=${studentId}&limit=1&cursor=${own.nextCursor}`)
  t.match(last, { nextCursor: null, items: [{
    number: 1, amountVnd: 40_000, allocatedVnd: 40_000, note: 'bà nội nộp', receivedOn: '2026-11-12', actor: 'bootstrap',
  }] })
})

t.test('a student\'s account holds the whole history and a balance that follows from it', async (t) => {
  const { body } = await get(`${path}/students/${studentId}/account`)
  t.match(body, {
    studentId, billedVnd: 100_000, paidVnd: 100_000, openVnd: 0, creditVnd: 10_000, balanceVnd: 10_000,
    bills: [{ invoiceId, roundName: 'Tháng 12', paymentCode: paymentCodeText(paymentCodeNumber(CODE)), payableVnd: 100_000,
      state: 'issued', dueOn: '2026-12-15' }],
    payments: [
      { amountVnd: 60_000, bankTransactionId: paid, cashReceiptId: null, bankDay: '2026-11-10', entryKind: 'money_in' },
      { amountVnd: 40_000, bankTransactionId: null, cashReceiptId: cash },
    ],
    credits: [{ heldVnd: 10_000, bankTransactionId: paid, kind: 'surplus' }],
  })
  t.match((await get(`${path}/students/${siblingId}/account`)).body, { balanceVnd: 0, bills: [], payments: [], credits: [] })
  t.match(await get(`${path}/students/${randomUUID()}/account`), { status: 404, body: { code: 'STUDENT_NOT_FOUND' } })
})

t.test('ledger balances are recounted as of a day, and both sides are equal', async (t) => {
  const balances = async (query: string) => {
    const body = (await asAdmin('GET', `${path}/ledger/balances${query}`)).json<{
      asOf: string, debitVnd: number, creditVnd: number, accounts: { accountNo: number, balanceVnd: number }[]
    }>()
    return { ...body, of: (no: number) => body.accounts.find(({ accountNo }) => accountNo === no)?.balanceVnd }
  }
  const now = await balances('')
  t.equal(now.asOf, '2026-11-22')
  t.match([100, 200, 210, 300, 310, 501, 1000, 1001].map(now.of),
    [40_000, 0, 20_000, -10_000, -5_000, -120_000, 70_000, 5_000])
  t.equal(now.debitVnd, 235_000)
  t.equal(now.creditVnd, now.debitVnd)
  t.equal(now.accounts.length, 16, 'accounts without a posting are there too')
  const before = await balances('?asOf=2026-11-10')
  t.match([200, 100, 1000, 310].map(before.of), [40_000, 0, 70_000, 0])
})

/** 5,000 transfers with what hangs on each; 1 in 100 is in suspense. */
async function insertYears(): Promise<void> {
  const rows = (columns: string) => `SELECT $1, uuidv7(), ${columns} FROM bank_transaction WHERE memo = 'bulk'`
  const bulk = (statement: string, ...values: string[]) => owner.query(statement, [schoolId, ...values])
  await bulk(`INSERT INTO bank_transaction (school_id, id, bank_account_id, bank_ref, direction, amount_vnd, bank_day,
      occurred_at, memo, allocated_vnd)
    SELECT $1, uuidv7(), CASE WHEN n % 2 = 0 THEN $2::uuid ELSE $3::uuid END, 'BULK' || n, 'in', 1000,
      '2025-01-01'::date + n / 40, now(), 'bulk', CASE WHEN n % 100 = 0 THEN 0 ELSE 1000 END
    FROM generate_series(1, 5000) AS n`, mainAccountId, insuranceAccountId)
  await bulk(`INSERT INTO matching_decision (school_id, id, bank_transaction_id, outcome, rule_version, evidence, actor)
    ${rows("id, 'SETTLED', 1, '{}', 'rule:1'")}`)
  await bulk(`INSERT INTO entry (school_id, id, bank_transaction_id, kind, bank_day, counted_on, actor)
    ${rows("id, 'money_in', bank_day, bank_day, 'bulk'")}`)
  await bulk(`INSERT INTO posting (school_id, entry_id, line_no, debit_no, credit_no, amount_vnd)
    SELECT school_id, id, 1, 1000, 310, 1000 FROM entry
    WHERE school_id = $1 AND actor = 'bulk'`)
  await bulk(`INSERT INTO payment_code (code, school_id, kind)
    SELECT n, $1, 'invoice' FROM generate_series(1, 500) AS n`)
  await bulk(`INSERT INTO invoice (school_id, id, round_id, student_id, bank_account_id, payment_code, school_year,
      due_on, gross_vnd, exempted_vnd, payable_vnd, issued_on)
    SELECT $1, uuidv7(), $2, student_id, $3, row_number() OVER (), $5, '2026-12-15', 1000, 0, 1000, '2026-11-01'
    FROM student_account WHERE school_id = $1 AND student_id <> $4`, roundId, mainAccountId, studentId, SAMPLE_YEAR)
  await bulk(`INSERT INTO invoice_line (school_id, invoice_id, line_no, fee_kind_id, fee_group, priority, legal_basis,
      gross_vnd, exempted_vnd, payable_vnd)
    SELECT $1, id, 1, $2, 'tuition', 10, 'NQ', 1000, 0, 1000 FROM invoice WHERE school_id = $1 AND payment_code <= 500`,
  school.feeKindIds.TUITION)
  // Ten to a bill.
  await bulk(`WITH bill AS (SELECT *, row_number() OVER () AS n FROM invoice WHERE school_id = $1 AND payment_code <= 500),
      money AS (SELECT *, row_number() OVER () AS n FROM entry WHERE school_id = $1 AND actor = 'bulk')
    INSERT INTO allocation (school_id, id, bank_transaction_id, student_id, invoice_id, line_no, fee_group,
      payment_class, amount_vnd, entry_id, counted_on)
    SELECT $1, uuidv7(), bank_transaction_id, student_id, bill.id, 1, 'tuition', 'direct', 1000, money.id, bank_day
    FROM money JOIN bill ON bill.n = 1 + money.n % 499`)
  await bulk(`WITH student AS (SELECT student_id, row_number() OVER () AS n FROM student_account WHERE school_id = $1),
      money AS (SELECT id, row_number() OVER () AS n FROM bank_transaction WHERE memo = 'bulk')
    INSERT INTO credit (school_id, id, bank_transaction_id, student_id, bank_account_id, school_year, kind, amount_vnd,
      held_vnd)
    SELECT $1, uuidv7(), money.id, student_id, $2, '2025-2026', 'surplus', 1, 0
    FROM money JOIN student ON student.n = 1 + money.n % 500`, mainAccountId)
  await bulk(`INSERT INTO review_item (school_id, id, bank_transaction_id, reason, state, evidence, resolved_at,
      resolution) ${rows("id, 'NO_CODE', 'resolved', '{}', now(), 'done'")}`)
  await bulk(`INSERT INTO review_act (school_id, id, bank_transaction_id, kind, actor, asked, allocated_vnd,
      credited_vnd, suspense_vnd) ${rows("id, 'undo', 'x', '{}', 0, 0, 0")}`)
  await bulk(`INSERT INTO cash_receipt (school_id, id, number, student_id, bank_account_id, amount_vnd, received_on,
      actor) SELECT $1, uuidv7(), 100 + n, $2, $3, 1000, '2026-11-01', 'x' FROM generate_series(1, 5000) AS n`,
  siblingId, mainAccountId)
  await bulk(`INSERT INTO bank_event (school_id, id, bank_transaction_id, channel_id, event_id, source, direction,
      amount_vnd, memo, occurred_at, date_only, bank_day)
    ${rows("id, (SELECT id FROM channel LIMIT 1), bank_ref, 'webhook', 'in', 1000, memo, now(), false, bank_day")}`)
  await owner.query('ANALYZE')
}

t.test('each query is served by the indexes that it names and never reads a table whole', async (t) => {
  await insertYears()
  const explain = async (query: RawBuilder<unknown>) => {
    const { rows } = await db.inSchool(schoolId, (trx) =>
      sql<{ 'QUERY PLAN': string }>`EXPLAIN (COSTS OFF) ${query}`.execute(trx))
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
  const days = { from: '2025-03-01', to: '2025-04-01' }
  const after = { bankDay: '2025-06-01', id: paid }
  const plans: [string, RawBuilder<unknown>, string[]][] = [
    ['the list', selectTransactions(schoolId, {}, 51, undefined), ['bank_transaction_newest', 'matching_decision_of']],
    ['a later page', selectTransactions(schoolId, {}, 51, after), ['bank_transaction_newest', 'matching_decision_of']],
    ['days', selectTransactions(schoolId, days, 51, undefined), ['bank_transaction_newest']],
    ['suspense', selectTransactions(schoolId, { state: 'unallocated' }, 51, undefined), ['bank_transaction_suspense']],
    ['one transfer', selectTransaction(schoolId, paid), ['bank_transaction_pkey', 'matching_decision_of',
      'allocation_of_transaction', 'credit_of_transaction', 'entry_of_transaction', 'posting_pkey',
      'bank_event_tells_once', 'review_item_of_transaction', 'review_act_of_transaction']],
    ['open reviews', selectReviewItems(schoolId, { state: 'open' }, 51, undefined), ['review_item_open']],
    ['a student', selectStudentAccount(schoolId, studentId), ['invoice_of_student', 'allocation_of_invoice',
      'credit_of_student', 'entry_pkey']],
  ]
  for (const [name, query, indexes] of plans) {
    const plan = await explain(query)
    for (const index of indexes) t.match(plan, new RegExp(`(using|Bitmap Index Scan on) ${index}\\b`), `${name}: ${index}`)
    t.notMatch(plan, /Seq Scan on (bank_|review|posting|entry|allocation|credit|matching)/, name)
  }
  const receipts = await db.inSchool(schoolId, (trx) =>
    selectCashReceipts(trx, schoolId, { studentId }, 51, undefined).explain())
  t.match(JSON.stringify(receipts), /cash_receipt_of_student/)
})
