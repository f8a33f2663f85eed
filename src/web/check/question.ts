// What did somebody paste, type or photograph? Pure: sorts a text into what can be looked up, and refuses rather than
// guesses. A VietQR text is read as strictly as everywhere else.
import { findPaymentCodes, parsePaymentCode } from '../../invoicing/payment-code.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'
import { readVnd } from '../../money.js'
import { decodeVietqr } from '../../vietqr/payload.js'

/** What can be looked up. `amountVnd` is null where none was given. */
export type Question =
  | { kind: 'vietqr', bankBin: string, accountNumber: string, code: PaymentCodeNumber | null, amountVnd: number | null }
  | { kind: 'code', code: PaymentCodeNumber, amountVnd: number | null }
  | { kind: 'account', accountNumber: string }
  | { kind: 'bill_link', token: string }

/** What cannot. The first four are a warning in themselves; the rest is only a text that we cannot read. */
export type Unreadable = 'web_address' | 'not_a_transfer' | 'broken_qr' | 'several_codes' | 'damaged_code' |
  'not_understood' | 'empty'

const MAX_TEXT_CHARS = 2_000
/** EMVCo: every such code begins with its payload format. */
const QR_TEXT = /^0002\d\d/
const NO_TRANSFER: ReadonlySet<string> = new Set(['ACCOUNT_INFO_MISSING', 'ACCOUNT_INFO_INVALID', 'GUID_INVALID'])
const ACCOUNT = /^(?=.*\d)[A-Za-z0-9]{6,19}$/

export interface Asked {
  text: string
  /** A photographed QR holds what it holds: it is never taken for a typed account number. */
  isFromPhoto: boolean
  amountVnd: number | null
  /** Where bills live, without a slash at the end. */
  publicUrl: string
}

export function readQuestion({ text, isFromPhoto, amountVnd, publicUrl }: Asked): Question | Unreadable {
  const asked = text.slice(0, MAX_TEXT_CHARS).trim()
  if (asked === '') return 'empty'
  if (/^[a-z][a-z0-9+.-]*:\/\/|^www\./i.test(asked)) {
    const token = asked.startsWith(`${publicUrl}/p/`) ? asked.slice(publicUrl.length + 3).split(/[/?#]/)[0] : undefined
    return token === undefined ? 'web_address' : { kind: 'bill_link', token }
  }
  if (QR_TEXT.test(asked)) return readVietqr(asked, amountVnd)
  const { codes, damaged } = findPaymentCodes(asked)
  const [code, ...others] = codes.flatMap((one) => parsePaymentCode(one) ?? [])
  if (others.length > 0) return 'several_codes'
  if (code !== undefined) return { kind: 'code', code, amountVnd }
  if (isFromPhoto) return 'not_a_transfer'
  if (damaged.length > 0) return 'damaged_code'
  const accountNumber = asked.replace(/[\s.-]/g, '')
  return ACCOUNT.test(accountNumber) ? { kind: 'account', accountNumber } : 'not_understood'
}

function readVietqr(text: string, typedVnd: number | null): Question | Unreadable {
  const read = decodeVietqr(text)
  // Codes of shops and wallets are sound, and have no account in the place where a transfer has it.
  if (!read.ok) return NO_TRANSFER.has(read.code) ? 'not_a_transfer' : 'broken_qr'
  if (!read.payable) return 'not_a_transfer'
  const { bankBin, accountNumber, purpose, amountVnd } = read
  const [code, ...others] = findPaymentCodes(purpose ?? '').codes.flatMap((one) => parsePaymentCode(one) ?? [])
  if (others.length > 0) return 'several_codes'
  return { kind: 'vietqr', bankBin, accountNumber, code: code ?? null, amountVnd: amountVnd ?? typedVnd }
}

/** `430.000 đ` -> 430000; null for an empty field, undefined for what is no whole amount (money.ts). */
export function readTypedAmount(text: string): number | null | undefined {
  return text.trim() === '' ? null : readVnd(text)
}
