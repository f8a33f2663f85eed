// What a benchmark is given and what it answers, and how its figures are summed up. A figure never stands alone:
// it comes with that of a peer, measured in turns with it in the same run on the same machine.
import assert from 'node:assert/strict'

export interface DatabaseUrls {
  /** Superuser. */
  ownerUrl: string
  /** The login role of the service. */
  serviceUrl: string
}

/** A migrated database of the benchmark's own, on a server with the product's durability. */
export interface BenchContext extends DatabaseUrls {
  /** Multiplies the size of the data; 1 by default. */
  scale: number
  /** A copy of the database as it stands; nobody may be connected to it. */
  copy(): Promise<DatabaseCopy>
}

export interface DatabaseCopy extends DatabaseUrls {
  drop(): Promise<void>
}

export interface BenchResult {
  name: string
  peer: string
  size: string
  /** One figure a round, more is better. */
  ours: number[]
  peerFigures: number[]
  unit: string
  /** Median of ours over median of the peer's. */
  ratio: number
  target: number
}

export function compare(result: Omit<BenchResult, 'ratio'>): BenchResult {
  return { ...result, ratio: median(result.ours) / median(result.peerFigures) }
}

export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b)
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]]
  assert(low !== undefined && high !== undefined, 'at least one figure')
  return (low + high) / 2
}

/** From the lowest to the highest figure, as a share of the median. */
export function spread(figures: readonly number[]): number {
  return (Math.max(...figures) - Math.min(...figures)) / median(figures)
}

/**
 * Measures every side once a round, in turns and each round in the opposite order, so that what the machine does
 * besides falls on all of them alike. Returns the figures of each side, in the order of `sides`.
 */
export async function inTurns(rounds: number, sides: readonly (() => Promise<number>)[]): Promise<number[][]> {
  const figures = sides.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    const order = [...sides.keys()]
    for (const side of round % 2 === 0 ? order : order.reverse()) {
      const measured = await sides[side]?.()
      assert(measured !== undefined, 'every side is measured')
      figures[side]?.push(measured)
    }
  }
  return figures
}

/** How many a second. */
export async function rateOf(count: number, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (count / (performance.now() - startedAt)) * 1000
}
