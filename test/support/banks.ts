// Signs and shapes calls the way each provider does, for tests over HTTP. What must hold about a provider's format
// is tested with its vectors; here only the way through the service matters.
import type { InjectOptions } from 'fastify'
import { signCassoV2 } from '../../src/banking/adapters/casso-v2.js'
import { signPayos } from '../../src/banking/adapters/payos.js'
import { signSepay } from '../../src/banking/adapters/sepay.js'
import { sepayBody } from './callbacks.js'

export interface TestTransfer {
  /** Digits; also the bank's reference. */
  id: number
  accountNumber: string
  content: string
  amountVnd: number
  day: string
}

export interface TestBank {
  provider: string
  mode?: string
  secret: string
  /** The call of a transfer; `at` is the moment of signing. `bearer` is what VietQR.vn was given. */
  call(transfer: TestTransfer, at: Date, bearer: string): Required<Pick<InjectOptions, 'headers'>> & { payload: Buffer }
  /** The provider's "try it" call, where it has one. */
  testCall?(at: Date): Required<Pick<InjectOptions, 'headers'>> & { payload: Buffer }
}

const SECRET = 'a-secret-of-the-tests'
const json = { 'content-type': 'application/json' }

function cassoV2(data: Record<string, string | number>, at: Date) {
  const body = { error: 0, data }
  const t = String(at.getTime())
  const headers = { ...json, 'x-casso-signature': signCassoV2(body, SECRET, t) }
  return { headers, payload: Buffer.from(JSON.stringify(body)) }
}

function payos(data: Record<string, string | number>) {
  const body = { code: '00', desc: 'success', success: true, data, signature: signPayos(data, SECRET) }
  return { headers: json, payload: Buffer.from(JSON.stringify(body)) }
}

export const TEST_BANKS: readonly TestBank[] = [
  {
    provider: 'sepay',
    mode: 'hmac',
    secret: SECRET,
    call(transfer, at) {
      const payload = sepayBody(transfer)
      const timestamp = String(Math.floor(at.getTime() / 1000))
      const signature = signSepay(payload, SECRET, timestamp)
      return { headers: { ...json, 'x-sepay-timestamp': timestamp, 'x-sepay-signature': signature }, payload }
    },
  },
  {
    provider: 'sepay',
    mode: 'apikey',
    secret: SECRET,
    call: (transfer) => ({ headers: { ...json, authorization: `Apikey ${SECRET}` }, payload: sepayBody(transfer) }),
  },
  {
    provider: 'casso-v1',
    secret: SECRET,
    call({ id, accountNumber, content, amountVnd, day }) {
      const row = { id, tid: `CV1${id}`, amount: amountVnd, description: content, cusum_balance: 0, when: day,
        subAccId: accountNumber }
      return { headers: { ...json, 'secure-token': SECRET }, payload: Buffer.from(JSON.stringify({ error: 0, data: [row] })) }
    },
    testCall() {
      const row = { id: 0, tid: 'MA_GIAO_DICH_THU_NGHIEM', amount: 599_000, description: 'giao dich thu nghiem',
        cusum_balance: 0, when: '2026-09-10', subAccId: '88888888' }
      return { headers: { ...json, 'secure-token': SECRET }, payload: Buffer.from(JSON.stringify({ error: 0, data: [row] })) }
    },
  },
  {
    provider: 'casso-v2',
    secret: SECRET,
    call: ({ id, accountNumber, content, amountVnd, day }, at) =>
      cassoV2({ id, reference: `CV2${id}`, description: content, amount: amountVnd, runningBalance: 0,
        transactionDateTime: `${day} 09:00:00`, accountNumber }, at),
    testCall: (at) =>
      cassoV2({ id: 0, reference: 'MA_GIAO_DICH_THU_NGHIEM', description: 'giao dich thu nghiem', amount: 599_000,
        runningBalance: 0, transactionDateTime: '2026-09-10 09:00:00', accountNumber: '88888888' }, at),
  },
  {
    provider: 'payos',
    secret: SECRET,
    call: ({ id, accountNumber, content, amountVnd, day }) =>
      payos({ orderCode: id, amount: amountVnd, description: content, accountNumber, reference: `PO${id}`,
        transactionDateTime: `${day} 09:00:00`, currency: 'VND', paymentLinkId: `link${id}`, code: '00', desc: 'success' }),
    testCall: () =>
      payos({ orderCode: 123, amount: 3000, description: 'VQRIO123', accountNumber: '12345678', reference: 'TF230204212323',
        transactionDateTime: '2023-02-04 18:25:00', currency: 'VND', paymentLinkId: '124c33293c43417ab7879e14c8d9eb18',
        code: '00', desc: 'Thành công' }),
  },
  {
    provider: 'vietqr-vn',
    secret: `school:${SECRET}`,
    call({ id, accountNumber, content, amountVnd, day }, _at, bearer) {
      const body = { bankaccount: accountNumber, amount: amountVnd, transType: 'C', content, transactionid: `VQ${id}`,
        transactiontime: Date.parse(`${day}T09:00:00+07:00`), referencenumber: `VQREF${id}`, orderId: '' }
      return { headers: { ...json, authorization: `Bearer ${bearer}` }, payload: Buffer.from(JSON.stringify(body)) }
    },
  },
]
