// How long somebody who failed too often has to wait. The wait grows and ends: nobody is ever locked out for good by
// somebody else's guessing. Pure.

export interface WaitRule {
  /** Attempts that cost nothing. */
  free: number
  windowMs: number
  waitMs: number
  waitMaxMs: number
}

export interface Failures {
  failures: number
  lastAt: Date
  blockedUntil: Date | null
}

export type AttemptOutcome = { allowed: true; next: Failures } | { allowed: false; waitMs: number }

/**
 * What an attempt at `now` comes to. It is counted before it is tried, so that many at once cannot all slip through;
 * a success takes it back. A window without attempts forgets the earlier ones.
 */
export function countAttempt(before: Failures | undefined, now: Date, rule: WaitRule): AttemptOutcome {
  const waitMs = (before?.blockedUntil?.getTime() ?? 0) - now.getTime()
  if (waitMs > 0) return { allowed: false, waitMs }
  const fresh = before === undefined || now.getTime() - before.lastAt.getTime() > rule.windowMs
  const failures = (fresh ? 0 : before.failures) + 1
  const over = failures - rule.free
  const blockMs = over < 0 ? 0 : Math.min(rule.waitMs * 2 ** Math.min(over, 20), rule.waitMaxMs)
  return {
    allowed: true,
    next: { failures, lastAt: now, blockedUntil: blockMs === 0 ? null : new Date(now.getTime() + blockMs) },
  }
}
