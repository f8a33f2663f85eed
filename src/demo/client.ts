// A small client of our own API: it knows the address and the admin token, checks every answer against the schema that
// the route publishes, and waits when the service says that it is busy. It has no other way in than HTTP.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { Page } from '../http/paging.js'

export interface Answer {
  status: number
  text: string
}

export interface Client {
  readonly address: string
  get<S extends TSchema>(path: string, reply: S): Promise<Static<S>>
  /** All pages of a list. */
  list<S extends TSchema>(path: string, item: S): Promise<Static<S>[]>
  post<S extends TSchema>(path: string, body: object, reply: S): Promise<Static<S>>
  /** As `post`, for what may have been done before: undefined when the answer is 409 with this code. */
  postUnless<S extends TSchema>(code: string, path: string, body: object, reply: S): Promise<Static<S> | undefined>
  /** A file as the body. */
  upload<S extends TSchema>(path: string, contentType: string, text: string, reply: S): Promise<Static<S>>
  /** As anybody from outside: no token, and any answer is an answer. */
  callAsBank(path: string, headers: Record<string, string>, text: string): Promise<Answer>
}

const BUSY_ATTEMPTS = 60
const BUSY_WAIT_MS = 1_000

export function createClient(address: string, token: string): Client {
  const authorization = `Bearer ${token}`

  async function api<S extends TSchema>(method: string, path: string, reply: S, sent?: Sent): Promise<Static<S>> {
    const answer = await send(method, path, { authorization }, sent)
    if (answer.status >= 300) throw refused(`${method} ${path}`, answer)
    return read(reply, answer, `${method} ${path}`)
  }

  async function send(
    method: string, path: string, headers: Record<string, string>, sent?: Sent,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${address}${path}`, {
        method,
        headers: sent === undefined ? headers : { ...headers, 'content-type': sent.contentType },
        ...(sent === undefined ? {} : { body: sent.text }),
      })
      const text = await response.text()
      const { status } = response
      if (status !== 503 || attempt === BUSY_ATTEMPTS) return { status, text }
      await sleep(BUSY_WAIT_MS)
    }
  }

  return {
    address,
    get: (path, reply) => api('GET', path, reply),
    async list(path, item) {
      const page = Page(item)
      const items: Static<typeof item>[] = []
      let cursor = ''
      do {
        const query = `${path.includes('?') ? '&' : '?'}limit=${LIMITS.pageSizeMax}${cursor}`
        const { items: found, nextCursor } = await api('GET', `${path}${query}`, page)
        items.push(...found)
        cursor = nextCursor === null ? '' : `&cursor=${encodeURIComponent(nextCursor)}`
      } while (cursor !== '')
      return items
    },
    post: (path, body, reply) => api('POST', path, reply, json(body)),
    async postUnless(code, path, body, reply) {
      const answer = await send('POST', path, { authorization }, json(body))
      if (answer.status === 409 && codeOf(answer) === code) return undefined
      if (answer.status >= 300) throw refused(`POST ${path}`, answer)
      return read(reply, answer, `POST ${path}`)
    },
    upload: (path, contentType, text, reply) => api('POST', path, reply, { contentType, text }),
    callAsBank: (path, headers, text) => send('POST', path, headers, { contentType: 'application/json', text }),
  }
}

interface Sent {
  contentType: string
  text: string
}

function json(body: object): Sent {
  return { contentType: 'application/json', text: JSON.stringify(body) }
}

function read<S extends TSchema>(reply: S, { text }: Answer, asked: string): Static<S> {
  const value: unknown = JSON.parse(text)
  if (Value.Check(reply, value)) return value
  throw new DomainError('DEMO_ANSWER_UNKNOWN', `${asked} answered in a shape that its schema does not know.`)
}

function refused(asked: string, { status, text }: Answer): DomainError {
  return new DomainError('DEMO_REQUEST_REFUSED', `${asked} was refused with ${status}: ${text.slice(0, 500)}`)
}

function codeOf({ text }: Answer): string | undefined {
  const problem: unknown = JSON.parse(text)
  return typeof problem === 'object' && problem !== null && 'code' in problem && typeof problem.code === 'string'
    ? problem.code
    : undefined
}

/** Runs `work` on every item, at most `limit` at a time; the first failure ends it. */
export async function inParallel<T>(
  items: readonly T[], limit: number, work: (item: T) => Promise<void>,
): Promise<void> {
  const waiting = items.values()
  const worker = async (): Promise<void> => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
}
