// The SQL of the review desk's acts: the items they take up, the acts themselves, and the one way in which an item
// ends, by a person or by the bank. An item is locked after the students and the transfer behind it, so that two
// people can never decide the same thing twice.
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { insertRows } from '../db/rows.js'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'
import type { InvoiceRow } from './bill-store.js'
import { keepsPayerWaiting } from './review-item.js'
import type { Resolution, ReviewAct } from './review-item.js'
import { codesIn } from './settle-rows.js'
import type { ReviewRow } from './settle-rows.js'

export interface ReviewItemRow {
  id: string
  reason: string
  state: 'open' | 'resolved'
  resolution: string | null
  bank_callback_id: string | null
  bank_event_id: string | null
  bank_transaction_id: string | null
  /** Of an item about one held credit, whose money may be cash. */
  credit_id: string | null
  amount_vnd: number | null
  bank_day: Day | null
  evidence: object
}

function selectItem(trx: Trx, schoolId: string, id: string) {
  return trx
    .selectFrom('review_item')
    .select(['id', 'reason', 'state', 'resolution', 'bank_callback_id', 'bank_event_id', 'bank_transaction_id',
      'credit_id', 'amount_vnd', 'bank_day', 'evidence'])
    .where('school_id', '=', schoolId)
    .where('id', '=', id)
}

/** As it stands before any lock: what it is about never changes. */
export async function findItem(trx: Trx, schoolId: string, id: string): Promise<ReviewItemRow | undefined> {
  return selectItem(trx, schoolId, id).executeTakeFirst()
}

export async function lockItem(trx: Trx, schoolId: string, id: string): Promise<ReviewItemRow | undefined> {
  return selectItem(trx, schoolId, id).forUpdate().executeTakeFirst()
}

export interface Ending {
  by: string
  resolution: Resolution
  note: string | null
}

export async function endItem(trx: Trx, schoolId: string, id: string, ending: Ending): Promise<void> {
  await endItems(trx, schoolId, ending, sql`id = ${id}`)
}

/** The open items of a transfer, all or those with one of these reasons. Index: review_item_of_transaction. */
export async function endItemsOf(
  trx: Trx,
  schoolId: string,
  { transferId, reasons }: { transferId: string; reasons?: readonly string[] },
  ending: Ending,
): Promise<void> {
  const ofReasons = reasons === undefined ? sql`true` : sql`reason = ANY (${reasons}::text[])`
  await endItems(trx, schoolId, ending, sql`bank_transaction_id = ${transferId} AND ${ofReasons}`)
}

/** The open items about held credits. Index: review_item_of_credit. */
export async function endItemsOfCredits(
  trx: Trx, schoolId: string, creditIds: readonly string[], ending: Ending,
): Promise<void> {
  if (creditIds.length > 0) await endItems(trx, schoolId, ending, sql`credit_id = ANY (${creditIds}::uuid[])`)
}

/** The open items about an event. Index: review_item_of_event. */
export async function endItemsOfEvent(trx: Trx, schoolId: string, eventId: string, ending: Ending): Promise<void> {
  await endItems(trx, schoolId, ending, sql`bank_event_id = ${eventId}`)
}

async function endItems(trx: Trx, schoolId: string, ending: Ending, which: ReturnType<typeof sql>): Promise<void> {
  await sql`UPDATE review_item SET state = 'resolved', resolved_at = now(), resolved_by = ${ending.by},
      resolution = ${ending.resolution}, note = ${ending.note}
    WHERE school_id = ${schoolId} AND state = 'open' AND ${which}`.execute(trx)
}

/** Whether something open stands for the same transfer, event or call already. */
export async function hasOpenItem(
  trx: Trx,
  schoolId: string,
  about: Pick<NewItem, 'bank_transaction_id' | 'bank_event_id' | 'bank_callback_id' | 'credit_id'>,
  reasons: readonly string[],
): Promise<boolean> {
  const { bank_transaction_id: transferId, bank_event_id: eventId, bank_callback_id: callbackId } = about
  const same = about.credit_id != null ? sql`credit_id = ${about.credit_id}`
    : transferId !== null ? sql`bank_transaction_id = ${transferId}`
    : eventId !== null ? sql`bank_event_id = ${eventId}` : sql`bank_callback_id = ${callbackId}`
  const { rows } = await sql`SELECT FROM review_item WHERE school_id = ${schoolId} AND state = 'open' AND ${same}
    AND reason = ANY (${reasons}::text[]) LIMIT 1`.execute(trx)
  return rows.length > 0
}

/** Whether money of the transfer is held for a refund. Index: credit_of_transaction. */
export async function hasCreditToDecide(trx: Trx, schoolId: string, transferId: string): Promise<boolean> {
  const { rows } = await sql`SELECT FROM credit WHERE school_id = ${schoolId} AND bank_transaction_id = ${transferId}
    AND held_vnd > 0 AND kind = 'awaiting_refund' LIMIT 1`.execute(trx)
  return rows.length > 0
}

/** Whether a credit still holds something. */
export async function holdsCredit(trx: Trx, schoolId: string, creditId: string): Promise<boolean> {
  const { rows } = await sql`SELECT FROM credit WHERE school_id = ${schoolId} AND id = ${creditId}
    AND held_vnd > 0`.execute(trx)
  return rows.length > 0
}

