// Holds the adapters against every published and derived vector of the five providers, and against what a
// stranger, a replay or a clumsy sender would try.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { makeCallback, type ChannelProof, type ChannelSecrets } from '../../src/banking/adapter.js'
import { signCassoV2 } from '../../src/banking/adapters/casso-v2.js'
import { signPayos } from '../../src/banking/adapters/payos.js'
import { getAdapter } from '../../src/banking/adapters/registry.js'
import { signSepay } from '../../src/banking/adapters/sepay.js'
import {
  checkToken,
  generateToken,
  issueToken,
  parseBasic
} from '../../src/banking/adapters/vietqr-vn-token.js'
import { isProvider, PROVIDERS, type Mode, type Provider } from '../../src/banking/provider.js'
import {
  CASSO_ROW,
  eventOf,
  eventsOf,
  PAYOS_DATA,
  read,
  RECEIVED_AT,
  SEPAY,
  VIETQR
} from './samples.js'

interface Vector {
  id: string
  provider: string
  name: string
  headers: Record<string, string>
  rawBody: string | null
  secret: string
  valid: boolean
  now?: number
}

const TOKEN_KEY = Buffer.alloc(32, 7)
const SECRET = 'kept-by-the-school'

function channel(secrets: ChannelSecrets, mode: Mode = 'hmac', channelId = 'channel-1'): ChannelProof {
  return { channelId, mode, secrets, tokenKey: TOKEN_KEY }
}

function call(headers: Record<string, string>, body: string | Buffer, receivedAt = RECEIVED_AT) {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return makeCallback(Object.fromEntries(entries), Buffer.from(body), receivedAt)
}

t.test('vectors', async t => {
  const vectors = JSON.parse(readFileSync('test/vectors/webhook-vectors.json', 'utf8')) as Vector[]
  const tested = new Set<string>()
  for (const vector of vectors) {
    const { provider } = vector
    if (!isProvider(provider)) continue
    tested.add(vector.id)
    await t.test(`${vector.id}: ${vector.name}`, async t => {
      const adapter = getAdapter(provider)
      const mode: Mode = vector.headers['Authorization'] ? 'apikey' : adapter.modes[0]
      const receivedAt = vector.now === undefined ? RECEIVED_AT : new Date(vector.now * 1000)
      const callback = call(vector.headers, vector.rawBody ?? '', receivedAt)
      const proof = adapter.verify(callback, channel({ current: vector.secret }, mode))
      t.equal(proof.kind === 'good', vector.valid)
      t.same(adapter.ack(callback, 'c'), {
        status: 200,
        contentType: 'application/json',
        body: '{"success":true}'
      })
    })
  }
  t.equal(tested.size, 18, 'every vector of the providers that sign or carry a key')
  const body = (id: string) => Buffer.from(vectors.find(vector => vector.id === id)?.rawBody ?? '')
  const readVector = (id: string) => {
    const provider = PROVIDERS.find(name => id.startsWith(`${name}-`))
    if (!provider) throw new Error(`no adapter for ${id}`)
    return getAdapter(provider).read(body(id), RECEIVED_AT)
  }

  t.match(eventOf(readVector('payos-01')), {
    eventId: 'TF230204212323',
    direction: 'in',
    amountVnd: 3000,
    providerCode: '123',
    memo: 'VQRIO123',
    vaNumber: null,
    bankDay: '2023-02-04'
  })
  t.match(eventOf(readVector('payos-05')), { amountVnd: 3000, counterName: null, vaNumber: null })
  t.match(readVector('casso-v2-13'), { kind: 'events', events: [], faults: [], ignored: [{ index: 0 }] })
  t.match(eventOf(readVector('casso-v2-22')), {
    eventId: '9000002',
    direction: 'out',
    amountVnd: 193000,
    memo: 'Chuyển tiền / trả lương "T9" – Đợt 1',
    counterName: 'NGUYEN VAN A',
    counterAccount: '8888888888',
    counterBankBin: '970415',
    balanceAfterVnd: 124807000
  })
  t.match(eventOf(readVector('casso-v1-23')), { amountVnd: 200500, direction: 'in', dateOnly: true })
  const [first, second] = eventsOf(readVector('casso-v1-26'))
  t.match(first, { eventId: '5789', index: 0, direction: 'out', amountVnd: 193000, dateOnly: true })
  t.equal(first?.vaNumber, null)
  t.match(second, { eventId: '5791', index: 1, direction: 'in', amountVnd: 1500000, vaNumber: 'CAS000111' })
  t.match(eventOf(readVector('sepay-27')), {
    eventId: '92704',
    bankRef: 'MBVCB.3278907687',
    direction: 'in',
    amountVnd: 2277000,
    balanceAfterVnd: 19077000,
    providerCode: null,
    occurredAt: new Date('2023-03-25T14:02:37+07:00')
  })
  t.match(eventOf(readVector('sepay-33')), {
    vaNumber: '96247CSHP1A2B3C',
    providerCode: 'CSHP1A2B3C',
    balanceAfterVnd: null,
    bankRef: '020097042209220815022026ABCD123456.12345'
  })

  const stale = vectors.find(vector => vector.id === 'sepay-31')
  const callback = call(stale?.headers ?? {}, stale?.rawBody ?? '', new Date((stale?.now ?? 0) * 1000))
  t.same(
    getAdapter('sepay').verify(callback, channel({ current: stale?.secret ?? '' })),
    { kind: 'stale', signedAt: new Date(1790000000 * 1000) },
    'an old but right signature is told apart from a wrong one'
  )

  await t.test('vietqr-51 and -54: the token call and a token that is not ours', async t => {
    const token = vectors.find(vector => vector.id === 'vietqr-51')
    const header = token?.headers['Authorization']
    const ours = channel({ current: token?.secret ?? '' }, 'bearer')
    t.same(parseBasic(header), { user: 'customer-school-user1', password: 'S3cret:with:colons' })
    const answer = generateToken(header, ours, RECEIVED_AT)
    const { access_token: issued, ...rest } = JSON.parse(answer.body) as { access_token: string }
    t.equal(answer.status, 200)
    t.same(rest, { token_type: 'Bearer', expires_in: 300 })
    const adapter = getAdapter('vietqr-vn')
    t.equal(adapter.verify(call({ Authorization: `Bearer ${issued}` }, '{}'), ours).kind, 'good')
    const unknown = vectors.find(vector => vector.id === 'vietqr-54')
    t.same(adapter.verify(call(unknown?.headers ?? {}, unknown?.rawBody ?? ''), ours), {
      kind: 'bad',
      reason: 'PROOF_WRONG'
    })
  })
})

