// Is what a provider says now the event that it told of before? A retry says the same of everything that makes a
// transfer; what says something else under a known id is another notice, and must be kept beside the first one. Pure.
import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Tables } from '../db/tables.js'
import { vnd } from '../money.js'
import { vietnamDay } from '../time.js'
import type { BankEvent } from './bank-event.js'

/** What of an event a retry may not change: the balance and the payer's name are no part of it. */
export type EventIdentity = Pick<BankEvent, 'accountNumber' | 'direction' | 'amountVnd' | 'occurredAt' | 'dateOnly' |
  'timeDoubtful' | 'toldAt' | 'memo' | 'fullText' | 'vaNumber' | 'providerCode' | 'bankRef'>

/** Of an event as it is stored. */
export function identityOf(row: Selectable<Tables['bank_event']>): EventIdentity {
  return {
    accountNumber: row.account_number, direction: row.direction, amountVnd: vnd(row.amount_vnd),
    occurredAt: row.occurred_at, dateOnly: row.date_only, timeDoubtful: row.time_doubtful, toldAt: row.told_at,
    memo: row.memo, fullText: row.full_text, vaNumber: row.virtual_account, providerCode: row.order_code,
    bankRef: row.bank_ref,
  }
}

/** `kept` is as it is stored: a person may have said which way the money went, where the provider did not. */
export function sameEvent(kept: EventIdentity, said: EventIdentity): boolean {
  return kept.accountNumber === said.accountNumber
    && (said.direction === 'unknown' || kept.direction === said.direction)
    && kept.amountVnd === said.amountVnd
    && sameTime(kept, said)
    && kept.memo === said.memo
    // Older events are kept without it: it may be missing, but not say two things.
    && (kept.fullText === null || said.fullText === null || kept.fullText === said.fullText)
    && kept.vaNumber === said.vaNumber
    && kept.providerCode === said.providerCode
    && kept.bankRef === said.bankRef
}

/** By the second, or by the day where a bank gave no more. */
function sameTime(kept: EventIdentity, said: EventIdentity): boolean {
  const [a, b] = [toldTime(kept), toldTime(said)]
  if (a === null || b === null) return true
  if (kept.dateOnly || said.dateOnly) return vietnamDay(a) === vietnamDay(b)
  return a.getTime() === b.getTime()
}

/** What the bank said, believed or not; null where only the time of receipt was kept. */
function toldTime({ toldAt, timeDoubtful, occurredAt }: EventIdentity): Date | null {
  return toldAt ?? (timeDoubtful ? null : occurredAt)
}

/** Under which a notice is kept that says something else than the event of its id: told again, it has it again. */
export function changedEventId(event: EventIdentity & Pick<BankEvent, 'eventId'>): string {
  const { accountNumber, direction, amountVnd, memo, fullText, vaNumber, providerCode, bankRef } = event
  const said = [accountNumber, direction, amountVnd, toldTime(event), memo, fullText, vaNumber, providerCode, bankRef]
  const hash = createHash('sha256').update(JSON.stringify(said)).digest('hex')
  return `${event.eventId}~${hash.slice(0, 16)}`
}
