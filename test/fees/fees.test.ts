// What may be planned: fee groups, the shape of a plan, and the price caps of the authorities above a
// school, by the pure rules and over HTTP.
import t from 'tap'
import type { Test } from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { billableGroup } from '../../src/fees/fee-kind.js'
import { breachError, findCapBreaches, levelsBilled } from '../../src/fees/price-cap.js'
import type { PriceCap } from '../../src/fees/price-cap.js'
import { findPlanFaults } from '../../src/fees/round-plan.js'
import { asOwner } from '../support/as-owner.js'
import { buildTestApp } from '../support/app.js'
import type { TestApp } from '../support/app.js'
import { SAMPLE_DUE_ON, SAMPLE_NOW, SAMPLE_YEAR, seedSchool } from '../invoicing/school.js'
import type { SampleSchool } from '../invoicing/school.js'

t.test('money that a school may not bill is refused with the reason', async (t) => {
  t.equal(billableGroup('service'), 'service')
  t.throws(() => billableGroup('donation'), { code: 'FEE_GROUP_REFUSED', message: /TT 16\/2018/ })
  t.throws(() => billableGroup('parents_fund'), { code: 'FEE_GROUP_REFUSED', message: /TT 55/ })
  t.throws(() => billableGroup('extra_teaching'), { code: 'FEE_GROUP_REFUSED', message: /TT 29\/2024/ })
})

t.test('a plan line bills the level of its grade, or every level of the school', async (t) => {
  t.strictSame(levelsBilled(['primary'], null), ['primary'])
  t.strictSame(levelsBilled(['primary', 'lower_secondary'], 5), ['primary'])
  t.strictSame(levelsBilled(['primary', 'lower_secondary'], 6), ['lower_secondary'])
  t.strictSame(levelsBilled(['multi_level'], 10), ['multi_level', 'upper_secondary'])
  t.ok(levelsBilled(['multi_level'], null).includes('preschool'))
  t.strictSame(levelsBilled(['continuing'], 11), ['continuing'])
  t.strictSame(levelsBilled(['primary'], 11), ['primary'], 'a grade that the school has not narrows nothing')
})

t.test('an amount above a cap is named with cap, maximum and basis', async (t) => {
  const cap: PriceCap = {
    id: 'cap-1', feeCode: 'WATER', level: 'primary', unit: 'tháng', maximumVnd: 20_000,
    legalBasis: 'NQ 18/2025',
  }
  const fee = { feeCode: 'WATER', scope: 'school', grade: null, amountVnd: 20_001 }
  t.match(findCapBreaches([fee], [cap], ['primary']).map(breachError), [{ code: 'PRICE_CAP_EXCEEDED',
    reason: /20\.001 đ.*20\.000 đ.*NQ 18\/2025.*cap-1/ }])
  t.strictSame(findCapBreaches([{ ...fee, amountVnd: 20_000 }], [cap], ['primary']), [])
  t.strictSame(findCapBreaches([{ ...fee, feeCode: 'MEALS' }], [cap], ['primary']), [])
  t.strictSame(findCapBreaches([fee], [cap], ['lower_secondary']), [])
  t.equal(findCapBreaches([fee], [cap], []).length, 1, 'a level that is not known escapes no cap')
})

t.test('a plan says each thing once and names only what exists', async (t) => {
  const known = { feeKindIds: new Set(['a']), classIds: new Set(['c']), studentIds: new Set(['s']) }
  const faultsOf = (...lines: Parameters<typeof findPlanFaults>[0]) =>
    findPlanFaults(lines, known).map(({ field }) => field)
  const all = { feeKindId: 'a', scope: 'school', amountVnd: 1 } as const
  t.strictSame(faultsOf(all, { ...all, scope: 'class', classId: 'c' },
    { ...all, scope: 'student', studentId: 's' }), [])
  t.strictSame(faultsOf(all, all), ['fees[1].scope'])
  t.strictSame(faultsOf({ ...all, scope: 'grade' }), ['fees[0].grade'])
  t.strictSame(faultsOf({ ...all, grade: 1 }), ['fees[0].grade'])
  t.strictSame(faultsOf({ ...all, scope: 'class', classId: 'x' }), ['fees[0].classId'])
  t.strictSame(faultsOf({ ...all, scope: 'student', studentId: 'x' }), ['fees[0].studentId'])
  t.strictSame(faultsOf({ ...all, feeKindId: 'x' }), ['fees[0].feeKindId'])
})

interface Made {
  id: string
}

