// What a published figure looks like, made from counts. Pure; it refuses counts that are not a share, hides
// cells that could point at a child, and never hands out a rate without its numerator and denominator.
import { DomainError } from '../errors.js'
import type { Day } from '../time.js'
import { isPublishable, rateText } from './rate.js'
import type { Fraction } from './rate.js'
import { isCashless, PAYMENT_CLASSES } from './measure.js'
import type { PaymentClass } from './measure.js'

export interface Share extends Fraction {
  /** Percent with two decimals and a point, `"91.46"`; null for 0 of 0: no data. */
  rate: string | null
}

/** Throws FIGURE_REFUSED unless 0 ≤ numerator ≤ denominator: money taken back beyond what the period brought. */
export function toShare({ numerator, denominator }: Fraction): Share {
  if (!isPublishable({ numerator, denominator })) {
    throw new DomainError('FIGURE_REFUSED',
      `${numerator} of ${denominator} is not a share: more was taken back than came in; choose a longer period`)
  }
  return { numerator, denominator, rate: rateText({ numerator, denominator }) }
}

export interface SeriesPoint {
  asOf: Day
  numerator: number | null
  denominator: number | null
  rate: string | null
  /** True when this day's counts are not a share; they are left out, and the curve goes on. */
  refused: boolean
}

export function toSeriesPoint(asOf: Day, counts: Fraction): SeriesPoint {
  if (!isPublishable(counts)) return { asOf, numerator: null, denominator: null, rate: null, refused: true }
  return { asOf, ...toShare(counts), refused: false }
}

export interface HidableShare {
  numerator: number | null
  denominator: number | null
  rate: string | null
  suppressed: boolean
}

export const NO_SHARE = { numerator: null, denominator: null, rate: null }
export const HIDDEN_SHARE: HidableShare = { ...NO_SHARE, suppressed: true }

/** A share of students; hidden as a whole when one of its counts is above 0 and below `smallCellMin`. */
export function toStudentShare(counts: Fraction, smallCellMin: number): HidableShare {
  const isSmall = (count: number): boolean => count > 0 && count < smallCellMin
  if (isSmall(counts.numerator) || isSmall(counts.denominator)) return HIDDEN_SHARE
  return { ...toShare(counts), suppressed: false }
}

/** A share of đồng in a list of schools; empty where the period took back more than it brought. */
export function toMoneyShare(counts: Fraction): Omit<HidableShare, 'suppressed'> {
  return isPublishable(counts) ? toShare(counts) : NO_SHARE
}

export type ClassSplit = Record<PaymentClass, number>

export function emptySplit(): ClassSplit {
  return { direct: 0, assisted: 0, proxy_suspected: 0, intermediary: 0, cash: 0 }
}

/** M4 and M5: the cashless classes over all classes. */
export function fractionOf(split: ClassSplit): Fraction {
  let numerator = 0
  let denominator = 0
  for (const paymentClass of PAYMENT_CLASSES) {
    denominator += split[paymentClass]
    if (isCashless(paymentClass)) numerator += split[paymentClass]
  }
  return { numerator, denominator }
}
