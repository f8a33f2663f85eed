// Turns counts into a printed rate and compares them with a threshold, exactly. It works on bigint only:
// a rate that went through a float prints 91.45 where the counts say 91.46.
import assert from 'node:assert/strict'

/** A fraction of whole numbers, such as 546 of 597 schools; money counts in whole đồng. */
export interface Fraction {
  numerator: number
  denominator: number
}

/** True when the counts may be published at all: 0 ≤ numerator ≤ denominator (facts, measures §4.2). */
export function isPublishable({ numerator, denominator }: Fraction): boolean {
  return numerator >= 0 && numerator <= denominator
}

/**
 * The rate in percent with two decimals, half-up (facts, measures §4.3): 546 of 597 is `"91.46"`.
 * Null for 0 of 0, which is "no data" and never 0 % or 100 %. Throws for counts that are not publishable.
 */
export function rateText(fraction: Fraction): string | null {
  assert(isPublishable(fraction), `${fraction.numerator} of ${fraction.denominator} is not a share`)
  const numerator = BigInt(fraction.numerator)
  const denominator = BigInt(fraction.denominator)
  if (denominator === 0n) return null
  const hundredths = (numerator * 20_000n + denominator) / (2n * denominator)
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`
}

/** A threshold from 0 to 1, kept as whole ten-thousandths so that "at least" is exact. */
export interface Threshold {
  parts: number
  of: number
}

const TEN_THOUSANDTHS = 10_000

/** `0`, `1`, or a decimal between them with at most four places. */
export const THRESHOLD_PATTERN = '^(0(\\.\\d{1,4})?|1(\\.0{1,4})?)$'

/** `"0.5"` -> 5000 of 10,000. Throws for text that does not match `THRESHOLD_PATTERN`. */
export function parseThreshold(text: string): Threshold {
  assert(new RegExp(THRESHOLD_PATTERN).test(text), `"${text}" is not a threshold`)
  const [whole = '0', decimals = ''] = text.split('.')
  const parts = Number(whole) * TEN_THOUSANDTHS + Number(decimals.padEnd(4, '0'))
  return { parts, of: TEN_THOUSANDTHS }
}

/** True when the exact fraction is at or above the threshold; false for 0 of 0. */
export function isAtLeast({ numerator, denominator }: Fraction, threshold: Threshold): boolean {
  if (denominator <= 0) return false
  return BigInt(numerator) * BigInt(threshold.of) >= BigInt(threshold.parts) * BigInt(denominator)
}
