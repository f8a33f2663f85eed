// Forgets what signing in leaves behind: sessions that ended long ago and counters of failures. The audit log keeps
// who signed in when.
import { deleteOldAttempts } from './attempt-store.js'
import type { AccessDeps } from './access.js'
import { deleteOldSessions } from './session-store.js'

const DAY_MS = 24 * 3_600_000

/** For a timer of the service. */
export async function forgetOldSignIns({ db, config, now }: Pick<AccessDeps, 'db' | 'config' | 'now'>): Promise<void> {
  const at = now().getTime()
  await db.asService(async (trx) => {
    await deleteOldSessions(trx, new Date(at - config.sessionKeepDays * DAY_MS))
    // For as long as some kind of them counts: forgotten sooner, a day's guesses would begin anew.
    await deleteOldAttempts(trx, new Date(at - Math.max(config.loginWindowMs, config.secondFactorWindowMs)))
  })
}
