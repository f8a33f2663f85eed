// VietQR.vn's transaction-sync (api.vietqr.vn): one transfer a call under a bearer token that we issued. Its
// spelling, number forms and clock vary from page to page; all known ones are read, none is trusted.
import { createHash } from 'node:crypto'
import { findHeader, type Adapter, type Callback } from '../adapter.js'
import { isPlaceholder, type Direction } from '../bank-event.js'
import { ABSENT, pick, readEpochMs, readText, type Field } from '../field.js'
import { bad, checkSecretText, GOOD } from '../proof.js'
import { isJsonObject, type JsonObject } from '../strict-json.js'
import { readBody, readRows } from './rows.js'
import { isSelfTest } from './self-test-mark.js'
import { checkToken } from './vietqr-vn-token.js'

export const vietqrVn: Adapter = {
  provider: 'vietqr-vn',
  modes: ['bearer'],
  checkSecret(secret) {
    if (!/^[^:]+:.+$/s.test(secret)) return [{ field: 'secret', reason: 'must be user:password' }]
    return checkSecretText(secret)
  },
  verify(callback, channel) {
    const header = findHeader(callback, 'authorization')
    if (!header) return bad('PROOF_MISSING')
    const token = /^Bearer (\S+)$/i.exec(header)?.[1]
    if (token === undefined) return bad('PROOF_MALFORMED')
    switch (checkToken(token, channel, callback.receivedAt)) {
      case 'good':
        return GOOD
      case 'expired':
        return bad('TOKEN_EXPIRED')
      case 'wrong':
        return bad('PROOF_WRONG')
    }
  },
  // It has no test call that can be told from a real one; the service's own can.
  isTestCall: ({ rawBody }) => isSelfTest(rawBody),
  ack(callback, channelId) {
    const object = { reftransactionid: ourTransactionId(callback, channelId) }
    const body = JSON.stringify({ error: false, errorReason: '000', toastMessage: '', object })
    return { status: 200, contentType: 'application/json', body }
  },
  failureBody(code, message) {
    return JSON.stringify({ error: true, errorReason: code, toastMessage: message, object: null })
  },
  read(rawBody, receivedAt) {
    return readBody(rawBody, body =>
      readRows([body], (row, index) => ({
        provider: 'vietqr-vn',
        index,
        row,
        eventId: eventOf(row),
        bankRef: referenceOf(row),
        direction: directionOf(row['transType']),
        amount: pick(row, 'amount'),
        time: readEpochMs(pick(row, 'transactiontime', 'transactionTime'), receivedAt),
        accountNumber: pick(row, 'bankaccount', 'bankAccount'),
        vaNumber: pick(row, 'va'),
        providerCode: pick(row, 'orderId'),
        memo: pick(row, 'content'),
        counterName: ABSENT,
        counterAccount: pick(row, 'reciprocalAccount'),
        counterBankBin: pick(row, 'reciprocalBankCode'),
        balanceAfter: ABSENT
      }))
    )
  }
}

/** The same call gets the same id for ever, though nothing is processed yet: 32 hex of a hash. */
function ourTransactionId(callback: Callback, channelId: string): string {
  const body = callback.json()
  const reference = isJsonObject(body) ? readText(referenceOf(body)) : undefined
  const identity = reference?.ok && reference.value !== '' ? reference.value : callback.rawBody
  return createHash('sha256').update(channelId).update(identity).digest('hex').slice(0, 32)
}

function referenceOf(row: JsonObject): Field {
  return pick(row, 'referencenumber', 'referenceNumber')
}

/**
 * VietQR.vn's own id; banks use their references again, so one stands in only where there is none. A reversal may come
 * under the id of its payment: it is an event of its own all the same.
 */
function eventOf(row: JsonObject): Field {
  const own = pick(row, 'transactionid', 'transactionId')
  const given = readText(own)
  const field = given.ok && isPlaceholder(given.value) ? referenceOf(row) : own
  const id = readText(field)
  const isOut = id.ok && !isPlaceholder(id.value) && directionOf(row['transType']) === 'out'
  return isOut ? { ...field, value: `${id.value}/D` } : field
}

function directionOf(transType: unknown): Direction {
  if (transType === 'C') return 'in'
  return transType === 'D' ? 'out' : 'unknown'
}
