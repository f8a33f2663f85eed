// The parent's page and the check page as a person sees them, in a real browser: nothing is cut, nothing is asked of
// anybody else, the QR on the screen pays, and the page changes by itself when the money arrives.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import jsQR from 'jsqr'
import type { Locator, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import t from 'tap'
import type { Test } from 'tap'
import { decodeVietqr } from '../../src/vietqr/payload.js'
import {
  assertAccessible, assertFits, DESKTOP, openBrowser, PHONE, picture, refused, SMALL_PHONE,
} from '../support/browser.js'
import type { TestBrowser } from '../support/browser.js'
import { assertPromises } from '../support/site.js'
import { CHILDREN, NOW, openParentWorld } from '../web/parent-world.js'

/** Looks at a page at three sizes; the larger phone also by the rules of accessibility. */
async function lookEverywhere(t: Test, browser: TestBrowser, site: string, name: string, url: string): Promise<void> {
  for (const [size, screen] of [['320', SMALL_PHONE], ['390', PHONE], ['1366', DESKTOP]] as const) {
    const isLost = url.startsWith('/p/wrong')
    const { page, context } = await browser.visit(t, site, screen, isLost ? [refused(404)] : [])
    await page.goto(site + url)
    await assertFits(t, page, `${name} at ${size} px`)
    if (size === '390') await assertAccessible(t, page, name)
    await picture(page, `${name}-${size}`)
    await context.close()
  }
}

/** What the QR at this place of the screen asks a banking app to do. */
async function readQr(page: Page, at: number): Promise<{ accountNumber: string; amountVnd: number; purpose: string }> {
  const shot = PNG.sync.read(await page.locator('.pay-qr').nth(at).screenshot())
  const read = decodeVietqr(jsQR.default(new Uint8ClampedArray(shot.data), shot.width, shot.height)?.data ?? '')
  if (!read.ok || read.purpose === null || read.amountVnd === null) throw new Error('the QR on the screen is read')
  const { accountNumber, amountVnd, purpose } = read
  return { accountNumber, amountVnd, purpose }
}

/** Waits until the page shows its news, and reads it aloud. */
async function said(page: Page, status: string): Promise<void> {
  await page.locator('.bill-status').getByText(status, { exact: true }).waitFor()
  await page.locator('#news').getByText(status, { exact: true }).waitFor({ state: 'attached' })
}

function copyButtons(page: Page): Locator {
  return page.getByRole('button', { name: 'Sao chép' })
}

const browser = await openBrowser(t)

t.test('in a browser', { skip: browser === undefined && 'no browser runs here' }, async (t) => {
  if (browser === undefined) return
  let now = NOW
  const world = await openParentWorld(t, {
    now: () => now, insurance: true, config: { liveEveryMs: 100, liveConnectionsPerBill: 50 },
  })
  await world.run()
  const site = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const [anh, insurance] = await world.billsOf('anh')
  if (!anh || !insurance) throw new Error('two bills were issued')
  const url = world.pathOf(anh)

  await t.test('the QRs on a phone\'s screen pay, and the page says so without a reload', async (t) => {
    const { page } = await browser.visit(t, site, PHONE)
    await page.goto(site + url)
    await page.getByText('Trang này tự đổi').waitFor()
    await page.evaluate(() => { document.body.dataset['stays'] = 'yes' })
    t.equal(await copyButtons(page).count(), 10, 'five values of each part can be copied')
    const asked = [await readQr(page, 0), await readQr(page, 1)] as const
    t.match(asked, [
      { accountNumber: world.mainAccountNumber, amountVnd: 430_000, purpose: anh.paymentCode },
      { accountNumber: world.insuranceAccountNumber, amountVnd: 631_800, purpose: insurance.paymentCode },
    ])
    await page.getByLabel('Ngày sinh').fill('05/09')
    await world.pay(asked[0].purpose, asked[0].amountVnd)
    await said(page, 'Đã nhận 430.000 đ, còn 631.800 đ')
    t.equal(await page.getByLabel('Ngày sinh').inputValue(), '05/09', 'what was being typed is still there')
    await page.getByText('Trang này tự đổi').waitFor()
    t.equal(await copyButtons(page).count(), 5)
    await world.pay(asked[1].purpose, asked[1].amountVnd, { accountNumber: asked[1].accountNumber })
    await said(page, 'Đã nhận đủ 1.061.800 đ')
    t.equal(await page.locator('.pay-qr').count(), 0, 'nothing is left to scan')
    t.equal(await page.evaluate(() => document.body.dataset['stays']), 'yes', 'without a reload')
    await page.getByLabel('Ngày sinh').fill(CHILDREN.anh.birthDate)
    await page.getByRole('button', { name: 'Xem' }).click()
    await page.getByText(CHILDREN.anh.fullName).waitFor()
    await assertAccessible(t, page, 'the page with the history')
    await assertFits(t, page, 'the page with the history')
    await picture(page, 'history-390')
  })

  await t.test('each copy button puts its own value on the clipboard', async (t) => {
    const [main, other] = await world.billsOf('chi')
    if (!main || !other) throw new Error('two bills were issued')
    const { page, context } = await browser.visit(t, site, PHONE)
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: site })
    await page.goto(site + world.pathOf(main))
    await copyButtons(page).last().waitFor()
    const taken: string[] = []
    for (const button of await copyButtons(page).elementHandles()) {
      await button.click()
      await page.waitForFunction((clicked) => clicked.textContent === '✓', button)
      taken.push(await page.evaluate(() => navigator.clipboard.readText()))
    }
    t.same(taken, [
      'MBBank', world.mainAccountNumber, 'TRUONG TIEU HOC MY LONG', '430000', main.paymentCode,
      'VietinBank', world.insuranceAccountNumber, 'TRUONG TIEU HOC MY LONG', '631800', other.paymentCode,
    ])
    await copyButtons(page).nth(9).waitFor()
    t.equal(await copyButtons(page).count(), 10, 'and says again what it does')
  })

  await t.test('without scripts the same page is read, and a reload shows the money', async (t) => {
    const [binh, other] = await world.billsOf('binh')
    if (!binh || !other) throw new Error('two bills were issued')
    const { page } = await browser.visit(t, site, { ...SMALL_PHONE, javaScript: false })
    const status = (text: string) => page.locator('.bill-status').getByText(text, { exact: true }).waitFor()
    const reload = () => page.getByRole('link', { name: 'Tải lại' }).click()
    await page.goto(site + world.pathOf(binh))
    await status('Cần nộp 1.061.800 đ')
    t.equal(await page.getByText('Trang này tự đổi').isVisible(), false)
    t.equal(await copyButtons(page).count(), 0, 'no button that would do nothing')
    await world.pay(binh.paymentCode, binh.payableVnd)
    await reload()
    await status('Đã nhận 430.000 đ, còn 631.800 đ')
    await world.pay(other.paymentCode, other.payableVnd, { accountNumber: world.insuranceAccountNumber })
    await reload()
    await status('Đã nhận đủ 1.061.800 đ')
  })

  await t.test('every state fits every screen', async (t) => {
    const look = (name: string, of: string) => lookEverywhere(t, browser, site, name, of)
    const [chi, dung] = [await world.billOf('chi'), await world.billOf('dung')]
    await look('unpaid', world.pathOf(chi))
    await look('received', url)
    await world.pay(chi.paymentCode, 200_000)
    await look('part-paid', world.pathOf(chi))
    const binh = await world.billOf('binh')
    await world.pay(binh.paymentCode, binh.payableVnd)
    await look('double', world.pathOf(binh))
    await world.pay(chi.paymentCode, 500_000)
    await look('surplus', world.pathOf(chi))
    for (const bill of await world.billsOf('dung')) await world.api('POST', `/invoices/${bill.id}/cancel`, { reason: 'x' })
    await look('cancelled', world.pathOf(dung))
    await look('not-found', '/p/wrong')
    await look('back', '/p')
    now = new Date('2026-10-12T03:00:00Z')
    await look('late', world.pathOf(chi))
  })

  await t.test('the check page takes a photograph, shrinks it first, and answers at every size', async (t) => {
    await lookEverywhere(t, browser, site, 'check', '/check')
    const { page } = await browser.visit(t, site, PHONE)
    await page.goto(site + world.pathOf(await world.billOf('chi')))
    const photo = path.join(t.testdir({}), 'photo.png')
    await writeFile(photo, await page.screenshot({ fullPage: true, scale: 'device' }))
    await page.goto(`${site}/check`)
    await page.getByLabel('ảnh chụp').setInputFiles(photo)
    await page.getByRole('button', { name: 'Kiểm tra' }).click()
    await page.getByText('Đúng là của trường', { exact: true }).waitFor()
    await assertFits(t, page, 'a good answer')
    await assertAccessible(t, page, 'a good answer')
    await picture(page, 'check-good-390')
    await page.goto(`${site}/check`)
    await page.getByLabel('Nội dung mã QR').fill('0000111122223333')
    await page.getByRole('button', { name: 'Kiểm tra' }).click()
    await page.getByText('Không chuyển tiền', { exact: true }).waitFor()
    await assertAccessible(t, page, 'a warning')
    await picture(page, 'check-bad-390')
  })
  await assertPromises(t, world)
})
