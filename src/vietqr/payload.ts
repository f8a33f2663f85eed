// What does a VietQR text say, and how is one written? Decoding refuses every text whose structure does not
// add up, with the place and the reason, and only warns about the rest; encoding refuses what does not fit
// and never cuts. Rules: NAPAS, "định dạng mã VietQR", version 1.0, September 2021; EMVCo Merchant-Presented.
import assert from 'node:assert/strict'
import type { FieldError } from '../errors.js'
import type { Vnd } from '../money.js'
import { findBank } from './banks.js'
import { crc16 } from './crc.js'
import { readTlv, type TlvFault, type TlvObject, writeTlv } from './tlv.js'
import {
  judgeTransfer, MAX_ACCOUNT_CHARS, MAX_TEXT_CHARS, readAmount, TRANSFER_LIMIT_VND, type VietqrObjects,
  type VietqrWarning
} from './transfer-rules.js'

/** A well-formed payload. `payable` is false for a code that must not be built, printed or paid. */
export interface DecodedVietqr {
  ok: true
  pointOfInitiation: string | null
  bankBin: string
  accountNumber: string
  service: string
  amountVnd: Vnd | null
  purpose: string | null
  billNumber: string | null
  merchantName: string | null
  payable: boolean
  warnings: VietqrWarning[]
}

export type VietqrFaultCode = TlvFault | 'CRC_MISSING' | 'CRC_NOT_LAST' | 'CRC_MALFORMED' | 'CRC_WRONG'
  | 'FORMAT_INVALID' | 'ACCOUNT_INFO_MISSING' | 'ACCOUNT_INFO_INVALID' | 'GUID_INVALID' | 'BIN_INVALID'
  | 'ACCOUNT_INVALID' | 'SERVICE_MISSING'

/** Why a text is no VietQR. `at` is the offset of the faulty object, in characters from the start. */
export interface VietqrFault {
  ok: false
  code: VietqrFaultCode
  reason: string
  at?: number
}

export interface VietqrInput {
  bankBin: string
  accountNumber: string
  /** Whole đồng, above zero and below 500,000,000; without it the payer types the amount. */
  amountVnd?: number
  /** Reaches the bank's message box; printable ASCII, at most 25 characters. */
  purpose?: string
  billNumber?: string
}

export type EncodedVietqr = { ok: true, payload: string } | { ok: false, errors: FieldError[] }

type Level = { ok: true, values: Map<string, string>, objects: TlvObject[] } | VietqrFault

const GUID = 'A000000727'
const TO_ACCOUNT = 'QRIBFTTA'
const HEADER_CHARS = 4
const MIN_BUILT_ACCOUNT_CHARS = 6

function refuse(code: VietqrFaultCode, reason: string, at?: number): VietqrFault {
  return at === undefined ? { ok: false, code, reason } : { ok: false, code, reason, at }
}

/** Reads a level that starts `offset` characters into the payload; `where` names it in the reason. */
function readLevel(text: string, where: string, offset: number): Level {
  const level = readTlv(text)
  if (!level.ok) return refuse(level.code, `${where}: ${level.reason}`, offset + level.at)
  const values = new Map(level.objects.map(({ id, value }) => [id, value]))
  return { ok: true, objects: level.objects, values }
}

function readTemplate(parent: readonly TlvObject[], id: string, offset: number): Level | undefined {
  const template = parent.find((object) => object.id === id)
  return template && readLevel(template.value, `template ${id}`, offset + template.at + HEADER_CHARS)
}

