// Random transfer contents for the property tests, from a seed: in the forms that banks and wallets write
// (src/demo/contents.ts), with no payment code, or with one mangled on its way.
import { contentWriter, DIGITS, UPPER } from '../../src/demo/contents.js'
import samples from '../vectors/transfer-contents.json' with { type: 'json' }

export interface RandomContents {
  /** A content that holds no code. */
  withoutCode: () => string
  /** A content around `code`, which is whole but mangled. */
  withCode: (code: string) => string
  /** A whole number from 0 to below `count`. */
  below: (count: number) => number
}

const NOTES = ['dd/mm', 'T9', 'HK1', '3A', '2026']

export function randomContents(seed: number): RandomContents {
  const { below, chance, pick, symbols, words, carried, withCode } = contentWriter(seed)

  /** A public sample with new digits and new symbols in its references. */
  const resampled = (): string => {
    const { text = '' } = samples[below(samples.length)] ?? {}
    return text.replace(/[A-Za-z]*[0-9][A-Za-z0-9]*/g, (word) =>
      symbols(word.length, /^[0-9]+$/.test(word) ? DIGITS : UPPER))
  }

  return {
    below,
    withCode,
    withoutCode: () => {
      const turn = below(10)
      if (turn < 3) return resampled()
      if (turn === 3) return symbols(20 + below(60), UPPER)
      const memo = chance(0.5) ? words(1 + below(7)) : `${words(2)} ${symbols(6 + below(11), UPPER)}`
      return carried(`${memo} ${pick(NOTES)}`)
    },
  }
}
