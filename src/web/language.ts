// In which language does this reader want the pages? What the address asks for (`?lang=en`) is remembered in a
// cookie; without either it is Vietnamese.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { LANGUAGES } from './text.js'
import type { Lang } from './text.js'

declare module 'fastify' {
  interface FastifyRequest {
    readonly lang: Lang
  }
}

/** Of the cookie, and of the field of the address. */
const NAME = 'lang'
const REMEMBERED_SECONDS = 365 * 24 * 3_600

export function readLanguage(app: FastifyInstance, { overTls }: { overTls: boolean }): void {
  // Worked out where it is asked for: banks' calls, which are many, ask for none.
  app.decorateRequest('lang', {
    getter(this: FastifyRequest) { return askedLang(this) ?? findLang(this.cookies[NAME]) ?? 'vi' },
  })
  app.addHook('onRequest', (request, reply, done) => {
    const asked = askedLang(request)
    if (asked !== undefined) {
      void reply.setCookie(NAME, asked, {
        path: '/', sameSite: 'lax', httpOnly: true, secure: overTls, maxAge: REMEMBERED_SECONDS,
      })
    }
    done()
  })
}

function askedLang({ url }: FastifyRequest): Lang | undefined {
  return url.includes(`${NAME}=`) ? findLang(addressOf(url).query.get(NAME)) : undefined
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