interface List {
  items: Made[]
  nextCursor: string | null
}

async function open(t: Test): Promise<TestApp & { school: SampleSchool; base: string }> {
  const world = await buildTestApp(t, { now: () => SAMPLE_NOW })
  const school = await seedSchool(world.database.ownerUrl, { students: 6, classSize: 3 })
  return { ...world, school, base: `/api/v1/schools/${school.schoolId}` }
}

t.test('over HTTP', async (t) => {
  const { asAdmin, school, base, database } = await open(t)
  const waterFees = (amountVnd: number) =>
    [{ feeKindId: school.feeKindIds.WATER, scope: 'school', amountVnd }]
  const capOf = (authorityId: string, cap: object) =>
    asAdmin('POST', `/api/v1/authorities/${authorityId}/price-caps`, {
    feeCode: 'WATER', unit: 'tháng', maximumVnd: 20_000, legalBasis: 'NQ 18/2025/NQ-HĐND',
    validFrom: '2026-09-01', ...cap,
  })

  await t.test('a fee kind needs a legal basis and an open account of the school', async (t) => {
    const kind = { code: 'SO_LIEN_LAC', name: 'Sổ liên lạc điện tử', feeGroup: 'service',
      legalBasis: 'NQ 18/2025',
      bankAccountId: school.mainAccountId }
    const made = await asAdmin('POST', `${base}/fee-kinds`, kind)
    t.match([made.statusCode, made.json()], [201, { ...kind, priority: 100, optional: false }])
    t.match((await asAdmin('POST', `${base}/fee-kinds`, kind)).json(),
      { code: 'FEE_KIND_CODE_EXISTS', status: 409 })
    const refused = [{ legalBasis: '' }, { code: 'nước' }, { priority: 1.5 }, { feeGroup: 'fine' }]
    for (const fault of refused) {
      const answer = await asAdmin('POST', `${base}/fee-kinds`, { ...kind, ...fault })
      t.match(answer.json(), { code: 'VALIDATION_FAILED', errors: [{ field: Object.keys(fault)[0] }] })
    }
    t.match((await asAdmin('POST', `${base}/fee-kinds`,
      { ...kind, code: 'TAI_TRO', feeGroup: 'donation' })).json(),
      { status: 422, code: 'FEE_GROUP_REFUSED', errors: [{ field: 'feeGroup' }] })
    t.match((await asAdmin('POST', `${base}/fee-kinds`,
      { ...kind, code: 'X', bankAccountId: uuidv7() })).json(),
      { status: 404, code: 'BANK_ACCOUNT_NOT_FOUND' })
    const changed = await asAdmin('PATCH', `${base}/fee-kinds/${made.json<Made>().id}`,
      { priority: 5, name: 'Sổ liên lạc' })
    t.match(changed.json(), { priority: 5, name: 'Sổ liên lạc', legalBasis: 'NQ 18/2025' })
    const list = await asAdmin('GET', `${base}/fee-kinds?limit=4`)
    const rest = await asAdmin('GET', `${base}/fee-kinds?limit=4&cursor=${list.json<List>().nextCursor}`)
    t.equal(list.json<List>().items.length + rest.json<List>().items.length, 7)
    t.equal(rest.json<List>().nextCursor, null)
  })

  await t.test('a plan above a cap of an authority higher up is refused whole', async (t) => {
    const ministry = uuidv7()
    await asOwner(database, `INSERT INTO authority (id, kind, name, valid_from)
        VALUES ('${ministry}', 'ministry', 'Bộ Giáo dục và Đào tạo', '2020-01-01');
      INSERT INTO authority_link VALUES ('${school.authorityId}', '${ministry}', '2025-07-01', NULL)`)
    t.equal((await capOf(ministry, { level: 'primary', urban: true })).statusCode, 201)
    const round = { schoolYear: SAMPLE_YEAR, name: 'Tháng 1', dueOn: SAMPLE_DUE_ON, fees: waterFees(20_001) }
    const refused = await asAdmin('POST', `${base}/rounds`, round)
    t.match(refused.json(), { status: 422, code: 'PRICE_CAP_EXCEEDED',
      errors: [{ reason: /20\.000 đ a tháng for primary/ }] })
    const kept = await asAdmin('POST', `${base}/rounds`, { ...round, fees: waterFees(20_000) })
    t.match([kept.statusCode, kept.json()],
      [201, { state: 'open', fees: [{ feeCode: 'WATER', amountVnd: 20_000 }] }])
    const url = `${base}/rounds/${kept.json<Made>().id}`
    t.match((await asAdmin('PUT', `${url}/fees`, { fees: waterFees(25_000) })).json(),
      { code: 'PRICE_CAP_EXCEEDED' })
    t.match((await asAdmin('GET', url)).json(), { fees: [{ amountVnd: 20_000 }] },
      'nothing of a refused plan is kept')
    t.match((await asAdmin('GET', `/api/v1/authorities/${ministry}/price-caps`)).json(),
      { items: [{ feeCode: 'WATER', maximumVnd: 20_000, urban: true, validTo: null }] })
  })

  await t.test('a cap of other places, levels, fees or days does not hold', async (t) => {
    for (const other of [{ urban: false }, { level: 'upper_secondary' }, { feeCode: 'MEALS' },
      { validTo: SAMPLE_DUE_ON }, { validFrom: '2026-12-16' }]) {
      t.equal((await capOf(school.authorityId, { maximumVnd: 1, ...other })).statusCode, 201)
    }
    const round = { schoolYear: SAMPLE_YEAR, name: 'Tháng 2', dueOn: SAMPLE_DUE_ON, fees: waterFees(20_000) }
    t.equal((await asAdmin('POST', `${base}/rounds`, round)).statusCode, 201)
    t.match((await asAdmin('POST', `${base}/rounds`, round)).json(), { status: 409 }, 'a name once a year')
    t.match((await asAdmin('POST', `${base}/rounds`, { ...round, schoolYear: '2026-2028' })).json(),
      { status: 422, code: 'SCHOOL_YEAR_INVALID' })
  })

  await t.test('two plans that are written at once are one of the two, never both', async (t) => {
    const url = `${base}/rounds/${school.roundId}/fees`
    const lineOf = (scope: object) => ({ feeKindId: school.feeKindIds.WATER, amountVnd: 15_000, ...scope })
    for (let again = 0; again < 5; again++) {
      await asAdmin('PUT', url, { fees: [] })
      const plans = [[lineOf({ scope: 'school' })], [lineOf({ scope: 'grade', grade: 1 })]]
      const answers = await Promise.all(plans.map((fees) => asAdmin('PUT', url, { fees })))
      t.same(answers.map(({ statusCode }) => statusCode), [200, 200])
      t.equal((await asAdmin('GET', `${base}/rounds/${school.roundId}`)).json<{ fees: object[] }>().fees.length, 1)
    }
  })

  await t.test('amounts are whole đồng below 500 million', async (t) => {
    for (const amountVnd of [-1, 0.5, 500_000_000, 2 ** 53, '20000']) {
      const fees = [{ feeKindId: school.feeKindIds.WATER, scope: 'school', amountVnd }]
      const answer = await asAdmin('PUT', `${base}/rounds/${school.roundId}/fees`, { fees })
      t.match(answer.json(), { code: 'VALIDATION_FAILED', errors: [{ field: /amountVnd/ }] })
    }
  })

  await t.test('an exemption is granted by percent or amount, and ended', async (t) => {
    const grant = { studentId: school.studentIds[0], feeKindId: school.feeKindIds.MEALS, percent: 50,
      payer: 'budget',
      legalBasis: 'NĐ 238/2025/NĐ-CP', decisionNumber: 'QĐ-12', validFrom: '2026-09-01' }
    const made = await asAdmin('POST', `${base}/exemptions`, grant)
    t.match([made.statusCode, made.json()], [201, { ...grant, amountVnd: null, validTo: null }])
    t.match((await asAdmin('POST', `${base}/exemptions`, grant)).json(), { status: 409, code: 'EXEMPTION_EXISTS' },
      'sent twice it is granted once')
    t.match((await asAdmin('POST', `${base}/exemptions`, { ...grant, amountVnd: 5 })).json(),
      { code: 'EXEMPTION_INVALID' })
    t.match((await asAdmin('POST', `${base}/exemptions`, { ...grant, studentId: uuidv7() })).json(),
      { status: 422 })
    const url = `${base}/exemptions/${made.json<Made>().id}/end`
    t.match((await asAdmin('POST', url, { validTo: '2026-09-01' })).json(), { code: 'EXEMPTION_INVALID' })
    t.match((await asAdmin('POST', url, { validTo: '2027-01-01' })).json(), { validTo: '2027-01-01' })
    t.match((await asAdmin('GET', `${base}/exemptions?studentId=${school.studentIds[0]}`)).json(),
      { items: [{ id: made.json<Made>().id, validTo: '2027-01-01' }], nextCursor: null })
  })
})
