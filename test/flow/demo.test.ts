import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Test } from 'tap'
import { readConfig } from '../../src/config.js'
import { differences, sumBooks } from '../../src/demo/books.js'
import { demoEnvironment, runDemo } from '../../src/demo/demo.js'
import { planDemo } from '../../src/demo/plan.js'
import { randomFor, shuffled } from '../../src/demo/random.js'
import { rosterCsv } from '../../src/demo/roster.js'
import { schoolYearOf, vietnamDay } from '../../src/time.js'
import { buildTestApp } from '../support/app.js'

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))
const YEAR = '2026-2027'
const thisYear = schoolYearOf(vietnamDay(new Date()))

async function newFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'school-fees-demo-'))
  // As root the server runs as another user, who has to pass through.
  await chmod(folder, 0o711)
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return path.join(folder, 'data')
}

/** `npm run demo -- --exit` of a small province, in a process of its own. */
function startDemo(t: Test, dataDir: string, schools: number) {
  // On the embedded default, whatever this test itself runs on, and in the year of the plan even past midnight.
  const settings = { DATABASE_URL: '', REDIS_URL: '', LOG_LEVEL: '', DATA_DIR: dataDir, PORT: '0' }
  const child = spawn(process.execPath, [main, 'demo', '--exit', '--schools', String(schools), '--school-year', thisYear], {
    env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => void child.kill('SIGKILL'))
  const told = { text: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => { told.text += text })
  }
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, text: told.text }))
  return { child, told, ended }
}

/** Some time after a phase has told its end, and when the next one tells its own at the latest. */
async function insideThePhaseAfter({ child, told }: ReturnType<typeof startDemo>, title: string, waitMs: number) {
  const endsTold = () => told.text.split('\n').filter((line) => line.endsWith(' s)'))
  const at = () => endsTold().findIndex((line) => line.startsWith(title))
  const isOver = () => child.exitCode !== null
  while (at() < 0 && !isOver()) await delay(5)
  for (const moment = performance.now() + waitMs; performance.now() < moment && !isOver();) {
    if (at() < endsTold().length - 1) return
    await delay(5)
  }
}

function totalsOf(text: string): string | undefined {
  return text.split('\n').find((line) => line.startsWith('Totals: '))
}

t.test('the plan of a province', async (t) => {
  const plans = planDemo(597, YEAR)

  t.test('has 597 schools, 546 of which deploy, each one of a kind', async (t) => {
    const schools = plans.map(({ school }) => school)
    t.equal(schools.length, 597)
    t.equal(schools.filter(({ deployed }) => deployed).length, 546)
    t.equal(new Set(schools.map(({ moetCode }) => moetCode)).size, 597)
    t.equal(new Set(schools.map(({ name }) => name)).size, 597)
    const accounts = schools.flatMap((school) => school.accounts.map(({ accountNumber }) => accountNumber))
    t.equal(new Set(accounts).size, accounts.length)
    const providers = new Set(schools.flatMap(({ accounts }) => accounts.map(({ route }) => `${route?.provider} ${route?.mode}`)))
    t.same([...providers].sort(), ['casso-v1 apikey', 'casso-v2 hmac', 'payos hmac', 'sepay apikey', 'sepay hmac',
      'undefined undefined', 'vietqr-vn bearer'])
  })

  t.test('has five full rosters, some with two accounts, exemptions and fees of choice', async (t) => {
    const full = plans.filter(({ school }) => school.fullRoster)
    t.equal(full.length, 5)
    for (const { students, fees, school } of full) {
      t.ok(students.length >= 300 && students.length <= 900)
      t.ok(fees.exemptions.length > 0 && fees.kinds.some(({ optional }) => optional))
      t.equal(new Set(students.map(({ moetStudentId }) => moetStudentId)).size, students.length)
      t.equal(rosterCsv(school, students).split('\r\n').length, students.length + 2)
    }
    t.ok(full.some(({ bills }) => bills.some(({ purpose }) => purpose === 'insurance')))
  })

  t.test('is the same each time, with every habit of payers in it', async (t) => {
    const books = sumBooks(plans.map(({ payments }) => payments.books))
    t.same(differences(books, sumBooks(planDemo(597, YEAR).map(({ payments }) => payments.books))), [])
    t.same([...books.reviews.keys()].sort(), ['DAMAGED_CODE', 'NO_CODE', 'PAID_TO_OTHER_SCHOOL', 'POSSIBLE_DOUBLE_PAYMENT',
      'POSSIBLE_REPEAT', 'WRONG_SCHOOL'])
    t.equal(books.bankVnd + books.cashVnd, books.paidVnd + books.creditVnd + books.suspenseVnd)
    const transfers = plans.flatMap(({ payments }) => payments.transfers)
    t.ok(transfers.some(({ direction }) => direction === 'out'))
    t.ok(transfers.some(({ memo }) => memo.kind === 'codes' && memo.bills.length === 2))
    t.ok(transfers.some(({ sentTwice }) => sentTwice))
    t.ok(plans.some(({ payments }) => payments.forged.length > 0))
    t.ok(plans.every(({ school, payments }) => !school.deployed || payments.turnout.cashlessPayments > 0))
    t.ok(plans.every(({ school, payments }) => school.deployed || payments.transfers.length === 0))
  })

  t.test('one đồng or one item too many is a difference that is named', async (t) => {
    const books = sumBooks(planDemo(2, YEAR).map(({ payments }) => payments.books))
    t.same(differences(books, { ...books, reviews: new Map(books.reviews) }), [])
    const off = { ...books, paidVnd: books.paidVnd + 1, reviews: new Map([...books.reviews, ['OTHER', 1]]) }
    t.match(differences(books, off), [/^paidVnd: .* đ instead of .* đ$/, 'review OTHER: 1 instead of 0'])
  })
})

