// Bank accounts and channels over HTTP, and the lookup that the webhooks use: what is accepted, what is kept, and
// that a secret never comes out again.
import { randomInt, randomUUID } from 'node:crypto'
import t from 'tap'
import pg from 'pg'
import { openChannelLookup } from '../../src/banking/channel-lookup.js'
import type { Database } from '../../src/db/tenancy.js'
import { CHART } from '../../src/ledger/account.js'
import { paymentCodeNumber, paymentCodeText } from '../../src/invoicing/payment-code.js'
import { buildTestApp } from '../support/app.js'

const SECRET = 'a-secret-of-the-school-1'
const NEW_SECRET = 'a-secret-of-the-school-2'
/** What the tests pick out of an answer; the rest of it is matched as it is. */
interface Made {
  id: string
  previousSecretUntil: string | null
  setup: { urls: { url: string }[], headers: string[], advice: string[] }
}
interface Listed {
  items: (Made & { ledgerNo: number })[]
  nextCursor: string | null
}

const tokenKey = Buffer.from('key of the bearer tokens of the tests')

let at = new Date('2026-09-05T02:00:00Z')
const lines: string[] = []
const test = await buildTestApp(t, { now: () => at, onLogLine: (line) => lines.push(line) })
const { deps, db } = test
const owner = new pg.Client({ connectionString: test.database.ownerUrl })
await owner.connect()
t.teardown(() => owner.end())

/** Two schools of the test's own and an account number that nobody has. */
async function setUp() {
  const [school, other] = [randomUUID(), randomUUID()]
  for (const schoolId of [school, other]) {
    await owner.query('INSERT INTO school (school_id, valid_from) VALUES ($1, $2)', [schoolId, '2020-01-01'])
    await owner.query(`INSERT INTO ledger_account (school_id, account_no, kind, name)
      SELECT $1, account_no, kind, name FROM jsonb_populate_recordset(NULL::ledger_account, $2)`,
    [schoolId, JSON.stringify(CHART)])
  }
  const accountNumber = String(randomInt(100_000_000_000))
  const account = { bankBin: '970436', accountNumber: `00${accountNumber}`, accountName: 'TRUONG TIEU HOC A' }
  const accounts = (schoolId: string) => `/api/v1/schools/${schoolId}/bank-accounts`
  const post = async (url: string, body?: object) => {
    const reply = await test.asAdmin('POST', url, body)
    return { status: reply.statusCode, body: reply.json<Made>() }
  }
  const get = async (url: string) => (await test.asAdmin('GET', url)).json<Listed>()
  const register = async (schoolId: string, draft: object = account): Promise<string> =>
    (await post(accounts(schoolId), draft)).body.id
  return { school, other, account, accounts, post, get, register }
}

t.test('a bank account is registered once, with a ledger account of its own', async (t) => {
  const { account, accounts, post, get, school, other } = await setUp()

  const made = await post(accounts(school), { ...account, accountName: ' TRƯỜNG  TIỂU HỌC A'.normalize('NFD') })
  t.equal(made.status, 201)
  t.strictSame(Object.keys(made.body), ['id'])
  const second = await post(accounts(school), { ...account, accountNumber: 'VQR0001abc' })
  t.equal(second.status, 201)

  const { items } = await get(accounts(school))
  t.match(items, [
    { id: made.body.id, bankBin: '970436', bankName: 'Vietcombank', accountNumber: account.accountNumber,
      accountName: 'TRƯỜNG  TIỂU HỌC A'.normalize('NFC'), state: 'active', ledgerNo: 1000, replacedBy: null },
    { accountNumber: 'VQR0001abc', ledgerNo: 1001 },
  ])
  const { rows } = await owner.query(
    "SELECT account_no, name FROM ledger_account WHERE school_id = $1 AND kind = 'bank' ORDER BY 1", [school])
  t.match(rows, [{ account_no: 1000, name: `Tiền gửi Vietcombank ${account.accountNumber}` }, { account_no: 1001 }])
  const audit = await owner.query('SELECT actor, action, object_id FROM audit_log WHERE school_id = $1', [school])
  t.match(audit.rows[0], { actor: 'bootstrap', action: 'bank_account.register', object_id: made.body.id })

  const taken: [string, string][] =
    [[school, account.accountNumber], [other, account.accountNumber], [other, 'vqr0001ABC']]
  for (const [schoolId, accountNumber] of taken) {
    const again = await post(accounts(schoolId), { ...account, accountNumber })
    t.match(again, { status: 409, body: { code: 'BANK_ACCOUNT_EXISTS' } }, `${accountNumber}`)
  }
  t.strictSame((await get(accounts(other))).items, [], 'a refusal leaves nothing behind')
  t.equal((await post(accounts(other), { ...account, bankBin: '970415' })).status, 201, 'the same number at another bank')
  t.equal((await get(accounts(other))).items[0]?.ledgerNo, 1000, 'each school counts for itself')
})

