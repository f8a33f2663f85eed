// Business days and school years in Vietnam. The business day of a payment is the bank's own day in
// Asia/Ho_Chi_Minh (UTC+7, no daylight saving since 1975), never the server's.
import { DomainError } from './errors.js'

/** A calendar day `YYYY-MM-DD` in Asia/Ho_Chi_Minh. */
export type Day = string

const VIETNAM_OFFSET_MS = 7 * 60 * 60 * 1000
const DAY_FORM = /^\d{4}-\d{2}-\d{2}$/

/** The Vietnamese calendar day of an instant. */
export function vietnamDay(at: Date): Day {
  return new Date(at.getTime() + VIETNAM_OFFSET_MS).toISOString().slice(0, 10)
}

/** What the clock shows in Vietnam at an instant: `13:05:09`. */
export function vietnamClock(at: Date): string {
  return new Date(at.getTime() + VIETNAM_OFFSET_MS).toISOString().slice(11, 19)
}

/** The instant of a Vietnamese wall-clock text `YYYY-MM-DD[ T]HH:mm:ss` or a bare day (midnight). */
export function vietnamInstant(text: string): Date | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}))?$/.exec(text)
  if (!found?.[1] || !isDay(found[1])) return undefined
  const at = new Date(`${found[1]}T${found[2] ?? '00:00:00'}+07:00`)
  return Number.isNaN(at.getTime()) ? undefined : at
}

/** True for a day that exists: `2026-02-30` does not, nor does any of a year 0, which neither PostgreSQL knows. */
export function isDay(text: string): text is Day {
  if (!DAY_FORM.test(text) || text.startsWith('0000')) return false
  const at = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text
}

export function addDays(day: Day, days: number): Day {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

/** `2026-11-22` -> `"22/11/2026"`. */
export function formatDay(day: Day): string {
  return day.split('-').reverse().join('/')
}

/**
 * A school year `"2025-2026"`. It opens on 5 September by decree, but bills for it go out from
 * August, so the books of a year run from 1 August to 31 July.
 */
export type SchoolYear = string

const SCHOOL_YEAR_STARTS = '-08-01'

export function schoolYearOf(day: Day): SchoolYear {
  const year = Number(day.slice(0, 4))
  const first = day.slice(4) >= SCHOOL_YEAR_STARTS ? year : year - 1
  return `${first}-${first + 1}`
}

/** The form alone: years in which children that are taught now can be pupils. Whether they follow is asked below. */
export const SCHOOL_YEAR_FORM = '^((?:19|20|21)\\d{2})-((?:19|20|21)\\d{2})$'

/** First day of a school year; throws `SCHOOL_YEAR_INVALID` for anything but `"N-(N+1)"` from 1900 to 2199. */
export function schoolYearStart(schoolYear: SchoolYear): Day {
  const found = new RegExp(SCHOOL_YEAR_FORM).exec(schoolYear)
  if (!found || Number(found[1]) + 1 !== Number(found[2])) {
    throw new DomainError('SCHOOL_YEAR_INVALID', `"${schoolYear}" is not a school year such as "2025-2026"`)
  }
  return `${found[1]}${SCHOOL_YEAR_STARTS}`
}

/** `"2026-2027"` -> `"2025-2026"`; throws as `schoolYearStart` does. */
export function yearBefore(schoolYear: SchoolYear): SchoolYear {
  const first = Number(schoolYearStart(schoolYear).slice(0, 4))
  return `${first - 1}-${first}`
}
