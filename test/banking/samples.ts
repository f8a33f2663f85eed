// Bodies as the five providers send them (values made up, shapes as published), and short ways to read them.
import type { ReadResult } from '../../src/banking/adapter.js'
import { getAdapter } from '../../src/banking/adapters/registry.js'
import type { BankEvent } from '../../src/banking/bank-event.js'
import type { Provider } from '../../src/banking/provider.js'

export const RECEIVED_AT = new Date('2026-09-22T08:16:00+07:00')

export function read(provider: Provider, body: unknown, receivedAt = RECEIVED_AT): ReadResult {
  const raw = typeof body === 'string' ? body : JSON.stringify(body)
  return getAdapter(provider).read(Buffer.from(raw), receivedAt)
}

export function eventsOf(result: ReadResult): readonly BankEvent[] {
  if (result.kind !== 'events') throw new Error(`not understood: ${result.reason}`)
  return result.events
}

export function eventOf(result: ReadResult): BankEvent {
  const [event, ...others] = eventsOf(result)
  if (!event || others.length > 0) throw new Error(`not one event: ${JSON.stringify(result)}`)
  return event
}

export function faultsOf(result: ReadResult) {
  return result.kind === 'events' ? result.faults : [{ field: result.field, reason: result.reason }]
}

export const SEPAY = {
  id: 92704,
  gateway: 'Vietcombank',
  transactionDate: '2026-09-22 08:15:02',
  accountNumber: '0123499999',
  code: null,
  content: 'hoc phi',
  transferType: 'in',
  transferAmount: 2277000,
  accumulated: 19077000,
  subAccount: null,
  referenceCode: 'MBVCB.3278907687',
  description: ''
}
export const CASSO_ROW = {
  id: 5791,
  tid: 'TF2104152999999999',
  amount: 1500000,
  description: 'hoc phi',
  cusum_balance: 2570904,
  when: '2021-04-15 10:11:12',
  subAccId: '8007041027107'
}
export const PAYOS_DATA = {
  orderCode: 871,
  amount: 455000,
  description: 'VQRHP',
  accountNumber: '12345678',
  reference: 'TF260922',
  transactionDateTime: '2026-09-22 08:15:02',
  currency: 'VND',
  code: '00',
  desc: 'success'
}
export const VIETQR = {
  bankaccount: '0123456789',
  amount: 455000,
  transType: 'C',
  content: 'VQR0123456789 hoc phi',
  transactionid: 'abc',
  transactiontime: RECEIVED_AT.getTime() - 1000,
  referencenumber: 'FT26265000000001',
  orderId: ''
}
