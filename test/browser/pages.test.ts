// Every page of every door, taken from the routes themselves, so that a page that is added is looked at too: it
// answers, fits a phone and a desk, reads well to axe, has one heading and a language, and the console stays silent.
import diagnostics from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { scopesOf } from '../../src/access/permission.js'
import { assertAccessible, assertFits, DESKTOP, openBrowser, PHONE, picture } from '../support/browser.js'
import { assertPromises } from '../support/site.js'
import { openPagesWorld } from './pages-world.js'
import type { Looker, PagesWorld } from './pages-world.js'

interface PageRoute {
  url: string
  scope: string | undefined
}

const routes: PageRoute[] = []
diagnostics.subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ url, method, config }: RouteOptions) => {
    const isFile = /\/export\b|\.(csv|xlsx)$/.test(url)
    if ([method].flat().includes('GET') && config?.page === true && !isFile) routes.push({ url, scope: config.scope })
  })
})

/** Pages that say little until they are asked something. */
const QUERIES: Readonly<Record<string, string>> = { '/desk/:schoolId/search': '?q=anh' }
/** Addresses that a link may name and that lead to another page. */
const LEADS_TO: Readonly<Record<string, string>> = {
  '/desk/:schoolId/review/:reviewItemId/look': '/desk/:schoolId/review/:reviewItemId',
}
const LOOKERS: readonly Looker[] =
  ['nobody', 'password', 'enrolling', 'accountant', 'head', 'department_officer', 'system_admin']

const browser = await openBrowser(t)

t.test('with a browser', { skip: browser === undefined && 'no browser runs here' }, async (t) => {
  if (browser === undefined) return
  const world = await openPagesWorld(t)
  const site = await world.app.listen({ port: 0, host: '127.0.0.1' })
  t.ok(routes.length >= 50, `${routes.length} pages`)
  for (const looker of LOOKERS) {
    const pages = routes.filter((route) => lookerAt(route) === looker)
    const session = await world.sessionOf(looker)
    for (const screen of [PHONE, DESKTOP]) {
      await t.test(`${looker} at ${screen.width} px`, async (t) => {
        const { page, context } = await browser.visit(t, site, screen)
        if (session !== undefined) await context.addCookies([{ name: 'session', value: session, url: site }])
        for (const { url } of pages) {
          const name = `${url} at ${screen.width} px`
          await looksRight(t, page, { site, path: aim(url, world), ends: aim(LEADS_TO[url] ?? url, world), name })
        }
      })
    }
  }
  await assertPromises(t, world)
})

/** The first who may: an accountant works at the desk, and the head sees to its people. */
function lookerAt({ url, scope }: PageRoute): Looker {
  const [, door] = url.split('/')
  if (url === '/login/second-factor') return 'password'
  if (url === '/login/enrol') return 'enrolling'
  if (scope === undefined) return 'nobody'
  if (door === 'admin' || scope === 'admin') return 'system_admin'
  if (door === 'province') return 'department_officer'
  return scope === 'any' || scopesOf('accountant').some((held) => held === scope) ? 'accountant' : 'head'
}

function aim(url: string, { ids }: PagesWorld): string {
  const path = url.replace(/:(\w+)/g, (_whole, name: string) => {
    const id = ids[name]
    if (id === undefined) throw new Error(`${url}: tell test/browser/pages-world.ts where :${name} lies`)
    return id
  })
  return path + (QUERIES[url] ?? '')
}

async function looksRight(
  t: Test, page: Page, { site, path, ends, name }: { site: string; path: string; ends: string; name: string },
): Promise<void> {
  const response = await page.goto(site + path)
  const { pathname } = new URL(page.url())
  t.same([response?.status(), pathname], [200, ends.split('?')[0]], `${name} is there`)
  const { lang, headings } = await page.evaluate(() => ({
    lang: document.documentElement.lang, headings: document.querySelectorAll('h1').length,
  }))
  t.same([lang, headings], ['vi', 1], `${name} has a language and one heading`)
  await assertFits(t, page, name)
  await assertAccessible(t, page, name)
  await picture(page, `page${name.replaceAll(/\W+/g, '-')}`)
}
