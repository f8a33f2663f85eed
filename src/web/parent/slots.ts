// How many of something may be held at once under one key: connections of one bill or one address. Pure counting in
// this process; it forgets a key when its last holder lets go.

export interface Slots {
  /** Gives back what lets go of it; undefined when the key has no room. Letting go twice does nothing. */
  take(key: string): (() => void) | undefined
}

export function openSlots(max: number): Slots {
  const held = new Map<string, number>()
  return {
    take(key) {
      const count = held.get(key) ?? 0
      if (count >= max) return undefined
      held.set(key, count + 1)
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        const rest = (held.get(key) ?? 1) - 1
        if (rest === 0) held.delete(key)
        else held.set(key, rest)
      }
    },
  }
}
