// Where to look once the demo is done: the three doors with something behind them, and who may open which.
import { needsSecondFactor } from '../access/permission.js'
import type { LinkKey } from '../web/parent/link.js'
import { billPath } from '../web/parent/link.js'
import { billKey } from './bill.js'
import type { DemoBill } from './fees.js'
import type { BilledSchool } from './pay.js'
import type { DemoPerson } from './people.js'
import { DEMO_PASSWORD } from './people.js'

export interface Addresses {
  /** `http://host:port` */
  address: string
  /** What a shell puts in place of the admin token. */
  tokenFrom: string
  departmentId: string
  /** The school whose desk is shown. */
  school: BilledSchool | undefined
  people: readonly DemoPerson[]
  secretBox: LinkKey
}

export function addressLines({ address, tokenFrom, departmentId, school, people, secretBox }: Addresses): string[] {
  const bills = school === undefined ? [] : sampleBills(school).map(({ bill, title }) => {
    const code = school.invoices.get(billKey(bill))?.paymentCode ?? ''
    return row(title, address + billPath(secretBox, code))
  })
  return [
    'Parents (no sign-in)',
    ...bills,
    row('is this QR ours?', `${address}/check`),
    `Staff, at ${address}/login`,
    ...people.map(({ loginName, role, door }) =>
      row(`${loginName}, ${role}${needsSecondFactor(role) ? ' *' : ''}`, address + door)),
    `  password of all: ${DEMO_PASSWORD}`,
    '  * asks for six digits as well:  node build/src/main.js demo-code',
    'Programs',
    row('the API, to try out', `${address}/docs`),
    row('ready?', `${address}/health/ready`),
    `  curl -H "Authorization: Bearer ${tokenFrom}" '${address}/api/v1/authorities/${departmentId}/adoption?measure=M2'`,
  ]
}

interface SampleBill {
  title: string
  bill: DemoBill
}

/** One bill for each thing that a parent may find; a page shows all bills of its child. */
function sampleBills({ bills, payments, school }: BilledSchool): SampleBill[] {
  const ofChild = (bill: DemoBill): DemoBill[] => bills.filter(({ studentNo }) => studentNo === bill.studentNo)
  /** What came by its code and stayed; a repeated report of the bank has the same reference. */
  const paidOf = (bill: DemoBill): number[] => {
    const named = payments.transfers.filter(({ memo }) => memo.kind === 'codes' && memo.bills.length === 1 &&
      memo.bills.some((one) => one.schoolNo === school.no && billKey(one) === billKey(bill)))
    const takenBack = new Set(named.filter(({ direction }) => direction === 'out').map(({ referenceNo }) => referenceNo))
    const stayed = new Map(named.map(({ referenceNo, amountVnd }) => [referenceNo, amountVnd]))
    return [...stayed].filter(([referenceNo]) => !takenBack.has(referenceNo)).map(([, amountVnd]) => amountVnd)
  }
  const inCash = new Set(payments.cash.map(({ bill }) => billKey(bill)))
  const touched = new Set(payments.transfers.flatMap(({ memo }) =>
    memo.kind === 'codes' ? memo.bills.map(billKey) : [billKey(memo.bill)]))
  const isUntouched = (bill: DemoBill): boolean => !touched.has(billKey(bill)) && !inCash.has(billKey(bill))
  const isPaidOnce = (bill: DemoBill): boolean => {
    const paid = paidOf(bill)
    return paid.length === 1 && paid[0] === bill.payableVnd
  }
  const first = (title: string, wanted: (bill: DemoBill, paid: number[]) => boolean): SampleBill[] => {
    const bill = bills.find((one) => one.payableVnd > 0 && !inCash.has(billKey(one)) && wanted(one, paidOf(one)))
    return bill === undefined ? [] : [{ title, bill }]
  }
  return [
    ...first('a bill to pay', (bill) => ofChild(bill).every(isUntouched)),
    ...first('paid in full', (bill) => ofChild(bill).every(isPaidOnce)),
    ...first('paid in part', ({ payableVnd }, paid) => paid.length === 1 && (paid[0] ?? 0) < payableVnd),
    ...first('paid too much', ({ payableVnd }, paid) => paid.length === 1 && (paid[0] ?? 0) > payableVnd),
    ...first('paid twice', ({ payableVnd }, paid) => paid.length === 2 && paid.every((amount) => amount === payableVnd)),
  ]
}

function row(title: string, value: string): string {
  return `  ${title.padEnd(30)}${value}`
}
