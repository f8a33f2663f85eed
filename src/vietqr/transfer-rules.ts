// Is a well-formed VietQR also a transfer that may be paid? Rules 5-8 of the NAPAS document v1.0 and what
// real codes do against its advice, each with a stable warning code. A warning never changes what was read.
import { type Vnd, vnd } from '../money.js'
import { findBank } from './banks.js'

/** The objects of a payload whose structure was found sound. */
export interface VietqrObjects {
  root: ReadonlyMap<string, string>
  bankBin: string
  accountNumber: string
  service: string
  additional: ReadonlyMap<string, string>
}

export interface VietqrWarning {
  code: string
  message: string
}

interface TransferRule extends VietqrWarning {
  /** True when a code that breaks this rule must not be built, printed or paid. */
  blocksPayment: boolean
  isBroken: (qr: VietqrObjects) => boolean
}

/** One NAPAS247 transfer is below this (NAPAS document, 8.1.1). */
export const TRANSFER_LIMIT_VND = 500_000_000
export const MAX_TEXT_CHARS = 25
export const MAX_ACCOUNT_CHARS = 19
const MAX_CITY_CHARS = 15
const MAX_AMOUNT_CHARS = 13
const TRANSFER_SERVICES = ['QRIBFTTA', 'QRIBFTTC']
const KNOWN_ROOT_IDS = new Set(
  ['00', '01', '38', '52', '53', '54', '55', '56', '57', '58', '59', '60', '61', '62', '63', '64'])
const TEMPLATE_IDS = ['38', '62', '64']
const TIP_IDS = ['55', '56', '57']
const BILL_NUMBER_ID = '01'
const PURPOSE_ID = '08'

/**
 * The amount of object 54 in đồng: digits, at most one closing dot, not zero, at most 13 characters
 * (NAPAS 5.2.6). Anything else is null: `50000.0` is refused, never rounded.
 */
export function readAmount(text: string | undefined): Vnd | null {
  if (text === undefined || text.length > MAX_AMOUNT_CHARS || !/^[0-9]+\.?$/.test(text)) return null
  const amountVnd = Number.parseInt(text, 10)
  return amountVnd > 0 ? vnd(amountVnd) : null
}

const isPrintableAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)
const isLonger = (text: string | undefined, maxChars: number): boolean =>
  Array.from(text ?? '').length > maxChars

function hasNonAsciiText({ root, additional }: VietqrObjects): boolean {
  const plain = [...root].filter(([id]) => !TEMPLATE_IDS.includes(id)).map(([, value]) => value)
  return ![...plain, ...additional.values()].every(isPrintableAscii)
}

const blocking = (code: string, message: string, isBroken: TransferRule['isBroken']): TransferRule =>
  ({ code, message, isBroken, blocksPayment: true })
const advisory = (code: string, message: string, isBroken: TransferRule['isBroken']): TransferRule =>
  ({ code, message, isBroken, blocksPayment: false })

const transferRules: readonly TransferRule[] = [
  blocking('POINT_OF_INITIATION_INVALID', 'object 01 is neither 11 (static) nor 12 (dynamic)',
    ({ root }) => !['11', '12'].includes(root.get('01') ?? '')),
  blocking('SERVICE_NOT_TRANSFER', 'the service is neither QRIBFTTA nor QRIBFTTC: this is not a transfer',
    ({ service }) => !TRANSFER_SERVICES.includes(service)),
  blocking('CURRENCY_NOT_VND', 'the currency is not 704 (VND)', ({ root }) => root.get('53') !== '704'),
  blocking('COUNTRY_NOT_VN', 'the country is not VN', ({ root }) => root.get('58') !== 'VN'),
  blocking('AMOUNT_INVALID', 'object 54 is not a whole amount above zero of at most 13 characters',
    ({ root }) => root.has('54') && readAmount(root.get('54')) === null),
  blocking('AMOUNT_OVER_TRANSFER_LIMIT', 'one NAPAS247 transfer must be below 500,000,000 VND',
    ({ root }) => (readAmount(root.get('54')) ?? 0) >= TRANSFER_LIMIT_VND),
  blocking('ACCOUNT_TOO_LONG', 'the account is longer than 19 characters',
    ({ accountNumber }) => isLonger(accountNumber, MAX_ACCOUNT_CHARS)),
  blocking('MERCHANT_NAME_TOO_LONG', 'the merchant name is longer than 25 characters',
    ({ root }) => isLonger(root.get('59'), MAX_TEXT_CHARS)),
  blocking('MERCHANT_CITY_TOO_LONG', 'the merchant city is longer than 15 characters',
    ({ root }) => isLonger(root.get('60'), MAX_CITY_CHARS)),
  advisory('STATIC_WITH_AMOUNT', 'the code says static (11), but it has an amount',
    ({ root }) => root.get('01') === '11' && root.has('54')),
  advisory('DYNAMIC_WITHOUT_AMOUNT', 'the code says dynamic (12), but it has no amount',
    ({ root }) => root.get('01') === '12' && !root.has('54')),
  advisory('BANK_UNKNOWN', 'no bank on the list has this BIN', ({ bankBin }) => !findBank(bankBin)),
  advisory('PURPOSE_TOO_LONG', 'the purpose is longer than 25 characters, a bank may cut it',
    ({ additional }) => isLonger(additional.get(PURPOSE_ID), MAX_TEXT_CHARS)),
  advisory('BILL_NUMBER_TOO_LONG', 'the bill number is longer than 25 characters',
    ({ additional }) => isLonger(additional.get(BILL_NUMBER_ID), MAX_TEXT_CHARS)),
  advisory('NON_ASCII_TEXT', 'a text field holds characters that bank apps may refuse', hasNonAsciiText),
  advisory('TIP_PRESENT', 'a tip object (55-57) changes the sum that is paid',
    ({ root }) => TIP_IDS.some((id) => root.has(id))),
  advisory('OBJECT_UNKNOWN', 'the code holds objects that VietQR does not name; they were not read',
    ({ root }) => [...root.keys()].some((id) => !KNOWN_ROOT_IDS.has(id)))
]

/**
 * What is wrong or unusual about a well-formed code. `payable` is false when a rule is broken that forbids
 * to build, print or pay it.
 */
export function judgeTransfer(qr: VietqrObjects): { payable: boolean, warnings: VietqrWarning[] } {
  const broken = transferRules.filter((rule) => rule.isBroken(qr))
  return {
    payable: !broken.some((rule) => rule.blocksPayment),
    warnings: broken.map(({ code, message }) => ({ code, message }))
  }
}
