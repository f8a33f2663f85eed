// What the pages of the review desk show: the queue with the best candidate of each item, what was ended and how, one
// item with its history. It decides nothing.
import type { Database } from '../db/tenancy.js'
import { DomainError } from '../errors.js'
import { isUuid } from '../http/id.js'
import { decodeIdCursor, toPage } from '../http/paging.js'
import { readCandidatesOf } from './find-candidates.js'
import type { CandidateItem } from './find-candidates.js'
import { countOpenItems, selectCompared, selectEndedItems, selectReviewItem, selectReviewItems } from './queries/review.js'
import type { Compared, ReviewDetail, ReviewSummary } from './queries/review.js'
import { readActs } from './review-store.js'
import type { PastAct } from './review-store.js'
import { actsOn, isOneOf, laidBeside, SUSPENSE_REASONS } from './review-item.js'
import type { ReviewAct } from './review-item.js'

export type { Compared, ReviewSummary } from './queries/review.js'
export type { PastAct } from './review-store.js'

export type QueueView = 'open' | 'resolved' | 'not_ours'

export interface QueueItem extends ReviewSummary {
  acts: readonly ReviewAct[]
  /** Of an item whose money waits for a bill. */
  best: CandidateItem | null
}

export interface QueuePage {
  items: QueueItem[]
  nextCursor: string | null
}

/** Open items longest waiting first, ended ones newest first; `bare` without candidates. Throws `CURSOR_INVALID`. */
export async function listQueue(
  db: Database,
  schoolId: string,
  { view, reason, bare = false }: { view: QueueView; reason?: string | undefined; bare?: boolean },
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<QueuePage> {
  const query = view === 'open'
    ? selectReviewItems(schoolId, { state: 'open', reason }, limit + 1, decodeIdCursor(cursor))
    : selectEndedItems(schoolId, { notOurs: view === 'not_ours' }, limit + 1, decodeIdCursor(cursor))
  return db.inSchool(schoolId, async (trx) => {
    const { rows } = await query.execute(trx)
    const page = toPage(rows, limit, ({ id }) => [id])
    const waiting = bare ? [] : page.items.filter((row) => row.state === 'open' && isOneOf(SUSPENSE_REASONS, row.reason))
    const candidates = await readCandidatesOf(trx, schoolId, waiting.map(({ id }) => id))
    const items = page.items.map((row): QueueItem =>
      ({ ...row, acts: actsOn(row), best: candidates.get(row.id)?.items[0] ?? null }))
    return { items, nextCursor: page.nextCursor }
  })
}

/** Reasons with open items, the most frequent first. */
export async function countQueue(db: Database, schoolId: string): Promise<{ reason: string; count: number }[]> {
  const { rows } = await db.inSchool(schoolId, (trx) => countOpenItems(schoolId).execute(trx))
  return rows.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1))
}

export interface ShownItem extends ReviewDetail {
  acts: readonly ReviewAct[]
  history: PastAct[]
  /** What it may be a repeat or a correction of. */
  compared: Compared | null
}

/** Errors: `REVIEW_ITEM_NOT_FOUND`. */
export async function getReviewItem(db: Database, schoolId: string, reviewItemId: string): Promise<ShownItem> {
  const found = isUuid(reviewItemId) ? await db.inSchool(schoolId, async (trx) => {
    const { rows: [item] } = await selectReviewItem(schoolId, reviewItemId).execute(trx)
    if (!item) return undefined
    const { rows: [compared = null] } = await selectCompared(schoolId, laidBeside(item.evidence)).execute(trx)
    return { ...item, acts: actsOn(item), history: await readActs(trx, schoolId, reviewItemId), compared }
  }) : undefined
  if (!found) throw new DomainError('REVIEW_ITEM_NOT_FOUND', 'this school has no such review item')
  return found
}
