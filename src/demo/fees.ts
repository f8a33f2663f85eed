// What do the schools of the sample province collect, on which legal basis, and what does each student owe? The bills
// are worked out here without the service, so that the demo can hold the service's sums against its own. Pure.
import type { FeeGroup } from '../ledger/account.js'
import { sumVnd } from '../money.js'
import type { DemoSchool, Purpose } from './province.js'
import { randomFor } from './random.js'
import type { DemoStudent } from './roster.js'

export interface DemoFeeKind {
  code: string
  name: string
  feeGroup: FeeGroup
  legalBasis: string
  /** Money of a bill goes to the lowest first. */
  priority: number
  optional: boolean
  purpose: Purpose
}

/** A line of the fee plan; just one of the scopes holds. */
export interface PlannedFee {
  code: string
  amountVnd: number
  grade?: number
  studentNo?: number
}

export interface PlannedExemption {
  studentNo: number
  code: string
  percent: number
  payer: 'budget' | 'nobody'
  legalBasis: string
  /** With the student and the fee it is the natural key of an exemption. */
  decisionNumber: string
}

export interface FeePlan {
  kinds: readonly DemoFeeKind[]
  fees: readonly PlannedFee[]
  exemptions: readonly PlannedExemption[]
}

/** What one student owes into one account. */
export interface DemoBill {
  studentNo: number
  purpose: Purpose
  payableVnd: number
  exemptedVnd: number
  /** Of the exempted part: what the budget pays in the student's place. */
  budgetVnd: number
}

const COUNCIL = 'Nghị quyết của HĐND tỉnh về các khoản thu dịch vụ giáo dục (dữ liệu mẫu)'
const EXEMPTION = 'NĐ 238/2025/NĐ-CP; quyết định của Chủ tịch UBND xã (dữ liệu mẫu)'
const AGREED = 'Thỏa thuận với cha mẹ học sinh đầu năm học (dữ liệu mẫu)'

type KindCode = 'BHYT' | 'HOCPHI' | 'BANTRU' | 'TIENAN' | 'HOC2BUOI' | 'NUOC' | 'DONGPHUC'

const KIND: Record<KindCode, Omit<DemoFeeKind, 'code' | 'purpose'>> = {
  BHYT: {
    name: 'Bảo hiểm y tế học sinh (12 tháng)', feeGroup: 'pass_through', priority: 10, optional: false,
    legalBasis: 'Luật Bảo hiểm y tế; NĐ 188/2025/NĐ-CP: 4,5% lương cơ sở, ngân sách hỗ trợ 50%',
  },
  HOCPHI: {
    name: 'Học phí tháng 9', feeGroup: 'tuition', priority: 20, optional: false,
    legalBasis: 'Mức thu đã công khai của trường ngoài công lập; NQ 217/2025/QH15',
  },
  BANTRU: {
    name: 'Phục vụ bán trú tháng 9', feeGroup: 'service', priority: 30, optional: false, legalBasis: COUNCIL,
  },
  HOC2BUOI: {
    name: 'Dạy học buổi thứ hai tháng 9', feeGroup: 'service', priority: 40, optional: false, legalBasis: COUNCIL,
  },
  NUOC: {
    name: 'Nước uống học kỳ I', feeGroup: 'service', priority: 50, optional: false, legalBasis: COUNCIL,
  },
  TIENAN: {
    name: 'Tiền ăn bán trú tháng 9', feeGroup: 'personal', priority: 60, optional: false, legalBasis: AGREED,
  },
  DONGPHUC: {
    name: 'Đồng phục (tự nguyện)', feeGroup: 'personal', priority: 70, optional: true, legalBasis: AGREED,
  },
}

/** 4.5% of the base salary of 2,340,000 for twelve months, half of it paid by the state. */
const INSURANCE_VND = 631_800
const BOARDING_VND = 250_000
const MEALS_VND = 22 * 30_000
const WATER_VND = 60_000
const UNIFORM_VND = 285_000
const PRIVATE_TUITION_VND = 1_450_000

/** Maxima of the province for its services; the sample fees stay below them. */
export const PRICE_CAPS = [
  { feeCode: 'BANTRU', unit: 'tháng', maximumVnd: 300_000 },
  { feeCode: 'HOC2BUOI', unit: 'tháng', maximumVnd: 220_000 },
  { feeCode: 'NUOC', unit: 'học kỳ', maximumVnd: 75_000 },
].map((cap) => ({ ...cap, legalBasis: COUNCIL }))

