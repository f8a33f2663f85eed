// Reads the raw callbacks of one school into events, each with the account that it is about and the keys by which it
// is found again. No I/O; what becomes of an event is decided in triage.ts.
import { v7 as uuidv7 } from 'uuid'
import { getAdapter } from '../banking/adapters/registry.js'
import { comparableAccount } from '../banking/bank-event.js'
import type { BankEvent } from '../banking/bank-event.js'
import type { Provider } from '../banking/provider.js'
import { marksOf } from './alike.js'
import type { Marks, Notice } from './alike.js'
import { atReceipt, isBelievable } from './bank-time.js'
import type { BankTimeLimits } from './bank-time.js'
import type { AccountRow, TransferKey, WaitingCallback } from './settle-store.js'

export interface ChannelRow {
  id: string
  provider: Provider
  bank_account_id: string
}

export interface Incoming {
  /** Of its row, should it be kept as an event. */
  id: string
  callbackId: string
  channelId: string
  stale: boolean
  event: BankEvent
  /** The school account that the money came to; null when the body names one that is not the school's. */
  accountId: string | null
  /** False when the bank's time is too far from the time of receipt: `event` has the latter then. */
  timeBelieved: boolean
  marks: Marks
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
  limits: BankTimeLimits,
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
      const timeBelieved = isBelievable(event, callback.received_at, limits)
      incoming.push({
        id: uuidv7(),
        callbackId: callback.id,
        channelId: channel.id,
        stale: callback.proof === 'stale',
        event: timeBelieved ? event : atReceipt(event, callback.received_at),
        accountId: findAccount(event.accountNumber, channel, accounts),
        timeBelieved,
        marks: marksOf(event),
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

export const eventKey = (channelId: string, eventId: string): string => `${channelId} ${eventId}`
export const transferKeyText = (key: TransferKey): string =>
  `${key.bank_account_id} ${key.direction} ${key.amount_vnd} ${key.bank_ref}`
export const webhookOf = (channelId: string): string => `${channelId} webhook`

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

export function noticeOf({ event, channelId, accountId, marks }: Incoming): Notice {
  const { direction, amountVnd, occurredAt, bankDay } = event
  const hasTime = !event.dateOnly && !event.timeDoubtful
  return { ...marks, channelId, accountId, direction, amountVnd, occurredAt, bankDay, hasTime }
}
