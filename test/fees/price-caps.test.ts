// A price cap over its life: set, corrected, raised, ended; what it does to plans and what it leaves alone. And the
// pages on which the authority does that.
import pg from 'pg'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { findCapBreaches, grownBy } from '../../src/fees/price-cap.js'
import { openBrowser, openPeopleWorld } from '../access/people-world.js'
import { openRoundWorld } from '../invoicing/round-world.js'
import type { RoundWorld } from '../invoicing/round-world.js'
import { created } from '../support/payable-school.js'

const CAP = { feeCode: 'BT', unit: 'tháng', maximumVnd: 300_000, legalBasis: 'NQ 18/2025/NQ-HĐND', validFrom: '2026-08-01' }

interface Cap {
  id: string
  maximumVnd: number
  validFrom: string
  validTo: string | null
}

async function openCapped(t: Parameters<typeof openRoundWorld>[0]) {
  const world = await openRoundWorld(t)
  const { id: authorityId } = await created<{ id: string }>(
    world.asAdmin('POST', '/api/v1/authorities', { kind: 'department', name: 'Sở Giáo dục và Đào tạo', validFrom: '2020-01-01' }))
  const owner = new pg.Client({ connectionString: world.database.ownerUrl })
  await owner.connect()
  await owner.query(`INSERT INTO school_authority (school_id, link, valid_from, authority_id)
    VALUES ($1, 'managing', '2020-09-01', $2)`, [world.school.schoolId, authorityId])
  await owner.end()
  const caps = `/api/v1/authorities/${authorityId}/price-caps`
  return { world, caps, set: (cap: object = {}) => world.asAdmin('POST', caps, { ...CAP, ...cap }) }
}

function planOf({ asAdmin, at, school, feeKindId }: RoundWorld, amountVnd: number) {
  return asAdmin('PUT', `${at}/rounds/${school.roundId}/fees`, { fees: [{ feeKindId, scope: 'school', amountVnd }] })
}

t.test('a cap is corrected, raised and ended, with before and after in the log', async (t) => {
  const { world, caps, set } = await openCapped(t)
  const cap = await created<Cap>(set({ maximumVnd: 200_000 }))
  t.equal((await planOf(world, 250_000)).statusCode, 422, 'too low by a mistake')
  const raised = await world.asAdmin('PATCH', `${caps}/${cap.id}`,
    { maximumVnd: 260_000, legalBasis: 'NQ 20/2026/NQ-HĐND', growthLimitPercent: 15, validTo: '2027-08-01' })
  t.match([raised.statusCode, raised.json()], [200, {
    maximumVnd: 260_000, legalBasis: 'NQ 20/2026/NQ-HĐND', growthLimitPercent: 15, validTo: '2027-08-01', feeCode: 'BT',
  }])
  t.equal((await planOf(world, 260_000)).statusCode, 200)
  t.equal((await planOf(world, 260_001)).statusCode, 422)
  const open = await world.asAdmin('PATCH', `${caps}/${cap.id}`, { growthLimitPercent: null, validTo: null })
  t.match(open.json(), { growthLimitPercent: null, validTo: null })
  const ended = await world.asAdmin('POST', `${caps}/${cap.id}/end`, { on: '2026-09-15' })
  t.match([ended.statusCode, ended.json()], [200, { validTo: '2026-09-15' }])
  t.equal((await planOf(world, 999_999)).statusCode, 200, 'the round is due on 30 September')
  const log = await world.db.asService((trx) => trx.selectFrom('audit_log').select(['action', 'before', 'after'])
    .where('object_id', '=', cap.id).orderBy('id').execute())
  t.match(log, [{ action: 'price_cap.set' },
    { action: 'price_cap.change', before: { maximumVnd: 200_000 }, after: { maximumVnd: 260_000 } },
    { action: 'price_cap.change', before: { validTo: '2027-08-01' }, after: { validTo: null } },
    { action: 'price_cap.end', before: { validTo: null }, after: { validTo: '2026-09-15' } }])
})

