// A school, its authorities and its people with something to show on every page, and the ids that the pages' paths
// name. Made over the API and the use cases; it never writes a row itself.
import type { Test } from 'tap'
import type { Actor } from '../../src/access/actor.js'
import { holderKindOf } from '../../src/access/permission.js'
import type { Role } from '../../src/access/permission.js'
import { foldFacts } from '../../src/adoption/fold.js'
import { keepRoster, takeKeptRoster } from '../../src/directory/roster-preview.js'
import { drainInbox } from '../../src/reconciliation/drain.js'
import { billPath } from '../../src/web/parent/link.js'
import { drainDepsOf } from '../../src/worker.js'
import { openPeopleWorld } from '../access/people-world.js'
import type { PeopleWorld } from '../access/people-world.js'
import { callBank, created, openPayableSchool } from '../support/payable-school.js'
import type { PayableBill, PayableSchool } from '../support/payable-school.js'

const DAY = '2026-09-20'
const FAMILY_NAMES = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Huỳnh', 'Đặng', 'Võ']
const GIVEN_NAMES = ['Thị Ngọc Ánh', 'Gia Bảo', 'Thuỳ Chi', 'Tiến Dũng', 'Minh Đức', 'Thu Hà', 'Khánh Huy', 'Yến Nhi', 'Phúc Thịnh']
const STUDENTS = 36
const HEADER = 'Mã định danh,Họ và tên,Ngày sinh,Lớp'

/** Who looks: nobody, or somebody with one role; `password` and `enrolling` stand halfway through signing in. */
export type Looker = Role | 'nobody' | 'password' | 'enrolling'

export interface PagesWorld extends PeopleWorld {
  /** By the name of a path's parameter. */
  ids: Readonly<Record<string, string>>
  /** The cookie of somebody who looks; undefined for nobody. */
  sessionOf: (looker: Looker) => Promise<string | undefined>
}

export async function openPagesWorld(t: Test): Promise<PagesWorld> {
  const people = await openPeopleWorld(t)
  people.clock.now = new Date('2026-09-20T03:00:00Z')
  const school = await openPayableSchool(people, {
    name: 'Trường Tiểu học Nguyễn Trãi', students: rosterRows(),
    managingAuthorityId: people.communeId, reportingAuthorityId: people.departmentId,
    fees: [
      { code: 'BT', name: 'Tiền ăn bán trú', feeGroup: 'service', amountVnd: 640_000 },
      { code: 'BH', name: 'Bảo hiểm y tế', feeGroup: 'pass_through', amountVnd: 631_800 },
    ],
  })
  await receive(people, school)
  const at = `/api/v1/schools/${school.schoolId}`
  const { id: receiptId } = await takeCash(people, at, school.bills)
  const feeKindId = await planMore(people, at, school)
  await foldFacts(people.db)
  const { userId } = await people.makePerson('accountant', { schoolId: school.schoolId })
  const rosters = await readRosters(people, school.schoolId, { name: `user:${userId}`, grants: [], address: null })
  const { items: reviews } = await created<{ items: { id: string }[] }>(people.asAdmin('GET', `${at}/review`))
  const { items: [transfer] } = await created<{ items: { id: string }[] }>(people.asAdmin('GET', `${at}/transactions`))
  const [first] = school.bills
  // The last is the siblings' transfer, whose page has the most to fill in.
  const review = reviews.at(-1)
  if (!first || !review || !transfer) throw new Error('bills, transfers and a review queue are there')
  const { schoolId, roundId, channelId, bankAccountId } = school
  const { id: capId } = await created<{ id: string }>(people.asAdmin('POST', `/api/v1/authorities/${people.departmentId}/price-caps`, {
    feeCode: 'BT', unit: 'month', maximumVnd: 900_000, legalBasis: 'NQ 12/2026/NQ-HĐND', validFrom: '2026-08-01',
  }))
  const ids = {
    schoolId, roundId, channelId, bankAccountId, receiptId, feeKindId, userId, capId, ...rosters,
    authorityId: people.departmentId, studentId: first.studentId, reviewItemId: review.id, transactionId: transfer.id,
    token: billPath(people.deps.secretBox, first.paymentCode).slice('/p/'.length),
  }
  return { ...people, ids, sessionOf: (looker) => signIn(people, looker, school.schoolId, userId) }
}

function rosterRows(): string[] {
  return Array.from({ length: STUDENTS }, (_none, at) => {
    const name = `${FAMILY_NAMES[at % FAMILY_NAMES.length]} ${GIVEN_NAMES[at % GIVEN_NAMES.length]}`
    const two = (value: number) => String(value).padStart(2, '0')
    return `01000000${two(at)},${name},${two(at % 28 + 1)}/09/2017,${'321'[at % 3]}A`
  })
}

