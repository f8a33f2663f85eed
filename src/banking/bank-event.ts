// The one form in which every provider's notice of money is kept: which account, which way, how much, when,
// under which reference. It must never guess: what cannot be read exactly is a fault that names the field.
import { createHash } from 'node:crypto'
import type { FieldError } from '../errors.js'
import { vnd, type Vnd } from '../money.js'
import { vietnamDay, type Day } from '../time.js'
import { readAmount, readText, type EventTime, type Field, type Reading } from './field.js'
import type { Provider } from './provider.js'
import { canonicalJson, type JsonObject } from './strict-json.js'

/** `unknown` goes to review: some published samples carry no direction. */
export type Direction = 'in' | 'out' | 'unknown'

/** One row of one callback, poll or statement. The raw bytes stay where it came from. */
export interface BankEvent {
  readonly provider: Provider
  /** Place of the row in its body, from 0. */
  readonly index: number
  /** The provider's id of the event, unique in the channel. */
  readonly eventId: string
  /** Normalised; null when empty or a placeholder: then the transfer is keyed on the event id. */
  readonly bankRef: string | null
  readonly direction: Direction
  readonly amountVnd: Vnd
  readonly occurredAt: Date
  /** The bank gave a day without a time of day. */
  readonly dateOnly: boolean
  /** The bank's time cannot be right, so `occurredAt` is the time of receipt, and `toldAt` what the bank said. */
  readonly timeDoubtful: boolean
  readonly toldAt: Date | null
  readonly bankDay: Day
  /** Letters and digits only, upper case, ready to compare; null when the body names none. */
  readonly accountNumber: string | null
  readonly vaNumber: string | null
  /** The provider's own order code (payOS orderCode, SePay code, VietQR.vn orderId). */
  readonly providerCode: string | null
  readonly memo: string
  /** The bank's whole text, where the provider gives it beside the memo and it says something else; else null. */
  readonly fullText: string | null
  readonly counterName: string | null
  readonly counterAccount: string | null
  readonly counterBankBin: string | null
  readonly balanceAfterVnd: Vnd | null
  /** No usable event id came: it is a hash of the row. Never credited without a person. */
  readonly quarantine: boolean
}

/** What is wrong with one row of a body; `index` counts from 0. */
export interface RowFault extends FieldError {
  readonly index: number
}

/** What an adapter picks from a row, before any of it is trusted. */
export interface EventDraft {
  readonly provider: Provider
  readonly index: number
  readonly row: JsonObject
  readonly eventId: Field
  /** Within which the id is unique, where that is not the whole channel. */
  readonly eventScope?: Field
  readonly bankRef: Field
  /** `by-sign`: Casso writes money out as a negative amount; elsewhere a negative amount is a fault. */
  readonly direction: Direction | 'by-sign'
  readonly amount: Field
  readonly time: Reading<EventTime>
  readonly accountNumber: Field
  readonly vaNumber: Field
  readonly providerCode: Field
  readonly memo: Field
  /** The bank's whole text, where the provider has it beside the memo. */
  readonly fullText?: Field
  readonly counterName: Field
  readonly counterAccount: Field
  readonly counterBankBin: Field
  readonly balanceAfter: Field
}

export type Normalised =
  | { readonly ok: true; readonly event: BankEvent }
  | { readonly ok: false; readonly faults: readonly RowFault[] }

// Keys are indexed (a PostgreSQL index entry ends at 2.7 kB) and no bank's reference comes near this.
const KEY_MAX_CHARS = 128

