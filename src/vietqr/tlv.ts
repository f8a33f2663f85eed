// Reads and writes one level of EMVCo objects (2-digit ID, 2-digit length, value). It knows no object's
// meaning, and it never guesses: a level that does not add up to the last character is refused.

/** One object; `at` is the offset of its ID in the text that was read, in characters. */
export interface TlvObject {
  id: string
  value: string
  at: number
}

export type TlvFault =
  'ID_INVALID' | 'LENGTH_INVALID' | 'VALUE_TOO_SHORT' | 'ID_REPEATED' | 'TRAILING_CHARACTERS'

export type TlvLevel =
  | { ok: true, objects: TlvObject[] }
  | { ok: false, objects: TlvObject[], code: TlvFault, at: number, reason: string }

const MAX_VALUE_CHARS = 99
const HEADER_CHARS = 4
const TWO_DIGITS = /^[0-9]{2}$/

/**
 * Splits a level into its objects, in the order they stand. Lengths count Unicode characters, not bytes
 * and not UTF-16 units (EMVCo Merchant-Presented Mode; facts: PHP generators that count bytes are wrong).
 * A fault carries the objects before it, so that a caller can say what the stray text follows.
 */
export function readTlv(text: string): TlvLevel {
  const chars = Array.from(text)
  const objects: TlvObject[] = []
  const seen = new Set<string>()
  let at = 0
  while (at < chars.length) {
    const fault = (code: TlvFault, reason: string): TlvLevel => ({ ok: false, objects, code, at, reason })
    if (chars.length - at < HEADER_CHARS) {
      return fault('TRAILING_CHARACTERS', `${chars.length - at} left-over characters, too few for an object`)
    }
    const id = chars.slice(at, at + 2).join('')
    const lengthText = chars.slice(at + 2, at + HEADER_CHARS).join('')
    if (!TWO_DIGITS.test(id)) return fault('ID_INVALID', `"${id}" is not a two-digit object ID`)
    const length = TWO_DIGITS.test(lengthText) ? Number(lengthText) : 0
    if (length === 0) return fault('LENGTH_INVALID', `object ${id}: "${lengthText}" is no length of 01 to 99`)
    if (seen.has(id)) return fault('ID_REPEATED', `object ${id} stands twice in one level`)
    const end = at + HEADER_CHARS + length
    if (end > chars.length) {
      const present = chars.length - at - HEADER_CHARS
      return fault('VALUE_TOO_SHORT', `object ${id} says ${length} characters, but ${present} are there`)
    }
    seen.add(id)
    objects.push({ id, value: chars.slice(at + HEADER_CHARS, end).join(''), at })
    at = end
  }
  return { ok: true, objects }
}

/** Writes one object. Throws when the value has no length that two digits can say: check it before. */
export function writeTlv(id: string, value: string): string {
  const length = Array.from(value).length
  if (!TWO_DIGITS.test(id) || length === 0 || length > MAX_VALUE_CHARS) {
    throw new RangeError(`object ${id} cannot hold ${length} characters`)
  }
  return `${id}${String(length).padStart(2, '0')}${value}`
}
