// Shapes of the rows that a posting batch writes. No names of people in evidence: what the payer's bank said
// of itself stays in the event.
import type { Insertable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Tables } from '../db/tables.js'
import {
  findPaymentCodes, parsePaymentCode, paymentCodeNumber, paymentCodeText,
} from '../invoicing/payment-code.js'
import type { Incoming, Unreadable } from './incoming.js'
import { RULE_VERSION } from './match.js'
import type { Decision } from './match.js'
import { readContent } from './read-content.js'
import type { Held } from './triage.js'

/** `namedCodes`: the codes by which somebody paid, whose bills say that this waits; none for most items. */
export type ReviewRow = Insertable<Tables['review_item']> & { namedCodes?: readonly number[] }
type Row<Table extends keyof Tables> = Insertable<Tables[Table]>

const NOTHING = {
  bank_callback_id: null,
  bank_event_id: null,
  bank_transaction_id: null,
  amount_vnd: null,
  bank_day: null,
}

function reviewRow(schoolId: string, reason: string, row: Partial<ReviewRow>, evidence: object): ReviewRow {
  return { school_id: schoolId, id: uuidv7(), reason, ...NOTHING, ...row, evidence }
}

export function unreadableReview(schoolId: string, { callbackId, faults }: Unreadable): ReviewRow {
  return reviewRow(schoolId, 'NOT_UNDERSTOOD', { bank_callback_id: callbackId }, { faults })
}

export function eventReview(
  schoolId: string,
  { id, callbackId, event }: Incoming,
  { reason, transferId, changed }: Held,
): ReviewRow {
  const evidence = {
    direction: event.direction,
    ...(transferId !== undefined && { repeats: transferId }),
    ...(changed && { keptEvent: changed.keptEventId }),
    ...(event.timeDoubtful && { timeDoubtful: true }),
    ...(event.toldAt && { toldAt: event.toldAt }),
  }
  const row = {
    bank_callback_id: callbackId,
    bank_event_id: id,
    amount_vnd: event.amountVnd,
    bank_day: event.bankDay,
  }
  const namedCodes = event.direction === 'out' ? [] : numbersOf(readContent(event).codes)
  return { ...reviewRow(schoolId, reason, row, evidence), namedCodes }
}

/** The numbers of the codes that a content holds. */
export function codesIn(content: string): number[] {
  return numbersOf(findPaymentCodes(content).codes)
}

function numbersOf(codes: readonly string[]): number[] {
  return codes.flatMap((code) => parsePaymentCode(code) ?? [])
}

export function transferReview(
  schoolId: string,
  { event }: Incoming,
  transferId: string,
  decision: Decision,
): ReviewRow {
  const row = { bank_transaction_id: transferId, amount_vnd: event.amountVnd, bank_day: event.bankDay }
  const review = reviewRow(schoolId, decision.review ?? decision.outcome, row, readable(decision))
  return { ...review, namedCodes: decision.evidence.codes }
}

export function moneyOutReview(schoolId: string, { event }: Incoming, transferId: string): ReviewRow {
  const row = { bank_transaction_id: transferId, amount_vnd: event.amountVnd, bank_day: event.bankDay }
  return reviewRow(schoolId, 'MONEY_OUT', row, { direction: event.direction, bankRef: event.bankRef })
}

/** Evidence with codes as people read them. */
function readable({ outcome, evidence }: Decision): object {
  const text = (code: number): string => paymentCodeText(paymentCodeNumber(code))
  const { codes, otherSchoolCodes, ...rest } = evidence
  return {
    outcome,
    codes: codes.map(text),
    ...(otherSchoolCodes && { otherSchoolCodes: otherSchoolCodes.map(text) }),
    ...rest,
  }
}

export function decisionRow(
  schoolId: string,
  transferId: string,
  decision: Decision,
  actor: string,
): Row<'matching_decision'> {
  return {
    school_id: schoolId,
    id: uuidv7(),
    bank_transaction_id: transferId,
    outcome: decision.outcome,
    rule_version: RULE_VERSION,
    evidence: readable(decision),
    actor,
  }
}

export function transactionRow(
  schoolId: string,
  { one, transferId, bankRef, occurrence }: { one: Incoming; transferId: string; bankRef: string; occurrence: number },
  sums: { allocatedVnd: number; creditedVnd: number; reversedVnd: number },
): Row<'bank_transaction'> {
  const { event, accountId } = one
  return {
    school_id: schoolId,
    id: transferId,
    bank_account_id: accountId ?? '',
    bank_ref: bankRef,
    direction: event.direction === 'out' ? 'out' : 'in',
    amount_vnd: event.amountVnd,
    occurrence,
    bank_day: event.bankDay,
    occurred_at: event.occurredAt,
    memo: event.memo,
    counter_name: event.counterName,
    counter_account: event.counterAccount,
    counter_bank_bin: event.counterBankBin,
    payment_class: 'direct',
    allocated_vnd: sums.allocatedVnd,
    credited_vnd: sums.creditedVnd,
    refunded_vnd: 0,
    reversed_vnd: sums.reversedVnd,
  }
}

export function eventRow(
  schoolId: string,
  { id, event, channelId, callbackId, accountId, marks }: Incoming,
  { eventId, transferId }: { eventId: string; transferId: string | null },
): Row<'bank_event'> {
  return {
    school_id: schoolId,
    id,
    channel_id: channelId,
    event_id: eventId,
    source: 'webhook',
    callback_id: callbackId,
    bank_account_id: accountId,
    direction: event.direction,
    amount_vnd: event.amountVnd,
    bank_ref: event.bankRef,
    account_number: event.accountNumber,
    virtual_account: event.vaNumber,
    order_code: event.providerCode,
    memo: event.memo,
    full_text: event.fullText,
    likeness: marks.likeness,
    ref_tail: marks.refTail,
    counter_name: event.counterName,
    counter_account: event.counterAccount,
    counter_bank_bin: event.counterBankBin,
    balance_after_vnd: event.balanceAfterVnd,
    occurred_at: event.occurredAt,
    date_only: event.dateOnly,
    bank_day: event.bankDay,
    time_doubtful: event.timeDoubtful,
    told_at: event.toldAt,
    bank_transaction_id: transferId,
  }
}

export function parkedItem(callbackId: string, evidence: object) {
  return { ...NOTHING, reason: 'PROCESSING_FAILED', bank_callback_id: callbackId, evidence }
}
