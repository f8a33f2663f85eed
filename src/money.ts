// Whole đồng as a branded safe integer. Nothing in the service adds, compares or prints money
// in any other form; floats and "drift" never enter.
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
