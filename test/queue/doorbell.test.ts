import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { openSender } from '../../src/queue/backends.js'
import type { QueueBackend } from '../../src/queue/backends.js'
import { connectQueues } from '../../src/queue/doorbell.js'
import type { Handlers, Payloads } from '../../src/queue/registry.js'
import { startWorkers } from '../../src/queue/workers.js'
import { eventually } from '../support/eventually.js'
import { cuttable, listeningLog, testBackend } from './backend.js'

type Work = (shard: number) => Promise<void> | void

/** One handler for each queue; only the inbox does something. */
function handlersFor(work: Work, run: (payload: Payloads['invoiceRun']) => void = () => undefined): Handlers {
  return [
    { queue: 'inbox', handle: async ({ shard }) => { await work(shard) } },
    { queue: 'invoiceRun', handle: async (payload) => { run(payload) } },
    { queue: 'adoptionFold', handle: async () => undefined },
  ]
}

async function workersFor(t: Test, backend: QueueBackend, handlers: Handlers, log = listeningLog()) {
  const workers = await startWorkers(backend, handlers, log)
  t.teardown(() => workers.close())
  return workers
}

function queuesFor(t: Test, backend: QueueBackend, log = listeningLog()) {
  const queues = connectQueues(backend, log)
  t.teardown(() => queues.close())
  return queues
}

const backend = await testBackend(t)
const counts = openSender(backend, 'inbox', () => undefined)
t.teardown(() => counts.close())

t.test('rings of two processes become one job a second per shard, and the last is not lost', async (t) => {
  const starts = new Map<number, number[]>([[1, []], [2, []]])
  await workersFor(t, backend, handlersFor((shard) => { starts.get(shard)?.push(Date.now()) }))
  const [one, two] = [queuesFor(t, backend), queuesFor(t, backend)]
  const begin = Date.now()
  let lastRing = begin
  const isRung = () => [...starts.values()].every(({ length }) => length >= 4)
  await eventually('four jobs of each shard', () => {
    for (const shard of [1, 2]) {
      one.ring(shard)
      two.ring(shard)
    }
    lastRing = Date.now()
    return isRung()
  })
  for (const [shard, times] of starts) {
    await eventually('a job after the last ring', () => (times.at(-1) ?? 0) >= lastRing)
    await sleep(1_500)
    const afterMs = times.map((time) => time - begin)
    // That it goes out at once, without a second of its own, is seen at the throttle (sweep.test.ts).
    t.ok(afterMs.length > 0, 'the first ring is heard')
    t.ok(times.length >= 4, `shard ${shard} got ${times.length} jobs`)
    // Not from job to job: one that was slow to start has the next one close behind it.
    t.ok(afterMs.every((ms, at) => ms > at * 1_000 - 50), `at most one a second: after ${afterMs.join(', ')} ms`)
  }
})

t.test('a ring that arrives while a job of its shard is running starts another job', async (t) => {
  const starts: number[] = []
  await workersFor(t, backend, handlersFor(async () => {
    starts.push(Date.now())
    await sleep(starts.length === 1 ? 1_500 : 0)
  }))
  const [one, two] = [queuesFor(t, backend), queuesFor(t, backend)]
  one.ring(7)
  await eventually('the first job', () => starts.length === 1)
  const rungAt = Date.now()
  two.ring(7)
  await eventually('a second job', () => starts.length === 2)
  t.ok((starts[1] ?? 0) >= rungAt)
  await sleep(1_500)
  t.equal(starts.length, 2, 'and only one more')
})

t.test('jobs leave nothing behind, done or failed, and the same id can be sent again', async (t) => {
  let runs = 0
  const log = listeningLog()
  const handlers = handlersFor(() => { throw new Error('drain failed') }, () => { runs += 1 })
  await workersFor(t, backend, handlers, log)
  const queues = queuesFor(t, backend)
  queues.ring(3)
  await eventually('the failure is logged', () => log.lines.includes('error a job failed'))
  const empty = async () => Object.values(await counts.getJobCounts()).every((count) => count === 0)
  await eventually('the failed job is gone', empty)
  const schoolId = '019adbb5-6f0e-7a51-8f3c-1d0f0e7f0001'
  const run = { schoolId, runId: '019adbb5-6f0e-7a51-8f3c-1d0f0e7f0002' }
  for (const times of [1, 2]) {
    await queues.add('invoiceRun', run, { jobId: run.runId })
    await eventually('the run', () => runs === times)
    await sleep(100)
  }
})

