// Who pays how in the sample province? Plans what the banks and the cashiers do at one school and, beside each thing
// they do, what it must come to in the books: the demo later holds the service's figures against these. It never asks
// the service. Pure.
import type { ReviewReason } from '../reconciliation/match.js'
import type { Books, Turnout } from './books.js'
import { emptyBooks, emptyTurnout } from './books.js'
import type { DemoBill } from './fees.js'
import type { DemoSchool, Purpose } from './province.js'
import { randomFor } from './random.js'

/** Whose bill a transfer content names. */
export interface BillRef {
  schoolNo: number
  studentNo: number
  purpose: Purpose
}

/** `codes` of no bill: the payer wrote none. */
export type Memo = { kind: 'codes'; bills: readonly BillRef[] } | { kind: 'damaged'; bill: BillRef }

/** A row of a bank account. */
export interface PlannedTransfer {
  /** Unique in the school; the provider's id of the event comes from it. */
  no: number
  /** The bank's reference; a reversal carries that of the money it takes back. */
  referenceNo: number
  purpose: Purpose
  direction: 'in' | 'out'
  amountVnd: number
  memo: Memo
  /** Where in the time from the bill to today it falls, 0 to 1. */
  moment: number
  /** After another row under the same reference. */
  secondsLater: number
  /** The provider calls twice with the same body. */
  sentTwice: boolean
}

export interface PlannedCash {
  bill: BillRef
  amountVnd: number
  /** Where in the time from the bill to today it falls, 0 to 1. */
  moment: number
  /** On the receipt; it is the natural key by which a receipt is found again. */
  note: string
}

export interface PaymentPlan {
  transfers: PlannedTransfer[]
  /** A stranger's calls: the same as a transfer, under a proof that is wrong. They must leave nothing. */
  forged: PlannedTransfer[]
  cash: PlannedCash[]
  /** Schools that must be told that money with their code came here. */
  noticesTo: number[]
  books: Books
  turnout: Turnout
}

type Habit = 'exact' | 'part' | 'over' | 'double' | 'repeat' | 'reversed' | 'siblings' | 'no-code' | 'damaged' |
  'other-school' | 'cash' | 'cash-and-transfer' | 'nothing'

const EVERY_HABIT: readonly [Habit, ...Habit[]] = [
  'exact', 'part', 'over', 'double', 'repeat', 'reversed', 'siblings', 'no-code', 'damaged', 'other-school', 'cash',
  'cash-and-transfer', 'nothing',
]
/** Per thousand bills; the rest is not paid. */
const SHARES: readonly [Habit, number][] = [
  ['exact', 585], ['part', 45], ['over', 25], ['double', 15], ['repeat', 6], ['reversed', 6], ['siblings', 20],
  ['no-code', 8], ['damaged', 10], ['other-school', 3], ['cash', 60], ['cash-and-transfer', 12],
]
const SURPLUS_VND = 50_000

/** `neighbour` is another school that has bills: some of its parents mix the accounts up. */
export function planPayments(
  school: DemoSchool, bills: readonly DemoBill[], neighbour: { schoolNo: number; bill: DemoBill } | undefined,
): PaymentPlan {
  const random = randomFor('payments', school.no)
  const reluctance = school.fullRoster ? 1 : reluctanceOf(school)
  const plan = startPlan(school, bills)
  const payable = bills.filter(({ payableVnd }) => payableVnd > 0)
  const taken = new Set<DemoBill>()
  for (const [at, bill] of payable.entries()) {
    if (taken.has(bill)) continue
    const next = payable.slice(at + 1).find((one) => one.purpose === bill.purpose && !taken.has(one))
    taken.add(bill)
    const wanted = school.deployed ? habitOf(school, at, random.below(1_000) * reluctance) : 'cash'
    const habit = possible(wanted, school, bill, next !== undefined, neighbour !== undefined)
    if (habit === 'siblings' && next) taken.add(next)
    act(plan, habit, bill, next, neighbour)
  }
  // A stranger tries one school in forty.
  const first = plan.transfers[0]
  if (first && school.no % 40 === 7) plan.forged.push({ ...first, no: 9_999, referenceNo: 9_999 })
  settleBooks(plan, bills)
  return plan

  function startPlan({ no }: DemoSchool, all: readonly DemoBill[]): Draft {
    return {
      schoolNo: no, transfers: [], forged: [], cash: [], noticesTo: [], books: emptyBooks(), turnout: emptyTurnout(),
      paidVnd: new Map(all.map((one) => [one, 0])), cashlessStudents: new Set(), random,
    }
  }
}

