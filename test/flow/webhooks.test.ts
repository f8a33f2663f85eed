// The whole way over HTTP: a school set up through the API, its bill paid through each provider's webhook.
import t from 'tap'
import type { Test } from 'tap'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { drainDepsOf } from '../../src/worker.js'
import { buildTestApp } from '../support/app.js'
import type { TestApp, TestAppOptions } from '../support/app.js'
import { asOwner } from '../support/as-owner.js'
import { TEST_BANKS } from '../support/banks.js'
import type { TestBank } from '../support/banks.js'
import { created, openPayableSchool } from '../support/payable-school.js'
import type { PayableSchool } from '../support/payable-school.js'
import { signSepay } from '../../src/banking/adapters/sepay.js'

const NOW = new Date('2026-09-12T03:00:00Z')
const DAY = '2026-09-12'

const openSchool = (world: TestApp, bank: TestBank): Promise<PayableSchool> => openPayableSchool(world, { bank })

async function bearerOf({ app }: TestApp, { webhookPath }: PayableSchool, bank: TestBank): Promise<string> {
  if (bank.provider !== 'vietqr-vn') return ''
  const authorization = `Basic ${Buffer.from(bank.secret).toString('base64')}`
  const url = `${webhookPath}/api/token_generate`
  const answer = await app.inject({ method: 'POST', url, headers: { authorization, 'content-type': 'application/json' } })
  return answer.json<{ access_token: string }>().access_token
}

const open = (t: Test, options: TestAppOptions = {}) => buildTestApp(t, { now: () => NOW, ...options })
const settle = ({ deps }: TestApp) => drainInbox(drainDepsOf(deps))
const countCallbacks = async ({ db }: TestApp): Promise<number> =>
  (await db.asWorker((trx) => trx.selectFrom('bank_callback').select('id').execute())).length

t.test('each provider: signed call, its own ack, the bill is paid once', async (t) => {
  const world = await open(t)
  for (const bank of TEST_BANKS) {
    await t.test([bank.provider, bank.mode].join(' '), async (t) => {
      const school = await openSchool(world, bank)
      const [bill, other] = school.bills
      if (!bill || !other) throw new Error('two bills were issued')
      const url = bank.provider === 'vietqr-vn' ? `${school.webhookPath}/bank/api/transaction-sync` : school.webhookPath
      const bearer = await bearerOf(world, school, bank)
      const transfer = { id: 501, accountNumber: school.accountNumber, content: `FT1 ${bill.paymentCode.toLowerCase()}. CT`,
        amountVnd: bill.payableVnd, day: DAY }
      const call = bank.call(transfer, NOW, bearer)
      const first = await world.app.inject({ method: 'POST', url, ...call })
      t.equal(first.statusCode, 200)
      t.match(first.json(), bank.provider === 'vietqr-vn'
        ? { error: false, errorReason: '000', object: { reftransactionid: /^[0-9a-f]{32}$/ } } : { success: true })
      const again = await world.app.inject({ method: 'POST', url, ...call })
      t.equal(again.body, first.body, 'the same call gets the same ack')
      await settle(world)
      const paid = await created<{ openVnd: number }>(
        world.asAdmin('GET', `/api/v1/schools/${school.schoolId}/invoices/${bill.id}`))
      t.equal(paid.openVnd, 0)
      const { items } = await created<{ items: unknown[] }>(
        world.asAdmin('GET', `/api/v1/schools/${school.schoolId}/transactions`))
      t.equal(items.length, 1)

      const strange = bank.call({ ...transfer, id: 502, content: 'khong co ma', amountVnd: 1 }, NOW, bearer)
      t.equal((await world.app.inject({ method: 'POST', url, ...strange })).statusCode, 200, 'no code, 1 đồng: 2xx')

      const before = await countCallbacks(world)
      const wrong = { ...call, headers: { ...call.headers, authorization: 'Bearer x', 'secure-token': 'x',
        'x-sepay-signature': `sha256=${'0'.repeat(64)}`, 'x-casso-signature': `t=1,v1=${'0'.repeat(128)}` } }
      const payload = bank.provider === 'payos' ? Buffer.from(String(call.payload).replace('250000', '250001')) : call.payload
      const refused = await world.app.inject({ method: 'POST', url, ...wrong, payload })
      t.equal(refused.statusCode, 401)
      t.equal(await countCallbacks(world), before, 'a wrong proof leaves nothing behind')
    })
  }
  await settle(world)
  const { body } = await world.app.inject({ url: '/metrics' })
  t.match(body, /school_fees_callbacks_total\{provider="payos",outcome="bad_proof"\} 1/, 'but is counted')
})

t.test('a test call gets the ack, makes no event however often it comes, and moves lastTestAt', async (t) => {
  let now = NOW
  const world = await buildTestApp(t, { now: () => now })
  for (const bank of TEST_BANKS) {
    if (!bank.testCall) continue
    const school = await openSchool(world, bank)
    const lastTestAt = async () => {
      const { items } = await created<{ items: { lastTestAt: string | null }[] }>(
        world.asAdmin('GET', `/api/v1/schools/${school.schoolId}/bank-accounts/${school.bankAccountId}/channels`))
      return items[0]?.lastTestAt
    }
    for (const minutes of [1, 2]) {
      now = new Date(NOW.getTime() + minutes * 60_000)
      const answer = await world.app.inject({ method: 'POST', url: school.webhookPath, ...bank.testCall(NOW) })
      t.equal(answer.statusCode, 200, bank.provider)
      t.equal(await lastTestAt(), now.toISOString())
    }
    await settle(world)
    const { items } = await created<{ items: unknown[] }>(
      world.asAdmin('GET', `/api/v1/schools/${school.schoolId}/review`))
    t.same(items, [])
  }
})

