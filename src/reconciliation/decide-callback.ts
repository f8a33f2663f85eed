// Tries a parked call again, as if it had just come, or sets it aside with a note. It reads nothing of what the call
// says: the worker does, and parks it again with a new item when it still cannot be settled.
import type { Database } from '../db/tenancy.js'
import { unpark } from './event-store.js'
import { RESOLUTION } from './review-item.js'
import { endItem } from './review-store.js'
import type { ItemRequest } from './set-apart.js'
import { finishAct, getItem, noteOf, requireNote, takeUp } from './take-up.js'
import type { ActOutcome, Asking } from './take-up.js'

export interface CallbackRequest extends ItemRequest {
  choice: 'retry' | 'set_aside'
}

/** `ring` is called after the commit with the shard that has work. Errors: those of `takeUp`. */
export async function decideCallback(
  deps: { db: Database; ring: (shard: number) => void },
  asking: Asking,
  { schoolId, reviewItemId, choice }: CallbackRequest,
): Promise<ActOutcome> {
  if (choice === 'set_aside') requireNote(asking)
  const asked = { choice }
  let shard: number | undefined
  // Only the worker's role may touch the inbox.
  const outcome = await deps.db.inSchoolAsWorker(schoolId, async (trx) => {
    await getItem(trx, schoolId, reviewItemId)
    const { item, done } = await takeUp(trx, { schoolId, asking, act: 'callback', reviewItemId, asked })
    if (done) return done
    if (choice === 'retry' && item.bank_callback_id !== null) {
      shard = await unpark(trx, schoolId, item.bank_callback_id)
    }
    const resolution = choice === 'retry' ? RESOLUTION.retried : RESOLUTION.setAside
    await endItem(trx, schoolId, item.id, { by: asking.actor.name, resolution, note: noteOf(asking) })
    return finishAct(trx, { schoolId, asking, act: 'callback', asked, item, transferId: null, resolution })
  })
  if (shard !== undefined) deps.ring(shard)
  return outcome
}
