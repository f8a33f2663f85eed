// Which counts of children may an authority see? Pure. It decides for all published sums at once, because a
// hidden count that can be worked out from the ones beside it is not hidden.
import type { Fraction } from './rate.js'

/** A published sum and the published counts that it is the sum of, by their names. */
export interface Line {
  total: string
  parts: readonly string[]
}

/**
 * The names of the counts that must not be shown.
 *
 * 1. A count of 1 to `min` - 1 children is hidden, on either side of a share (facts §7). 0 says nothing of a
 *    child, and the difference of both sides is no count of its own: who is in it may have paid in cash.
 * 2. Where a sum is shown, what is hidden among its parts can be worked out together: it has to be at least
 *    two parts and no small count either. Otherwise the smallest part that is still shown is hidden too; when
 *    none is left, the sum itself.
 * 3. Where a sum is hidden, not all of its parts may be shown.
 * 2 and 3 are repeated until every line holds: a count that one line hides may open another line.
 *
 * A child in two parts makes a sum smaller than its parts, so a difference is off by such children and
 * protects more. Not covered: what follows only from several lines at once, from two days or fee groups
 * compared, or from the pages of two authorities that share schools.
 */
export function hiddenCounts(
  counts: ReadonlyMap<string, Fraction>, lines: readonly Line[], min: number,
): ReadonlySet<string> {
  const hidden = new Set<string>()
  for (const [name, count] of counts) if (isSmall(count, min)) hidden.add(name)
  const live = lines.filter(({ parts }) => parts.length > 0)
  for (let changed = true; changed;) {
    changed = false
    for (const line of live) {
      const next = nextToHide(line, counts, hidden, min)
      if (next === undefined) continue
      hidden.add(next)
      changed = true
    }
  }
  return hidden
}

export function isSmall({ numerator, denominator }: Fraction, min: number): boolean {
  return (numerator > 0 && numerator < min) || (denominator > 0 && denominator < min)
}

function nextToHide(
  { total, parts }: Line, counts: ReadonlyMap<string, Fraction>, hidden: ReadonlySet<string>, min: number,
): string | undefined {
  const hiddenParts = parts.filter((part) => hidden.has(part))
  const smallest = () => smallestShown(parts, counts, hidden)
  if (hidden.has(total)) return hiddenParts.length === 0 ? smallest() : undefined
  if (hiddenParts.length === 0) return undefined
  const together = sumOf(hiddenParts, counts)
  if (hiddenParts.length > 1 && !isSmall(together, min)) return undefined
  return smallest() ?? total
}

/** The shown part with the fewest children, empty ones left out: hiding those would hide nothing. */
function smallestShown(
  parts: readonly string[], counts: ReadonlyMap<string, Fraction>, hidden: ReadonlySet<string>,
): string | undefined {
  let found: string | undefined
  let least = Infinity
  for (const part of parts) {
    const size = counts.get(part)?.denominator ?? 0
    if (size === 0 || size >= least || hidden.has(part)) continue
    found = part
    least = size
  }
  return found
}

function sumOf(parts: readonly string[], counts: ReadonlyMap<string, Fraction>): Fraction {
  const sum = { numerator: 0, denominator: 0 }
  for (const part of parts) {
    sum.numerator += counts.get(part)?.numerator ?? 0
    sum.denominator += counts.get(part)?.denominator ?? 0
  }
  return sum
}
