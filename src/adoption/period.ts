// Which days a figure looks at: one as-of day with the start of its period, or a row of them for a curve.
// Pure; it knows the calendar and the limits of reports, and nothing of the data.
import { DomainError } from '../errors.js'
import { LIMITS } from '../limits.js'
import { addDays, daysBetween, isDay, schoolYearOf, schoolYearStart } from '../time.js'
import type { Day } from '../time.js'

/** A figure counts what happened from `from` to the end of `asOf`, both included. */
export interface Point {
  from: Day
  asOf: Day
}

export const STEPS = ['day', 'week', 'month'] as const
export type Step = (typeof STEPS)[number]

const MAX_RANGE_DAYS = LIMITS.reportRangeYears * 366
const MAX_SERIES_POINTS = 400

/** The period of one figure; without `from` it starts with the school year of `asOf`. */
export function periodOf(asOf: Day, from: Day = schoolYearStartOf(asOf)): Point {
  checkRange(from, asOf, 'asOf')
  return { from, asOf }
}

/**
 * The points of a curve: the days, Sundays or month ends between `from` and `to`, and `to` itself. Each is
 * the figure of its school year up to that day, so the periods of two points are either the same or disjoint.
 */
export function seriesPoints(from: Day, to: Day, step: Step): Point[] {
  checkRange(from, to, 'to')
  const days: Day[] = []
  for (let day = stepEnd(from, step); day < to; day = stepEnd(addDays(day, 1), step)) days.push(day)
  days.push(to)
  if (days.length > MAX_SERIES_POINTS) {
    throw new DomainError('SERIES_EXCEEDED',
      `${days.length} points asked, at most ${MAX_SERIES_POINTS}: take a longer step or a shorter range`,
      [{ field: 'step', reason: 'too many points' }])
  }
  return days.map((asOf) => ({ from: schoolYearStartOf(asOf), asOf }))
}

export function schoolYearStartOf(day: Day): Day {
  return schoolYearStart(schoolYearOf(checkDay(day, 'asOf')))
}

/** True for a point that looks at its school year from the beginning, which is what sums are kept of. */
export function isSchoolYear({ from, asOf }: Point): boolean {
  return from === schoolYearStartOf(asOf)
}

function checkRange(from: Day, to: Day, field: string): void {
  checkDay(from, 'from')
  checkDay(to, field)
  if (from > to) {
    throw new DomainError('PERIOD_INVALID', `the period starts on ${from}, after it ends on ${to}`,
      [{ field: 'from', reason: `after ${field}` }])
  }
  if (daysBetween(from, to) > MAX_RANGE_DAYS) {
    throw new DomainError('PERIOD_EXCEEDED', `a report covers ${LIMITS.reportRangeYears} years at most`,
      [{ field: 'from', reason: 'too long ago' }])
  }
}

function checkDay(day: string, field: string): Day {
  if (isDay(day)) return day
  throw new DomainError('DAY_INVALID', `"${day}" is not a day such as 2026-11-22`,
    [{ field, reason: 'not a day' }])
}

function stepEnd(day: Day, step: Step): Day {
  if (step === 'day') return day
  if (step === 'week') return addDays(day, (7 - new Date(`${day}T00:00:00Z`).getUTCDay()) % 7)
  const firstOfNext = addDays(`${day.slice(0, 7)}-28`, 4).slice(0, 7)
  return addDays(`${firstOfNext}-01`, -1)
}
