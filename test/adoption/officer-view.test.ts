// An authority hears of schools and never of a child, through the API as through its pages: with the token of an
// authority small counts, parts of a year and days one by one are refused; the school itself reads its own figures.
import t from 'tap'
import { openPeopleWorld } from '../access/people-world.js'
import type { SchoolLevel } from '../../src/directory/school.js'
import { openSeed, UNBOOKED } from '../support/adoption-seed.js'

const AS_OF = '2026-11-22'

t.test('figures over the API', async (t) => {
  const world = await openPeopleWorld(t, { breaks: { promises: ['P2', 'P3', 'P4', 'P6', 'P9'], because: UNBOOKED } })
  world.clock.now = new Date('2026-11-22T03:00:00Z')
  const { app, asAdmin, departmentId, otherDepartmentId } = world
  const seed = openSeed(t, world.database.ownerUrl)
  const make = async (name: string, billed: number, level: SchoolLevel) => {
    const school = await seed.school({ name, reportsTo: departmentId, level })
    for (let count = 0; count < billed; count++) {
      const bill = await school.bill(await school.student(), '2026-09-01', { service: 500_000 })
      if (count % 2 === 0) await school.pay('2026-09-10', [{ bill, lineNo: 1, amountVnd: 500_000 }])
    }
    return school.schoolId
  }
  const large: string[] = []
  for (const billed of [30, 24, 26]) large.push(await make(`Trường Tiểu học ${billed}`, billed, 'primary'))
  await make('Trường Mầm non Lớn', 28, 'preschool')
  const tiny = await make('Trung tâm GDTX Nhỏ', 3, 'continuing')
  const gone = (await seed.school({ name: 'Trường Đã Chuyển', reportsTo: otherDepartmentId })).schoolId
  await seed.db.insertInto('school_authority').values({
    school_id: gone, link: 'managing', authority_id: departmentId, valid_from: '2020-01-01', valid_to: '2025-01-01',
  }).execute()

  const tokenFor = async (bound: object) => (await asAdmin('POST', '/api/v1/tokens', {
    name: 'reports', scopes: ['reports:read'], ...bound,
  })).json<{ token: string }>().token
  const [ofDepartment, ofTiny] = [await tokenFor({ authorityId: departmentId }), await tokenFor({ schoolId: tiny })]
  const ask = async (token: string, url: string) => {
    const answer = await app.inject({ url: `/api/v1${url}`, headers: { authorization: `Bearer ${token}` } })
    return { status: answer.statusCode, ...answer.json<Record<string, unknown>>() }
  }
  const at = (schoolId: string, more = '') => `/schools/${schoolId}/adoption?measure=M3&asOf=${AS_OF}${more}`
  const of = (more: string) => `/authorities/${departmentId}/adoption?asOf=${AS_OF}${more}`

  await t.test('a school with few children is not shown, whatever is asked of it, and itself sees all', async (t) => {
    for (const measure of ['M3', 'M4', 'M5']) {
      t.match(await ask(ofDepartment, `/schools/${tiny}/adoption?measure=${measure}&asOf=${AS_OF}`),
        { status: 403, code: 'SMALL_CELL_REFUSED' }, measure)
    }
    t.match(await ask(ofDepartment, `/schools/${tiny}/adoption?measure=M2&asOf=${AS_OF}`), { status: 200, numerator: 1 })
    t.match(await ask(ofTiny, at(tiny)), { status: 200, numerator: 2, denominator: 3 })
    t.match(await ask(world.adminToken, at(tiny)), { status: 200, numerator: 2, denominator: 3 })
  })

  await t.test('neither by its level, nor by a part of the year, nor day by day', async (t) => {
    t.match(await ask(ofDepartment, of('&measure=M3&level=continuing')), { status: 403, code: 'SMALL_CELL_REFUSED' })
    t.match(await ask(ofDepartment, of('&measure=M3&from=2026-09-10')), { status: 403, code: 'PERIOD_REFUSED' })
    t.match(await ask(ofDepartment, `/authorities/${departmentId}/adoption/schools?asOf=${AS_OF}&from=2026-09-10`),
      { status: 403, code: 'PERIOD_REFUSED' })
    const series = `/authorities/${departmentId}/adoption/series?measure=M3&from=2026-09-01&to=${AS_OF}`
    t.match(await ask(ofDepartment, `${series}&step=day`), { status: 403, code: 'PERIOD_REFUSED' })
    t.match(await ask(ofDepartment, `${series}&step=week`), { status: 200, points: Array })
    t.match(await ask(ofDepartment, `/schools/${tiny}/adoption/series?measure=M3&from=2026-09-01&to=${AS_OF}&step=week`),
      { status: 403, code: 'SMALL_CELL_REFUSED' })
  })

  await t.test('nor by trying thresholds: M6 leaves hidden schools out', async (t) => {
    for (const [threshold, shown, all] of [['0.5', 1, 5], ['0.6666', 0, 1], ['0.6667', 0, 0]] as const) {
      const more = `&measure=M6&threshold=${threshold}`
      t.match(await ask(ofDepartment, of(more)), {
        status: 200, numerator: shown, denominator: 1, rosterSchools: 6,
        excluded: { hiddenSchools: 4, noDataSchools: 1 },
      })
      t.match(await ask(world.adminToken, of(more)), { numerator: all, denominator: 5, excluded: { hiddenSchools: 0 } })
    }
    for (const thresholdOf of ['M3', 'M5']) {
      const asked = `measure=M6&thresholdOf=${thresholdOf}`
      t.match(await ask(ofDepartment, `/schools/${tiny}/adoption?${asked}&asOf=${AS_OF}`),
        { status: 403, code: 'SMALL_CELL_REFUSED' }, thresholdOf)
      t.match(await ask(ofDepartment, `/authorities/${departmentId}/adoption/series?${asked}&from=2026-09-01&to=${AS_OF}`),
        { status: 403, code: 'PERIOD_REFUSED' })
    }
  })

  await t.test('what counts many is shown, and a school that left is not', async (t) => {
    t.match(await ask(ofDepartment, of('&measure=M3')), { status: 200, numerator: 56, denominator: 111 })
    t.match(await ask(ofDepartment, of('&measure=M2')), { status: 200, numerator: 5 })
    const statuses = []
    for (const schoolId of large) statuses.push((await ask(ofDepartment, at(schoolId))).status)
    t.ok(statuses.includes(200), `large schools are shown: ${statuses.join(' ')}`)
    t.ok(statuses.includes(403), 'but one, or the total would give the small one away')
    t.match(await ask(ofDepartment, at(gone)), { status: 403, code: 'FORBIDDEN' })
  })
})
