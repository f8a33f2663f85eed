// Says of each event of a batch whether it is posted, joins a transfer that is known, was kept before, or waits for a
// person. No I/O; it decides nothing about bills.
import { v7 as uuidv7 } from 'uuid'
import { changedEventId, sameEvent } from '../banking/event-identity.js'
import type { EventIdentity } from '../banking/event-identity.js'
import { daysBetween } from '../time.js'
import type { Day } from '../time.js'
import { findAlike } from './alike.js'
import type { PostedNotice } from './alike.js'
import { eventKey, noticeOf, transferKeyOf, transferKeyText, webhookOf } from './incoming.js'
import type { Incoming } from './incoming.js'
import type { KnownEvent, KnownTransfer, TransferKey } from './settle-store.js'

export type HeldReason =
  | 'EVENT_WITHOUT_ID'
  | 'EVENT_CHANGED'
  | 'STALE_SIGNATURE'
  | 'DIRECTION_UNKNOWN'
  | 'ACCOUNT_UNKNOWN'
  | 'BANK_TIME_DOUBTFUL'
  | 'POSSIBLE_REPEAT'

/** Kept as an event and shown to a person; not posted. */
export interface Held {
  kind: 'held'
  reason: HeldReason
  /** What it may be a repeat of. */
  transferId?: string
  /** The event of the same id that said something else: this one is kept beside it, under `eventId`. */
  changed?: { keptEventId: string; eventId: string }
}

type Judged =
  | Held
  | { kind: 'joins'; transferId: string }
  | { kind: 'posts'; key: TransferKey; transferId: string; knownEventId?: string }

/** What happens to an event before any bill is looked at. `knownEventId`: its row exists already. */
export type Triage = { kind: 'seen' } | Judged

/** What the school knew before this batch. */
export interface Known {
  events: readonly KnownEvent[]
  transfers: readonly KnownTransfer[]
  /** Posted notices with a mark of these events. */
  alike: readonly PostedNotice[]
}

/**
 * Sorts events into what posts and what does not, in the order given. Nothing that says something new is dropped: an
 * event is seen only when it says whole what was kept of it (`sameEvent`). Two events of one source with one key are
 * never joined by guess, nor two of different sources that only look alike: the second may be a repeat (design §5).
 */
export function triage(incoming: readonly Incoming[], known: Known): Triage[] {
  const kept = new Map<string, KeptEvent>(known.events.map((one) =>
    [eventKey(one.channelId, one.eventId), { ...one, inBatch: false }]))
  const transfers = openTransfers(known)
  return incoming.map((one): Triage => {
    const { event, channelId } = one
    const before = kept.get(eventKey(channelId, event.eventId))
    if (before && !sameEvent(before.said, event)) {
      const changed = { keptEventId: before.id, eventId: changedEventId(event) }
      const key = eventKey(channelId, changed.eventId)
      if (kept.has(key)) return { kind: 'seen' }
      kept.set(key, { id: one.id, said: event, transferId: null, inBatch: true })
      const { transferId } = before
      return { kind: 'held', reason: 'EVENT_CHANGED', changed, ...(transferId !== null && { transferId }) }
    }
    // A stale event is posted when the same call comes again with a signature in time.
    if (before && (before.inBatch || before.transferId !== null || one.stale)) return { kind: 'seen' }
    const verdict = judge(one, transfers)
    const transferId = verdict.kind === 'held' ? null : verdict.transferId
    kept.set(eventKey(channelId, event.eventId), { id: one.id, said: event, transferId, inBatch: true })
    if (!before) return verdict
    // What waits for a person goes on waiting, unless it is a transfer of its own.
    return verdict.kind === 'posts' ? { ...verdict, knownEventId: before.id } : { kind: 'seen' }
  })
}

interface KeptEvent {
  id: string
  said: EventIdentity
  transferId: string | null
  inBatch: boolean
}

function judge(one: Incoming, transfers: Transfers): Judged {
  const held = (reason: HeldReason): Held => ({ kind: 'held', reason })
  if (one.event.quarantine) return held('EVENT_WITHOUT_ID')
  if (one.stale) return held('STALE_SIGNATURE')
  if (one.event.direction === 'unknown') return held('DIRECTION_UNKNOWN')
  const key = transferKeyOf(one)
  if (!key) return held('ACCOUNT_UNKNOWN')
  return one.timeBelieved ? transfers.place(one, key) : held('BANK_TIME_DOUBTFUL')
}

interface Transfers {
  place(one: Incoming, key: TransferKey): Judged
}

/** The transfers that this batch meets and makes, each with the sources that told of it. */
function openTransfers({ transfers, alike }: Known): Transfers {
  const byKey = new Map<string, { id: string; bankDay: Day }[]>()
  const sources = new Map<string, Set<string>>()
  for (const one of transfers) {
    const key = transferKeyText(one)
    byKey.set(key, [...(byKey.get(key) ?? []), { id: one.id, bankDay: one.bank_day }])
    sources.set(one.id, new Set(one.told_by))
  }
  for (const { transferId, toldBy } of alike) sources.set(transferId, new Set(toldBy))
  const posted = [...alike]

  return {
    place(one, key) {
      const { event: { bankDay }, channelId } = one
      const source = webhookOf(channelId)
      const untold = (id: string): boolean => !sources.get(id)?.has(source)
      const same = byKey.get(transferKeyText(key)) ?? []
      const equal = same.find((other) => untold(other.id) && Math.abs(daysBetween(other.bankDay, bankDay)) <= 1)
      const [repeated] = same
      if (!equal && repeated) return { kind: 'held', reason: 'POSSIBLE_REPEAT', transferId: repeated.id }
      const notice = noticeOf(one)
      const twin = equal ? undefined : findAlike(notice, posted.filter(({ transferId }) => untold(transferId)))
      if (twin?.kind === 'asks') return { kind: 'held', reason: 'POSSIBLE_REPEAT', transferId: twin.transferId }
      const known = equal?.id ?? twin?.transferId
      const transferId = known ?? uuidv7()
      if (known === undefined) byKey.set(transferKeyText(key), [{ id: transferId, bankDay }])
      const toldBy = [...sources.get(transferId) ?? [], source]
      sources.set(transferId, new Set(toldBy))
      posted.push({ ...notice, transferId, toldBy })
      return known === undefined ? { kind: 'posts', key, transferId } : { kind: 'joins', transferId }
    },
  }
}
