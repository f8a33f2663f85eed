// Reads JSON bodies strictly: UTF-8, `application/json` and nothing else, no text that PostgreSQL cannot keep,
// no number that a double rounds. A body is refused as a whole, with the field that is at fault.
import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { DomainError } from '../errors.js'
import { checkText } from './text.js'
import { validationFailed } from './validation.js'

export const EXACTLY_JSON = /^application\/json(?:\s*;\s*charset\s*=\s*"?utf-8"?)?\s*$/i
const DEPTH_MAX = 32

/** Replaces Fastify's own parsers, in this scope and below. */
export function parseJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: unknown, body: Buffer) => {
    const type = contentTypeOf(request)
    if (!EXACTLY_JSON.test(type)) {
      throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'send application/json in UTF-8')
    }
    return body.length === 0 ? undefined : parseJsonBody(body)
  })
}

function contentTypeOf(request: unknown): string {
  return typeof request === 'object' && request !== null && 'headers' in request &&
    typeof request.headers === 'object' && request.headers !== null && 'content-type' in request.headers &&
    typeof request.headers['content-type'] === 'string' ? request.headers['content-type'] : ''
}

/**
 * The value of a JSON body. Throws JSON_INVALID for broken JSON or UTF-8, a repeated-parent trick (`__proto__`)
 * or more than 32 levels; TEXT_INVALID for `\u0000` and lone surrogates; VALIDATION_FAILED for a number that
 * is no safe integer and would lose digits.
 */
export function parseJsonBody(body: Buffer): unknown {
  if (!isUtf8(body)) throw new DomainError('JSON_INVALID', 'the body is not valid UTF-8')
  const value = parse(body.toString('utf8'))
  check(value, '', 0)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // Node's message quotes the body, which may hold personal data; only the position is taken from it.
    const found = error instanceof Error ? /at position (\d+)/.exec(error.message) : null
    throw new DomainError('JSON_INVALID', `the body is not valid JSON${found ? ` (at character ${found[1]})` : ''}`)
  }
}

function check(value: unknown, at: string, depth: number): void {
  if (typeof value === 'string') return checkText(value, at)
  if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
    throw validationFailed(at, 'is too large to be exact')
  }
  if (typeof value !== 'object' || value === null) return
  if (depth === DEPTH_MAX) throw new DomainError('JSON_INVALID', `the body is nested deeper than ${DEPTH_MAX} levels`)
  for (const [name, inner] of Object.entries(value)) {
    if (name === '__proto__') throw new DomainError('JSON_INVALID', 'a field may not be called __proto__')
    checkText(name, at)
    check(inner, at === '' ? name : `${at}.${name}`, depth + 1)
  }
}
