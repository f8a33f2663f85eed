// Decides where the money of one transfer goes: a pure function of the transfer and its candidates (the matching
// table of the design). It never guesses: what is not certain stays in suspense, with a reason and evidence.
import assert from 'node:assert/strict'
import type { Day, SchoolYear } from '../time.js'

/** Raised whenever a decision of the past could come out differently; `replay` compares versions. */
export const RULE_VERSION = 2

export type PaymentCodeKind = 'invoice' | 'student' | 'family'

export interface CodeOwner {
  code: number
  schoolId: string
  kind: PaymentCodeKind
}

/** A bill as the rules see it. `openVnd` is what is still to pay; 0 for a bill that was withdrawn. */
export interface Bill {
  invoiceId: string
  studentId: string
  bankAccountId: string
  state: 'issued' | 'cancelled' | 'superseded'
  payableVnd: number
  openVnd: number
  dueOn: Day
  schoolYear: SchoolYear
}

export interface DamagedReading {
  text: string
  candidates: string[]
}

export interface Transfer {
  schoolId: string
  bankAccountId: string
  amountVnd: number
  /** What the virtual account and the provider's order code stand for, each code once. */
  aliasCodes: readonly number[]
  /** Codes that the content holds and that exist, each once. */
  memoCodes: readonly number[]
  /** Texts that look like a code and are none, or codes that nobody was given: evidence only. */
  damaged: readonly DamagedReading[]
  unknownCodes: readonly string[]
}

/** What is known at the moment of the decision; each decision sees the ones before it. */
export interface Candidates {
  owner(code: number): CodeOwner | undefined
  /** The bill of an invoice code: the newest replacement when it was superseded. */
  billOf(code: number): { bill: Bill; replaced: boolean } | undefined
  studentOf(code: number): string | undefined
  /** Open bills behind a student or family code, oldest due day first, then student, then id. */
  openBillsOf(code: number): readonly Bill[]
  /** True when `account` took the place of `old` (or of one that `old` took the place of). */
  replacesAccount(account: string, old: string): boolean
}

export type Outcome =
  | 'SETTLED'
  | 'PART_PAID'
  | 'OVERPAID'
  | 'POSSIBLE_DOUBLE_PAYMENT'
  | 'SPLIT'
  | 'STUDENT_CODE'
  | 'FAMILY_CODE'
  | 'WITHDRAWN_INVOICE'
  | 'SUSPENSE'

export type ReviewReason =
  | 'NO_CODE'
  | 'DAMAGED_CODE'
  | 'UNKNOWN_CODE'
  | 'CODES_DISAGREE'
  | 'SEVERAL_CODES'
  | 'SPLIT_AMOUNT_DIFFERS'
  | 'OTHER_ACCOUNT'
  | 'WRONG_SCHOOL'
  | 'WITHDRAWN_INVOICE'
  | 'POSSIBLE_DOUBLE_PAYMENT'
  | 'FAMILY_SURPLUS'

export type CreditKind = 'surplus' | 'possible_double_payment' | 'withdrawn_invoice'

export interface Decision {
  outcome: Outcome
  allocations: readonly { invoiceId: string; studentId: string; amountVnd: number }[]
  /** `schoolYear` is that of the bill the money was meant for; null when no bill says it. */
  credits: readonly { studentId: string; amountVnd: number; kind: CreditKind; schoolYear: SchoolYear | null }[]
  /** What no bill and no student gets: Σ allocations + Σ credits + suspense = the transfer's amount. */
  suspenseVnd: number
  review: ReviewReason | null
  /** Facts that the decision rests on, for the person who reviews it; no names. */
  evidence: Evidence
}

export interface Evidence {
  reading: 'virtual_account_or_order' | 'memo' | 'none'
  codes: readonly number[]
  damaged?: readonly DamagedReading[]
  unknownCodes?: readonly string[]
  proposedSplit?: readonly { invoiceId: string; amountVnd: number }[]
  otherSchoolCodes?: readonly number[]
  invoiceBankAccountId?: string
}

/** The decision for one transfer of money in. Asserts that every đồng is accounted for. */
export function match(transfer: Transfer, candidates: Candidates): Decision {
  const decision = waitBesideSecondCode(transfer, decide(transfer, candidates))
  const placed =
    decision.suspenseVnd +
    decision.allocations.reduce((sum, part) => sum + part.amountVnd, 0) +
    decision.credits.reduce((sum, part) => sum + part.amountVnd, 0)
  assert.equal(placed, transfer.amountVnd, 'a matching decision must place the whole amount')
  return decision
}

/**
 * One rule for every way to a surplus. Money that no open bill takes, beside a second code that cannot be read, is a
 * sibling's bill most likely and never the first child's: the whole transfer waits for a person.
 */
