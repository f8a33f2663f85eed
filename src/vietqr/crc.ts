// The checksum that closes every payload: CRC-16/CCITT-FALSE over UTF-8 bytes. A good checksum says that
// nothing was mistyped; it says nothing about the structure.

const POLYNOMIAL = 0x1021
const START = 0xffff

/**
 * Four upper-case hex characters, padded with zeros (the field's commonest bug is to leave the padding
 * out). `text` is everything up to and including `6304`. `"123456789"` gives `"29B1"`.
 */
export function crc16(text: string): string {
  let crc = START
  for (const byte of Buffer.from(text, 'utf8')) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 0x8000 ? ((crc << 1) ^ POLYNOMIAL) & 0xffff : (crc << 1) & 0xffff
    }
  }
  return crc.toString(16).toUpperCase().padStart(4, '0')
}
