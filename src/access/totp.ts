// One-time codes of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 s, what every app can do).
import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'

const ISSUER = 'School fees'
const SECRET_BYTES = 20 // RFC 4226 §4 R6: 160 bits
const STEP_SECONDS = 30
/** A code of the step before or after is taken, for a clock that is off and for slow fingers. */
const WINDOW_STEPS = 1

/** Base32, as it is typed into an app. */
export function makeTotpSecret(): string {
  return new Secret({ buffer: new Uint8Array(randomBytes(SECRET_BYTES)).buffer }).base32
}

/** What the QR of an enrolment says. */
export function totpUri(secret: string, loginName: string): string {
  return new TOTP({ issuer: ISSUER, label: loginName, secret: Secret.fromBase32(secret) }).toString()
}

/** The step whose code this is, or undefined. The caller refuses a step that was used before. */
export function findTotpStep(secret: string, code: string, at: Date): number | undefined {
  const token = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const timestamp = at.getTime()
  const delta = TOTP.validate({ token, secret: Secret.fromBase32(secret), timestamp, window: WINDOW_STEPS })
  return delta === null ? undefined : TOTP.counter({ period: STEP_SECONDS, timestamp }) + delta
}
