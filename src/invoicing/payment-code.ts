// The payment code that parents put into a transfer: `ZF`, 7 data and 3 check symbols. A number has one
// text, a text has one number, and a bank's content is searched for such texts. Reading is syntactic: a code
// that is found still has to exist, gives no access to anything, and a damaged one is never repaired.
import assert from 'node:assert/strict'
import { DomainError } from '../errors.js'
import { checkSymbols, FOREIGN_SYMBOL, isCodeWord, symbolValue } from './payment-code-check.js'
import {
  type ContentSymbols, type Damage, findDamage, MAX_CANDIDATES, PAYMENT_CODE_CHARS, PREFIX_VALUES, symbolText
} from './payment-code-damage.js'

declare const paymentCodeBrand: unique symbol

/** A whole number below 31^7; random, unique in the whole system, and all that is stored of a code. */
export type PaymentCodeNumber = number & { readonly [paymentCodeBrand]: 'PaymentCodeNumber' }

/** What a content holds. `damaged` is evidence for a person: texts that look like a code, and near codes. */
export interface FoundPaymentCodes {
  codes: string[]
  damaged: { text: string, candidates: string[] }[]
}

const ALPHABET_SIZE = 31
const DATA_SYMBOLS = 7
/** 31^7: the numbers of codes are below it. */
export const PAYMENT_CODE_COUNT = ALPHABET_SIZE ** DATA_SYMBOLS
/** More of a content than this is not read; banks cut at about 140 characters. */
export const MAX_CONTENT_CHARS = 4_000
/** NAPAS 62-08. A channel may allow less. */
export const MAX_PURPOSE_CHARS = 25
const MAX_DAMAGED = 10

/** Brands a number as that of a code. Throws when none can have it: that is a broken assumption. */
export function paymentCodeNumber(value: number): PaymentCodeNumber {
  const isNumber = Number.isSafeInteger(value) && value >= 0 && value < PAYMENT_CODE_COUNT
  assert(isNumber, `not the number of a payment code: ${value}`)
  return value as PaymentCodeNumber
}

/** A number drawn evenly; `randomBytes` is that of node:crypto. Uniqueness is the database's to check. */
export function drawPaymentCodeNumber(randomBytes: (sizeBytes: number) => Uint8Array): PaymentCodeNumber {
  for (;;) {
    // 35 random bits hold 31^7 with one redraw in five; a remainder instead would favour low numbers.
    const [high = 0, ...low] = randomBytes(5)
    const drawn = low.reduce((value, byte) => value * 256 + byte, high & 0b111)
    if (drawn < PAYMENT_CODE_COUNT) return paymentCodeNumber(drawn)
  }
}

/** The 12 characters of a number. */
export function paymentCodeText(number: PaymentCodeNumber): string {
  const data: number[] = []
  for (let rest: number = number; data.length < DATA_SYMBOLS; rest = Math.floor(rest / ALPHABET_SIZE)) {
    data.unshift(rest % ALPHABET_SIZE)
  }
  const word = [...PREFIX_VALUES, ...data]
  return symbolText([...word, ...checkSymbols(word)])
}

/** The number of a code in its one exact form, or undefined; `findPaymentCodes` reads what people type. */
export function parsePaymentCode(text: string): PaymentCodeNumber | undefined {
  const values = Array.from(text, symbolValue)
  if (values.length !== PAYMENT_CODE_CHARS || !startsCode(values, 0)) return undefined
  const data = values.slice(PREFIX_VALUES.length, PREFIX_VALUES.length + DATA_SYMBOLS)
  return paymentCodeNumber(data.reduce((number, value) => number * ALPHABET_SIZE + value, 0))
}

function startsCode(values: readonly number[], at: number): boolean {
  return values[at] === PREFIX_VALUES[0] && values[at + 1] === PREFIX_VALUES[1] &&
    isCodeWord(values, at, PAYMENT_CODE_CHARS)
}

/** Vietnamese accents off, and only those: `đ` has no decomposition. ASCII text is returned as it is. */
function withoutAccents(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd').replace(/Đ/g, 'D')
}

// Upper-casing is a table over ASCII: `toUpperCase` would turn one letter into two (ß) or invent an I (ı).
const SEPARATOR = -1
const ASCII_VALUES = Array.from({ length: 128 }, (_, unit) => {
  const character = String.fromCharCode(unit)
  return /[0-9a-z]/i.test(character) ? symbolValue(character.toUpperCase()) : SEPARATOR
})

