// Reads bank transactions for people: where the money of each sits, and why. One statement a request, so that a
// transfer is never shown half posted.
import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'
import type { Day } from '../../time.js'
import { suspenseOfRow } from '../suspense.js'
import { utcText } from './utc-text.js'

export interface TransactionItem {
  id: string
  bankAccountId: string
  bankRef: string
  direction: 'in' | 'out'
  amountVnd: number
  occurrence: number
  bankDay: Day
  occurredAt: string
  memo: string
  counterName: string | null
  counterAccount: string | null
  counterBankBin: string | null
  paymentClass: string
  allocatedVnd: number
  creditedVnd: number
  refundedVnd: number
  reversedVnd: number
  /** What of money in is on no bill and in nobody's credit. */
  suspenseVnd: number
  reversesId: string | null
  recordedAt: string
  /** The latest; null for money out. */
  decision: DecisionItem | null
}

export interface DecisionItem {
  outcome: string
  ruleVersion: number
  evidence: object
  actor: string
  recordedAt: string
}

/** Where at least some of the money sits. */
export const TRANSACTION_STATES = ['unallocated', 'allocated', 'credited', 'refunded', 'reversed'] as const
export type TransactionState = (typeof TRANSACTION_STATES)[number]

export interface TransactionFilter {
  from?: Day | undefined
  to?: Day | undefined
  bankAccountId?: string | undefined
  direction?: 'in' | 'out' | undefined
  state?: TransactionState | undefined
}

export interface TransactionKey {
  bankDay: Day
  id: string
}

type Sql = RawBuilder<unknown>

// The first one is the predicate of bank_transaction_suspense, word for word.
const IN_STATE: Readonly<Record<TransactionState, Sql>> = {
  unallocated: sql`direction = 'in' AND allocated_vnd + credited_vnd + refunded_vnd + reversed_vnd < amount_vnd`,
  allocated: sql`allocated_vnd > 0`,
  credited: sql`credited_vnd > 0`,
  refunded: sql`refunded_vnd > 0`,
  reversed: sql`reversed_vnd > 0`,
}

const latestDecision = sql`(
  SELECT jsonb_build_object('outcome', outcome, 'ruleVersion', rule_version, 'evidence', evidence, 'actor', actor,
    'recordedAt', ${utcText('recorded_at')})
  FROM matching_decision decision
  WHERE decision.school_id = transfer.school_id AND decision.bank_transaction_id = transfer.id
  ORDER BY decision.id DESC LIMIT 1)`

const item = sql`transfer.id, transfer.bank_account_id AS "bankAccountId", transfer.bank_ref AS "bankRef",
  transfer.direction, transfer.amount_vnd AS "amountVnd", transfer.occurrence, transfer.bank_day AS "bankDay",
  ${utcText('transfer.occurred_at')} AS "occurredAt", transfer.memo, transfer.counter_name AS "counterName",
  transfer.counter_account AS "counterAccount", transfer.counter_bank_bin AS "counterBankBin",
  transfer.payment_class AS "paymentClass", transfer.allocated_vnd AS "allocatedVnd",
  transfer.credited_vnd AS "creditedVnd", transfer.refunded_vnd AS "refundedVnd",
  transfer.reversed_vnd AS "reversedVnd",
  CASE transfer.direction WHEN 'in' THEN ${suspenseOfRow('transfer')} ELSE 0 END AS "suspenseVnd",
  transfer.reverses_id AS "reversesId", ${utcText('transfer.recorded_at')} AS "recordedAt",
  ${latestDecision} AS decision`

/**
 * Newest bank day first. Indexes: bank_transaction_newest; bank_transaction_by_day for one account;
 * bank_transaction_suspense for what is unallocated; matching_decision_of for the decision of each row of the page.
 */
export function selectTransactions(
  schoolId: string, filter: TransactionFilter, limit: number, after: TransactionKey | undefined,
): RawBuilder<TransactionItem> {
  const { from, to, bankAccountId, direction, state } = filter
  const conditions = [
    sql`school_id = ${schoolId}`,
    ...(from === undefined ? [] : [sql`bank_day >= ${from}`]),
    ...(to === undefined ? [] : [sql`bank_day <= ${to}`]),
    ...(bankAccountId === undefined ? [] : [sql`bank_account_id = ${bankAccountId}`]),
    ...(direction === undefined ? [] : [sql`direction = ${direction}`]),
    ...(state === undefined ? [] : [IN_STATE[state]]),
    ...(after === undefined ? [] : [sql`(bank_day, id) < (${after.bankDay}, ${after.id})`]),
  ]
  return sql<TransactionItem>`
    SELECT ${item} FROM (
      SELECT * FROM bank_transaction WHERE ${sql.join(conditions, sql` AND `)}
      ORDER BY bank_day DESC, id DESC LIMIT ${limit}
    ) AS transfer
    ORDER BY transfer.bank_day DESC, transfer.id DESC`
}

