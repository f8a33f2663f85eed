// What the use cases of signing in and of managing people work with; made once a process, because the sessions that it
// remembers and the hashes that it runs at once are the process's own.
import type { Config } from '../config.js'
import type { Database, Trx } from '../db/tenancy.js'
import { createAttempts } from './attempts.js'
import type { Attempts } from './attempts.js'
import { inLogOf } from './audit.js'
import { createPasswords } from './passwords.js'
import type { Passwords } from './passwords.js'
import type { SecretBox } from './secret-box.js'
import { createSessions } from './session.js'
import type { Sessions } from './session.js'

export interface AccessDeps {
  config: Config
  db: Database
  secretBox: SecretBox
  now: () => Date
}

export interface Access extends AccessDeps {
  passwords: Passwords
  sessions: Sessions
  attempts: Attempts
}

export function openAccess({ config, db, secretBox, now }: AccessDeps): Access {
  const deps = { config, db, secretBox, now }
  const { passwordHashesAtOnce: atOnce, passwordHashesWaiting: waitingMax } = config
  return {
    ...deps,
    passwords: createPasswords({ atOnce, waitingMax }),
    sessions: createSessions(deps),
    attempts: createAttempts(deps),
  }
}

/** A change to a user: recorded under the school that it is about, if any, and known here at once. */
export async function changeUser<T>(
  { db, sessions }: Access, userId: string, schoolId: string | null, work: (trx: Trx) => Promise<T>,
): Promise<T> {
  const result = await inLogOf(db, schoolId, work)
  sessions.forget(userId)
  return result
}
