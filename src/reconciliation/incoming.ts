// Reads the raw callbacks of one school into events, and says of each whether it may be posted, joins a
// transfer that is known, or waits for a person. No I/O; it decides nothing about bills.
import { v7 as uuidv7 } from 'uuid'
import { getAdapter } from '../banking/adapters/registry.js'
import { comparableAccount } from '../banking/bank-event.js'
import type { BankEvent } from '../banking/bank-event.js'
import type { Provider } from '../banking/provider.js'
import { daysBetween } from '../time.js'
import type { AccountRow, KnownEvent, KnownTransfer, TransferKey, WaitingCallback } from './settle-store.js'

export interface ChannelRow {
  id: string
  provider: Provider
  bank_account_id: string
}

export interface Incoming {
  callbackId: string
  channelId: string
  stale: boolean
  event: BankEvent
  /** The school account that the money came to; null when the body names one that is not the school's. */
  accountId: string | null
}

/** A callback of which something could not be read: kept raw, shown to a person. */
export interface Unreadable {
  callbackId: string
  faults: readonly { reason: string; field?: string; row?: number }[]
}

export function readCallbacks(
  callbacks: readonly WaitingCallback[],
  channels: readonly ChannelRow[],
  accounts: readonly AccountRow[],
): { incoming: Incoming[]; unreadable: Unreadable[] } {
  const channelById = new Map(channels.map((channel) => [channel.id, channel]))
  const incoming: Incoming[] = []
  const unreadable: Unreadable[] = []
  for (const callback of callbacks) {
    const channel = channelById.get(callback.channel_id)
    if (!channel) {
      unreadable.push({ callbackId: callback.id, faults: [{ reason: 'the channel of this callback is gone' }] })
      continue
    }
    const result = getAdapter(channel.provider).read(callback.body, callback.received_at)
    if (result.kind === 'not-understood') {
      const { reason, field } = result
      unreadable.push({ callbackId: callback.id, faults: [{ reason, ...(field !== undefined && { field }) }] })
      continue
    }
    if (result.faults.length > 0) {
      const faults = result.faults.map(({ index, field, reason }) => ({ reason, field, row: index }))
      unreadable.push({ callbackId: callback.id, faults })
    }
    for (const event of result.events) {
      const accountId = findAccount(event.accountNumber, channel, accounts)
      incoming.push({
        callbackId: callback.id,
        channelId: channel.id,
        stale: callback.proof === 'stale',
        event,
        accountId,
      })
    }
  }
  return { incoming, unreadable }
}

/**
 * The account that an event names: the channel's own when the number fits, since one number may exist at two banks;
 * else the only other one with it. Null when it is nobody's or anybody's.
 */
function findAccount(number: string | null, channel: ChannelRow, accounts: readonly AccountRow[]): string | null {
  if (number === null) return channel.bank_account_id
  const named = accounts.filter((account) => comparableAccount(account.account_number) === number)
  if (named.some(({ id }) => id === channel.bank_account_id)) return channel.bank_account_id
  return named.length === 1 ? (named[0]?.id ?? null) : null
}

export type HeldReason =
  | 'EVENT_WITHOUT_ID'
  | 'EVENT_CHANGED'
  | 'STALE_SIGNATURE'
  | 'DIRECTION_UNKNOWN'
  | 'ACCOUNT_UNKNOWN'
  | 'POSSIBLE_REPEAT'

/** What happens to an event before any bill is looked at. */
export type Triage =
  | { kind: 'seen' }
  /** Kept as an event and shown to a person; not posted. `knownEventId`: the event row exists already. */
  | { kind: 'held'; reason: HeldReason; knownEventId?: string; transferId?: string }
  | { kind: 'joins'; transferId: string }
  | { kind: 'posts'; key: TransferKey; transferId: string; knownEventId?: string }

export const eventKey = (channelId: string, eventId: string): string => `${channelId} ${eventId}`
export const transferKeyText = (key: TransferKey): string =>
  `${key.bank_account_id} ${key.direction} ${key.amount_vnd} ${key.bank_ref}`

/** The unique key of the transfer behind an event; without a reference the event's own id stands for it. */
export function transferKeyOf(one: Incoming): TransferKey | undefined {
  const { event, accountId, channelId } = one
  if (accountId === null || event.direction === 'unknown') return undefined
  return {
    bank_account_id: accountId,
    bank_ref: event.bankRef ?? `EVENT ${channelId} ${event.eventId}`,
    direction: event.direction,
    amount_vnd: event.amountVnd,
  }
}

/**
 * Sorts events into what posts and what does not, in the order given. Two events of one source with one key are
 * never joined by guess: the second is a possible repeat (design §5).
 */
export function triage(
  incoming: readonly Incoming[],
  knownEvents: readonly KnownEvent[],
  knownTransfers: readonly KnownTransfer[],
): Triage[] {
  const seen = new Map(knownEvents.map((known) => [eventKey(known.channel_id, known.event_id), known]))
  const transfers = new Map<string, { id: string; bankDay: string; toldBy: Set<string> }[]>()
  for (const known of knownTransfers) {
    const key = transferKeyText(known)
    const list = transfers.get(key) ?? []
    list.push({ id: known.id, bankDay: known.bank_day, toldBy: new Set(known.told_by) })
    transfers.set(key, list)
  }
  const inBatch = new Set<string>()

  return incoming.map((one): Triage => {
    const { event, channelId } = one
    const id = eventKey(channelId, event.eventId)
    if (inBatch.has(id)) return { kind: 'seen' }
    const known = seen.get(id)
    if (known) {
      // A row without a direction may have got one from a person since.
      const turned = event.direction !== 'unknown' && known.direction !== event.direction
      const changed = known.amount_vnd !== event.amountVnd || turned
      if (changed) return { kind: 'held', reason: 'EVENT_CHANGED', knownEventId: known.id }
      // A stale event is posted when the same call comes again with a signature in time.
      if (known.bank_transaction_id !== null || one.stale) return { kind: 'seen' }
    }
    inBatch.add(id)
    const again = known ? { knownEventId: known.id } : {}
    if (event.quarantine) return known ? { kind: 'seen' } : { kind: 'held', reason: 'EVENT_WITHOUT_ID' }
    if (one.stale) return { kind: 'held', reason: 'STALE_SIGNATURE' }
    if (event.direction === 'unknown') return known ? { kind: 'seen' } : { kind: 'held', reason: 'DIRECTION_UNKNOWN' }
    const key = transferKeyOf(one)
    if (!key) return known ? { kind: 'seen' } : { kind: 'held', reason: 'ACCOUNT_UNKNOWN' }

    const source = `${channelId} webhook`
    const same = transfers.get(transferKeyText(key)) ?? []
    if (same.length === 0) {
      const transferId = uuidv7()
      transfers.set(transferKeyText(key), [{ id: transferId, bankDay: event.bankDay, toldBy: new Set([source]) }])
      return { kind: 'posts', key, transferId, ...again }
    }
    const untold = same.find(
      ({ bankDay, toldBy }) => !toldBy.has(source) && Math.abs(daysBetween(bankDay, event.bankDay)) <= 1,
    )
    if (untold && !known) {
      untold.toldBy.add(source)
      return { kind: 'joins', transferId: untold.id }
    }
    if (known) return { kind: 'seen' }
    const [repeated] = same
    return { kind: 'held', reason: 'POSSIBLE_REPEAT', ...(repeated && { transferId: repeated.id }) }
  })
}
