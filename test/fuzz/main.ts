// The program behind `npm run fuzz [-- --calls <n>] [--seed <n>]`: the long run of the fuzz, on a server of its own.
// Prints TAP with the figures as remarks; each fault with its request; ends non-zero on any.
import { Command } from 'commander'
import t from 'tap'
import { watchRoutes } from '../web/walk-world.js'
import { fuzz, lineOf } from './fuzz.js'

interface Options {
  calls: number
  seed: number
}

const { calls, seed } = new Command('fuzz')
  .option('--calls <n>', 'how many calls', Number, 20_000)
  .option('--seed <n>', 'what the chance starts from', Number, Date.now() % 1_000_000)
  .parse().opts<Options>()

const routes = watchRoutes()
t.setTimeout(0)
t.test(`${calls} calls from seed ${seed}`, { timeout: 0 }, async (t) => {
  const report = await fuzz(t, { calls, seed, routes, onProgress: (line) => { t.comment(line) } })
  t.comment(lineOf(report))
  t.comment(`${report.routesThatTook} of ${report.routes} routes took a call`)
  t.same(report.faults, [], 'no 5xx, no silence, no name of the database')
})
