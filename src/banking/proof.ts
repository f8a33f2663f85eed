// Compares what a caller sent with what only the bank and the school know. Every comparison takes the same
// time wherever the difference is; only lengths can be learned from outside.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FieldError } from '../errors.js'
import type { ChannelSecrets, Proof, ProofFault } from './adapter.js'

// A shorter key of a signature is found by trying; the shortest that a provider was seen to give has 10.
const SECRET_MIN_CHARS = 8
const SECRET_MAX_CHARS = 512

export const GOOD: Proof = { kind: 'good' }

export function bad(reason: ProofFault): Proof {
  return { kind: 'bad', reason }
}

/** True when both texts are equal. `timingSafeEqual` throws on unequal lengths, so these go first. */
export function sameSecret(given: string, wanted: string): boolean {
  const left = Buffer.from(given)
  const right = Buffer.from(wanted)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Lower-case hex HMAC of the parts one after the other; the key is the secret as UTF-8 text. */
export function hmacHex(
  algorithm: 'sha256' | 'sha512',
  secret: string,
  ...parts: readonly (string | Buffer)[]
): string {
  const hmac = createHmac(algorithm, secret)
  for (const part of parts) hmac.update(part)
  return hmac.digest('hex')
}

/** Tries the current secret, then the previous one of the rotation window. */
export function isAccepted(secrets: ChannelSecrets, fits: (secret: string) => boolean): boolean {
  return fits(secrets.current) || (secrets.previous !== undefined && fits(secrets.previous))
}

/** A secret is pasted by a person: refuse what cannot be one, above all a line end that came along. */
export function checkSecretText(secret: string): FieldError[] {
  if (secret.length < SECRET_MIN_CHARS || secret.length > SECRET_MAX_CHARS) {
    return [{ field: 'secret', reason: `must have ${SECRET_MIN_CHARS} to ${SECRET_MAX_CHARS} characters` }]
  }
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(secret)) {
    return [{ field: 'secret', reason: 'must be printable ASCII without spaces or line ends around it' }]
  }
  return []
}
