// Which texts from outside can be kept at all, wherever they come from: a body, a form, a query, a cursor.
import { DomainError } from '../errors.js'

// PostgreSQL has no NUL in text; a lone surrogate has no UTF-8 form and would silently become U+FFFD.
const UNSTORABLE = /\0|\p{Surrogate}/u

export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text)
}

/** Throws TEXT_INVALID; `at` names the field. */
export function checkText(text: string, at: string): void {
  if (!isStorable(text)) throw textInvalid(at)
}

export function textInvalid(at: string): DomainError {
  const reason = 'holds a character that cannot be stored (U+0000 or half of a surrogate pair)'
  return new DomainError('TEXT_INVALID', `${at === '' ? 'a field name' : at} ${reason}`, [{ field: at, reason }])
}