export function planFees(school: DemoSchool, students: readonly DemoStudent[]): FeePlan {
  const insuranceApart = school.accounts.some(({ purpose }) => purpose === 'insurance')
  const fees = feesOf(school, students)
  const codes = new Set(fees.map(({ code }) => code))
  const kinds = Object.entries(KIND).filter(([code]) => codes.has(code)).map(([code, kind]): DemoFeeKind =>
    ({ code, ...kind, purpose: code === 'BHYT' && insuranceApart ? 'insurance' : 'fees' }))
  return { kinds, fees, exemptions: school.fullRoster ? exemptionsOf(school, students, kinds) : [] }
}

function feesOf({ level, type, urban, fullRoster, no }: DemoSchool, students: readonly DemoStudent[]): PlannedFee[] {
  const fees: PlannedFee[] = []
  const add = (code: KindCode, amountVnd: number, scope: Omit<PlannedFee, 'code' | 'amountVnd'> = {}): void => {
    fees.push({ code, amountVnd, ...scope })
  }
  // Children under six have their insurance from the state.
  if (level !== 'preschool') add('BHYT', INSURANCE_VND)
  if (type === 'private' || type === 'community') add('HOCPHI', PRIVATE_TUITION_VND)
  if ((level === 'preschool' || level === 'primary') && (fullRoster || urban)) {
    add('BANTRU', BOARDING_VND)
    add('TIENAN', MEALS_VND)
  }
  if (level === 'lower_secondary' || level === 'upper_secondary') {
    for (const grade of new Set(students.map((student) => student.grade))) {
      if (grade !== null) add('HOC2BUOI', grade === 9 || grade === 12 ? 200_000 : 160_000, { grade })
    }
  }
  add('NUOC', WATER_VND)
  if (fullRoster) {
    const random = randomFor('uniform', no)
    for (const student of students) {
      if (random.chance(0.45)) add('DONGPHUC', UNIFORM_VND, { studentNo: student.no })
    }
  }
  return fees
}

/** Poor households pay nothing that is not of their choice; those near the line pay half of the boarding. */
function exemptionsOf(
  { no }: DemoSchool, students: readonly DemoStudent[], kinds: readonly DemoFeeKind[],
): PlannedExemption[] {
  const random = randomFor('exemption', no)
  return students.flatMap((student): PlannedExemption[] => {
    const draw = random.below(100)
    const decisionNumber = `${100 + (student.no % 80)}/QĐ-UBND (mẫu)`
    const granted = (code: string, percent: number, payer: 'budget' | 'nobody'): PlannedExemption =>
      ({ studentNo: student.no, code, percent, payer, decisionNumber, legalBasis: EXEMPTION })
    if (draw < 4) {
      return kinds.filter(({ optional }) => !optional)
        .map(({ code }) => granted(code, 100, code === 'BHYT' ? 'budget' : 'nobody'))
    }
    const boarding = draw < 8 && kinds.some(({ code }) => code === 'BANTRU')
    return boarding ? [granted('BANTRU', 50, 'nobody')] : []
  })
}

/** One bill for each student and account; with nothing planned there is none. */
export function billsOf({ kinds, fees, exemptions }: FeePlan, students: readonly DemoStudent[]): DemoBill[] {
  const exempt = new Map(exemptions.map((one) => [`${one.studentNo} ${one.code}`, one]))
  const own = new Map(fees.flatMap((fee) => fee.studentNo === undefined ? [] : [[`${fee.studentNo} ${fee.code}`, fee]]))
  return students.flatMap((student) => {
    const lines = kinds.flatMap(({ code, purpose }) => {
      const fee = own.get(`${student.no} ${code}`) ??
        fees.find((one) => one.code === code && one.studentNo === undefined &&
          (one.grade === undefined || one.grade === student.grade))
      if (fee === undefined) return []
      const exemption = exempt.get(`${student.no} ${code}`)
      const exemptedVnd = Math.round((fee.amountVnd * (exemption?.percent ?? 0)) / 100)
      const budgetVnd = exemption?.payer === 'budget' ? exemptedVnd : 0
      return [{ purpose, exemptedVnd, budgetVnd, payableVnd: fee.amountVnd - exemptedVnd }]
    })
    return [...new Set(lines.map(({ purpose }) => purpose))].map((purpose) => {
      const ofAccount = lines.filter((line) => line.purpose === purpose)
      return {
        studentNo: student.no, purpose,
        payableVnd: sumVnd(ofAccount.map((line) => line.payableVnd)),
        exemptedVnd: sumVnd(ofAccount.map((line) => line.exemptedVnd)),
        budgetVnd: sumVnd(ofAccount.map((line) => line.budgetVnd)),
      }
    })
  })
}
