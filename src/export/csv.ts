// How is a row written as CSV (RFC 4180, CRLF), so that a spreadsheet never takes a text for a formula? Texts come from
// outside: a payer writes the content of a transfer. Pure.
import type { PlainCell } from './table.js'

/** With it Excel reads a file as UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF'

// The full-width forms are taken for formulas by East Asian versions of Excel.
const FORMULA_START = /[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/
// Spreadsheets and readers pass over these before they look for a formula.
const BLANK = /[\s"']/
// A Vietnamese Windows separates by semicolons, and then cells begin inside of a text too.
const BEFORE_CELL = /[;\t\r\n]/

/**
 * A text with an apostrophe before everything that a spreadsheet would take for the beginning of a formula (OWASP, CSV
 * injection; ASVS 1.2.10). The apostrophe is what Excel itself marks a text with, so the text stays readable.
 */
export function guardText(text: string): string {
  return rewrite(text, (at) => `'${text.charAt(at)}`)
}

/** What `guardText` was given; a text that it did not make stays as it is. */
export function unguardText(text: string): string {
  return rewrite(text, (at) => (text.charAt(at) === "'" ? '' : text.charAt(at)))
}

/** Replaces the first character of each cell that begins like a formula, in one pass: hostile texts can be long. */
function rewrite(text: string, replace: (at: number) => string): string {
  if (!FORMULA_START.test(text)) return text
  const pieces: string[] = []
  let isFormula = false
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const character = text.charAt(at)
    isFormula = FORMULA_START.test(character) || (isFormula && BLANK.test(character))
    const beginsCell = at === 0 || BEFORE_CELL.test(text.charAt(at - 1))
    pieces.push(isFormula && beginsCell ? replace(at) : character)
  }
  return pieces.reverse().join('')
}

export function csvLine(cells: readonly PlainCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(cell: PlainCell): string {
  if (cell === null) return ''
  return typeof cell === 'number' ? String(cell) : quote(guardText(cell))
}

function quote(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