t.test('proofs', async t => {
  const raw = Buffer.from(JSON.stringify(SEPAY))
  const nowS = RECEIVED_AT.getTime() / 1000
  const sepay = getAdapter('sepay')
  const sepayHeaders = (bytes: Buffer, timestamp: string) => ({
    'X-SePay-Timestamp': timestamp,
    'X-SePay-Signature': signSepay(bytes, SECRET, timestamp)
  })
  const signedSepay = (timestampS: number) => call(sepayHeaders(raw, `${timestampS}`), raw)

  await t.test('SePay accepts 300 seconds either way and calls more of it stale', async t => {
    for (const [offset, kind] of [[-300, 'good'], [300, 'good'], [-301, 'stale'], [301, 'stale']] as const) {
      t.equal(sepay.verify(signedSepay(nowS + offset), channel({ current: SECRET })).kind, kind, `${offset}`)
    }
  })

  await t.test('SePay signatures are checked on bytes that are no JSON at all', async t => {
    const bytes = Buffer.from([0x00, 0xff, 0x7b])
    const callback = { ...call(sepayHeaders(bytes, `${nowS}`), bytes), json: () => t.fail('parsed') }
    t.equal(sepay.verify(callback, channel({ current: SECRET })).kind, 'good')
    t.equal(sepay.isTestCall(callback), false)
  })

  await t.test('the previous secret counts while a rotation lasts, for every signing provider', async t => {
    const both = channel({ current: 'the-new-secret', previous: SECRET })
    const onlyNew = channel({ current: 'the-new-secret' })
    const body = { error: 0, data: CASSO_ROW }
    const cassoHeaders = { 'X-Casso-Signature': signCassoV2(body, SECRET, '1790000000000') }
    const calls = {
      sepay: signedSepay(nowS),
      'casso-v1': call({ 'secure-token': SECRET }, '{"error":0,"data":[]}'),
      'casso-v2': call(cassoHeaders, JSON.stringify(body)),
      payos: call({}, JSON.stringify({ data: PAYOS_DATA, signature: signPayos(PAYOS_DATA, SECRET) }))
    }
    for (const provider of ['sepay', 'casso-v1', 'casso-v2', 'payos'] as const) {
      t.equal(getAdapter(provider).verify(calls[provider], both).kind, 'good', provider)
      t.same(getAdapter(provider).verify(calls[provider], onlyNew), { kind: 'bad', reason: 'PROOF_WRONG' })
    }
  })

  await t.test('a missing or malformed proof is named, and no reason ever holds a secret', async t => {
    const good = 'ab'.repeat(32)
    const sepaySignature = { 'x-sepay-signature': `sha256=${good}` }
    const cassoSignature = { 'x-casso-signature': `t=1,v1=${good}${good}` }
    const cases: [Provider, Record<string, string>, string, string, Mode?][] = [
      ['sepay', {}, '{}', 'PROOF_MISSING'],
      ['sepay', sepaySignature, '{}', 'PROOF_MISSING'],
      ['sepay', { 'x-sepay-signature': good, 'x-sepay-timestamp': '1' }, '{}', 'PROOF_MALFORMED'],
      ['sepay', { ...sepaySignature, 'x-sepay-timestamp': '1e9' }, '{}', 'PROOF_MALFORMED'],
      ['sepay', { authorization: `Bearer ${SECRET}` }, '{}', 'PROOF_MALFORMED', 'apikey'],
      ['sepay', { authorization: `Apikey ${SECRET}x` }, '{}', 'PROOF_WRONG', 'apikey'],
      ['sepay', { authorization: `Apikey ${SECRET}` }, '{}', 'MODE_UNKNOWN', 'bearer'],
      ['sepay', { authorization: `Apikey ${SECRET}` }, '{}', 'PROOF_MISSING', 'hmac'],
      ['casso-v1', {}, '{}', 'PROOF_MISSING'],
      ['casso-v1', { 'secure-token': SECRET.slice(1) }, '{}', 'PROOF_WRONG'],
      ['casso-v2', { 'x-casso-signature': `t=1,v1=${good}` }, '{}', 'PROOF_MALFORMED'],
      ['casso-v2', cassoSignature, '{"a":', 'BODY_NOT_JSON'],
      ['casso-v2', cassoSignature, '[{'.repeat(9) + '1', 'BODY_NOT_JSON'],
      ['casso-v2', cassoSignature, '['.repeat(99) + ']'.repeat(99), 'BODY_NOT_JSON'],
      ['payos', {}, 'no', 'BODY_NOT_JSON'],
      ['payos', {}, '[]', 'BODY_NOT_JSON'],
      ['payos', {}, '{"signature":12,"data":{}}', 'PROOF_MALFORMED'],
      ['payos', {}, `{"signature":"${good}","data":[]}`, 'PROOF_MALFORMED'],
      ['payos', {}, `{"signature":"${good}","data":{}}`, 'PROOF_WRONG'],
      ['vietqr-vn', {}, '{}', 'PROOF_MISSING'],
      ['vietqr-vn', { authorization: 'Basic eA==' }, '{}', 'PROOF_MALFORMED']
    ]
    for (const [provider, headers, body, reason, mode] of cases) {
      const proof = getAdapter(provider).verify(call(headers, body), channel({ current: SECRET }, mode))
      t.same(proof, { kind: 'bad', reason }, `${provider} ${Object.keys(headers).join()} ${reason}`)
    }
  })

  await t.test('payOS signs whatever keys arrive, arrays as sorted JSON', async t => {
    const data = { ...PAYOS_DATA, items: [{ b: 1, a: 'ồ/' }], note: null }
    t.equal(
      signPayos({ b: [{ d: 'ồ/', c: 1 }], a: null }, SECRET),
      signPayos({ a: '', b: '[{"c":1,"d":"ồ/"}]' }, SECRET)
    )
    const body = { data, signature: signPayos(data, SECRET) }
    const verify = (sent: unknown) =>
      getAdapter('payos').verify(call({}, JSON.stringify(sent)), channel({ current: SECRET }))
    t.same(verify(body), { kind: 'good' })
    const tampered = { ...body, data: { ...data, items: [{ b: 2, a: 'ồ/' }] } }
    t.same(verify(tampered), { kind: 'bad', reason: 'PROOF_WRONG' })
  })

  await t.test('a secret is checked for form when a channel is set up', async t => {
    for (const provider of PROVIDERS) {
      t.same(getAdapter(provider).checkSecret('user1:S3cret:with:colons'), [], provider)
      const refused = ['', 'short:1', 'user1:pasted-with-end\n', ' user1:blank-before', 'x:y'.repeat(200)]
      for (const secret of refused) {
        const [error] = getAdapter(provider).checkSecret(secret)
        t.equal(error?.field, 'secret', `${provider} ${JSON.stringify(secret).slice(0, 30)}`)
      }
    }
    t.match(getAdapter('vietqr-vn').checkSecret('no-colon-here'), [{ reason: 'must be user:password' }])
    t.match(getAdapter('vietqr-vn').checkSecret(':only-a-password'), [{ reason: 'must be user:password' }])
  })

  await t.test('a VietQR.vn token dies after 300 seconds and opens no other channel', async t => {
    const ours = channel({ current: 'user1:password' }, 'bearer')
    const token = issueToken(ours, RECEIVED_AT)
    const later = (s: number) => new Date(RECEIVED_AT.getTime() + s * 1000)
    t.equal(checkToken(token, ours, later(299)), 'good')
    t.equal(checkToken(token, ours, later(300)), 'expired')
    t.equal(checkToken(token, { ...ours, channelId: 'channel-2' }, RECEIVED_AT), 'wrong')
    t.equal(checkToken(token, { ...ours, tokenKey: Buffer.alloc(32, 8) }, RECEIVED_AT), 'wrong')
    t.equal(checkToken(token.replace(/^\d+/, s => `${Number(s) + 600}`), ours, RECEIVED_AT), 'wrong')
    const expired = call({ authorization: `Bearer ${token}` }, '{}', later(301))
    t.same(getAdapter('vietqr-vn').verify(expired, ours), { kind: 'bad', reason: 'TOKEN_EXPIRED' })
    for (const header of [undefined, 'Basic !!', 'Basic bm9jb2xvbg==', `Basic ${btoa('user1:passwor')}`]) {
      const answer = generateToken(header, ours, RECEIVED_AT)
      t.equal(answer.status, 401)
      t.match(JSON.parse(answer.body), { status: 'FAILED', message: String })
    }
  })
})

