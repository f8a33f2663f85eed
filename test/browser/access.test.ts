// Signing in as a person meets it: each page on the way and each fault reads well at every size, to axe and to the eye.
import { TOTP, Secret } from 'otpauth'
import t from 'tap'
import type { Test } from 'tap'
import { createDemoUser } from '../../src/access/first-user.js'
import type { Role } from '../../src/access/permission.js'
import {
  assertAccessible, assertFits, DESKTOP, follow, openBrowser, PHONE, picture, refused,
} from '../support/browser.js'
import type { Screen, TestBrowser } from '../support/browser.js'
import { openPayableSchool } from '../support/payable-school.js'
import { enterCode, enterPassword } from '../support/sign-in.js'
import { assertPromises, openSite } from '../support/site.js'
import type { Site } from '../support/site.js'

const PASSWORD = 'một câu dài để thử'
const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
const browser = await openBrowser(t)

t.test('with a browser', { skip: browser === undefined && 'no browser runs here' }, async (t) => {
  if (browser === undefined) return
  const clock = { now: new Date('2026-09-12T03:00:00Z') }
  const site = await openSite(t, { now: () => clock.now })
  const { schoolId } = await openPayableSchool(site, { name: 'Trường Tiểu học Nguyễn Trãi' })
  await site.db.asService((trx) => trx.updateTable('installation').set({ demo: true }).execute())
  for (const [at, screen] of [['1366', DESKTOP], ['390', PHONE]] as const) {
    await t.test(`at ${at} px`, (t) => signsIn(t, browser, { site, schoolId, clock, screen, at }))
  }
  await assertPromises(t, site)
})

interface Scene {
  site: Site
  schoolId: string
  clock: { now: Date }
  screen: Screen
  at: string
}

async function signsIn(t: Test, chromium: TestBrowser, scene: Scene): Promise<void> {
  const { site, schoolId, clock, screen, at } = scene
  const make = (loginName: string, role: Role, totpSecret?: string) => createDemoUser(site.deps, {
    loginName, displayName: 'Phạm Văn Hiệu Trưởng', role, schoolId, password: PASSWORD, ...(totpSecret && { totpSecret }),
  })
  await make(`head.${at}`, 'head', TOTP_SECRET)
  await make(`fresh.${at}`, 'accountant')
  // A page that is missing, a wrong password, a wrong code.
  const { page } = await chromium.visit(t, site.url, screen, [refused(404), refused(422), refused(422)])
  const look = async (name: string) => {
    await assertFits(t, page, `${name} at ${at} px`)
    await assertAccessible(t, page, `${name} at ${at} px`)
    await picture(page, `access-${name}-${at}`)
  }
  const show = async (name: string, path: string) => {
    await page.goto(site.url + path)
    await look(name)
  }
  await show('front', '/')
  await show('missing', '/nothing-here')
  await show('login', '/login')
  await enterPassword(page, `head.${at}`, 'sai mật khẩu rồi')
  await look('login-wrong')
  await enterPassword(page, `head.${at}`, PASSWORD)
  await look('second-factor')
  await enterCode(page, '000000')
  await look('second-factor-wrong')
  await enterCode(page, codeOf(clock))
  await page.waitForURL(new RegExp(`/desk/${schoolId}`))
  for (const [name, path] of [['account', '/account'], ['people', `/desk/${schoolId}/people`],
    ['new-person', `/desk/${schoolId}/people/new`], ['audit', `/desk/${schoolId}/audit`]] as const) await show(name, path)
  t.match(await page.textContent('main'), 'Phạm Văn Hiệu Trưởng', 'the audit log names who did it')
  await follow(page, page.getByRole('button', { name: 'Đăng xuất' }))

  await page.goto(`${site.url}/login`)
  await enterPassword(page, `fresh.${at}`, PASSWORD)
  await page.waitForURL(/\/login\/enrol/)
  await look('enrol')
  const secret = (await page.textContent('main') ?? '').replace(/\s/g, '').match(/[A-Z2-7]{32}/)?.[0] ?? ''
  await enterCode(page, TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: clock.now.getTime() }))
  await look('recovery-codes')
  t.match(await page.textContent('main'), 'Mã dự phòng', 'codes for a lost phone are shown once')
}

function codeOf({ now }: Scene['clock']): string {
  return TOTP.generate({ secret: Secret.fromBase32(TOTP_SECRET), timestamp: now.getTime() })
}
