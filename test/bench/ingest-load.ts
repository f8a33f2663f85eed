// The callers of the ingest benchmark, in a process of their own: reads a Load from standard input, makes and signs
// all bodies first, sends each exactly once, and prints how many were acknowledged, and how many a second (Sent).
import assert from 'node:assert/strict'
import { json } from 'node:stream/consumers'
import autocannon from 'autocannon'
import { SUCCESS_ACK } from '../../src/banking/adapter.js'
import { signSepay } from '../../src/banking/adapters/sepay.js'
import { sepayBody } from '../support/callbacks.js'
import { CHANNEL_SECRET } from './ingest-sides.js'
import type { Load, Sent } from './ingest-sides.js'

/** autocannon knows no "never": a busy machine may take as long as it likes, and a server that is gone is an error. */
const NO_TIMEOUT_S = 24 * 3_600

console.log(JSON.stringify(await send(await json(process.stdin) as Load)))

async function send({ url, channels, firstId, callbacks, connections }: Load): Promise<Sent> {
  const perConnection = Math.ceil(callbacks / connections)
  const timestamp = String(Math.floor(Date.now() / 1000))
  let id = firstId
  const nextRequest = (): autocannon.Request => {
    const channel = channels[id % channels.length]
    assert(channel, 'there is a channel')
    const { channelId, accountNumber } = channel
    const content = `MBVCB.${id}.ZF${id}.CT tu 0761002380668 NGUYEN VAN A toi ${accountNumber} tai MB`
    const body = sepayBody({ id: ++id, accountNumber, content, amountVnd: 300_000 + (id % 1000) })
    const headers = {
      'content-type': 'application/json',
      'x-sepay-timestamp': timestamp,
      'x-sepay-signature': signSepay(body, CHANNEL_SECRET, timestamp),
    }
    return { method: 'POST', path: `${new URL(url).pathname.replace(/\/$/, '')}/webhooks/${channelId}`, headers, body }
  }
  let startedAt = 0
  let endedAt = 0
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon({
      url,
      connections,
      timeout: NO_TIMEOUT_S,
      amount: perConnection * connections,
      expectBody: SUCCESS_ACK.body,
      // Built here, before the first byte is sent: building requests is no part of what is measured.
      setupClient(client) {
        client.setRequests(Array.from({ length: perConnection }, nextRequest))
        startedAt = performance.now()
      },
    }, (error: unknown, done) => {
      if (error) reject(new Error('the callbacks could not be sent', { cause: error }))
      else resolve(done)
    })
    run.on('response', () => { endedAt = performance.now() })
  })
  const { errors, timeouts, mismatches, non2xx, '2xx': acknowledged } = result
  // A call may be refused when the machine cannot keep up; what it must not be is half acknowledged or lost.
  assert.deepEqual({ errors, timeouts, mismatches, answered: acknowledged + non2xx },
    { errors: 0, timeouts: 0, mismatches: non2xx, answered: perConnection * connections })
  return { acknowledged, perSecond: (acknowledged / (endedAt - startedAt)) * 1000 }
}
