// Bank accounts and channels on the desk: what is pasted where, that the secret is seen once, and that a test proves
// the way without booking anything.
import assert from 'node:assert/strict'
import t from 'tap'
import { channelHealth, LATE_AFTER_MS, QUIET_AFTER_MS } from '../../src/banking/channel-health.js'
import { SAMPLE_NOW } from '../invoicing/school.js'
import { TEST_BANKS } from '../support/banks.js'
import { openDesk } from './desk-world.js'
import type { DeskAnswer, DeskWorld } from './desk-world.js'

const PROVIDER_NAMES: Readonly<Record<string, RegExp>> = { 'sepay': /SePay/, 'casso-v1': /Casso \(Webhook V1\)/,
  'casso-v2': /Casso \(Webhook V2\)/, 'payos': /payOS/, 'vietqr-vn': /VietQR\.vn/ }

const CHANNEL_SECRET = 'whsec_sepay_test_0123456789abcdef'

async function connect(
  { post, desk }: DeskWorld, accountId: string, fields: Record<string, string>,
): Promise<DeskAnswer> {
  return post(`${desk}/channels/accounts/${accountId}/connect`, fields)
}

async function counted({ db, school }: DeskWorld) {
  return db.inSchool(school.schoolId, async (trx) => {
    const count = (table: 'bank_event' | 'bank_callback' | 'review_item') =>
      trx.selectFrom(table).select((eb) => eb.fn.countAll<number>().as('rows')).executeTakeFirstOrThrow()
    return { events: (await count('bank_event')).rows, calls: (await count('bank_callback')).rows,
      reviews: (await count('review_item')).rows }
  })
}

const stateOf = async ({ get, desk }: DeskWorld, channelId: string) =>
  (await get(`${desk}/channels/${channelId}/state`)).html

t.test('a channel is live, quiet or late by what it says and how long ago', async (t) => {
  const ago = (ms: number) => new Date(SAMPLE_NOW.getTime() - ms)
  const signs = { state: 'active' as const, lastTestAt: null, lastCallAt: null, oldestWaitingAt: null }
  const health = (more: Partial<Parameters<typeof channelHealth>[0]>) =>
    channelHealth({ ...signs, ...more }, SAMPLE_NOW)
  t.equal(health({}), 'untested')
  t.equal(health({ lastTestAt: ago(0) }), 'tested')
  t.equal(health({ lastCallAt: ago(QUIET_AFTER_MS) }), 'live')
  t.equal(health({ lastCallAt: ago(QUIET_AFTER_MS + 1) }), 'quiet')
  t.equal(health({ lastCallAt: ago(0), oldestWaitingAt: ago(LATE_AFTER_MS) }), 'live')
  t.equal(health({ state: 'closed', oldestWaitingAt: ago(LATE_AFTER_MS + 1) }), 'late', 'late calls of a closed one too')
  t.equal(health({ state: 'closed', lastCallAt: ago(0) }), 'closed')
})

t.test('a channel is connected, tested by us and by the provider', async (t) => {
  const world = await openDesk(t)
  for (const bank of TEST_BANKS) await t.test(`${bank.provider} ${bank.mode ?? ''}`, async (t) => {
    const { get, post, desk, school, app } = world
    const { calls } = await counted(world)
    const made = await connect(world, school.mainAccountId,
      { provider: bank.provider, mode: bank.mode ?? 'hmac', secret: bank.secret, memoWord: '' })
    const [, channelId = ''] = /channels\/([0-9a-f-]{36})\?done=connected/.exec(made.location ?? '') ?? []
    t.equal(made.status, 303)
    const page = await get(made.location ?? '')
    t.match(page.text, new RegExp(`webhooks/${channelId}`), 'the address to paste')
    t.match(page.text, /Chưa kết nối/)
    t.notMatch(page.html, new RegExp(bank.secret), 'the secret is not shown')
    t.match((await get(`${desk}/channels`)).text, PROVIDER_NAMES[bank.provider])

    const before = await stateOf(world, channelId)
    const tested = await post(`${desk}/channels/${channelId}/self-test`)
    t.match(tested, { status: 303, location: `${desk}/channels/${channelId}?done=self-test` })
    t.match((await get(tested.location ?? '')).text, /Tự kiểm tra đạt/)
    t.equal(await stateOf(world, channelId), before, 'our own call does not count as the provider\'s')
    await world.settle()
    t.match(await counted(world), { events: 0, calls: calls + 1, reviews: 0 }, 'kept as a test, and nothing made of it')

    if (bank.testCall) {
      const call = await app.inject({ method: 'POST', url: `/webhooks/${channelId}`, ...bank.testCall(SAMPLE_NOW) })
      t.equal(call.statusCode, 200)
      t.not(await stateOf(world, channelId), before, 'the waiting page notices')
      t.match((await get(`${desk}/channels/${channelId}`)).text, /Đã gọi thử.*Cuộc gọi thử gần nhất 20\/11\/2026 09:00/)
    }
    await post(`${desk}/channels/${channelId}/close`)
  })
})