t.test('what cannot be said of a cap is refused in words, and no id breaks the service', async (t) => {
  const { world, caps, set } = await openCapped(t)
  const { id } = await created<Cap>(set())
  for (const [method, url, body, status, code] of [
    ['PATCH', `${caps}/${uuidv7()}`, { maximumVnd: 1 }, 404, 'PRICE_CAP_NOT_FOUND'],
    ['POST', `${caps}/${uuidv7()}/end`, { on: '2027-01-01' }, 404, 'PRICE_CAP_NOT_FOUND'],
    ['PATCH', `/api/v1/authorities/${uuidv7()}/price-caps/${id}`, { maximumVnd: 1 }, 404, 'PRICE_CAP_NOT_FOUND'],
    ['POST', `/api/v1/authorities/${uuidv7()}/price-caps`, CAP, 404, 'AUTHORITY_NOT_FOUND'],
    ['PATCH', `${caps}/x`, { maximumVnd: 1 }, 422, 'VALIDATION_FAILED'],
    ['POST', `${caps}/%00/end`, { on: '2027-01-01' }, 422, 'VALIDATION_FAILED'],
    ['GET', '/api/v1/authorities/none/price-caps', undefined, 404, 'AUTHORITY_NOT_FOUND'],
    ['POST', '/api/v1/authorities/none/price-caps', CAP, 404, 'AUTHORITY_NOT_FOUND'],
    ['PATCH', `${caps}/${id}`, {}, 422, 'VALIDATION_FAILED'],
    ['PATCH', `${caps}/${id}`, { feeCode: 'NUOC' }, 422, 'VALIDATION_FAILED'],
    ['PATCH', `${caps}/${id}`, { validTo: '2026-02-30' }, 422, 'VALIDATION_FAILED'],
    ['PATCH', `${caps}/${id}`, { validTo: '2026-07-31' }, 422, 'PRICE_CAP_INVALID'],
    ['POST', `${caps}/${id}/end`, { on: '2026-07-31' }, 422, 'PRICE_CAP_INVALID'],
    ['POST', caps, { ...CAP, validFrom: '2027-01-01', validTo: '2027-01-01' }, 422, 'PRICE_CAP_INVALID'],
  ] as const) {
    const answer = await world.asAdmin(method, url, body)
    t.match([answer.statusCode, answer.json()], [status, { code }], `${method} ${url} ${JSON.stringify(body)}`)
  }
})

t.test('of one fee, level and area one cap holds on a day', async (t) => {
  const { world, caps, set } = await openCapped(t)
  const first = await created<Cap>(set({ level: 'primary' }))
  t.match((await set({ level: 'primary', validFrom: '2027-01-01' })).json(),
    { status: 409, code: 'PRICE_CAP_PERIOD_EXISTS', errors: [{ reason: new RegExp(first.id) }] })
  t.equal((await set()).statusCode, 201, 'every level is another cap')
  t.equal((await set({ level: 'primary', urban: true })).statusCode, 201, 'so is the town')
  t.equal((await set({ level: 'primary', validFrom: '2026-01-01', validTo: '2026-08-01' })).statusCode, 201, 'and before')
  await created(world.asAdmin('POST', `${caps}/${first.id}/end`, { on: '2027-01-01' }))
  const second = await created<Cap>(set({ level: 'primary', validFrom: '2027-01-01', maximumVnd: 350_000 }))
  t.match((await world.asAdmin('PATCH', `${caps}/${second.id}`, { validFrom: '2026-12-31' })).json(),
    { code: 'PRICE_CAP_PERIOD_EXISTS' })
  t.match((await world.asAdmin('PATCH', `${caps}/${first.id}`, { validTo: null })).json(), { code: 'PRICE_CAP_PERIOD_EXISTS' })
  const mistaken = await created<Cap>(set({ feeCode: 'NHAM' }))
  t.match((await world.asAdmin('POST', `${caps}/${mistaken.id}/end`, { on: mistaken.validFrom })).statusCode, 200)
  t.equal((await set({ feeCode: 'NHAM' })).statusCode, 201, 'one that never held is in nobody\'s way')
  const twice = await Promise.all([1, 2, 3].map(() => set({ feeCode: 'CUNG_LUC' })))
  t.same(twice.map(({ statusCode }) => statusCode).sort(), [201, 409, 409])
  t.same([...new Set(twice.filter((one) => one.statusCode === 409).map((one) => one.json<{ code: string }>().code))],
    ['PRICE_CAP_PERIOD_EXISTS'])
})

t.test('a growth limit holds where the year before is known', async (t) => {
  const { world, set } = await openCapped(t)
  await created(set({ growthLimitPercent: 15, maximumVnd: 400_000 }))
  t.equal((await planOf(world, 400_000)).statusCode, 200, 'nothing was billed in 2025-2026')
  t.equal((await planOf(world, 250_000)).statusCode, 200)
  const next = (amountVnd: number, more: object = {}) => world.asAdmin('POST', `${world.at}/rounds`, {
    schoolYear: '2027-2028', name: `Tháng 9 ${amountVnd}`, dueOn: '2027-09-30',
    fees: [{ feeKindId: world.feeKindId, scope: 'school', amountVnd, ...more }],
  })
  t.match((await next(287_501)).json(), { status: 422, code: 'PRICE_CAP_EXCEEDED', errors: [{
    code: 'PRICE_GROWTH_EXCEEDED', reason: /287\.501 đ is above 287\.500 đ.*15 % on 250\.000 đ.*NQ 18\/2025/,
  }] })
  t.equal((await next(287_500)).statusCode, 201)
  t.match((await next(287_502, { scope: 'grade', grade: 4 })).statusCode, 422, 'of a grade too')
  t.equal((await next(0)).statusCode, 201)

  const cap = { id: 'c', feeCode: 'BT', level: null, unit: 'tháng', maximumVnd: 400_000, growthLimitPercent: 10, legalBasis: 'NQ' }
  const fee = (grade: number | null, amountVnd: number) => ({ feeCode: 'BT', scope: 'grade', grade, amountVnd })
  const breaches = (planned: number, grade: number | null, ...before: [number | null, number][]) =>
    findCapBreaches([fee(grade, planned)], [cap], ['primary', 'lower_secondary'],
      before.map(([of, amountVnd]) => fee(of, amountVnd))).map(({ limitVnd }) => limitVnd)
  t.same(breaches(111, 1, [1, 100], [6, 300]), [110], 'what another level paid is no measure')
  t.same(breaches(111, 2, [1, 100]), [], 'nor another grade')
  t.same(breaches(111, null, [1, 100], [6, 300]), [], 'a fee of the whole school against its highest')
  t.same(breaches(111, 1, [null, 100], [1, 50]), [110], 'the highest of what was asked for')
  t.same(breaches(111, 1, [1, 0]), [], '0 is no price')
  t.equal(grownBy(99_999, 15), 114_998)
})

