// Reads the fields of a form (application/x-www-form-urlencoded). A field that comes several times is a list; text that
// PostgreSQL cannot keep is refused like in a JSON body.
import { DomainError } from '../errors.js'
import { checkText } from './text.js'

const FIELDS_MAX = 5_000

export type FormFields = Record<string, string | string[]>

/** Throws FORM_INVALID for too many fields or one called `__proto__`, TEXT_INVALID for text that cannot be stored. */
export function parseForm(body: string): FormFields {
  const fields = new Map<string, string | string[]>()
  let count = 0
  for (const [name, value] of new URLSearchParams(body)) {
    if (++count > FIELDS_MAX || name === '__proto__') throw new DomainError('FORM_INVALID', 'the form has fields that are not ours')
    checkText(value, name)
    const before = fields.get(name)
    fields.set(name, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value])
  }
  return Object.fromEntries(fields)
}
