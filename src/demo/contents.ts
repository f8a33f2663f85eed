// Transfer contents in the forms that banks and wallets write: wrapped by the sender's bank, then by the receiver's,
// glued, broken over lines, in other case, and with separators inside the payment code. The forms are those of the
// public samples that the tests keep; what is in between comes from a seed.
import { seededNumbers } from './random.js'

export interface ContentWriter {
  /** A whole number from 0 to below `count`. */
  below: (count: number) => number
  /** True in this share of the cases. */
  chance: (share: number) => boolean
  pick: <T extends string>(list: readonly T[]) => T | ''
  /** So many symbols of an alphabet. */
  symbols: (count: number, alphabet: string) => string
  /** So many words as payers write them, joined as their phones join them. */
  words: (count: number) => string
  /** The content in which a memo arrives. */
  carried: (memo: string) => string
  /** A content around `code`, which is whole but mangled. */
  withCode: (code: string) => string
}

export const DIGITS = '0123456789'
export const UPPER = `${DIGITS}ABCDEFGHIJKLMNOPQRSTUVWXYZ`
const MIXED = `${UPPER}abcdefghijklmnopqrstuvwxyz`
const WORDS = (
  'chuyen tien hoc phi thang lop truong mam non tien an ban tru nop khoan thu dong phuc cho con be chau ' +
  'NGUYEN TRAN LE PHAM HOANG PHAN VU DANG BUI DO HO NGO DUONG LY VAN THI DUC MINH ANH KHANH QUYNH GIA ' +
  'cty tnhh fpt LOPEZ FRANCO SUZUKI FUJI ZALO FACEBOOK quiz fx kz FT Z F'
).split(' ')
const GAPS = [' ', '.', '-', '  ', '_', '/', '\n', '\r\n', ', ']
const JOINS = [' ', ' ', ' ', '.', '-', '  ', '', '']

export function contentWriter(seed: number): ContentWriter {
  const random = seededNumbers(seed)
  const below = (count: number): number => Math.floor(random() * count)
  const chance = (share: number): boolean => random() < share
  const pick = <T extends string>(list: readonly T[]): T | '' => list[below(list.length)] ?? ''
  const symbols = (count: number, alphabet: string): string => {
    let text = ''
    for (let left = count; left > 0; left -= 1) text += alphabet.charAt(below(alphabet.length))
    return text
  }
  const digits = (count: number): string => symbols(count, DIGITS)
  const words = (count: number): string => {
    let text = pick(WORDS)
    for (let left = count - 1; left > 0; left -= 1) text += pick(JOINS) + pick(WORDS)
    return text
  }

  // One wrapper of bank-to-bank contents each: the sender's around the memo, or the receiver's around that.
  const senders: (() => [string, string])[] = [
    () => [`MBVCB.${digits(10)}.${digits(6)}.`, `.CT tu ${digits(13)} ${words(3)} toi ${digits(9)} tai MB`],
    () => [`MBVCB.${digits(11)}.${digits(4)}BFTVGL${digits(6)}.`, `.CT tu ${digits(13)} ${words(3)} toi 267`],
    () => [`${digits(11)}-`, `-CHUYEN TIEN-OQCH${symbols(8, MIXED)}-MOMO${digits(11)}MOMO`],
    () => [`PARTNER.DIRECT_DEBITS_VCB.ZLP.ZP${symbols(10, UPPER)}.20260901.`, ''],
    () => ['', `-${digits(6)}-23:59:16 ${digits(6)}`],
    () => ['', ` FT${digits(14)}`],
    () => [`${digits(4)}IBT1${symbols(8, MIXED)}.`, `.20260915.141816.${digits(12)}.${words(3)}.970415`],
    () => ['Thanh toan QR-', ''],
    () => ['', '']
  ]
  const receivers: (() => [string, string])[] = [
    () => ['', `- Ma GD ACSP/ ${symbols(2, UPPER)}${digits(6)}`],
    () => ['', `   Ma giao dich  Trace${digits(6)} Trace ${digits(6)}`],
    () => ['CUSTOMER ', ''],
    () => [`Q${symbols(9, MIXED)}  SEPAY${digits(4)} 1  `, ''],
    () => [`BankAPINotify Q${symbols(9, MIXED)}  `, ''],
    () => [`ND:CT DEN:${digits(12)} `, '; tai Napas'],
    () => [`CT DEN:${symbols(16, UPPER)} `, '; tai Napas'],
    () => [`TKThe :${digits(10)}, tai Vietcombank. `, ` -CTLNHIDI${digits(15)}-1/1-CRE-002`],
    () => [`REM Tfr Ac:${digits(10)} O@L_${digits(6)}_0_0_`, `_HD:${digits(6)}@@6/2026`],
    () => [`020097042${digits(15)}${symbols(4, UPPER)}${digits(6)}.${digits(5)}.${digits(6)}.`, ''],
    () => ['IB ', '.'],
    () => ['', '']
  ]

  const wrapped = (memo: string): string => {
    const [before, after] = senders[below(senders.length)]?.() ?? ['', '']
    const [head, tail] = receivers[below(receivers.length)]?.() ?? ['', '']
    const rest = `${after}${tail}`
    return `${head}${before}${memo}${chance(0.15) ? rest.slice(0, below(rest.length + 1)) : rest}`
  }

  /** Business feeds break lines at a fixed width, anywhere. */
  const broken = (text: string): string => {
    const width = 10 + below(70)
    const gap = pick([' ', '  ', '\n', '\r\n', '   '])
    let lines = text.slice(0, width)
    for (let at = width; at < text.length; at += width) lines += gap + text.slice(at, at + width)
    return lines
  }

  const carried = (memo: string): string => {
    const content = wrapped(memo)
    const fed = chance(0.4) ? broken(content) : content
    const turn = below(6)
    if (turn === 0) return fed.toLowerCase()
    return turn === 1 ? fed.toUpperCase() : fed
  }

  const mangled = (code: string): string => {
    const share = pick(['none', 'none', 'few', 'many'])
    if (share === 'none') return code
    let text = ''
    for (const symbol of code) {
      if (text !== '' && chance(share === 'few' ? 0.1 : 0.4)) text += pick(GAPS)
      text += symbol
    }
    return text
  }

  return {
    below, chance, pick, symbols, words, carried,
    withCode: (code) => {
      const before = chance(0.4) ? words(1 + below(3)) + pick(JOINS) : ''
      const after = chance(0.5) ? pick(JOINS) + words(1 + below(4)) : ''
      const text = mangled(code)
      return carried(`${before}${chance(0.2) ? text.toLowerCase() : text}${after}`)
    },
  }
}
