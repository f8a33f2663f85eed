// A Sở officer: sees 91,46% with its counts, goes down to a school and never to a child, takes the lists as files and
// prints a clean A4 report.
import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import readExcel from 'read-excel-file/node'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { createDemoUser } from '../../src/access/first-user.js'
import { openSeed, seedRoster } from '../support/adoption-seed.js'
import { assertAccessible, assertFits, DESKTOP, openBrowser, PHONE, picture } from '../support/browser.js'
import type { TestBrowser } from '../support/browser.js'
import { openSite } from '../support/site.js'
import type { Site } from '../support/site.js'

const PASSWORD = 'một câu dài để thử'
const browser = await openBrowser(t)

interface Office {
  site: Site
  /** `/province/{authority}` */
  path: string
  page: Page
  assertSilent: (t: Test) => void
}

/** 597 schools, of which 546 deploy; one of them with children, of whom two grades have few. */
async function openOffice(t: Test, chromium: TestBrowser): Promise<Office> {
  const site = await openSite(t, { now: () => new Date('2026-11-22T03:00:00Z') })
  const seed = openSeed(t, site.database.ownerUrl)
  const departmentId = await seed.authority('department')
  await seed.db.updateTable('authority').set({ name: 'Sở Giáo dục và Đào tạo Đồng Tháp' })
    .where('id', '=', departmentId).execute()
  await seedRoster(seed.db, departmentId, 596, 545, '2026-10-05')
  const school = await seed.school({ name: 'Trường Tiểu học Mỹ Trà', reportsTo: departmentId })
  for (let no = 0; no < 40; no++) {
    const student = await school.student()
    const bill = await school.bill(student, '2026-09-05', { service: 640_000 })
    if (no % 4 === 0) continue
    await school.pay('2026-09-10', [{ bill, lineNo: 1, amountVnd: 640_000 }], no % 5 === 0 ? 'cash' : 'direct')
  }
  await site.db.asService((trx) => trx.updateTable('installation').set({ demo: true }).execute())
  await createDemoUser(site.deps, {
    loginName: 'so.gddt', displayName: 'Nguyễn Văn Sở', role: 'department_officer', authorityId: departmentId,
    password: PASSWORD,
  })
  const { page, assertSilent } = await chromium.visit(site.url, DESKTOP)
  await page.goto(`${site.url}/login`)
  await page.locator('[name=loginName]').fill('so.gddt')
  await page.locator('[name=password]').fill(PASSWORD)
  await page.getByRole('button', { name: 'Đăng nhập' }).click()
  await page.waitForURL(/\/province\//)
  return { site, path: `/province/${departmentId}`, page, assertSilent }
}

t.test('with a browser', { skip: browser === undefined && 'no browser runs here' }, async (t) => {
  if (browser === undefined) return
  const office = await openOffice(t, browser)
  await t.test('from 91,46% down to a school, and never to a child', (t) => drillsDown(t, office))
  await t.test('the lists come as files', (t) => exports(t, office))
  await t.test('the report prints on A4', (t) => prints(t, office))
  await t.test('every page fits, reads well and keeps silent', (t) => looksRight(t, office, browser))
})

async function drillsDown(t: Test, { page }: Office): Promise<void> {
  const main = await page.textContent('main') ?? ''
  t.match(main, '91,46%')
  t.match(main, '546 / 597')
  t.match(main, 'Năm học trước, đến 31/07/2026')
  await page.getByRole('link', { name: 'Trường Tiểu học Mỹ Trà' }).first().click()
  await page.waitForURL(/\/schools\//)
  t.match(await page.textContent('h1'), 'Trường Tiểu học Mỹ Trà')
  const school = await page.textContent('main') ?? ''
  t.match(school, /\d+ \/ 40/, 'its students are counted')
  t.equal(await page.locator('main a[href*="student"]').count(), 0, 'no way leads to a child')
  await page.goBack()
}

async function exports(t: Test, { page, site, path }: Office): Promise<void> {
  await page.goto(`${site.url}${path}`)
  const take = async (name: string): Promise<Buffer> => {
    const link = page.locator('.card', { hasText: 'Xếp hạng trường' }).getByRole('link', { name }).first()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    return readFile(await download.path())
  }
  const rows = parse(await take('Tải CSV'), { bom: true })
  t.equal(rows.length, 598, 'a head and 597 schools')
  const [sheet] = await readExcel(await take('Tải Excel'))
  t.equal(sheet?.data.length, 598)
}

async function prints(t: Test, { page, site, path }: Office): Promise<void> {
  await page.goto(`${site.url}${path}/report`)
  t.match(await page.textContent('main'), '91,46%')
  t.match(await page.textContent('main'), 'Thủ trưởng')
  const pdf = await page.pdf({ preferCSSPageSize: true })
  // Points: 210 x 297 mm.
  t.match(pdf.toString('latin1'), /\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/, 'on A4')
  await page.emulateMedia({ media: 'print' })
  t.equal(await page.locator('.staff-nav').isVisible(), false, 'without the navigation')
  await page.emulateMedia({ media: 'screen' })
}

async function looksRight(t: Test, { page, site, path, assertSilent }: Office, chromium: TestBrowser): Promise<void> {
  await page.goto(site.url + path)
  const school = await page.getByRole('link', { name: 'Trường Tiểu học Mỹ Trà' }).first().getAttribute('href') ?? ''
  const pages = {
    overview: path, empty: `${path}?level=vocational_continuing`, schools: `${path}/schools`, school, report: `${path}/report`,
  }
  for (const screen of [DESKTOP, PHONE]) {
    const visit = await chromium.visit(site.url, screen)
    await visit.context.addCookies(await page.context().cookies())
    for (const [name, url] of Object.entries(pages)) {
      const response = await visit.page.goto(site.url + url)
      t.equal(response?.status(), 200, name)
      await assertFits(t, visit.page, `${name} at ${screen.width} px`)
      if (screen === DESKTOP) await assertAccessible(t, visit.page, name)
      await picture(visit.page, `province-${name}-${screen.width}`)
    }
    visit.assertSilent(t)
  }
  assertSilent(t)
}
