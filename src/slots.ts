// How many may do something costly at the same time? The others wait in order, and too many are turned away at once.
import { DomainError } from './errors.js'

export interface Slots {
  /** Throws `OVERLOADED` when too many wait already. */
  use<Result>(work: () => Promise<Result>): Promise<Result>
}

export function openSlots({ atOnce, waitingMax }: { atOnce: number; waitingMax: number }): Slots {
  let taken = 0
  const waiting: (() => void)[] = []

  async function enter(): Promise<void> {
    if (taken < atOnce) {
      taken += 1
      return
    }
    if (waiting.length >= waitingMax) {
      throw new DomainError('OVERLOADED', 'too much of this is being worked on; try again in a moment')
    }
    // Whoever leaves hands the slot on, so that nobody who comes later gets it first.
    await new Promise<void>((resolve) => void waiting.push(resolve))
  }

  function leave(): void {
    const next = waiting.shift()
    if (next === undefined) taken -= 1
    else next()
  }

  return {
    async use(work) {
      await enter()
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
