// The registry of adoption measures: which six figures exist, what each counts, and in which version of its
// definition. No law defines one measure, so every figure names its measure and version. Holds no SQL.

import { FEE_GROUPS } from '../ledger/account.js'
import type { FeeGroup } from '../ledger/account.js'

/** Raised whenever a definition below changes what it counts. */
export const MEASURE_VERSION = 1

export const MEASURES = ['M1', 'M2', 'M3', 'M4', 'M5', 'M6'] as const
export type Measure = (typeof MEASURES)[number]

/** The measures that a threshold of M6 can be set on. */
export const THRESHOLD_MEASURES = ['M3', 'M5'] as const
export type ThresholdMeasure = (typeof THRESHOLD_MEASURES)[number]

export interface MeasureDefinition {
  title: string
  numerator: string
  denominator: string
}

/** Facts, measures §4.2. */
export const MEASURE_DEFINITIONS: Record<Measure, MeasureDefinition> = {
  M1: {
    title: 'Schools that have a cashless channel',
    numerator: 'roster schools with an active channel on the as-of day',
    denominator: 'all roster schools in scope',
  },
  M2: {
    title: 'Schools that deploy cashless payment',
    numerator: 'roster schools with at least one bank-confirmed cashless payment allocated in the school year',
    denominator: 'all roster schools in scope',
  },
  M3: {
    title: 'Students who paid cashless',
    numerator: 'billed students with net cashless money above 0 on those invoices',
    denominator: 'all billed students, paid or not',
  },
  M4: {
    title: 'Number of cashless payments',
    numerator: 'cashless payments',
    denominator: 'all payments',
  },
  M5: {
    title: 'Value of cashless payments',
    numerator: 'net cashless đồng allocated',
    denominator: 'net đồng allocated, all classes',
  },
  M6: {
    title: 'Schools above a threshold',
    numerator: 'schools whose exact share is at or above the threshold',
    denominator: 'roster schools that have data',
  },
}

/** How a payment was made (facts, measures §4.1). */
export const PAYMENT_CLASSES = ['direct', 'assisted', 'proxy_suspected', 'intermediary', 'cash'] as const
export type PaymentClass = (typeof PAYMENT_CLASSES)[number]

/** Suspected proxies are bank money, but stay out of the numerator until the department decides. */
export const CASHLESS_CLASSES: readonly PaymentClass[] = ['direct', 'assisted', 'intermediary']

export function isCashless(paymentClass: string): boolean {
  return CASHLESS_CLASSES.some((cashless) => cashless === paymentClass)
}

/** Under which a figure of all fee groups together is kept, beside the groups themselves. */
export const EVERY_GROUP = 'all'
export type GroupKey = FeeGroup | typeof EVERY_GROUP
export const GROUP_KEYS: readonly GroupKey[] = [EVERY_GROUP, ...FEE_GROUPS]
