// Ends items without moving money: a transfer that is not the school's stays in suspense, apart from the rest, until
// it is returned; what can only be noted is noted; and what was ended too early is opened again.
import type { Database, Trx } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { findEvent, readCallbackState, setCopyOf } from './event-store.js'
import { isOneOf, RESOLUTION, SUSPENSE_REASONS } from './review-item.js'
import type { Resolution, ReviewAct } from './review-item.js'
import { endItem, hasCreditToDecide, hasOpenItem, holdsCredit, openItem } from './review-store.js'
import type { ReviewItemRow } from './review-store.js'
import { lockSource } from './source.js'
import { suspenseOf } from './suspense.js'
import { finishAct, getItem, requireNote, takeUp } from './take-up.js'
import type { ActOutcome, Asking } from './take-up.js'

export interface ItemRequest {
  schoolId: string
  reviewItemId: string
}

/** The money waits in suspense for its return; listed apart by this resolution. Errors: those of `takeUp`. */
export function markNotOurs(db: Database, asking: Asking, request: ItemRequest): Promise<ActOutcome> {
  return end(db, asking, request, 'not_ours', RESOLUTION.notOurs)
}

/** For what cannot be booked here: somebody has looked and says what it was. Errors: those of `takeUp`. */
export function closeItem(db: Database, asking: Asking, request: ItemRequest): Promise<ActOutcome> {
  return end(db, asking, request, 'close', RESOLUTION.closed)
}

async function end(
  db: Database,
  asking: Asking,
  { schoolId, reviewItemId }: ItemRequest,
  act: ReviewAct,
  resolution: Resolution,
): Promise<ActOutcome> {
  const note = requireNote(asking)
  return db.inSchool(schoolId, async (trx) => {
    const { bank_transaction_id: transferId, reason: about } = await getItem(trx, schoolId, reviewItemId)
    const suspense = await readSuspense(trx, schoolId, transferId, about)
    const { item, done } = await takeUp(trx, { schoolId, asking, act, reviewItemId, asked: {}, ...suspense })
    if (done) return done
    await endItem(trx, schoolId, item.id, { by: asking.actor.name, resolution, note })
    return finishAct(trx, { schoolId, asking, act, asked: {}, item, transferId, resolution, ...suspense })
  })
}

/** Locks the transfer, so that no other act can place its money meanwhile; says what of it is in suspense. */
async function readSuspense(
  trx: Trx,
  schoolId: string,
  transferId: string | null,
  reason: string,
): Promise<{ suspenseVnd?: number }> {
  const row = transferId === null ? undefined : await lockSource(trx, schoolId, 'bank', transferId)
  if (!row || !isOneOf(SUSPENSE_REASONS, reason)) return {}
  return { suspenseVnd: suspenseOf(row) }
}

/**
 * Puts the matter before a person again, as a new item. Errors: those of `takeUp`, `REVIEW_OPEN_CONFLICT` when it
 * stands open already, `NOTHING_LEFT_CONFLICT` when it was settled since.
 */
export async function reopenItem(db: Database, asking: Asking, request: ItemRequest): Promise<ActOutcome> {
  const { schoolId, reviewItemId } = request
  return db.inSchool(schoolId, async (trx) => {
    const { bank_transaction_id: transferId, reason: about } = await getItem(trx, schoolId, reviewItemId)
    const suspense = await readSuspense(trx, schoolId, transferId, about)
    const { item, done } = await takeUp(trx, { schoolId, asking, act: 'reopen', reviewItemId, asked: {}, ...suspense })
    if (done) return done
    const reason = item.resolution === RESOLUTION.notOurs ? 'REOPENED' : item.reason
    const twins = reason === 'REOPENED' ? SUSPENSE_REASONS : [reason]
    // It locks an event: two people who reopen what two items said of it must not both find nothing open.
    if (!(await isUndecided(trx, schoolId, item, suspense.suspenseVnd))) {
      throw new DomainError('NOTHING_LEFT_CONFLICT', 'this was settled since; there is nothing to decide')
    }
    if (await hasOpenItem(trx, schoolId, item, twins)) {
      throw new DomainError('REVIEW_OPEN_CONFLICT', 'this waits for a person already')
    }
    if (item.bank_event_id !== null) await setCopyOf(trx, schoolId, item.bank_event_id, null)
    const openedItemId = await openItem(trx, schoolId,
      { ...item, reason, evidence: { ...item.evidence, reopens: item.id } })
    return finishAct(trx, {
      schoolId, asking, act: 'reopen', asked: {}, item, transferId, openedItemId, ...suspense,
    })
  })
}

async function isUndecided(
  trx: Trx,
  schoolId: string,
  item: ReviewItemRow,
  suspenseVnd: number | undefined,
): Promise<boolean> {
  if (item.resolution === RESOLUTION.notOurs) return suspenseVnd !== undefined && suspenseVnd > 0
  if (item.credit_id !== null) return holdsCredit(trx, schoolId, item.credit_id)
  if (item.bank_transaction_id !== null && item.bank_event_id === null) {
    return hasCreditToDecide(trx, schoolId, item.bank_transaction_id)
  }
  if (item.bank_event_id !== null) {
    return (await findEvent(trx, schoolId, item.bank_event_id))?.bank_transaction_id === null
  }
  if (item.bank_callback_id !== null) {
    return (await readCallbackState(trx, schoolId, item.bank_callback_id)) === 'review'
  }
  return true
}
