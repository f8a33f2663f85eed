// The benchmarks run to their end: a change of the tables must not break what measures them. Their figures are not
// judged here; on a busy machine, over little data, they say nothing.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'

t.test('an invoice run is measured against its peer, over the same rows', async (t) => {
  const program = fileURLToPath(new URL('main.js', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--json', '--only', 'invoice-run', '--scale', '0.01'])
  const { results } = JSON.parse(stdout) as { results: unknown[] }
  t.match(results, [{ name: 'invoice run', ratio: Number, targetMet: Boolean }])
})
