// Which cells are in an uploaded roster? Decodes and splits a CSV stream as spreadsheets write it, piece by
// piece, and hands each row to the reader. A file that is not what it must be is refused whole, with what
// to do.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { CsvError, parse } from 'csv-parse'
import type { Options } from 'csv-parse'
import { parse as parseNow } from 'csv-parse/sync'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import type { Day } from '../time.js'
import { countHeaders } from './roster-columns.js'
import { createRosterReader, HEADER_SEARCH_ROWS } from './roster.js'
import type { Roster } from './roster.js'

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

export interface RosterFile {
  roster: Roster
  sha256: Buffer
}

/**
 * Reads a whole file. Throws `ROSTER_ENCODING_REFUSED`, `BODY_TOO_LARGE`, `ROSTER_TOO_LARGE`,
 * `ROSTER_HEADER_INVALID`, `ROSTER_INVALID`.
 */
export async function readRosterFile(
  source: AsyncIterable<Uint8Array>,
  today: Day,
  limitBytes: number = LIMITS.importBodyLimitBytes,
): Promise<RosterFile> {
  const hash = createHash('sha256')
  const text = decode(limited(source, limitBytes, (chunk) => hash.update(chunk)))
  const { head, whole } = await takeHead(text)
  const delimiter = findDelimiter(head)
  const reader = createRosterReader(today)
  for await (const cells of splitRows(whole, delimiter)) reader.take(cells)
  return { roster: reader.finish(), sha256: hash.digest() }
}

async function* limited(
  source: AsyncIterable<Uint8Array>,
  limitBytes: number,
  see: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let sizeBytes = 0
  for await (const chunk of source) {
    sizeBytes += chunk.length
    if (sizeBytes > limitBytes) {
      throw new DomainError('BODY_TOO_LARGE', `the file is larger than ${limitBytes} bytes: split it`)
    }
    see(chunk)
    yield chunk
  }
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
  // "PK": a workbook is a zip archive. D0 CF: the workbook of Excel up to 2003.
  if (
    start.subarray(0, 2).equals(Buffer.from('PK')) ||
    start.subarray(0, 2).equals(Buffer.from([0xd0, 0xcf]))
  ) {
    throw encodingRefused('is a workbook, not CSV')
  }
  const [first, second] = start
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le', { fatal: true })
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be', { fatal: true })
  return new TextDecoder('utf-8', { fatal: true })
}

function encodingRefused(what: string): DomainError {
  const help =
    'in Excel choose Save As, "CSV UTF-8 (Comma delimited)"; texts in a TCVN3 or VNI font must first be ' +
    'converted to Unicode'
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
  return Array.isArray(record) ? record.map(String) : []
}
