// Casso's first webhook (CassoHQ/casso-webhook-handler-sample): an array of rows, a fixed key in the
// `secure-token` header. Negative amounts are money out.
import { findHeader, SUCCESS_ACK, type Adapter } from '../adapter.js'
import { ABSENT, pick, readVietnamDayOrTime } from '../field.js'
import { bad, checkSecretText, GOOD, isAccepted, sameSecret } from '../proof.js'
import { isJsonObject } from '../strict-json.js'
import { CASSO_TEST_ROW, isCassoTestRow } from './casso-test-row.js'
import { readBody, readRows } from './rows.js'

export const cassoV1: Adapter = {
  provider: 'casso-v1',
  modes: ['apikey'],
  checkSecret: checkSecretText,
  verify(callback, channel) {
    const token = findHeader(callback, 'secure-token')
    if (!token) return bad('PROOF_MISSING')
    return isAccepted(channel.secrets, secret => sameSecret(token, secret)) ? GOOD : bad('PROOF_WRONG')
  },
  isTestCall(callback) {
    const body = callback.json()
    const rows = isJsonObject(body) ? body['data'] : undefined
    return Array.isArray(rows) && rows.length > 0 && rows.every(isCassoTestRow)
  },
  ack: () => SUCCESS_ACK,
  read(rawBody) {
    return readBody(rawBody, body => {
      const rows: unknown = body['data']
      if (!Array.isArray(rows)) return { kind: 'not-understood', field: 'data', reason: 'must be an array' }
      return readRows(
        rows,
        (row, index) => {
          if (isCassoTestRow(row)) return CASSO_TEST_ROW
          return {
            provider: 'casso-v1',
            index,
            row,
            eventId: pick(row, 'id'),
            bankRef: pick(row, 'tid'),
            direction: 'by-sign',
            amount: pick(row, 'amount'),
            time: readVietnamDayOrTime(pick(row, 'when')),
            accountNumber: pick(row, 'subAccId', 'bank_sub_acc_id'),
            vaNumber: pick(row, 'virtualAccount'),
            providerCode: ABSENT,
            memo: pick(row, 'description'),
            counterName: pick(row, 'corresponsiveName'),
            counterAccount: pick(row, 'corresponsiveAccount'),
            counterBankBin: pick(row, 'corresponsiveBankId'),
            balanceAfter: pick(row, 'cusum_balance')
          }
        },
        'data'
      )
    })
  }
}
