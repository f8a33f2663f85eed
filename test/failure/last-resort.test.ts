// Errors that nobody caught, in the real service in a process of its own.
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import t from 'tap'
import { describeFault } from '../../src/last-resort.js'
import { createTestDatabase } from '../support/database.js'

const program = fileURLToPath(new URL('../support/fault-child.js', import.meta.url))
const TOKEN = 'bootstrap-token-of-the-tests'

t.test('a promise that failed unheard costs nothing; an exception ends the process in order', async (t) => {
  const database = await createTestDatabase(t)
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      ...process.env, DATABASE_URL: database.serviceUrl, SECRET_KEY: 'the secret key of the tests', PORT: '0',
      BOOTSTRAP_TOKEN: TOKEN,
    },
  })
  t.teardown(() => { child.kill('SIGKILL') })
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  const [logged, said]: [string[], string[]] = [[], []]
  createInterface(child.stdout).on('line', (line) => { logged.push(line) })
  createInterface(child.stderr).on('line', (line) => { said.push(line) })
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) {
      if (child.exitCode !== null) throw new Error(`it ended: ${said.join('\n')}`)
      await sleep(20)
    }
  }
  await until(() => said.some((line) => line.startsWith('Serving ')))
  const address = said.find((line) => line.startsWith('Serving '))?.replace('Serving ', '') ?? ''
  const schools = () => fetch(`${address}/api/v1/schools`, { headers: { authorization: `Bearer ${TOKEN}` } })

  child.stdin.write('reject\n')
  await until(() => logged.some((line) => line.includes('nobody waited for it')))
  t.equal((await schools()).status, 200, 'the process goes on')

  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  await owner.query('BEGIN; LOCK TABLE school, school_profile IN ACCESS EXCLUSIVE MODE')
  const underWay = schools()
  const waiting = async (): Promise<number> => {
    // Else a transaction sees the same activity for ever.
    await owner.query('SELECT pg_stat_clear_snapshot()')
    const { rowCount } = await owner.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`)
    return rowCount ?? 0
  }
  while (await waiting() === 0) await sleep(20)
  child.stdin.write('throw\nthrow\n')
  await until(() => logged.filter((line) => line.includes('that nobody caught')).length === 2)
  await owner.query('COMMIT')
  await owner.end()
  const answer = await underWay
  t.equal(answer.status, 200, 'the answer under way is finished')
  t.match(await answer.json(), { items: [] })
  t.same(await exited, [1, null], 'and the process ends with a code that a supervisor sees')

  const everything = [...logged, ...said].join('\n')
  t.notMatch(everything, /Nguyễn|100\.000/, 'no word of the error is kept')
  t.match(everything, /"type":"TypeError","at":\["at .*fault-child/, 'but its kind and its place')
})

t.test('a fault is described by kind, code and places alone', async (t) => {
  const error = Object.assign(new RangeError('Trần Thị B\n    at home'), { code: '23505', detail: 'Key (name)=(Trần)' })
  const fault = describeFault(error)
  t.match(fault, { type: 'RangeError', code: '23505' })
  t.ok(fault.at.length > 0 && fault.at.every((line) => line.startsWith('at ')))
  t.notMatch(JSON.stringify(fault), /Trần|home/)
  t.same(describeFault({ name: 'Trần' }), { type: 'a thrown object', at: [] })
  t.same(describeFault('Trần'), { type: 'a thrown string', at: [] })
})