t.test('a payload that is not exactly the declared one is refused before it is sent', async (t) => {
  const queues = queuesFor(t, backend)
  const named = { shard: 1, name: 'Nguyễn Văn An' }
  await t.rejects(queues.add('inbox', named), /not a payload of queue inbox/)
  await t.rejects(queues.add('invoiceRun', { schoolId: 'An', runId: '1' }), /not a payload of queue/)
})

t.test('a queue that is down harms nobody, and works again by itself', async (t) => {
  const line = await cuttable(t, backend)
  await line.cut()
  const [sendLog, workLog] = [listeningLog(), listeningLog()]
  const shards: number[] = []
  const queues = queuesFor(t, line.backend, sendLog)
  await workersFor(t, line.backend, handlersFor((shard) => { shards.push(shard) }), workLog)

  t.doesNotThrow(() => { queues.ring(1) })
  await eventually('the lost ring is counted', () => queues.failedRings() === 1)
  t.match(await queues.check(), { ok: false, detail: /does not answer/ })
  await t.rejects(queues.add('adoptionFold', {}))

  await line.mend()
  await eventually('rings arrive after a start without a queue', () => {
    queues.ring(2)
    return shards.includes(2)
  })
  t.match(await queues.check(), { ok: true })

  await line.cut()
  const before = queues.failedRings()
  queues.ring(3)
  await eventually('the lost ring is counted', () => queues.failedRings() > before)
  await sleep(1_000)
  await line.mend()
  await eventually('rings arrive after the outage', () => {
    queues.ring(4)
    return shards.includes(4)
  })
  for (const log of [sendLog, workLog]) {
    const complaints = log.lines.filter((text) => text.includes('does not answer'))
    const lines = complaints.length
    t.ok(lines >= 1 && lines <= 8, `a line or two an outage and queue: ${lines}`)
  }
})

t.test('workers start only when every queue has exactly one handler', async (t) => {
  const handlers = handlersFor(() => undefined)
  await t.rejects(startWorkers(backend, handlers.slice(1), listeningLog()), /queue inbox needs exactly one/)
  await t.rejects(startWorkers(backend, [...handlers, ...handlers], listeningLog()), /but has 2/)
})

t.test('the queue says whether it is fit', async (t) => {
  t.match(await queuesFor(t, backend).check(), { ok: true, detail: /BullMQ on/ })
})

t.test('closing waits for the job under way', async (t) => {
  let finished = false
  let started = false
  const workers = await startWorkers(backend, handlersFor(async () => {
    started = true
    await sleep(400)
    finished = true
  }), listeningLog())
  queuesFor(t, backend).ring(9)
  await eventually('the job starts', () => started)
  await workers.close()
  t.ok(finished)
})

t.test('closing gives up on a job that does not finish, and leaves it to another worker', async (t) => {
  // Jobs of tests before this one, whose line was cut, may wait for their stall check too.
  const backend = await testBackend(t)
  const counts = openSender(backend, 'inbox', () => undefined)
  t.teardown(() => counts.close())
  let started = false
  let released = false
  let release = () => {}
  const stuck = new Promise<void>((resolve) => { release = () => { released = true; resolve() } })
  const log = listeningLog()
  const workers = await startWorkers(backend, handlersFor(() => { started = true; return stuck }), log, 200)
  queuesFor(t, backend).ring(11)
  await eventually('the job starts', () => started)
  await workers.close()
  t.notOk(released, 'while the job was still at it')
  t.same(log.lines, ['warn a worker did not stop in time'])
  t.match(await counts.getJobCounts(), { active: 1 }, 'the job is kept for the stall check of another worker')
  release()
})
