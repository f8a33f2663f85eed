// Looks for work of one kind every few seconds, in every worker process, whether or not a doorbell rang. It is a timer
// and not a job, so that payments are posted while the whole queue is down; it never overlaps itself.
import type { Log } from '../log.js'

export interface SweepOptions {
  /** Does whatever is due of its kind. */
  drain(): Promise<unknown>
  log: Log
  intervalMs?: number
}

/** Spreads the processes out, so that they do not all ask in the same instant. */
const JITTER = 0.2

/** The first sweep comes one interval after the start. `close()` waits for the sweep under way. */
export function startSweep({ drain, log, intervalMs = 5_000 }: SweepOptions): { close(): Promise<void> } {
  let closed = false
  let timer: NodeJS.Timeout
  let running: Promise<void> = Promise.resolve()

  async function sweep(): Promise<void> {
    try {
      await drain()
    } catch (error) {
      log.error({ err: error }, 'a sweep failed; the next one tries again')
    }
    plan()
  }

  function plan(): void {
    if (closed) return
    const spread = 1 - JITTER + 2 * JITTER * Math.random()
    timer = setTimeout(() => { running = sweep() }, intervalMs * spread)
  }

  plan()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await running
    },
  }
}
