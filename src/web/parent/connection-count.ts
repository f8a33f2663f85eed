// How many connections may be open at once under one key: of one bill, of one address. Pure counting in this process;
// it forgets a key when its last connection closes.

export interface ConnectionCount {
  /** Gives back what closes it again; undefined when the key has no room. Closing twice does nothing. */
  take(key: string): (() => void) | undefined
}

export function countConnections(max: number): ConnectionCount {
  const open = new Map<string, number>()
  return {
    take(key) {
      const count = open.get(key) ?? 0
      if (count >= max) return undefined
      open.set(key, count + 1)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        const rest = (open.get(key) ?? 1) - 1
        if (rest === 0) open.delete(key)
        else open.set(key, rest)
      }
    },
  }
}
