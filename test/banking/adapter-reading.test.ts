// What the adapters make of bodies: odd numbers, odd clocks, half-good arrays, no JSON at all.
import t from 'tap'
import { getAdapter } from '../../src/banking/adapters/registry.js'
import { MAX_ROWS } from '../../src/banking/adapters/rows.js'
import {
  CASSO_ROW,
  eventOf,
  eventsOf,
  faultsOf,
  PAYOS_DATA,
  read,
  RECEIVED_AT,
  SEPAY,
  VIETQR
} from './samples.js'

t.test('bodies that are not understood are named, and never quoted', async t => {
  const bytes = (text: string) => getAdapter('sepay').read(Buffer.from(text, 'latin1'), RECEIVED_AT)
  t.same(bytes('{"content":"\xff"}'), { kind: 'not-understood', reason: 'not valid UTF-8' })
  for (const broken of ['{"content":"Nguyen Van A",', '{"content": Nguyen}']) {
    t.match(bytes(broken), { kind: 'not-understood', reason: /^not valid JSON( at character \d+)?$/ })
  }
  t.match(bytes(''), { kind: 'not-understood', reason: /not valid JSON/ })
  t.match(bytes('[]'), { kind: 'not-understood', reason: 'must be a JSON object' })
  t.match(bytes('{"a":' + '['.repeat(250_000) + ']'.repeat(250_000) + '}'), { reason: /nested deeper/ })
  t.match(read('casso-v1', { data: {} }), { kind: 'not-understood', field: 'data' })
  t.match(read('casso-v2', { data: [] }), { faults: [{ index: 0, field: 'data' }] })
  t.match(read('casso-v1', { data: Array(MAX_ROWS + 1).fill(CASSO_ROW) }), { reason: /at most 500/ })
  const marked = `\uFEFF${JSON.stringify(SEPAY)}`
  t.equal(eventOf(read('sepay', marked)).amountVnd, 2277000, 'a byte order mark is fine')
})

t.test('a bad row of a Casso array is reported, the good ones beside it go in', async t => {
  const bad = { ...CASSO_ROW, amount: 0.5, when: 'x' }
  const result = read('casso-v1', { data: [CASSO_ROW, bad, 'row', CASSO_ROW] })
  t.equal(eventsOf(result).length, 2)
  t.match(faultsOf(result), [
    { index: 1, field: 'amount', reason: /whole đồng/ },
    { index: 1, field: 'when' },
    { index: 2, field: 'data', reason: 'must be an object' }
  ])
})

t.test('numbers that a double cannot hold are refused, not rounded', async t => {
  const raw = JSON.stringify(SEPAY).replace('2277000', '9007199254740993')
  t.match(faultsOf(read('sepay', raw)), [{ field: 'transferAmount', reason: /2\^53/ }])
  const longId = JSON.stringify(SEPAY).replace('92704', '9007199254740993')
  t.equal(eventOf(read('sepay', longId)).eventId, '9007199254740993')
  const inMemo = JSON.stringify({ ...SEPAY, content: 'CT 9007199254740993 \\" 1.5 "x\\' })
  t.equal(eventOf(read('sepay', inMemo)).memo, 'CT 9007199254740993 \\" 1.5 "x\\')
})

t.test('SePay: memo codes are no accounts, unknown directions stay unknown', async t => {
  t.equal(eventOf(read('sepay', { ...SEPAY, subAccount: 'TKPABC123' })).vaNumber, null)
  t.equal(eventOf(read('sepay', { ...SEPAY, subAccount: SEPAY.accountNumber })).vaNumber, null)
  t.equal(eventOf(read('sepay', { ...SEPAY, transferType: 'out' })).direction, 'out')
  t.equal(eventOf(read('sepay', { ...SEPAY, transferType: 'IN?' })).direction, 'unknown')
  t.equal(eventOf(read('sepay', { ...SEPAY, id: '7c1b-uuid' })).eventId, '7c1b-uuid')
  t.equal(eventOf(read('sepay', { ...SEPAY, content: '', description: 'BIDV ZF' })).memo, 'BIDV ZF')
  t.equal(eventOf(read('sepay', { ...SEPAY, content: '' })).memo, '', 'an empty memo is fine')
  const negative = read('sepay', { ...SEPAY, transferAmount: -1 })
  t.match(faultsOf(negative), [{ field: 'transferAmount', reason: /positive/ }])
})

t.test('payOS: only data.code "00" is money, in đồng', async t => {
  const cancelled = { code: '00', success: true, data: { ...PAYOS_DATA, code: '01' } }
  t.match(read('payos', cancelled), { events: [], faults: [], ignored: [{ field: 'code' }] })
  t.equal(eventsOf(read('payos', { code: '99', data: PAYOS_DATA })).length, 1, 'the outer code is unsigned')
  t.match(faultsOf(read('payos', { data: { ...PAYOS_DATA, code: null } })), [{ field: 'code' }])
  t.match(faultsOf(read('payos', { data: { ...PAYOS_DATA, currency: 'USD' } })), [{ field: 'currency' }])
})

t.test('VietQR.vn: both spellings, both number forms, no direction, a clock ahead', async t => {
  t.match(eventOf(read('vietqr-vn', VIETQR)), {
    eventId: 'abc',
    direction: 'in',
    amountVnd: 455000,
    providerCode: null,
    occurredAt: new Date(VIETQR.transactiontime),
    timeDoubtful: false
  })
  const old = {
    bankAccount: '0123456789',
    amount: '455000',
    content: '',
    transactionTime: String(VIETQR.transactiontime),
    referenceNumber: 'ft1\\BNK'
  }
  t.match(eventOf(read('vietqr-vn', old)), { direction: 'unknown', amountVnd: 455000, bankRef: 'FT1' })
  t.equal(eventOf(read('vietqr-vn', { ...VIETQR, transType: 'D' })).direction, 'out')
  const java = JSON.stringify(VIETQR).replace('455000', '2.5E7')
  t.equal(eventOf(read('vietqr-vn', java)).amountVnd, 25_000_000)
  for (const shiftMs of [7 * 3_600_000, -RECEIVED_AT.getTime()]) {
    const wrong = { ...VIETQR, transactiontime: RECEIVED_AT.getTime() + shiftMs }
    t.match(eventOf(read('vietqr-vn', wrong)), { occurredAt: RECEIVED_AT, timeDoubtful: true })
  }
  const slightly = { ...VIETQR, transactiontime: RECEIVED_AT.getTime() + 299_000 }
  t.equal(eventOf(read('vietqr-vn', slightly)).timeDoubtful, false)
})
