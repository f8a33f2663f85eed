// Which files are in a workbook, which is a zip archive? Unpacks them within a bound on what comes out, whatever the
// archive says of itself, and packs them again plainly, so that the next reader meets no trap of the first one.
import { crc32, inflateRawSync } from 'node:zlib'

/** `broken`: no archive that we can read; `large`: it holds more than it may. */
export class ArchiveError extends Error {
  constructor(readonly fault: 'broken' | 'large', message: string) {
    super(message)
    this.name = 'ArchiveError'
  }
}

export interface ArchiveLimits {
  entriesMax: number
  /** Of all files together, unpacked. */
  bytesMax: number
}

// APPNOTE.TXT of PKWARE, 4.3.7, 4.3.12, 4.3.16.
const LOCAL = { signature: 0x04034b50, bytes: 30 }
const CENTRAL = { signature: 0x02014b50, bytes: 46 }
const END = { signature: 0x06054b50, bytes: 22 }
const COMMENT_BYTES_MAX = 0xffff
const STORED = 0
const DEFLATED = 8
const ENCRYPTED = 1

/** The files that `isWanted`, by name. Throws `ArchiveError`. */
export function unpack(
  archive: Buffer, isWanted: (name: string) => boolean, { entriesMax, bytesMax }: ArchiveLimits,
): Map<string, Buffer> {
  const { count, at: start } = findDirectory(archive)
  if (count > entriesMax) throw new ArchiveError('large', `the archive has more than ${entriesMax} files`)
  const files = new Map<string, Buffer>()
  let leftBytes = bytesMax
  let at = start
  for (let entry = 0; entry < count; entry += 1) {
    need(archive, at, CENTRAL)
    const nameBytes = archive.readUInt16LE(at + 28)
    const name = archive.toString('utf8', at + CENTRAL.bytes, at + CENTRAL.bytes + nameBytes)
    if (isWanted(name)) {
      const file = unpackEntry(archive, at, leftBytes)
      leftBytes -= file.length
      files.set(name, file)
    }
    at += CENTRAL.bytes + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
  return files
}

/** What the archive says of the files in it. Throws `ArchiveError`. */
export function listNames(archive: Buffer): string[] {
  const names: string[] = []
  unpack(archive, (name) => {
    names.push(name)
    return false
  }, { entriesMax: NAMES_MAX, bytesMax: 0 })
  return names
}

const NAMES_MAX = 1_000

function findDirectory(archive: Buffer): { count: number; at: number } {
  const earliest = Math.max(0, archive.length - END.bytes - COMMENT_BYTES_MAX)
  for (let at = archive.length - END.bytes; at >= earliest; at -= 1) {
    if (archive.readUInt32LE(at) !== END.signature) continue
    return { count: archive.readUInt16LE(at + 10), at: archive.readUInt32LE(at + 16) }
  }
  throw new ArchiveError('broken', 'the archive has no directory: it is cut off')
}

function unpackEntry(archive: Buffer, at: number, leftBytes: number): Buffer {
  const method = archive.readUInt16LE(at + 10)
  if ((archive.readUInt16LE(at + 8) & ENCRYPTED) !== 0) throw new ArchiveError('broken', 'the archive is encrypted')
  const packedBytes = archive.readUInt32LE(at + 20)
  const local = archive.readUInt32LE(at + 42)
  need(archive, local, LOCAL)
  const from = local + LOCAL.bytes + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
  if (from + packedBytes > archive.length) throw new ArchiveError('broken', 'the archive is cut off')
  const packed = archive.subarray(from, from + packedBytes)
  if (method === DEFLATED) return inflate(packed, leftBytes)
  if (method !== STORED) throw new ArchiveError('broken', `the archive is packed in an unknown way (${method})`)
  if (packedBytes > leftBytes) throw tooLarge()
  return packed
}

function inflate(packed: Buffer, leftBytes: number): Buffer {
  // The library takes no limit of 0.
  if (leftBytes === 0) throw tooLarge()
  try {
    return inflateRawSync(packed, { maxOutputLength: leftBytes })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    throw code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : new ArchiveError('broken', 'a file of the archive is damaged')
  }
}

function tooLarge(): ArchiveError {
  return new ArchiveError('large', 'the files of the archive are too large when unpacked')
}

function need(archive: Buffer, at: number, { signature, bytes }: { signature: number; bytes: number }): void {
  if (at + bytes <= archive.length && archive.readUInt32LE(at) === signature) return
  throw new ArchiveError('broken', 'the archive is damaged')
}

/** An archive of the files as they are, without compression. */
export function packPlainly(files: ReadonlyMap<string, Buffer>): Uint8Array<ArrayBuffer> {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const [name, file] of files) {
    const nameBytes = Buffer.from(name)
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt32LE(crc32(file), 10)
    facts.writeUInt32LE(file.length, 14)
    facts.writeUInt32LE(file.length, 18)
    facts.writeUInt16LE(nameBytes.length, 22)
    pieces.push(uint32(LOCAL.signature), facts, nameBytes, file)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(at, 10)
    // The directory has the version that made the archive before the same facts.
    directory.push(uint32(CENTRAL.signature), facts.subarray(0, 2), facts, rest, nameBytes)
    at += LOCAL.bytes + nameBytes.length + file.length
  }
  const end = Buffer.alloc(END.bytes - 4)
  end.writeUInt16LE(files.size, 4)
  end.writeUInt16LE(files.size, 6)
  end.writeUInt32LE(directory.reduce((sum, { length }) => sum + length, 0), 8)
  end.writeUInt32LE(at, 12)
  return new Uint8Array(Buffer.concat([...pieces, ...directory, uint32(END.signature), end]))
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
