// The address of a parent's bill. The token is the bill's payment code with a proof that we wrote it, so no
// table of links is needed and a printed link holds as long as the bill can be read. The code alone, which
// stands on paper and in bank statements, opens nothing.
import assert from 'node:assert/strict'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { SecretBox } from '../../access/secret-box.js'
import { PAYMENT_CODE_COUNT, parsePaymentCode, paymentCodeNumber } from '../../invoicing/payment-code.js'
import type { PaymentCodeNumber } from '../../invoicing/payment-code.js'

/** 5 bytes of the code's number and 16 of the proof, in base64url without padding. */
export const BILL_TOKEN_CHARS = 28

const NUMBER_BYTES = 5
const PROOF_BYTES = 16

export type LinkKey = Pick<SecretBox, 'deriveKey'>

/** `/p/{token}` of the bill with this payment code, as text (`ZF…`). Whoever has it may read the bill. */
export function billPath(secretBox: LinkKey, code: string): string {
  const number = parsePaymentCode(code)
  assert(number !== undefined, 'a bill has a payment code in its one exact form')
  return `/p/${billToken(secretBox, number)}`
}

export function billToken(secretBox: LinkKey, code: PaymentCodeNumber): string {
  const number = Buffer.alloc(NUMBER_BYTES)
  number.writeUIntBE(code, 0, NUMBER_BYTES)
  return Buffer.concat([number, proofOf(secretBox, number)]).toString('base64url')
}

/** The payment code of a token that we made; undefined for every other text. */
export function readBillToken(secretBox: LinkKey, token: string): PaymentCodeNumber | undefined {
  if (token.length !== BILL_TOKEN_CHARS || !/^[\w-]+$/.test(token)) return undefined
  const bytes = Buffer.from(token, 'base64url')
  const number = bytes.subarray(0, NUMBER_BYTES)
  if (!timingSafeEqual(bytes.subarray(NUMBER_BYTES), proofOf(secretBox, number))) return undefined
  const code = number.readUIntBE(0, NUMBER_BYTES)
  return code < PAYMENT_CODE_COUNT ? paymentCodeNumber(code) : undefined
}

function proofOf(secretBox: LinkKey, number: Buffer): Buffer {
  const key = secretBox.deriveKey('parent bill link v1')
  return createHmac('sha256', key).update(number).digest().subarray(0, PROOF_BYTES)
}
