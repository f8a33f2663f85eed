// The normalising rules: references, amounts, times and texts as senders really write them.
import t from 'tap'
import {
  comparableAccount,
  normaliseBankRef,
  normaliseEvent,
  type EventDraft
} from '../../src/banking/bank-event.js'
import {
  ABSENT,
  pick,
  readAmount,
  readEpochMs,
  readText,
  readVietnamDayOrTime,
  readVietnamTime
} from '../../src/banking/field.js'
import { canonicalJson, parseJson, readStrictJson, type JsonObject } from '../../src/banking/strict-json.js'

const field = (value: unknown) => ({ name: 'amount', value })

function normalise(row: JsonObject, changes: Partial<EventDraft> = {}) {
  return normaliseEvent({
    provider: 'sepay',
    index: 3,
    row,
    eventId: pick(row, 'id'),
    bankRef: pick(row, 'ref'),
    direction: 'in',
    amount: pick(row, 'amount'),
    time: readVietnamTime(pick(row, 'at')),
    accountNumber: pick(row, 'account'),
    vaNumber: pick(row, 'va'),
    providerCode: ABSENT,
    memo: pick(row, 'memo'),
    counterName: pick(row, 'name'),
    counterAccount: ABSENT,
    counterBankBin: pick(row, 'bin'),
    balanceAfter: pick(row, 'balance'),
    ...changes
  })
}

function eventOf(row: JsonObject, changes: Partial<EventDraft> = {}) {
  const normalised = normalise(row, changes)
  if (!normalised.ok) throw new Error(JSON.stringify(normalised.faults))
  return normalised.event
}

const ROW = {
  id: 7,
  ref: 'FT1',
  amount: 1000,
  at: '2026-09-22 23:30:00',
  account: '0351 000-646.393',
  memo: 'x'
}

t.test('an amount is whole đồng, exactly, in every form that senders use', async t => {
  const good: [unknown, number][] = [
    [25000, 25000],
    ['25000', 25000],
    [' 25000 ', 25000],
    ['25000.0', 25000],
    ['100000.00', 100000],
    ['2.5E7', 25_000_000],
    ['1.2345678E7', 12_345_678],
    ['2500e-2', 25],
    ['0.5e1', 5],
    ['-193000', -193000],
    [-193000, -193000],
    ['+5', 5],
    ['007', 7],
    [0, 0],
    ['-0.0', 0],
    ['1000000000000', 1_000_000_000_000]
  ]
  for (const [value, amountVnd] of good) {
    t.strictSame(readAmount(field(value)), { ok: true, value: amountVnd }, String(value))
  }
  const refused: [unknown, RegExp][] = [
    ['1000000000001', /1,000 billion/],
    [25000.5, /whole đồng/],
    ['25000.50', /whole đồng/],
    ['1e-3', /whole đồng/],
    ['9007199254740992', /2\^53/],
    ['9'.repeat(400), /2\^53/],
    ['1e999', /2\^53/],
    ['1e1000', /must be a number/],
    ['100.000', /ambiguous/],
    ['1.000.000', /must be a number/],
    ['1,000', /must be a number/],
    ['0x10', /must be a number/],
    ['25000 VND', /must be a number/],
    ['٣', /must be a number/],
    [NaN, /must be a number/],
    [true, /must be a number/],
    [{}, /must be a number/],
    ['', /missing/],
    [null, /missing/],
    [undefined, /missing/]
  ]
  for (const [value, reason] of refused) {
    t.match(readAmount(field(value)), { ok: false, field: 'amount', reason }, `${String(value).slice(0, 20)}`)
  }
})

t.test('zero and a sign of its own kind are refused, by-sign gives the direction', async t => {
  const faulty = (reason: RegExp) => ({ ok: false, faults: [{ index: 3, field: 'amount', reason }] })
  t.match(normalise({ ...ROW, amount: 0 }), faulty(/zero/))
  t.match(normalise({ ...ROW, amount: -5 }), faulty(/positive/))
  t.match(eventOf({ ...ROW, amount: -5 }, { direction: 'by-sign' }), { direction: 'out', amountVnd: 5 })
  t.match(eventOf({ ...ROW, amount: 5 }, { direction: 'by-sign' }), { direction: 'in', amountVnd: 5 })
})

t.test('every fault of a row is reported at once, under the provider\'s names', async t => {
  const normalised = normalise({ ...ROW, amount: 'x', at: '22/09/2026', memo: ['a'], ref: 'F'.repeat(129) })
  t.equal(normalised.ok, false)
  t.same(normalised.ok ? [] : normalised.faults.map(fault => fault.field), ['amount', 'at', 'ref', 'memo'])
})

