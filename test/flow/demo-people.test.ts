// The sample people of the demo: they sign in with what the demo prints and `demo-code` tells, and are made in no
// database but the demo's own.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { createDemoUser } from '../../src/access/first-user.js'
import { needsSecondFactor } from '../../src/access/permission.js'
import { createDemoPeople, DEMO_PASSWORD, demoCode, demoPeople } from '../../src/demo/people.js'
import { openBrowser, openPeopleWorld } from '../access/people-world.js'

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))

t.test('the sample people and their codes are for the demo\'s own database', async (t) => {
  const world = await openPeopleWorld(t)
  const people = demoPeople({ schoolId: world.schoolId, departmentId: world.departmentId, communeId: world.communeId })
  const mark = (demo: boolean) => world.db.asService((trx) => trx.updateTable('installation').set({ demo }).execute())
  const names = async () => (await world.db.asService((trx) => trx.selectFrom('app_user').select('login_name').execute()))
    .map(({ login_name }) => login_name).sort()

  await mark(false)
  const loose = { loginName: 'ketoan', displayName: 'Lê Thị Kế Toán', role: 'accountant', schoolId: world.schoolId,
    password: DEMO_PASSWORD } as const
  await t.rejects(createDemoUser(world.deps, loose), { code: 'DEMO_REFUSED' })
  await t.rejects(createDemoPeople(world.deps, people), { code: 'DEMO_REFUSED' })
  t.same(await names(), [], 'a database of real schools keeps to its own people')

  await mark(true)
  await createDemoPeople(world.deps, people)
  t.same(await names(), people.map(({ loginName }) => loginName).sort())
  for (const { loginName, role } of people) {
    const browser = openBrowser(world.app)
    const { code } = demoCode(world.clock.now)
    const first = await browser.post('/login', { loginName, password: DEMO_PASSWORD })
    t.equal(first.statusCode, 303, loginName)
    if (needsSecondFactor(role)) {
      await browser.get('/login/second-factor')
      t.equal((await browser.post('/login/second-factor', { code })).statusCode, 303, `${loginName} with the code`)
    }
    t.equal((await browser.get('/account')).statusCode, 200, loginName)
  }
})

t.test('demo-code prints the code of this moment and how long it holds', async (t) => {
  const before = demoCode(new Date())
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'demo-code'])
  const [, code, seconds] = /^(\d{6}) {2}\(for (\d+) s\)\n$/.exec(stdout) ?? []
  t.ok([before.code, demoCode(new Date()).code].includes(code ?? ''), stdout)
  t.ok(Number(seconds) >= 1 && Number(seconds) <= 30, stdout)
  t.same([0, 29_999].map((ms) => demoCode(new Date(Date.UTC(2026, 8, 20, 3) + ms)).secondsLeft), [30, 1])
})
