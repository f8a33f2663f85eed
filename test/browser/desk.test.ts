// An accountant at a desk: signs in with a second factor, clears the review queue by keyboard and form, divides one
// transfer over two siblings, takes that back and does it again. Every promise holds afterwards.
import { TOTP, Secret } from 'otpauth'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { createDemoUser } from '../../src/access/first-user.js'
import { openBrowser, assertAccessible, assertFits, DESKTOP, PHONE, picture } from '../support/browser.js'
import type { TestBrowser } from '../support/browser.js'
import { callBank, openPayableSchool } from '../support/payable-school.js'
import type { PayableSchool } from '../support/payable-school.js'
import { enterCode, enterPassword } from '../support/sign-in.js'
import { assertPromises, openSite } from '../support/site.js'
import type { Site } from '../support/site.js'

const PASSWORD = 'một câu dài để thử'
const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const FEE_VND = 640_000
const STUDENTS = [
  '0100000001,Nguyễn Minh Ánh,05/09/2017,3A', '0100000002,Nguyễn Minh Bảo,01/02/2019,1B',
  '0100000003,Trần Văn Cường,11/07/2017,3A', '0100000004,Lê Thị Dung,23/03/2018,2C',
]
const browser = await openBrowser(t)

interface Desk {
  site: Site
  school: PayableSchool
  page: Page
  path: string
  openOf: (bill: number) => Promise<number>
}

/** A queue of three: siblings in one transfer without a code, a donation, and a code with one wrong symbol. */
async function openDesk(t: Test, chromium: TestBrowser): Promise<Desk> {
  const clock = { now: new Date('2026-09-12T03:00:00Z') }
  const site = await openSite(t, { now: () => clock.now })
  const school = await openPayableSchool(site, {
    name: 'Trường Tiểu học Nguyễn Trãi', students: STUDENTS,
    fees: [{ code: 'BT', name: 'Tiền ăn bán trú', feeGroup: 'service', amountVnd: FEE_VND }],
  })
  const pay = async (id: number, content: string, amountVnd: number) => {
    await callBank(site, school, { id, content, amountVnd, day: '2026-09-12' })
  }
  await pay(1, 'PH chau Nguyen Minh Anh va Nguyen Minh Bao nop tien ban tru', 2 * FEE_VND)
  await pay(2, 'Ung ho quy khuyen hoc', 5_000_000)
  const code = school.bills[2]?.paymentCode ?? ''
  await pay(3, `${code.slice(0, 6)}${code.charAt(6) === 'K' ? 'M' : 'K'}${code.slice(7)} nop tien`, FEE_VND)
  await site.settle()
  await site.db.asService((trx) => trx.updateTable('installation').set({ demo: true }).execute())
  await createDemoUser(site.deps, {
    loginName: 'ke.toan', displayName: 'Lê Thị Kế Toán', role: 'accountant', schoolId: school.schoolId,
    password: PASSWORD, totpSecret: TOTP_SECRET,
  })
  const { page } = await chromium.visit(t, site.url, DESKTOP)
  page.on('dialog', (dialog) => void dialog.accept())
  const path = `/desk/${school.schoolId}`
  await page.goto(site.url + path)
  await enterPassword(page, 'ke.toan', PASSWORD)
  await enterCode(page, TOTP.generate({ secret: Secret.fromBase32(TOTP_SECRET), timestamp: clock.now.getTime() }))
  await page.waitForURL(site.url + path)
  const openOf: Desk['openOf'] = async (bill) => (await site.asAdmin('GET',
    `/api/v1/schools/${school.schoolId}/invoices/${school.bills[bill]?.id}`)).json<{ openVnd: number }>().openVnd
  return { site, school, page, path, openOf }
}

t.test('with a browser', { skip: browser === undefined && 'no browser runs here' }, async (t) => {
  if (browser === undefined) return
  const desk = await openDesk(t, browser)
  await t.test('the queue is cleared: split, undone, split again; not ours; a damaged code', (t) => clearsQueue(t, desk))
  await t.test('every page of the desk fits, reads well and keeps silent', (t) => looksRight(t, desk, browser))
  await assertPromises(t, desk.site)
})

