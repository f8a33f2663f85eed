// Bodies as SePay sends them, for tests that put callbacks straight into the inbox or sign them for HTTP.
import type { Day } from '../../src/time.js'

export interface SepayBody {
  id: number
  accountNumber: string
  content: string
  amountVnd: number
  reference?: string
  direction?: 'in' | 'out'
  day?: Day
  time?: string
}

export function sepayBody(body: SepayBody): Buffer {
  return Buffer.from(
    JSON.stringify({
      id: body.id,
      gateway: 'MBBank',
      transactionDate: `${body.day ?? '2026-09-12'} ${body.time ?? '08:15:00'}`,
      accountNumber: body.accountNumber,
      code: null,
      content: body.content,
      transferType: body.direction ?? 'in',
      transferAmount: body.amountVnd,
      accumulated: 0,
      subAccount: null,
      referenceCode: body.reference ?? `FT${body.id}`,
      description: '',
    }),
  )
}