/** The checksum is there, last, four hex characters, and right. Checked before all else. */
function findCrcFault(payload: string): VietqrFault | undefined {
  if (/6304[0-9A-Fa-f]{4}$/.test(payload)) {
    const expected = crc16(payload.slice(0, -4))
    if (payload.slice(-4).toUpperCase() === expected) return undefined
    return refuse('CRC_WRONG', `the checksum is ${payload.slice(-4)}, but the text gives ${expected}`)
  }
  const level = readTlv(payload)
  const crc = level.objects.find(({ id }) => id === '63')
  if (crc && (!level.ok || level.objects.at(-1) !== crc)) {
    return refuse('CRC_NOT_LAST', 'something stands after the checksum (object 63)', crc.at)
  }
  if (crc) return refuse('CRC_MALFORMED', 'the checksum (object 63) is not four hex characters', crc.at)
  if (!level.ok) return refuse(level.code, `payload: ${level.reason}`, level.at)
  return refuse('CRC_MISSING', 'the payload does not end in a checksum (object 63)')
}

/** The root level. The checksum can hold while object 63 is swallowed by the object before it. */
function readRoot(payload: string): Level {
  const crcFault = findCrcFault(payload)
  if (crcFault) return crcFault
  const root = readLevel(payload, 'payload', 0)
  if (!root.ok) return root
  const [first] = root.objects
  if (first?.id !== '00' || first.value !== '01') {
    return refuse('FORMAT_INVALID', 'the payload does not start with the payload format 01 (object 00)', 0)
  }
  if (root.objects.at(-1)?.id !== '63') {
    return refuse('CRC_NOT_LAST', 'the checksum (object 63) is not the last object')
  }
  return root
}

/**
 * Object 38 must have exactly its parts: an inner length that is too large swallows the
 * next object while all outer lengths still add up, and a missing 38-02 is usually that fault.
 */
function readAccountInfo(root: readonly TlvObject[]):
  { ok: true, bankBin: string, accountNumber: string, service: string } | VietqrFault {
  const info = readTemplate(root, '38', 0)
  if (!info) return refuse('ACCOUNT_INFO_MISSING', 'the account information (object 38) is missing')
  if (!info.ok) return info
  const at = root.find(({ id }) => id === '38')?.at ?? 0
  if (info.values.get('00') !== GUID) return refuse('GUID_INVALID', `38-00 is not the NAPAS GUID ${GUID}`, at)
  const beneficiary = readTemplate(info.objects, '01', at + HEADER_CHARS)
  if (!beneficiary) return refuse('ACCOUNT_INFO_INVALID', 'the bank and account (38-01) are missing', at)
  if (!beneficiary.ok) return beneficiary
  const service = info.values.get('02')
  if (service === undefined) return refuse('SERVICE_MISSING', 'the service (38-02) is missing', at)
  if (info.values.size !== 3 || [...beneficiary.values.keys()].some((id) => id !== '00' && id !== '01')) {
    return refuse('ACCOUNT_INFO_INVALID', 'object 38 holds more than GUID, bank, account and service', at)
  }
  const bankBin = beneficiary.values.get('00') ?? ''
  const accountNumber = beneficiary.values.get('01') ?? ''
  if (!/^[0-9]{6}$/.test(bankBin)) return refuse('BIN_INVALID', 'the bank BIN is not six digits', at)
  if (!/^[A-Za-z0-9]+$/.test(accountNumber)) {
    return refuse('ACCOUNT_INVALID', 'the account is empty or holds more than letters and digits', at)
  }
  return { ok: true, bankBin, accountNumber, service }
}

/**
 * Reads a payload strictly. Malformed: a fault with a stable code. Well-formed but no transfer that may be
 * paid, or merely unusual: read, with warnings (transfer-rules.ts). Nothing is repaired; an amount that
 * breaks its rules reads as null.
 */
export function decodeVietqr(payload: string): DecodedVietqr | VietqrFault {
  const root = readRoot(payload)
  if (!root.ok) return root
  const account = readAccountInfo(root.objects)
  if (!account.ok) return account
  const additional = readTemplate(root.objects, '62', 0)
  if (additional && !additional.ok) return additional
  const otherLanguage = readTemplate(root.objects, '64', 0)
  if (otherLanguage && !otherLanguage.ok) return otherLanguage
  const qr: VietqrObjects = { ...account, root: root.values, additional: additional?.values ?? new Map() }
  return {
    ok: true,
    pointOfInitiation: qr.root.get('01') ?? null,
    bankBin: qr.bankBin,
    accountNumber: qr.accountNumber,
    service: qr.service,
    amountVnd: readAmount(qr.root.get('54')),
    purpose: qr.additional.get('08') ?? null,
    billNumber: qr.additional.get('01') ?? null,
    merchantName: qr.root.get('59') ?? null,
    ...judgeTransfer(qr)
  }
}

