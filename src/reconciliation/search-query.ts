// Reads what somebody typed into the one search box: a payment code in any spelling the reader accepts, an amount as
// people write it, or words. Pure; one text may be several of these, and each is looked for.
import { findPaymentCodes, parsePaymentCode } from '../invoicing/payment-code.js'
import { readVnd } from '../money.js'
import { isDay } from '../time.js'
import type { Day } from '../time.js'
import { memoWords } from './memo-words.js'

export interface SearchQuery {
  /** Numbers of the codes in the text. */
  codes: number[]
  amountVnd: number | null
  /** Beginnings of words, letters only. */
  words: string[]
  /** All words, with digits: what a class is called by. */
  memoWords: string[]
  /** As an identifier of a student can be written: as typed, and in the spellings of its letters and zeros. */
  identifiers: string[]
  birthOn: Day | null
  /** As a bank's reference would be written. */
  bankRef: string | null
}

const MAX_WORDS = 8
const ZEROS: Readonly<Record<string, number>> = { d: 0, k: 3, tr: 6 }

/** `text` as typed, at most 200 characters of it. */
export function readSearch(text: string): SearchQuery {
  const typed = text.slice(0, 200).trim()
  const codes = findPaymentCodes(typed).codes.flatMap((code) => parsePaymentCode(code) ?? [])
  const amountVnd = readAmount(typed)
  const words = memoWords(typed)
  const isWords = codes.length === 0 && amountVnd === null
  const letters = words.filter((word) => /^[a-z]+$/.test(word))
  const bankRef = typed.toUpperCase()
  return {
    codes,
    amountVnd,
    words: isWords ? letters.slice(0, MAX_WORDS) : [],
    memoWords: isWords ? words : [],
    identifiers: codes.length > 0 ? [] : readIdentifiers(typed),
    birthOn: readBirthDay(typed),
    bankRef: codes.length === 0 && /^[A-Z0-9]*\d[A-Z0-9]{3,127}$/.test(bankRef) ? bankRef : null,
  }
}

const DIGITS_MAX = 12

/** `"hs 12"` -> `HS 12`, `HS12`, …; `"12"` -> `12`, `012`, …: spreadsheets drop zeros. A number has a digit. */
function readIdentifiers(typed: string): string[] {
  if (!/\d/.test(typed) || typed.length > 30) return []
  const compact = typed.replace(/\s+/g, '')
  const digits = compact.replace(/^0+(?=\d)/, '')
  const zeros = /^\d+$/.test(compact)
    ? Array.from({ length: Math.max(0, DIGITS_MAX - digits.length) + 1 }, (_, count) => '0'.repeat(count) + digits) : []
  return [...new Set([typed, compact, ...zeros].flatMap((text) => [text, text.toUpperCase(), text.toLowerCase()]))]
}

/** `"5/9/2014"` or `"2014-09-05"`. */
function readBirthDay(typed: string): Day | null {
  const [, day = '', month = '', year = ''] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(typed) ?? []
  const birthOn = year === '' ? typed : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(birthOn) ? birthOn : null
}

/** As a form reads it, and as people say it: `450k`, `1,5tr`, `450000d`. From 1.000 on; null for anything else. */
export function readAmount(text: string): number | null {
  const value = readVnd(text) ?? readSpoken(text.trim())
  return value !== undefined && Number.isSafeInteger(value) && value >= 1_000 ? value : null
}

function readSpoken(text: string): number | undefined {
  const [, number = '', unit = ''] = /^([\d., ]{1,15}?) ?(k|tr|d)$/i.exec(text) ?? []
  const zeros = ZEROS[unit.toLowerCase()] ?? 0
  const whole = readVnd(number)
  if (whole !== undefined) return whole * 10 ** zeros
  const [, before, after = ''] = /^(\d{1,6})[.,](\d{1,3})$/.exec(number) ?? []
  return before === undefined || after.length > zeros ? undefined : Number(before + after.padEnd(zeros, '0'))
}
