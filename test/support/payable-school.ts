// A school that can be paid, set up as a school would do it: nothing but the API. Bills are issued and wait.
import { runInvoices } from '../../src/invoicing/run.js'
import type { TestApp } from './app.js'
import { TEST_BANKS } from './banks.js'
import type { TestBank, TestTransfer } from './banks.js'

export interface PayableBill {
  id: string
  studentId: string
  paymentCode: string
  payableVnd: number
}

export interface PayableSchool {
  schoolId: string
  accountNumber: string
  channelId: string
  bankAccountId: string
  webhookPath: string
  bank: TestBank
  roundId: string
  bills: PayableBill[]
}

export interface PayableSchoolOptions {
  bank?: TestBank
  name?: string
  /** Rows of `Mã định danh,Họ và tên,Ngày sinh,Lớp`. */
  students?: readonly string[]
  fees?: readonly { code: string; name: string; feeGroup: string; amountVnd: number }[]
  managingAuthorityId?: string
  reportingAuthorityId?: string
}

const TWO_STUDENTS = ['0100000001,Nguyễn Thị Ánh,05/09/2017,3A', '0100000002,Trần Văn Bình,1/2/2017,3A']
const ONE_FEE = [{ code: 'BT', name: 'Bán trú', feeGroup: 'service', amountVnd: 250_000 }]

let schoolsMade = 0

/** The answer's body; throws what the service said when it refused. */
export async function created<Body>(answer: ReturnType<TestApp['asAdmin']>): Promise<Body> {
  const response = await answer
  if (response.statusCode >= 300) throw new Error(`${response.statusCode}: ${response.body}`)
  return response.json<Body>()
}

export async function openPayableSchool(world: TestApp, options: PayableSchoolOptions = {}): Promise<PayableSchool> {
  const { asAdmin, deps } = world
  const { bank = sepay(), students = TWO_STUDENTS, fees = ONE_FEE } = options
  const { name = `Trường Tiểu học số ${++schoolsMade}`, managingAuthorityId, reportingAuthorityId } = options
  const { id: schoolId } = await created<{ id: string }>(asAdmin('POST', '/api/v1/schools', {
    name, type: 'public', levels: ['primary'], ...(managingAuthorityId && { managingAuthorityId }),
    ...(reportingAuthorityId && { reportingAuthorityId }),
  }))
  const at = `/api/v1/schools/${schoolId}`
  const accountNumber = `0801${String(++accountsMade).padStart(8, '0')}`
  const account = await created<{ id: string }>(
    asAdmin('POST', `${at}/bank-accounts`, { bankBin: '970422', accountNumber, accountName: 'TRUONG TIEU HOC' }))
  const { provider, mode, secret } = bank
  const channel = await created<{ id: string; webhookPath: string }>(
    asAdmin('POST', `${at}/bank-accounts/${account.id}/channels`, { provider, ...(mode && { mode }), secret }))
  const csv = ['Mã định danh,Họ và tên,Ngày sinh,Lớp', ...students].join('\n')
  await created(importCsv(world, `${at}/students/import?schoolYear=2026-2027`, csv))
  const planned = []
  for (const { amountVnd, ...fee } of fees) {
    const { id } = await created<{ id: string }>(asAdmin('POST', `${at}/fee-kinds`, {
      ...fee, legalBasis: 'NQ 18/2025/NQ-HĐND', bankAccountId: account.id,
    }))
    planned.push({ feeKindId: id, scope: 'school', amountVnd })
  }
  const round = await created<{ id: string }>(asAdmin('POST', `${at}/rounds`, {
    schoolYear: '2026-2027', name: 'Tháng 9', dueOn: '2026-09-30', fees: planned,
  }))
  const run = await created<{ runId: string }>(asAdmin('POST', `${at}/invoice-runs`, { roundId: round.id }))
  await runInvoices(deps, schoolId, run.runId)
  const { items } = await created<{ items: PayableBill[] }>(asAdmin('GET', `${at}/invoices?limit=200`))
  const { id: channelId, webhookPath } = channel
  const ids = { schoolId, bankAccountId: account.id, channelId, roundId: round.id }
  return { ...ids, accountNumber, webhookPath, bank, bills: items }
}

let accountsMade = 0

export function sepay(): TestBank {
  const [first] = TEST_BANKS
  if (!first) throw new Error('SePay is the first bank')
  return first
}

function importCsv({ app, adminToken }: TestApp, url: string, csv: string): ReturnType<TestApp['asAdmin']> {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'text/csv' }
  return app.inject({ method: 'POST', url, headers, payload: csv })
}

/** The bank's own signed call about one transfer; it is acknowledged, not yet settled. */
export async function callBank(
  { app, deps }: TestApp, { webhookPath, accountNumber, bank }: PayableSchool,
  transfer: Omit<TestTransfer, 'accountNumber'>,
): Promise<void> {
  const call = bank.call({ ...transfer, accountNumber }, deps.now(), '')
  const answer = await app.inject({ method: 'POST', url: webhookPath, ...call })
  if (answer.statusCode !== 200) throw new Error(`the call was refused: ${answer.statusCode} ${answer.body}`)
}
