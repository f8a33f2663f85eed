// What the queue tests run on: BullMQ on a PostgreSQL database of their own, or on Redis when TEST_REDIS_URL
// is set, and a line to it that can be cut. They connect as the service's role, which may create nothing.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { Test } from 'tap'
import { installQueueSchema } from '../../src/queue/backends.js'
import type { QueueBackend } from '../../src/queue/backends.js'
import type { Log } from '../../src/log.js'
import { createTestDatabase } from '../support/database.js'

export async function testBackend(t: Test): Promise<QueueBackend> {
  const redisUrl = process.env['TEST_REDIS_URL']
  if (redisUrl) {
    const redis = new Redis(redisUrl)
    await redis.flushdb()
    await redis.quit()
    return { kind: 'redis', url: redisUrl }
  }
  const { ownerUrl, serviceUrl } = await createTestDatabase(t)
  const role = new URL(serviceUrl).username
  await installQueueSchema(ownerUrl, role)
  return { kind: 'postgres', url: serviceUrl }
}

/** The same backend through a port of its own that `cut()` closes with all its connections. */
export async function cuttable(t: Test, backend: QueueBackend) {
  const target = new URL(backend.url)
  const port = Number(target.port || (backend.kind === 'redis' ? 6379 : 5432))
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, target.hostname)
    for (const [one, other] of [[near, far], [far, near]] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => { sockets.delete(one); other.destroy() })
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port
  const cut = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  // Meanwhile the port is free for others, whose sockets may hold it for a moment.
  const mend = async (triesLeft = 100): Promise<void> => {
    server.listen(own, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch (error) {
      if (triesLeft === 0) throw error
      await sleep(100)
      await mend(triesLeft - 1)
    }
  }
  t.teardown(() => { if (server.listening) return cut() })
  const url = new URL(backend.url)
  url.hostname = '127.0.0.1'
  url.port = String(own)
  return { backend: { ...backend, url: url.href }, cut, mend }
}

/** A logger that keeps the level and message of every line. */
export function listeningLog(): Log & { lines: string[] } {
  const lines: string[] = []
  const at = (level: string) => (_details: object, message: string) => { lines.push(`${level} ${message}`) }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
