import { sql } from 'kysely'
import t from 'tap'
import { readConfig } from '../../src/config.js'
import { openKysely, openPool } from '../../src/db/pool.js'
import type { Trx } from '../../src/db/tenancy.js'
import { LIMITS } from '../../src/limits.js'
import { runVerify } from '../../src/verify/command.js'
import { SHOWN_IDS } from '../../src/verify/promise.js'
import type { PromiseReport } from '../../src/verify/promise.js'
import { reportLines } from '../../src/verify/report-lines.js'
import { checkPromises, verifyDatabase } from '../../src/verify/verify.js'
import { sepayBody } from '../support/callbacks.js'
import { openRichWorld } from '../support/rich-world.js'
import type { SeededBill } from '../support/seed-school.js'
import { BREAKS, retried, strangeDay } from './breaks.js'

let lastId = 90_000

const PROMISES = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9']

t.test('verify', async (t) => {
  const world = await openRichWorld(t, {
    breaks: { promises: ['P8'], because: 'the last test takes row-level security off a table' },
  })
  const { ownerUrl, serviceUrl } = world.database
  const owner = openKysely(openPool({
    url: ownerUrl, maxConnections: 1, connectTimeoutMs: 5_000, onError: () => undefined,
  }))
  t.teardown(() => owner.destroy())

  await t.test('finds every promise kept on what the service wrote, and says how much it looked at', async (t) => {
    const reports = await verifyDatabase(ownerUrl)
    t.same(reports.map(({ promise }) => promise), PROMISES)
    t.same(faultsOf(reports), {})
    for (const { promise, looked } of reports) {
      t.ok(looked.every(({ what, count }) => count > 0 || what === 'idempotent requests'), `${promise} looked at rows`)
    }
    const [, , balances] = reports.map(reportLines)
    t.match(balances, [/^P3 ok {3}\d+ postings, \d+ entries, .* looked at – debits = credits/])
  })

  await t.test('refuses a login from which row-level security hides rows', (t) =>
    t.rejects(verifyDatabase(serviceUrl), { code: 'VERIFY_NOT_OWNER_REFUSED' }))

  // Each break is taken back, so that the next one meets the whole database again.
  for (const { name, promise, also = [], sql: statements } of BREAKS) {
    await t.test(`${promise}: ${name}`, async (t) => {
      const trx = await owner.startTransaction().execute()
      try {
        const id = await breakIt(trx, statements)
        const faults = faultsOf(await checkPromises(trx))
        t.same(Object.keys(faults).sort(), [promise, ...also].sort(), JSON.stringify(faults))
        t.ok(faults[promise]?.some((line) => line.includes(id)), `${id} in ${JSON.stringify(faults[promise])}`)
      } finally {
        await trx.rollback().execute()
      }
    })
  }

  await t.test('comes to an end whatever day a row holds', async (t) => {
    for (const day of ['9999-12-31', 'infinity', '4713-01-01 BC']) {
      const trx = await owner.startTransaction().execute()
      try {
        await breakIt(trx, strangeDay(day))
        const reports = await checkPromises(trx)
        t.same(reports.map(({ promise }) => promise), PROMISES)
        const faults = faultsOf(reports)
        t.ok(faults['P6']?.some((line) => /a day that no bank can have meant/.test(line)), day)
      } finally {
        await trx.rollback().execute()
      }
    }
  })

  await t.test('P5 holds for a callback that is tried as often as the drain tries, and not once more', async (t) => {
    for (const attempts of [12, LIMITS.deadlyAttempts - 1]) {
      const trx = await owner.startTransaction().execute()
      try {
        await breakIt(trx, retried(attempts))
        t.same(faultsOf(await checkPromises(trx)), {}, `${attempts} attempts`)
      } finally {
        await trx.rollback().execute()
      }
    }
  })

  await t.test('sees one moment of a database that a service writes to', async (t) => {
    const school = await world.seed({ students: 40 })
    const bodies = school.bills.flatMap((bill) => [0, 1].map((part) => payPart(school.accountNumber, bill, part)))
    const post = async () => {
      while (bodies.length > 0) await world.post(school, bodies.splice(0, 4))
    }
    const verify = async () => {
      do t.same(faultsOf(await verifyDatabase(ownerUrl)), {})
      while (bodies.length > 0)
    }
    await Promise.all([post(), verify()])
  })

  await t.test('the command prints the lines and tells a broken promise from kept ones', async (t) => {
    const config = readConfig({ DATABASE_URL: serviceUrl, DATABASE_OWNER_URL: ownerUrl, SECRET_KEY: 'x'.repeat(32) })
    const lines: string[] = []
    t.equal(await runVerify(config, (line) => lines.push(line)), true)
    t.same(lines.map((line) => line.slice(0, 6)), PROMISES.map((promise) => `${promise} ok`.padEnd(6)))
    await world.owner.query('ALTER TABLE invoice DISABLE ROW LEVEL SECURITY')
    lines.length = 0
    t.equal(await runVerify(config, (line) => lines.push(line)), false)
    t.match(lines.filter((line) => !/^P\d ok/.test(line)),
      [/^P8 FAIL .* one kind of fault$/, /^ +1 tables without row-level security or without a policy: invoice$/])
  })
})

t.test('a report', async (t) => {
  const report: PromiseReport = {
    promise: 'P3', ok: true, holds: 'debits = credits', looked: [{ what: 'postings', count: 12_345 }], faults: [], notes: [],
  }

  t.test('is one line when the promise holds', async (t) => {
    t.same(reportLines(report), ['P3 ok   12,345 postings looked at – debits = credits'])
    t.same(reportLines({ ...report, notes: ['2 requests never got an answer'] })[1],
      '        note: 2 requests never got an answer')
  })

  t.test('shows some of the offending ids and says how many more there are', async (t) => {
    const ids = Array.from({ length: SHOWN_IDS }, (_, index) => `e${index}`)
    const faults = [{ fault: 'entries without postings', count: 1_020, ids }]
    t.same(reportLines({ ...report, ok: false, faults }), [
      'P3 FAIL 12,345 postings looked at – one kind of fault',
      `        1,020 entries without postings: ${ids.join(', ')} and 1,000 more`,
    ])
  })
})

/** Fault lines by promise, of the broken ones only. */
function faultsOf(reports: readonly PromiseReport[]): Record<string, string[]> {
  return Object.fromEntries(reports.filter(({ ok }) => !ok)
    .map((report) => [report.promise, report.faults.map(({ fault, ids }) => `${fault}: ${ids.join(', ')}`)]))
}

/** Runs the statements and answers the `id` of the last one. */
async function breakIt(trx: Trx, statements: string): Promise<string> {
  const last = statements.lastIndexOf(';') + 1
  if (last > 0) await sql.raw(statements.slice(0, last)).execute(trx)
  const { rows: [row] } = await sql.raw<{ id: string | number }>(statements.slice(last)).execute(trx)
  if (row === undefined) throw new Error('the break found nothing to break')
  return String(row.id)
}

function payPart(accountNumber: string, { code, payableVnd }: SeededBill, part: number): Buffer {
  const half = Math.floor(payableVnd / 2)
  return sepayBody({ id: ++lastId, accountNumber, content: code, amountVnd: part === 0 ? half : payableVnd - half })
}
