// Sorts the rows of sums that the database gave by school and fee group. It adds nothing up but the fee
// groups of one payment class, and knows no measure.
import { emptySplit } from './figure.js'
import { EVERY_GROUP } from './measure.js'
import type { GroupKey } from './measure.js'
import type { StudentSum } from './queries/board-sums.js'
import type { MoneySum } from './queries/money-sums.js'
import { addSplit } from './tally.js'
import type { GroupTally, SharedChild } from './tally.js'

interface GroupDraft extends GroupTally {
  shared: SharedChild[]
}

/** As of the last point, by school, then by fee group; a school or a group without any row is left out. */
export function talliesOf(
  students: readonly StudentSum[], money: readonly MoneySum[],
): Map<string, Map<GroupKey, GroupTally>> {
  const bySchool = new Map<string, Map<GroupKey, GroupDraft>>()
  const draftOf = (schoolId: string, group: GroupKey): GroupDraft => {
    const groups = bySchool.get(schoolId) ?? new Map<GroupKey, GroupDraft>()
    bySchool.set(schoolId, groups)
    const draft = groups.get(group) ?? {
      students: { numerator: 0, denominator: 0 }, shared: [], payments: emptySplit(), moneyVnd: emptySplit(),
    }
    groups.set(group, draft)
    return draft
  }
  for (const { school_id, fee_group, no, identity_key, billed, paid } of students) {
    if (no !== null) continue
    const draft = draftOf(school_id, fee_group)
    if (identity_key === null) draft.students = { numerator: paid, denominator: billed }
    else draft.shared.push({ identityKey: identity_key, bills: billed, paidVnd: paid })
  }
  for (const { school_id, fee_group, payment_class, paid_vnd, source_payments, group_payments } of money) {
    if (fee_group === null || payment_class === null) continue
    for (const [group, payments] of [[EVERY_GROUP, source_payments], [fee_group, group_payments]] as const) {
      const draft = draftOf(school_id, group)
      addSplit(draft.payments, { ...emptySplit(), [payment_class]: payments })
      addSplit(draft.moneyVnd, { ...emptySplit(), [payment_class]: paid_vnd })
    }
  }
  return bySchool
}
