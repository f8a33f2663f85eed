// Sign-in through the organisation's own OpenID provider: authorization code with PKCE, state and nonce. It only says
// who somebody is; what they may do is decided by their roles here, which it never makes.
import {
  ClientSecretBasic, allowInsecureRequests, authorizationCodeGrant, buildAuthorizationUrl, calculatePKCECodeChallenge,
  discovery, fetchUserInfo, randomNonce, randomPKCECodeVerifier, randomState,
} from 'openid-client'
import type { Configuration } from 'openid-client'
import type { OidcConfig } from '../config.js'
import { DomainError } from '../errors.js'

/** What has to come back to the same browser; kept sealed in a short-lived cookie. */
export interface OidcFlow {
  state: string
  nonce: string
  codeVerifier: string
  /** Where the person wanted to go. */
  next: string
}

export interface OidcIdentity {
  issuer: string
  subject: string
  /** Lower case; only when the provider says that it was verified. */
  verifiedEmail: string | undefined
  /** The provider says that a second factor was proved, and is trusted in that. */
  hasProvedMfa: boolean
}

export interface Oidc {
  readonly name: string
  begin(next: string): Promise<{ url: string; flow: OidcFlow }>
  /** `address`: the callback's whole address as the browser asked for it. Throws OIDC_REFUSED. */
  finish(address: URL, flow: OidcFlow): Promise<OidcIdentity>
}

const SCOPE = 'openid email profile'
const TIMEOUT_SECONDS = 10
/** RFC 8176: a one-time code or a key that is held proves a second factor only beside the password. */
const BESIDE_PASSWORD = ['otp', 'hwk', 'swk']

/** Talks to nobody until somebody signs in. */
export function createOidc(config: OidcConfig, redirectUri: string): Oidc {
  let discovered: Promise<Configuration> | undefined

  async function provider(): Promise<Configuration> {
    discovered ??= discover(config)
    try {
      return await discovered
    } catch (error) {
      discovered = undefined // it may be back the next time
      throw refused('the provider does not answer', error)
    }
  }

  return {
    name: config.name,
    async begin(next) {
      const flow = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier(), next }
      const url = buildAuthorizationUrl(await provider(), {
        redirect_uri: redirectUri,
        scope: SCOPE,
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await calculatePKCECodeChallenge(flow.codeVerifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, flow }
    },
    async finish(address, { state, nonce, codeVerifier }) {
      const server = await provider()
      // The library sends the address without its query as redirect_uri: it must be the one of `begin`.
      const current = new URL(redirectUri)
      current.search = address.search
      const tokens = await authorizationCodeGrant(server, current, {
        expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true,
      }).catch((error: unknown) => { throw refused('the provider or the answer was refused', error) })
      const claims = tokens.claims()
      if (claims === undefined) throw refused('the provider sent no ID token')
      const { iss: issuer, sub: subject, amr } = claims
      const methods: unknown[] = Array.isArray(amr) ? amr : []
      const hasMfa = methods.includes('mfa') ||
        (methods.includes('pwd') && BESIDE_PASSWORD.some((method) => methods.includes(method)))
      // By the standard the address is in the userinfo alone (OpenID Connect Core §5.4); many put it into the token.
      const { email, email_verified: isVerified } = claims['email'] === undefined
        ? await fetchUserInfo(server, tokens.access_token, subject)
          .catch((error: unknown) => { throw refused('the provider tells nothing about the person', error) })
        : claims
      return {
        issuer, subject,
        verifiedEmail: typeof email === 'string' && isVerified === true ? email.toLowerCase() : undefined,
        hasProvedMfa: config.trustMfa && hasMfa,
      }
    },
  }
}

async function discover({ issuer, clientId, clientSecret }: OidcConfig): Promise<Configuration> {
  const address = new URL(issuer)
  return discovery(address, clientId, undefined, ClientSecretBasic(clientSecret), {
    timeout: TIMEOUT_SECONDS,
    // Only a provider on this machine, which config.ts has checked.
    execute: address.protocol === 'http:' ? [allowInsecureRequests] : [],
  })
}

/** The library's message may quote what came from outside: it goes to the log, not to the page. */
function refused(reason: string, cause?: unknown): DomainError {
  return Object.assign(new DomainError('OIDC_REFUSED', reason), cause === undefined ? {} : { cause })
}
