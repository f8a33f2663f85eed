// One transfer that was told of twice, and two transfers that were told of under one name: nothing that was
// acknowledged vanishes, nothing is booked twice without a person, from the provider's call to the act at the desk.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import t from 'tap'
import { migrationsDir } from '../../src/db/migrations-dir.js'
import { buildTestApp } from '../support/app.js'
import { readFault } from '../support/faults.js'
import { openToldSchool } from '../support/told.js'
import type { ToldSchool } from '../support/told.js'

const world = await buildTestApp(t)
const VND = 500_000

const fill = (school: ToldSchool) => ({
  ACCOUNT: school.accountNumber, CODE: school.code(0),
  CODE_OF_BILL_A: school.code(0), CODE_OF_BILL_B: school.code(1), CODE_OF_BILL_C: school.code(2),
})

interface Calls { calls: object[] }
const FAULTS = [
  ['payos', 'payos-same-reference-other-order'],
  ['vietqr-vn', 'vietqrvn-same-referencenumber-other-transactionid'],
] as const

for (const [provider, name] of FAULTS) {
  for (const together of [false, true]) {
    await t.test(`${provider}: transfers with one bank reference, ${together ? 'in one batch' : 'one by one'}`, async (t) => {
      const school = await openToldSchool(world, provider)
      const { calls } = await readFault<Calls>(name, fill(school))
      await school.tell(provider, calls, { together })
      t.same(await school.paid(), [VND, 0, 450_000], 'another amount is another transfer')
      const [item, ...others] = await school.open()
      t.equal(others.length, 0)
      t.match(item, { reason: 'POSSIBLE_REPEAT', acts: ['repeat'], amountVnd: VND, memo: school.code(1) })
      if (!item) return
      t.match(await school.item(item.id), { compared: { kind: 'transfer', amountVnd: VND, memo: school.code(0), bankRef: '5246' } })
      t.equal((await school.act(item, 'repeat', { choice: 'new' })).statusCode, 200)
      t.same(await school.paid(), [VND, VND, 450_000])
      await school.tell(provider, calls.map((call) => ({ ...call, sent: 'again' })))
      t.same([await school.paid(), await school.open()], [[VND, VND, 450_000], []], 'told again it is the same')
    })
  }
}

t.test('payOS: one order that is paid in two transfers', async (t) => {
  const school = await openToldSchool(world, 'payos')
  const { calls: [first] } = await readFault<{ calls: { data: object }[] }>('payos-same-reference-other-order', fill(school))
  const [half, rest] = ['TF1', 'TF2'].map((reference) =>
    ({ ...first, data: { ...first?.data, reference, amount: VND / 2 } })) as [object, object]
  await school.tell('payos', [half, rest])
  t.same([await school.paid(), await school.open()], [[VND, 0, 0], []])
})

t.test('what an older version swallowed is read again when the database is brought up to date', async (t) => {
  const text = await readFile(path.join(migrationsDir, '0025-told-twice.sql'), 'utf8')
  const repairs = text.slice(text.indexOf('-- Repairs.'))
  const owner = new pg.Client({ connectionString: world.database.ownerUrl })
  await owner.connect()
  t.teardown(() => owner.end())
  for (const [provider, name] of FAULTS) {
    const school = await openToldSchool(world, provider)
    const { calls } = await readFault<Calls>(name, fill(school))
    await school.tell(provider, calls)
    // As it was before: ids that are the bank's reference, and nothing kept of the second payment.
    const [swallowed] = await school.open()
    await owner.query('DELETE FROM review_item_code WHERE review_item_id = $1', [swallowed?.id])
    await owner.query('DELETE FROM review_item WHERE id = $1', [swallowed?.id])
    await owner.query(`DELETE FROM bank_event WHERE id = (SELECT id FROM bank_event WHERE school_id = $1
      AND bank_transaction_id IS NULL)`, [school.schoolId])
    await owner.query('UPDATE bank_event SET event_id = bank_ref WHERE school_id = $1 AND amount_vnd = $2',
      [school.schoolId, VND])
    await owner.query(repairs)
    await school.settle()
    t.same((await school.open()).map(({ reason, memo }) => [reason, memo]), [['POSSIBLE_REPEAT', school.code(1)]], provider)
    await school.tell(provider, calls.map((call) => ({ ...call, sent: 'again' })))
    t.equal((await school.open()).length, 1, 'the event of before is known by its new id')
  }
})

const sepay = (school: ToldSchool, more: object = {}) => ({
  id: 81_000_001, gateway: 'MBBank', transactionDate: '2026-11-30 10:11:12', accountNumber: school.accountNumber,
  code: null, content: school.code(0), transferType: 'in', transferAmount: VND, accumulated: 0, subAccount: null,
  referenceCode: 'FT81000001', description: '', ...more,
})