t.test('a reference is trimmed, upper-cased, cut from the backslash; stand-ins are nothing', async t => {
  t.equal(normaliseBankRef(' ft26246040431935\\BNK '), 'FT26246040431935')
  t.equal(normaliseBankRef('MBVCB.3278907687'), 'MBVCB.3278907687')
  for (const text of ['', ' ', '-', '--', '0', '000', 'N/A', 'null', 'None', 'undefined', '\\BNK', '***']) {
    t.equal(normaliseBankRef(text), null, JSON.stringify(text))
  }
})

t.test('accounts are compared by letters and digits, leading zeros kept', async t => {
  t.equal(comparableAccount('0351 000-646.393'), '0351000646393')
  t.equal(comparableAccount('cas0123'), 'CAS0123')
  t.match(eventOf(ROW), { accountNumber: '0351000646393', vaNumber: null })
  t.equal(eventOf({ ...ROW, va: '0351000646393' }).vaNumber, null, 'the account itself is no virtual account')
  t.equal(eventOf({ ...ROW, account: 123456 }).accountNumber, '123456')
  t.equal(eventOf({ ...ROW, account: null }).accountNumber, null)
})

t.test('an event without an id is quarantined under a hash of its row, the same at every retry', async t => {
  const { id, ...rest } = ROW
  const event = eventOf(rest)
  t.match(event, { eventId: /^sha256:[0-9a-f]{64}$/, quarantine: true })
  const shuffled = Object.fromEntries(Object.entries(rest).reverse())
  t.equal(eventOf(shuffled).eventId, event.eventId)
  t.not(eventOf({ ...rest, amount: 1001 }).eventId, event.eventId)
  t.match(eventOf({ ...ROW, id: '-' }), { quarantine: true })
  t.match(eventOf(ROW), { eventId: String(id), quarantine: false })
})

t.test('details that decide nothing never refuse a payment', async t => {
  const event = eventOf({ ...ROW, name: { a: 1 }, bin: '97041', balance: '12.5' })
  t.match(event, { counterName: null, counterBankBin: null, balanceAfterVnd: null })
  t.match(eventOf({ ...ROW, name: 'A', bin: 970415, balance: '-12' }), {
    counterName: 'A',
    counterBankBin: '970415',
    balanceAfterVnd: -12
  })
})

t.test('the business day is the Vietnamese day of the bank\'s time', async t => {
  t.match(eventOf(ROW), { bankDay: '2026-09-22', occurredAt: new Date('2026-09-22T16:30:00Z') })
  t.match(readVietnamTime(field('2020-11-02')), { value: { dateOnly: true } })
  t.match(readVietnamTime(field('2020-11-02T00:00:00')), { value: { dateOnly: false } })
  t.match(readVietnamDayOrTime(field('2020-11-02T00:00:00')), { value: { dateOnly: true } })
  t.match(readVietnamDayOrTime(field('2020-11-02 00:00:01')), { value: { dateOnly: false } })
  const refused = ['2026-02-30', '2026-09-22 25:00:00', '2026-09-22T08:00:00Z', '22/09/2026', '', 1790000000]
  for (const text of refused) {
    t.match(readVietnamTime(field(text)), { ok: false, field: 'amount', reason: /Vietnam time/ }, `${text}`)
  }
  for (const value of ['soon', null, 1.5]) t.equal(readEpochMs(field(value), new Date()).ok, false)
})

t.test('text that PostgreSQL refuses is replaced, text that people write is kept', async t => {
  t.same(readText(field(' a\u0000b\ud800c\udc00 ')), { ok: true, value: 'a\uFFFDb\uFFFDc\uFFFD' })
  t.same(readText(field('Nguyễn 😀\n"x"')), { ok: true, value: 'Nguyễn 😀\n"x"' })
  t.equal(eventOf({ ...ROW, memo: '' }).memo, '')
  t.equal(eventOf({ ...ROW, memo: undefined }).memo, '')
  t.match(readText(field(true)), { ok: false, reason: 'must be text' })
})

t.test('numbers of JSON arrive unrounded, strings untouched, keys in order', async t => {
  const strict = (text: string) => readStrictJson(Buffer.from(text))
  t.strictSame(strict('{"a":[1,25000.0,-9007199254740993,1E5],"b":"7.5 \\" 9007199254740993"}'), {
    ok: true,
    value: { a: [1, '25000.0', '-9007199254740993', '1E5'], b: '7.5 " 9007199254740993' }
  })
  t.same(strict('{"a":01}').ok, false)
  t.equal(parseJson(Buffer.from([0x22, 0xff, 0x22])), undefined)
  t.same(parseJson(Buffer.from('\uFEFF{"a":1.5}')), { a: 1.5 })
  t.equal(canonicalJson({ b: [{ d: 'ồ/"', c: null }], a: -1 }), '{"a":-1,"b":[{"c":null,"d":"ồ/\\""}]}')
})
