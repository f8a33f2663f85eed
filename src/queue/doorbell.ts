// The side that rings and sends: one BullMQ queue per name, connected when first used and again after any
// failure, so that building the app reaches for nothing. A job says that there is work, never what to book.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Log } from '../log.js'
import { openSender } from './backends.js'
import type { Finding, QueueBackend, Sender } from './backends.js'
import { watchOutage } from './outage.js'
import { assertPayload, queueNames } from './registry.js'
import type { Payloads, QueueName } from './registry.js'
import { createRingThrottle, RING_INTERVAL_MS } from './throttle.js'
import { within } from './within.js'

export interface Queues {
  /** Says that this shard of the inbox has work. Returns at once and never throws. */
  ring(shard: number): void
  /** Sends a job; rejects when the queue is down. A `jobId` that still waits or runs is not sent again. */
  add<Q extends QueueName>(queue: Q, payload: Payloads[Q], opts?: { jobId?: string }): Promise<void>
  /** Whether the queue answers and is fit to be one. Never rejects. */
  check(): Promise<Finding>
  close(): Promise<void>
}

const CONNECT_LIMIT_MS = 2_000
const COMMAND_LIMIT_MS = 3_000
const CLOSE_LIMIT_MS = 3_000

/** Connects lazily. `failedRings` counts the rings that reached nobody, for the metrics. */
export function connectQueues(backend: QueueBackend, log: Log): Queues & { failedRings(): number } {
  const outage = watchOutage('the job queue', log)
  const senders = new Map<QueueName, Promise<Sender>>()
  let closing = false

  /** While closing, a server that stops first is no outage. */
  function complain(error: Error): void {
    if (!closing) outage.down(error)
  }

  /** BullMQ remembers a first connection that failed for ever, so a failed sender is thrown away. */
  function sender(name: QueueName): Promise<Sender> {
    const known = senders.get(name)
    if (known) return known
    const opening = openReady(backend, name, complain)
    senders.set(name, opening)
    opening.catch(() => senders.delete(name))
    return opening
  }

  async function send<T>(name: QueueName, use: (sender: Sender) => Promise<T>): Promise<T> {
    try {
      const ready = await sender(name)
      const result = await within(COMMAND_LIMIT_MS, `queue ${name}`, use(ready))
      outage.up()
      return result
    } catch (error) {
      outage.down(error)
      throw error
    }
  }

  const throttle = createRingThrottle({
    async add(shard) {
      const jobId = `${shard}-${randomUUID()}`
      // BullMQ answers a repeat with the id of the job that came first.
      const job = await send('inbox', (queue) => queue.add('ring', { shard }, {
        jobId, deduplication: { id: `shard-${shard}`, ttl: RING_INTERVAL_MS },
      }))
      return job.id === jobId ? 'added' : 'repeated'
    },
    backlog: () => send('inbox', (queue) => queue.getWaitingCount()),
  })

  return {
    ring: throttle.ring,
    failedRings: throttle.failed,
    async add(name, payload, { jobId = randomUUID() } = {}) {
      assertPayload(name, payload)
      assert(!jobId.includes(':') && !/^\d+$/.test(jobId), `BullMQ refuses the job id ${jobId}`)
      await send(name, (queue) => queue.add(name, payload, { jobId }))
    },
    async check() {
      try {
        return await send('inbox', (queue) => queue.inspect())
      } catch (error) {
        return { ok: false, detail: `the job queue does not answer: ${messageOf(error)}` }
      }
    },
    async close() {
      closing = true
      throttle.close()
      const opened = await Promise.allSettled(queueNames.flatMap((name) => senders.get(name) ?? []))
      senders.clear()
      await Promise.all(opened.map(async (one) => {
        if (one.status === 'fulfilled') await closeQuietly(one.value)
      }))
    },
  }
}

async function openReady(
  backend: QueueBackend, name: QueueName, onError: (error: Error) => void,
): Promise<Sender> {
  const opened = openSender(backend, name, onError)
  try {
    await within(CONNECT_LIMIT_MS, `connecting to queue ${name}`, opened.waitUntilReady())
    return opened
  } catch (error) {
    void closeQuietly(opened)
    throw error
  }
}

/** Closing a connection that is already broken may fail or hang; there is nothing left to save then. */
async function closeQuietly(sender: Sender): Promise<void> {
  await within(CLOSE_LIMIT_MS, 'closing a queue', sender.close()).catch(() => undefined)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