const PLACEHOLDER = /^(?:[-_.*#?0X]*|N\/?A|NULL|NONE|NAN|UNDEFINED|UNKNOWN)$/

/** Turns a draft into an event, or names every field of the row that stands in the way. */
export function normaliseEvent(draft: EventDraft): Normalised {
  const faults: RowFault[] = []
  const take = <T>(reading: Reading<T>): T | undefined => {
    if (reading.ok) return reading.value
    faults.push({ index: draft.index, field: reading.field, reason: reading.reason })
    return undefined
  }
  const text = (field: Field) => take(readText(field)) ?? ''
  const key = (field: Field) => take(withinKeyLength(readText(field), field)) ?? ''

  const signed = take(checkedAmount(draft))
  const time = take(draft.time)
  const ids = eventIdOf(key(draft.eventId), draft.eventScope === undefined ? '' : key(draft.eventScope), draft.row)
  const bankRef = normaliseBankRef(key(draft.bankRef))
  const accountNumber = comparableAccount(key(draft.accountNumber))
  const vaNumber = comparableAccount(key(draft.vaNumber))
  const providerCode = key(draft.providerCode)
  const memo = text(draft.memo)
  const fullText = draft.fullText === undefined ? null : softText(draft.fullText)
  if (signed === undefined || time === undefined || faults.length > 0) return { ok: false, faults }

  const event: BankEvent = {
    provider: draft.provider,
    index: draft.index,
    ...ids,
    bankRef,
    direction: draft.direction === 'by-sign' ? directionOf(signed) : draft.direction,
    amountVnd: vnd(Math.abs(signed)),
    ...time,
    bankDay: vietnamDay(time.occurredAt),
    accountNumber: orNull(accountNumber),
    vaNumber: vaNumber === accountNumber ? null : orNull(vaNumber),
    providerCode: orNull(providerCode),
    memo,
    fullText: fullText === memo ? null : fullText,
    counterName: softText(draft.counterName),
    counterAccount: softText(draft.counterAccount),
    counterBankBin: binOf(draft.counterBankBin),
    balanceAfterVnd: softAmount(draft.balanceAfter)
  }
  return { ok: true, event }
}

/**
 * The reference in the form that webhook, poll and statement of one transfer share: trimmed, upper-cased, cut
 * from `\` on (statements write `FT26246040431935\BNK`). Null for nothing or a stand-in: `-`, `0`, `null`.
 */
export function normaliseBankRef(text: string): string | null {
  const cut = text.split('\\', 1)[0] ?? ''
  const ref = cut.trim().toUpperCase()
  return isPlaceholder(ref) ? null : ref
}

/** Nothing, or what stands for nothing where a program wants a text. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text.trim().toUpperCase())
}

/** `"0351 000-646.393"` -> `"0351000646393"`; leading zeros count. */
export function comparableAccount(text: string): string {
  return text.toUpperCase().replace(/[^0-9A-Z]/g, '')
}

function eventIdOf(given: string, scope: string, row: JsonObject): { eventId: string; quarantine: boolean } {
  if (!isPlaceholder(given)) return { eventId: scope === '' ? given : `${scope}/${given}`, quarantine: false }
  const hash = createHash('sha256').update(canonicalJson(row)).digest('hex')
  return { eventId: `sha256:${hash}`, quarantine: true }
}

function checkedAmount(draft: EventDraft): Reading<number> {
  const amount = readAmount(draft.amount)
  if (!amount.ok) return amount
  const { name: field } = draft.amount
  if (amount.value === 0) return { ok: false, field, reason: 'must not be zero' }
  if (amount.value < 0 && draft.direction !== 'by-sign') {
    return { ok: false, field, reason: 'must be positive: this provider gives the direction apart' }
  }
  return amount
}

function withinKeyLength(reading: Reading<string>, field: Field): Reading<string> {
  if (!reading.ok || reading.value.length <= KEY_MAX_CHARS) return reading
  return { ok: false, field: field.name, reason: `must have at most ${KEY_MAX_CHARS} characters` }
}

function directionOf(signed: number): Direction {
  return signed > 0 ? 'in' : 'out'
}

/** Details that help a person but decide nothing: unreadable means unknown, never a refused payment. */
function softText(field: Field): string | null {
  const reading = readText(field)
  return reading.ok ? orNull(reading.value) : null
}

function softAmount(field: Field): Vnd | null {
  const reading = readAmount(field)
  return reading.ok ? vnd(reading.value) : null
}

function binOf(field: Field): string | null {
  const text = softText(field)
  return text !== null && /^\d{6}$/.test(text) ? text : null
}

function orNull(text: string): string | null {
  return text === '' ? null : text
}
