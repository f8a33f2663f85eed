// Every route of the application is called with what the outside might send. `npm run fuzz` is the same, and longer.
import t from 'tap'
import { watchRoutes } from '../web/walk-world.js'
import { fuzz, lineOf } from './fuzz.js'

const routes = watchRoutes()

t.test('whatever is sent, nobody is answered 5xx or told a name of the database', async (t) => {
  const report = await fuzz(t, { calls: 1_500, seed: 16, routes })
  t.comment(lineOf(report))
  t.same(report.faults, [])
  t.ok(report.inside > report.calls / 3, `${report.inside} of ${report.calls} calls came past sign-in and validation`)
  t.ok(report.routesThatTook > report.routes / 2, `${report.routesThatTook} of ${report.routes} routes took a call`)
})
