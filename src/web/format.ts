// How figures look on a page: the Vietnamese notation of the Sở's own papers (facts, school-fees §4.3), in both
// languages, because the papers that people compare them with are Vietnamese. Pure.
import { formatVnd, formatWhole } from '../money.js'
import { formatDay, vietnamClock, vietnamDay } from '../time.js'
import type { Day } from '../time.js'

/** `1868650` -> `1.868.650 đ`. */
export function vndText(amountVnd: number): string {
  return formatVnd(amountVnd).replace(' ', NO_BREAK_SPACE)
}

/** So that no line begins with the đồng of the one before. */
const NO_BREAK_SPACE = '\u00a0'

/** `6077` -> `6.077`. */
export const wholeText = formatWhole

/** `2026-11-22` -> `22/11/2026`. */
export const dayText: (day: Day) => string = formatDay

/** `"91.46"` (percent, two decimals, as the API sends it) -> `91,46%`. */
export function rateText(rate: string): string {
  return `${rate.replace('.', ',')}%`
}

/** An instant as the wall clock in Vietnam shows it: `22/11/2026 13:05`. */
export function timeText(at: Date | string): string {
  const instant = typeof at === 'string' ? new Date(at) : at
  return `${formatDay(vietnamDay(instant))} ${vietnamClock(instant).slice(0, 5)}`
}
