// How is a text written into a workbook's XML, so that a spreadsheet shows it as it is? Pure.

// In a workbook `_x0041_` is a way to write "A" (ECMA-376 part 1, ST_Xstring), so a text that looks like one has to
// have its first underscore written in that very way. Readers take the digits in either case.
const LOOKS_ESCAPED = /_(?=x[0-9A-Fa-f]{4}_)/g

/** `HS_x0031_26` -> `HS_x005F_x0031_26`, which a spreadsheet shows as the former. */
export function escapeXstring(text: string): string {
  return text.replace(LOOKS_ESCAPED, '_x005F_')
}

const SHEET_NAME_CHARS = 31

/** A name that Excel takes: 1 to 31 characters, none of `[]/\:*?`, no apostrophe at its ends. */
export function sheetNameOf(text: string): string {
  const name = text.replace(/[[\]/\\:*?\p{Cc}]/gu, ' ').slice(0, SHEET_NAME_CHARS).replace(/^['\s]+|['\s]+$/g, '')
  return name === '' ? 'Sheet1' : name
}

/** Rows 1 to `rows` of the sheet, as a reference of a formula; in XML. */
export function rowsReference(sheetName: string, rows: number): string {
  const quoted = `'${sheetName.replaceAll("'", "''")}'!$1:$${rows}`
  return quoted.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
