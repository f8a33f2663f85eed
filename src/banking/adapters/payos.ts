// payOS's webhook (payos.vn/docs; npm @payos/node 2.0.5): one paid order a call. Only `data` is signed, so
// only `data` decides; the outer `code`, `desc` and `success` are never looked at. An order can be paid in several
// transfers, and a bank uses its references again: only both together name one transfer.
import { SUCCESS_ACK, type Adapter } from '../adapter.js'
import { ABSENT, pick, readVietnamTime } from '../field.js'
import { bad, checkSecretText, GOOD, hmacHex, isAccepted, sameSecret } from '../proof.js'
import { isJsonObject, type JsonObject } from '../strict-json.js'
import { readBody, readRows, type SkippedRow } from './rows.js'

const PAID = '00'

/**
 * `signature` of `data`: HMAC-SHA256 of all its keys, sorted, as `k=v` joined by `&`, nothing URL-encoded.
 * null and the texts "null" and "undefined" sign as empty, undefined not at all, lists and objects as the provider's
 * SDK writes them; the key is the checksum key as text, not decoded.
 */
export function signPayos(data: JsonObject, secret: string): string {
  return hmacHex('sha256', secret, signedText(data))
}

export const payos: Adapter = {
  provider: 'payos',
  modes: ['hmac'],
  checkSecret: checkSecretText,
  verify(callback, channel) {
    const body = callback.json()
    if (!isJsonObject(body)) return bad('BODY_NOT_JSON')
    const { data, signature } = body
    if (signature === undefined || signature === null || signature === '') return bad('PROOF_MISSING')
    if (typeof signature !== 'string' || !/^[0-9a-f]{64}$/.test(signature)) return bad('PROOF_MALFORMED')
    if (!isJsonObject(data)) return bad('PROOF_MALFORMED')
    const text = signedText(data)
    const isOurs = isAccepted(channel.secrets, secret =>
      sameSecret(signature, hmacHex('sha256', secret, text))
    )
    return isOurs ? GOOD : bad('PROOF_WRONG')
  },
  // payOS confirms a new address with its sample order, on no account of ours.
  isTestCall(callback) {
    const body = callback.json()
    const data = isJsonObject(body) ? body['data'] : undefined
    if (!isJsonObject(data)) return false
    return data['orderCode'] === 123 && data['amount'] === 3000 && data['description'] === 'VQRIO123'
  },
  ack: () => SUCCESS_ACK,
  read(rawBody) {
    return readBody(rawBody, body =>
      readRows(
        [body['data']],
        (row, index) => {
          const skipped = skipUnlessPaid(row)
          if (skipped) return skipped
          return {
            provider: 'payos',
            index,
            row,
            eventId: pick(row, 'reference'),
            eventScope: pick(row, 'orderCode', 'paymentLinkId'),
            bankRef: pick(row, 'reference'),
            direction: 'in',
            amount: pick(row, 'amount'),
            time: readVietnamTime(pick(row, 'transactionDateTime')),
            accountNumber: pick(row, 'accountNumber'),
            vaNumber: pick(row, 'virtualAccountNumber'),
            providerCode: pick(row, 'orderCode'),
            memo: pick(row, 'description'),
            counterName: pick(row, 'counterAccountName'),
            counterAccount: pick(row, 'counterAccountNumber'),
            counterBankBin: pick(row, 'counterAccountBankId'),
            balanceAfter: ABSENT
          }
        },
        'data'
      )
    )
  }
}

function skipUnlessPaid(row: JsonObject): SkippedRow | undefined {
  const { code, currency = 'VND' } = row
  if (typeof code !== 'string') return { skip: 'not-understood', field: 'code', reason: 'must be text' }
  if (code !== PAID) return { skip: 'no-money', field: 'code', reason: 'is not "00": the order is not paid' }
  if (currency !== 'VND') return { skip: 'not-understood', field: 'currency', reason: 'must be VND' }
  return undefined
}

function signedText(data: JsonObject): string {
  return Object.entries(sorted(data))
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${signedValue(value)}`)
    .join('&')
}

function signedValue(value: unknown): string {
  if (value === null || value === 'null' || value === 'undefined') return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return JSON.stringify(value.map(element => sorted(element)))
  // What String() makes of it, said outright: an object of a stranger can carry a `toString` that is no function.
  return isJsonObject(value) ? '[object Object]' : JSON.stringify(value)
}

/**
 * Each element of a list is rebuilt by its sorted keys, whatever it is: a text becomes its letters by their place, a
 * number nothing; the keys inside of it stay as they came. A list with a null in it cannot be signed by the SDK at all.
 */
function sorted(value: unknown): JsonObject {
  const fields: JsonObject = Object(value ?? {}) as JsonObject
  // A new object, because one puts keys that are whole numbers first whatever their order was.
  return Object.fromEntries(Object.keys(fields).filter(key => key !== '__proto__').sort().map(key => [key, fields[key]]))
}
