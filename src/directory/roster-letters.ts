// Are the letters of a text those that a person typed? Names come through fonts of the nineties (TCVN3, VNI), and
// through programs that lose what they do not know: such a name is never written down as it stands. Pure.

/** What programs write for a letter that they lost. */
const LOST = /[?\uFFFD\u25A1\uFF1F]/u
// TCVN3 has Vietnamese letters in the places of signs: "§ç V¨n §øc". UTF-8 that was read as Windows-1252 has them too.
const SIGN_FOR_LETTER = /[¡-©«-¯±-³µ-¹»-¿×÷\u00ADªº€‚ƒ„†‡ˆ‰‹›Œœ\u0080-\u009F]/u
// Western letters that Vietnamese does not have; eth is read as Đ before.
const FOREIGN_LETTER = /[ÄÅÆÇËÎÏÑÖØÛÜÞßäåæçëîïñöøûüþÿ]/u
// "NguyÔn": a capital inside of a word.
const CAPITAL_INSIDE = /\p{Ll}[À-ÖØ-Þ]/u
// VNI writes a letter and its mark side by side: "Nguyeãn", "aâ", "oâ", "uù".
const MARK_BESIDE = /[aeAE][À-ÿ]|[oO][âùõÂÙÕ]|[uUyYôÔơƠ][ùõÙÕ]/u
const LATIN_1 = /[\u00C0-\u00FF]/u
const VIETNAMESE_ONLY = /[\u0100-\u024F\u1EA0-\u1EF9]/u

export function hasLostLetters(text: string): boolean {
  return LOST.test(text)
}

/** Whether a text was typed for a font that is not Unicode. */
export function isOfOldFont(text: string): boolean {
  const words = text.normalize('NFC')
  return [SIGN_FOR_LETTER, FOREIGN_LETTER, CAPITAL_INSIDE, MARK_BESIDE].some((form) => form.test(words))
}

/**
 * Whether a text can be of such a font although it does not show it: `"Vò"` is "Vũ" in TCVN3. A letter that only
 * Unicode has proves the contrary.
 */
export function mayBeOfOldFont(text: string): boolean {
  const words = text.normalize('NFC')
  return LATIN_1.test(words) && !VIETNAMESE_ONLY.test(words)
}