t.test('a database that is not the demo\'s own is refused in one sentence and stays as it is', async (t) => {
  const { asAdmin, database, db } = await buildTestApp(t)
  const school = { name: 'Trường Tiểu học Kim Đồng', type: 'public', levels: ['primary'] }
  t.equal((await asAdmin('POST', '/api/v1/schools', school)).statusCode, 201)
  const config = readConfig({ ...demoEnvironment({}), DATABASE_URL: database.serviceUrl, PORT: '0',
    SECRET_KEY: 'the secret key of the tests' })
  const options = { exit: true, schools: 2, say: () => undefined, terminal: undefined }
  await t.rejects(runDemo(config, options), { code: 'DEMO_REFUSED', message: /^This database holds schools[^\n]*own\.$/ })
  t.same(await db.asService((trx) => trx.selectFrom('installation').select('demo').execute()), [{ demo: false }])
})

t.test('killed with -9 at any moment and started again, the demo comes to the same totals', async (t) => {
  const schools = 13
  const undisturbed = await startDemo(t, await newFolder(t), schools).ended
  t.equal(undisturbed.code, 0, undisturbed.text)
  const totals = totalsOf(undisturbed.text)
  t.match(totals, /billed \d+ collected \d+/)
  t.match(undisturbed.text, /M2 .*92,31%\s+12 \/ 13/)
  t.match(undisturbed.text, /Every figure is as planned, to the đồng/)
  for (let promise = 1; promise <= 9; promise++) t.match(undisturbed.text, new RegExp(`^P${promise} ok`, 'm'))

  const dataDir = await newFolder(t)
  const random = randomFor('moments to kill at', 2)
  const moments = shuffled(['Schools', 'Rosters', 'Fees', 'Invoices', 'Payments'], random).slice(0, 3)
  for (const ended of moments) {
    const demo = startDemo(t, dataDir, schools)
    await insideThePhaseAfter(demo, ended, random.below(700))
    demo.child.kill('SIGKILL')
    const { text } = await demo.ended
    t.equal(demo.child.signalCode, 'SIGKILL', `killed after "${ended}" and before its end: ${text}`)
  }
  const last = await startDemo(t, dataDir, schools).ended
  t.equal(last.code, 0, last.text)
  t.equal(totalsOf(last.text), totals)

  const other = await startDemo(t, dataDir, schools + 1).ended
  t.equal(other.code, 1)
  t.match(other.text, /another number of schools: start it with the same --schools/)
})
