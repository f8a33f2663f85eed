// A Sở officer: sees 91,46% with its counts, goes down to a school and never to a child, takes the lists as files and
// prints a clean A4 report.
import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import pg from 'pg'
import readExcel from 'read-excel-file/node'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { createDemoUser } from '../../src/access/first-user.js'
import { openInbox } from '../../src/banking/inbox.js'
import { LIMITS } from '../../src/limits.js'
import { asOwner } from '../support/as-owner.js'
import { assertAccessible, assertFits, DESKTOP, openBrowser, PHONE, picture } from '../support/browser.js'
import type { TestBrowser } from '../support/browser.js'
import { sepayBody } from '../support/callbacks.js'
import { seedSchool } from '../support/seed-school.js'
import { enterPassword } from '../support/sign-in.js'
import { assertPromises, openSite } from '../support/site.js'
import type { Site } from '../support/site.js'

const PASSWORD = 'một câu dài để thử'
const SHOWN_SCHOOL = 'Trường Tiểu học Mỹ Trà'
/** Every child is called so: nothing that an officer is given may say it. */
const CHILD = 'Khuất Thị Kín Đáo'
const browser = await openBrowser(t)

interface Office {
  site: Site
  /** `/province/{authority}` */
  path: string
  page: Page
  firstSchoolId: string
  /** What names a child: names, payment codes, ids. */
  childMarks: readonly string[]
}

const SCHOOLS = 597
const DEPLOYED = 546

