// A school that was set up over the API alone, with children, bills and a bank that pays: what the tests of the
// parent's page and of the check page start from.
import { signSepay } from '../../src/banking/adapters/sepay.js'
import { runInvoices } from '../../src/invoicing/run.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { billPath } from '../../src/web/parent/link.js'
import { drainDepsOf } from '../../src/worker.js'
import type { Test } from 'tap'
import { buildTestApp } from '../support/app.js'
import type { TestApp, TestAppOptions } from '../support/app.js'
import { sepayBody } from '../support/callbacks.js'

export const NOW = new Date('2026-09-12T03:00:00Z')
const DAY = '2026-09-12'
const SECRET = 'a-secret-of-the-tests'

/** Full names that contain no other, so that a page can be searched for them. */
export const CHILDREN = {
  anh: { fullName: 'Nguyễn Thị Ngọc Ánh', birthDate: '05/09/2017' },
  binh: { fullName: 'Trần Văn Bình', birthDate: '01/02/2017' },
  chi: { fullName: 'Lê Thuỳ Chi', birthDate: '31/12/2017' },
  dung: { fullName: 'Phạm Tiến Dũng', birthDate: '' },
} as const
export type ChildKey = keyof typeof CHILDREN

export interface WorldBill {
  id: string
  studentId: string
  roundId: string
  bankAccountId: string
  paymentCode: string
  payableVnd: number
  state: string
}

export interface ParentWorld extends TestApp {
  schoolId: string
  roundId: string
  feeKindIds: { BT: string, HP: string, BH: string }
  mainAccountId: string
  mainAccountNumber: string
  insuranceAccountId: string
  insuranceAccountNumber: string
  studentIds: Record<ChildKey, string>
  api: <Body>(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object) => Promise<Body>
  run: (roundId?: string) => Promise<void>
  billsOf: (child: ChildKey, roundId?: string) => Promise<WorldBill[]>
  billOf: (child: ChildKey) => Promise<WorldBill>
  /** A transfer, to the main account unless it says another, that the bank tells of in a signed call; it is settled. */
  pay: (content: string, amountVnd: number, more?: PayDetails) => Promise<void>
  pathOf: (bill: Pick<WorldBill, 'paymentCode'>) => string
  look: (path: string, headers?: Record<string, string>) => ReturnType<TestApp['asAdmin']>
}

interface PayDetails {
  day?: string
  time?: string
  accountNumber?: string
}

export interface ParentWorldOptions extends TestAppOptions {
  /** Whether health insurance is paid into an account of its own, so that a round has two bills. */
  insurance?: boolean
}

let worldsMade = 0
let lastTransfer = 7_000

