// Reads the QR codes of pictures that strangers send, within bounds: size and pixels before anything is unpacked, few
// pictures at once, a short queue, and a time after which the thread is ended. A thread that had nothing to do for a
// while is ended too, for the memory of WebAssembly only grows.
import { Worker } from 'node:worker_threads'
import type { Config } from '../../config.js'
import { DomainError } from '../../errors.js'
import { openSlots } from '../../slots.js'
import { readImageSize } from './image-size.js'
import type { FoundTexts } from './photo-worker.js'

export type PhotoReading =
  | { kind: 'read', texts: readonly string[] }
  | { kind: 'busy' | 'not_an_image' | 'too_many_pixels' | 'too_slow' }

export interface PhotoReader {
  read(photo: Buffer): Promise<PhotoReading>
  close(): Promise<void>
}

export type PhotoLimits = Pick<Config, 'checkPhotoPixels' | 'checkPhotoRawBytes' | 'checkPhotoMs' |
  'checkPhotosAtOnce' | 'checkPhotosWaiting' | 'checkWorkerHeapMb' | 'checkWorkerIdleMs'>

export function openPhotoReader(limits: PhotoLimits): PhotoReader {
  const idle = new Map<Worker, NodeJS.Timeout>()
  const working = new Set<Worker>()
  const slots = openSlots({ atOnce: limits.checkPhotosAtOnce, waitingMax: limits.checkPhotosWaiting })

  function takeWorker(): Worker {
    const [known] = idle
    if (known !== undefined) {
      const [worker, end] = known
      clearTimeout(end)
      idle.delete(worker)
      return worker
    }
    const worker = new Worker(new URL('./photo-worker.js', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: limits.checkWorkerHeapMb },
    })
    worker.unref()
    // A thread that is being ended may still fail, when nobody waits for it any more.
    worker.on('error', () => undefined)
    // One that died while it had nothing to do would leave the next picture without an answer.
    worker.once('exit', () => { forgetWorker(worker) })
    return worker
  }

  function keepWorker(worker: Worker): void {
    const end = setTimeout(() => {
      idle.delete(worker)
      void worker.terminate()
    }, limits.checkWorkerIdleMs)
    idle.set(worker, end.unref())
  }

  function forgetWorker(worker: Worker): void {
    clearTimeout(idle.get(worker))
    idle.delete(worker)
  }

  async function decode(photo: Buffer): Promise<PhotoReading> {
    const worker = takeWorker()
    working.add(worker)
    const answer = await askWorker(worker, photo, limits.checkPhotoMs)
    working.delete(worker)
    if (answer.kind === 'found') {
      keepWorker(worker)
      return answer.texts === null ? { kind: 'not_an_image' } : { kind: 'read', texts: answer.texts }
    }
    await worker.terminate()
    return { kind: answer.kind === 'too_slow' ? 'too_slow' : 'not_an_image' }
  }

  return {
    async read(photo) {
      const size = readImageSize(photo)
      if (size === undefined) return { kind: 'not_an_image' }
      if (size.width * size.height > limits.checkPhotoPixels || size.rawBytes > limits.checkPhotoRawBytes) {
        return { kind: 'too_many_pixels' }
      }
      try {
        return await slots.use(() => decode(photo))
      } catch (error) {
        if (error instanceof DomainError && error.code === 'OVERLOADED') return { kind: 'busy' }
        throw error
      }
    },
    async close() {
      for (const end of idle.values()) clearTimeout(end)
      await Promise.all([...idle.keys(), ...working].map((worker) => worker.terminate()))
      idle.clear()
    },
  }
}

type WorkerAnswer = { kind: 'found', texts: FoundTexts } | { kind: 'too_slow' | 'broken' }

function askWorker(worker: Worker, photo: Buffer, timeoutMs: number): Promise<WorkerAnswer> {
  const picture = Uint8Array.from(photo) // a copy of its own, so that it can be handed over
  return new Promise((resolve) => {
    const timer = setTimeout(() => { settle({ kind: 'too_slow' }) }, timeoutMs)
    const onMessage = (texts: FoundTexts): void => { settle({ kind: 'found', texts }) }
    const onEnd = (): void => { settle({ kind: 'broken' }) }
    worker.once('message', onMessage).once('error', onEnd).once('exit', onEnd)
    worker.postMessage(picture, [picture.buffer])

    function settle(answer: WorkerAnswer): void {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd)
      resolve(answer)
    }
  })
}
