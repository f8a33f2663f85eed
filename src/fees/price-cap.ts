// Is a planned amount above a maximum that the province has set? Pure: which levels a plan line bills, and
// which caps it breaks. A cap that may apply does apply: the service never bills above a maximum and asks
// later.
import type { SchoolLevel } from '../directory/school.js'
import type { FieldError } from '../errors.js'
import { formatVnd } from '../money.js'

const GENERAL_LEVELS: readonly SchoolLevel[] = ['preschool', 'primary', 'lower_secondary', 'upper_secondary']

/** Grade 0 is preschool; 1-5, 6-9 and 10-12 are the three general levels. */
function levelOfGrade(grade: number): SchoolLevel {
  if (grade === 0) return 'preschool'
  if (grade <= 5) return 'primary'
  return grade <= 9 ? 'lower_secondary' : 'upper_secondary'
}

/**
 * The levels that a plan line bills. A grade tells the level in a school of several; without one the line
 * bills every level of the school, and a `multi_level` school (liên cấp) may hold all four. Continuing
 * education has grades too but caps of its own, so its level stays.
 */
export function levelsBilled(schoolLevels: readonly string[], grade: number | null): readonly string[] {
  const levels = schoolLevels.includes('multi_level')
    ? [...new Set([...schoolLevels, ...GENERAL_LEVELS])]
    : schoolLevels
  if (grade === null) return levels
  const level = levelOfGrade(grade)
  const narrowed = levels.filter((one) => one === level || !GENERAL_LEVELS.some((general) => general === one))
  return narrowed.length > 0 ? narrowed : levels
}

/** A cap of an authority above the school that holds on the round's due day, for the school's area. */
export interface PriceCap {
  id: string
  feeCode: string
  /** Null means every level. */
  level: string | null
  unit: string
  maximumVnd: number
  /** By how much the amount of the school year before may be exceeded; without it there is no such limit. */
  growthLimitPercent?: number | null
  legalBasis: string
}

export interface PlannedFee {
  feeCode: string
  scope: string
  grade: number | null
  amountVnd: number
}

export interface CapBreach {
  fee: PlannedFee
  cap: PriceCap
  /** The most that the cap allows for this fee. */
  limitVnd: number
  /** What was billed the year before, of a breach of the growth limit; null when the maximum itself is broken. */
  lastYearVnd: number | null
}

/**
 * One for each planned amount above the maximum of a cap, or above its growth limit where the year before is known. No
 * school level known (no profile on that day): caps of every level apply. `lastYear` are the fees of the plans that
 * were billed in the school year before.
 */
export function findCapBreaches(
  planned: readonly PlannedFee[], caps: readonly PriceCap[], schoolLevels: readonly string[],
  lastYear: readonly PlannedFee[] = [],
): CapBreach[] {
  return planned.flatMap((fee) => {
    const levels = levelsBilled(schoolLevels, fee.grade)
    return caps
      .filter((cap) => cap.feeCode === fee.feeCode)
      .filter((cap) => cap.level === null || levels.length === 0 || levels.includes(cap.level))
      .flatMap((cap): CapBreach[] => {
        if (fee.amountVnd > cap.maximumVnd) return [{ fee, cap, limitVnd: cap.maximumVnd, lastYearVnd: null }]
        const lastYearVnd = amountOfLastYear(fee, lastYear, schoolLevels)
        if (cap.growthLimitPercent == null || lastYearVnd === undefined) return []
        const limitVnd = grownBy(lastYearVnd, cap.growthLimitPercent)
        return fee.amountVnd > limitVnd ? [{ fee, cap, limitVnd, lastYearVnd }] : []
      })
  })
}

/** Whole đồng, rounded down: 15 % on 99,999 đ allows 114,998 đ. */
export function grownBy(amountVnd: number, percent: number): number {
  return Math.floor((amountVnd * (100 + percent)) / 100)
}

/**
 * The highest amount of the same fee for a level that this one bills: of the same grade where both name one. Undefined
 * when the fee was not billed the year before: then there is nothing to grow from. 0 takes a fee off a bill and is no
 * price.
 */
function amountOfLastYear(
  fee: PlannedFee, lastYear: readonly PlannedFee[], schoolLevels: readonly string[],
): number | undefined {
  const levels = levelsBilled(schoolLevels, fee.grade)
  const alike = lastYear.filter((before) => before.feeCode === fee.feeCode && before.amountVnd > 0 &&
    (fee.grade === null || before.grade === null || fee.grade === before.grade) &&
    (levels.length === 0 || levelsBilled(schoolLevels, before.grade).some((level) => levels.includes(level))))
  return alike.length === 0 ? undefined : Math.max(...alike.map(({ amountVnd }) => amountVnd))
}

/** For programs: it names the cap, the limit and the legal basis. */
export function breachError(breach: CapBreach): FieldError {
  const code = breach.lastYearVnd === null ? 'PRICE_CAP_EXCEEDED' : 'PRICE_GROWTH_EXCEEDED'
  return { field: `fees.${breach.fee.feeCode}`, code, reason: breachText(breach) }
}

function breachText({ fee, cap, limitVnd, lastYearVnd }: CapBreach): string {
  const level = cap.level === null ? '' : ` for ${cap.level}`
  const grade = fee.grade === null ? '' : `, grade ${fee.grade}`
  const limit = lastYearVnd === null
    ? `the maximum of ${formatVnd(limitVnd)} a ${cap.unit}${level}`
    : `${formatVnd(limitVnd)} a ${cap.unit}${level}: ${cap.growthLimitPercent} % on ${formatVnd(lastYearVnd)} of the year before`
  return `${fee.feeCode} (${fee.scope}${grade}): ${formatVnd(fee.amountVnd)} is above ${limit} ` +
    `(${cap.legalBasis}; cap ${cap.id})`
}
