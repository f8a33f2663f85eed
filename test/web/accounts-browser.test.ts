// Money in another account of the school and cash at the counter in a real browser: what will be moved and what will be
// paid stand there before anything is booked, nothing cut and nothing grave for axe, the console silent.
import { randomUUID } from 'node:crypto'
import t from 'tap'
import type { Test } from 'tap'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../access/people-world.js'
import {
  assertAccessible, assertFits, DESKTOP, openBrowser, PHONE, picture,
} from '../support/browser.js'
import { enterCode, enterPassword } from '../support/sign-in.js'
import { openReviewWorld } from './review-world.js'

const browser = await openBrowser(t)

t.test('accounts and cash in a browser', { skip: browser === undefined && 'no browser runs here' }, async (t) => {
  if (browser === undefined) return
  const world = await openReviewWorld(t)
  const site = await world.app.listen({ port: 0, host: '127.0.0.1' })
  const { schoolId } = world.school
  const desk = `${site}/desk/${schoolId}`
  const accountant = await world.makePerson('accountant', { schoolId })

  async function signIn(page: Page, loginName: string, code: boolean): Promise<void> {
    world.clock.now = new Date(world.clock.now.getTime() + 60_000)
    await page.goto(`${site}/login`)
    await enterPassword(page, loginName, PASSWORD)
    if (code) await enterCode(page, world.totp())
  }

  const { page } = await browser.visit(t, site, DESKTOP)
  await signIn(page, accountant.loginName, true)
  const cookies = await page.context().cookies()

  const look = async (t: Test, name: string, url: string): Promise<void> => {
    for (const [size, screen] of [['390', PHONE], ['1366', DESKTOP]] as const) {
      const { page, context } = await browser.visit(t, site, screen)
      await context.addCookies(cookies)
      await page.goto(url)
      await assertFits(t, page, `${name} at ${size} px`)
      await assertAccessible(t, page, `${name} at ${size} px`)
      await picture(page, `${name}-${size}`)
      await context.close()
    }
  }

  await t.test('money in another account is booked with one press, and the sum to move is marked as moved', async (t) => {
    const bill = world.bill(7)
    const other = randomUUID()
    await world.rows(`INSERT INTO ledger_account (school_id, account_no, kind, name) VALUES ($1, 1007, 'bank', 'BHYT')`,
      [schoolId])
    await world.rows(`INSERT INTO bank_account (school_id, id, bank_bin, account_number, account_name, ledger_no)
      VALUES ($1, $2, '970436', '0011223344', 'TRUONG TIEU HOC', 1007)`, [schoolId, other])
    await world.rows('UPDATE invoice SET bank_account_id = $2 WHERE school_id = $1 AND id = $3',
      [schoolId, other, bill.invoiceId])
    await world.receive(bill.code, bill.payableVnd)
    const item = `${desk}/review/${(await world.open())[0]?.id}`
    await look(t, 'review-item-other-account', item)
    await page.goto(item)
    const moves = page.locator('.assign-move output')
    t.match(await moves.textContent(), /^300\.008/)
    await page.locator('[data-part]').first().fill('1.000')
    t.equal(await moves.textContent(), '1.000 đ', 'it follows what is typed')
    await page.locator('[data-part]').first().fill('300.008')
    await page.locator('#assign-note').press('Enter')
    await page.waitForURL(/\/look$/)
    t.equal((await world.open()).length, 1, 'Enter books nothing')
    await page.getByRole('button', { name: 'Gán tiền' }).click()
    await page.getByText('Đã gán xong').waitFor()
    await look(t, 'account-transfers', `${desk}/account-transfers`)
    await page.goto(`${desk}/account-transfers`)
    page.once('dialog', (dialog) => { void dialog.accept() })
    await page.getByRole('button', { name: 'Đã chuyển tại ngân hàng' }).click()
    await page.getByText('Đã đánh dấu là đã chuyển').waitFor()
    await look(t, 'account-transfers-moved', `${desk}/account-transfers?state=moved`)
  })

  await t.test('cash: the split and the question about what is over come before anything is booked', async (t) => {
    const { studentId } = world.bill(6)
    for (const [size, screen] of [['390', PHONE], ['1366', DESKTOP]] as const) {
      const { page, context } = await browser.visit(t, site, screen)
      await context.addCookies(cookies)
      await page.goto(`${desk}/students/${studentId}/cash`)
      await page.getByLabel('Số tiền (đồng)').fill('400.000')
      await page.getByRole('button', { name: 'Xem trước' }).click()
      await page.getByText('Trả lại tiền thừa').first().waitFor()
      await assertFits(t, page, `cash-preview at ${size} px`)
      await assertAccessible(t, page, `cash-preview at ${size} px`)
      await picture(page, `cash-preview-${size}`)
      if (screen === DESKTOP) {
        await page.getByRole('button', { name: /^Trả lại/ }).click()
        await page.getByText('Đã ghi phiếu thu').waitFor()
        await page.getByText('300.007').first().waitFor()
      }
      await context.close()
    }
  })
})
