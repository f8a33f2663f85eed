// What the tests of notices share: a school that was set up over the API alone, calls signed by each provider, and
// where the money stands afterwards.
import assert from 'node:assert/strict'
import { signCassoV2 } from '../../src/banking/adapters/casso-v2.js'
import { signPayos } from '../../src/banking/adapters/payos.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { drainDepsOf } from '../../src/worker.js'
import type { TestApp } from './app.js'
import { TEST_BANKS } from './banks.js'
import { created, openPayableSchool } from './payable-school.js'
import type { PayableSchool } from './payable-school.js'

const SECRET = 'a-secret-of-the-tests'
const json = { 'content-type': 'application/json' }

export interface ToldItem {
  id: string
  reason: string
  acts: string[]
  amountVnd: number
  bankDay: string
  memo: string
  bankTransactionId: string | null
}

export interface ToldDetail extends ToldItem {
  event: { bankRef: string, occurredAt: string, toldAt: string | null } | null
  fullText: string | null
  compared: { kind: string, amountVnd: number, memo: string, bankRef: string, occurredAt: string } | null
}

export interface ToldSchool extends PayableSchool {
  /** What each bill has been paid, in the order of the students. */
  paid(): Promise<number[]>
  code(at: number): string
  open(): Promise<ToldItem[]>
  item(id: string): Promise<ToldDetail>
  act(item: ToldItem, act: string, body: object): Promise<{ statusCode: number, body: string }>
  /** `amount day` of every transfer. */
  transfers(): Promise<string[]>
  /** Sends bodies one after the other, each proved as its provider does; settles at once or after the last one. */
  tell(provider: string, bodies: readonly object[], options?: { path?: string, together?: boolean }): Promise<void>
  settle(): Promise<void>
  /** Closes the channel of the account and opens one of another provider; answers its path. */
  changeProvider(provider: string): Promise<string>
}

export async function openToldSchool(world: TestApp, provider: string, amountVnd = 500_000): Promise<ToldSchool> {
  const bank = TEST_BANKS.find((one) => one.provider === provider && (provider !== 'sepay' || one.mode === 'apikey'))
  assert(bank, `there is a test bank ${provider}`)
  const school = await openPayableSchool(world, {
    bank,
    students: ['A', 'B', 'C'].map((name, at) => `010000000${at},Nguyễn Văn ${name},05/09/2017,3A`),
    fees: [{ code: 'BT', name: 'Bán trú', feeGroup: 'service', amountVnd }],
  })
  const { app, asAdmin, deps } = world
  const at = `/api/v1/schools/${school.schoolId}`
  const bills = [...school.bills].sort((a, b) => (a.studentId < b.studentId ? -1 : 1))
  const settle = async () => { await drainInbox(drainDepsOf(deps)) }
  const bearer = async (path: string) => {
    const authorization = `Basic ${Buffer.from(`school:${SECRET}`).toString('base64')}`
    const answer = await app.inject({ method: 'POST', url: `${path}/api/token_generate`, headers: { authorization } })
    return answer.json<{ access_token: string }>().access_token
  }
  const headersOf = async (by: string, path: string, body: object) => {
    switch (by) {
      case 'sepay': return { ...json, authorization: `Apikey ${SECRET}` }
      case 'casso-v1': return { ...json, 'secure-token': SECRET }
      case 'casso-v2': {
        const t = String(deps.now().getTime())
        return { ...json, 'x-casso-signature': signCassoV2(body, SECRET, t) }
      }
      case 'vietqr-vn': return { ...json, authorization: `Bearer ${await bearer(path)}` }
      default: return json
    }
  }
  return {
    ...school, bills, settle,
    code: (index) => bills[index]?.paymentCode ?? '',
    async paid() {
      const { items } = (await asAdmin('GET', `${at}/invoices?limit=200`)).json<{ items: { id: string, paidVnd: number }[] }>()
      return bills.map(({ id }) => items.find((one) => one.id === id)?.paidVnd ?? -1)
    },
    open: async () => (await asAdmin('GET', `${at}/review`)).json<{ items: ToldItem[] }>().items,
    item: async (id) => (await asAdmin('GET', `${at}/review/${id}`)).json<ToldDetail>(),
    act: (item, act, body) => asAdmin('POST', `${at}/review/${item.id}/${act}`, body),
    async transfers() {
      const reply = await asAdmin('GET', `${at}/transactions?limit=200`)
      return reply.json<{ items: { amountVnd: number, bankDay: string }[] }>().items
        .map(({ amountVnd: vnd, bankDay }) => `${vnd} ${bankDay}`).sort()
    },
    async tell(by, bodies, { path = school.webhookPath, together = false } = {}) {
      for (const body of bodies) {
        const payload = by === 'payos' && 'data' in body
          ? { ...body, signature: signPayos(body.data as Record<string, unknown>, SECRET) } : body
        const url = by === 'vietqr-vn' ? `${path}/bank/api/transaction-sync` : path
        const answer = await app.inject({ method: 'POST', url, headers: await headersOf(by, path, payload), payload })
        assert.equal(answer.statusCode, 200, answer.body)
        if (!together) await settle()
      }
      await settle()
    },
    async changeProvider(to) {
      const channels = `${at}/bank-accounts/${school.bankAccountId}/channels`
      const closed = await asAdmin('POST', `${channels}/${school.channelId}/close`)
      assert(closed.statusCode < 300, closed.body)
      const secret = to === 'vietqr-vn' ? `school:${SECRET}` : SECRET
      const channel = await created<{ webhookPath: string }>(asAdmin('POST', channels,
        { provider: to, secret, ...(to === 'sepay' && { mode: 'apikey' }) }))
      return channel.webhookPath
    },
  }
}
