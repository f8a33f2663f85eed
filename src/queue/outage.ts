// Says once that something is down and once that it is back, however often the library complains between.
import type { Log } from '../log.js'

/** Complaints this far apart belong to two outages; both backends retry every two seconds or faster. */
const QUIET_MS = 60_000

export interface Outage {
  down(error: unknown): void
  up(): void
}

/** `what` names the thing in the log, for example `queue inbox`. */
export function watchOutage(what: string, log: Log): Outage {
  let complaints = 0
  let lastAt = 0
  return {
    down(error) {
      const now = Date.now()
      if (complaints === 0 || now - lastAt > QUIET_MS) {
        log.error({ err: error }, `${what} does not answer; it is tried again until it does`)
      }
      complaints += 1
      lastAt = now
    },
    up() {
      if (complaints > 0) log.info({ complaints }, `${what} works again`)
      complaints = 0
    },
  }
}
