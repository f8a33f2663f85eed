// How does a dated row change? A row holds from `validFrom` to before `validTo`; a change closes the open
// row and opens the next one. Days that were already reported on are never rewritten. Pure.
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'

export interface Dated {
  validFrom: Day
  /** The first day on which it no longer holds; null while it is open. */
  validTo: Day | null
}

/**
 * `open`: nothing was there. `correct`: the open row began that very day. `succeed`: close it and open the
 * next.
 */
export type DatedChange = 'open' | 'correct' | 'succeed'

/** True when the row holds on `day`. */
export function holdsOn(row: Dated, day: Day): boolean {
  return row.validFrom <= day && (row.validTo === null || day < row.validTo)
}

/**
 * What a change from `from` on does to the open row. Throws `CHANGE_DATE_INVALID` when the open row began
 * later: that would rewrite days that lie behind a newer fact.
 */
export function planDatedChange(open: Pick<Dated, 'validFrom'> | undefined, from: Day): DatedChange {
  if (open === undefined) return 'open'
  if (from === open.validFrom) return 'correct'
  if (from > open.validFrom) return 'succeed'
  const reason = `must not be before ${open.validFrom}, the day of the newest change`
  throw new DomainError('CHANGE_DATE_INVALID', `from ${reason}`, [{ field: 'from', reason }])
}