t.test('what cannot be a bank account is refused with its field', async (t) => {
  const { account, accounts, post, school } = await setUp()
  t.match(await post(accounts(school), { ...account, bankBin: '970999' }),
    { status: 422, body: { code: 'BANK_BIN_INVALID', errors: [{ field: 'bankBin' }] } })
  for (const change of [
    { accountNumber: '12345' }, { accountNumber: '1234-5678' }, { accountName: '   ' }, { accountName: 'A\u0007B' },
    { accountName: 'A'.repeat(141) }, { bankBin: '97043' }, { extra: 1 },
  ]) {
    t.match(await post(accounts(school), { ...account, ...change }),
      { status: 422, body: { code: 'VALIDATION_FAILED' } }, JSON.stringify(change))
  }
})

t.test('an account that is replaced is closed, points to its successor and is replaced once', async (t) => {
  const { account, accounts, post, get, register, school, other } = await setUp()
  const old = await register(school)
  const replaces = { ...account, accountNumber: `1${account.accountNumber}`, replaces: old }
  t.match(await post(accounts(other), replaces), { status: 422, body: { code: 'REPLACED_ACCOUNT_INVALID' } })
  const successor = await register(school, replaces)
  const { items } = await get(accounts(school))
  t.match(items, [{ id: old, state: 'closed', replacedBy: successor }, { id: successor, state: 'active' }])
  t.match(await post(accounts(school), { ...replaces, accountNumber: `2${account.accountNumber}` }),
    { status: 422, body: { code: 'REPLACED_ACCOUNT_INVALID' } })
  t.match(await post(`${accounts(school)}/${old}/channels`, { provider: 'sepay', secret: SECRET }),
    { status: 409, body: { code: 'BANK_ACCOUNT_STATE_CONFLICT' } })
  const first = await get(`${accounts(school)}?limit=1`)
  t.equal(first.items.length, 1)
  t.equal((await get(`${accounts(school)}?limit=1&cursor=${first.nextCursor}`)).items[0]?.id, successor)
})