/** Of 597 schools 546 have been paid by transfer: one child each, and 40 in the first, of whom 30 have paid. */
async function openOffice(t: Test, chromium: TestBrowser): Promise<Office> {
  const site = await openSite(t, { now: () => new Date('2026-11-22T03:00:00Z') })
  const departmentId = uuidv7()
  await asOwner(site.database, `INSERT INTO authority (id, kind, name, valid_from)
    VALUES ('${departmentId}', 'department', 'Sở Giáo dục và Đào tạo Đồng Tháp', '2020-01-01')`)
  const client = new pg.Client({ connectionString: site.database.ownerUrl })
  await client.connect()
  let firstSchoolId: string | undefined
  const childMarks = ['Kín Đáo', 'kin dao']
  const calls: Parameters<ReturnType<typeof openInbox>['accept']>[0][] = []
  // One commit for all of them: each would wait for the disk.
  await client.query('BEGIN')
  for (let no = 1; no <= SCHOOLS; no++) {
    const { schoolId, channelId, accountNumber, bills } = await seedSchool(client, { students: no === 1 ? 40 : 1 })
    firstSchoolId ??= schoolId
    childMarks.push(...bills.flatMap(({ code, studentId, invoiceId }) => [code, studentId, invoiceId]))
    await client.query(`INSERT INTO school_authority (school_id, link, valid_from, authority_id)
      VALUES ($1, 'reporting', '2020-09-01', $2)`, [schoolId, departmentId])
    if (no === 1) await client.query('UPDATE school_profile SET name = $2 WHERE school_id = $1', [schoolId, SHOWN_SCHOOL])
    if (no > DEPLOYED) continue
    const paying = no === 1 ? bills.filter((_bill, at) => at % 4 > 0) : bills
    calls.push(...paying.map(({ code: content, payableVnd: amountVnd }, at) => ({
      schoolId, channelId, proof: 'good' as const, receivedAt: new Date(),
      rawBody: sepayBody({ id: no * 100 + at, accountNumber, content, amountVnd }),
    })))
  }
  await client.query('UPDATE student SET full_name = $1, search_name = plain_text($1)', [CHILD])
  await client.query('COMMIT')
  await client.end()
  const inbox = openInbox(site.db, { maxWaiting: 1_000, maxBatchRows: 500, shards: LIMITS.shards }, () => undefined)
  await Promise.all(calls.map((call) => inbox.accept(call)))
  await inbox.close()
  await site.settle()
  await site.db.asService((trx) => trx.updateTable('installation').set({ demo: true }).execute())
  await createDemoUser(site.deps, {
    loginName: 'so.gddt', displayName: 'Nguyễn Văn Sở', role: 'department_officer', authorityId: departmentId,
    password: PASSWORD,
  })
  const { page } = await chromium.visit(t, site.url, DESKTOP)
  await page.goto(`${site.url}/login`)
  await enterPassword(page, 'so.gddt', PASSWORD)
  await page.waitForURL(/\/province\//)
  return { site, path: `/province/${departmentId}`, page, firstSchoolId: firstSchoolId ?? '', childMarks }
}

t.test('with a browser', { skip: browser === undefined && 'no browser runs here' }, async (t) => {
  if (browser === undefined) return
  const office = await openOffice(t, browser)
  await t.test('from 91,46% down to a school, and never to a child', (t) => drillsDown(t, office))
  await t.test('the lists come as files', (t) => exports(t, office))
  await t.test('no page and no file names a child', (t) => namesNoChild(t, office))
  await t.test('the report prints on A4', (t) => prints(t, office))
  await t.test('every page fits, reads well and keeps silent', (t) => looksRight(t, office, browser))
  await assertPromises(t, office.site)
})

async function drillsDown(t: Test, { page }: Office): Promise<void> {
  const main = await page.textContent('main') ?? ''
  t.match(main, '91,46%')
  t.match(main, '546 / 597')
  t.match(main, 'Năm học trước, đến 31/07/2026')
  await page.getByRole('link', { name: SHOWN_SCHOOL }).first().click()
  await page.waitForURL(/\/schools\//)
  t.match(await page.textContent('h1'), SHOWN_SCHOOL)
  const school = await page.textContent('main') ?? ''
  t.match(school, '30 / 40', 'its students are counted')
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

/** Every page, and every file that one of them offers, looked through as it travels and as a workbook is read. */
async function namesNoChild(t: Test, office: Office): Promise<void> {
  const { page, site, path, firstSchoolId, childMarks } = office
  const namesOf = (text: string): string[] => childMarks.filter((mark) => text.includes(mark))
  const { body } = await site.asAdmin('GET', `/api/v1/schools/${firstSchoolId}/students`)
  t.ok(namesOf(body).length > 1, 'whoever may see the children would find them')
  const files = new Set<string>()
  for (const below of ['', '/report', '/schools', `/schools/${firstSchoolId}`]) {
    const response = await page.goto(site.url + path + below)
    t.equal(response?.status(), 200)
    t.same(namesOf(await response?.text() ?? ''), [], `no child on ${below || 'the overview'}`)
    for (const link of await page.locator('a[download]').all()) files.add(await link.getAttribute('href') ?? '')
  }
  t.ok(files.size >= 14, `${files.size} files`)
  for (const href of files) {
    const response = await page.request.get(site.url + href)
    t.equal(response.status(), 200, href)
    const sent = await response.body()
    const text = href.includes('xlsx') ? JSON.stringify(await readExcel(sent)) : sent.toString()
    t.ok(text.length > 20, `${href} says something`)
    t.same(namesOf(text), [], `no child in ${href}`)
  }
}

async function prints(t: Test, { page, site, path }: Office): Promise<void> {
  await page.goto(`${site.url}${path}/report`)
  t.match(await page.textContent('main'), '91,46%')
  t.match(await page.textContent('main'), 'Thủ trưởng')
  const pdf = await page.pdf({ preferCSSPageSize: true })
  // Points: 210 x 297 mm.
  t.match(pdf.toString('latin1'), /\/MediaBox \[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/, 'on A4')
  await page.emulateMedia({ media: 'print' })
  await page.locator('.staff-nav').waitFor({ state: 'hidden' })
  t.equal(await page.locator('.staff-nav').isVisible(), false, 'without the navigation')
  await page.emulateMedia({ media: 'screen' })
}

async function looksRight(t: Test, { page, site, path }: Office, chromium: TestBrowser): Promise<void> {
  await page.goto(site.url + path)
  const school = await page.getByRole('link', { name: SHOWN_SCHOOL }).first().getAttribute('href') ?? ''
  const pages = {
    overview: path, empty: `${path}?level=vocational_continuing`, schools: `${path}/schools`, school, report: `${path}/report`,
  }
  for (const screen of [DESKTOP, PHONE]) {
    const visit = await chromium.visit(t, site.url, screen)
    await visit.context.addCookies(await page.context().cookies())
    for (const [name, url] of Object.entries(pages)) {
      const response = await visit.page.goto(site.url + url)
      t.equal(response?.status(), 200, name)
      await assertFits(t, visit.page, `${name} at ${screen.width} px`)
      await assertAccessible(t, visit.page, `${name} at ${screen.width} px`)
      await picture(visit.page, `province-${name}-${screen.width}`)
    }
  }
}