t.test('a lower cap changes no bill that is out and keeps no parent from choosing what is on offer', async (t) => {
  const { world, set } = await openCapped(t)
  const { id: clubId } = await created<{ id: string }>(world.asAdmin('POST', `${world.at}/fee-kinds`, {
    code: 'CLB', name: 'Câu lạc bộ', feeGroup: 'service', legalBasis: 'Thỏa thuận', optional: true,
    bankAccountId: world.school.bankAccountId,
  }))
  await created(world.asAdmin('PUT', `${world.at}/rounds/${world.school.roundId}/fees`, { fees: [
    [world.feeKindId, 250_000], [clubId, 150_000]].map(([feeKindId, amountVnd]) => ({ feeKindId, scope: 'school', amountVnd })) }))
  await world.run()
  const before = await world.bills('&state=issued')
  await created(set({ maximumVnd: 200_000 }))
  await created(set({ feeCode: 'CLB', maximumVnd: 100_000 }))
  t.same(await world.bills('&state=issued'), before)
  const studentId = before[0]?.studentId ?? ''
  const items = `${world.at}/rounds/${world.school.roundId}/students/${studentId}/optional-items`
  t.equal((await world.asAdmin('PUT', items, { chosenFeeKindIds: [clubId] })).statusCode, 200)
  t.match(await world.bill(studentId), { payableVnd: 400_000 }, 'at the price that the page showed')
  t.equal((await world.asAdmin('PUT', items, { chosenFeeKindIds: [] })).statusCode, 200)
  t.match(await world.bill(studentId), { payableVnd: 250_000 })
  t.match((await world.asAdmin('POST', `${world.at}/invoice-runs`, { roundId: world.school.roundId })).json(),
    { code: 'PRICE_CAP_EXCEEDED' }, 'a run waits until the plan follows')
})

t.test('on the pages of the authority its officers see the caps, and who sets the system up changes them', async (t) => {
  const world = await openPeopleWorld(t)
  const { app, departmentId } = world
  const list = `/province/${departmentId}/price-caps`
  const [officer, admin] = [openBrowser(app), openBrowser(app)]
  await officer.signIn((await world.makePerson('department_officer')).loginName, world.totp())
  await admin.signIn((await world.makePerson('system_admin')).loginName, world.totp())
  const capForm = { feeCode: 'BT', level: 'primary', area: 'urban', unit: 'tháng', maximum: '300.000', growth: '15',
    legalBasis: 'NQ 18/2025/NQ-HĐND', validFrom: '2026-08-01', validTo: '' }
  t.match((await admin.get(list)).body, /Chưa có mức trần nào[\s\S]*Thêm mức trần/)
  const faulty = await admin.post(list, { ...capForm, maximum: '3.0', feeCode: 'bán trú' })
  t.match([faulty.statusCode, faulty.body], [422, /Mã gồm chữ hoa[\s\S]*Số tiền phải là số nguyên/])
  t.equal((await admin.post(list, capForm)).headers['location'], `${list}?done=cap`)
  const again = await admin.post(list, capForm)
  t.match([again.statusCode, again.body], [409, /đã có một mức trần cho cùng cấp học, khu vực/])

  const seen = (await officer.get(list)).body
  t.match(seen, /BT[\s\S]*Tiểu học, Đô thị[\s\S]*300\.000[\s\S]*15%[\s\S]*NQ 18\/2025/)
  t.notMatch(seen, /Thêm mức trần/)
  const one = /href="([^"]*price-caps\/[0-9a-f-]{36})"/.exec((await admin.get(list)).body)?.[1] ?? ''
  t.equal((await officer.get(one)).statusCode, 403)
  t.match((await admin.get(one)).body, /Sửa mức trần[\s\S]*value="300000"[\s\S]*Kết thúc mức trần/)
  t.equal((await admin.post(one, { ...capForm, maximum: '320000', growth: '' })).statusCode, 303)
  t.match((await admin.get(list)).body, /320\.000/)
  t.match((await admin.post(`${one}/end`, { on: '2026-07-01' })).statusCode, 422)
  t.equal((await admin.post(`${one}/end`, { on: '2027-08-01' })).statusCode, 303)
  t.match((await admin.get(`${list}?done=cap`)).body, /Đã lưu\.[\s\S]*đến trước 01\/08\/2027/)
  for (const path of [`${list}/x`, `${list}/${uuidv7()}`, '/province/x/price-caps']) {
    t.ok([404, 422].includes((await admin.get(path)).statusCode), path)
  }
})
