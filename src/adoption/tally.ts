// From the counts of each school to the figures of any set of schools: a province, a level, a commune, the
// urban schools. Pure. A child in two of the schools counts once, so students are never simply added up.
import { emptySplit, fractionOf } from './figure.js'
import type { ClassSplit } from './figure.js'
import { EVERY_GROUP } from './measure.js'
import type { GroupKey, ThresholdMeasure } from './measure.js'
import { isAtLeast, isPublishable } from './rate.js'
import type { Fraction, Threshold } from './rate.js'

/** What one school has in one fee group, or in all of them, in the school year up to the as-of day. */
export interface GroupTally {
  /** Students who are in no other school of the roster: M3. */
  students: Fraction
  /** Children who are in another school too, each with its bills and cashless đồng here. */
  shared: readonly SharedChild[]
  payments: ClassSplit
  moneyVnd: ClassSplit
}

export interface SharedChild {
  identityKey: string
  bills: number
  paidVnd: number
}

export interface SchoolTally {
  hasChannel: boolean
  groups: ReadonlyMap<GroupKey, GroupTally>
}

/** M3 of these schools: billed children, and those of them with cashless money above 0. */
export function countStudents(schools: readonly SchoolTally[], group: GroupKey): Fraction {
  let numerator = 0
  let denominator = 0
  const shared = new Map<string, { bills: number; paidVnd: number }>()
  for (const { groups } of schools) {
    const tally = groups.get(group)
    if (tally === undefined) continue
    numerator += tally.students.numerator
    denominator += tally.students.denominator
    for (const { identityKey, bills, paidVnd } of tally.shared) {
      const before = shared.get(identityKey)
      shared.set(identityKey, { bills: bills + (before?.bills ?? 0), paidVnd: paidVnd + (before?.paidVnd ?? 0) })
    }
  }
  for (const { bills, paidVnd } of shared.values()) {
    if (bills <= 0) continue
    denominator++
    if (paidVnd > 0) numerator++
  }
  return { numerator, denominator }
}

/** M4 or M5 by class; `fractionOf` makes the figure of it. */
export function splitOf(
  schools: readonly SchoolTally[], group: GroupKey, what: 'payments' | 'moneyVnd',
): ClassSplit {
  const sum = emptySplit()
  for (const { groups } of schools) addSplit(sum, groups.get(group)?.[what])
  return sum
}

export function addSplit(sum: ClassSplit, part: ClassSplit | undefined): void {
  if (part === undefined) return
  sum.direct += part.direct
  sum.assisted += part.assisted
  sum.proxy_suspected += part.proxy_suspected
  sum.intermediary += part.intermediary
  sum.cash += part.cash
}

export function isDeployed({ groups }: SchoolTally, group: GroupKey = EVERY_GROUP): boolean {
  const payments = groups.get(group)?.payments
  return payments !== undefined && fractionOf(payments).numerator > 0
}

/** One school's M3 or M5. */
function shareOfSchool(school: SchoolTally, group: GroupKey, of: ThresholdMeasure): Fraction {
  return of === 'M3' ? countStudents([school], group) : fractionOf(splitOf([school], group, 'moneyVnd'))
}

/** A school with nothing to show is on neither side of M6 and in no ranking. */
export function hasData(share: Fraction): boolean {
  return share.denominator > 0 && isPublishable(share)
}

export interface Glance {
  m1: Fraction
  m2: Fraction
  m3: Fraction
  m4: Fraction
  m5: Fraction
  m6: Fraction
}

/**
 * The six measures of a set of schools; M4 and M5 may be no share (more taken back than came in). `isShown` says whose
 * share counts for M6: with a threshold of one's choice, a hidden share could be found by asking again and again.
 */
export function glanceOf<School extends SchoolTally>(
  schools: readonly School[], group: GroupKey, thresholdOf: ThresholdMeasure, threshold: Threshold,
  isShown: (school: School) => boolean,
): Glance {
  const count = (of: (school: SchoolTally) => boolean): Fraction =>
    ({ numerator: schools.filter(of).length, denominator: schools.length })
  const shares = schools.filter(isShown).map((school) => shareOfSchool(school, group, thresholdOf)).filter(hasData)
  return {
    m1: count(({ hasChannel }) => hasChannel),
    m2: count((school) => isDeployed(school, group)),
    m3: countStudents(schools, group),
    m4: fractionOf(splitOf(schools, group, 'payments')),
    m5: fractionOf(splitOf(schools, group, 'moneyVnd')),
    m6: {
      numerator: shares.filter((share) => isAtLeast(share, threshold)).length, denominator: shares.length,
    },
  }
}
