// What the processes of the ingest benchmark have to agree on.

/**
 * `service`: as it is served. `bare`: Fastify with the same proof and no database. `one-transaction`: the same
 * application with a transaction of its own for each request. `one-insert`: the same application with the cheapest
 * statement that keeps a request: prepared once, its own commit, the role fixed to the connection.
 */
export type Side = 'service' | 'bare' | 'one-transaction' | 'one-insert'

export const CHANNEL_SECRET = 'a channel secret of the benchmark'

/** Peers of the same application stand beside its own routes, under a prefix. */
export const PREFIX: Record<Side, string> = {
  service: '', bare: '', 'one-transaction': '/one-transaction', 'one-insert': '/one-insert',
}

/** A load: so many callbacks, each with a body of its own, over so many connections that stay open. */
export interface Load {
  url: string
  channels: readonly { channelId: string; accountNumber: string }[]
  firstId: number
  callbacks: number
  connections: number
}

/** What came of a load. A refused call is not among the acknowledged ones, and nothing of it may be kept. */
export interface Sent {
  acknowledged: number
  perSecond: number
}