interface Draft extends PaymentPlan {
  schoolNo: number
  paidVnd: Map<DemoBill, number>
  cashlessStudents: Set<number>
  random: ReturnType<typeof randomFor>
}

/** From 0.8 to 2.2: schools differ, and a province shows it. The higher, the fewer of its parents pay at all. */
function reluctanceOf({ no }: DemoSchool): number {
  return 0.8 + 1.4 * (randomFor('reluctance', no).below(1_000) / 1_000) ** 2
}

/** In a small school one child pays in full, and the next one shows one of the habits, school after school. */
function habitOf({ fullRoster, no }: DemoSchool, at: number, draw: number): Habit {
  if (!fullRoster && at === 0) return 'exact'
  if (!fullRoster && at === 1) return EVERY_HABIT[no % EVERY_HABIT.length] ?? 'exact'
  let below = 0
  for (const [habit, share] of SHARES) {
    below += share
    if (draw < below) return habit
  }
  return 'nothing'
}

/**
 * What cannot happen here happens plainly: payOS and VietQR.vn name an event by the bank's reference, so a second row
 * under one reference cannot come from them, and payOS never tells of money out.
 */
function possible(habit: Habit, school: DemoSchool, bill: DemoBill, hasNext: boolean, hasNeighbour: boolean): Habit {
  const provider = school.accounts.find(({ purpose }) => purpose === bill.purpose)?.route?.provider
  const oneRowEach = provider === 'payos' || provider === 'vietqr-vn'
  if ((habit === 'repeat' || habit === 'reversed') && oneRowEach) return 'exact'
  if (habit === 'siblings' && !hasNext) return 'exact'
  return habit === 'other-school' && !hasNeighbour ? 'exact' : habit
}

function act(
  plan: Draft, habit: Habit, bill: DemoBill, next: DemoBill | undefined,
  neighbour: { schoolNo: number; bill: DemoBill } | undefined,
): void {
  const { payableVnd } = bill
  const named = codesOf(plan, bill)
  const partVnd = Math.max(1_000, Math.floor(payableVnd / 2_000) * 1_000)
  switch (habit) {
    case 'nothing':
      return
    case 'exact':
      transfer(plan, bill, payableVnd, named)
      return paid(plan, bill, payableVnd)
    case 'part':
      transfer(plan, bill, partVnd, named)
      return paid(plan, bill, partVnd)
    case 'over':
      transfer(plan, bill, payableVnd + SURPLUS_VND, named)
      plan.books.creditVnd += SURPLUS_VND
      return paid(plan, bill, payableVnd)
    case 'double':
      transfer(plan, bill, payableVnd, named)
      transfer(plan, bill, payableVnd, named)
      plan.books.creditVnd += payableVnd
      review(plan, 'POSSIBLE_DOUBLE_PAYMENT')
      return paid(plan, bill, payableVnd)
    case 'repeat': {
      const told = transfer(plan, bill, payableVnd, named)
      plan.transfers.push({ ...told, no: plan.transfers.length, sentTwice: false })
      review(plan, 'POSSIBLE_REPEAT')
      return paid(plan, bill, payableVnd)
    }
    case 'reversed': {
      const came = transfer(plan, bill, payableVnd, named)
      const back = { ...came, no: plan.transfers.length, secondsLater: 45, sentTwice: false }
      plan.transfers.push({ ...back, direction: 'out' })
      plan.books.bankVnd -= payableVnd
      return
    }
    case 'siblings':
      if (next) paySiblings(plan, bill, next)
      return
    case 'no-code':
      return suspend(plan, bill, codesOf(plan), 'NO_CODE')
    case 'damaged':
      return suspend(plan, bill, { kind: 'damaged', bill: refOf(plan, bill) }, 'DAMAGED_CODE')
    case 'other-school':
      if (!neighbour) return
      plan.noticesTo.push(neighbour.schoolNo)
      return suspend(plan, bill, codesOf({ schoolNo: neighbour.schoolNo }, neighbour.bill), 'WRONG_SCHOOL')
    case 'cash':
      takeCash(plan, bill, payableVnd)
      return
    case 'cash-and-transfer':
      takeCash(plan, bill, partVnd)
      transfer(plan, bill, payableVnd - partVnd, named)
      return paid(plan, bill, payableVnd - partVnd)
  }
}