t.test('what is not a good call, at the border', async (t) => {
  const world = await open(t, { config: { failedProofsPerMinute: 50 } })
  const [sepay] = TEST_BANKS
  if (!sepay) throw new Error('SePay is the first bank')
  const school = await openSchool(world, sepay)
  const transfer = { id: 1, accountNumber: school.accountNumber, content: 'x', amountVnd: 1000, day: DAY }
  const call = sepay.call(transfer, NOW, '')
  const post = (more: object) => world.app.inject({ method: 'POST', url: school.webhookPath, ...call, ...more })
  const typed = (type: string) => post({ headers: { ...call.headers, 'content-type': type } })
  t.equal((await typed('application/x-www-form-urlencoded')).statusCode, 415)
  t.equal((await typed('application/json; charset=latin1')).statusCode, 415)
  t.equal((await typed('application/json; charset=utf-8')).statusCode, 200)
  t.equal((await post({ payload: Buffer.alloc(300 * 1024, 0x20) })).statusCode, 413)
  t.equal((await post({ url: '/webhooks/0192aaaa-0000-7000-8000-000000000000' })).statusCode, 404)
  t.equal((await post({ url: '/webhooks/nothing' })).statusCode, 404)

  const stale = sepay.call({ ...transfer, id: 2 }, new Date(NOW.getTime() - 301_000), '')
  const answer = await post(stale)
  t.equal(answer.statusCode, 401)
  t.match(answer.json(), { code: 'PROOF_STALE' })
  await settle(world)
  const { items } = await created<{ items: { reason: string }[] }>(
    world.asAdmin('GET', `/api/v1/schools/${school.schoolId}/review?reason=STALE_SIGNATURE`))
  t.equal(items.length, 1, 'a stale call is kept for a person')

  for (const [name, payload] of [
    ['a NUL in a text', Buffer.from('{"id":3,"content":"a\\u0000b","transferAmount":5}')],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ['broken JSON', Buffer.from('{"id":')],
    ['an amount over 2^53', Buffer.from('{"id":4,"transferAmount":9007199254740993}')],
  ] as const) {
    const signed = signedAgain(sepay, payload)
    t.equal((await post(signed)).statusCode, 200, `${name}: a good proof is acknowledged and kept`)
  }
  await settle(world)
  const held = await created<{ items: unknown[] }>(
    world.asAdmin('GET', `/api/v1/schools/${school.schoolId}/review?reason=NOT_UNDERSTOOD`))
  t.equal(held.items.length, 4)
})

function signedAgain(bank: TestBank, payload: Buffer) {
  const { headers } = bank.call({ id: 1, accountNumber: '', content: '', amountVnd: 1, day: DAY }, NOW, '')
  const timestamp = String(headers['x-sepay-timestamp'])
  return { payload, headers: { ...headers, 'x-sepay-signature': signSepay(payload, bank.secret, timestamp) } }
}

t.test('storage that is away is 503 and nothing is acknowledged; wrong proofs alone are rate limited', async (t) => {
  const world = await open(t, { config: { failedProofsPerMinute: 5 } })
  const [sepay, , , , , vietqr] = TEST_BANKS
  if (!sepay || !vietqr) throw new Error('SePay is the first bank, VietQR.vn the last')
  const [school, other] = [await openSchool(world, sepay), await openSchool(world, vietqr)]
  const call = (id: number) =>
    sepay.call({ id, accountNumber: school.accountNumber, content: 'x', amountVnd: 1000, day: DAY }, NOW, '')
  const post = (more: ReturnType<typeof call>) => world.app.inject({ method: 'POST', url: school.webhookPath, ...more })
  const wrong = call(1)
  wrong.headers['x-sepay-signature'] = `sha256=${'0'.repeat(64)}`
  const statuses: number[] = []
  for (let tried = 0; tried < 7; tried++) statuses.push((await post(wrong)).statusCode)
  t.same(statuses, [401, 401, 401, 401, 401, 429, 429])
  t.equal((await post(call(1))).statusCode, 200, 'a good proof from the same address is not limited')

  const bearer = await bearerOf(world, other, vietqr)
  await asOwner(world.database, 'REVOKE INSERT ON bank_callback FROM worker')
  await asOwner(world.database, 'ALTER TABLE bank_callback RENAME TO bank_callback_away')
  const away = await post(call(2))
  t.equal(away.statusCode, 503)
  t.ok(away.headers['retry-after'])
  const ours = vietqr.call({ id: 9, accountNumber: other.accountNumber, content: 'x', amountVnd: 1, day: DAY }, NOW, bearer)
  const awayToo = await world.app.inject({ method: 'POST', url: `${other.webhookPath}/bank/api/transaction-sync`, ...ours })
  t.equal(awayToo.statusCode, 503)
  t.match(awayToo.json(), { error: true, object: null }, 'VietQR.vn hears it in its own words')

  await asOwner(world.database, 'ALTER TABLE bank_callback_away RENAME TO bank_callback')
  await asOwner(world.database, 'GRANT INSERT ON bank_callback TO worker')
  t.equal((await post(call(2))).statusCode, 200, 'and when it is back the bank, which calls again, is heard')
  await settle(world)
})
