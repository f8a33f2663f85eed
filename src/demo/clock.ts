// The demo's service lives through the autumn in a minute: it sends its bills out on a day in September, and its
// payments arrive until today. Only the demo turns a clock back; what is written keeps the true time of writing.
import { addDays, schoolYearStart, vietnamDay, vietnamInstant } from '../time.js'
import type { Day, SchoolYear } from '../time.js'

export interface DemoClock {
  now: () => Date
  /** From now on it is eight in the morning of that day. */
  turnBackTo: (day: Day) => void
  /** The true time again. */
  letRun: () => void
}

const MORNING_MS = 8 * 3_600_000

export function createDemoClock(): DemoClock {
  let behindMs = 0
  return {
    now: () => new Date(Date.now() - behindMs),
    turnBackTo(day) { behindMs = Date.now() - (vietnamInstant(day)?.getTime() ?? 0) - MORNING_MS },
    letRun() { behindMs = 0 },
  }
}

/** A school year opens on 5 September by decree; the first bills follow. */
const BILLED_AFTER_DAYS = 38

/** The day of the bills: in September, or today before that. */
export function billingDay(schoolYear: SchoolYear, now: Date): Day {
  const today = vietnamDay(now)
  const inSeptember = addDays(schoolYearStart(schoolYear), BILLED_AFTER_DAYS)
  return today < inSeptember ? today : inSeptember
}