function refOf({ schoolNo }: { schoolNo: number }, { studentNo, purpose }: DemoBill): BillRef {
  return { schoolNo, studentNo, purpose }
}

function codesOf(of: { schoolNo: number }, ...bills: readonly DemoBill[]): Memo {
  return { kind: 'codes', bills: bills.map((bill) => refOf(of, bill)) }
}

function transfer(plan: Draft, { purpose }: DemoBill, amountVnd: number, memo: Memo): PlannedTransfer {
  const { random } = plan
  const no = plan.transfers.length
  const one: PlannedTransfer = {
    no, referenceNo: no, purpose, direction: 'in', amountVnd, memo,
    moment: momentOf(plan), secondsLater: 0, sentTwice: random.chance(0.08),
  }
  plan.transfers.push(one)
  plan.books.bankVnd += amountVnd
  return one
}

/** A transfer that pays a bill; payments are counted once however many bills they cover. */
function paid(plan: Draft, bill: DemoBill, amountVnd: number, payments = 1): void {
  plan.paidVnd.set(bill, (plan.paidVnd.get(bill) ?? 0) + amountVnd)
  plan.cashlessStudents.add(bill.studentNo)
  plan.turnout.cashlessPayments += payments
  plan.turnout.cashlessVnd += amountVnd
}

function paySiblings(plan: Draft, bill: DemoBill, next: DemoBill): void {
  transfer(plan, bill, bill.payableVnd + next.payableVnd, codesOf(plan, bill, next))
  paid(plan, bill, bill.payableVnd)
  paid(plan, next, next.payableVnd, 0)
}

function suspend(plan: Draft, bill: DemoBill, memo: Memo, reason: ReviewReason): void {
  transfer(plan, bill, bill.payableVnd, memo)
  plan.books.suspenseVnd += bill.payableVnd
  review(plan, reason)
}

/** Most pay in the first weeks, and one in eight today. */
function momentOf({ random }: Draft): number {
  if (random.chance(0.125)) return 1
  return (random.below(1_000) / 1_000) ** 1.7
}

function takeCash(plan: Draft, bill: DemoBill, amountVnd: number): void {
  const ref = refOf(plan, bill)
  plan.cash.push({ bill: ref, amountVnd, moment: momentOf(plan), note: `Phiếu mẫu ${ref.schoolNo}-${plan.cash.length + 1}` })
  plan.paidVnd.set(bill, (plan.paidVnd.get(bill) ?? 0) + amountVnd)
  plan.books.cashVnd += amountVnd
  plan.turnout.cashPayments += 1
  plan.turnout.cashVnd += amountVnd
}

function review({ books }: Draft, reason: string): void {
  books.reviews.set(reason, (books.reviews.get(reason) ?? 0) + 1)
}

/** What the bills come to once everything has arrived. */
function settleBooks({ books, turnout, paidVnd, cashlessStudents }: Draft, bills: readonly DemoBill[]): void {
  for (const bill of bills) {
    const paidOfBill = paidVnd.get(bill) ?? 0
    books.billedVnd += bill.payableVnd
    books.exemptedVnd += bill.exemptedVnd
    books.budgetVnd += bill.budgetVnd
    books.paidVnd += paidOfBill
    const left = bill.payableVnd - paidOfBill
    books.bills[bill.payableVnd === 0 ? 'zero' : paidOfBill === 0 ? 'unpaid' : left > 0 ? 'part_paid' : 'paid'] += 1
  }
  const students = new Set(bills.map(({ studentNo }) => studentNo))
  const billed = new Set(bills.filter(({ payableVnd }) => payableVnd > 0).map(({ studentNo }) => studentNo))
  turnout.billedStudents = billed.size
  turnout.zeroBillStudents = students.size - billed.size
  turnout.cashlessStudents = cashlessStudents.size
}
