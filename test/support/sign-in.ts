// The way in as a person takes it in a browser: name and password, then the code of an authenticator app. It waits
// for each page's own focus, since Chromium remarks on it when somebody types before.
import type { Page } from 'playwright-core'
import { follow } from './browser.js'

export async function enterPassword(page: Page, loginName: string, password: string): Promise<void> {
  await page.locator('[autofocus]:focus').waitFor()
  await page.locator('[name=loginName]').fill(loginName)
  await page.locator('[name=password]').fill(password)
  await follow(page, page.getByRole('button', { name: 'Đăng nhập' }))
}

export async function enterCode(page: Page, code: string): Promise<void> {
  if (await page.locator('[autofocus]').count() > 0) await page.locator('[autofocus]:focus').waitFor()
  await page.locator('[name=code]').fill(code)
  await follow(page, page.getByRole('button', { name: 'Xác nhận' }))
}