async function openItem({ page, site, path }: Desk, content: string): Promise<void> {
  await page.goto(`${site.url}${path}/review`)
  await page.locator('tr', { hasText: content }).getByRole('link').first().click()
  await page.waitForURL(/\/review\/[0-9a-f-]{36}/)
}

async function assignSiblings(desk: Desk): Promise<void> {
  const { page } = desk
  await openItem(desk, 'Nguyen Minh Anh')
  await picture(page, 'desk-review-item-1366')
  const rest = (text: string) => page.locator('[data-rest-of]').getByText(text, { exact: true }).waitFor()
  await page.getByLabel(/Nguyễn Minh Ánh/).fill('640.000')
  await page.getByLabel(/Nguyễn Minh Bảo/).fill('600.000')
  await rest('40.000 đ')
  await page.getByLabel(/Nguyễn Minh Bảo/).fill('640.000')
  await rest('0 đ')
  await page.getByRole('button', { name: 'Gán tiền' }).click()
  await page.getByText('Đã gán xong.').waitFor()
}

async function clearsQueue(t: Test, desk: Desk): Promise<void> {
  const { page, site, path, openOf } = desk
  const one = () => Promise.all([openOf(0), openOf(1), openOf(2)])
  t.same(await one(), [FEE_VND, FEE_VND, FEE_VND])
  await page.goto(`${site.url}${path}/review`)
  t.equal(await page.locator('tbody tr').count(), 3)
  await picture(page, 'desk-review-full-1366')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/review\/[0-9a-f-]{36}/)

  await assignSiblings(desk)
  t.same(await one(), [0, 0, FEE_VND], 'one transfer paid two bills')
  await page.goto(`${site.url}${path}/transactions`)
  await page.locator('tr', { hasText: 'Nguyen Minh Anh' }).getByRole('link').first().click()
  await page.locator('[name=note]').fill('chia nhầm lớp')
  await picture(page, 'desk-transaction-1366')
  await page.getByRole('button', { name: 'Hoàn tác' }).click()
  await page.waitForURL(/done=/)
  t.same(await one(), [FEE_VND, FEE_VND, FEE_VND], 'undone by reversal')
  await assertPromises(t, site)
  await assignSiblings(desk)
  t.same(await one(), [0, 0, FEE_VND])

  await openItem(desk, 'khuyen hoc')
  await page.locator('#note-not-ours, [id^=note-not]').first().fill('Quỹ khuyến học của xã')
  await page.getByRole('button', { name: 'Đánh dấu' }).click()
  await page.waitForURL(/done=/)
  await openItem(desk, 'nop tien')
  await page.getByLabel(/Trần Văn Cường/).fill(String(FEE_VND))
  await page.getByRole('button', { name: 'Gán tiền' }).click()
  await page.getByText('Đã gán xong.').waitFor()
  t.same(await one(), [0, 0, 0])
  await page.goto(`${site.url}${path}/review`)
  t.match(await page.textContent('main'), 'Không có gì chờ xét duyệt')
}

async function looksRight(t: Test, desk: Desk, chromium: TestBrowser): Promise<void> {
  const { site, school, page, path } = desk
  const student = school.bills[0]?.studentId
  const pages = {
    today: '', review: '/review', resolved: '/review?view=resolved', transactions: '/transactions', students: '/students',
    student: `/students/${student}`, import: '/students/import', rounds: '/rounds', round: `/rounds/${school.roundId}`,
    cash: '/cash', fees: '/fees', channels: '/channels', search: '/search?q=minh', nothing: '/search?q=zzzz',
  }
  const cookies = await page.context().cookies()
  for (const screen of [DESKTOP, PHONE]) {
    const visit = await chromium.visit(t, site.url, screen)
    await visit.context.addCookies(cookies)
    for (const [name, below] of Object.entries(pages)) {
      const response = await visit.page.goto(site.url + path + below)
      t.equal(response?.status(), 200, name)
      await assertFits(t, visit.page, `${name} at ${screen.width} px`)
      await assertAccessible(t, visit.page, `${name} at ${screen.width} px`)
      await picture(visit.page, `desk-${name}-${screen.width}`)
    }
  }
}
