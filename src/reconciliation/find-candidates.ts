// Whose money may transfers be? Gathers what content, amount and payer of each point to, for a person who decides: a
// whole page of them at once. A suggestion books nothing, and no name leaves the school.
import type { Database, Trx } from '../db/tenancy.js'
import { parsePaymentCode } from '../invoicing/payment-code.js'
import { schoolYearOf } from '../time.js'
import type { Day, SchoolYear } from '../time.js'
import { currentAccount } from './accounts.js'
import { readCodeStudents } from './bill-store.js'
import { callPhrases, codePhrases, memoWords, namePhrases, namesClass } from './memo-words.js'
import * as lookup from './queries/review-candidates.js'
import type { Clue, StudentCard } from './queries/review-candidates.js'
import { rankCandidates } from './rank-candidates.js'
import { readContent } from './read-content.js'
import type { Candidate, CandidateReason } from './rank-candidates.js'
import { readAccounts, readCodeOwners } from './settle-store.js'
import type { AccountRow } from './settle-store.js'
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
const NOBODY: Candidates = { items: [], codes: [], amountSaysNothing: false }

/** Nothing for items that are about no money. Errors: `REVIEW_ITEM_NOT_FOUND`. */
export async function findCandidates(db: Database, schoolId: string, reviewItemId: string): Promise<Candidates> {
  return db.inSchool(schoolId, async (trx) => {
    await getItem(trx, schoolId, reviewItemId)
    return (await readCandidatesOf(trx, schoolId, [reviewItemId])).get(reviewItemId) ?? NOBODY
  })
}

/** By item, without those that are about no money: as many statements for a page of items as for one. */
export async function readCandidatesOf(
  trx: Trx, schoolId: string, reviewItemIds: readonly string[],
): Promise<ReadonlyMap<string, Candidates>> {
  const clues = await lookup.readClues(trx, schoolId, reviewItemIds)
  if (clues.length === 0) return new Map()
  const leads = await follow(trx, schoolId, clues)
  const cards = await readCardsOf(trx, schoolId, leads)
  const accounts = await readAccounts(trx, schoolId)
  return new Map(leads.map((lead) => [lead.clue.itemId, {
    items: rank(lead, cards, accounts), codes: lead.codes, amountSaysNothing: lead.amountSaysNothing,
  }]))
}

/** Students that a person added by hand, with their open bills, in the order asked for. */
export async function readChosenStudents(
  db: Database, schoolId: string, studentIds: readonly string[], at: { bankAccountId: string | null; bankDay: Day },
): Promise<CandidateItem[]> {
  return db.inSchool(schoolId, async (trx) => {
    const cards = await lookup.readCards(trx, schoolId, studentIds, schoolYearOf(at.bankDay))
    const fits = accountRule(await readAccounts(trx, schoolId), at.bankAccountId)
    return studentIds.flatMap((id) => cards.filter((card) => card.id === id))
      .map((card) => ({ ...toCandidate(card, new Set(), fits), reasons: [] }))
  })
}

/** What one item's clue has led to. */
interface Lead {
  clue: Clue
  words: string[]
  schoolYear: SchoolYear
  /** Classes that the content names. */
  classIds: string[]
  codes: SeenCode[]
  reasons: Map<string, Set<CandidateReason>>
  amountSaysNothing: boolean
}

async function follow(trx: Trx, schoolId: string, clues: readonly Clue[]): Promise<Lead[]> {
  const leads = await openLeads(trx, schoolId, clues)
  const add = (hits: lookup.Hits, reason: CandidateReason): void => {
    for (const lead of leads) addReason(lead, hits.get(lead.clue.itemId) ?? [], reason)
  }
  const ask = <Rest extends object>(rest: (lead: Lead) => Rest | null): (Rest & { item: string })[] =>
    leads.flatMap((lead) => {
      const asked = rest(lead)
      return asked === null ? [] : [{ ...asked, item: lead.clue.itemId }]
    })
  const numbered = ask(({ words }) => {
    const phrases = codePhrases(words)
    return phrases.length === 0 ? null : { phrases }
  })
  add(await lookup.findByOwnCode(trx, schoolId, numbered), 'STUDENT_CODE_IN_CONTENT')
  const named = ask(({ words }) => ({ phrases: namePhrases(words) }))
  add(await lookup.findNamed(trx, schoolId, named), 'NAME_IN_CONTENT')
  const called = ask(({ words }) => ({ phrases: callPhrases(words) }))
  add(await lookup.findCalled(trx, called), 'CALLED_IN_CONTENT')
  const payers = ask(({ clue: { counterAccount, transactionId } }) =>
    (counterAccount === null ? null : { counter_account: counterAccount, transaction_id: transactionId }))
  add(await lookup.findPaidBefore(trx, schoolId, payers), 'PAYER_BEFORE')
  // Of everybody that was found so far.
  const found = ask(({ reasons }) => (reasons.size === 0 ? null : { student_ids: [...reasons.keys()] }))
  add(await lookup.findSiblings(trx, schoolId, found), 'SIBLING')
  const classes = ask(({ classIds, clue: { amountVnd } }) =>
    (classIds.length === 0 ? null : { class_ids: classIds, amount_vnd: amountVnd }))
  add(await lookup.findInClasses(trx, schoolId, classes), 'CLASS_IN_CONTENT')
  const sameAmount = await lookup.findSameAmount(trx, schoolId,
    ask(({ clue: { amountVnd } }) => ({ amount_vnd: amountVnd })))
  add(sameAmount, 'SAME_AMOUNT')
  return leads.map((lead) => ({
    ...lead, amountSaysNothing: (sameAmount.get(lead.clue.itemId)?.length ?? 0) > lookup.LOOKUP_LIMIT,
  }))
}

