// What the address of a dashboard page asks for: a day, a level, an area, a fee group, a measure and a
// threshold. What is not understood is a fault beside its field and is read as if it were not there. Pure.
import { SCHOOL_LEVELS } from '../../directory/school.js'
import type { SchoolLevel } from '../../directory/school.js'
import { AREAS } from '../../adoption/board-sets.js'
import type { Area } from '../../adoption/board-sets.js'
import { THRESHOLD_MEASURES } from '../../adoption/measure.js'
import type { ThresholdMeasure } from '../../adoption/measure.js'
import { FEE_GROUPS } from '../../ledger/account.js'
import type { FeeGroup } from '../../ledger/account.js'
import { isDay } from '../../time.js'
import type { Day } from '../../time.js'

export const SCHOOL_STATES = ['started', 'no_payment', 'no_channel'] as const

export interface DashboardView {
  asOf: Day
  level: SchoolLevel | null
  area: Area | null
  feeGroup: FeeGroup | null
  /** Percent as it was typed, `50` or `66,67`. */
  threshold: string
  thresholdOf: ThresholdMeasure
  /** By which schools are ranked and distributed, and which share stands in the table. */
  measure: 'M2' | 'M3' | 'M5'
  state: (typeof SCHOOL_STATES)[number] | null
}

/** What was typed where it was not understood. */
export interface ViewFaults {
  asOf?: string
  threshold?: string
}

type Given = Readonly<Record<string, string | undefined>>

const TABLE_MEASURES = ['M2', 'M3', 'M5'] as const
const DEFAULT_THRESHOLD = '50'
const PERCENT = /^(\d{1,2}([.,]\d{1,2})?|100([.,]0{1,2})?)$/

/** `today` is the last day that can be asked for, and the one when none is. */
export function readView(given: Given, today: Day): { view: DashboardView; faults: ViewFaults } {
  const asOf = given['asOf']?.trim() ?? ''
  const threshold = given['threshold']?.trim() ?? ''
  const asOfFault = asOf !== '' && !(isDay(asOf) && asOf <= today && asOf >= FIRST_DAY)
  const thresholdFault = threshold !== '' && !PERCENT.test(threshold)
  return {
    view: {
      asOf: asOf === '' || asOfFault ? today : asOf,
      level: oneOf(SCHOOL_LEVELS, given['level']),
      area: oneOf(AREAS, given['area']),
      feeGroup: oneOf(FEE_GROUPS, given['feeGroup']),
      threshold: threshold === '' || thresholdFault ? DEFAULT_THRESHOLD : threshold,
      thresholdOf: oneOf(THRESHOLD_MEASURES, given['thresholdOf']) ?? 'M3',
      measure: oneOf(TABLE_MEASURES, given['measure']) ?? 'M3',
      state: oneOf(SCHOOL_STATES, given['state']),
    },
    faults: { ...(asOfFault && { asOf }), ...(thresholdFault && { threshold }) },
  }
}

/** Under which a catalogue and a share keep what is said of the measure. */
export function measureKey(measure: DashboardView['measure']): 'm2' | 'm3' | 'm5' {
  return measure === 'M2' ? 'm2' : measure === 'M3' ? 'm3' : 'm5'
}

// No school year before it has data, and the SQL knows no year 0.
const FIRST_DAY = '2000-08-01'

function oneOf<const Known extends string>(known: readonly Known[], text: string | undefined): Known | null {
  return known.find((candidate) => candidate === text) ?? null
}

/** `66,67` percent -> `0.6667`, as thresholds are compared. */
export function thresholdShare(percent: string): string {
  const [whole = '0', decimals = ''] = percent.split(/[.,]/)
  const parts = Number(whole) * 100 + Number(decimals.padEnd(2, '0'))
  return parts === 10_000 ? '1' : `0.${String(parts).padStart(4, '0')}`
}

/** The address of a page that shows the same, with some of it changed; what is usual is left out. */
export function viewQuery(view: DashboardView, change: Partial<DashboardView> = {}): string {
  const { asOf, level, area, feeGroup, threshold, thresholdOf, measure, state } = { ...view, ...change }
  const query = new URLSearchParams({ asOf })
  if (level !== null) query.set('level', level)
  if (area !== null) query.set('area', area)
  if (feeGroup !== null) query.set('feeGroup', feeGroup)
  if (threshold !== DEFAULT_THRESHOLD) query.set('threshold', threshold)
  if (thresholdOf !== 'M3') query.set('thresholdOf', thresholdOf)
  if (measure !== 'M3') query.set('measure', measure)
  if (state !== null) query.set('state', state)
  return query.toString()
}
