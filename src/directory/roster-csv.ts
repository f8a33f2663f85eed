// Which cells are in an uploaded CSV? Decodes and splits it as spreadsheets write it, piece by piece. A file that is
// not what it must be is refused whole, with what to do.
import { Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { CsvError, parse } from 'csv-parse'
import type { Options } from 'csv-parse'
import { parse as parseNow } from 'csv-parse/sync'
import { DomainError } from '../errors.js'
import { unguardText } from '../export/csv.js'
import { countHeaders, HEADER_SEARCH_ROWS } from './roster-columns.js'

// Header and delimiter are looked for in the beginning; titles above a header are far shorter than this.
const HEAD_CHARS = 64 * 1024
const MAX_RECORD_CHARS = 64 * 1024
const DELIMITERS = [',', ';', '\t'] as const

const CSV: Options = {
  // Excel's ="001" and a name with quotes inside are text.
  relax_quotes: true,
  relax_column_count: true,
  // An empty line is a row of the spreadsheet: it counts, or the row numbers of faults would be wrong.
  skip_empty_lines: false,
  max_record_size: MAX_RECORD_CHARS,
  record_delimiter: ['\r\n', '\n', '\r'],
}

/** The rows of a file. Throws `ROSTER_ENCODING_REFUSED`, `ROSTER_INVALID`. */
export async function* readCsvRows(source: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const { head, whole } = await takeHead(decode(source))
  yield* splitRows(whole, findDelimiter(head))
}

async function* decode(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let pending = Buffer.alloc(0)
  try {
    for await (const chunk of source) {
      pending = Buffer.concat([pending, chunk])
      if (decoder === undefined && pending.length < 4) continue
      decoder ??= decoderOf(pending)
      yield decoder.decode(pending, { stream: true })
      pending = Buffer.alloc(0)
    }
    decoder ??= decoderOf(pending)
    yield decoder.decode(pending)
  } catch (error) {
    if (error instanceof TypeError) throw encodingRefused('is not UTF-8')
    throw error
  }
}

/** By the byte order mark; without one a file is UTF-8 or refused. */
function decoderOf(start: Buffer): TextDecoder {
  // D0 CF: the workbook of Excel up to 2003, and every workbook with a password.
  if (start.subarray(0, 2).equals(Buffer.from([0xd0, 0xcf]))) {
    throw encodingRefused('is a workbook of an old Excel, or has a password')
  }
  const [first, second] = start
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le', { fatal: true })
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be', { fatal: true })
  return new TextDecoder('utf-8', { fatal: true })
}

function encodingRefused(what: string): DomainError {
  const help =
    'in Excel choose Save As, "Excel Workbook (*.xlsx)" or "CSV UTF-8 (Comma delimited)"; texts in a TCVN3 or VNI ' +
    'font must first be converted to Unicode'
  const reason = `the file ${what}: ${help}`
  return new DomainError('ROSTER_ENCODING_REFUSED', reason, [{ field: 'file', reason }])
}

/** The beginning of a text, and the whole of it once more. */
async function takeHead(
  text: AsyncGenerator<string>,
): Promise<{ head: string; whole: AsyncGenerator<string> }> {
  let head = ''
  while (head.length < HEAD_CHARS) {
    const next = await text.next()
    if (next.done) break
    head += next.value
  }
  const first = head
  async function* whole(): AsyncGenerator<string> {
    yield first
    yield* text
  }
  return { head, whole: whole() }
}

/** The delimiter with which some row of the beginning has the most known headers. */
function findDelimiter(head: string): string {
  const counts = DELIMITERS.map((delimiter) => {
    const rows = headRows(head, delimiter)
    return { delimiter, headers: Math.max(0, ...rows.map(countHeaders)) }
  })
  return counts.reduce((best, next) => (next.headers > best.headers ? next : best)).delimiter
}

function headRows(head: string, delimiter: string): string[][] {
  const rows: string[][] = []
  const options = {
    ...CSV,
    delimiter,
    to: HEADER_SEARCH_ROWS,
    on_record: (cells: string[]) => void rows.push(cells),
  }
  try {
    parseNow(head, options)
  } catch (error) {
    // The beginning may end inside a quoted cell; the rows before it were seen.
    if (!(error instanceof CsvError)) throw error
  }
  return rows
}

async function* splitRows(text: AsyncIterable<string>, delimiter: string): AsyncGenerator<string[]> {
  const rows = Readable.from(text).compose<NodeJS.ReadableStream>(parse({ ...CSV, delimiter }))
  let row = 0
  try {
    for await (const cells of rows) {
      row += 1
      yield asCells(cells)
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const reason = `row ${row + 1} has a quotation mark that is never closed, or is far too long`
    throw new DomainError('ROSTER_INVALID', reason, [{ field: 'file', reason }])
  }
}

function asCells(record: unknown): string[] {
  // Our own lists come back with the marks that keep spreadsheets from computing a text.
  return Array.isArray(record) ? record.map((cell) => unguardText(String(cell))) : []
}