for (const together of [false, true]) {
  await t.test(`SePay: one id and something else, ${together ? 'in one batch' : 'one by one'}`, async (t) => {
    const school = await openToldSchool(world, 'sepay')
    const changes = [
      { content: school.code(1), referenceCode: 'FT2' },
      { transactionDate: '2026-11-30 10:12:00' },
      { transferAmount: 450_000 },
      { transferType: 'out' },
      { referenceCode: 'FT3' },
      { subAccount: 'VA12345678' },
      { code: 'HS17' },
      { accountNumber: '99990000111' },
    ]
    const bodies = [sepay(school), ...changes.map((change) => sepay(school, change))]
    await school.tell('sepay', bodies, { together })
    t.same(await school.transfers(), ['500000 2026-11-30'], 'only one of them is booked by itself')
    const items = await school.open()
    t.same(items.map(({ reason }) => reason), changes.map(() => 'EVENT_CHANGED'), 'each other one waits for a person')
    t.ok(items.every(({ acts }) => acts.includes('repeat')))
    // A retry may say another balance; what is changed is the same the second time.
    await school.tell('sepay', bodies.map((body) => ({ ...body, accumulated: 7_000_000 })), { together })
    t.equal((await school.open()).length, changes.length)
    t.same(await school.transfers(), ['500000 2026-11-30'])
  })
}

t.test('a changed event is shown beside the known one, and is booked or called a copy', async (t) => {
  const school = await openToldSchool(world, 'sepay')
  await school.tell('sepay', [sepay(school), sepay(school, { content: school.code(1) }), sepay(school, { transferAmount: 450_000 })])
  const [other, corrected] = await school.open()
  if (!other || !corrected) return t.fail('two items wait')
  t.match(await school.item(other.id), {
    memo: school.code(1), event: { bankRef: 'FT81000001', occurredAt: '2026-11-30T03:11:12.000Z' },
    compared: { kind: 'event', amountVnd: VND, memo: school.code(0), bankRef: 'FT81000001', occurredAt: '2026-11-30T03:11:12.000Z' },
  })
  t.equal((await school.act(other, 'repeat', { choice: 'new' })).statusCode, 200)
  t.same(await school.paid(), [VND, VND, 0])
  t.equal((await school.act(corrected, 'repeat', { choice: 'copy' })).statusCode, 200)
  t.same([await school.paid(), await school.open()], [[VND, VND, 0], []])
})

t.test('a changed event without a known account or direction is booked with what the person says', async (t) => {
  const school = await openToldSchool(world, 'sepay')
  const content = school.code(1)
  await school.tell('sepay', [sepay(school), sepay(school, { accountNumber: '99990000111', content, transferType: 'transfer' })])
  const [item] = await school.open()
  if (!item) return t.fail('an item waits')
  t.match(await school.act(item, 'repeat', { choice: 'new' }), { statusCode: 422, body: /DIRECTION_REQUIRED/ })
  t.match(await school.act(item, 'repeat', { choice: 'new', direction: 'in' }), { statusCode: 422, body: /BANK_ACCOUNT_REQUIRED/ })
  const said = { choice: 'new', direction: 'in', bankAccountId: school.bankAccountId }
  t.equal((await school.act(item, 'repeat', said)).statusCode, 200)
  t.same(await school.paid(), [VND, VND, 0])
})

t.test('Casso: two rows of one body with one id', async (t) => {
  const school = await openToldSchool(world, 'casso-v1')
  const row = (more: object) => ({
    id: 7, tid: 'T1', description: school.code(0), amount: VND, cusum_balance: 0, when: '2026-11-30 08:00:00',
    bank_sub_acc_id: school.accountNumber, ...more,
  })
  const data = [row({}), row({ amount: 450_000, description: school.code(1) }), row({ tid: 'T3', description: school.code(2) })]
  await school.tell('casso-v1', [{ error: 0, data }])
  t.same(await school.paid(), [VND, 0, 0])
  const items = await school.open()
  t.same(items.map(({ reason, amountVnd }) => `${reason} ${amountVnd}`), ['EVENT_CHANGED 450000', 'EVENT_CHANGED 500000'])
  for (const item of items) await school.act(item, 'repeat', { choice: 'new' })
  t.same(await school.paid(), [VND, 450_000, VND])
})

interface Provider { call1: object; call2: { data: object } }
const changed = async (school: ToldSchool) => {
  const { call1, call2 } = await readFault<Provider>('provider-changed-old-webhook-still-on', fill(school))
  const casso = (more: object = {}) => ({ ...call2, data: { ...call2.data, ...more } })
  return { call1, casso, path: await school.changeProvider('casso-v2') }
}

