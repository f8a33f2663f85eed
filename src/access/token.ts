// What an API token looks like and how it is kept: only its SHA-256 ever reaches the database.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const TOKEN_BYTES = 32
/** The prefix lets secret scanners find a token that was leaked. */
const PREFIX = 'sft_'

/** A new token, 256 random bits; shown once to whoever asked for it. */
export function makeToken(): string {
  return PREFIX + randomBytes(TOKEN_BYTES).toString('base64url')
}

/** 32 bytes. A plain hash is enough: the token is random, so there is nothing to guess from a dictionary. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest()
}

/** Compares two tokens in constant time, whatever their lengths. */
export function isSameToken(one: string, other: string): boolean {
  return timingSafeEqual(hashToken(one), hashToken(other))
}

/** A new session's token, 256 random bits; it lives in the browser's cookie and nowhere else. */
export function makeSessionToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}
