// Casso's second webhook (CassoHQ/casso-webhook-v2-verify-signature): one object a call, signed over the
// whole body with sorted keys. Its `t` has no freshness window: a retry may be a day late, and the
// permanent id stops replays.
import { findHeader, SUCCESS_ACK, type Adapter } from '../adapter.js'
import { ABSENT, pick, readVietnamTime } from '../field.js'
import { bad, checkSecretText, GOOD, hmacHex, isAccepted, sameSecret } from '../proof.js'
import { canonicalJson, isJsonObject } from '../strict-json.js'
import { CASSO_TEST_ROW, isCassoTestRow } from './casso-test-row.js'
import { readBody, readRows } from './rows.js'

const SIGNATURE = /^t=(\d{1,15}),\s?v1=([0-9a-f]{128})$/

/**
 * `X-Casso-Signature` of a body: HMAC-SHA512 of `t + "." + JSON`, keys sorted at every level.
 * `signedAtMs` is epoch milliseconds, as text.
 */
export function signCassoV2(body: unknown, secret: string, signedAtMs: string): string {
  return `t=${signedAtMs},v1=${signatureOf(canonicalJson(body), secret, signedAtMs)}`
}

export const cassoV2: Adapter = {
  provider: 'casso-v2',
  modes: ['hmac'],
  checkSecret: checkSecretText,
  verify(callback, channel) {
    const header = findHeader(callback, 'x-casso-signature')
    if (!header) return bad('PROOF_MISSING')
    const [, signedAtMs, signature] = SIGNATURE.exec(header) ?? []
    if (signedAtMs === undefined || signature === undefined) return bad('PROOF_MALFORMED')
    const body = callback.json()
    if (body === undefined) return bad('BODY_NOT_JSON')
    const text = canonicalJson(body)
    const isOurs = isAccepted(channel.secrets, secret =>
      sameSecret(signature, signatureOf(text, secret, signedAtMs))
    )
    return isOurs ? GOOD : bad('PROOF_WRONG')
  },
  isTestCall(callback) {
    const body = callback.json()
    return isJsonObject(body) && isCassoTestRow(body['data'])
  },
  ack: () => SUCCESS_ACK,
  read(rawBody) {
    return readBody(rawBody, body =>
      readRows(
        [body['data']],
        (row, index) => {
          if (isCassoTestRow(row)) return CASSO_TEST_ROW
          return {
            provider: 'casso-v2',
            index,
            row,
            eventId: pick(row, 'id'),
            bankRef: pick(row, 'reference'),
            direction: 'by-sign',
            amount: pick(row, 'amount'),
            time: readVietnamTime(pick(row, 'transactionDateTime')),
            accountNumber: pick(row, 'accountNumber'),
            vaNumber: pick(row, 'virtualAccountNumber'),
            providerCode: ABSENT,
            memo: pick(row, 'description'),
            counterName: pick(row, 'counterAccountName'),
            counterAccount: pick(row, 'counterAccountNumber'),
            counterBankBin: pick(row, 'counterAccountBankId'),
            balanceAfter: pick(row, 'runningBalance')
          }
        },
        'data'
      )
    )
  }
}

function signatureOf(text: string, secret: string, signedAtMs: string): string {
  return hmacHex('sha512', secret, `${signedAtMs}.${text}`)
}