/** A look-up that finds too many says nothing about anybody. */
function addReason({ reasons }: Lead, studentIds: readonly string[], reason: CandidateReason): void {
  if (studentIds.length > lookup.LOOKUP_LIMIT) return
  for (const id of studentIds) reasons.set(id, (reasons.get(id) ?? new Set()).add(reason))
}

/** What the content itself says: codes and classes. */
async function openLeads(trx: Trx, schoolId: string, clues: readonly Clue[]): Promise<Lead[]> {
  const seen = await readCodes(trx, schoolId, clues)
  const classes = new Map<SchoolYear, Awaited<ReturnType<typeof lookup.readClasses>>>()
  for (const year of new Set(clues.map(({ bankDay }) => schoolYearOf(bankDay)))) {
    classes.set(year, await lookup.readClasses(trx, schoolId, year))
  }
  return clues.map((clue): Lead => {
    const [words, schoolYear] = [memoWords(`${clue.memo} ${clue.fullText ?? ''}`), schoolYearOf(clue.bankDay)]
    const named = (classes.get(schoolYear) ?? []).filter(({ name }) => namesClass(words, name))
    const codes = seen.get(clue) ?? []
    const lead: Lead = {
      clue, words, schoolYear, codes, classIds: named.map(({ id }) => id), reasons: new Map(), amountSaysNothing: false,
    }
    for (const { near, studentIds } of codes) addReason(lead, studentIds, near ? 'NEAR_CODE' : 'NAMED_CODE')
    return lead
  })
}

type Cards = ReadonlyMap<string, StudentCard>

/** By school year and student: the class of a student is that of the year. */
async function readCardsOf(
  trx: Trx, schoolId: string, leads: readonly Lead[],
): Promise<ReadonlyMap<SchoolYear, Cards>> {
  const years = new Map<SchoolYear, Cards>()
  for (const year of new Set(leads.map(({ schoolYear }) => schoolYear))) {
    const ofYear = leads.filter(({ schoolYear }) => schoolYear === year)
    const studentIds = [...new Set(ofYear.flatMap(({ reasons }) => [...reasons.keys()]))]
    const cards = await lookup.readCards(trx, schoolId, studentIds, year)
    years.set(year, new Map(cards.map((card) => [card.id, card])))
  }
  return years
}

function rank(
  { clue, schoolYear, classIds, reasons }: Lead,
  cards: ReadonlyMap<SchoolYear, Cards>,
  accounts: readonly AccountRow[],
): CandidateItem[] {
  const fits = accountRule(accounts, clue.bankAccountId)
  const candidates = [...reasons].flatMap(([studentId, own]) => {
    const card = cards.get(schoolYear)?.get(studentId)
    if (card === undefined) return []
    if (card.classId !== null && classIds.includes(card.classId)) own.add('CLASS_IN_CONTENT')
    return [toCandidate(card, own, fits)]
  })
  return rankCandidates(candidates, clue.amountVnd).slice(0, SHOWN)
}

function toCandidate(
  { id, fullName, className, familyId, bills }: StudentCard,
  reasons: ReadonlySet<CandidateReason>,
  fits: (bankAccountId: string) => boolean,
): Candidate & Omit<CandidateItem, 'reasons'> {
  const open = bills.map((bill) => ({ ...bill, fitsAccount: fits(bill.bankAccountId) }))
  return { studentId: id, fullName, className, familyId, reasons, bills: open }
}

function accountRule(accounts: readonly AccountRow[], bankAccountId: string | null): (other: string) => boolean {
  return (other) => bankAccountId === null ||
    currentAccount(accounts, other) === currentAccount(accounts, bankAccountId)
}

async function readCodes(
  trx: Trx, schoolId: string, clues: readonly Clue[],
): Promise<ReadonlyMap<Clue, SeenCode[]>> {
  const texts = new Map(clues.map((clue) => [clue, codesIn(clue)]))
  const numbers = [...texts.values()].flatMap((ofOne) => ofOne.map(({ number }) => number))
  const owners = await readCodeOwners(trx, [...new Set(numbers)])
  const own = owners.filter((owner) => owner.school_id === schoolId).map(({ code }) => code)
  const students = await readCodeStudents(trx, schoolId, own)
  return new Map([...texts].map(([clue, ofOne]) => [clue,
    ofOne.filter(({ number }) => own.includes(number)).map(({ number, ...one }) => ({
      ...one, studentIds: students.filter(({ code }) => code === number).map((row) => row.student_id),
    }))]))
}

/** Codes in the content and codes near its damaged texts, as far as they are codes at all. */
function codesIn(clue: Clue) {
  const found = readContent(clue)
  return [
    ...found.codes.map((code) => ({ seen: code, code, near: false })),
    ...found.damaged.flatMap(({ text, candidates }) => candidates.map((code) => ({ seen: text, code, near: true }))),
  ].flatMap((one) => {
    const number = parsePaymentCode(one.code)
    return number === undefined ? [] : [{ ...one, number }]
  })
}
