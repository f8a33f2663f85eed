// What a call says of the time and in its texts: a time that nobody can believe waits for a person, and a code counts
// in whichever text of the call it stands whole.
import t from 'tap'
import { LIMITS } from '../../src/limits.js'
import { vietnamDay } from '../../src/time.js'
import { buildTestApp } from '../support/app.js'
import { readFault } from '../support/faults.js'
import { openToldSchool } from '../support/told.js'
import type { ToldSchool } from '../support/told.js'

const { bankTimeAheadDays, bankTimeBackDays } = LIMITS
const NOW = new Date('2026-11-30T05:00:00Z')
const world = await buildTestApp(t, { config: { bankTimeAheadDays, bankTimeBackDays }, now: () => NOW })
const TODAY = vietnamDay(NOW)
const HOUR_MS = 3_600_000
const VND = 500_000

let lastId = 82_000_000
const sepay = (school: ToldSchool, more: object = {}) => ({
  id: ++lastId, gateway: 'MBBank', transactionDate: '2026-11-30 10:11:12', accountNumber: school.accountNumber,
  code: null, content: school.code(0), transferType: 'in', transferAmount: VND, accumulated: 0, subAccount: null,
  referenceCode: `FT${lastId}`, description: '', ...more,
})
/** `YYYY-MM-DD HH:mm:ss` in Vietnam, so many hours from now. */
const hours = (ahead: number) =>
  new Date(NOW.getTime() + (ahead + 7) * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ')

t.test('a bank time within a day ahead and 60 days back is believed', async (t) => {
  const school = await openToldSchool(world, 'sepay', 4 * VND)
  const days = [hours(23.9), hours(-59.9 * 24), '2026-12-01', '2026-10-01']
  await school.tell('sepay', days.map((transactionDate) => sepay(school, { transactionDate })))
  t.same(await school.transfers(), ['500000 2026-10-01', '500000 2026-10-01', '500000 2026-12-01', '500000 2026-12-01'])
  t.same(await school.open(), [])
})

const DOUBTFUL = [
  hours(24.1), hours(-60.1 * 24), '2026-12-02', '2026-09-30', '1969-12-31 23:59:59', '2062-01-01 00:00:00',
  '9999-12-31 23:59:59', '1970-01-01', '0001-01-01 00:00:00', '0002-01-01',
]
for (const transactionDate of DOUBTFUL) {
  await t.test(`a bank time of ${transactionDate} waits for a person, with what the bank said`, async (t) => {
    const school = await openToldSchool(world, 'sepay')
    await school.tell('sepay', [sepay(school, { transactionDate })])
    t.same([await school.paid(), await school.transfers()], [[0, 0, 0], []])
    const [item] = await school.open()
    t.match(item, { reason: 'BANK_TIME_DOUBTFUL', acts: ['event'], bankDay: TODAY })
    if (!item) return
    const { event } = await school.item(item.id)
    t.ok(event?.toldAt, 'the time that the bank gave is kept')
    t.match(await school.act(item, 'event', { choice: 'post' }), { statusCode: 200 })
    t.same([await school.paid(), await school.transfers()], [[VND, 0, 0], [`${VND} ${TODAY}`]], 'on the day of receipt')
  })
}

t.test('the other providers\' times are judged by the same rule', async (t) => {
  const far = Date.parse('2062-05-05T00:00:00Z')
  const vietqr = await openToldSchool(world, 'vietqr-vn')
  const call = (transactiontime: number, at: number) => ({
    bankaccount: vietqr.accountNumber, amount: VND, transType: 'C', content: vietqr.code(at), transactionid: `t${at}`,
    transactiontime, referencenumber: `R${at}`, orderId: '',
  })
  // Seven hours ahead is a zone that was forgotten: the time of receipt stands in, and nobody is asked.
  await vietqr.tell('vietqr-vn', [call(far, 0), call(NOW.getTime() / 1_000, 1), call(NOW.getTime() + 7 * HOUR_MS, 2)])
  t.same(await vietqr.paid(), [0, 0, VND])
  t.same((await vietqr.open()).map(({ reason }) => reason), ['BANK_TIME_DOUBTFUL', 'BANK_TIME_DOUBTFUL'])

  const casso = await openToldSchool(world, 'casso-v2')
  const data = {
    id: 5, reference: 'C5', description: casso.code(0), amount: VND, runningBalance: 0, accountNumber: casso.accountNumber,
    transactionDateTime: '2024-02-29 10:00:00',
  }
  await casso.tell('casso-v2', [{ error: 0, data }])
  t.same((await casso.open()).map(({ reason }) => reason), ['BANK_TIME_DOUBTFUL'])
})

t.test('a person names the day, closes it, or is told which days can be', async (t) => {
  const school = await openToldSchool(world, 'sepay')
  const said = (index: number, transactionDate: string) =>
    sepay(school, { content: school.code(index), transactionDate })
  const times = ['2026-08-15 09:00:00', '2062-01-01 00:00:00', '1969-01-01 00:00:00']
  await school.tell('sepay', times.map((time, index) => said(index, time)))
  const [old, ahead, never] = await school.open()
  if (!old || !ahead || !never) return t.fail('three items wait')
  for (const bankDay of ['2062-01-01', '1969-01-01', '2026-12-03']) {
    const refused = await school.act(ahead, 'event', { choice: 'post', bankDay })
    t.match(refused, { statusCode: 422, body: /BANK_DAY_INVALID/ }, bankDay)
  }
  t.equal((await school.act(old, 'event', { choice: 'post', bankDay: '2026-08-15' })).statusCode, 200)
  t.equal((await school.act(ahead, 'event', { choice: 'post', bankDay: '2026-11-28' })).statusCode, 200)
  t.equal((await school.act(never, 'event', { choice: 'reject', note: 'không có trên sao kê' })).statusCode, 200)
  t.same([await school.transfers(), await school.open()], [['500000 2026-08-15', '500000 2026-11-28'], []])
  t.same(await school.paid(), [VND, VND, 0])
})

t.test('a doubtful call that is told again is the same; with another time it is another notice', async (t) => {
  const school = await openToldSchool(world, 'sepay')
  const body = sepay(school, { transactionDate: '2062-01-01 00:00:00' })
  await school.tell('sepay', [body, { ...body, accumulated: 5 }])
  t.same((await school.open()).map(({ reason }) => reason), ['BANK_TIME_DOUBTFUL'])
  await school.tell('sepay', [{ ...body, transactionDate: '2026-11-30 10:11:12' }])
  const [doubtful, changed] = await school.open()
  if (!doubtful || !changed) return t.fail('two items wait')
  t.match([doubtful.reason, changed.reason], ['BANK_TIME_DOUBTFUL', 'EVENT_CHANGED'])
  await school.act(doubtful, 'event', { choice: 'post', bankDay: '2026-11-29' })
  await school.act(changed, 'repeat', { choice: 'copy' })
  t.same([await school.transfers(), await school.open()], [['500000 2026-11-29'], []])
})

t.test('a doubtful time of a transfer that is known already is asked about once more, on the day that was named', async (t) => {
  const school = await openToldSchool(world, 'sepay')
  const known = sepay(school, { transactionDate: '2026-08-15 09:00:00' })
  await school.tell('sepay', [sepay(school, { referenceCode: 'FT-ONE' }), { ...known, referenceCode: 'FT-ONE', content: school.code(1) }])
  const [item] = await school.open()
  if (!item) return t.fail('an item waits')
  t.match(await school.act(item, 'event', { choice: 'post', bankDay: '2026-08-15' }), { statusCode: 200, body: /REPEATS/ })
  const [again] = await school.open()
  if (!again) return t.fail('another question waits')
  await school.act(again, 'repeat', { choice: 'new' })
  t.same(await school.transfers(), ['500000 2026-08-15', '500000 2026-11-30'])
})

t.test('a code counts in whichever text of the call it is whole', async (t) => {
  const whole = 1_000_000
  await t.test('only in the description', async (t) => {
    const school = await openToldSchool(world, 'sepay', whole)
    const { call } = await readFault<{ call: object }>('sepay-code-only-in-description',
      { ACCOUNT: school.accountNumber, CODE: school.code(0) })
    await school.tell('sepay', [call])
    t.same([await school.paid(), await school.open()], [[whole, 0, 0], []])
  })

  await t.test('cut in the content, at any place, and whole in the description', async (t) => {
    for (const kept of [4, 6, 9, 11]) {
      const school = await openToldSchool(world, 'sepay', whole)
      const cut = school.code(0).slice(0, kept)
      const { call } = await readFault<{ call: object }>('sepay-content-cut-description-whole',
        { ACCOUNT: school.accountNumber, CODE: school.code(0), 'FIRST 9 CHARACTERS OF CODE': cut })
      // Too much money: beside a code that cannot be read it would wait for a person.
      await school.tell('sepay', [{ ...call, transferAmount: whole + 1_000 }])
      t.same([await school.paid(), await school.open()], [[whole, 0, 0], []], `${kept} characters`)
    }
  })

  await t.test('one symbol wrong in the content, whole in the description or in SePay\'s own field', async (t) => {
    const school = await openToldSchool(world, 'sepay', whole)
    const wrong = (code: string) => `${code.slice(0, 6)}${code.charAt(6) === 'K' ? 'M' : 'K'}${code.slice(7)}`
    await school.tell('sepay', [
      sepay(school, { content: wrong(school.code(0)), description: `CT ${school.code(0)}`, transferAmount: whole }),
      sepay(school, { content: '', code: school.code(1), transferAmount: whole }),
    ])
    t.same([await school.paid(), await school.open()], [[whole, whole, 0], []])
  })

  await t.test('codes of two bills are two codes', async (t) => {
    const school = await openToldSchool(world, 'sepay', whole)
    await school.tell('sepay', [sepay(school, { description: `CT ${school.code(1)}`, transferAmount: 1_500_000 })])
    t.same((await school.open()).map(({ reason }) => reason), ['SPLIT_AMOUNT_DIFFERS'])
  })

  await t.test('a reviewer is shown both texts', async (t) => {
    const school = await openToldSchool(world, 'sepay', whole)
    await school.tell('sepay', [sepay(school, { content: 'CT DEN 1', description: 'BankAPINotify CT DEN:1 me be An' })])
    const [item] = await school.open()
    if (!item) return t.fail('an item waits')
    t.match(await school.item(item.id), { reason: 'NO_CODE', memo: 'CT DEN 1', fullText: 'BankAPINotify CT DEN:1 me be An' })
  })
})
