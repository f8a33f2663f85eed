// P5: while PostgreSQL is up, every accepted callback is first attempted within 60 s, and what fails is tried
// again or shown to a person. Judged at the moment of the snapshot, by the clock of the database.
import { sql } from 'kysely'
import { LIMITS } from '../limits.js'
import { noteOf, rowsThat } from './promise.js'
import type { CheckedPromise } from './promise.js'

const FIRST_ATTEMPT_S = 60
// The longest backoff with its spread (drain.ts adds up to a quarter), and the lease of a claim on top.
const FARTHEST_DUE_S = (LIMITS.retryMaxMs * 1.25 + LIMITS.leaseMs) / 1_000

export const attempted: CheckedPromise = {
  id: 'P5',
  holds: `no callback waits unattempted for ${FIRST_ATTEMPT_S} s, for ever, or out of reach`,
  looksAt: { bank_callback: 'callbacks' },
  checks: [
    rowsThat(`callbacks that nobody has attempted for more than ${FIRST_ATTEMPT_S} s`, sql`
      SELECT id FROM bank_callback WHERE state = 'waiting' AND first_attempt_at IS NULL
        AND received_at < now() - make_interval(secs => ${FIRST_ATTEMPT_S})`),
    rowsThat(`callbacks that have been due again for more than ${FIRST_ATTEMPT_S} s`, sql`
      SELECT id FROM bank_callback WHERE state = 'waiting' AND first_attempt_at IS NOT NULL
        AND due_at < now() - make_interval(secs => ${FIRST_ATTEMPT_S})`),
    // A failure in words parks a row after `maxAttempts`. One whose worker died of it is claimed more often, up to
    // where the drain gives it up untried.
    rowsThat(`callbacks that still wait after ${LIMITS.deadlyAttempts} attempts instead of being in review`, sql`
      SELECT id FROM bank_callback WHERE state = 'waiting' AND attempts >= ${LIMITS.deadlyAttempts}`),
    rowsThat('callbacks that are due later than any lease or backoff reaches', sql`
      SELECT id FROM bank_callback WHERE state = 'waiting'
        AND due_at > now() + make_interval(secs => ${FARTHEST_DUE_S})`),
    noteOf(sql`SELECT id FROM bank_callback
      WHERE first_attempt_at > received_at + make_interval(secs => ${FIRST_ATTEMPT_S})`,
    (count) => `${count} callbacks were first attempted later than ${FIRST_ATTEMPT_S} s ` +
        'after they came: more arrived than the drain rate, or the database was down'),
  ],
}
