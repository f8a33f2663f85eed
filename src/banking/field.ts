// Reads one field of a provider's row: text, whole đồng, a time. A reading is a value or a reason with the
// provider's own field name; it must never round an amount or repair a date.
import { isDay, vietnamDay, vietnamInstant } from '../time.js'
import type { JsonObject } from './strict-json.js'

/** A value under the name that the provider gives it. */
export interface Field {
  readonly name: string
  readonly value: unknown
}

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly field: string; readonly reason: string }

export interface EventTime {
  readonly occurredAt: Date
  readonly dateOnly: boolean
  readonly timeDoubtful: boolean
  /** The time that the bank gave, where `occurredAt` is not that one; else null. */
  readonly toldAt: Date | null
}

const CLOCK_TOLERANCE_MS = 5 * 60 * 1000

// No bank in Vietnam sent callbacks before this; an earlier instant is a wrong unit or an empty value.
const EARLIEST = Date.parse('2000-01-01T00:00:00+07:00')

// What a calendar of four-digit years and the database hold alike. A year beyond them, such as the year 1 of an empty
// .NET date, is kept as the nearest: far enough from any time of receipt for nobody to believe it.
const FIRST_KEPT = Date.parse('1900-01-01T00:00:00+07:00')
const LAST_KEPT = Date.parse('9999-12-31T00:00:00+07:00')

// A transfer is under 500 million (NAPAS 8.1.1); nine thousand of these still add up within a safe integer.
const AMOUNT_MAX_VND = 1_000_000_000_000
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/

// "100.000" is a hundred in JSON and a hundred thousand on Vietnamese paper.
const GROUPED_BY_DOTS = /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+$/

/** The first of the names that the row has (spellings differ between versions of a provider's page). */
export function pick(row: JsonObject, ...names: [string, ...string[]]): Field {
  const name = names.find(candidate => row[candidate] !== undefined && row[candidate] !== null) ?? names[0]
  return { name, value: row[name] }
}

/** A field that this provider does not have. */
export const ABSENT: Field = { name: '', value: undefined }

/**
 * Text, trimmed; nothing and null are empty, a number is its digits. U+0000 and lone surrogates, which
 * PostgreSQL text refuses, become U+FFFD: the raw bytes are kept elsewhere.
 */
export function readText(field: Field): Reading<string> {
  const { name, value } = field
  if (value === undefined || value === null) return { ok: true, value: '' }
  if (typeof value === 'number') return { ok: true, value: String(value) }
  if (typeof value !== 'string') return { ok: false, field: name, reason: 'must be text' }
  return { ok: true, value: value.replace(/[\0\p{Surrogate}]/gu, '\uFFFD').trim() }
}

/** Whole đồng with its sign, read as `readWhole` reads; more than 1,000 billion is refused. */
export function readAmount(field: Field): Reading<number> {
  const reading = readWhole(field)
  if (!reading.ok || Math.abs(reading.value) <= AMOUNT_MAX_VND) return reading
  return { ok: false, field: field.name, reason: 'is over 1,000 billion đồng, which no school is paid' }
}

/**
 * A whole number with its sign, as a number or as text: `25000`, `"25000"`, `25000.0`, and `2.5E7` as Java prints
 * a double. Refuses fractions, other text, dots that may mean thousands, and what is over 2^53.
 */
function readWhole(field: Field): Reading<number> {
  const refuse = (reason: string): Reading<number> => ({ ok: false, field: field.name, reason })
  const { value } = field
  if (value === undefined || value === null || value === '') return refuse('is missing')
  if (typeof value !== 'number' && typeof value !== 'string') return refuse('must be a number')
  const text = String(value).trim()
  const found = DECIMAL.exec(text)
  if (!found) return refuse('must be a number')
  if (GROUPED_BY_DOTS.test(text)) return refuse('is ambiguous: the dots may separate thousands')
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found
  const digits = `${whole}${fraction}`
  const shift = Number(exponent) - fraction.length
  const cut = digits.length + shift
  if (/[1-9]/.test(digits.slice(Math.max(cut, 0)))) return refuse('must be whole đồng, without a fraction')
  const significant = digits.slice(0, Math.max(cut, 0)).replace(/^0+/, '')
  const amountVnd = Number(`${significant || '0'}${significant ? '0'.repeat(Math.max(shift, 0)) : ''}`)
  if (!Number.isSafeInteger(amountVnd)) return refuse('is over 2^53, too large to be kept exactly')
  return { ok: true, value: sign === '-' && amountVnd !== 0 ? -amountVnd : amountVnd }
}

/** Vietnam time as text, `YYYY-MM-DD`, `YYYY-MM-DD HH:mm:ss` or with a `T`. */
export function readVietnamTime(field: Field): Reading<EventTime> {
  const text = typeof field.value === 'string' ? field.value.trim() : ''
  const occurredAt = vietnamInstant(text)
  if (!occurredAt) {
    return { ok: false, field: field.name, reason: 'must be a Vietnam time, YYYY-MM-DD[ HH:mm:ss]' }
  }
  const value = { occurredAt: keepable(occurredAt.getTime()), dateOnly: isDay(text), timeDoubtful: false, toldAt: null }
  return { ok: true, value }
}

function keepable(ms: number): Date {
  return new Date(Math.min(Math.max(ms, FIRST_KEPT), LAST_KEPT))
}

/** As `readVietnamTime`, for a provider that writes midnight when the bank gave only a day. */
export function readVietnamDayOrTime(field: Field): Reading<EventTime> {
  const reading = readVietnamTime(field)
  if (!reading.ok) return reading
  const { occurredAt } = reading.value
  const isMidnight = vietnamInstant(vietnamDay(occurredAt))?.getTime() === occurredAt.getTime()
  return { ok: true, value: { ...reading.value, dateOnly: isMidnight } }
}

/**
 * Epoch milliseconds as number or text. A time ahead of ours by more than 5 minutes, or before 2000, is a
 * wrong zone or unit: the time of receipt stands in, flagged.
 */
export function readEpochMs(field: Field, receivedAt: Date): Reading<EventTime> {
  const ms = readWhole(field)
  if (!ms.ok) return { ok: false, field: field.name, reason: 'must be a time in milliseconds since 1970' }
  const timeDoubtful = ms.value > receivedAt.getTime() + CLOCK_TOLERANCE_MS || ms.value < EARLIEST
  const told = keepable(ms.value)
  const [occurredAt, toldAt] = timeDoubtful ? [receivedAt, told] : [told, null]
  return { ok: true, value: { occurredAt, dateOnly: false, timeDoubtful, toldAt } }
}
