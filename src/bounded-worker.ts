// A thread with a bound on its memory and its time, for work on bytes that strangers wrote or that would hold other
// requests up. It answers once.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { TransferListItem } from 'node:worker_threads'

/** The thread was stopped because it took more than it may. */
export class WorkerLimitError extends Error {
  constructor(readonly limit: 'time' | 'memory') {
    super(`the thread took too much ${limit}`)
    this.name = 'WorkerLimitError'
  }
}

export interface BoundedWorker<Question, Answer> {
  send(question: Question, transfer?: readonly TransferListItem[]): void
  /** False as soon as the thread has failed: further questions are in vain. */
  readonly isAlive: boolean
  /** Throws `WorkerLimitError`, or what the thread threw. */
  readonly answer: Promise<Answer>
  close(): Promise<void>
}

/** `heapMb` bounds JavaScript values; buffers are bounded by what the thread itself takes. */
export function openWorker<Question, Answer>(
  script: URL, { heapMb, timeoutMs }: { heapMb: number; timeoutMs: number },
): BoundedWorker<Question, Answer> {
  const worker = new Worker(script, { resourceLimits: { maxOldGenerationSizeMb: heapMb } })
  // A thread may fail once more while it is being ended, when nobody waits for it any more.
  worker.on('error', () => undefined)
  const signal = AbortSignal.timeout(timeoutMs)
  let isAlive = true
  const answer = once(worker, 'message', { signal }).then(
    ([message]: Answer[]) => message as Answer,
    (error: unknown) => {
      isAlive = false
      if (signal.aborted) throw new WorkerLimitError('time')
      const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      throw isMemory ? new WorkerLimitError('memory') : error
    },
  )
  // The answer may fail before anybody waits for it.
  answer.catch(() => undefined)
  return {
    answer,
    get isAlive() { return isAlive },
    send(question, transfer = []) { worker.postMessage(question, transfer) },
    async close() { await worker.terminate() },
  }
}