/** Payments of every outcome; a third of the children pays as asked. */
async function receive(world: PeopleWorld, school: PayableSchool): Promise<void> {
  let id = 100
  const pay = (content: string, amountVnd: number) =>
    callBank(world, school, { id: ++id, content, amountVnd, day: DAY })
  const [first, second, third, fourth, ...others] = school.bills
  if (!first || !second || !third || !fourth) throw new Error('the school has bills')
  await pay(`${first.paymentCode} nop tien`, 400_000)
  await pay(`${second.paymentCode} nop tien`, second.payableVnd + 50_000)
  for (const round of [1, 2]) await pay(`${third.paymentCode} lan ${round}`, third.payableVnd)
  for (const { paymentCode, payableVnd } of others.slice(0, STUDENTS / 3)) await pay(paymentCode, payableVnd)
  const { paymentCode: code } = fourth
  await pay(`${code.slice(0, 6)}${code.charAt(6) === 'K' ? 'M' : 'K'}${code.slice(7)} nop tien`, fourth.payableVnd)
  await pay('Ung ho quy khuyen hoc cua cong ty TNHH mot thanh vien Thuan Phat', 5_000_000)
  await pay('PH chau Nguyen Thi Ngoc Anh va Tran Gia Bao lop 3A nop tien ban tru thang 9', 2_543_600)
  await drainInbox(drainDepsOf(world.deps))
}

async function takeCash({ asAdmin }: PeopleWorld, at: string, bills: readonly PayableBill[]): Promise<{ id: string }> {
  const [bill] = bills.slice(-1)
  return created<{ id: string }>(asAdmin('POST', `${at}/cash-receipts`, {
    studentId: bill?.studentId, invoiceId: bill?.id, amountVnd: 500_000, receivedOn: DAY, note: 'Phụ huynh nộp tại quầy',
  }))
}

/** After the bills are out: an optional item, and a child who pays half; the preview shows what they change. */
async function planMore({ asAdmin }: PeopleWorld, at: string, school: PayableSchool): Promise<string> {
  const [{ studentId } = { studentId: '' }] = school.bills
  const { items: kinds } = await created<{ items: { id: string, code: string }[] }>(asAdmin('GET', `${at}/fee-kinds`))
  const idOf = (wanted: string) => kinds.find(({ code }) => code === wanted)?.id
  const uniform = await created<{ id: string }>(asAdmin('POST', `${at}/fee-kinds`, {
    code: 'DP', name: 'Đồng phục thể dục', feeGroup: 'service', legalBasis: 'Thỏa thuận với cha mẹ học sinh',
    bankAccountId: school.bankAccountId, optional: true,
  }))
  const forAll = (feeKindId: string | undefined, amountVnd: number) => ({ feeKindId, scope: 'school', amountVnd })
  await created(asAdmin('PUT', `${at}/rounds/${school.roundId}/fees`, {
    fees: [forAll(idOf('BT'), 640_000), forAll(idOf('BH'), 631_800), forAll(uniform.id, 185_000)],
  }))
  await created(asAdmin('POST', `${at}/exemptions`, {
    studentId, feeKindId: idOf('BT'), percent: 50, payer: 'budget', legalBasis: 'NĐ 238/2025/NĐ-CP',
    decisionNumber: '12/QĐ-UBND', validFrom: '2026-08-01',
  }))
  return uniform.id
}

/** One list that was taken over and one that waits, both with rows that nobody can read. */
async function readRosters(
  { deps }: PeopleWorld, schoolId: string, actor: Actor,
): Promise<{ importId: string; previewId: string }> {
  const keep = (fileName: string, ...rows: string[]) => keepRoster(deps, actor, schoolId, {
    file: Buffer.from([HEADER, ...rows].join('\n')), fileName, schoolYear: '2026-2027', enrolFrom: '2026-09-05',
  })
  const taken = await keep('Danh sách khối 1.csv', '0100000090,Bùi Khánh Vy,05/09/2020,1B', '0100000091,Hồ Em,31/02/2020,1B')
  const importId = await takeKeptRoster(deps, actor, schoolId, taken)
  const previewId = await keep('Danh sách học sinh chuyển đến tháng 9.csv',
    '0100000092,Đỗ Quỳnh Anh,07/03/2018,2A', '0100000000,Nguyễn Thị Ngọc Ánh,02/09/2017,2A', '010000009x,Lý Minh Khôi,,')
  return { importId, previewId }
}

async function signIn(
  { db, app, makePerson }: PeopleWorld, looker: Looker, schoolId: string, accountantId: string,
): Promise<string | undefined> {
  if (looker === 'nobody') return undefined
  const isHalfway = looker === 'password' || looker === 'enrolling'
  const role = isHalfway ? 'accountant' : looker
  const { userId } = looker === 'accountant' ? { userId: accountantId }
    : await makePerson(role, { withTotp: looker !== 'enrolling', ...(holderKindOf(role) === 'school' && { schoolId }) })
  const { token } = await db.asService((trx) =>
    app.access.sessions.start(trx, userId, isHalfway ? 'password' : 'full', { address: '203.0.113.7', agent: 'Chrome trên Windows' }))
  return token
}
