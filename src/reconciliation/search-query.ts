// Reads what somebody typed into the one search box: a payment code in any spelling the reader accepts, an amount as
// people write it, or words. Pure; one text may be several of these, and each is looked for.
import { findPaymentCodes, parsePaymentCode } from '../invoicing/payment-code.js'
import { memoWords } from './memo-words.js'

export interface SearchQuery {
  /** Numbers of the codes in the text. */
  codes: number[]
  amountVnd: number | null
  /** Beginnings of words, letters only. */
  words: string[]
  /** All words, with digits: what a class is called by. */
  memoWords: string[]
  /** As a bank's reference would be written. */
  bankRef: string | null
}

const MAX_WORDS = 8
const UNITS: Readonly<Record<string, number>> = { '': 1, 'đ': 1, d: 1, vnd: 1, k: 1_000, tr: 1_000_000 }

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
    bankRef: codes.length === 0 && /^[A-Z0-9]*\d[A-Z0-9]{3,127}$/.test(bankRef) ? bankRef : null,
  }
}

/** `450.000`, `450,000 đ`, `450000`, `450k`, `1,5tr`: whole đồng from 1.000 on; null for anything else. */
export function readAmount(text: string): number | null {
  const found = /^(\d{1,3}(?:[.,\s]\d{3})+|\d+(?:[.,]\d{1,3})?)\s*(đ|d|vnd|k|tr)?$/i.exec(text.trim())
  if (!found?.[1]) return null
  const unit = UNITS[found[2]?.toLowerCase() ?? ''] ?? 1
  const grouped = /^\d{1,3}(?:[.,\s]\d{3})+$/.test(found[1])
  const value = Number(grouped ? found[1].replace(/[.,\s]/g, '') : found[1].replace(',', '.')) * unit
  return Number.isSafeInteger(value) && value >= 1_000 ? value : null
}
