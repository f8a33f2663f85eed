// What stands in the amount fields before anybody typed: the split that the codes asked for, else the open bills of
// whoever there is an own reason for, oldest first, as far as the money goes. Pure; it is a draft, never an act.
import type { CandidateItem } from '../../reconciliation/find-candidates.js'
import type { CandidateReason } from '../../reconciliation/rank-candidates.js'

/** Reasons that speak for one child; an amount or a class alone speaks for many. */
const OWN: readonly CandidateReason[] = ['NAMED_CODE', 'NEAR_CODE', 'NAME_IN_CONTENT', 'PAYER_BEFORE', 'FAMILY_AMOUNT']

/** Amount by invoice id; Σ is never more than `suspenseVnd`, none more than its bill has open. */
export function prefillAmounts(
  suspenseVnd: number,
  candidates: readonly CandidateItem[],
  chosenIds: readonly string[],
): Map<string, number> {
  const chosen = candidates.filter(({ studentId }) => chosenIds.includes(studentId))
  const [top] = candidates
  const drafted = chosen.length > 0 ? chosen
    : top === undefined || !top.reasons.some((reason) => OWN.includes(reason)) ? []
      : candidates.filter((one) => one === top || sharesStrongest(one, top))
  const amounts = new Map<string, number>()
  let restVnd = suspenseVnd
  const exact = drafted.flatMap(({ bills }) => bills).find((bill) => bill.fitsAccount && bill.openVnd === suspenseVnd)
  for (const bill of exact ? [exact] : drafted.flatMap(({ bills }) => bills)) {
    const amountVnd = bill.fitsAccount ? Math.min(bill.openVnd, restVnd) : 0
    if (amountVnd > 0) amounts.set(bill.invoiceId, amountVnd)
    restVnd -= amountVnd
  }
  return amounts
}

/** Two codes in one content, or one family whose bills add up: they belong together. */
function sharesStrongest(one: CandidateItem, top: CandidateItem): boolean {
  const [strongest] = top.reasons
  return strongest !== undefined && (strongest === 'NAMED_CODE' || strongest === 'FAMILY_AMOUNT') &&
    one.reasons[0] === strongest
}
