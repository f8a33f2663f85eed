// Turns many rings into at most one job a second per shard, over all processes, without losing the last one.
// A ring is a hint: it never throws, is never awaited by an ack, and the sweep makes good every lost one.

export interface RingThrottle {
  ring(shard: number): void
  /** Rings that reached nobody since the start. */
  failed(): number
  close(): void
}

export interface ThrottleDeps {
  /** Adds a job for the shard; `repeated` when one was added less than RING_INTERVAL_MS ago, by anybody. */
  add(shard: number): Promise<'added' | 'repeated'>
  /** How many jobs wait for a worker. */
  backlog(): Promise<number>
}

/** The shortest time between two jobs of one shard. */
export const RING_INTERVAL_MS = 1_000
/** Waits a little longer than that, so that the mark in the queue has surely run out. */
const PAUSE_MS = RING_INTERVAL_MS + 50
/** With this many jobs waiting nobody is working: more rings would only fill the queue's memory. */
const BACKLOG_LIMIT = 1_000
const BACKLOG_CHECK_MS = 5_000

/** `rungAt` is the newest ring that no job answers yet; undefined while all are answered. */
interface Shard { rungAt: number | undefined }

/** The first ring of a shard goes out at once; those of the next second go out together at its end. */
export function createRingThrottle({ add, backlog }: ThrottleDeps): RingThrottle {
  const shards = new Map<number, Shard>()
  const timers = new Set<NodeJS.Timeout>()
  let failed = 0
  let closed = false
  let hasRoom = Promise.resolve(true)
  let checkBacklogAt = 0

  async function send(number: number, shard: Shard): Promise<void> {
    const { rungAt } = shard
    const sentAt = Date.now()
    shard.rungAt = undefined
    try {
      if (sentAt >= checkBacklogAt) {
        checkBacklogAt = sentAt + BACKLOG_CHECK_MS
        hasRoom = backlog().then((waiting) => waiting < BACKLOG_LIMIT)
      }
      if (!await hasRoom) return
      const outcome = await add(number)
      // The job before ours may have started before our ring. One that is younger than our ring answers it.
      const answered = outcome === 'added' || rungAt === undefined || sentAt - rungAt >= RING_INTERVAL_MS
      if (!answered) shard.rungAt ??= rungAt
    } catch {
      // Whoever owns the connection logs the outage; the sweep does this ring's work.
      failed += 1
      checkBacklogAt = 0
    } finally {
      later(number, shard)
    }
  }

  function later(number: number, shard: Shard): void {
    if (closed) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (shard.rungAt === undefined) shards.delete(number)
      else void send(number, shard)
    }, PAUSE_MS)
    timers.add(timer.unref())
  }

  return {
    ring(number) {
      if (closed) return
      const known = shards.get(number)
      if (known) {
        known.rungAt = Date.now()
        return
      }
      const shard: Shard = { rungAt: Date.now() }
      shards.set(number, shard)
      void send(number, shard)
    },
    failed: () => failed,
    close() {
      closed = true
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      shards.clear()
    },
  }
}
