// Does the bank still talk to us? Pure: from when it last called to one word that a page can colour and explain.

export type ChannelHealth =
  /** Nothing ever came, not even a test call. */
  | 'untested'
  /** The test call came, a real one not yet. */
  | 'tested'
  | 'live'
  /** Nothing came for days: holidays, or something is switched off at the provider. */
  | 'quiet'
  /** Calls are on disk and are not being posted. */
  | 'late'
  | 'closed'

export interface ChannelSigns {
  state: 'active' | 'closed'
  lastTestAt: Date | null
  lastCallAt: Date | null
  oldestWaitingAt: Date | null
}

/** Over a weekend and a holiday a school's account may well be silent. */
export const QUIET_AFTER_MS = 7 * 24 * 60 * 60 * 1_000
/** Every call is attempted within 60 s (promise P5). */
export const LATE_AFTER_MS = 60_000

export function channelHealth(signs: ChannelSigns, now: Date): ChannelHealth {
  const { state, lastTestAt, lastCallAt, oldestWaitingAt } = signs
  const olderThan = (at: Date | null, ageMs: number): boolean => at !== null && now.getTime() - at.getTime() > ageMs
  if (olderThan(oldestWaitingAt, LATE_AFTER_MS)) return 'late'
  if (state === 'closed') return 'closed'
  if (lastCallAt === null) return lastTestAt === null ? 'untested' : 'tested'
  return olderThan(lastCallAt, QUIET_AFTER_MS) ? 'quiet' : 'live'
}
