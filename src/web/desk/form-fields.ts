// Reads the fields of the desk's forms: what a person typed, trimmed, and nothing that is not of its kind.
import { Type } from 'typebox'
import { readVnd } from '../../money.js'
import { isDay } from '../../time.js'
import type { Day } from '../../time.js'

/** A posted form; the proof against forged requests may be among the fields. */
export const FormBody = Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]))
export type Form = Readonly<Record<string, string | string[]>>

/** Message by field name, beside which it is shown. */
export type Faults = Readonly<Record<string, string>>

/** The first value of a field; '' when it is not there. */
export function textOf(form: Form, name: string): string {
  const value = form[name]
  return (typeof value === 'string' ? value : value?.[0] ?? '').normalize('NFC').trim()
}

/** Every value of a field that may come several times, in order. */
export function textsOf(form: Form, name: string): string[] {
  const value = form[name] ?? []
  return (typeof value === 'string' ? [value] : value).map((text) => text.normalize('NFC').trim())
}

/** As everywhere (money.ts): `1.234.567 đ`, `1234567`, `1 234 567`; undefined for anything else, also for `12.50`. */
export const amountOf: (text: string) => number | undefined = readVnd

export function dayOf(text: string): Day | undefined {
  return isDay(text) ? text : undefined
}