function findTextErrors(field: string, text: string | undefined): FieldError[] {
  if (text === undefined) return []
  if (!/^[\x20-\x7e]+$/.test(text)) {
    return [{ field, code: 'NOT_ASCII', reason: 'must be printable ASCII without accents, not empty' }]
  }
  if (text.length <= MAX_TEXT_CHARS) return []
  return [{ field, code: 'TOO_LONG', reason: `must be at most ${MAX_TEXT_CHARS} characters` }]
}

function findInputErrors(input: VietqrInput): FieldError[] {
  const { bankBin, accountNumber, amountVnd, purpose, billNumber } = input
  const errors = [...findTextErrors('purpose', purpose), ...findTextErrors('billNumber', billNumber)]
  if (!findBank(bankBin)) {
    errors.push({ field: 'bankBin', code: 'BANK_UNKNOWN', reason: 'must be the BIN of a listed bank' })
  }
  const { length } = accountNumber
  const fits = length >= MIN_BUILT_ACCOUNT_CHARS && length <= MAX_ACCOUNT_CHARS
  if (!fits || !/^[A-Za-z0-9]+$/.test(accountNumber)) {
    errors.push({
      field: 'accountNumber', code: 'ACCOUNT_INVALID', reason: 'must be 6 to 19 letters or digits'
    })
  }
  if (amountVnd !== undefined &&
    !(Number.isSafeInteger(amountVnd) && amountVnd > 0 && amountVnd < TRANSFER_LIMIT_VND)) {
    errors.push({
      field: 'amountVnd', code: 'AMOUNT_INVALID', reason: 'must be whole đồng, above 0 and below 500,000,000'
    })
  }
  return errors
}

/**
 * Writes the payload of a transfer to an account: dynamic (12) with an amount, static (11) without. Refuses
 * what does not fit, with every faulty field; what it writes it has read back without a warning.
 */
export function encodeVietqr(input: VietqrInput): EncodedVietqr {
  const errors = findInputErrors(input)
  if (errors.length > 0) return { ok: false, errors }
  const { bankBin, accountNumber, amountVnd, purpose, billNumber } = input
  const beneficiary = writeTlv('00', bankBin) + writeTlv('01', accountNumber)
  const additional = (billNumber === undefined ? '' : writeTlv('01', billNumber)) +
    (purpose === undefined ? '' : writeTlv('08', purpose))
  const body = writeTlv('00', '01') +
    writeTlv('01', amountVnd === undefined ? '11' : '12') +
    writeTlv('38', writeTlv('00', GUID) + writeTlv('01', beneficiary) + writeTlv('02', TO_ACCOUNT)) +
    writeTlv('53', '704') +
    (amountVnd === undefined ? '' : writeTlv('54', String(amountVnd))) +
    writeTlv('58', 'VN') +
    (additional === '' ? '' : writeTlv('62', additional))
  const payload = `${body}6304${crc16(`${body}6304`)}`
  assertReadsBack(payload, input)
  return { ok: true, payload }
}

function assertReadsBack(payload: string, input: VietqrInput): void {
  const read = decodeVietqr(payload)
  assert(read.ok && read.payable && read.warnings.length === 0, 'a written payload does not read back clean')
  assert.equal(read.bankBin, input.bankBin)
  assert.equal(read.accountNumber, input.accountNumber)
  assert.equal(read.amountVnd, input.amountVnd ?? null)
  assert.equal(read.purpose, input.purpose ?? null)
  assert.equal(read.billNumber, input.billNumber ?? null)
}
