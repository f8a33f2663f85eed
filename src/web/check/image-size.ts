// How large is the picture in a file, by its header alone? Asked before anything is unpacked: a file of a few
// kilobytes can claim to hold gigabytes. Pure; only what the photo reader takes is known: PNG and JPEG.

export interface ImageSize {
  width: number
  height: number
  /** What the pixels take when they are unpacked as the file has them. */
  rawBytes: number
}

/** Undefined for anything but the beginning of a PNG or JPEG that names its size. */
export function readImageSize(bytes: Buffer): ImageSize | undefined {
  return readPngSize(bytes) ?? readJpegSize(bytes)
}

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const PNG_HEADER_BYTES = 26
/** Samples of a pixel by colour type (PNG specification, 11.2.1); a palette is unpacked to four. */
const PNG_SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 4, 4: 2, 6: 4 }

function readPngSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < PNG_HEADER_BYTES || !bytes.subarray(0, 8).equals(PNG_SIGNATURE)) return undefined
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  const samples = PNG_SAMPLES[bytes.readUInt8(25)]
  if (samples === undefined || width === 0 || height === 0) return undefined
  return { width, height, rawBytes: width * height * samples * Math.ceil(bytes.readUInt8(24) / 8) }
}

/** Start-of-frame markers; C4, C8 and CC are something else (ITU T.81, table B.1). */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
const START_OF_SCAN = 0xda

function readJpegSize(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes.readUInt8(at + 1)
    if (marker === 0xff) { // a fill byte
      at += 1
      continue
    }
    if (marker === START_OF_SCAN) return undefined
    if (isFrame(marker)) {
      const [height, width, samples] =
        [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7), bytes.readUInt8(at + 9)]
      return width === 0 || height === 0 ? undefined : { width, height, rawBytes: width * height * samples }
    }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
