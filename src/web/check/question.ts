// What did somebody paste, type or photograph? Pure: sorts each text into what can be looked up, refuses rather than
// guesses, and puts all that was given side by side, so that every part of it is compared and none is passed over. A
// VietQR text is read as strictly as everywhere else.
import { findPaymentCodes, parsePaymentCode } from '../../invoicing/payment-code.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'
import { readVnd } from '../../money.js'
import { decodeVietqr } from '../../vietqr/payload.js'

/** One account as it was given; the bank is null where nobody named it. */
export interface GivenAccount {
  bankBin: string | null
  accountNumber: string
}

/** Everything that was given. Whether it fits together is judged where it is known whose it is. */
export interface Claims {
  accounts: readonly GivenAccount[]
  code: PaymentCodeNumber | null
  /** The token of a bill's link. */
  link: string | null
  amountsVnd: readonly number[]
}

/** What cannot be looked up. The first three are a warning in themselves; the rest is a text that we cannot read. */
export type Unreadable = 'web_address' | 'not_a_transfer' | 'broken_qr' | 'several_codes' | 'damaged_code' |
  'not_understood' | 'empty'

const MAX_TEXT_CHARS = 2_000
/** EMVCo: every such code begins with its payload format. */
const QR_TEXT = /^0002\d\d/
const NO_TRANSFER: ReadonlySet<string> = new Set(['ACCOUNT_INFO_MISSING', 'ACCOUNT_INFO_INVALID', 'GUID_INVALID'])
const ACCOUNT = /^(?=.*\d)[A-Za-z0-9]{6,19}$/
const NOTHING: Claims = { accounts: [], code: null, link: null, amountsVnd: [] }

export interface Asked {
  text: string
  /** A photographed QR holds what it holds: it is never taken for a typed account number. */
  isFromPhoto: boolean
  /** Where bills live, without a slash at the end. */
  publicUrl: string
}

export function readQuestion({ text, isFromPhoto, publicUrl }: Asked): Claims | Unreadable {
  const asked = text.slice(0, MAX_TEXT_CHARS).trim()
  if (asked === '') return 'empty'
  if (/^[a-z][a-z0-9+.-]*:\/\/|^www\./i.test(asked)) {
    const token = asked.startsWith(`${publicUrl}/p/`) ? asked.slice(publicUrl.length + 3).split(/[/?#]/)[0] : undefined
    return token === undefined ? 'web_address' : { ...NOTHING, link: token }
  }
  if (QR_TEXT.test(asked)) return readVietqr(asked)
  const { codes, damaged } = findPaymentCodes(asked)
  const [code, ...others] = codes.flatMap((one) => parsePaymentCode(one) ?? [])
  if (others.length > 0) return 'several_codes'
  if (code !== undefined) return { ...NOTHING, code }
  if (isFromPhoto) return 'not_a_transfer'
  if (damaged.length > 0) return 'damaged_code'
  const accountNumber = readTypedAccount(asked)
  return accountNumber === undefined ? 'not_understood' : { ...NOTHING, accounts: [{ bankBin: null, accountNumber }] }
}

function readVietqr(text: string): Claims | Unreadable {
  const read = decodeVietqr(text)
  // Codes of shops and wallets are sound, and have no account in the place where a transfer has it.
  if (!read.ok) return NO_TRANSFER.has(read.code) ? 'not_a_transfer' : 'broken_qr'
  if (!read.payable) return 'not_a_transfer'
  const { bankBin, purpose, amountVnd } = read
  const [code, ...others] = findPaymentCodes(purpose ?? '').codes.flatMap((one) => parsePaymentCode(one) ?? [])
  if (others.length > 0) return 'several_codes'
  return {
    accounts: [{ bankBin, accountNumber: read.accountNumber.toUpperCase() }],
    code: code ?? null,
    link: null,
    amountsVnd: amountVnd === null ? [] : [amountVnd],
  }
}

/** `several_codes` when two of them name different bills: each is to be checked alone. */
export function putTogether(parts: readonly Claims[]): Claims | 'several_codes' {
  const [code = null, ...otherCodes] = new Set(parts.flatMap((part) => part.code ?? []))
  const [link = null, ...otherLinks] = new Set(parts.flatMap((part) => part.link ?? []))
  if (otherCodes.length > 0 || otherLinks.length > 0) return 'several_codes'
  return {
    accounts: parts.flatMap(({ accounts }) => accounts),
    code,
    link,
    amountsVnd: parts.flatMap(({ amountsVnd }) => amountsVnd),
  }
}

export interface TypedFields {
  accountNumber: string | null
  bankBin: string | null
  amountVnd: number | null
}

/** What stands in the fields beside the question. */
export function readTyped({ accountNumber, bankBin, amountVnd }: TypedFields): Claims {
  return {
    ...NOTHING,
    accounts: accountNumber === null ? [] : [{ bankBin, accountNumber }],
    amountsVnd: amountVnd === null ? [] : [amountVnd],
  }
}

/** `0071-000.888 888` -> `0071000888888`, in the form in which accounts are compared; undefined for any other text. */
export function readTypedAccount(text: string): string | undefined {
  const accountNumber = text.trim().replace(/[\s.-]/g, '')
  return ACCOUNT.test(accountNumber) ? accountNumber.toUpperCase() : undefined
}

/** `430.000 đ` -> 430000; null for an empty field, undefined for what is no whole amount (money.ts). */
export function readTypedAmount(text: string): number | null | undefined {
  return text.trim() === '' ? null : readVnd(text)
}
