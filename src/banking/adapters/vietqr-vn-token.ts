// The token that VietQR.vn fetches from us before it reports transfers: who may have one, what it looks like,
// and whether one is still good. Nothing is stored: a token is its expiry, signed and bound to one channel.
import { createHmac } from 'node:crypto'
import type { ChannelProof } from '../adapter.js'
import { isAccepted, sameSecret } from '../proof.js'

/** What VietQR.vn's page expects in `expires_in`. */
export const TOKEN_LIFETIME_S = 300

export interface TokenAnswer {
  readonly status: 200 | 401
  readonly contentType: 'application/json'
  readonly body: string
}

export type TokenState = 'good' | 'expired' | 'wrong'

/**
 * Answers `token_generate`. The Basic pair ends at its first colon, so a password may hold colons; as a user
 * may not, equal texts mean equal pairs and one comparison does.
 */
export function generateToken(
  authorization: string | undefined,
  channel: ChannelProof,
  now: Date
): TokenAnswer {
  const pair = parseBasic(authorization)
  if (pair === undefined) return failure('Basic credentials are missing or malformed')
  const isOurs = isAccepted(channel.secrets, secret => sameSecret(`${pair.user}:${pair.password}`, secret))
  if (!isOurs) return failure('user name or password is wrong')
  const token = issueToken(channel, now)
  const body = { access_token: token, token_type: 'Bearer', expires_in: TOKEN_LIFETIME_S }
  return { status: 200, contentType: 'application/json', body: JSON.stringify(body) }
}

/** `{expiry in unix seconds}.{HMAC-SHA256}`. */
export function issueToken(channel: ChannelProof, now: Date): string {
  const expiresAtS = String(Math.floor(now.getTime() / 1000) + TOKEN_LIFETIME_S)
  return `${expiresAtS}.${sealOf(channel, expiresAtS)}`
}

export function checkToken(token: string, channel: ChannelProof, now: Date): TokenState {
  const [, expiresAtS, seal] = /^(\d{1,11})\.([\w-]{43})$/.exec(token) ?? []
  if (expiresAtS === undefined || seal === undefined) return 'wrong'
  if (!sameSecret(seal, sealOf(channel, expiresAtS))) return 'wrong'
  return now.getTime() < Number(expiresAtS) * 1000 ? 'good' : 'expired'
}

/** The pair of a Basic header, split at the first colon (RFC 7617). */
export function parseBasic(header: string | undefined): { user: string; password: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 1 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

function sealOf(channel: ChannelProof, expiresAtS: string): string {
  const text = `vietqr-vn token\n${channel.channelId}\n${expiresAtS}`
  return createHmac('sha256', channel.tokenKey).update(text).digest('base64url')
}

function failure(message: string): TokenAnswer {
  const body = JSON.stringify({ status: 'FAILED', message })
  return { status: 401, contentType: 'application/json', body }
}