/** The one way in which items are written, with the codes by which the page of a bill finds that they wait. */
export async function insertReviewItems(trx: Trx, items: readonly ReviewRow[]): Promise<void> {
  await insertRows(trx, 'review_item', items.map((item) => {
    const row = { ...item }
    delete row.namedCodes
    return row
  }))
  await insertRows(trx, 'review_item_code', items.flatMap(({ school_id, id, reason, namedCodes = [] }) =>
    keepsPayerWaiting(reason)
      ? [...new Set(namedCodes)].map((payment_code) => ({ school_id, payment_code, review_item_id: id })) : []))
}

type NewItem = Omit<ReviewItemRow, 'id' | 'state' | 'resolution' | 'credit_id'> & Partial<Pick<ReviewItemRow, 'credit_id'>>

export async function openItem(trx: Trx, schoolId: string, item: NewItem): Promise<string> {
  const id = uuidv7()
  await insertReviewItems(trx, [{
    school_id: schoolId,
    id,
    reason: item.reason,
    bank_callback_id: item.bank_callback_id,
    bank_event_id: item.bank_event_id,
    bank_transaction_id: item.bank_transaction_id,
    credit_id: item.credit_id ?? null,
    amount_vnd: item.amount_vnd,
    bank_day: item.bank_day,
    evidence: item.evidence,
    state: 'open',
    namedCodes: await readNamedCodes(trx, schoolId, item),
  }])
  return id
}

/**
 * The codes in the content behind an item, and those that the rules read elsewhere. Of a call that could not be settled
 * all of it waits; of one that could not be read, some rows may have been. Primary keys, matching_decision_of.
 */
async function readNamedCodes(trx: Trx, schoolId: string, about: NewItem): Promise<number[]> {
  const { rows } = await sql<{ content: string }>`
    SELECT memo AS content FROM bank_transaction
      WHERE school_id = ${schoolId} AND id = ${about.bank_transaction_id} AND direction = 'in'
    UNION ALL SELECT jsonb_array_elements_text(evidence -> 'codes') FROM matching_decision
      WHERE school_id = ${schoolId} AND bank_transaction_id = ${about.bank_transaction_id}
    UNION ALL SELECT unnest(ARRAY[memo, coalesce(full_text, '')]) FROM bank_event
      WHERE school_id = ${schoolId} AND id = ${about.bank_event_id} AND direction <> 'out'
    UNION ALL SELECT encode(body, 'escape') FROM bank_callback
      WHERE school_id = ${schoolId} AND id = ${about.bank_callback_id} AND ${about.reason} = 'PROCESSING_FAILED'
        AND ${about.bank_event_id}::uuid IS NULL`.execute(trx)
  return rows.flatMap(({ content }) => codesIn(content))
}

export interface ActRow {
  id: string
  kind: ReviewAct
  review_item_id: string | null
  bank_transaction_id: string | null
  entry_id: string | null
  resolution: string | null
  allocated_vnd: number
  credited_vnd: number
  suspense_vnd: number
  opened_item_id: string | null
}

/** `same`: whether that act was asked for in the same words. */
export async function findAct(
  trx: Trx,
  schoolId: string,
  id: string,
  asked: object,
): Promise<(ActRow & { same: boolean }) | undefined> {
  return trx
    .selectFrom('review_act')
    .select(['id', 'kind', 'review_item_id', 'bank_transaction_id', 'entry_id', 'resolution', 'allocated_vnd',
      'credited_vnd', 'suspense_vnd', 'opened_item_id'])
    .select(sql<boolean>`asked = ${JSON.stringify(asked)}::jsonb`.as('same'))
    .where('school_id', '=', schoolId)
    .where('id', '=', id)
    .executeTakeFirst()
}

export async function insertAct(
  trx: Trx,
  schoolId: string,
  act: ActRow & { actor: string; asked: object; note: string | null },
): Promise<void> {
  await insertRows(trx, 'review_act', [{ school_id: schoolId, ...act }])
}

/** Bills by id, in whatever state they are. */
export async function readInvoicesById(
  trx: Trx,
  schoolId: string,
  ids: readonly string[],
): Promise<InvoiceRow[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<InvoiceRow>`
    SELECT NULL::bigint AS code, id, student_id, bank_account_id, state, payable_vnd, paid_vnd, due_on, issued_on,
      school_year, false AS replaced
    FROM invoice WHERE school_id = ${schoolId} AND id = ANY (${ids}::uuid[])
    ORDER BY id`.execute(trx)
  return rows
}

/** Those of the ids that are students of this school. */
export async function readStudentsById(trx: Trx, schoolId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await trx
    .selectFrom('student_account')
    .select('student_id')
    .where('school_id', '=', schoolId)
    .where('student_id', '=', sql<string>`ANY (${ids}::uuid[])`)
    .execute()
  return rows.map((row) => row.student_id)
}

export interface PastAct {
  id: string
  kind: ReviewAct
  actor: string
  note: string | null
  resolution: string | null
  allocatedVnd: number
  creditedVnd: number
  recordedAt: Date
}

/** What people did about an item, in order. Index: review_act_of_item. */
export async function readActs(trx: Trx, schoolId: string, reviewItemId: string): Promise<PastAct[]> {
  return trx.selectFrom('review_act')
    .select(['id', 'kind', 'actor', 'note', 'resolution', 'allocated_vnd as allocatedVnd',
      'credited_vnd as creditedVnd', 'recorded_at as recordedAt'])
    .where('school_id', '=', schoolId)
    .where('review_item_id', '=', reviewItemId)
    .orderBy('recorded_at').orderBy('id')
    .execute()
}