t.test('a channel is opened once on an account and says what to enter at the provider', async (t) => {
  const { accounts, post, get, register, school, other } = await setUp()
  const channels = `${accounts(school)}/${await register(school)}/channels`
  const made = await post(channels, { provider: 'sepay', secret: SECRET, memoWord: 'sevqr' })
  const { publicUrl } = deps.config
  t.match(made, { status: 201, body: {
    provider: 'sepay', mode: 'hmac', memoWord: 'SEVQR', state: 'active', activeFrom: '2026-09-05', lastTestAt: null,
    webhookPath: `/webhooks/${made.body.id}`,
    setup: { urls: [{ url: `${publicUrl}/webhooks/${made.body.id}` }], headers: [/X-SePay-Signature/, /Timestamp/] },
  } })
  t.ok(made.body.setup.advice.some((text) => /without a payment code" off/.test(text)))
  t.match(await post(channels, { provider: 'casso-v2', secret: SECRET }), { status: 409, body: { code: 'CHANNEL_EXISTS' } })
  t.match((await get(channels)).items, [{ id: made.body.id, state: 'active' }])
  t.match(await get(channels.replace(school, other)), { status: 404, code: 'BANK_ACCOUNT_NOT_FOUND' })
  t.match(await get(`${accounts(school)}/nonsense/channels`), { status: 404, code: 'BANK_ACCOUNT_NOT_FOUND' })

  const closed = await post(`${channels}/${made.body.id}/close`)
  t.match(closed, { status: 200, body: { state: 'closed', activeTo: '2026-09-05' } })
  const next = await post(channels, { provider: 'vietqr-vn', secret: 'user:password' })
  t.match(next, { status: 201, body: { mode: 'bearer', memoWord: null } })
  t.match(next.body.setup.urls, [{}, { url: /api\/token_generate$/ }, { url: /bank\/api\/transaction-sync$/ }])
  t.match((await get(channels)).items, [{ state: 'closed' }, { state: 'active' }])
})

t.test('a channel that could not work is refused', async (t) => {
  const { accounts, post, register, school } = await setUp()
  const channels = `${accounts(school)}/${await register(school)}/channels`
  const cases: [object, string][] = [
    [{ provider: 'sepay', secret: 'hunter 22\n' }, 'CHANNEL_SECRET_INVALID'],
    [{ provider: 'sepay', secret: 'hunter7' }, 'CHANNEL_SECRET_INVALID'],
    [{ provider: 'vietqr-vn', secret: 'hunter 33' }, 'CHANNEL_SECRET_INVALID'],
    [{ provider: 'casso-v2', mode: 'apikey', secret: SECRET }, 'CHANNEL_MODE_INVALID'],
    [{ provider: 'sepay', secret: SECRET, memoWord: 'ABCDEFGHIJKLM' }, 'VALIDATION_FAILED'],
    [{ provider: 'sepay', secret: SECRET, memoWord: 'AZF2' }, 'PURPOSE_INVALID'],
    [{ provider: 'stripe', secret: SECRET }, 'VALIDATION_FAILED'],
  ]
  for (const [body, code] of cases) {
    const reply = await post(channels, body)
    t.match(reply, { status: 422, body: { code } }, JSON.stringify(body))
    t.notMatch(JSON.stringify(reply.body), /hunter/, 'a refusal does not repeat a secret')
  }
  t.equal((await post(channels, { provider: 'sepay', secret: SECRET, memoWord: 'ABCDEFGHIJKL' })).status, 201)
  t.match(await post(channels.replace(/[^/]+\/channels/, `${randomUUID()}/channels`), { provider: 'sepay', secret: SECRET }),
    { status: 404, body: { code: 'BANK_ACCOUNT_NOT_FOUND' } })
})

t.test('a rotated secret leaves the one before good for 48 hours', async (t) => {
  const { accounts, post, register, school } = await setUp()
  const channels = `${accounts(school)}/${await register(school)}/channels`
  const { id } = (await post(channels.replace(school, school.toUpperCase()), { provider: 'sepay', secret: SECRET })).body
  const lookup = openChannelLookup({ ...deps, tokenKey })
  t.strictSame((await lookup.find(id))?.proof.secrets, { current: SECRET })

  const rotated = await post(`${channels}/${id}/rotate`, { secret: NEW_SECRET })
  t.match(rotated, { status: 200, body: { previousSecretUntil: '2026-09-07T02:00:00.000Z' } })
  t.strictSame((await lookup.find(id))?.proof.secrets, { current: SECRET }, 'remembered for seconds')
  lookup.forget(id)
  t.strictSame((await lookup.find(id))?.proof.secrets, { current: NEW_SECRET, previous: SECRET })

  at = new Date('2026-09-06T02:00:00Z')
  const again = await post(`${channels}/${id}/rotate`, { secret: NEW_SECRET })
  t.equal(again.body.previousSecretUntil, '2026-09-07T02:00:00.000Z', 'repeated, it changes nothing')
  for (const secret of ['short', ' blank before']) {
    t.match(await post(`${channels}/${id}/rotate`, { secret }), { status: 422, body: { code: 'CHANNEL_SECRET_INVALID' } }, secret)
  }
  at = new Date('2026-09-07T02:00:00Z')
  t.strictSame((await openChannelLookup({ ...deps, tokenKey }).find(id))?.proof.secrets, { current: NEW_SECRET })

  const kept = await owner.query<{ bytes: Buffer }>(`SELECT sealed_secret || sealed_previous_secret AS bytes FROM channel WHERE id = $1`, [id])
  const audit = await owner.query<{ text: string }>(`SELECT string_agg(after::text, ' ') AS text FROM audit_log`)
  const places = [rotated, again, lines, kept.rows[0]?.bytes.toString('latin1'), audit.rows[0]?.text]
  for (const place of places) t.notMatch(JSON.stringify(place), /a-secret-of-the-school/)
  t.ok(places.every(Boolean) && lines.length > 0)
})

t.test('the lookup finds open and closed channels by their id alone, and shares what it loads', async (t) => {
  const { accounts, post, register, school } = await setUp()
  const bankAccountId = await register(school)
  const channels = `${accounts(school)}/${bankAccountId}/channels`
  const { id } = (await post(channels, { provider: 'casso-v1', secret: SECRET })).body
  let loads = 0
  const counted: Database = { ...db, asService: (work) => { loads += 1; return db.asService(work) } }
  const lookup = openChannelLookup({ ...deps, db: counted, tokenKey })
  const found = await Promise.all(Array.from({ length: 20 }, (_, at) => lookup.find(at % 2 ? id : id.toUpperCase())))
  t.equal(new Set(found).size, 1, 'twenty calls at once get one answer')
  t.equal(loads, 1)
  t.match(await lookup.find(id), {
    schoolId: school, channelId: id, bankAccountId, provider: 'casso-v1', state: 'active',
    proof: { channelId: id, mode: 'apikey', tokenKey },
  })
  t.equal(await lookup.find(randomUUID()), undefined)
  t.equal(await lookup.find('../../etc/passwd'), undefined)
  t.equal(loads, 2, 'an unknown id is asked for once, what is no id never')

  await post(`${channels}/${id}/close`)
  t.equal((await post(`${channels}/${id}/close`)).status, 200, 'closing again changes nothing')
  lookup.forget(id)
  t.match(await lookup.find(id), { state: 'closed', proof: { secrets: { current: SECRET } } })
})

t.test('an alias stands for a payment code of the school, in the form in which events carry it', async (t) => {
  const { accounts, post, register, school, other } = await setUp()
  const channels = `${accounts(school)}/${await register(school)}/channels`
  const { id } = (await post(channels, { provider: 'payos', secret: SECRET })).body
  const [own, second, foreign] = [1_000, 2_000, 3_000]
  await owner.query(`INSERT INTO payment_code (code, school_id, kind)
    VALUES ($1, $4, 'student'), ($2, $4, 'student'), ($3, $5, 'student')`, [own, second, foreign, school, other])
  const text = (code: number) => paymentCodeText(paymentCodeNumber(code))
  const aliases = `${channels}/${id}/aliases`

  const virtual = { kind: 'virtual_account', value: 'vqrq-0001 abc', paymentCode: text(own) }
  t.match(await post(aliases, virtual), { status: 201, body: { ...virtual, value: 'VQRQ0001ABC' } })
  t.equal((await post(aliases, virtual)).status, 201, 'the same again changes nothing')
  t.match(await post(aliases, { ...virtual, paymentCode: text(second) }), { status: 409, body: { code: 'ALIAS_EXISTS' } })
  t.match(await post(aliases, { kind: 'order_code', value: ' 123 ', paymentCode: text(second) }), { status: 201 })
  const { rows } = await owner.query('SELECT kind, value, payment_code::int FROM payment_alias WHERE school_id = $1 ORDER BY kind', [school])
  t.match(rows, [{ kind: 'order_code', value: '123', payment_code: second }, { value: 'VQRQ0001ABC', payment_code: own }])

  for (const paymentCode of [text(foreign), text(4_000), 'ZF2222222222']) {
    t.match(await post(aliases, { ...virtual, value: 'NEW', paymentCode }),
      { status: 422, body: { code: 'PAYMENT_CODE_INVALID' } }, paymentCode)
  }
  t.match(await post(aliases, { ...virtual, value: '---' }), { status: 422, body: { code: 'ALIAS_VALUE_INVALID' } })
  t.match(await post(aliases.replace(id, randomUUID()), virtual), { status: 404, body: { code: 'CHANNEL_NOT_FOUND' } })
})
