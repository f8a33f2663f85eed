// The program behind `npm run bench [-- --json] [--only <name>] [--scale <n>]`: runs the benchmarks against their
// peers on a server of its own and says what came out. A missed target is said, a crash ends with exit code 1.
import assert from 'node:assert/strict'
import { cpus, totalmem } from 'node:os'
import { Command } from 'commander'
import { benchDrain } from './drain.js'
import { benchIngest } from './ingest.js'
import { openGround } from './ground.js'
import type { Ground } from './ground.js'
import { benchInvoiceRun } from './invoice-run.js'
import { median, spread } from './measure.js'
import type { BenchContext, BenchResult } from './measure.js'

const BENCHMARKS: Record<string, (context: BenchContext) => Promise<BenchResult[]>> = {
  ingest: benchIngest,
  drain: async (context) => [await benchDrain(context)],
  'invoice-run': async (context) => [await benchInvoiceRun(context)],
}

interface Options {
  json: boolean
  only: string[]
  scale: number
}

const program = new Command('bench')
  .option('--json', 'print one JSON document instead of text', false)
  .option('--only <name>', `one of ${Object.keys(BENCHMARKS).join(', ')}; may be repeated`,
    (name: string, before: string[]) => [...before, name], [])
  .option('--scale <n>', 'multiplies the size of the data', Number, 1)
await run(program.parse().opts<Options>())

async function run({ json, only, scale }: Options): Promise<void> {
  assert(scale > 0, '--scale must be a number above 0')
  const names = only.length > 0 ? only : Object.keys(BENCHMARKS)
  for (const name of names) assert(name in BENCHMARKS, `there is no benchmark "${name}"`)
  const ground = await openGround()
  try {
    const machine = describeMachine(ground)
    if (!json) console.log(`${machine.cpus} x ${machine.model}, ${machine.memoryGb} GB, Node ${machine.node}, ` +
      `PostgreSQL ${machine.postgresql} (fsync ${machine.fsync}, synchronous_commit ${machine.synchronousCommit})\n`)
    const results: BenchResult[] = []
    for (const name of names) {
      const found = await ground.withDatabase(`bench_${name.replaceAll('-', '_')}`, scale,
        async (context) => BENCHMARKS[name]?.(context) ?? [])
      if (!json) for (const result of found) console.log(describe(result))
      results.push(...found)
    }
    if (json) console.log(JSON.stringify({ machine, scale, results: results.map(summary) }, null, 2))
  } finally {
    await ground.close()
  }
}

function describeMachine({ server }: Ground) {
  const processors = cpus()
  return {
    cpus: processors.length,
    model: processors[0]?.model.trim() ?? 'unknown processor',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgresql: server.version,
    fsync: server.fsync,
    synchronousCommit: server.synchronousCommit,
  }
}

function summary(result: BenchResult) {
  const side = (figures: readonly number[]) => ({ median: median(figures), spread: spread(figures), figures })
  const { name, peer, size, unit, ours, peerFigures, ratio, target } = result
  return { name, size, unit, ours: side(ours), peer: { name: peer, ...side(peerFigures) }, ratio, target,
    targetMet: ratio >= target }
}

function describe(result: BenchResult): string {
  const { name, peer, size, unit, ours, peerFigures, ratio, target } = result
  const side = (figures: readonly number[]) => `${Math.round(median(figures))} ${unit} ` +
    `(median of ${figures.length}, spread ${Math.round(spread(figures) * 100)} %)`
  const verdict = ratio >= target ? 'target met' : 'TARGET MISSED'
  return `${name}: ${size}\n  ours  ${side(ours)}\n  peer  ${side(peerFigures)}: ${peer}\n` +
    `  ratio ${ratio.toFixed(2)} x, target ${target} x: ${verdict}\n`
}
