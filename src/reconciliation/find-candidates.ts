// Whose money may a transfer be? Gathers what its content, its amount and its payer point to, for a person who decides.
// A suggestion books nothing, and no name leaves the school.
import type { Database, Trx } from '../db/tenancy.js'
import { findPaymentCodes, parsePaymentCode } from '../invoicing/payment-code.js'
import { schoolYearOf } from '../time.js'
import type { Day } from '../time.js'
import { currentAccount } from './accounts.js'
import { readCodeStudents } from './bill-store.js'
import { callPhrases, memoWords, namePhrases, namesClass } from './memo-words.js'
import * as lookup from './queries/review-candidates.js'
import type { Clue, StudentCard } from './queries/review-candidates.js'
import { rankCandidates } from './rank-candidates.js'
import type { Candidate, CandidateReason } from './rank-candidates.js'
import { readAccounts, readCodeOwners } from './settle-store.js'
import { getItem } from './take-up.js'

export interface OpenBill {
  invoiceId: string
  roundName: string
  dueOn: Day
  openVnd: number
  payableVnd: number
  paymentCode: number
  bankAccountId: string
  /** Whether money of the transfer's account may pay it. */
  fitsAccount: boolean
}

export interface CandidateItem {
  studentId: string
  fullName: string
  className: string | null
  familyId: string | null
  reasons: CandidateReason[]
  bills: readonly OpenBill[]
}

/** A code in the content, or one near a damaged text, that was issued in this school. */
export interface SeenCode {
  /** As it stands in the content. */
  seen: string
  code: string
  near: boolean
  studentIds: string[]
}

export interface Candidates {
  items: CandidateItem[]
  codes: SeenCode[]
  /** So many students have a bill of exactly this amount that it points to nobody. */
  amountSaysNothing: boolean
}

const SHOWN = 20

/** Nothing for items that are about no money. Errors: `REVIEW_ITEM_NOT_FOUND`. */
export async function findCandidates(db: Database, schoolId: string, reviewItemId: string): Promise<Candidates> {
  return db.inSchool(schoolId, async (trx) => {
    await getItem(trx, schoolId, reviewItemId)
    return readCandidatesOf(trx, schoolId, reviewItemId)
  })
}

export async function readCandidatesOf(trx: Trx, schoolId: string, reviewItemId: string): Promise<Candidates> {
  const clue = await lookup.readClue(trx, schoolId, reviewItemId)
  return clue ? gather(trx, schoolId, clue) : { items: [], codes: [], amountSaysNothing: false }
}

/** Students that a person added by hand, with their open bills, in the order asked for. */
export async function readChosenStudents(
  db: Database, schoolId: string, studentIds: readonly string[], at: { bankAccountId: string | null; bankDay: Day },
): Promise<CandidateItem[]> {
  return db.inSchool(schoolId, async (trx) => {
    const cards = await lookup.readCards(trx, schoolId, studentIds, schoolYearOf(at.bankDay))
    const fits = await accountRule(trx, schoolId, at.bankAccountId)
    return studentIds.flatMap((id) => cards.filter((card) => card.id === id))
      .map((card) => ({ ...toCandidate(card, new Set(), fits), reasons: [] }))
  })
}

async function gather(trx: Trx, schoolId: string, clue: Clue): Promise<Candidates> {
  const words = memoWords(clue.memo)
  const reasons = new Map<string, Set<CandidateReason>>()
  const add = (studentIds: readonly string[], reason: CandidateReason): void => {
    if (studentIds.length > lookup.LOOKUP_LIMIT) return
    for (const id of studentIds) reasons.set(id, (reasons.get(id) ?? new Set()).add(reason))
  }
  const codes = await readCodes(trx, schoolId, clue.memo)
  for (const { near, studentIds } of codes) add(studentIds, near ? 'NEAR_CODE' : 'NAMED_CODE')
  add(await lookup.findNamed(trx, schoolId, namePhrases(words)), 'NAME_IN_CONTENT')
  add(await lookup.findCalled(trx, callPhrases(words)), 'CALLED_IN_CONTENT')
  add(await lookup.findPaidBefore(trx, schoolId, clue), 'PAYER_BEFORE')
  if (reasons.size > 0) add(await lookup.findSiblings(trx, schoolId, [...reasons.keys()]), 'SIBLING')
  const schoolYear = schoolYearOf(clue.bankDay)
  const named = (await lookup.readClasses(trx, schoolId, schoolYear)).filter(({ name }) => namesClass(words, name))
  const classIds = named.map(({ id }) => id)
  add(await lookup.findInClasses(trx, schoolId, classIds, clue.amountVnd), 'CLASS_IN_CONTENT')
  const sameAmount = await lookup.findSameAmount(trx, schoolId, clue.amountVnd)
  add(sameAmount, 'SAME_AMOUNT')

  const cards = await lookup.readCards(trx, schoolId, [...reasons.keys()], schoolYear)
  const fits = await accountRule(trx, schoolId, clue.bankAccountId)
  const candidates = cards.map((card) => {
    const own = reasons.get(card.id) ?? new Set()
    if (card.classId !== null && classIds.includes(card.classId)) own.add('CLASS_IN_CONTENT')
    return toCandidate(card, own, fits)
  })
  return {
    items: rankCandidates(candidates, clue.amountVnd).slice(0, SHOWN),
    codes,
    amountSaysNothing: sameAmount.length > lookup.LOOKUP_LIMIT,
  }
}

function toCandidate(
  { id, fullName, className, familyId, bills }: StudentCard,
  reasons: ReadonlySet<CandidateReason>,
  fits: (bankAccountId: string) => boolean,
): Candidate & Omit<CandidateItem, 'reasons'> {
  const open = bills.map((bill) => ({ ...bill, fitsAccount: fits(bill.bankAccountId) }))
  return { studentId: id, fullName, className, familyId, reasons, bills: open }
}

async function accountRule(
  trx: Trx, schoolId: string, bankAccountId: string | null,
): Promise<(other: string) => boolean> {
  const accounts = await readAccounts(trx, schoolId)
  return (other) => bankAccountId === null ||
    currentAccount(accounts, other) === currentAccount(accounts, bankAccountId)
}

async function readCodes(trx: Trx, schoolId: string, memo: string): Promise<SeenCode[]> {
  const found = findPaymentCodes(memo)
  const texts = [
    ...found.codes.map((code) => ({ seen: code, code, near: false })),
    ...found.damaged.flatMap(({ text, candidates }) => candidates.map((code) => ({ seen: text, code, near: true }))),
  ].flatMap((one) => {
    const number = parsePaymentCode(one.code)
    return number === undefined ? [] : [{ ...one, number }]
  })
  const owners = await readCodeOwners(trx, texts.map(({ number }) => number))
  const own = owners.filter((owner) => owner.school_id === schoolId).map(({ code }) => code)
  const students = await readCodeStudents(trx, schoolId, own)
  return texts.filter(({ number }) => own.includes(number)).map(({ number, ...one }) => ({
    ...one, studentIds: students.filter(({ code }) => code === number).map((row) => row.student_id),
  }))
}
