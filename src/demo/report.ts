// What the demo says of its figures: the province's books and the adoption table in Vietnamese notation. It
// compares every figure with the plan and says each one that differs.
import type { Static } from 'typebox'
import type { FigureReply } from '../adoption/schema.js'
import { formatVnd, formatWhole } from '../money.js'
import { formatDay } from '../time.js'
import { differ, differences, sumBooks, sumTurnout } from './books.js'
import type { Books, Turnout } from './books.js'
import type { BilledSchool } from './pay.js'
import type { SchoolPlan } from './plan.js'

export type Figure = Static<typeof FigureReply>
export const SHOWN_MEASURES = ['M1', 'M2', 'M3', 'M4', 'M5'] as const

const MEASURE_NAMES: Record<string, string> = {
  M1: 'Trường có kênh thu không dùng tiền mặt',
  M2: 'Trường đã triển khai (có ít nhất một khoản)',
  M3: 'Học sinh đã nộp không dùng tiền mặt',
  M4: 'Số lượt nộp không dùng tiền mặt',
  M5: 'Số tiền nộp không dùng tiền mặt (đồng)',
}

/** What the stages came to. */
export interface Played {
  plans: readonly SchoolPlan[]
  billed: readonly BilledSchool[]
  /** As the service reports them, by the number of the school. */
  books: ReadonlyMap<number, Books>
  figures: readonly Figure[]
  /** Calls of the banks, repeats and forgeries included. */
  calls: number
  departmentId: string
}

const SHOWN_FAULTS = 40

/** The whole report; `addsUp` when every figure is as planned. */
export function reportLines({ plans, books, figures, calls }: Played): { lines: string[]; addsUp: boolean } {
  const planned = sumBooks(plans.map(({ payments }) => payments.books))
  const found = sumBooks(books.values())
  const turnout = sumTurnout(plans.map(({ payments }) => payments.turnout))
  const faults = [...faultLines(plans, books, { planned, found }), ...adoptionFaults(figures, plans, turnout)]
  const students = sum(plans.map((plan) => plan.students.length))
  const title = `${formatWhole(plans.length)} schools, ${formatWhole(students)} students, ${formatWhole(calls)} calls of banks`
  const verdict = faults.length === 0
    ? ['Every figure is as planned, to the đồng.']
    : ['Figures that do not add up:', ...faults.slice(0, SHOWN_FAULTS).map((fault) => `  ${fault}`)]
  return {
    lines: [title, ...booksLines(found), '', ...adoptionLines(figures), '', totalsLine(found), ...verdict],
    addsUp: faults.length === 0,
  }
}

/** The table of the books, one figure a line. */
function booksLines(books: Books): string[] {
  const { bills, reviews } = books
  const reviewed = [...reviews].sort(([one], [other]) => (one < other ? -1 : 1))
  return [
    row('Billed (phải thu phụ huynh)', books.billedVnd, `${formatWhole(sum(Object.values(bills)))} invoices`),
    row('Exempted (miễn giảm)', books.exemptedVnd, `of which the budget pays ${formatVnd(books.budgetVnd)}`),
    row('Collected (đã gạch nợ)', books.paidVnd, `${formatWhole(bills.paid)} paid, ${formatWhole(bills.part_paid)} part-paid, ` +
      `${formatWhole(bills.unpaid)} unpaid, ${formatWhole(bills.zero)} with nothing to pay`),
    row('In credit (tiền thừa)', books.creditVnd, ''),
    row('In suspense (tiền treo)', books.suspenseVnd, ''),
    row('At the banks (tiền gửi)', books.bankVnd, ''),
    row('Cash (tiền mặt)', books.cashVnd, ''),
    `  Review (chờ xử lý): ${reviewed.map(([reason, count]) => `${reason} ${formatWhole(count)}`).join(', ') || 'nothing'}`,
  ]
}

/** One line that is the same for two runs exactly when their totals are the same. */
function totalsLine(books: Books): string {
  const { billedVnd, paidVnd, creditVnd, suspenseVnd, bankVnd, cashVnd, bills, reviews } = books
  return `Totals: billed ${billedVnd} collected ${paidVnd} credit ${creditVnd} suspense ${suspenseVnd} bank ${bankVnd} ` +
    `cash ${cashVnd} paid ${bills.paid} part-paid ${bills.part_paid} unpaid ${bills.unpaid} ` +
    `review ${sum(reviews.values())}`
}

function adoptionLines(figures: readonly Figure[]): string[] {
  const [first] = figures
  const title = `Adoption of the department (Sở) as of ${first ? formatDay(first.asOf) : ''}`
  return [title, ...figures.map(({ measure, numerator, denominator, rate, excluded }) => {
    const share = rate === null ? 'không có dữ liệu' : `${rate.replace('.', ',')}%`
    const zero = excluded.zeroBillStudents === null ? ''
      : ` (${formatWhole(excluded.zeroBillStudents)} with nothing to pay left out)`
    return `  ${measure} ${(MEASURE_NAMES[measure] ?? '').padEnd(46)}${share.padStart(8)}  ` +
      `${formatWhole(numerator)} / ${formatWhole(denominator)}${zero}`
  })]
}

const SCHOOLS_NAMED = 10

/** Every figure that does not add up, school by school first. */
function faultLines(
  plans: readonly SchoolPlan[], found: ReadonlyMap<number, Books>, totals: { planned: Books; found: Books },
): string[] {
  const schools = plans.flatMap(({ school, payments }) => {
    const books = found.get(school.no)
    const said = books ? differences(payments.books, books) : ['was not read']
    return said.length === 0 ? [] : [`${school.moetCode} ${school.name}: ${said.join('; ')}`]
  })
  const { bankVnd, cashVnd, paidVnd, creditVnd, suspenseVnd } = totals.found
  const placedVnd = paidVnd + creditVnd + suspenseVnd
  return [
    ...schools.slice(0, SCHOOLS_NAMED),
    ...(schools.length > SCHOOLS_NAMED ? [`and ${schools.length - SCHOOLS_NAMED} more schools`] : []),
    ...differences(totals.planned, totals.found).map((line) => `all schools: ${line}`),
    ...differ('money at banks and in cash against money placed', placedVnd, bankVnd + cashVnd),
  ]
}

/** The adoption figures against what the planned payments come to. */
function adoptionFaults(figures: readonly Figure[], plans: readonly SchoolPlan[], turnout: Turnout): string[] {
  const deployed = plans.filter(({ school }) => school.deployed).length
  const planned: Record<string, [number, number]> = {
    M1: [deployed, plans.length],
    M2: [deployed, plans.length],
    M3: [turnout.cashlessStudents, turnout.billedStudents],
    M4: [turnout.cashlessPayments, turnout.cashlessPayments + turnout.cashPayments],
    M5: [turnout.cashlessVnd, turnout.cashlessVnd + turnout.cashVnd],
  }
  return figures.flatMap(({ measure, numerator, denominator }) => {
    const [part = 0, whole = 0] = planned[measure] ?? []
    return [...differ(`${measure} numerator`, part, numerator), ...differ(`${measure} denominator`, whole, denominator)]
  })
}

function row(title: string, amountVnd: number, note: string): string {
  return `  ${title.padEnd(32)}${formatVnd(amountVnd).padStart(20)}${note === '' ? '' : `   ${note}`}`
}

function sum(counts: Iterable<number>): number {
  let total = 0
  for (const count of counts) total += count
  return total
}
