// SePay's webhook (developer.sepay.vn, sepay-webhooks): one flat object a call, signed over the raw bytes or
// carrying a fixed key. The signature is checked without ever parsing the body.
import type { Adapter, Callback, ChannelSecrets, Proof } from '../adapter.js'
import { findHeader, SUCCESS_ACK } from '../adapter.js'
import type { Direction } from '../bank-event.js'
import { ABSENT, pick, readVietnamTime, type Field } from '../field.js'
import { bad, checkSecretText, GOOD, hmacHex, isAccepted, sameSecret } from '../proof.js'
import type { JsonObject } from '../strict-json.js'
import { readBody, readRows } from './rows.js'
import { isSelfTest } from './self-test-mark.js'

/** SePay's own rule: refuse a signature more than five minutes away from our clock. */
export const SEPAY_TOLERANCE_S = 300

// A code that SePay found in the memo comes in `subAccount` too; it is no account of any bank.
const MEMO_VA_CODE = /^TKP/i

/** `X-SePay-Signature`: HMAC-SHA256 of `{timestamp}.{raw body}`, timestamp in unix seconds as sent. */
export function signSepay(rawBody: Buffer, secret: string, timestamp: string): string {
  return `sha256=${hmacHex('sha256', secret, `${timestamp}.`, rawBody)}`
}

export const sepay: Adapter = {
  provider: 'sepay',
  modes: ['hmac', 'apikey'],
  checkSecret: checkSecretText,
  verify(callback, channel) {
    switch (channel.mode) {
      case 'hmac':
        return verifySignature(callback, channel.secrets)
      case 'apikey':
        return verifyKey(callback, channel.secrets)
      default:
        return bad('MODE_UNKNOWN')
    }
  },
  // It has no test call that can be told from a real one; the service's own can.
  isTestCall: ({ rawBody }) => isSelfTest(rawBody),
  ack: () => SUCCESS_ACK,
  read(rawBody) {
    return readBody(rawBody, body =>
      readRows([body], (row, index) => ({
        provider: 'sepay',
        index,
        row,
        eventId: pick(row, 'id'),
        bankRef: pick(row, 'referenceCode'),
        direction: directionOf(row['transferType']),
        amount: pick(row, 'transferAmount'),
        time: readVietnamTime(pick(row, 'transactionDate')),
        accountNumber: pick(row, 'accountNumber'),
        vaNumber: vaOf(row),
        providerCode: pick(row, 'code'),
        memo: memoOf(row),
        fullText: pick(row, 'description'),
        counterName: ABSENT,
        counterAccount: ABSENT,
        counterBankBin: ABSENT,
        // 0 is what SePay writes when it does not know the balance.
        balanceAfter: Number(row['accumulated']) === 0 ? ABSENT : pick(row, 'accumulated')
      }))
    )
  }
}

function verifySignature(callback: Callback, secrets: ChannelSecrets): Proof {
  const signature = findHeader(callback, 'x-sepay-signature')
  const timestamp = findHeader(callback, 'x-sepay-timestamp')
  if (!signature || !timestamp) return bad('PROOF_MISSING')
  if (!/^sha256=[0-9a-f]{64}$/.test(signature) || !/^\d{1,11}$/.test(timestamp)) return bad('PROOF_MALFORMED')
  const isOurs = isAccepted(secrets, secret =>
    sameSecret(signature, signSepay(callback.rawBody, secret, timestamp))
  )
  if (!isOurs) return bad('PROOF_WRONG')
  const signedAt = new Date(Number(timestamp) * 1000)
  const ageMs = Math.abs(callback.receivedAt.getTime() - signedAt.getTime())
  return ageMs > SEPAY_TOLERANCE_S * 1000 ? { kind: 'stale', signedAt } : GOOD
}

function verifyKey(callback: Callback, secrets: ChannelSecrets): Proof {
  const header = findHeader(callback, 'authorization')
  if (!header) return bad('PROOF_MISSING')
  const key = /^Apikey (.+)$/i.exec(header)?.[1]
  if (key === undefined) return bad('PROOF_MALFORMED')
  return isAccepted(secrets, secret => sameSecret(key, secret)) ? GOOD : bad('PROOF_WRONG')
}

function directionOf(transferType: unknown): Direction {
  return transferType === 'in' || transferType === 'out' ? transferType : 'unknown'
}

/** `description` is the bank's full text, often empty; `content` is what SePay took the memo to be, at times cut. */
function memoOf(row: JsonObject): Field {
  return row['content'] === '' ? pick(row, 'description') : pick(row, 'content', 'description')
}

function vaOf(row: JsonObject): Field {
  const field = pick(row, 'subAccount')
  return typeof field.value === 'string' && MEMO_VA_CODE.test(field.value.trim()) ? ABSENT : field
}
