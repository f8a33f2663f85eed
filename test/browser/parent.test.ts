// The parent's page and the check page as a person sees them, in a real browser: nothing is cut, nothing is asked of
// anybody else, the QR on the screen pays, and the page changes by itself when the money arrives.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import jsQR from 'jsqr'
import { PNG } from 'pngjs'
import t from 'tap'
import type { Test } from 'tap'
import { decodeVietqr } from '../../src/vietqr/payload.js'
import {
  assertAccessible, assertFits, DESKTOP, openBrowser, PHONE, picture, SMALL_PHONE,
} from '../support/browser.js'
import type { TestBrowser } from '../support/browser.js'
import { assertPromises } from '../support/site.js'
import { CHILDREN, NOW, openParentWorld } from '../web/parent-world.js'

/** Looks at a page at three sizes; the larger phone also by the rules of accessibility. */
async function lookEverywhere(t: Test, browser: TestBrowser, site: string, name: string, url: string): Promise<void> {
  for (const [size, screen] of [['320', SMALL_PHONE], ['390', PHONE], ['1366', DESKTOP]] as const) {
    const { page, context, assertSilent } = await browser.visit(site, screen)
    await page.goto(site + url)
    await assertFits(t, page, `${name} at ${size} px`)
    if (size === '390') await assertAccessible(t, page, name)
    await picture(page, `${name}-${size}`)
    if (!url.startsWith('/p/wrong')) assertSilent(t)
    await context.close()
  }
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

  await t.test('the QR on a phone\'s screen pays, and the page says so without a reload', async (t) => {
    const { page, assertSilent } = await browser.visit(site, PHONE)
    await page.goto(site + url)
    await page.getByText('Trang này tự đổi').waitFor()
    t.equal(await page.getByRole('button', { name: 'Sao chép' }).count(), 10, 'five values of each part can be copied')
    const shot = PNG.sync.read(await page.locator('.pay-qr').first().screenshot())
    const read = decodeVietqr(jsQR.default(new Uint8ClampedArray(shot.data), shot.width, shot.height)?.data ?? '')
    if (!read.ok || read.purpose === null || read.amountVnd === null) throw new Error('the QR on the screen is read')
    t.match(read, { accountNumber: world.mainAccountNumber, amountVnd: 430_000, purpose: anh.paymentCode })
    await page.getByLabel('Ngày sinh').fill('05/09')
    await world.pay(read.purpose, read.amountVnd)
    await page.locator('.bill-status', { hasText: 'Đã nhận 430.000 đ, còn 631.800 đ' }).waitFor()
    t.equal(await page.locator('#news').textContent(), 'Đã nhận 430.000 đ, còn 631.800 đ', 'and it is read aloud')
    t.equal(await page.getByLabel('Ngày sinh').inputValue(), '05/09', 'what was being typed is still there')
    await page.getByText('Trang này tự đổi').waitFor()
    t.equal(await page.getByRole('button', { name: 'Sao chép' }).count(), 5)
    await page.getByLabel('Ngày sinh').fill(CHILDREN.anh.birthDate)
    await page.getByRole('button', { name: 'Xem' }).click()
    await page.getByText(CHILDREN.anh.fullName).waitFor()
    await assertAccessible(t, page, 'the page with the history')
    await assertFits(t, page, 'the page with the history')
    await picture(page, 'history-390')
    assertSilent(t)
  })

  await t.test('without scripts the same page is read, and a reload shows the money', async (t) => {
    const binh = await world.billOf('binh')
    const { page, assertSilent } = await browser.visit(site, { ...SMALL_PHONE, javaScript: false })
    await page.goto(site + world.pathOf(binh))
    t.equal(await page.getByText('Trang này tự đổi').isVisible(), false)
    t.equal(await page.getByRole('button', { name: 'Sao chép' }).count(), 0, 'no button that would do nothing')
    await world.pay(binh.paymentCode, binh.payableVnd)
    await page.getByRole('link', { name: 'Tải lại' }).click()
    await page.getByText('Đã nhận 430.000 đ').waitFor()
    assertSilent(t)
  })

  await t.test('every state fits every screen', async (t) => {
    const look = (name: string, of: string) => lookEverywhere(t, browser, site, name, of)
    const [chi, dung] = [await world.billOf('chi'), await world.billOf('dung')]
    await look('unpaid', world.pathOf(chi))
    await look('part-paid', url)
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
    await look('late', world.pathOf(insurance))
  })

  await t.test('the check page takes a photograph, shrinks it first, and answers at every size', async (t) => {
    await lookEverywhere(t, browser, site, 'check', '/check')
    const { page, assertSilent } = await browser.visit(site, PHONE)
    await page.goto(site + world.pathOf(insurance))
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
    await page.getByLabel('số tài khoản').fill('0000111122223333')
    await page.getByRole('button', { name: 'Kiểm tra' }).click()
    await page.getByText('Không chuyển tiền', { exact: true }).waitFor()
    await assertAccessible(t, page, 'a warning')
    await picture(page, 'check-bad-390')
    assertSilent(t)
  })
  await assertPromises(t, world)
})
