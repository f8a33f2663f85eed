// The SQL of events and calls that wait for a person: what an event said, and what a person adds to it. The raw bytes
// and the amount are never touched.
import { sql } from 'kysely'
import type { Selectable } from 'kysely'
import type { Tables } from '../db/tables.js'
import type { Trx } from '../db/tenancy.js'
import type { Day } from '../time.js'

export type EventRow = Selectable<Tables['bank_event']>

export async function findEvent(trx: Trx, schoolId: string, id: string): Promise<EventRow | undefined> {
  return trx.selectFrom('bank_event').selectAll().where('school_id', '=', schoolId).where('id', '=', id)
    .forUpdate().executeTakeFirst()
}

export interface EventTie {
  /** Null: of which it told is still asked. */
  transferId: string | null
  accountId: string
  direction: 'in' | 'out'
  bankDay: Day
  occurredAt: Date
}

/** The event told of this transfer; its money is in this account, went this way and counts on this day. */
export async function tieEvent(trx: Trx, schoolId: string, eventId: string, tie: EventTie): Promise<void> {
  await trx.updateTable('bank_event')
    .set({
      bank_transaction_id: tie.transferId, bank_account_id: tie.accountId, direction: tie.direction,
      bank_day: tie.bankDay, occurred_at: tie.occurredAt,
    })
    .where('school_id', '=', schoolId).where('id', '=', eventId).where('bank_transaction_id', 'is', null).execute()
}

export async function setCopyOf(trx: Trx, schoolId: string, eventId: string, transferId: string | null): Promise<void> {
  await trx.updateTable('bank_event').set({ copy_of: transferId })
    .where('school_id', '=', schoolId).where('id', '=', eventId).execute()
}

export async function readCallbackState(trx: Trx, schoolId: string, id: string): Promise<string | undefined> {
  const row = await trx.selectFrom('bank_callback').select('state')
    .where('school_id', '=', schoolId).where('id', '=', id).executeTakeFirst()
  return row?.state
}

/** Puts a parked call back to work as if it had just come; undefined when it is not parked. As worker. */
export async function unpark(trx: Trx, schoolId: string, id: string): Promise<number | undefined> {
  const { rows } = await sql<{ shard: number }>`
    UPDATE bank_callback SET state = 'waiting', processed_at = NULL, attempts = 0, due_at = now(), last_error = NULL
    WHERE school_id = ${schoolId} AND id = ${id} AND state = 'review' RETURNING shard`.execute(trx)
  return rows[0]?.shard
}
