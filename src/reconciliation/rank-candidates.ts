// Puts the students whose money a transfer may be into an order that a person can follow: by reasons, the strongest
// first, never by a score. Pure; whatever stands on top is still only a suggestion.

/** From the most to the least telling. */
export const CANDIDATE_REASONS = [
  'NAMED_CODE', 'STUDENT_CODE_IN_CONTENT', 'NEAR_CODE', 'NAME_IN_CONTENT', 'PAYER_BEFORE', 'FAMILY_AMOUNT', 'CALLED_IN_CONTENT', 'SIBLING',
  'CLASS_IN_CONTENT', 'SAME_AMOUNT',
] as const
export type CandidateReason = (typeof CANDIDATE_REASONS)[number]

export interface CandidateBill {
  invoiceId: string
  openVnd: number
  fitsAccount: boolean
}

export interface Candidate {
  studentId: string
  fullName: string
  familyId: string | null
  /** Their own reasons, found by look-up. */
  reasons: ReadonlySet<CandidateReason>
  bills: readonly CandidateBill[]
}

export type Ranked<One extends Candidate> = Omit<One, 'reasons'> & { reasons: CandidateReason[] }

/**
 * Adds what amounts say (a bill that is open with exactly this amount; a family whose open bills add up to it) and
 * sorts: by the strongest reason, then the next, then the name, then the id.
 */
export function rankCandidates<One extends Candidate>(
  candidates: readonly One[],
  amountVnd: number,
): Ranked<One>[] {
  const families = familiesOfAmount(candidates, amountVnd)
  return candidates
    .map((candidate): Ranked<One> => {
      const all = new Set(candidate.reasons)
      if (candidate.bills.some((bill) => bill.fitsAccount && bill.openVnd === amountVnd)) all.add('SAME_AMOUNT')
      if (candidate.familyId !== null && families.has(candidate.familyId)) all.add('FAMILY_AMOUNT')
      return { ...candidate, reasons: CANDIDATE_REASONS.filter((reason) => all.has(reason)) }
    })
    .sort((a, b) => compareReasons(a.reasons, b.reasons) || compareTexts(a.fullName, b.fullName) ||
      compareTexts(a.studentId, b.studentId))
}

function familiesOfAmount(candidates: readonly Candidate[], amountVnd: number): Set<string> {
  const sums = new Map<string, { openVnd: number; children: number }>()
  for (const { familyId, bills } of candidates) {
    const openVnd = bills.reduce((sum, bill) => sum + (bill.fitsAccount ? bill.openVnd : 0), 0)
    if (familyId === null || openVnd === 0) continue
    const sum = sums.get(familyId) ?? { openVnd: 0, children: 0 }
    sums.set(familyId, { openVnd: sum.openVnd + openVnd, children: sum.children + 1 })
  }
  return new Set([...sums].flatMap(([id, sum]) => (sum.children > 1 && sum.openVnd === amountVnd ? [id] : [])))
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function compareReasons(a: readonly CandidateReason[], b: readonly CandidateReason[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [mine, other] = [a[at], b[at]]
    if (mine === other || mine === undefined || other === undefined) {
      if (mine === other) continue
      return mine === undefined ? 1 : -1
    }
    return CANDIDATE_REASONS.indexOf(mine) - CANDIDATE_REASONS.indexOf(other)
  }
  return 0
}
