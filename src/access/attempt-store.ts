// The only SQL on login_attempt: failures by account and by address, shared by all processes.
import type { Trx } from '../db/tenancy.js'
import type { Failures } from './login-wait.js'

export interface AttemptKey {
  kind: 'account' | 'address' | 'second_factor'
  hmac: Buffer
}

/** Locks the counter, which is made when it is missing, until the transaction ends. */
export async function lockFailures(trx: Trx, { kind, hmac }: AttemptKey, now: Date): Promise<Failures | undefined> {
  await trx.insertInto('login_attempt').values({ kind, subject_hmac: hmac, failures: 0, last_at: now })
    .onConflict((conflict) => conflict.doNothing()).execute()
  return trx.selectFrom('login_attempt')
    .select(['failures', 'last_at as lastAt', 'blocked_until as blockedUntil'])
    .where('kind', '=', kind).where('subject_hmac', '=', hmac).forUpdate().executeTakeFirst()
}

export async function saveFailures(trx: Trx, { kind, hmac }: AttemptKey, failures: Failures): Promise<void> {
  await trx.updateTable('login_attempt')
    .set({ failures: failures.failures, last_at: failures.lastAt, blocked_until: failures.blockedUntil })
    .where('kind', '=', kind).where('subject_hmac', '=', hmac).execute()
}

/** Takes so many off, and ends the wait. */
export async function forgiveAttempts(trx: Trx, { kind, hmac }: AttemptKey, count: number | 'all'): Promise<void> {
  await trx.updateTable('login_attempt')
    .set(count === 'all'
      ? { failures: 0, blocked_until: null }
      : (eb) => ({ failures: eb.fn<number>('greatest', [eb('failures', '-', count), eb.val(0)]), blocked_until: null }))
    .where('kind', '=', kind).where('subject_hmac', '=', hmac).execute()
}

/** Served by login_attempt_last. */
export async function deleteOldAttempts(trx: Trx, before: Date): Promise<void> {
  await trx.deleteFrom('login_attempt').where('last_at', '<', before).execute()
}
