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
}

/**
 * One for each planned amount above a cap. No school level known (no profile on that day): caps of every level
 * apply.
 */
export function findCapBreaches(
  planned: readonly PlannedFee[], caps: readonly PriceCap[], schoolLevels: readonly string[],
): CapBreach[] {
  return planned.flatMap((fee) => {
    const levels = levelsBilled(schoolLevels, fee.grade)
    return caps
      .filter((cap) => cap.feeCode === fee.feeCode && fee.amountVnd > cap.maximumVnd)
      .filter((cap) => cap.level === null || levels.length === 0 || levels.includes(cap.level))
      .map((cap) => ({ fee, cap }))
  })
}

/** For programs: it names the cap, the maximum and the legal basis. */
export function breachError({ fee, cap }: CapBreach): FieldError {
  return { field: `fees.${fee.feeCode}`, code: 'PRICE_CAP_EXCEEDED', reason: breachText(fee, cap) }
}

function breachText(fee: PlannedFee, cap: PriceCap): string {
  const level = cap.level === null ? '' : ` for ${cap.level}`
  const grade = fee.grade === null ? '' : `, grade ${fee.grade}`
  return `${fee.feeCode} (${fee.scope}${grade}): ${formatVnd(fee.amountVnd)} is above the maximum of ` +
    `${formatVnd(cap.maximumVnd)} a ${cap.unit}${level} (${cap.legalBasis}; cap ${cap.id})`
}
