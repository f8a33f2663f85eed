// What a provider's own test call to a channel would look like, signed with the channel's secret: the self-test sends
// it through the real route. It must never be able to book money: each body is one that its adapter takes for a test.
import type { ChannelProof } from '../adapter.js'
import type { Provider } from '../provider.js'
import { signCassoV2 } from './casso-v2.js'
import { signPayos } from './payos.js'
import { markedBody } from './self-test-mark.js'
import { signSepay } from './sepay.js'
import { issueToken } from './vietqr-vn-token.js'

export interface SelfTestCall {
  headers: Record<string, string>
  rawBody: Buffer
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** The calls of Casso and payOS that their dashboards send; SePay and VietQR.vn have none, so the mark is all. */
export function makeSelfTestCall(provider: Provider, channel: ChannelProof, at: Date): SelfTestCall {
  const { current: secret } = channel.secrets
  switch (provider) {
    case 'sepay':
      return sepayCall(channel.mode === 'apikey', secret, at)
    case 'casso-v1': {
      const data = [{ ...CASSO_ROW, tid: CASSO_ROW.reference, when: '2024-10-03 15:06:37', cusum_balance: 0 }]
      return { headers: { ...JSON_TYPE, 'secure-token': secret }, rawBody: markedBody(at, { error: 0, data }) }
    }
    case 'casso-v2':
      return cassoV2Call(secret, at)
    case 'payos': {
      const signature = signPayos(PAYOS_ORDER, secret)
      const rest = { code: '00', desc: 'success', success: true, data: PAYOS_ORDER, signature }
      return { headers: JSON_TYPE, rawBody: markedBody(at, rest) }
    }
    case 'vietqr-vn':
      return {
        headers: { ...JSON_TYPE, authorization: `Bearer ${issueToken(channel, at)}` }, rawBody: markedBody(at),
      }
  }
}

function sepayCall(byKey: boolean, secret: string, at: Date): SelfTestCall {
  const rawBody = markedBody(at)
  if (byKey) return { headers: { ...JSON_TYPE, authorization: `Apikey ${secret}` }, rawBody }
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const signature = signSepay(rawBody, secret, timestamp)
  return { headers: { ...JSON_TYPE, 'x-sepay-timestamp': timestamp, 'x-sepay-signature': signature }, rawBody }
}

// The row of Casso's "Gọi thử" (facts, bank-notifications §6).
const CASSO_ROW = { id: 0, reference: 'MA_GIAO_DICH_THU_NGHIEM', description: 'giao dich thu nghiem', amount: 599_000 }

function cassoV2Call(secret: string, at: Date): SelfTestCall {
  const data = { ...CASSO_ROW, runningBalance: 0, transactionDateTime: '2024-10-03 15:06:37', accountNumber: '88888888' }
  const rawBody = markedBody(at, { error: 0, data })
  const body: unknown = JSON.parse(rawBody.toString('utf8'))
  return {
    headers: { ...JSON_TYPE, 'x-casso-signature': signCassoV2(body, secret, String(at.getTime())) }, rawBody,
  }
}

// The sample order with which payOS confirms an address (facts, bank-notifications §7).
const PAYOS_ORDER = {
  orderCode: 123, amount: 3000, description: 'VQRIO123', accountNumber: '12345678', reference: 'TF230204212323',
  transactionDateTime: '2023-02-04 18:25:00', currency: 'VND', paymentLinkId: '124c33293c43417ab7879e14c8d9eb18',
  code: '00', desc: 'Thành công',
}