/**
 * Letters and digits in a row. ASCII marks, spaces, line ends and invisible characters are separators, for
 * banks put them inside codes; any other character (a foreign letter, a replacement mark) stands for a lost
 * symbol.
 */
function readSymbols(text: string): ContentSymbols {
  const values: number[] = []
  const places: number[] = []
  for (let place = 0; place < text.length; place += 1) {
    const value = ASCII_VALUES[text.charCodeAt(place)] ?? readNonAscii(text.charAt(place))
    if (value === SEPARATOR) continue
    values.push(value)
    places.push(place)
  }
  return { values, places }
}

function readNonAscii(character: string): number {
  return /[\p{Z}\p{P}\p{Cf}\p{Cc}]/u.test(character) ? SEPARATOR : FOREIGN_SYMBOL
}

/** Runs of right readings that share symbols, with the codes read, each once. */
function findReadings({ values }: ContentSymbols): Damage[] {
  const readings: Damage[] = []
  for (let at = 0; at + PAYMENT_CODE_CHARS <= values.length; at += 1) {
    if (!startsCode(values, at)) continue
    const end = at + PAYMENT_CODE_CHARS
    const code = symbolText(values.slice(at, end))
    const last = readings.at(-1)
    if (!last || last.end <= at) {
      readings.push({ from: at, end, candidates: [code] })
    } else {
      last.end = end
      if (!last.candidates.includes(code)) last.candidates.push(code)
    }
  }
  return readings
}

/**
 * The payment codes in a bank's transfer content, in order, each once. Pure and syntactic: nothing is looked
 * up. Case, accents, separators inside a code, and text glued before or after it do not matter; only the
 * first `MAX_CONTENT_CHARS` are read.
 *
 * A window of 12 counts only when it starts with `ZF` and all three checks hold, so a chance `ZF`, also one
 * made by joining two words, passes once in 29,791. Banks wrap lines at any place, between `Z` and `F` too,
 * so word borders cannot decide. Where two different right readings share a symbol, at most one was meant
 * and nothing says which: both are reported as damaged, none is found.
 */
export function findPaymentCodes(content: string): FoundPaymentCodes {
  const text = withoutAccents(content.slice(0, MAX_CONTENT_CHARS))
  if (!/[zf]/i.test(text)) return { codes: [], damaged: [] }
  const symbols = readSymbols(text)
  const readings = findReadings(symbols)
  const gapStarts = [0, ...readings.map(({ end }) => end)]
  const gaps = gapStarts.map((from, index) => ({ from, end: readings[index]?.from ?? symbols.values.length }))
  const isClear = ({ candidates }: Damage): boolean => candidates.length === 1
  const doubtful = [...readings.filter((reading) => !isClear(reading)), ...findDamage(symbols, gaps)]
  return {
    codes: [...new Set(readings.filter(isClear).flatMap(({ candidates }) => candidates))],
    damaged: doubtful.sort((a, b) => a.from - b.from).slice(0, MAX_DAMAGED).map((doubt) => {
      const { from, end, candidates } = doubt
      const start = symbols.places[from] ?? 0
      const piece = text.slice(start, (symbols.places[end - 1] ?? start) + 1)
      return { text: piece, candidates: candidates.slice(0, MAX_CANDIDATES) }
    })
  }
}

/**
 * The transfer content of a bill: the code first, because the tail is what banks cut; only a `memoWord` that
 * a provider needs goes before it. Throws `PURPOSE_INVALID` for what does not fit `limitChars` or would not
 * be read back as this one code.
 */
export function buildPurpose(codeText: string, memoWord?: string, limitChars = MAX_PURPOSE_CHARS): string {
  if (parsePaymentCode(codeText) === undefined) {
    throw new DomainError('PURPOSE_INVALID', `"${codeText}" is not a payment code`)
  }
  if (memoWord !== undefined && !/^[A-Za-z0-9]+$/.test(memoWord)) {
    throw new DomainError('PURPOSE_INVALID', `the memo word "${memoWord}" must be letters and digits only`)
  }
  const purpose = memoWord === undefined ? codeText : `${memoWord} ${codeText}`
  if (purpose.length > limitChars) {
    throw new DomainError('PURPOSE_INVALID',
      `"${purpose}" is longer than the ${limitChars} characters of the channel: choose a shorter memo word`)
  }
  const { codes, damaged } = findPaymentCodes(purpose)
  if (codes.length !== 1 || codes[0] !== codeText || damaged.length > 0) {
    throw new DomainError('PURPOSE_INVALID', `the memo word "${memoWord}" makes the code unreadable`)
  }
  return purpose
}
