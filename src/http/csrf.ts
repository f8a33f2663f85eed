// Refuses what a browser sends without its user's will: a request that changes something and comes with a session must
// carry the session's token, and must not come from another site. Programs with a Bearer token are not concerned: no
// browser adds that header by itself.
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { DomainError } from '../errors.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A form that stands before any session, such as the sign-in itself: checked by where it comes from alone. */
    csrf?: 'origin-only'
  }
}

const FIELD = '_csrf'
const HEADER = 'x-csrf-token'
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Must be added after `request.session` is decorated; runs when the body was read and before it is validated. */
export function refuseForgedRequests(app: FastifyInstance, publicUrl: string): void {
  const publicHost = new URL(publicUrl).host
  app.addHook('preValidation', async (request) => {
    const sent = takeToken(request)
    if (SAFE_METHODS.has(request.method)) return
    const isForm = request.routeOptions.config.csrf === 'origin-only'
    if (!isForm && request.session === null) return
    // Without a session only the origin speaks: `null` says that it is hidden, and then it is not ours.
    if (isFromElsewhere(request, publicHost, isForm)) refuse()
    if (!isForm && !isSame(sent, request.session?.csrfToken)) refuse()
  })
}

function refuse(): never {
  throw new DomainError('CSRF_REFUSED', 'the form was sent from elsewhere or with a token that is not of this session')
}

/** `Sec-Fetch-Site` where the browser sends it (over TLS and on localhost), else `Origin` (both set by the browser). */
function isFromElsewhere({ headers, host }: FastifyRequest, publicHost: string, nullIsElsewhere: boolean): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin } = headers
  if (origin === undefined) return false
  // The referrer policy of our pages hides the origin from some plain-HTTP forms; their token proves them.
  if (origin === 'null') return nullIsElsewhere
  return !URL.canParse(origin) || ![host, publicHost].includes(new URL(origin).host)
}

/** From the header, the form or the address; taken out, so that no schema has to know it. */
function takeToken(request: FastifyRequest): string | undefined {
  const inHeader = request.headers[HEADER]
  const inBody = takeField(request.body)
  const inQuery = takeField(request.query)
  return typeof inHeader === 'string' ? inHeader : inBody ?? inQuery
}

function takeField(fields: unknown): string | undefined {
  if (typeof fields !== 'object' || fields === null || !(FIELD in fields)) return undefined
  const value = fields[FIELD]
  delete fields[FIELD]
  return typeof value === 'string' ? value : undefined
}

function isSame(sent: string | undefined, expected: string | undefined): boolean {
  if (sent === undefined || expected === undefined) return false
  const [one, other] = [Buffer.from(sent), Buffer.from(expected)]
  return one.length === other.length && timingSafeEqual(one, other)
}
