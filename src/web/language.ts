// In which language does this reader want the pages? What the address asks for (`?lang=en`) is remembered in a
// cookie; without either it is Vietnamese.
import type { FastifyInstance } from 'fastify'
import { LANGUAGES } from './text.js'
import type { Lang } from './text.js'

declare module 'fastify' {
  interface FastifyRequest {
    lang: Lang
  }
}

const COOKIE = 'lang'
const REMEMBERED_SECONDS = 365 * 24 * 3_600

export function readLanguage(app: FastifyInstance, { overTls }: { overTls: boolean }): void {
  app.decorateRequest('lang', 'vi')
  app.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'POST') return
    const asked = findLang(addressOf(request.url).query.get('lang'))
    request.lang = asked ?? findLang(request.cookies[COOKIE]) ?? 'vi'
    if (asked === undefined) return
    void reply.setCookie(COOKIE, asked, {
      path: '/', sameSite: 'lax', httpOnly: true, secure: overTls, maxAge: REMEMBERED_SECONDS,
    })
  })
}

/** Of a request: `//` and the like are paths here, and never the name of another site. */
export function addressOf(url: string): { path: string; query: URLSearchParams } {
  const at = url.indexOf('?')
  const path = at < 0 ? url : url.slice(0, at)
  return { path: path.replace(/^[/\\]*/, '/'), query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)) }
}

function findLang(text: string | null | undefined): Lang | undefined {
  return LANGUAGES.find((lang) => lang === text)
}
