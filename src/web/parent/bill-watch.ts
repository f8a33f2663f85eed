// Tells whoever looks at a bill that it changed. One statement a second for the whole process, however many people
// look: PostgreSQL is asked by the clock, and NOTIFY stays out of the transactions that move money (design §3).
import { setTimeout as delay } from 'node:timers/promises'
import type { Database } from '../../db/tenancy.js'
import type { Log } from '../../log.js'
import type { BillPlace } from './bill.js'
import { readMarks } from './queries.js'

export interface BillWatch {
  /**
   * Calls `onChange` with the new mark whenever it differs from the last one told, first from `knownMark`. Gives back
   * what ends it; undefined when too many bills are watched already.
   */
  watch(place: BillPlace, knownMark: string, onChange: (mark: string) => void): (() => void) | undefined
  close(): void
}

interface Viewer {
  mark: string
  onChange: (mark: string) => void
}

interface Watched {
  place: BillPlace
  viewers: Set<Viewer>
}

export function openBillWatch(
  { db, log }: { db: Pick<Database, 'asService'>, log: Log }, limits: { everyMs: number, maxBills: number },
): BillWatch {
  const bills = new Map<string, Watched>()
  const closing = new AbortController()
  let isRunning = false

  async function run(): Promise<void> {
    isRunning = true
    while (bills.size > 0 && !closing.signal.aborted) {
      const started = performance.now()
      await askOnce().catch((error: unknown) => log.warn({ err: error }, 'the watched bills could not be read'))
      const restMs = Math.max(0, limits.everyMs - (performance.now() - started))
      await delay(restMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
    }
    isRunning = false
  }

  async function askOnce(): Promise<void> {
    const asked = [...bills.values()]
    const marks = await db.asService((trx) => readMarks(trx, asked.map(({ place }) => place)))
    asked.forEach(({ viewers }, at) => { tell(viewers, marks[at]) })
  }

  return {
    watch(place, knownMark, onChange) {
      const key = `${place.schoolId} ${place.studentId} ${place.roundId}`
      const watched = bills.get(key) ?? { place, viewers: new Set() }
      if (closing.signal.aborted || (!bills.has(key) && bills.size >= limits.maxBills)) return undefined
      const viewer = { mark: knownMark, onChange }
      bills.set(key, watched)
      watched.viewers.add(viewer)
      if (!isRunning) void run()
      return () => {
        watched.viewers.delete(viewer)
        if (watched.viewers.size === 0 && bills.get(key) === watched) bills.delete(key)
      }
    },
    close() { closing.abort() },
  }
}

function tell(viewers: ReadonlySet<Viewer>, mark: string | undefined): void {
  if (mark === undefined) return
  for (const viewer of viewers) {
    if (viewer.mark === mark) continue
    viewer.mark = mark
    viewer.onChange(mark)
  }
}
