// Reads JSON of strangers: is it UTF-8, is it JSON, is it sanely nested, and does every number survive?
// Never repeats text of the body in a reason: it holds personal data.
import { isUtf8 } from 'node:buffer'

/** Every JSON object; fields are unknown until read. */
export type JsonObject = Readonly<Record<string, unknown>>

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: string }

// Providers nest two levels. The limit keeps recursion away from the end of the stack: 256 kB of "[" are
// 262,144 levels.
const MAX_DEPTH = 16

const BYTE_ORDER_MARK = '\uFEFF'

// Strings are matched whole so that digits and brackets inside them are passed over.
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[[\]{}]/g
const EXACT_INTEGER = /^-?\d{1,15}$/

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Hot path: the value of a JSON body, or undefined when it is not UTF-8, not JSON or nested more than 16
 * levels. Numbers are doubles, as the providers' own JavaScript signs them.
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) return undefined
  try {
    const value: unknown = JSON.parse(withoutMark(bytes))
    return isDeeperThan(value, MAX_DEPTH) ? undefined : value
  } catch {
    return undefined
  }
}

/**
 * Worker: a JSON body in which no number was rounded. A number that is not a plain integer of at most 15
 * digits (`25000.0`, `2.5E7`, `9007199254740993`) comes back as its own text, to be read digit by digit.
 * A leading byte order mark is passed over (RFC 8259 §8.1 allows it).
 */
export function readStrictJson(bytes: Buffer): StrictJson {
  if (!isUtf8(bytes)) return { ok: false, reason: 'not valid UTF-8' }
  const text = withoutMark(bytes)
  try {
    const value: unknown = JSON.parse(text)
    const scan = scanTokens(text)
    if (scan.depth > MAX_DEPTH) return { ok: false, reason: `nested deeper than ${MAX_DEPTH} levels` }
    return { ok: true, value: scan.text === text ? value : JSON.parse(scan.text) }
  } catch (error) {
    return { ok: false, reason: `not valid JSON${positionOf(error)}` }
  }
}

/**
 * JSON without spaces, keys of every object sorted, `/` and non-ASCII letters as they are: the form that
 * Casso V2 signs, and a stable text of a row to hash.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value)
    .sort()
    .map(key => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
  return `{${fields.join(',')}}`
}

function withoutMark(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const inner of Object.values(value)) if (isDeeperThan(inner, levels - 1)) return true
  return false
}

/** Only for text that `JSON.parse` accepted: there, a token outside a string is what it looks like. */
function scanTokens(text: string): { text: string; depth: number } {
  let depth = 0
  let open = 0
  const quoted = text.replace(TOKENS, token => {
    switch (token[0]) {
      case '"':
        return token
      case '[':
      case '{':
        open += 1
        depth = Math.max(depth, open)
        return token
      case ']':
      case '}':
        open -= 1
        return token
      default:
        return EXACT_INTEGER.test(token) ? token : `"${token}"`
    }
  })
  return { text: quoted, depth }
}

/** Node's message quotes the body around the error, so only the position is taken from it. */
function positionOf(error: unknown): string {
  const found = error instanceof Error ? /at position (\d+)/.exec(error.message) : null
  return found ? ` at character ${found[1]}` : ''
}
