// kill -9 at the three points where a payment could get lost or doubled, over real HTTP and a real process.
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { signSepay } from '../../src/banking/adapters/sepay.js'
import { createSecretBox } from '../../src/access/secret-box.js'
import { secretContext } from '../../src/banking/channel-store.js'
import { sepayBody } from '../support/callbacks.js'
import { testSecretKey } from '../support/app.js'
import { openPostingWorld } from '../support/posting.js'
import type { TestDatabase } from '../support/database.js'

const SECRET = 'secret of the crash test'
const here = fileURLToPath(import.meta.url)
const child = fileURLToPath(new URL(here.endsWith('.ts') ? '../support/crash-child.ts' : '../support/crash-child.js',
  import.meta.url))

async function startCrashing(point: string, database: TestDatabase) {
  const args = [...process.execArgv, child, point, database.ownerUrl, database.serviceUrl]
  const service = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(service, 'exit') as Promise<[number | null, string | null]>
  const [address] = (await once(createInterface(service.stdout), 'line')) as [string]
  return { address, exited }
}

function send(address: string, channelId: string, body: Buffer): Promise<Response> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  return fetch(`${address}/webhooks/${channelId}`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: {
      'content-type': 'application/json',
      'x-sepay-timestamp': timestamp,
      'x-sepay-signature': signSepay(body, SECRET, timestamp),
    },
  })
}

t.test('kill -9 while a callback is taken', async (t) => {
  const world = await openPostingWorld(t)
  const sealedSecret = (schoolId: string, channelId: string) =>
    createSecretBox(testSecretKey).seal(SECRET, secretContext(schoolId, channelId))
  const school = await world.seed({ students: 3, sealedSecret })
  const stored = async () => (await world.rows('SELECT FROM bank_callback')).length

  for (const [at, { point, acked, kept }] of [
    { point: 'before-commit', acked: false, kept: 0 },
    { point: 'after-commit', acked: false, kept: 1 },
    { point: 'after-ack', acked: true, kept: 1 },
  ].entries()) {
    t.test(`${point}: posted once, whatever the bank repeats`, async (t) => {
      const bill = school.bills[at]
      if (!bill) throw new Error('the school has a bill for each point')
      const { accountNumber, channelId } = school
      const body = sepayBody({ id: at + 1, accountNumber, content: bill.code, amountVnd: bill.payableVnd })
      const before = await stored()
      const { address, exited } = await startCrashing(point, world.database)
      const answer = await send(address, channelId, body).then((response) => response.status, () => 'no answer')
      t.equal(answer, acked ? 200 : 'no answer')
      const [, signal] = await exited
      t.equal(signal, 'SIGKILL')
      t.equal(await stored() - before, kept, 'an ack means a row on disk; no row means no ack')

      // The bank, which heard nothing, calls again; the sweep of any worker does the rest, without a doorbell.
      if (!acked) await world.store(school, [body])
      await world.drain()
      const [paid] = await world.rows<{ paid_vnd: string; transfers: string }>(
        `SELECT paid_vnd, (SELECT count(*) FROM bank_event WHERE event_id = $2) AS transfers FROM invoice WHERE id = $1`,
        [bill.invoiceId, String(at + 1)])
      t.same(paid, { paid_vnd: String(bill.payableVnd), transfers: '1' })
      await world.assertBooks(school.schoolId)
    })
  }
})
