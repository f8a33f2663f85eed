// What looks like a payment code without being one? Evidence for the person who reviews the money: nothing
// found here is ever booked by itself. Listed are the codes that one wrong, swapped, missing or extra symbol
// away would be right; two or more such faults leave only the text.
import { FOREIGN_SYMBOL, isCodeWord, PAYMENT_CODE_ALPHABET, symbolValue } from './payment-code-check.js'

/** The symbols of a content without its separators; `places` says where each stood in the text. */
export interface ContentSymbols {
  values: readonly number[]
  places: readonly number[]
}

/** Symbols `from` to before `end` of a content. */
export interface Span {
  from: number
  end: number
}

/** A span and the codes it may have been. */
export interface Damage extends Span {
  candidates: string[]
}

/** `Z` and `F`, which no Vietnamese word holds. */
export const PREFIX_VALUES = ['Z', 'F'].map(symbolValue)
export const PAYMENT_CODE_CHARS = 12
/** More codes than this are no help to the person who reviews a damaged one. */
export const MAX_CANDIDATES = 5
// A place costs up to 0.25 ms; a true content has a handful of them, a hostile one is all Z and F.
const MAX_EXAMINED = 32

const [Z, F] = PREFIX_VALUES

/** The text of symbol values; foreign ones must not be among them. */
export function symbolText(values: readonly number[]): string {
  return values.map((value) => PAYMENT_CODE_ALPHABET.charAt(value)).join('')
}

/** The first right codes among words of symbols, each once. */
function rightCodes(words: Iterable<readonly number[]>): string[] {
  const codes = new Set<string>()
  for (const word of words) {
    if (word.length !== PAYMENT_CODE_CHARS || !isCodeWord(word, 0, PAYMENT_CODE_CHARS)) continue
    codes.add(symbolText(word))
    if (codes.size === MAX_CANDIDATES) break
  }
  return [...codes]
}

/** All words one fault away from `seen`: the prefix, which is right, and up to 11 symbols after it. */
function* nearWords(seen: readonly number[]): Generator<number[]> {
  const word = seen.slice(0, PAYMENT_CODE_CHARS)
  for (let at = PREFIX_VALUES.length; at < PAYMENT_CODE_CHARS; at += 1) {
    const before = word.slice(0, at)
    const after = seen.slice(at + 1, PAYMENT_CODE_CHARS + 1)
    const [next = FOREIGN_SYMBOL, ...later] = word.slice(at + 1)
    yield [...before, ...after]
    yield [...before, next, word[at] ?? FOREIGN_SYMBOL, ...later]
    for (let value = 0; value < FOREIGN_SYMBOL; value += 1) {
      yield [...before, value, ...word.slice(at + 1)]
      yield [...before, value, ...word.slice(at, PAYMENT_CODE_CHARS - 1)]
    }
  }
}

/** The words that a code may have been whose prefix one fault has hurt: the symbol `at` is its Z or its F. */
function prefixWords(values: readonly number[], at: number, end: number): number[][] {
  const wordFrom = (from: number, ...first: number[]): number[] => {
    const rest = PAYMENT_CODE_CHARS - PREFIX_VALUES.length - first.length
    return [...PREFIX_VALUES, ...first, ...values.slice(from, Math.min(end, from + rest))]
  }
  // An F: the Z before it is wrong or missing, or something was put between them.
  if (values[at] === F) return [wordFrom(at + 1)]
  const [next = FOREIGN_SYMBOL, afterNext] = values.slice(at + 1, at + 3)
  const words = [wordFrom(at + 1), wordFrom(at + 2)]
  return afterNext === F ? [...words, wordFrom(at + 3, next)] : words
}

/**
 * Damaged codes in the `gaps`, which are the symbols outside of right codes, in order. A right prefix counts
 * when it has candidates or begins a word in one piece: then a person should see it even when nothing near
 * is right. Anywhere else "Z", "F" and even "ZF" are ordinary parts of bank references, and only candidates
 * count. After `MAX_EXAMINED` such places the search ends.
 */
export function findDamage({ values, places }: ContentSymbols, gaps: readonly Span[]): Damage[] {
  const found: Damage[] = []
  const touches = (at: number): boolean => at > 0 && places[at] === (places[at - 1] ?? 0) + 1
  let examined = 0
  for (const gap of gaps) {
    for (let at = gap.from; at < gap.end && examined < MAX_EXAMINED; at += 1) {
      if (values[at] !== Z && values[at] !== F) continue
      examined += 1
      const end = Math.min(gap.end, at + PAYMENT_CODE_CHARS)
      const isPrefix = values[at] === Z && values[at + 1] === F && at + 1 < gap.end
      const candidates = rightCodes(isPrefix
        ? nearWords(values.slice(at, Math.min(gap.end, end + 1)))
        : prefixWords(values, at, gap.end))
      if (candidates.length > 0) {
        found.push({ from: !isPrefix && touches(at) && at > gap.from ? at - 1 : at, end, candidates })
        at = end - 1
      } else if (isPrefix) {
        if (!touches(at) && touches(at + 1)) found.push({ from: at, end, candidates })
        at += 1
      }
    }
  }
  return found
}