t.test('a secret that we make is in one answer and never again', async (t) => {
  const world = await openDesk(t)
  const { get, post, desk, school } = world
  const answer = await connect(world, school.mainAccountId, { provider: 'vietqr-vn', secret: '' })
  t.match([answer.status, answer.text], [200, /chỉ hiện một lần/])
  const secret = /data-copy="(truong-[0-9a-f]{8}:[\w-]{32})"/.exec(answer.html)?.[1]
  assert(secret, 'a user name and a password')
  const channel = `${desk}/channels/${/channels\/([0-9a-f-]{36})"/.exec(answer.html)?.[1]}`
  t.notOk((await get(channel)).html.includes(secret))
  t.match(await post(`${channel}/self-test`), { location: /done=self-test$/ })

  const rotated = await post(`${channel}/rotate`, { secret: '' })
  t.match([rotated.status, rotated.text], [200, /chỉ hiện một lần/])
  t.notOk(rotated.html.includes(secret), 'a new one')
  t.match(await post(`${channel}/self-test`), { location: /done=self-test$/ }, 'which holds at once')
  t.match(await post(`${channel}/rotate`, { secret: 'no-colon' }), { status: 422, text: /tên:mật khẩu/ })
  t.match((await get(channel)).text, /Khóa cũ còn dùng đến 22\/11\/2026/)

  t.match(await post(`${channel}/close`), { status: 303 })
  t.match((await get(`${channel}?done=closed`)).text, /Đã đóng kênh\..*tin đến muộn vẫn được nhận/)
  t.equal((await connect(world, school.mainAccountId, { provider: 'sepay', secret: '' })).status, 200,
    'another channel may follow')
})

t.test('what cannot be a channel is refused beside its field', async (t) => {
  const world = await openDesk(t)
  const { school, desk, get, post } = world
  const account = school.mainAccountId
  t.match(await connect(world, account, { provider: 'payos', secret: '' }), { status: 422, text: /payOS tự tạo khóa/ })
  t.match(await connect(world, account, { provider: 'sepay', secret: 'khóa', memoWord: '' }),
    { status: 422, text: /chữ không dấu/ })
  t.match(await connect(world, account, { provider: 'sepay', secret: 'whsec_1', memoWord: '' }),
    { status: 422, text: /ít nhất 8 ký tự/ })
  t.match(await connect(world, account, { provider: 'sepay', secret: CHANNEL_SECRET, memoWord: 'sevqr-1' }),
    { status: 422, text: /tối đa 12 chữ hoa/ })
  t.match(await connect(world, account, { provider: 'sepay', secret: CHANNEL_SECRET, memoWord: 'AZFB' }),
    { status: 422, text: /không chứa ZF/ })
  await connect(world, account, { provider: 'sepay', secret: CHANNEL_SECRET, memoWord: 'sevqr' })
  t.match((await get(`${desk}/channels`)).text, /SEVQR/)
  t.match(await connect(world, account, { provider: 'casso-v1', secret: CHANNEL_SECRET }), { status: 422, text: /đã có một kênh/ })
  const unknown = '01890000-0000-7000-8000-000000000000'
  t.equal((await get(`${desk}/channels/${unknown}`)).status, 404)
  t.equal((await post(`${desk}/channels/${unknown}/self-test`)).status, 404)
  t.equal((await get(`${desk}/channels/accounts/${unknown}/connect`)).status, 404)
})

t.test('an account is registered once, and replaced', async (t) => {
  const { get, post, asAdmin } = await openDesk(t)
  const made = await asAdmin('POST', '/api/v1/schools', { name: 'Trường Mỹ Long', type: 'public', levels: ['primary'] })
  const desk = `/desk/${made.json<{ id: string }>().id}`
  t.match((await get(`${desk}/channels`)).text, /Chưa có tài khoản nào/)
  const account = { bankBin: '970422', accountNumber: '0801 0001 23456', accountName: 'TRUONG TH MY LONG' }
  const register = (more: Record<string, string> = {}) => post(`${desk}/channels/accounts`, { ...account, ...more })
  t.match(await register(), { status: 303, location: `${desk}/channels?done=registered` })
  t.match((await get(`${desk}/channels`)).text, /MBBank 0801000123456/)
  t.match(await register(), { status: 422, text: /đã được đăng ký/ })
  t.match(await register({ bankBin: '', accountNumber: '12', accountName: '' }),
    { status: 422, text: /Hãy chọn ngân hàng.*6 đến 19.*chủ tài khoản/ })
  const replaces = /accounts\/([0-9a-f-]{36})\/connect/.exec((await get(`${desk}/channels`)).html)?.[1] ?? ''
  t.match(await register({ accountNumber: '99887766', replaces }), { status: 303 })
  t.match((await get(`${desk}/channels`)).text, /MBBank 0801000123456 Đã ngừng/)
  t.match(await register({ accountNumber: '99887767', replaces }), { status: 422, text: /đã ngừng dùng từ trước/ })
})

t.test('a payer cannot make a payment look like our own test', async (t) => {
  const world = await openDesk(t)
  const { school, app } = world
  const [sepay] = TEST_BANKS
  assert(sepay)
  const made = await connect(world, school.mainAccountId, { provider: 'sepay', mode: 'hmac', secret: sepay.secret })
  const channelId = /channels\/([0-9a-f-]{36})/.exec(made.location ?? '')?.[1]
  const content = '{"schoolFeesSelfTest":"2026-11-20T02:00:00.000Z"}'
  const call = sepay.call({ id: 7, accountNumber: '0011004567890', content, amountVnd: 10_000, day: '2026-11-20' },
    SAMPLE_NOW, '')
  t.equal((await app.inject({ method: 'POST', url: `/webhooks/${channelId}`, ...call })).statusCode, 200)
  await world.settle()
  t.match(await counted(world), { events: 1, reviews: 1 })
  t.match((await world.get(world.desk)).text,
    /Nhận hôm nay: 1 khoản 10\.000 đ Tự gạch nợ 0 khoản Chờ xét duyệt 1 khoản/)
})
