// Whole đồng as a branded safe integer. Nothing in the service adds, compares or prints money, or reads what a
// person typed, in any other form; floats and "drift" never enter.
import assert from 'node:assert/strict'

declare const vndBrand: unique symbol

/** Whole đồng, a safe integer; may be negative only where a signed sum is meant. */
export type Vnd = number & { readonly [vndBrand]: 'Vnd' }

export const ZERO_VND = 0 as Vnd

/** Brands a number as đồng. Throws when it is not a safe integer: that is a broken assumption. */
export function vnd(value: number): Vnd {
  assert(Number.isSafeInteger(value), `not a whole, safe amount of đồng: ${value}`)
  return value as Vnd
}

/** Σ of amounts; throws when the sum leaves the safe integers. */
export function sumVnd(amounts: Iterable<number>): Vnd {
  let total = 0
  for (const amount of amounts) total += amount
  return vnd(total)
}

/** `1868650` -> `"1.868.650 đ"`, the way Vietnamese papers print it. */
export function formatVnd(amountVnd: number): string {
  return `${formatWhole(amountVnd)} đ`
}

/** `6077` -> `"6.077"`. */
export function formatWhole(value: number | bigint): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '.')
}

const AMOUNT_MAX_CHARS = 40
const UNIT = /\s*(?:đ|₫|đồng|vnđ|vnd)$/i
const DIGITS = /^(?:0|[1-9]\d{0,11})$/
// Groups of exactly three behind one and the same mark; two zeros behind the other mark can only be decimals.
const GROUPS = /^([1-9]\d{0,2}([., \u00a0\u202f])\d{3}(?:\2\d{3}){0,2})(?:(?!\2)[.,]00)?$/

/**
 * What a person wrote into an amount field, in whole đồng: `450000`, `450.000`, `450,000`, `450 000`, each with or
 * without `đ`, `₫`, `đồng`, `VND`, and `450.000,00` or `450,000.00`. Undefined for everything else, so that nobody's
 * decimals become a hundredfold: `12.50`, `450.000,50`, and `450000.00` too, because a single mark among digits that
 * are not grouped is as likely a slip of the finger in `45.000.000`. The browser's mirror: web/assets/review.ts.
 */
export function readVnd(text: string): Vnd | undefined {
  if (text.length > AMOUNT_MAX_CHARS) return undefined
  const written = text.normalize('NFC').trim().replace(UNIT, '')
  const whole = DIGITS.test(written) ? written : GROUPS.exec(written)?.[1]?.replace(/\D/g, '')
  return whole === undefined ? undefined : vnd(Number(whole))
}
