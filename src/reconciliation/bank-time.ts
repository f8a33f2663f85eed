// Is the bank's time of a transfer to be believed, and if not, which day counts? Pure: the time of receipt is the one
// thing that is known for sure.
import type { BankEvent } from '../banking/bank-event.js'
import { addDays, isDay, vietnamDay, vietnamInstant } from '../time.js'
import type { Day } from '../time.js'

/** How far from the time of receipt a bank's time is believed, in days of 24 hours. */
export interface BankTimeLimits {
  bankTimeAheadDays: number
  bankTimeBackDays: number
}

const DAY_MS = 86_400_000

/** Of a day without a time, the moment that is nearest to the time of receipt is looked at. */
export function isBelievable(
  { occurredAt, toldAt, dateOnly }: Pick<BankEvent, 'occurredAt' | 'toldAt' | 'dateOnly'>,
  receivedAt: Date,
  { bankTimeAheadDays, bankTimeBackDays }: BankTimeLimits,
): boolean {
  const from = (toldAt ?? occurredAt).getTime()
  const to = dateOnly ? from + DAY_MS : from
  const received = receivedAt.getTime()
  return from - received <= bankTimeAheadDays * DAY_MS && received - to <= bankTimeBackDays * DAY_MS
}

/** The event at the time of receipt, with what the bank said beside it. */
export function atReceipt(event: BankEvent, receivedAt: Date): BankEvent {
  const toldAt = event.toldAt ?? event.occurredAt
  return { ...event, occurredAt: receivedAt, bankDay: vietnamDay(receivedAt), timeDoubtful: true, toldAt }
}

/** Before this no bank in Vietnam told anybody by program. */
const FIRST_DAY: Day = '2000-01-01'

/** Whether money that was heard of on `receivedDay` may be booked on `day`: never later than the bank's next day. */
export function mayCountOn(day: string, receivedDay: Day): boolean {
  return isDay(day) && day >= FIRST_DAY && day <= addDays(receivedDay, 1)
}

/** The instant of a day that a person named: the bank's own where it is of that day. */
export function instantOn(day: Day, toldAt: Date | null): Date {
  const midnight = vietnamInstant(day)
  return toldAt !== null && vietnamDay(toldAt) === day ? toldAt : midnight ?? new Date(NaN)
}
