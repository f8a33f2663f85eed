// Which students are in an uploaded roster? Takes a CSV or a workbook, told apart by its first bytes and never by its
// name, and hands each row to the reader. What neither is, is refused with what to do.
import { createHash } from 'node:crypto'
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { openSlots } from '../slots.js'
import type { Day } from '../time.js'
import { readCsvRows } from './roster-csv.js'
import { refuseOtherKinds } from './roster-kind.js'
import { createRosterReader } from './roster.js'
import type { Roster } from './roster.js'
import { isWorkbook, readWorkbookLists } from './roster-xlsx.js'
import type { RosterLists } from './roster-xlsx.js'

const arriving = openSlots({ atOnce: LIMITS.uploadsAtOnce, waitingMax: LIMITS.uploadsWaitingMax })

export interface RosterFile {
  roster: Roster
  /** Sheets of a workbook that hold no list. */
  skippedSheets: string[]
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
  const bytes = limited(source, limitBytes, (chunk) => hash.update(chunk))
  const reader = createRosterReader(today)
  const { lists, skippedSheets } = await listsOf(bytes)
  for (const { sheet, rows, marks } of lists) {
    reader.open(sheet, marks)
    for await (const cells of rows) reader.take(cells)
  }
  return { roster: reader.finish(), skippedSheets, sha256: hash.digest() }
}

const KIND_BYTES = 512

async function listsOf(source: AsyncGenerator<Uint8Array>): Promise<RosterLists> {
  const start: Uint8Array[] = []
  let startBytes = 0
  while (startBytes < KIND_BYTES) {
    const next = await source.next()
    if (next.done) break
    start.push(next.value)
    startBytes += next.value.length
  }
  const whole = chain(start, source)
  const first = Buffer.concat(start)
  refuseOtherKinds(first)
  return isWorkbook(first)
    ? readWorkbookLists(await collectUpload(whole))
    : { lists: [{ rows: readCsvRows(whole) }], skippedSheets: [] }
}

/**
 * A whole upload, in memory of its own: it may be handed over to another thread. No more than some arrive at the same
 * time. Throws `BODY_TOO_LARGE`, `OVERLOADED`.
 */
export async function collectUpload(source: AsyncIterable<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  return arriving.use(async () => {
    const chunks: Uint8Array[] = []
    for await (const chunk of limited(source, LIMITS.importBodyLimitBytes, () => undefined)) chunks.push(chunk)
    const whole = Buffer.from(new ArrayBuffer(chunks.reduce((sum, { length }) => sum + length, 0)))
    let at = 0
    for (const chunk of chunks) {
      whole.set(chunk, at)
      at += chunk.length
    }
    return whole
  })
}

async function* chain(start: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* start
  yield* rest
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
