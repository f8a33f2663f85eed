// The accountant's desk in a real browser: the queue by keyboard, a siblings' transfer split and undone, nothing
// cut and nothing grave for axe, the console silent.
import t from 'tap'
import type { Test } from 'tap'
import type { Page } from 'playwright-core'
import { PASSWORD } from '../access/people-world.js'
import {
  assertAccessible, assertFits, DESKTOP, follow, openBrowser, PHONE, picture, refused,
} from '../support/browser.js'
import { enterCode, enterPassword } from '../support/sign-in.js'
import { openReviewWorld } from './review-world.js'

const browser = await openBrowser(t)

t.test('the review desk in a browser', { skip: browser === undefined && 'no browser runs here' }, async (t) => {
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

  await t.test('empty, the queue says that nothing waits', async (t) => {
    await page.goto(`${desk}/review`)
    await page.getByText('Không có gì chờ xét duyệt').waitFor()
    await look(t, 'review-empty', `${desk}/review`)
  })

  await world.fill()
  const items = await world.open()
  const idOf = (reason: string) => items.find((item) => item.reason === reason)?.id ?? ''

  await t.test('every page, full, at two sizes', async (t) => {
    await look(t, 'review', `${desk}/review`)
    await look(t, 'review-item-siblings', `${desk}/review/${items[0]?.id}`)
    for (const reason of ['DAMAGED_CODE', 'POSSIBLE_REPEAT', 'ACCOUNT_UNKNOWN', 'POSSIBLE_DOUBLE_PAYMENT', 'NOT_UNDERSTOOD', 'MONEY_OUT']) {
      await look(t, `review-item-${reason.toLowerCase()}`, `${desk}/review/${idOf(reason)}`)
    }
    await look(t, 'review-item-search', `${desk}/review/${idOf('DAMAGED_CODE')}?q=anh`)
    await look(t, 'transactions', `${desk}/transactions`)
    await look(t, 'search', `${desk}/search?q=anh`)
    await look(t, 'search-amount', `${desk}/search?q=300.003`)
  })

  await t.test('by keyboard: j moves, Enter opens, the siblings\' transfer is split, and undone again', async (t) => {
    await page.goto(`${desk}/review`)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/review/${items[0]?.id}`)
    const rest = page.locator('.review-rest output')
    t.equal(await rest.textContent(), '0 đ', 'the draft covers both children')
    await page.locator('#assign-note').fill('hai chị em, mẹ nộp chung')
    await page.getByRole('button', { name: 'Gán tiền' }).click()
    await page.getByText('Đã gán xong').waitFor()

    await page.goto(`${desk}/transactions/${items[0]?.transaction_id}`)
    await page.getByText('hai chị em, mẹ nộp chung').waitFor()
    await look(t, 'transaction', page.url())
    page.once('dialog', (dialog) => { void dialog.accept() })
    await page.locator('form[action$="/undo"] [name=note]').fill('nhầm, làm lại')
    await page.getByRole('button', { name: 'Hoàn tác' }).click()
    await page.getByText('Đã hoàn tác. Tiền đang ở tiền treo').waitFor()
    await look(t, 'transaction-undone', page.url())
  })

  await t.test('too much is refused beside its field, and nothing that was typed is lost', async (t) => {
    const { page } = await browser.visit(t, site, DESKTOP, [refused(422)])
    await page.context().addCookies(cookies)
    await page.goto(`${desk}/review/${idOf('DAMAGED_CODE')}?student=${world.bill(7).studentId}`)
    const amount = page.getByLabel('số tiền gán cho Bùi Khánh Vy')
    await amount.fill('400.000')
    t.equal(await page.locator('.review-rest output').textContent(), 'Vượt quá số tiền')
    await page.locator('#assign-note').fill('thử')
    await page.getByRole('button', { name: 'Gán tiền' }).click()
    await page.locator('.field-fault', { hasText: 'Nhiều hơn số còn phải thu' }).waitFor()
    t.same([await amount.inputValue(), await page.locator('#assign-note').inputValue()], ['400.000', 'thử'])
    await picture(page, 'review-item-fault-1366')
    await page.setViewportSize({ width: 390, height: 844 })
    await picture(page, 'review-item-fault-390')
  })

  await t.test('the rest of the queue is cleared', async (t) => {
    for (let round = 0; round < 40; round++) {
      await page.goto(`${desk}/review`)
      const first = page.locator('[data-row]').first()
      if (await first.count() === 0) break
      await first.click()
      await page.waitForURL(/review\/[0-9a-f-]{36}$/)
      await clear(page)
    }
    t.same(await world.open(), [])
    await look(t, 'review-resolved', `${desk}/review?view=resolved`)
    await look(t, 'review-not-ours', `${desk}/review?view=not_ours`)
  })

  await t.test('an auditor sees the same without a button', async (t) => {
    const { page } = await browser.visit(t, site, DESKTOP)
    const auditor = await world.makePerson('auditor', { schoolId, withTotp: false })
    await signIn(page, auditor.loginName, false)
    await page.goto(`${desk}/review/${items[0]?.id}`)
    await page.getByText('Bạn chỉ được xem').waitFor()
    t.equal(await page.locator('main form[method=post]').count(), 0)
    await page.goto(`${desk}/transactions/${items[0]?.transaction_id}`)
    t.equal(await page.locator('main form[method=post]').count(), 0)
  })
})

/** The first way that the page offers. */
async function clear(page: Page): Promise<void> {
  const notOurs = page.locator('form[action$="/not-ours"]')
  if (await notOurs.count() > 0) {
    await notOurs.locator('[name=note]').fill('chờ trả lại')
    await follow(page, notOurs.getByRole('button'))
    return
  }
  const form = page.locator('main form[method=post]').first()
  await form.locator('[name=note]').fill('đã đối chiếu sao kê')
  const account = form.locator('[name=bankAccountId]')
  if (await account.count() > 0) await account.selectOption({ index: 1 })
  const setAside = form.getByRole('button', { name: 'Để riêng' })
  await follow(page, await setAside.count() > 0 ? setAside : form.getByRole('button').first())
}
