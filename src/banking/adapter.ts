// The contract between the bank providers and the rest of the service: what a callback is, what an adapter
// can say about it. Adapters are pure: no clock, no database, no HTTP framework; a secret never leaves them.
import type { FieldError } from '../errors.js'
import type { BankEvent, RowFault } from './bank-event.js'
import type { Mode, Provider } from './provider.js'
import { parseJson } from './strict-json.js'

/** Header names in lower case, as Node gives them. */
export type CallbackHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** One HTTP call. `json()` parses at most once and gives undefined when the body is not JSON. */
export interface Callback {
  readonly headers: CallbackHeaders
  readonly rawBody: Buffer
  readonly receivedAt: Date
  json(): unknown
}

/** `previous` is accepted too while a secret is being rotated: no provider says when it changes over. */
export interface ChannelSecrets {
  readonly current: string
  readonly previous?: string
}

/** What of a channel a proof depends on. `tokenKey` signs the bearer tokens that we issue ourselves. */
export interface ChannelProof {
  readonly channelId: string
  readonly mode: Mode
  readonly secrets: ChannelSecrets
  readonly tokenKey: Buffer
}

/** Why a proof failed. A closed list, so that it can be a metric label; it never holds a secret. */
export type ProofFault =
  | 'MODE_UNKNOWN'
  | 'PROOF_MISSING'
  | 'PROOF_MALFORMED'
  | 'PROOF_WRONG'
  | 'TOKEN_EXPIRED'
  | 'BODY_NOT_JSON'

/** `stale`: the signature is right, its time is too far from ours (only SePay signs a time we check). */
export type Proof =
  | { readonly kind: 'good' }
  | { readonly kind: 'stale'; readonly signedAt: Date }
  | { readonly kind: 'bad'; readonly reason: ProofFault }

/**
 * What a body says. `faults` are rows that could not be read while the others could; `ignored` are rows that
 * were understood and carry no money (a test row, an unpaid order).
 */
export type ReadResult =
  | {
      readonly kind: 'events'
      readonly events: readonly BankEvent[]
      readonly faults: readonly RowFault[]
      readonly ignored: readonly RowFault[]
    }
  | { readonly kind: 'not-understood'; readonly reason: string; readonly field?: string }

/** The exact answer that the provider wants. */
export interface Ack {
  readonly status: number
  readonly contentType: 'application/json'
  readonly body: string
}

export interface Adapter {
  readonly provider: Provider
  /** Accepted modes; the first is the default. */
  readonly modes: readonly [Mode, ...Mode[]]
  /** Form of the secret at set-up; empty when it is fine. */
  checkSecret(secret: string): FieldError[]
  /** Hot path: does the call come from who it says? */
  verify(callback: Callback, channel: ChannelProof): Proof
  /** Hot path, after a good proof: the provider's own "try it" call, which must never book money. */
  isTestCall(callback: Callback): boolean
  /** Hot path: the answer once the call is on disk, derived from the call alone. */
  ack(callback: Callback, channelId: string): Ack
  /** Body of a refusal where the provider reads one; others get the service's problem+json. */
  failureBody?(code: string, message: string): string
  /** Worker: the rows of a proven body. Does not judge whether the whole call is a test: see `isTestCall`. */
  read(rawBody: Buffer, receivedAt: Date): ReadResult
}

/** Makes the callback that the hot path hands from `verify` to `isTestCall` and `ack`. */
export function makeCallback(headers: CallbackHeaders, rawBody: Buffer, receivedAt: Date): Callback {
  let parsed: { value: unknown } | undefined
  return {
    headers,
    rawBody,
    receivedAt,
    json() {
      parsed ??= { value: parseJson(rawBody) }
      return parsed.value
    }
  }
}

/** A header sent exactly once. `name` in lower case. */
export function findHeader(callback: Callback, name: string): string | undefined {
  const value = callback.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** What SePay, Casso and payOS want to hear; "strict" modes compare the body exactly. */
export const SUCCESS_ACK: Ack = { status: 200, contentType: 'application/json', body: '{"success":true}' }
