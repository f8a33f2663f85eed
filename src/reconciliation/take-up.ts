// The frame of every act at the review desk: the item is locked and must still be open, the same request is the same
// act, and what was done is kept with its note and written into the audit log. It moves no money.
import { v5 as uuidv5, v7 as uuidv7 } from 'uuid'
import type { Actor } from '../access/actor.js'
import { recordAudit } from '../access/audit.js'
import type { Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { actsOn } from './review-item.js'
import type { ReviewAct } from './review-item.js'
import { findAct, findItem, insertAct, lockItem } from './review-store.js'
import type { ActRow, ReviewItemRow } from './review-store.js'

/** Who asks, and the words that come with it. */
export interface Asking {
  actor: Pick<Actor, 'name' | 'address'>
  note?: string | undefined
  /** The same id of the same actor is the same act, whatever happened to the first answer. */
  requestId?: string | undefined
}

export interface ActOutcome {
  actId: string
  act: ReviewAct
  reviewItemId: string | null
  transactionId: string | null
  /** How the item ended; null while something of it still waits. */
  resolution: string | null
  /** What this act moved: negative when it took money off bills or out of credit. */
  allocatedVnd: number
  creditedVnd: number
  /** Of the transfer, afterwards. */
  suspenseVnd: number
  /** An item that this act put before a person. */
  openedItemId: string | null
}

const NOTE_MIN_CHARS = 3

export async function getItem(trx: Trx, schoolId: string, reviewItemId: string): Promise<ReviewItemRow> {
  const item = await findItem(trx, schoolId, reviewItemId)
  if (!item) throw new DomainError('REVIEW_ITEM_NOT_FOUND', 'this school has no such review item')
  return item
}

/** The transfer that an item is about; refuses items about anything else. */
export function transferOf({ bank_transaction_id: transferId, reason }: ReviewItemRow): string {
  if (transferId === null) throw notOn('this act', reason)
  return transferId
}

function notOn(act: string, reason: string): DomainError {
  return new DomainError('REVIEW_ACT_INVALID', `${act} is not possible on an item with reason ${reason}`)
}

export interface TakingUp {
  schoolId: string
  asking: Asking
  act: ReviewAct
  reviewItemId: string
  /** What is asked, ids and amounts only: the same request must ask the same. */
  asked: object
  /** Of the transfer, read under its lock. */
  suspenseVnd?: number
}

/**
 * Locks the item. `done` is the outcome when this very request was carried out before. Errors:
 * `REVIEW_RESOLVED_CONFLICT`, `REVIEW_ACT_INVALID`, `IDEMPOTENCY_KEY_REUSED`, `NOTE_REQUIRED`.
 */
export async function takeUp(
  trx: Trx,
  { schoolId, asking, act, reviewItemId, asked, suspenseVnd }: TakingUp,
): Promise<{ item: ReviewItemRow; done: ActOutcome | undefined }> {
  const item = await lockItem(trx, schoolId, reviewItemId)
  if (!item) throw new DomainError('REVIEW_ITEM_NOT_FOUND', 'this school has no such review item')
  const done = await findRepeated(trx, schoolId, asking, act, asked)
  if (done && done.reviewItemId !== reviewItemId) throw reused()
  if (done) return { item, done }
  const acts = actsOn({ ...item, suspenseVnd: suspenseVnd ?? null })
  if (acts.includes(act)) return { item, done }
  if (item.state === 'resolved' && act !== 'reopen') {
    throw new DomainError('REVIEW_RESOLVED_CONFLICT', 'somebody has decided this item meanwhile')
  }
  throw act === 'assign' && acts.includes('close') ? nothingLeft() : notOn(act, item.reason)
}

function nothingLeft(): DomainError {
  return new DomainError('NOTHING_IN_SUSPENSE_CONFLICT', 'nothing of this transfer is in suspense any more')
}

function reused(): DomainError {
  return new DomainError('IDEMPOTENCY_KEY_REUSED', 'this request id was used for another act')
}

/** The outcome of the act that this request was before; undefined the first time. */
export async function findRepeated(
  trx: Trx,
  schoolId: string,
  asking: Asking,
  act: ReviewAct,
  asked: object,
): Promise<ActOutcome | undefined> {
  if (asking.requestId === undefined) return undefined
  const row = await findAct(trx, schoolId, actIdOf(schoolId, asking), asked)
  if (!row) return undefined
  if (row.kind !== act || !row.same) throw reused()
  return toOutcome(row)
}

function actIdOf(schoolId: string, { actor, requestId }: Asking): string {
  return requestId === undefined ? uuidv7() : uuidv5(`review ${actor.name} ${requestId}`, schoolId)
}

/** For acts that nobody could follow without a word. */
export function requireNote({ note }: Asking): string {
  const text = note?.trim() ?? ''
  if (text.length >= NOTE_MIN_CHARS) return text
  const reason = 'a note is needed: it is what the next person reads'
  throw new DomainError('NOTE_REQUIRED', reason, [{ field: 'note', reason }])
}

export function noteOf({ note }: Asking): string | null {
  const text = note?.trim() ?? ''
  return text === '' ? null : text
}

export interface Done {
  schoolId: string
  asking: Asking
  act: ReviewAct
  asked: object
  item: ReviewItemRow | null
  transferId: string | null
  entryId?: string
  resolution?: string
  allocatedVnd?: number
  creditedVnd?: number
  suspenseVnd?: number
  openedItemId?: string | undefined
}

/** Keeps the act and writes the audit log. */
export async function finishAct(trx: Trx, done: Done): Promise<ActOutcome> {
  const { schoolId, asking, act, asked, item, transferId } = done
  const row: ActRow = {
    id: actIdOf(schoolId, asking),
    kind: act,
    review_item_id: item?.id ?? null,
    bank_transaction_id: transferId,
    entry_id: done.entryId ?? null,
    resolution: done.resolution ?? null,
    allocated_vnd: done.allocatedVnd ?? 0,
    credited_vnd: done.creditedVnd ?? 0,
    suspense_vnd: done.suspenseVnd ?? 0,
    opened_item_id: done.openedItemId ?? null,
  }
  await insertAct(trx, schoolId, { ...row, actor: asking.actor.name, asked, note: noteOf(asking) })
  const outcome = toOutcome(row)
  await recordAudit(trx, {
    actor: asking.actor,
    action: `review.${act}`,
    objectKind: item ? 'review_item' : 'bank_transaction',
    objectId: item?.id ?? transferId ?? '',
    ...(item && { before: { reason: item.reason, state: item.state } }),
    after: { ...asked, ...outcome },
  })
  return outcome
}

function toOutcome(row: ActRow): ActOutcome {
  return {
    actId: row.id,
    act: row.kind,
    reviewItemId: row.review_item_id,
    transactionId: row.bank_transaction_id,
    resolution: row.resolution,
    allocatedVnd: row.allocated_vnd,
    creditedVnd: row.credited_vnd,
    suspenseVnd: row.suspense_vnd,
    openedItemId: row.opened_item_id,
  }
}
