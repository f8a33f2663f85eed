// The open connections of pages that are being looked at (server-sent events). Each is counted against its bill and
// its address, says now and then that it lives, ends after a while so that the browser comes back, and ends when the
// service stops. It carries a mark, never what changed.
import { PassThrough } from 'node:stream'
import type { Readable } from 'node:stream'
import { addressKey } from '../../access/network-address.js'
import type { Config } from '../../config.js'
import type { BillPlace } from './bill.js'
import type { BillWatch } from './bill-watch.js'
import { countConnections } from './connection-count.js'

export interface LiveEvents {
  /** Undefined when the bill, the address or the process listens to enough already. */
  open(viewer: { place: BillPlace, token: string, address: string, mark: string }): Readable | undefined
  close(): void
}

type LiveLimits = Pick<Config, 'liveConnectionsPerBill' | 'liveConnectionsPerAddress' | 'liveHeartbeatMs' |
  'liveConnectionMs'>

const RECONNECT_MS = 3_000
// A phone that fell asleep takes nothing any more; what piles up for it is dropped with its connection.
const UNREAD_BYTES_MAX = 16 * 1024

export function openLiveEvents(watch: BillWatch, limits: LiveLimits): LiveEvents {
  const ofBill = countConnections(limits.liveConnectionsPerBill)
  const ofAddress = countConnections(limits.liveConnectionsPerAddress)
  const streams = new Set<PassThrough>()

  return {
    open({ place, token, address, mark }) {
      const stream = new PassThrough()
      const release = takeAll([
        () => ofBill.take(token),
        () => ofAddress.take(addressKey(address)),
        () => watch.watch(place, mark, (news) => say(stream, `id: ${news}\nevent: change\ndata: ${news}\n\n`)),
      ])
      if (release === undefined) return undefined
      const heartbeat = setInterval(() => { say(stream, ':\n\n') }, limits.liveHeartbeatMs)
      const end = setTimeout(() => { stream.end() }, limits.liveConnectionMs)
      streams.add(stream)
      stream.once('close', () => {
        clearInterval(heartbeat)
        clearTimeout(end)
        streams.delete(stream)
        release()
      })
      say(stream, `retry: ${RECONNECT_MS}\n\n`)
      return stream
    },
    close() {
      for (const stream of streams) stream.end()
    },
  }
}

function say(stream: PassThrough, message: string): void {
  if (stream.writableEnded || stream.destroyed) return
  if (stream.writableLength > UNREAD_BYTES_MAX) stream.destroy()
  else stream.write(message)
}

/** All of them, or none. */
function takeAll(takes: readonly (() => (() => void) | undefined)[]): (() => void) | undefined {
  const taken: (() => void)[] = []
  const release = (): void => { for (const letGo of taken) letGo() }
  for (const take of takes) {
    const letGo = take()
    if (letGo === undefined) {
      release()
      return undefined
    }
    taken.push(letGo)
  }
  return release
}