t.test('two channels tell of one transfer under other references', async (t) => {
  await t.test('a person is asked, whichever comes first', async (t) => {
    for (const order of ['old first', 'new first']) {
      const school = await openToldSchool(world, 'sepay')
      const { call1, casso, path } = await changed(school)
      const tellOld = () => school.tell('sepay', [call1])
      const tellNew = () => school.tell('casso-v2', [casso()], { path })
      for (const tell of order === 'old first' ? [tellOld, tellNew] : [tellNew, tellOld]) await tell()
      const [item, ...others] = await school.open()
      t.same([await school.transfers(), others], [['500000 2026-11-30'], []], order)
      t.match(item, { reason: 'POSSIBLE_REPEAT', acts: ['repeat'] })
      if (item) await school.act(item, 'repeat', { choice: 'copy' })
      t.same([await school.transfers(), await school.open()], [['500000 2026-11-30'], []])
    }
  })

  await t.test('in one batch too', async (t) => {
    const school = await openToldSchool(world, 'sepay')
    const { call1, casso, path } = await changed(school)
    await school.tell('sepay', [], {})
    const answer = await world.app.inject({
      method: 'POST', url: school.webhookPath, payload: call1,
      headers: { authorization: `Apikey ${school.bank.secret}` },
    })
    t.equal(answer.statusCode, 200)
    await school.tell('casso-v2', [casso()], { path, together: true })
    t.same(await school.transfers(), ['500000 2026-11-30'])
    t.same((await school.open()).map(({ reason }) => reason), ['POSSIBLE_REPEAT'])
  })

  await t.test('same words without a code, however they are written; a day without a time', async (t) => {
    const school = await openToldSchool(world, 'sepay')
    const { call1, casso, path } = await changed(school)
    await school.tell('sepay', [{ ...call1, content: 'Nguyễn Văn Đạt nộp tiền' }])
    await school.tell('casso-v2', [casso({ description: 'NGUYEN VAN DAT-NOP TIEN', transactionDateTime: '2026-11-30' })], { path })
    t.same((await school.open()).map(({ reason }) => reason).sort(), ['NO_CODE', 'POSSIBLE_REPEAT'])
  })

  await t.test('another amount, second, code or direction is another transfer', async (t) => {
    const school = await openToldSchool(world, 'sepay', 2_000_000)
    const { call1, casso, path } = await changed(school)
    await school.tell('sepay', [call1])
    const others = [{ amount: 400_000 }, { transactionDateTime: '2026-11-30 10:11:13' }, { description: school.code(1) }]
    const bodies = others.map((more, at) => casso({ ...more, id: 900 + at, reference: `5214 - ${900 + at}` }))
    await school.tell('casso-v2', bodies, { path })
    t.same([(await school.transfers()).length, await school.open()], [4, []])
  })

  await t.test('references that end in the same long number meet', async (t) => {
    const school = await openToldSchool(world, 'sepay')
    const { call1, casso, path } = await changed(school)
    await school.tell('sepay', [call1])
    await school.tell('casso-v2', [casso({ reference: '3278907687' })], { path })
    t.same([await school.transfers(), await school.open()], [['500000 2026-11-30'], []], 'all else agrees: one transfer')
  })

  await t.test('where only the number agrees a person is asked; a short one says nothing', async (t) => {
    const school = await openToldSchool(world, 'sepay')
    const { call1, casso, path } = await changed(school)
    await school.tell('sepay', [call1])
    await school.tell('casso-v2', [
      casso({ reference: 'VCB-3278907687', description: 'chuyen tien', id: 1 }),
      casso({ reference: '907687', description: school.code(1), id: 2 }),
    ], { path })
    t.same((await school.open()).map(({ reason }) => reason), ['POSSIBLE_REPEAT'])
    t.same(await school.transfers(), ['500000 2026-11-30', '500000 2026-11-30'])
  })

  await t.test('an event that was held is compared when a person releases it', async (t) => {
    const school = await openToldSchool(world, 'sepay')
    const { call1, casso, path } = await changed(school)
    await school.tell('sepay', [{ ...call1, transferType: 'unknown' }])
    await school.tell('casso-v2', [casso()], { path })
    const [held] = await school.open()
    if (!held) return t.fail('the event without a direction waits')
    t.match(held, { reason: 'DIRECTION_UNKNOWN' })
    t.equal((await school.act(held, 'event', { choice: 'post', direction: 'in' })).statusCode, 200)
    t.same((await school.open()).map(({ reason }) => reason), ['POSSIBLE_REPEAT'])
    t.same(await school.transfers(), ['500000 2026-11-30'])
  })
})
