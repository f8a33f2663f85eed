// What kind of file is it, when it is neither a CSV nor a workbook? Programs give web pages, old workbooks and
// documents the name of a list; the first bytes tell. Pure.
import { DomainError } from '../errors.js'

const BYTES: readonly (readonly [string, readonly number[]])[] = [
  ['a PDF', [0x25, 0x50, 0x44, 0x46]], ['a rich text document', [0x7b, 0x5c, 0x72, 0x74, 0x66]],
  ['a picture', [0x89, 0x50, 0x4e, 0x47]], ['a picture', [0xff, 0xd8, 0xff]], ['a RAR archive', [0x52, 0x61, 0x72, 0x21]],
  ['a packed file', [0x1f, 0x8b]], ['a 7-Zip archive', [0x37, 0x7a, 0xbc, 0xaf]],
  // BIFF 2 to 4, which stood alone in their files.
  ['a workbook of a very old Excel', [0x09, 0x00, 0x04, 0x00]], ['a workbook of a very old Excel', [0x09, 0x02, 0x06, 0x00]],
  ['a workbook of a very old Excel', [0x09, 0x04, 0x06, 0x00]],
]

const MARKUP: readonly (readonly [string, RegExp])[] = [
  ['a workbook of Excel 2003 as XML', /^<\?xml[^]*?<\?mso-application|^<\?xml[^]*?<(?:\w+:)?workbook/i],
  ['a web page (HTML)', /^<(?:!doctype html|html|head|body|meta|table|style|script|div|!--|center|font|title)/i],
  ['an XML document', /^<\?xml/i], ['a saved web page (MHTML)', /^mime-version:/i], ['a SYLK file', /^ID;P/],
]

/** Throws `ROSTER_FORMAT_REFUSED`; `start` are the first bytes of the file. */
export function refuseOtherKinds(start: Buffer): void {
  const known = BYTES.find(([, bytes]) => start.subarray(0, bytes.length).equals(Buffer.from(bytes)))
  const kind = known?.[0] ?? markupOf(start)
  if (kind !== undefined) throw formatRefused(kind)
}

function markupOf(start: Buffer): string | undefined {
  const isWide = start[0] === 0xff && start[1] === 0xfe
  const text = start.toString(isWide ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '').trimStart()
  return MARKUP.find(([, form]) => form.test(text))?.[0]
}

/** `kind` with its article: "a web page". */
export function formatRefused(kind: string): DomainError {
  const reason = `the file is ${kind}, whatever its name says: open it in Excel, choose Save As, "Excel Workbook (*.xlsx)"`
  return new DomainError('ROSTER_FORMAT_REFUSED', reason, [{ field: 'file', reason }])
}
