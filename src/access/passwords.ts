// Hashes and checks passwords. A hash takes a thread and 19 MiB, so only a few run at once and few may wait: a flood of
// sign-ins must not take memory or threads from the payments.
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { openSlots } from '../slots.js'
import { PASSWORD_MAX_CHARS, normalisePassword } from './password-policy.js'

// OWASP Password Storage Cheat Sheet: argon2id, m=19456 (19 MiB), t=2, p=1. Argon2id is the library's default.
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export interface Passwords {
  hash(password: string): Promise<string>
  /** Takes as long for a user without a password, or without a user, as for a wrong one. */
  isRight(hashed: string | null | undefined, password: string): Promise<boolean>
}

/** Both throw OVERLOADED when too many already wait. */
export function createPasswords({ atOnce, waitingMax }: { atOnce: number; waitingMax: number }): Passwords {
  const slots = openSlots({ atOnce, waitingMax })
  let decoy: Promise<string> | undefined

  return {
    hash: (password) => slots.use(() => hash(normalisePassword(password), PARAMETERS)),
    async isRight(hashed, password) {
      // A much longer text was never accepted as a password, and hashing it would be work for nothing.
      const text = normalisePassword(password.slice(0, PASSWORD_MAX_CHARS * 4))
      return slots.use(async () => {
        decoy ??= hash(randomBytes(16), PARAMETERS)
        const right = await verify(hashed ?? await decoy, text)
        return right && typeof hashed === 'string'
      })
    },
  }
}

/** A password that was made, not chosen: 20 characters out of 31 without look-alikes, 99 bits. */
export function makeOneTimePassword(): string {
  return readableCode(20, 5)
}

const READABLE = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'

/** Random characters in groups that are easy to read out; every one is as likely as any other. */
export function readableCode(characters: number, groupOf: number): string {
  let text = ''
  while (text.replaceAll('-', '').length < characters) {
    const [byte = 255] = randomBytes(1)
    if (byte >= READABLE.length * Math.floor(256 / READABLE.length)) continue
    if (text !== '' && text.replaceAll('-', '').length % groupOf === 0) text += '-'
    text += READABLE[byte % READABLE.length]
  }
  return text
}
