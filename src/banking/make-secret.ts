// Makes a secret for a channel where the school may choose it, so that nobody invents a short one.
import { randomBytes } from 'node:crypto'
import type { Provider } from './provider.js'

const SECRET_BYTES = 24
const USER_BYTES = 4

/** payOS alone makes the key itself: there one has to paste what payOS shows. */
export function makesOwnSecret(provider: Provider): boolean {
  return provider === 'payos'
}

/** In the form that the provider's adapter accepts: for VietQR.vn a user name and a password. */
export function makeSecret(provider: Provider): string {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  return provider === 'vietqr-vn' ? `truong-${randomBytes(USER_BYTES).toString('hex')}:${secret}` : secret
}
