// Which kinds of money may a school bill at all? Pure. What the decrees keep off the bill is refused with the
// reason, so that an accountant learns why and not only that.
import { DomainError } from '../errors.js'
import { FEE_GROUPS } from '../ledger/account.js'
import type { FeeGroup } from '../ledger/account.js'

/** Money that never goes on an invoice (facts: fees, exemptions, caps), and why. */
const REFUSED_GROUPS = {
  donation: 'a donation (tài trợ, TT 16/2018) is voluntary and on an approved plan: it is never billed and ' +
    'has no amount per head',
  parents_fund: 'the parents\' fund (quỹ cha mẹ học sinh, TT 55) belongs to the parents: it stays out of ' +
    'the school\'s accounts and bills',
  extra_teaching: 'extra teaching in school (TT 29/2024) may take no money from pupils',
} as const
type RefusedGroup = keyof typeof REFUSED_GROUPS

/** What a request may say; the refused ones are known by name, so that they get their reason. */
export const ASKED_GROUPS = [...FEE_GROUPS, 'donation', 'parents_fund', 'extra_teaching'] as const
export type AskedGroup = FeeGroup | RefusedGroup

/** Throws `FEE_GROUP_REFUSED` with the reason for money that is never billed. */
export function billableGroup(asked: AskedGroup): FeeGroup {
  const group = FEE_GROUPS.find((one) => one === asked)
  if (group !== undefined) return group
  const reason = isRefused(asked) ? REFUSED_GROUPS[asked] : 'is no fee group'
  throw new DomainError('FEE_GROUP_REFUSED', reason, [{ field: 'feeGroup', reason }])
}

function isRefused(asked: AskedGroup): asked is RefusedGroup {
  return asked in REFUSED_GROUPS
}
