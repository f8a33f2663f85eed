// The whole plan of the sample province: who is there, what is billed, who pays how, and what it all must come to. It
// depends on the number of schools and the school year alone, so every start of the demo plans the same. Pure.
import type { SchoolYear } from '../time.js'
import { billsOf, planFees } from './fees.js'
import type { DemoBill, FeePlan } from './fees.js'
import { planPayments } from './payments.js'
import type { PaymentPlan } from './payments.js'
import { planProvince } from './province.js'
import type { DemoSchool } from './province.js'
import { rosterOf } from './roster.js'
import type { DemoStudent } from './roster.js'

export interface SchoolPlan {
  school: DemoSchool
  students: readonly DemoStudent[]
  fees: FeePlan
  bills: readonly DemoBill[]
  payments: PaymentPlan
}

export function planDemo(schoolCount: number, schoolYear: SchoolYear): SchoolPlan[] {
  let neighbour: { schoolNo: number; bill: DemoBill } | undefined
  const plans = planProvince(schoolCount).map((school) => {
    const students = rosterOf(school, schoolYear)
    const fees = planFees(school, students)
    const bills = school.students === 0 ? [] : billsOf(fees, students)
    const payments = planPayments(school, bills, neighbour)
    const bill = bills.find(({ purpose, payableVnd }) => purpose === 'fees' && payableVnd > 0)
    if (school.deployed && bill) neighbour = { schoolNo: school.no, bill }
    return { school, students, fees, bills, payments }
  })
  addNotices(plans)
  return plans
}

/** Money that came to the wrong school is shown to the school whose code it carried, too. */
function addNotices(plans: readonly SchoolPlan[]): void {
  for (const { payments: { noticesTo } } of plans) {
    for (const schoolNo of noticesTo) {
      const reviews = plans[schoolNo - 1]?.payments.books.reviews
      reviews?.set('PAID_TO_OTHER_SCHOOL', (reviews.get('PAID_TO_OTHER_SCHOOL') ?? 0) + 1)
    }
  }
}
