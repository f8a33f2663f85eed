// The side that works: one BullMQ worker per queue, kept alive through every outage of the queue. It never
// lets a queue that is down end the process, because the sweep still settles payments then.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.js'
import { isOutOfMemory, openReceiver } from './backends.js'
import type { QueueBackend, Receiver } from './backends.js'
import { watchOutage } from './outage.js'
import { assertOneHandlerEach, assertPayload } from './registry.js'
import type { Handler, Handlers, QueueName } from './registry.js'
import { within } from './within.js'

const START_LIMIT_MS = 5_000
const REOPEN_MS = 2_000
const CLOSE_LIMIT_MS = 10_000

export interface RunningWorkers { close(): Promise<void> }

/**
 * Starts a worker for every queue. Rejects when a queue has no handler or two; a queue that is down is
 * logged and tried again instead. `close()` lets jobs under way finish, for at most `closeLimitMs`.
 */
export async function startWorkers(
  backend: QueueBackend, handlers: Handlers, log: Log, closeLimitMs = CLOSE_LIMIT_MS,
): Promise<RunningWorkers> {
  assertOneHandlerEach(handlers)
  const starting = handlers.map((handler) => keepWorking(backend, handler, log, closeLimitMs))
  const workers = await Promise.all(starting)
  return { close: async () => { await Promise.all(workers.map((worker) => worker.close())) } }
}

/** Resolves once connected, or after 5 s without: from then on it goes on trying in the background. */
async function keepWorking<Q extends QueueName>(
  backend: QueueBackend, handler: Handler<Q>, log: Log, closeLimitMs: number,
): Promise<RunningWorkers> {
  const { queue } = handler
  const outage = watchOutage(`queue ${queue}`, log)
  const closing = new AbortController()
  const aborted = once(closing.signal, 'abort')
  let attempted = () => {}
  const attempt = new Promise<void>((resolve) => { attempted = resolve })
  let receiver: Receiver | undefined

  const open = () => openReceiver(backend, queue, {
    async process(job) {
      const { data } = job
      assertPayload(queue, data)
      await handler.handle(data)
    },
    // While closing, a server that stops first is no outage.
    onError(error) {
      if (closing.signal.aborted) return
      outage.down(error)
      // BullMQ asks a full Redis again some 300 times a second; closed, it rests until it is opened anew.
      if (isOutOfMemory(error) && receiver) void shut(receiver)
    },
    onActive: outage.up,
    onFailed(jobId, error) { log.error({ err: error, queue, jobId }, 'a job failed') },
  })

  /** False when the limit was over first: the process may end then, and the job goes to another worker. */
  async function shut(open: Receiver): Promise<boolean> {
    try {
      await within(closeLimitMs, `closing the worker of queue ${queue}`, open.close())
      return true
    } catch (error) {
      log.warn({ err: error }, 'a worker did not stop in time')
      return false
    }
  }

  // BullMQ remembers a first connection that failed for ever, so a worker that fails is opened anew.
  async function keep(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        receiver = open()
        await Promise.race([receiver.waitUntilReady(), aborted])
        attempted()
        outage.up()
        // Ends when the worker closes, or when its loop breaks.
        if (!closing.signal.aborted) await receiver.run()
      } catch (error) {
        attempted()
        outage.down(error)
      }
      if (receiver) await shut(receiver)
      await sleep(REOPEN_MS, undefined, { signal: closing.signal }).catch(() => undefined)
    }
  }

  const kept = keep()
  await within(START_LIMIT_MS, `connecting to queue ${queue}`, attempt).catch(outage.down)
  return {
    async close() {
      closing.abort()
      if (!receiver || await shut(receiver)) await kept
    },
  }
}
