// Puts a limit on waiting for something that may never answer. The work itself is not stopped.

/** Settles as `work` does, or rejects after `limitMs` with a message that names `what`. */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(new Error(`${what} took longer than ${limitMs} ms`)) }, limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}
