// What a real Redis says about itself when it is the wrong one, and how a worker treats one that is full. It starts
// its own servers on loopback; without redis-server it says so, and with REQUIRE_REDIS=1 that is an error.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import t from 'tap'
import type { Test } from 'tap'
import { openSender } from '../../src/queue/backends.js'
import { startWorkers } from '../../src/queue/workers.js'
import { queueNames } from '../../src/queue/registry.js'
import { listeningLog } from './backend.js'

const POLL_MS = 50
const isInstalled = spawnSync('redis-server', ['--version']).status === 0
if (!isInstalled && process.env['REQUIRE_REDIS'] === '1') throw new Error('no redis-server is installed here')

if (!isInstalled) t.comment('no redis-server is installed here: nothing was looked at')
else {
  t.test('readiness names what is wrong with a Redis', async (t) => {
    const master = await startRedis(t)
    t.match(await inspect(t, master), { ok: true })
    const replica = await startRedis(t, '--replicaof', '127.0.0.1', String(master))
    t.match(await inspect(t, replica), { ok: false, detail: /a replica: set REDIS_URL to the master/ })
    const node = await startRedis(t, '--cluster-enabled', 'yes')
    t.match(await inspect(t, node), { ok: false, detail: /one node of a Cluster/ })
    await withClient(master, (client) => client.config('SET', 'maxmemory', '1mb'))
    t.match(await inspect(t, master), { ok: false, detail: /full, \d+ of 1048576 bytes are used/ })
  })

  t.test('workers leave a full Redis alone, and work again once there is room', async (t) => {
    const port = await startRedis(t)
    const log = listeningLog()
    let handled = 0
    const handlers = queueNames.map((queue) => ({ queue, handle: async () => { handled += 1 } }))
    const backend = { kind: 'redis', url: `redis://127.0.0.1:${port}` } as const
    const workers = await startWorkers(backend, handlers, log)
    t.teardown(() => workers.close())
    await withClient(port, async (client) => {
      await client.config('SET', 'maxmemory', '1mb')
      const refusals = async () => Number(/errorstat_OOM:count=(\d+)/.exec(await client.info('errorstats'))?.[1] ?? 0)
      while (await refusals() === 0) await sleep(POLL_MS)
      const before = await refusals()
      await sleep(3_000)
      const asked = await refusals() - before
      t.comment(`${asked} refusals in 3 s, ${handlers.length} workers`)
      t.ok(asked < handlers.length * 10, 'each worker asks a few times, not hundreds of times')
      await client.config('SET', 'maxmemory', '0')
    })
    const sender = openSender(backend, 'inbox', () => undefined)
    t.teardown(() => sender.close())
    await sender.waitUntilReady()
    await sender.add('inbox', { shard: 0 }, { jobId: 'after-the-flood' })
    while (handled === 0) await sleep(POLL_MS)
    t.equal(handled, 1, 'the job that came after it is worked')
  })
}

/** Resolves with the port of a server of its own that answers. */
async function startRedis(t: Test, ...more: string[]): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => { probe.close(resolve) })
  const dir = await mkdtemp(path.join(tmpdir(), 'fees-redis-'))
  const server = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir, '--save', '',
    '--appendonly', 'yes', ...more], { stdio: 'ignore' })
  const exited = once(server, 'exit')
  t.teardown(async () => {
    server.kill('SIGKILL')
    await exited
    await rm(dir, { recursive: true, force: true })
  })
  await withClient(port, (client) => client.ping())
  return port
}

async function withClient<T>(port: number, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => POLL_MS, maxRetriesPerRequest: 100 })
  client.on('error', () => undefined)
  return work(client).finally(() => { client.disconnect() })
}

async function inspect(t: Test, port: number) {
  const sender = openSender({ kind: 'redis', url: `redis://127.0.0.1:${port}` }, 'inbox', () => undefined)
  t.teardown(() => sender.close())
  await sender.waitUntilReady()
  return sender.inspect()
}
