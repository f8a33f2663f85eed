// Names the payment providers that can call us and the ways in which their calls prove themselves.

export const PROVIDERS = ['sepay', 'casso-v1', 'casso-v2', 'payos', 'vietqr-vn'] as const
export type Provider = (typeof PROVIDERS)[number]

/** A signature of the body, a fixed key in a header, or a bearer token that we issued before. */
export type Mode = 'hmac' | 'apikey' | 'bearer'

export function isProvider(text: string): text is Provider {
  return PROVIDERS.some(provider => provider === text)
}
