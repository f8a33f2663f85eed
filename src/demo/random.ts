// Chance that comes out the same everywhere: the same seed gives the same numbers on every machine and at every
// start. It is for sample data alone; nothing that has to be secret may come from it.

export interface Random {
  /** A whole number from 0 to below `count`. */
  below: (count: number) => number
  /** True in this share of the cases. */
  chance: (share: number) => boolean
  pick: <T>(list: readonly [T, ...T[]]) => T
}

/** mulberry32: 32 bits of state are enough here. Numbers from 0 to below 1. */
export function seededNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Seeded by what the chance is about, so that one part of a plan can change without the others. */
export function randomFor(...about: readonly (string | number)[]): Random {
  const number = seededNumbers(hashOf(about.join(' ')))
  const below = (count: number): number => Math.floor(number() * count)
  return {
    below,
    chance: (share) => number() < share,
    pick: (list) => list[below(list.length)] ?? list[0],
  }
}

/** FNV-1a over the UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash
}

/** The list in another order; the list itself stays as it is. */
export function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((item) => ({ item, place: random.below(2 ** 31) }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item)
}