t.test('test calls', async t => {
  const isTest = (provider: Provider, body: unknown) =>
    getAdapter(provider).isTestCall(call({}, JSON.stringify(body)))
  const sample = { ...PAYOS_DATA, orderCode: 123, amount: 3000, description: 'VQRIO123' }
  t.equal(isTest('payos', { data: sample }), true)
  t.equal(isTest('payos', { data: { ...sample, amount: 30000 } }), false)
  t.equal(isTest('payos', { data: PAYOS_DATA }), false)
  t.equal(isTest('casso-v2', { data: { ...CASSO_ROW, id: 0 } }), true)
  t.equal(isTest('casso-v2', { data: { ...CASSO_ROW, reference: 'MA_GIAO_DICH_THU_NGHIEM' } }), true)
  t.equal(isTest('casso-v2', { data: CASSO_ROW }), false)
  t.equal(isTest('casso-v1', { data: [{ ...CASSO_ROW, id: 0 }] }), true)
  t.equal(isTest('casso-v1', { data: [{ ...CASSO_ROW, id: 0 }, CASSO_ROW] }), false, 'real money beside it')
  t.equal(isTest('casso-v1', { data: [] }), false)
  for (const provider of PROVIDERS) t.equal(isTest(provider, [null]), false, `${provider} [null]`)
  const mixed = read('casso-v1', { data: [{ ...CASSO_ROW, id: 0 }, CASSO_ROW] })
  t.match(mixed, { events: { length: 1 }, faults: [], ignored: [{ index: 0, field: 'id' }] })
})

t.test('answers', async t => {
  const vietqr = getAdapter('vietqr-vn')
  const wanted = createHash('sha256').update('channel-1FT26265000000001').digest('hex').slice(0, 32)
  const ack = vietqr.ack(call({}, JSON.stringify(VIETQR)), 'channel-1')
  t.same(JSON.parse(ack.body), {
    error: false,
    errorReason: '000',
    toastMessage: '',
    object: { reftransactionid: wanted }
  })
  const respelled = JSON.stringify({ referenceNumber: VIETQR.referencenumber, amount: '455000' })
  t.same(vietqr.ack(call({}, respelled), 'channel-1'), ack, 'the same transfer, the same id')
  t.not(vietqr.ack(call({}, respelled), 'channel-2').body, ack.body)
  t.not(vietqr.ack(call({}, '{"a":1}'), 'c').body, vietqr.ack(call({}, 'broken{'), 'c').body, 'no reference')
  t.same(JSON.parse(vietqr.failureBody?.('STORAGE_UNAVAILABLE', 'try again') ?? ''), {
    error: true,
    errorReason: 'STORAGE_UNAVAILABLE',
    toastMessage: 'try again',
    object: null
  })
  t.equal(getAdapter('sepay').failureBody, undefined)
})
