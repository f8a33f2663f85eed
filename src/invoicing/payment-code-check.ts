// The check symbols of a payment code: a shortened Reed-Solomon code over GF(31) with distance 4. Every error
// of one, two or three symbols is detected, so every swap of neighbours too. It only detects; nothing here
// repairs a code.
import assert from 'node:assert/strict'

/** 31 upper-case letters and digits without the look-alikes 0 O, 1 I L; a symbol's value is its place. */
export const PAYMENT_CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
/** What any other character that stands for something is read as; it never passes a check. */
export const FOREIGN_SYMBOL = 31

const FIELD = 31
const CHECK_SYMBOLS = 3
// Powers 1 to 3 of 3, which generates the field's multiplicative group: consecutive powers give distance 4.
const ROOTS = [3, 9, 27] as const

const VALUES = new Map([...PAYMENT_CODE_ALPHABET].map((symbol, value) => [symbol, value]))

/** The value of one upper-case letter or digit; `FOREIGN_SYMBOL` for everything outside the alphabet. */
export function symbolValue(symbol: string): number {
  return VALUES.get(symbol) ?? FOREIGN_SYMBOL
}

/**
 * True when the `length` symbols from `from` on are a code word: as a polynomial, first symbol highest, they
 * vanish at every root. Foreign symbols never pass.
 */
export function isCodeWord(values: ArrayLike<number>, from: number, length: number): boolean {
  for (const root of ROOTS) {
    let sum = 0
    for (let index = from; index < from + length; index += 1) {
      const value = values[index] ?? FOREIGN_SYMBOL
      if (value === FOREIGN_SYMBOL) return false
      sum = (sum * root + value) % FIELD
    }
    if (sum !== 0) return false
  }
  return true
}

/** The three symbols that make `values` a code word when they follow it. */
export function checkSymbols(values: readonly number[]): number[] {
  // Division by (x - 3)(x - 9)(x - 27), written as the feedback of its three lower coefficients.
  const [a, b, c] = ROOTS
  const pairs = a * b + a * c + b * c
  const feedback = [a + b + c, FIELD * FIELD - pairs, a * b * c].map((value) => value % FIELD)
  let rest: number[] = Array<number>(CHECK_SYMBOLS).fill(0)
  for (const value of values) {
    const [head = 0, ...tail] = rest
    const carry = (head + value) % FIELD
    rest = feedback.map((factor, index) => ((tail[index] ?? 0) + carry * factor) % FIELD)
  }
  const checks = rest.map((value) => (FIELD - value) % FIELD)
  assert(isCodeWord([...values, ...checks], 0, values.length + CHECK_SYMBOLS))
  return checks
}
