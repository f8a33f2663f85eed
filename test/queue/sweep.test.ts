import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { judgeRedis } from '../../src/queue/backends.js'
import { startSweep } from '../../src/queue/sweep.js'
import { createRingThrottle } from '../../src/queue/throttle.js'
import { eventually } from '../support/eventually.js'
import { listeningLog } from './backend.js'

t.test('the sweep comes by itself, without any job, and goes on after an error', async (t) => {
  const log = listeningLog()
  let sweeps = 0
  const drain = async () => {
    sweeps += 1
    if (sweeps === 1) throw new Error('the database is away')
  }
  const sweep = startSweep({ drain, log, intervalMs: 20 })
  await eventually('three sweeps', () => sweeps >= 3)
  await sweep.close()
  t.ok(sweeps >= 3, `${sweeps} sweeps`)
  t.same(log.lines, ['error a sweep failed; the next one tries again'])
  const stopped = sweeps
  await sleep(100)
  t.equal(sweeps, stopped, 'none after close')
})

t.test('a slow sweep is not joined by another, and close waits for it', async (t) => {
  let running = 0
  let most = 0
  let done = 0
  const sweep = startSweep({
    log: listeningLog(),
    intervalMs: 5,
    async drain() {
      running += 1
      most = Math.max(most, running)
      await sleep(80)
      running -= 1
      done += 1
    },
  })
  await eventually('two sweeps', () => done >= 2)
  await sweep.close()
  t.equal(most, 1)
  t.ok(done >= 2)
  t.equal(running, 0)
})

t.test('rings stop while a thousand jobs wait for a worker', async (t) => {
  const added: number[] = []
  let asked = 0
  const throttle = createRingThrottle({
    add: async (shard) => { added.push(shard); return 'added' },
    backlog: async () => { asked += 1; return 1_000 },
  })
  t.teardown(() => { throttle.close() })
  throttle.ring(1)
  throttle.ring(2)
  await eventually('the backlog is asked', () => asked > 0)
  await sleep(50)
  t.same(added, [], 'nothing is added to a queue that nobody empties')
})

t.test('the first ring goes out in the same turn of the event loop, the next ones wait for a second of theirs', async (t) => {
  const added: number[] = []
  const throttle = createRingThrottle({
    add: async (shard) => { added.push(shard); return 'added' },
    backlog: async () => 0,
  })
  t.teardown(() => { throttle.close() })
  for (let times = 0; times < 5; times++) {
    throttle.ring(1)
    throttle.ring(2)
  }
  await nextTurn()
  t.same(added, [1, 2])
})

t.test('a repeat by another process is rung again once its own second is over', async (t) => {
  const outcomes: ('added' | 'repeated')[] = ['repeated', 'repeated']
  let calls = 0
  const throttle = createRingThrottle({
    add: async () => { calls += 1; return outcomes.shift() ?? 'added' },
    backlog: async () => 0,
  })
  t.teardown(() => { throttle.close() })
  throttle.ring(1)
  await eventually('a second try', () => calls >= 2)
  await sleep(2_500)
  t.equal(calls, 2, 'the second repeat is answered by a job that is younger than the ring')
})

t.test('Redis is fit only as a master with AOF on, noeviction and room', async (t) => {
  const info = (aof: number, policy: string) => `maxmemory_policy:${policy}\r\naof_enabled:${aof}\r\n`
  t.same(judgeRedis(info(1, 'noeviction')), { ok: true, detail: 'BullMQ on Redis, AOF on, noeviction' })
  t.match(judgeRedis(info(0, 'noeviction')), { ok: false, detail: /AOF is off/ })
  t.match(judgeRedis(info(1, 'allkeys-lru')), { ok: false, detail: /maxmemory-policy is allkeys-lru/ })
  t.match(judgeRedis('# Server\r\n'), { ok: false, detail: /AOF is off.*unknown/ })
  const fit = info(1, 'noeviction')
  t.match(judgeRedis(`${fit}role:slave\r\n`), { ok: false, detail: /a replica: set REDIS_URL to the master/ })
  t.match(judgeRedis(`${fit}role:master\r\ncluster_enabled:1\r\n`), { ok: false, detail: /one node of a Cluster/ })
  const memory = (used: number, max: number) => `${fit}used_memory:${used}\r\nmaxmemory:${max}\r\n`
  t.match(judgeRedis(memory(950, 1000)), { ok: false, detail: /full, 950 of 1000 bytes are used/ })
  t.match(judgeRedis(memory(949, 1000)), { ok: true })
  t.match(judgeRedis(memory(949, 0)), { ok: true }, 'no limit is set')
})
