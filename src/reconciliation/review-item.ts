// Why something waits for a person, what that person may do about it, and how an item ends. Pure: one table, so that
// the API, the pages and the acts themselves can never disagree about what is allowed.

export const REVIEW_ACTS = [
  'assign', 'not_ours', 'repeat', 'event', 'callback', 'credit', 'refund', 'close', 'reopen', 'undo',
] as const
export type ReviewAct = (typeof REVIEW_ACTS)[number]

/** How an item ended, as its row says it. */
export const RESOLUTION = {
  assigned: 'ASSIGNED',
  notOurs: 'NOT_OURS',
  copy: 'COPY',
  posted: 'POSTED',
  joined: 'JOINED',
  repeats: 'REPEATS',
  rejected: 'REJECTED',
  retried: 'RETRIED',
  setAside: 'SET_ASIDE',
  keptAsCredit: 'KEPT_AS_CREDIT',
  usedForBills: 'USED_FOR_BILLS',
  awaitingRefund: 'AWAITING_REFUND',
  refunded: 'REFUNDED',
  closed: 'CLOSED',
  undone: 'UNDONE',
  confirmed: 'CONFIRMED',
  moneyInArrived: 'MONEY_IN_ARRIVED',
  takenBack: 'TAKEN_BACK',
} as const
export type Resolution = (typeof RESOLUTION)[keyof typeof RESOLUTION]

/** Money of a transfer is in suspense. */
export const SUSPENSE_REASONS = [
  'NO_CODE', 'DAMAGED_CODE', 'UNKNOWN_CODE', 'CODES_DISAGREE', 'SEVERAL_CODES', 'SPLIT_AMOUNT_DIFFERS',
  'OTHER_ACCOUNT', 'WRONG_SCHOOL', 'FAMILY_SURPLUS', 'REOPENED',
] as const
/** Money of a transfer is held as credit, and nobody has said whether it stays there. */
export const CREDIT_REASONS = ['POSSIBLE_DOUBLE_PAYMENT', 'WITHDRAWN_INVOICE', 'CREDIT_OF_EARLIER_YEAR'] as const
/** An event was kept and not posted. */
const EVENT_REASONS = [
  'STALE_SIGNATURE', 'DIRECTION_UNKNOWN', 'ACCOUNT_UNKNOWN', 'EVENT_WITHOUT_ID', 'BANK_TIME_DOUBTFUL',
] as const
/** An event was kept beside another one, and is a second word about the same transfer or another transfer. */
const REPEAT_REASONS = ['POSSIBLE_REPEAT', 'EVENT_CHANGED'] as const
/** A call was kept that could not be read, or could not be settled. */
const CALLBACK_REASONS = ['NOT_UNDERSTOOD', 'PROCESSING_FAILED'] as const
/** Why a call could not be settled: the words of the error itself stay in the log. */
export const FAILURES = ['WORKER_DIED', 'DATABASE_REFUSED', 'ASSUMPTION_BROKEN', 'UNEXPECTED'] as const
export type Failure = (typeof FAILURES)[number]
/** Nothing comes onto a bill; somebody has to know of it. */
const NOTED_REASONS = ['MONEY_OUT', 'PAID_TO_OTHER_SCHOOL'] as const

export const REVIEW_REASONS = [
  ...SUSPENSE_REASONS, ...CREDIT_REASONS, ...REPEAT_REASONS, ...EVENT_REASONS, ...CALLBACK_REASONS, ...NOTED_REASONS,
] as const
export type KnownReason = (typeof REVIEW_REASONS)[number]

/** Of these the payer need not be told: the money has its place, is nobody's by name, or went out. */
const PLACED_REASONS = [...CREDIT_REASONS, 'FAMILY_SURPLUS', 'MONEY_OUT'] as const

/**
 * Whether somebody who paid by a code waits for this item to be decided: then the page of the bill says so. A family's
 * code names no bill; whose it is is what the person decides.
 */
export function keepsPayerWaiting(reason: string): boolean {
  return !isOneOf(PLACED_REASONS, reason)
}

/** Ends that leave something undecided behind them: such an item can be opened again. */
const REOPENABLE: readonly string[] = [
  RESOLUTION.notOurs, RESOLUTION.copy, RESOLUTION.rejected, RESOLUTION.setAside, RESOLUTION.awaitingRefund,
]

export interface ReviewStanding {
  reason: string
  state: 'open' | 'resolved'
  resolution: string | null
  /** Of the transfer behind it: what is in suspense; null without a transfer. */
  suspenseVnd: number | null
  /** What the rules wrote beside it. */
  evidence?: object
}

/** What an item's event was laid beside: an event of the same id, a transfer. */
export function laidBeside(evidence: object): { keptEvent?: string; repeats?: string } {
  const of = (name: string): unknown => Object.entries(evidence).find(([key]) => key === name)?.[1]
  const [keptEvent, repeats] = [of('keptEvent'), of('repeats')]
  return { ...(typeof keptEvent === 'string' && { keptEvent }), ...(typeof repeats === 'string' && { repeats }) }
}

/** What a person may do now. Every open item can be cleared by at least one act. */
export function actsOn(standing: ReviewStanding): readonly ReviewAct[] {
  const { reason, state, resolution, suspenseVnd, evidence = {} } = standing
  if (state === 'resolved') return resolution !== null && canReopen(reason, resolution) ? ['reopen'] : []
  if (isOneOf(SUSPENSE_REASONS, reason)) {
    // The bank took the money back, or another item of the same transfer placed it: only the note is left.
    return suspenseVnd === 0 ? ['close'] : ['assign', 'not_ours']
  }
  if (isOneOf(CREDIT_REASONS, reason)) return ['credit']
  if (isOneOf(EVENT_REASONS, reason)) return ['event']
  if (isOneOf(CALLBACK_REASONS, reason)) return ['callback']
  if (reason === 'MONEY_OUT') return ['refund', 'close']
  // Before changed events were kept as rows of their own, such an item was about the old one: it can only be noted.
  if (reason === 'EVENT_CHANGED' && laidBeside(evidence).keptEvent === undefined) return ['close']
  return isOneOf(REPEAT_REASONS, reason) ? ['repeat'] : ['close']
}

/** Credit of an earlier year that is kept goes nowhere by itself: its family may want it used after all. */
function canReopen(reason: string, resolution: string): boolean {
  return REOPENABLE.includes(resolution) ||
    (reason === 'CREDIT_OF_EARLIER_YEAR' && resolution === RESOLUTION.keptAsCredit)
}

export function isOneOf<Value extends string>(values: readonly Value[], text: string): text is Value {
  return values.some((value) => value === text)
}
