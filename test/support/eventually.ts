// Waits for what other processes do. Its limit only ends what never comes: how long a busy machine takes is no fault,
// and the runner gives a file twice as long without an assertion.
import { setTimeout as delay } from 'node:timers/promises'

const NEVER_MS = 5 * 60_000
const ASK_EVERY_MS = 15

/** Throws, naming `what`, when it never comes to hold. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + NEVER_MS; !await holds();) {
    if (performance.now() > end) throw new Error(`waited ${NEVER_MS / 1000} s in vain: ${what}`)
    await delay(ASK_EVERY_MS)
  }
}
