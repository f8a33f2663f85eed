// What stands in the amount fields before anybody typed: the split that the codes asked for, else bills that add up to
// the amount exactly over all children whom the content names, else what one child has open, oldest first. Pure; it is
// a draft, never an act. One key books it, so where it is not sure whose the money is, it stays empty.
import type { CandidateItem } from '../../reconciliation/find-candidates.js'
import { memoWords } from '../../reconciliation/memo-words.js'
import { CANDIDATE_REASONS } from '../../reconciliation/rank-candidates.js'
import type { CandidateReason } from '../../reconciliation/rank-candidates.js'

/** Reasons that speak for one child; an amount or a class alone speaks for many. */
const OWN: readonly CandidateReason[] = ['NAMED_CODE', 'NEAR_CODE', 'NAME_IN_CONTENT', 'PAYER_BEFORE', 'FAMILY_AMOUNT']
/**
 * The content itself names the child: with several, the money is meant for all of them. A school's own code is often a
 * bare number, which can also be an amount or a telephone's: it speaks against another name, and drafts nothing alone.
 */
const NAMING: readonly CandidateReason[] = ['NAMED_CODE', 'STUDENT_CODE_IN_CONTENT', 'NEAR_CODE', 'NAME_IN_CONTENT']
// A family has some ten open bills; where more could be meant, nothing is sure.
const MAX_STEPS = 50_000

type Bill = CandidateItem['bills'][number]

export interface ContentClues {
  memo?: string | null
  /** What the rules proposed, from the item's evidence. */
  proposedSplit?: readonly { invoiceId: string; amountVnd: number }[]
}

/** Amount by invoice id; Σ is never more than `suspenseVnd`, none more than its bill has open. */
export function prefillAmounts(
  suspenseVnd: number,
  candidates: readonly CandidateItem[],
  chosenIds: readonly string[],
  { memo = '', proposedSplit = [] }: ContentClues = {},
): Map<string, number> {
  const chosen = candidates.filter(({ studentId }) => chosenIds.includes(studentId))
  if (chosen.length === 0 && proposedSplit.length > 0) {
    return draftProposed(suspenseVnd, candidates.flatMap(({ bills }) => bills), proposedSplit)
  }
  const children = chosen.length > 0 ? chosen : whomTheContentNames(candidates)
  const months = monthsIn(memo ?? '')
  const payable = children.map(({ bills }) => inOrder(bills.filter(({ fitsAccount }) => fitsAccount), months))
  const ofMonths = payable.map((bills) => bills.filter((bill) => isOfMonth(bill, months)))
  const exact = findExact(ofMonths, suspenseVnd) ?? findExact(payable, suspenseVnd)
  if (exact) return new Map(exact.map(({ invoiceId, openVnd }) => [invoiceId, openVnd]))
  const [only, ...others] = payable
  return draftInOrder(suspenseVnd, only === undefined || others.length > 0 ? [] : only)
}

/** All of it or nothing: a bill that was paid meanwhile says that the proposal no longer holds. */
function draftProposed(
  suspenseVnd: number, bills: readonly Bill[], proposed: NonNullable<ContentClues['proposedSplit']>,
): Map<string, number> {
  const openOf = new Map(bills.map(({ invoiceId, openVnd }) => [invoiceId, openVnd]))
  const sumVnd = proposed.reduce((sum, { amountVnd }) => sum + amountVnd, 0)
  const holds = proposed.every(({ invoiceId, amountVnd }) => amountVnd <= (openOf.get(invoiceId) ?? 0))
  if (!holds || sumVnd > suspenseVnd) return new Map()
  return new Map(proposed.map(({ invoiceId, amountVnd }) => [invoiceId, amountVnd]))
}

/** All whom the content names, or a family whose bills add up; else the best candidate with a reason of its own. */
function whomTheContentNames(candidates: readonly CandidateItem[]): readonly CandidateItem[] {
  const named = candidates.filter(({ reasons }) => reasons.some((reason) => NAMING.includes(reason)))
  const meant = named.filter((one) => !named.some((other) => isNamesake(one, other) && outranks(other, one)))
  if (meant.length > 1) return meant
  const [top] = candidates
  if (top === undefined || !top.reasons.some((reason) => OWN.includes(reason))) return []
  return top.reasons[0] === 'FAMILY_AMOUNT' ? candidates.filter(({ reasons }) => reasons[0] === 'FAMILY_AMOUNT') : [top]
}

function isNamesake(one: CandidateItem, other: CandidateItem): boolean {
  return one !== other && memoWords(one.fullName).join(' ') === memoWords(other.fullName).join(' ')
}

/** Reasons stand in their order, the strongest first; the first difference decides. */
function outranks(one: CandidateItem, other: CandidateItem): boolean {
  const differs = CANDIDATE_REASONS.find((reason) => one.reasons.includes(reason) !== other.reasons.includes(reason))
  return differs !== undefined && one.reasons.includes(differs)
}

/** `HP thang 12/2026`, `T12` and `tháng 12` name the twelfth. */
function monthsIn(text: string): ReadonlySet<number> {
  const found = memoWords(text).join(' ').matchAll(/\b(?:thang|thg|th|t) ?(1[0-2]|0?[1-9])\b/g)
  return new Set([...found].map(([, month]) => Number(month)))
}

function isOfMonth({ roundName }: Bill, months: ReadonlySet<number>): boolean {
  return [...monthsIn(roundName)].some((month) => months.has(month))
}

/** Bills of the months first; the rest as they came, oldest first. */
function inOrder(bills: readonly Bill[], months: ReadonlySet<number>): Bill[] {
  const ofMonths = bills.filter((bill) => isOfMonth(bill, months))
  return [...ofMonths, ...bills.filter((bill) => !ofMonths.includes(bill))]
}

/** Whole bills that add up to the amount, at least one of each child; of several such the one that comes first. */
function findExact(children: readonly (readonly Bill[])[], amountVnd: number): Bill[] | undefined {
  if (children.length === 0 || children.some((bills) => bills.length === 0)) return undefined
  let steps = 0
  const search = (
    child: number, at: number, restVnd: number, taken: readonly Bill[], has: boolean,
  ): Bill[] | undefined => {
    const bill = children[child]?.[at]
    if (++steps > MAX_STEPS || restVnd < 0) return undefined
    if (bill === undefined) {
      if (!has) return undefined
      if (child + 1 === children.length) return restVnd === 0 ? [...taken] : undefined
      return search(child + 1, 0, restVnd, taken, false)
    }
    return search(child, at + 1, restVnd - bill.openVnd, [...taken, bill], true) ??
      search(child, at + 1, restVnd, taken, has)
  }
  return search(0, 0, amountVnd, [], false)
}

function draftInOrder(suspenseVnd: number, bills: readonly Bill[]): Map<string, number> {
  const amounts = new Map<string, number>()
  let restVnd = suspenseVnd
  for (const { invoiceId, openVnd } of bills) {
    const amountVnd = Math.min(openVnd, restVnd)
    if (amountVnd > 0) amounts.set(invoiceId, amountVnd)
    restVnd -= amountVnd
  }
  return amounts
}
