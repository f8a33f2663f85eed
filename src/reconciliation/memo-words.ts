// Reads the words of a transfer's content the way people write them to a school: accents gone, names glued to other
// words by dots, "lop3a". Pure; it recognises, and never decides whose money it is.
import { searchText } from '../directory/student.js'

/** Vietnamese full names have two to six words. */
const NAME_MIN_WORDS = 2
const NAME_MAX_WORDS = 6
const MEMO_MAX_WORDS = 60

/** Letters and digits in a row, without accents; `lop3a` is two words. */
export function memoWords(text: string): string[] {
  const words = searchText(text).split(/[^a-z0-9]+/).filter((word) => word !== '')
  return words.flatMap((word) => {
    const glued = /^lop(\d[a-z0-9]*)$/.exec(word)
    return glued?.[1] === undefined ? [word] : ['lop', glued[1]]
  }).slice(0, MEMO_MAX_WORDS)
}

/** Every run of two to six words: what a full name in the content can be. At most 295 for 60 words. */
export function namePhrases(words: readonly string[]): string[] {
  const phrases = new Set<string>()
  for (let from = 0; from < words.length; from++) {
    for (let count = NAME_MIN_WORDS; count <= NAME_MAX_WORDS && from + count <= words.length; count++) {
      phrases.add(words.slice(from, from + count).join(' '))
    }
  }
  return [...phrases]
}

const CODE_MAX_WORDS = 3
const CODE_WORD = /^(?:ma|mahs|mshs|hs|mhs|so)$/

/**
 * What the number of a student can be in the content: one to three words in a row that hold a digit, glued; short ones
 * and years only behind "mã", "hs". In upper and lower case, with and without the parts being parted by a sign.
 */
export function codePhrases(words: readonly string[]): string[] {
  const phrases = new Set<string>()
  for (const [at] of words.entries()) {
    for (let count = 1; count <= CODE_MAX_WORDS && at + count <= words.length; count++) {
      const parts = words.slice(at, at + count)
      const glued = parts.join('')
      const isLong = glued.length >= 4 && !/^20\d\d$/.test(glued)
      if (!/\d/.test(glued) || !(isLong || CODE_WORD.test(words[at - 1] ?? ''))) continue
      for (const sign of ['', '-', '.', '/', '_', ' ']) phrases.add(parts.join(sign)).add(parts.join(sign).toUpperCase())
    }
  }
  return [...phrases]
}

/** Runs of exactly two words: what a child is called by. */
export function callPhrases(words: readonly string[]): string[] {
  return namePhrases(words).filter((phrase) => phrase.split(' ').length === NAME_MIN_WORDS)
}

/**
 * Whether the words name this class: `3A` anywhere (also as `3 a`), a class without a digit and a letter, such as
 * `Lá 1` or `5`, only after the word "lớp".
 */
export function namesClass(words: readonly string[], className: string): boolean {
  const own = memoWords(className).filter((word, at) => !(at === 0 && word === 'lop'))
  if (own.length === 0) return false
  const text = ` ${words.join(' ')} `
  const name = own.join(' ')
  if (text.includes(` lop ${name} `)) return true
  if (!/\d[a-z]|[a-z]\d/.test(name)) return false
  const apart = name.replace(/(\d)([a-z])/g, '$1 $2')
  return text.includes(` ${name} `) || text.includes(` ${apart} `)
}