export async function openParentWorld(t: Test, options: ParentWorldOptions = {}): Promise<ParentWorld> {
  const { insurance = false, ...appOptions } = options
  const app = await buildTestApp(t, { now: () => NOW, ...appOptions })
  const call = async <Body>(method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, body?: object): Promise<Body> => {
    const answer = await app.asAdmin(method, url, body)
    if (answer.statusCode >= 300) throw new Error(`${method} ${url} ${answer.statusCode}: ${answer.body}`)
    return answer.json<Body>()
  }
  const authority = await call<{ id: string }>('POST', '/api/v1/authorities',
    { kind: 'commune', name: 'UBND xã Mỹ Long', code: `X${process.pid}-${++worldsMade}` })
  const school = await call<{ id: string }>('POST', '/api/v1/schools',
    { name: 'Trường Tiểu học Mỹ Long', type: 'public', levels: ['primary'], managingAuthorityId: authority.id })
  const api: ParentWorld['api'] = (method, path, body) => call(method, `/api/v1/schools/${school.id}${path}`, body)

  const mainAccountNumber = `0801${String(process.pid).padStart(7, '0')}${String(worldsMade).padStart(3, '0')}`
  const accountName = 'TRUONG TIEU HOC MY LONG'
  const account = (bankBin: string, accountNumber: string) =>
    api<{ id: string }>('POST', '/bank-accounts', { bankBin, accountNumber, accountName })
  const main = await account('970422', mainAccountNumber)
  const insuranceAccountNumber = `1${mainAccountNumber.slice(1)}`
  const other = await account('970415', insuranceAccountNumber)
  const connect = async (accountId: string) => (await api<{ webhookPath: string }>(
    'POST', `/bank-accounts/${accountId}/channels`, { provider: 'sepay', mode: 'hmac', secret: SECRET })).webhookPath
  const webhookPaths = new Map([[mainAccountNumber, await connect(main.id)]])
  if (insurance) webhookPaths.set(insuranceAccountNumber, await connect(other.id))
  const studentIds = await importChildren(app, school.id)

  const fee = async (code: string, name: string, feeGroup: string, legalBasis: string, priority: number) =>
    (await api<{ id: string }>('POST', '/fee-kinds', {
      code, name, feeGroup, legalBasis, priority, bankAccountId: code === 'BH' ? other.id : main.id,
    })).id
  const feeKindIds = {
    BT: await fee('BT', 'Tiền ăn bán trú', 'personal', 'Thỏa thuận với cha mẹ học sinh', 20),
    HP: await fee('HP', 'Học phí buổi hai', 'service', 'NQ 18/2025/NQ-HĐND', 10),
    BH: await fee('BH', 'Bảo hiểm y tế', 'pass_through', 'NĐ 188/2025/NĐ-CP', 30),
  }
  const forAll = (feeKindId: string, amountVnd: number) => ({ feeKindId, scope: 'school', amountVnd })
  const round = await api<{ id: string }>('POST', '/rounds', {
    schoolYear: '2026-2027', name: 'Tháng 9/2026', dueOn: '2026-09-30',
    fees: [forAll(feeKindIds.BT, 250_000), forAll(feeKindIds.HP, 180_000),
      ...(insurance ? [forAll(feeKindIds.BH, 631_800)] : [])],
  })

  const run = async (roundId = round.id): Promise<void> => {
    const { runId } = await api<{ runId: string }>('POST', '/invoice-runs', { roundId })
    await runInvoices(app.deps, school.id, runId)
  }
  const billsOf = async (child: ChildKey, roundId = round.id): Promise<WorldBill[]> => {
    const { items } = await api<{ items: WorldBill[] }>('GET',
      `/invoices?studentId=${studentIds[child]}&roundId=${roundId}&state=issued`)
    return items
  }
  return {
    ...app,
    schoolId: school.id,
    roundId: round.id,
    feeKindIds,
    mainAccountId: main.id,
    mainAccountNumber,
    insuranceAccountId: other.id,
    insuranceAccountNumber,
    studentIds,
    api,
    run,
    billsOf,
    async billOf(child) {
      const [bill] = await billsOf(child)
      if (!bill) throw new Error(`${child} has a bill`)
      return bill
    },
    async pay(content, amountVnd, { accountNumber = mainAccountNumber, ...more } = {}) {
      const payload = sepayBody({
        id: ++lastTransfer, accountNumber, content, amountVnd, day: DAY, time: '09:15:00', ...more,
      })
      const timestamp = String(Math.floor(app.deps.now().getTime() / 1_000))
      const answer = await app.app.inject({
        method: 'POST', url: webhookPaths.get(accountNumber) ?? '', payload,
        headers: {
          'content-type': 'application/json', 'x-sepay-timestamp': timestamp,
          'x-sepay-signature': signSepay(payload, SECRET, timestamp),
        },
      })
      if (answer.statusCode !== 200) throw new Error(answer.body)
      await drainInbox(drainDepsOf(app.deps))
    },
    pathOf: ({ paymentCode }) => billPath(app.deps.secretBox, paymentCode),
    look: (path, headers = {}) => app.app.inject({ method: 'GET', url: path, headers }),
  }
}

async function importChildren(app: TestApp, schoolId: string): Promise<Record<ChildKey, string>> {
  const rows = Object.values(CHILDREN).map(({ fullName, birthDate }, at) =>
    `010000000${at},${fullName},${birthDate},3A`)
  const answer = await app.app.inject({
    method: 'POST', url: `/api/v1/schools/${schoolId}/students/import?schoolYear=2026-2027`,
    headers: { authorization: `Bearer ${app.adminToken}`, 'content-type': 'text/csv' },
    payload: ['Mã định danh,Họ và tên,Ngày sinh,Lớp', ...rows].join('\n'),
  })
  if (answer.statusCode >= 300) throw new Error(answer.body)
  const { items } = (await app.asAdmin('GET', `/api/v1/schools/${schoolId}/students`))
    .json<{ items: { id: string, fullName: string }[] }>()
  const idOf = (child: ChildKey): string =>
    items.find(({ fullName }) => fullName === CHILDREN[child].fullName)?.id ?? ''
  return { anh: idOf('anh'), binh: idOf('binh'), chi: idOf('chi'), dung: idOf('dung') }
}