function waitBesideSecondCode(transfer: Transfer, decision: Decision): Decision {
  const isPlaced = decision.allocations.length + decision.credits.length > 0
  const hasSurplus = decision.credits.length > 0 || decision.suspenseVnd > 0
  if (!isPlaced || !hasSurplus || !mayNameAnotherBill(transfer)) return decision
  return suspend(transfer, transfer.damaged.some(isNearCode) ? 'DAMAGED_CODE' : 'UNKNOWN_CODE', decision.evidence)
}

/** A damaged text without any near code is only a stray "ZF"; it holds nothing up. */
function isNearCode({ candidates }: DamagedReading): boolean {
  return candidates.length > 0
}

function mayNameAnotherBill({ damaged, unknownCodes }: Transfer): boolean {
  return unknownCodes.length > 0 || damaged.some(isNearCode)
}

function decide(transfer: Transfer, candidates: Candidates): Decision {
  const { aliasCodes, memoCodes } = transfer
  const reading = aliasCodes.length > 0 ? 'virtual_account_or_order' : memoCodes.length > 0 ? 'memo' : 'none'
  const codes = aliasCodes.length > 0 ? aliasCodes : memoCodes
  const evidence: Evidence = {
    reading,
    codes,
    ...(transfer.damaged.length > 0 && { damaged: transfer.damaged }),
    ...(transfer.unknownCodes.length > 0 && { unknownCodes: transfer.unknownCodes }),
  }
  const [alias] = aliasCodes
  if (aliasCodes.length > 1 || (alias !== undefined && memoCodes.some((code) => code !== alias))) {
    return suspend(transfer, 'CODES_DISAGREE', { ...evidence, codes: [...new Set([...aliasCodes, ...memoCodes])] })
  }
  const elsewhere = codes.filter((code) => candidates.owner(code)?.schoolId !== transfer.schoolId)
  if (elsewhere.length > 0) {
    return suspend(transfer, 'WRONG_SCHOOL', { ...evidence, otherSchoolCodes: elsewhere })
  }
  const [only, ...others] = codes
  if (only === undefined) return suspend(transfer, reasonWithoutCode(transfer), evidence)
  if (others.length > 0) return splitOverCodes(transfer, candidates, codes, evidence)
  switch (candidates.owner(only)?.kind) {
    case 'invoice':
      return payInvoice(transfer, candidates, only, evidence)
    case 'student':
      return payStudent(transfer, candidates, only, evidence)
    case 'family':
      return payFamily(transfer, candidates, only, evidence)
    case undefined:
      throw new assert.AssertionError({ message: 'a code that is matched must exist' })
  }
}

function reasonWithoutCode(transfer: Transfer): ReviewReason {
  if (transfer.damaged.length > 0) return 'DAMAGED_CODE'
  return transfer.unknownCodes.length > 0 ? 'UNKNOWN_CODE' : 'NO_CODE'
}

function suspend(transfer: Transfer, review: ReviewReason, evidence: Evidence): Decision {
  return { outcome: 'SUSPENSE', allocations: [], credits: [], suspenseVnd: transfer.amountVnd, review, evidence }
}

/** The bills are proposed to the person who decides: paying them takes a transfer between accounts of the school. */
function suspendElsewhere(transfer: Transfer, bills: readonly Bill[], elsewhere: Bill, evidence: Evidence): Decision {
  let restVnd = transfer.amountVnd
  const proposedSplit = bills.flatMap(({ invoiceId, openVnd }) => {
    const amountVnd = Math.min(openVnd, restVnd)
    restVnd -= amountVnd
    return amountVnd > 0 ? [{ invoiceId, amountVnd }] : []
  })
  const more = { invoiceBankAccountId: elsewhere.bankAccountId, ...(proposedSplit.length > 0 && { proposedSplit }) }
  return suspend(transfer, 'OTHER_ACCOUNT', { ...evidence, ...more })
}

function payInvoice(transfer: Transfer, candidates: Candidates, code: number, evidence: Evidence): Decision {
  const found = candidates.billOf(code)
  assert(found, 'an invoice code of this school has its invoice')
  const { bill } = found
  if (!paysInto(transfer, candidates, bill)) return suspendElsewhere(transfer, [bill], bill, evidence)
  const { amountVnd } = transfer
  const { studentId, invoiceId, openVnd, schoolYear } = bill
  if (bill.state !== 'issued') {
    // Nothing replaced it: the money is the student's, and a person says what it was meant for.
    const credits = [{ studentId, amountVnd, kind: 'withdrawn_invoice' as const, schoolYear }]
    return { outcome: 'WITHDRAWN_INVOICE', allocations: [], credits, suspenseVnd: 0, review: 'WITHDRAWN_INVOICE', evidence }
  }
  const paidVnd = Math.min(amountVnd, openVnd)
  const surplusVnd = amountVnd - paidVnd
  const isAgain = surplusVnd > 0 && mayBePaidTwice(bill, amountVnd)
  const kind = isAgain ? 'possible_double_payment' : 'surplus'
  return {
    outcome: openVnd === 0 ? 'POSSIBLE_DOUBLE_PAYMENT'
      : surplusVnd > 0 ? 'OVERPAID' : paidVnd === openVnd ? 'SETTLED' : 'PART_PAID',
    allocations: paidVnd > 0 ? [{ invoiceId, studentId, amountVnd: paidVnd }] : [],
    credits: surplusVnd > 0 ? [{ studentId, amountVnd: surplusVnd, kind, schoolYear }] : [],
    suspenseVnd: 0,
    review: isAgain ? 'POSSIBLE_DOUBLE_PAYMENT' : null,
    evidence,
  }
}

