// Which queues exist, what their jobs carry and how hard each may work. A job is a doorbell: its payload
// holds identifiers only (the schemas refuse everything else), never money, a name or an account number.
import assert from 'node:assert/strict'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'

const id = Type.String({ format: 'uuid' })
const closed = { additionalProperties: false }

/**
 * Every queue: the shape of its payload, how many of its jobs one process runs at once, and how often a
 * job that throws is tried. `inbox` and `adoptionFold` are tried once: the next sweep or ring tries again.
 */
export const queues = {
  inbox: {
    payload: Type.Object({ shard: Type.Integer({ minimum: 0 }) }, closed), concurrency: 4, attempts: 1,
  },
  invoiceRun: { payload: Type.Object({ schoolId: id, runId: id }, closed), concurrency: 4, attempts: 5 },
  adoptionFold: { payload: Type.Object({}, closed), concurrency: 1, attempts: 1 },
} as const

export type QueueName = keyof typeof queues
export type Payloads = { [Q in QueueName]: Static<(typeof queues)[Q]['payload']> }

/** What one feature contributes: the queue it serves and what to do with one payload. Harmless to repeat. */
export type Handler<Q extends QueueName = QueueName> = {
  [K in Q]: { readonly queue: K; handle(payload: Payloads[K]): Promise<void> }
}[Q]
export type Handlers = readonly Handler[]

export const queueNames: readonly QueueName[] = ['inbox', 'invoiceRun', 'adoptionFold']

/** Throws unless `payload` is exactly what `queue` carries; asked when a job is sent and when it starts. */
export function assertPayload<Q extends QueueName>(
  queue: Q, payload: unknown,
): asserts payload is Payloads[Q] {
  assert(Value.Check(queues[queue].payload, payload), `not a payload of queue ${queue}`)
}

/** Throws unless every queue has exactly one handler: a job that nobody takes would wait for ever. */
export function assertOneHandlerEach(handlers: Handlers): void {
  for (const name of queueNames) {
    const count = handlers.filter((handler) => handler.queue === name).length
    if (count !== 1) throw new Error(`queue ${name} needs exactly one handler, but has ${count}`)
  }
}