export interface TransactionDetail extends TransactionItem {
  decisions: DecisionItem[]
  allocations: {
    id: string, studentId: string, invoiceId: string, lineNo: number, feeGroup: string, amountVnd: number,
    entryId: string, reversesId: string | null, fromCreditId: string | null, countedOn: Day, recordedAt: string,
  }[]
  credits: {
    id: string, studentId: string, kind: string, amountVnd: number, heldVnd: number, schoolYear: string | null,
    recordedAt: string,
  }[]
  entries: {
    id: string, kind: string, bankDay: Day, countedOn: Day, actor: string, reversesId: string | null,
    recordedAt: string,
    postings: { debitNo: number, creditNo: number, amountVnd: number, studentId: string | null }[],
  }[]
  /** Who told of the transfer. */
  events: { id: string, channelId: string, eventId: string, source: string, recordedAt: string }[]
  reviewItems: { id: string, reason: string, state: 'open' | 'resolved' }[]
  /** What people decided about it, in order. */
  acts: {
    id: string, kind: string, actor: string, note: string | null, resolution: string | null, allocatedVnd: number,
    creditedVnd: number, entryId: string | null, recordedAt: string,
  }[]
}

/** By primary key; the rest by allocation_of_transaction, credit_of_transaction, entry_of_transaction and so on. */
export function selectTransaction(schoolId: string, id: string): RawBuilder<TransactionDetail> {
  const rows = (table: string, columns: Sql, order: Sql = sql`part.id`): Sql => sql`(
    SELECT coalesce(jsonb_agg(jsonb_build_object(${columns}) ORDER BY ${order}), '[]')
    FROM ${sql.table(table)} part WHERE part.school_id = ${schoolId} AND part.bank_transaction_id = transfer.id)`
  return sql<TransactionDetail>`
    SELECT ${item},
      ${rows('matching_decision', sql`'outcome', outcome, 'ruleVersion', rule_version, 'evidence', evidence,
        'actor', actor, 'recordedAt', ${utcText('part.recorded_at')}`)} AS decisions,
      ${rows('allocation', sql`'id', part.id, 'studentId', student_id, 'invoiceId', invoice_id, 'lineNo', line_no,
        'feeGroup', fee_group, 'amountVnd', part.amount_vnd, 'entryId', entry_id, 'reversesId', part.reverses_id,
        'fromCreditId', from_credit_id, 'countedOn', counted_on,
        'recordedAt', ${utcText('part.recorded_at')}`)} AS allocations,
      ${rows('credit', sql`'id', part.id, 'studentId', student_id, 'kind', kind, 'amountVnd', part.amount_vnd,
        'heldVnd', held_vnd, 'schoolYear', school_year, 'recordedAt', ${utcText('part.recorded_at')}`)} AS credits,
      ${rows('entry', sql`'id', part.id, 'kind', kind, 'bankDay', part.bank_day, 'countedOn', counted_on,
        'actor', actor, 'reversesId', part.reverses_id, 'recordedAt', ${utcText('part.recorded_at')},
        'postings', ${postingsOf(schoolId)}`)} AS entries,
      ${rows('bank_event', sql`'id', part.id, 'channelId', channel_id, 'eventId', event_id, 'source', source,
        'recordedAt', ${utcText('part.recorded_at')}`)} AS events,
      ${rows('review_item', sql`'id', part.id, 'reason', reason, 'state', state`)} AS "reviewItems",
      ${rows('review_act', sql`'id', part.id, 'kind', kind, 'actor', actor, 'note', note, 'resolution', resolution,
        'allocatedVnd', part.allocated_vnd, 'creditedVnd', part.credited_vnd, 'entryId', entry_id,
        'recordedAt', ${utcText('part.recorded_at')}`, sql`part.recorded_at, part.id`)} AS acts
    FROM bank_transaction AS transfer WHERE transfer.school_id = ${schoolId} AND transfer.id = ${id}`
}

function postingsOf(schoolId: string): Sql {
  return sql`(SELECT jsonb_agg(jsonb_build_object('debitNo', debit_no, 'creditNo', credit_no,
      'amountVnd', posting.amount_vnd, 'studentId', student_id) ORDER BY line_no)
    FROM posting WHERE posting.school_id = ${schoolId} AND posting.entry_id = part.id)`
}