/**
 * Two parents, or an old picture of the QR: any money where nothing was open, and the whole bill once more where other
 * money had paid a part of it. Such a surplus never spends itself.
 */
function mayBePaidTwice({ openVnd, payableVnd }: Bill, amountVnd: number): boolean {
  return openVnd === 0 || (openVnd < payableVnd && amountVnd >= payableVnd)
}

function payStudent(transfer: Transfer, candidates: Candidates, code: number, evidence: Evidence): Decision {
  const studentId = candidates.studentOf(code)
  assert(studentId, 'a student code of this school has its student')
  const { allocations, restVnd, schoolYear } = payOldestFirst(transfer, candidates, code)
  const rest = { studentId, amountVnd: restVnd, kind: 'surplus' as const, schoolYear }
  const credits = restVnd > 0 ? [rest] : []
  return { outcome: 'STUDENT_CODE', allocations, credits, suspenseVnd: 0, review: null, evidence }
}

function payFamily(transfer: Transfer, candidates: Candidates, code: number, evidence: Evidence): Decision {
  const { allocations, restVnd } = payOldestFirst(transfer, candidates, code)
  const review = restVnd > 0 ? 'FAMILY_SURPLUS' : null
  return { outcome: 'FAMILY_CODE', allocations, credits: [], suspenseVnd: restVnd, review, evidence }
}

/** `schoolYear` is that of the newest bill it pays: what is left of money of July that pays a bill of August. */
function payOldestFirst(transfer: Transfer, candidates: Candidates, code: number) {
  let restVnd = transfer.amountVnd
  let schoolYear: SchoolYear | null = null
  const allocations: { invoiceId: string; studentId: string; amountVnd: number }[] = []
  for (const bill of candidates.openBillsOf(code)) {
    if (restVnd === 0) break
    if (!paysInto(transfer, candidates, bill)) continue
    const amountVnd = Math.min(restVnd, bill.openVnd)
    allocations.push({ invoiceId: bill.invoiceId, studentId: bill.studentId, amountVnd })
    restVnd -= amountVnd
    if (schoolYear === null || bill.schoolYear > schoolYear) schoolYear = bill.schoolYear
  }
  return { allocations, restVnd, schoolYear }
}

function splitOverCodes(
  transfer: Transfer,
  candidates: Candidates,
  codes: readonly number[],
  evidence: Evidence,
): Decision {
  const bills = new Map<string, Bill>()
  for (const code of codes) {
    const found = candidates.owner(code)?.kind === 'invoice' ? candidates.billOf(code) : undefined
    if (!found || found.bill.state !== 'issued') return suspend(transfer, 'SEVERAL_CODES', evidence)
    bills.set(found.bill.invoiceId, found.bill)
  }
  const open = [...bills.values()].filter((bill) => bill.openVnd > 0)
  const split = open.map(({ invoiceId, studentId, openVnd }) => ({ invoiceId, studentId, amountVnd: openVnd }))
  const isExact = split.reduce((sum, part) => sum + part.amountVnd, 0) === transfer.amountVnd
  const elsewhere = [...bills.values()].find((bill) => !paysInto(transfer, candidates, bill))
  if (elsewhere) return suspendElsewhere(transfer, isExact ? open : [], elsewhere, evidence)
  if (!isExact) {
    const proposedSplit = split.map(({ invoiceId, amountVnd }) => ({ invoiceId, amountVnd }))
    return suspend(transfer, 'SPLIT_AMOUNT_DIFFERS', { ...evidence, proposedSplit })
  }
  return { outcome: 'SPLIT', allocations: split, credits: [], suspenseVnd: 0, review: null, evidence }
}

function paysInto(transfer: Transfer, candidates: Candidates, bill: Bill): boolean {
  return (
    bill.bankAccountId === transfer.bankAccountId ||
    candidates.replacesAccount(transfer.bankAccountId, bill.bankAccountId)
  )
}
