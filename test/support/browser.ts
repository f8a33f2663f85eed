// A real Chromium for tests of pages: the one that an npm package ships, or Debian's, or the one that
// CHROMIUM_PATH names. It keeps an eye on what a careful person would see in the console and on the wire: a visit
// whose console spoke fails its test.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import shipped from '@sparticuz/chromium'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import type { Test } from 'tap'

const DEBIAN_CHROMIUM = '/usr/bin/chromium'

/** Keeps the browser off the network: a test must not depend on it, and a closed one would fill the console. */
const QUIET_ARGS = ['--no-sandbox', '--no-zygote', '--disable-gpu', '--no-first-run', '--disable-quic',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none']

/** Names a folder of the whole test run. */
const SHARED_FOLDER = 'TEST_SHARED_FOLDER'
/** Only what hangs ends by it: a machine may be as busy as it likes. */
const HANGS_AFTER_MS = 5 * 60_000

export interface Screen {
  width: number
  height: number
  /** Dots per point; more than one makes a QR on a screenshot as sharp as on a phone. */
  scale?: number
  javaScript?: boolean
}

export const PHONE: Screen = { width: 390, height: 844, scale: 2 }
export const SMALL_PHONE: Screen = { width: 320, height: 640 }
export const DESKTOP: Screen = { width: 1366, height: 768 }

export interface Visit {
  page: Page
  context: BrowserContext
}

export interface TestBrowser {
  /**
   * Ends with `t`, which fails when the console said anything else than `says`, or when something outside of the
   * site was asked for. Chromium speaks of every answer of 400 and above (`refused`), so a visit that means to be
   * refused names each.
   */
  visit: (t: Test, site: string, screen: Screen, says?: readonly string[]) => Promise<Visit>
}

/** What the console says of a page that answers so: a fault of the person's, not of the page. */
export function refused(status: 404 | 422): string {
  const name = { 404: 'Not Found', 422: 'Unprocessable Entity' }[status]
  return `error: Failed to load resource: the server responded with a status of ${status} (${name})`
}

/**
 * Starts a browser that ends with `t`. Undefined, said aloud, on a machine where none can run; with
 * REQUIRE_BROWSER=1 that is an error.
 */
export async function openBrowser(t: Test): Promise<TestBrowser | undefined> {
  const browser = await launch(t).catch((error: unknown) => error)
  if (!isBrowser(browser)) {
    const reason = browser instanceof Error ? browser.message.split('\n')[0] : String(browser)
    if (process.env['REQUIRE_BROWSER'] === '1') throw new Error(`no browser runs here: ${reason}`)
    console.error(`NO BROWSER RUNS HERE, so the pages were not looked at (${reason}). Set CHROMIUM_PATH to one.`)
    return undefined
  }
  t.teardown(() => browser.close())
  return { visit: (...visited) => visit(browser, ...visited) }
}

function isBrowser(found: unknown): found is Browser {
  return typeof found === 'object' && found !== null && 'newContext' in found
}

async function launch(t: Test): Promise<Browser> {
  const wanted = process.env['CHROMIUM_PATH']
  if (wanted !== undefined) return await start(wanted)
  try {
    return await start(await unpackChromium(t))
  } catch (error) {
    // The shipped one needs libraries that a bare machine may lack.
    if (existsSync(DEBIAN_CHROMIUM)) return await start(DEBIAN_CHROMIUM)
    throw error
  }
}

function start(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: QUIET_ARGS, timeout: HANGS_AFTER_MS })
}

/**
 * Unpacked by the first file of a test run, for all of them: it is 2 s of a core and 160 MB. A draft is named only when
 * it is whole: two who unpack into one place would find each other's half a browser.
 */
async function unpackChromium(t: Test): Promise<string> {
  const shared = process.env[SHARED_FOLDER]
  const folder = shared ?? await mkdtemp(path.join(tmpdir(), 'school-fees-chromium-'))
  if (shared === undefined) t.teardown(() => rm(folder, { recursive: true, force: true }))
  const home = path.join(folder, 'chromium')
  if (!existsSync(home)) {
    const draft = await mkdtemp(path.join(folder, 'draft-'))
    await unpackInto(draft)
    // Another file may have been quicker; what is left of this one goes with the folder.
    await rename(draft, home).catch((error: unknown) => { if (!existsSync(home)) throw error })
  }
  return await unpackInto(home)
}

/** Unpacks what is not there yet. The package knows no other place than the folder for temporary files. */
async function unpackInto(folder: string): Promise<string> {
  const { TMPDIR } = process.env
  process.env['TMPDIR'] = folder
  try {
    return await shipped.executablePath()
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = TMPDIR
  }
}

async function visit(browser: Browser, ...[t, site, screen, says = []]: Parameters<TestBrowser['visit']>): Promise<Visit> {
  const { width, height, scale = 1, javaScript = true } = screen
  const context = await browser.newContext({
    viewport: { width, height }, deviceScaleFactor: scale, javaScriptEnabled: javaScript, locale: 'vi-VN',
    timezoneId: 'Asia/Ho_Chi_Minh',
  })
  const said: string[] = []
  // A subtest takes no assertion once it is over, but what its teardown throws fails it.
  t.teardown(async () => {
    await context.close()
    assert.deepEqual(said, says, `the console of the browser said: ${said.join(' | ')}`)
  })
  const page = await context.newPage()
  page.setDefaultTimeout(HANGS_AFTER_MS)
  page.on('console', (message) => { said.push(`${message.type()}: ${message.text()}`) })
  page.on('pageerror', (error) => { said.push(`uncaught: ${error.message}`) })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(site) && !url.startsWith('data:')) said.push(`asked ${url}`)
  })
  return { page, context }
}

/** Presses what leads to another page, or to the same one anew, and waits until the answer has loaded. */
export async function follow(page: Page, control: Locator): Promise<void> {
  await Promise.all([page.waitForEvent('load'), control.click()])
}

let axeSource: Promise<string> | undefined

/** Fails on any fault of WCAG 2.2 A or AA that axe calls serious or critical. */
export async function assertAccessible(t: Test, page: Page, name: string): Promise<void> {
  axeSource ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // Evaluated by the debugger, so the page's own policy against foreign scripts stays as it is.
  await page.evaluate(await axeSource)
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(context: Document, options: object): Promise<AxeResult> } }
    const options = {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'],
    }
    const { violations } = await axe.run(document, options)
    return violations.map(({ id, impact, nodes }) => ({ id, impact, at: nodes.slice(0, 3).map(({ html }) => html) }))
  })
  const grave = found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  t.same(grave, [], `axe finds nothing serious on ${name}`)
}

interface AxeResult {
  violations: { id: string; impact: string; nodes: { html: string }[] }[]
}

/** Fails when the page is wider than the screen: then something is cut or scrolls sideways. */
export async function assertFits(t: Test, page: Page, name: string): Promise<void> {
  const { wide, screen } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth, screen: document.documentElement.clientWidth,
  }))
  t.ok(wide <= screen, `${name} fits its screen (${wide} of ${screen} px)`)
}

/** Keeps a picture of the page where SCREENSHOTS names a folder; without it nothing is written. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true })
}
